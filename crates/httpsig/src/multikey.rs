//! Multikeys (FEP-521a): an Ed25519 public key as text, `z` followed by the base58 (Bitcoin's alphabet)
//! of a two-byte prefix for Ed25519 and the key's 32 bytes. Other kinds of keys are refused.

use super::SignatureError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bitcoin's base58 alphabet, without `0`, `O`, `I`, `l`.
const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The prefix of an Ed25519 key (multicodec `ed25519-pub`, as a varint).
const ED25519: [u8; 2] = [0xed, 0x01];
/// The prefix of an Ed25519 key in SubjectPublicKeyInfo (RFC 8410 §4).
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// The largest accepted number of digits; 34 bytes have at most 47.
const MAX_DIGITS: usize = 64;

/// Encodes a key as a Multikey.
#[must_use]
pub fn encode(key: &[u8; 32]) -> String {
    let mut bytes = ED25519.to_vec();
    bytes.extend_from_slice(key);
    format!("z{}", base58(&bytes))
}

/// Encodes a key given in PEM as a Multikey. Does not use openssl, whose PEM decoder takes longer than
/// rendering the whole actor document.
///
/// # Errors
/// [`SignatureError::Key`] when it is no Ed25519 key.
pub fn of_pem(pem: &str) -> Result<String, SignatureError> {
    let unfit = SignatureError::Key("not an Ed25519 key in PEM");
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with('-'))
        .map(str::trim)
        .collect();
    let der = STANDARD.decode(body).ok();
    let key = der
        .as_deref()
        .and_then(|der| der.strip_prefix(&SPKI))
        .and_then(|key| <&[u8; 32]>::try_from(key).ok());
    key.map(encode).ok_or(unfit)
}

/// Decodes a Multikey.
///
/// # Errors
/// [`SignatureError::Key`]: in another base, of another kind, or of another length.
pub(super) fn decode(text: &str) -> Result<[u8; 32], SignatureError> {
    let digits = text
        .strip_prefix('z')
        .filter(|digits| digits.len() <= MAX_DIGITS)
        .ok_or(SignatureError::Key("not a multibase in base58btc"))?;
    let bytes = from_base58(digits).ok_or(SignatureError::Key("not a multibase in base58btc"))?;
    bytes
        .strip_prefix(&ED25519)
        .and_then(|key| <[u8; 32]>::try_from(key).ok())
        .ok_or(SignatureError::Key("a Multikey that is not Ed25519"))
}

/// Encodes bytes in base58, most significant digit first; a leading zero byte becomes a `1`.
fn base58(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = convert(bytes, 256, 58);
    let mut text = "1".repeat(zeros);
    text.extend(
        digits
            .iter()
            .filter_map(|digit| ALPHABET.get(usize::from(*digit)))
            .map(|letter| char::from(*letter)),
    );
    text
}

fn from_base58(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .map(|letter| ALPHABET.iter().position(|known| *known == letter))
        .map(|at| at.and_then(|at| u8::try_from(at).ok()))
        .collect::<Option<_>>()?;
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    let mut bytes = vec![0; zeros];
    bytes.extend(convert(&digits, 58, 256));
    Some(bytes)
}

/// Converts a number's digits into another base (both at most 256), without leading zeros.
fn convert(digits: &[u8], from: u32, to: u32) -> Vec<u8> {
    // The least significant digit first, until the end.
    let mut out: Vec<u8> = Vec::new();
    for digit in digits {
        let mut carry = u32::from(*digit);
        for place in &mut out {
            carry += u32::from(*place) * from;
            *place = low(carry % to);
            carry /= to;
        }
        while carry > 0 {
            out.push(low(carry % to));
            carry /= to;
        }
    }
    out.reverse();
    out
}

/// Narrows a digit, which is below 256 by construction.
fn low(digit: u32) -> u8 {
    u8::try_from(digit).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::pkey::PKey;
    use proptest::prelude::*;

    /// The key of RFC 9421, appendix B.1.4, in PEM and as text.
    const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n";
    const KNOWN: &str = "z6Mkh4LmfP1ev9MNPGr7JbEbtD6BD4fsu1duEj83PMCs3xHG";
    /// One a Mitra server published.
    const MITRAS: &str = "z6Mkmj5KYkHwXHH3ur9DYYJqBon5z6vWToYhAyUsUzh2P7Lr";

    #[test]
    fn a_key_others_have_written_is_read_and_written_the_same() {
        assert_eq!(encode(&decode(KNOWN).unwrap()), KNOWN);
        assert_eq!(encode(&decode(MITRAS).unwrap()), MITRAS);
        assert_eq!(of_pem(PEM).as_deref(), Ok(KNOWN));
    }

    #[test]
    fn a_key_of_ours_is_the_same_in_pem_and_as_text() {
        let pkey = PKey::generate_ed25519().unwrap();
        let pem = String::from_utf8(pkey.public_key_to_pem().unwrap()).unwrap();
        let raw: [u8; 32] = pkey.raw_public_key().unwrap().try_into().unwrap();
        let text = of_pem(&pem).unwrap();
        assert!(text.starts_with("z6Mk"), "{text}");
        assert_eq!(decode(&text), Ok(raw));
        assert!(of_pem("").is_err() && of_pem("-----BEGIN PUBLIC KEY-----\nAAAA").is_err());
    }

    #[test]
    fn another_base_kind_or_length_is_refused() {
        let p256 = format!("z{}", base58(&[&[0x80, 0x24], [2; 33].as_slice()].concat()));
        let short = format!("z{}", base58(&[0xed, 0x01, 7]));
        let long = format!("z{}", "1".repeat(10_000));
        let odd = KNOWN.replace('k', "0");
        for bad in ["", "z", "6Mk", "uAAAA", &p256, &short, &long, &odd] {
            assert!(decode(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn bytes_survive_base58(bytes in prop::collection::vec(any::<u8>(), 0..48)) {
            prop_assert_eq!(from_base58(&base58(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = decode(&text);
            let _ = of_pem(&text);
        }
    }
}
