//! Passwords: argon2id. Slow on purpose: call it before the verb, off the async threads.

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use model::account::{MAX_PASSWORD, MIN_PASSWORD};
use model::refusal::Checks;
use model::{Refusal, Why};
use unicode_normalization::UnicodeNormalization;

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

/// Returns the form in which a password is hashed (RFC 8265, `OpaqueString`): composed, and with ordinary
/// spaces, so that it is the same on every keyboard.
fn prepared(password: &str) -> String {
    let is_space =
        |c: char| c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    let spaced = password.chars().map(|c| if is_space(c) { ' ' } else { c });
    spaced.nfc().collect()
}

/// What is wrong with a new password: its length, or signs that no form can send.
#[must_use]
pub fn checks(field: &'static str, password: &str) -> Checks {
    let password = &prepared(password);
    let mut checks = Checks::default();
    checks.that(
        !password.chars().any(char::is_control),
        field,
        Why::Characters,
    );
    let long = password.chars().count() >= MIN_PASSWORD;
    checks.that(long, field, Why::TooShort).that(
        password.len() <= MAX_PASSWORD,
        field,
        Why::TooLong,
    );
    checks
}

/// Checks a new password.
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
        .hash_password(prepared(password).as_bytes(), &salt)
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
    let fits = |password: &str| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    };
    let prepared = prepared(password);
    // Hashes from before passwords were prepared are of what was typed.
    let fits = fits(&prepared) || (prepared != password && fits(password));
    fits && known
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

    #[test]
    fn a_password_is_the_same_however_its_letters_are_typed() {
        for (one, other) in [
            (
                "\u{e9}t\u{e9} pass\u{e9} ensemble",
                "e\u{301}te\u{301} passe\u{301} ensemble",
            ),
            ("été passé ensemble", "été\u{a0}passé\u{202f}ensemble"),
            ("한국어 비밀번호 하나", "한국어 비밀번호\u{3000}하나"),
        ] {
            for (kept, typed) in [(one, other), (other, one)] {
                assert!(verify(typed, &hash(kept, Cost::Least).unwrap()), "{kept}");
            }
        }
        assert!(!verify(
            "ete passe ensemble",
            &hash("été passé ensemble", Cost::Least).unwrap()
        ));
    }

    #[test]
    fn a_hash_of_what_was_typed_still_fits() {
        let typed = "e\u{301}te\u{301} passe\u{301} ensemble";
        let salt = SaltString::generate(&mut OsRng);
        let old = argon2(Cost::Least)
            .hash_password(typed.as_bytes(), &salt)
            .unwrap();
        assert!(verify(typed, &old.to_string()));
    }

    #[test]
    fn signs_that_no_form_sends_are_refused() {
        assert!(check("password", "a long enough password").is_ok());
        for bad in ["a long enough\0password", "a long enough\npassword"] {
            assert!(check("password", bad).is_err(), "{bad:?}");
        }
        // Twelve letters with their marks apart are twelve.
        assert!(
            check(
                "password",
                &"e\u{301}".repeat(model::account::MIN_PASSWORD - 1)
            )
            .is_err()
        );
    }
}
