//! Passwords: argon2id. Slow on purpose: call it before the verb, off the async threads.

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use model::account::{MAX_PASSWORD, MIN_PASSWORD};
use model::refusal::Checks;
use model::{Refusal, Why};

/// How hard the hashing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// 19 MiB, two passes (OWASP's advice for argon2id).
    Normal,
    /// As little as argon2 takes, for tests and the demo.
    Least,
}

fn argon2(cost: Cost) -> Argon2<'static> {
    let params = match cost {
        Cost::Normal => Params::default(),
        Cost::Least => Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or_default(),
    };
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// What is wrong with a new password's length.
#[must_use]
pub fn checks(field: &'static str, password: &str) -> Checks {
    let mut checks = Checks::default();
    let long = password.chars().count() >= MIN_PASSWORD;
    checks.that(long, field, Why::TooShort).that(
        password.len() <= MAX_PASSWORD,
        field,
        Why::TooLong,
    );
    checks
}

/// Checks a new password's length.
///
/// # Errors
/// `Refusal::Invalid` on the field named.
pub fn check(field: &'static str, password: &str) -> Result<(), Refusal> {
    checks(field, password).done()
}

/// The hash to keep, in the PHC string format. `None` when argon2 has no randomness.
#[must_use]
pub fn hash(password: &str, cost: Cost) -> Option<String> {
    let salt = SaltString::generate(&mut OsRng);
    argon2(cost)
        .hash_password(password.as_bytes(), &salt)
        .ok()
        .map(|hash| hash.to_string())
}

/// The password fits the hash. An empty hash (nobody by that name) takes as long and never fits.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$0xk3NyPZLXBKM3mdeSMyJQv9vNGKYWZRz4DzbdN5Wog";
    let known = !hash.is_empty();
    let Ok(parsed) = PasswordHash::new(if known { hash } else { NOBODY }) else {
        return false;
    };
    Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok()
        && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let hash = hash("a long enough password", Cost::Least).unwrap();
        assert!(verify("a long enough password", &hash));
        assert!(!verify("another password", &hash));
        assert!(!verify("a long enough password", ""));
    }
}
