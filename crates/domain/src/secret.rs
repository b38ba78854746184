//! Random tokens, and their hashes as the tables keep them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;

/// A new random token of 256 bits, safe in URLs and cookies. Empty when the system has no
/// randomness, which no table lets through.
#[must_use]
pub fn token() -> String {
    let mut bytes = [0_u8; 32];
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether a text has the form of a [`token`]. Part of a link that was broken in two has not.
#[must_use]
pub fn is_token(text: &str) -> bool {
    let decoded = URL_SAFE_NO_PAD.decode(text);
    decoded.is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether a character stands in tokens.
#[must_use]
pub const fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// A new recovery code: four groups of four letters and digits that are not taken for others, 80 bits.
/// Empty when the system has no randomness.
#[must_use]
pub fn recovery_code() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    let letters = bytes.iter().map(|byte| LETTERS.get(usize::from(byte % 32)));
    let letters: String = letters
        .flatten()
        .map(|letter| char::from(*letter))
        .collect();
    grouped(&letters, "-")
}

/// A text in groups of four, to be read and typed.
#[must_use]
pub fn grouped(text: &str, separator: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups = letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(separator)
}

/// SHA-256 of a token, as kept.
#[must_use]
pub fn digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(token.as_bytes()))
}

/// A key for forms that belongs to a token: SHA-256 of it under another name, so that a form's
/// key gives the token away to nobody.
#[must_use]
pub fn form_key(token: &str) -> String {
    digest(&format!("form {token}"))
}

/// HMAC with SHA-256 of a text. Empty without a key, and where OpenSSL cannot make one: what compares signatures
/// refuses an empty one.
#[must_use]
pub fn signature(key: &str, text: &str) -> String {
    let sign = || -> Result<Vec<u8>, ErrorStack> {
        let key = PKey::hmac(key.as_bytes())?;
        let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
        signer.update(text.as_bytes())?;
        signer.sign_to_vec()
    };
    match key {
        "" => String::new(),
        _ => sign().map_or_else(|_| String::new(), |bytes| URL_SAFE_NO_PAD.encode(bytes)),
    }
}

/// Equal, in a time that does not tell where they differ.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    use subtle::ConstantTimeEq;
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
