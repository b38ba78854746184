//! One-time codes of an authenticator app (TOTP, RFC 6238): SHA-1, six digits, thirty seconds, as every app
//! understands them.

use totp_rs::{Builder, Secret, Totp};

/// A new secret, as people type it into an app: base32. Empty when the system has no randomness, which
/// matches no code.
#[must_use]
pub fn new_secret() -> String {
    let mut bytes = [0_u8; 20];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Secret::new_stack(bytes).to_base32(),
        Err(_) => String::new(),
    }
}

fn generator(secret: &str, account: &str, issuer: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    // The address for apps separates the two by a colon.
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_secret(secret)
        .with_account_name(plain(account))
        .with_issuer(Some(plain(issuer)))
        .build()
        .ok()
}

/// The time step of the code, where it is right now or was half a minute ago or will be in half a minute.
pub(crate) fn step_of(secret: &str, code: &str, unix_seconds: i64) -> Option<i64> {
    let now = u64::try_from(unix_seconds).ok()?;
    let step = generator(secret, "account", "site")?.check(code, now)?;
    i64::try_from(step).ok()
}

/// The address that apps read from a QR code.
#[must_use]
pub fn address(secret: &str, account: &str, issuer: &str) -> Option<String> {
    generator(secret, account, issuer)?.to_url().ok()
}

/// The code of a moment.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn code(secret: &str, unix_seconds: i64) -> String {
    let now = u64::try_from(unix_seconds).unwrap_or_default();
    let generator = generator(secret, "account", "site");
    generator.map_or_else(String::new, |totp| totp.generate(now).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_right_for_its_time_and_a_step_around() {
        let secret = new_secret();
        let (now, code) = (1_798_761_605, code(&secret, 1_798_761_605));
        assert_eq!(code.len(), 6);
        let step = now / 30;
        for (at, found) in [
            (now, Some(step)),
            (now + 30, Some(step)),
            (now - 30, Some(step)),
            (now + 90, None),
        ] {
            assert_eq!(step_of(&secret, &code, at), found, "{at}");
        }
        assert_eq!(step_of("", &code, now), None);
        assert_eq!(step_of(&secret, "", now), None);
    }

    #[test]
    fn the_address_has_what_an_app_shows() {
        let address = address(&new_secret(), "ann@alpha.test", "Alpha: a site").unwrap();
        assert!(address.starts_with("otpauth://totp/"), "{address}");
        assert!(
            address.contains("ann") && address.contains("issuer=Alpha"),
            "{address}"
        );
    }
}
