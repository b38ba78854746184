//! Digests of a body: `Digest` (RFC 3230), used with the draft, and `Content-Digest` (RFC 9530), used
//! with RFC 9421.

use super::SignatureError;
use super::fields::{self, Item, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::memcmp;
use openssl::sha::{sha256, sha512};

/// Returns the `Digest` header of a body.
#[must_use]
pub fn digest_header(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(sha256(body)))
}

/// Returns the `Content-Digest` header of a body.
#[must_use]
pub fn content_digest_header(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256(body)))
}

/// Checks that the SHA-256 in a `Digest` header is the body's.
pub(super) fn check_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let sha256_of = |part: &str| {
        let (name, value) = part.trim().split_once('=')?;
        let value = name
            .trim()
            .eq_ignore_ascii_case("sha-256")
            .then_some(value)?;
        super::BASE64.decode(value.trim()).ok()
    };
    let claimed = header
        .split(',')
        .find_map(sha256_of)
        .ok_or(SignatureError::Digest)?;
    same(&claimed, &sha256(body))
}

/// Checks that a `Content-Digest` header has a digest of a supported kind, and that each of those is
/// the body's.
pub(super) fn check_content_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let mut known = 0;
    for member in fields::dictionary(header)? {
        let Value::Item(Item::Bytes(claimed)) = &member.value else {
            return Err(SignatureError::Malformed("a digest that is no bytes"));
        };
        match member.name.as_str() {
            "sha-256" => same(claimed, &sha256(body))?,
            "sha-512" => same(claimed, &sha512(body))?,
            _ => continue,
        }
        known += 1;
    }
    if known == 0 {
        return Err(SignatureError::Digest);
    }
    Ok(())
}

/// Compares two digests in constant time.
fn same(claimed: &[u8], actual: &[u8]) -> Result<(), SignatureError> {
    if claimed.len() == actual.len() && memcmp::eq(claimed, actual) {
        Ok(())
    } else {
        Err(SignatureError::Digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"hello": "world"}"#;
    /// RFC 9421, appendix B.2.
    const SHA_512: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    /// RFC 9530, appendix D.
    const SHA_256: &str = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";

    #[test]
    fn both_kinds_are_known_and_all_that_are_known_must_fit() {
        assert_eq!(content_digest_header(BODY), SHA_256);
        let check = |header: &str| check_content_digest(header, BODY);
        assert_eq!(check(SHA_256), Ok(()));
        assert_eq!(check(SHA_512), Ok(()));
        assert_eq!(check(&format!("md5=:AAAA:, {SHA_256}, {SHA_512}")), Ok(()));
        let wrong = SHA_256.replace('X', "Y");
        for bad in [
            wrong.as_str(),
            &format!("{SHA_512},{wrong}"),
            "md5=:AAAA:",
            "sha-256=::",
            "",
        ] {
            assert_eq!(check(bad), Err(SignatureError::Digest), "{bad}");
        }
        for bad in [
            "sha-256=X48E9",
            "sha-256",
            "SHA-256=:AAAA:",
            "sha-256=:AAAA",
            &format!("{SHA_256},"),
        ] {
            assert!(
                matches!(check(bad), Err(SignatureError::Malformed(_))),
                "{bad}: {:?}",
                check(bad)
            );
        }
        let twice = format!("{SHA_256},{SHA_256}");
        assert_eq!(
            check(&twice),
            Err(SignatureError::Duplicate("sha-256".into()))
        );
    }
}
