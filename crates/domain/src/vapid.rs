//! The key with which this instance shows push services who sends (VAPID, RFC 8292): made once, ES256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Time;
use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey, PointConversionForm};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::Private;
use openssl::sha::sha256;

/// How long a token is valid, in seconds: at most a day is allowed.
const VALID_SECONDS: i64 = 12 * 3_600;

/// A private key on the curve P-256.
#[derive(Clone)]
pub struct VapidKey(EcKey<Private>);

impl VapidKey {
    /// Makes a key.
    ///
    /// # Errors
    /// When openssl has no randomness.
    pub fn generate() -> Result<Self, ErrorStack> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        EcKey::generate(&group).map(Self)
    }

    /// The key as it is stored.
    ///
    /// # Errors
    /// When openssl fails.
    pub fn to_stored(&self) -> Result<String, ErrorStack> {
        self.0
            .private_key_to_der()
            .map(|der| URL_SAFE_NO_PAD.encode(der))
    }

    /// Reads a stored key.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        let der = URL_SAFE_NO_PAD.decode(text).ok()?;
        EcKey::private_key_from_der(&der).ok().map(Self)
    }

    /// The public key as browsers and push services want it: an uncompressed point, in base64url.
    ///
    /// # Errors
    /// When openssl fails.
    pub fn public(&self) -> Result<String, ErrorStack> {
        let mut context = BigNumContext::new()?;
        let (group, form) = (self.0.group(), PointConversionForm::UNCOMPRESSED);
        let point = self.0.public_key().to_bytes(group, form, &mut context)?;
        Ok(URL_SAFE_NO_PAD.encode(point))
    }

    /// The `Authorization` of a message to a push service with this origin. `subject` says who can be asked: an
    /// https or mailto address.
    ///
    /// # Errors
    /// When openssl fails.
    pub fn authorization(
        &self,
        origin: &str,
        subject: &str,
        now: Time,
    ) -> Result<String, ErrorStack> {
        let until = now.unix_millis() / 1_000 + VALID_SECONDS;
        // Neither origins nor addresses hold what JSON escapes.
        let claims = format!(r#"{{"aud":"{origin}","exp":{until},"sub":"{subject}"}}"#);
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let claims = URL_SAFE_NO_PAD.encode(claims);
        let signed = format!("{header}.{claims}");
        let signature = EcdsaSig::sign(&sha256(signed.as_bytes()), &self.0)?;
        // Both numbers in 32 bytes each (RFC 7518 §3.4).
        let mut bytes = signature.r().to_vec_padded(32)?;
        bytes.extend(signature.s().to_vec_padded(32)?);
        let signature = URL_SAFE_NO_PAD.encode(bytes);
        Ok(format!(
            "vapid t={signed}.{signature}, k={}",
            self.public()?
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::bn::BigNum;

    #[test]
    fn a_stored_key_signs_what_its_public_key_verifies() {
        let key = VapidKey::generate().unwrap();
        let stored = VapidKey::from_stored(&key.to_stored().unwrap()).unwrap();
        let public = stored.public().unwrap();
        assert_eq!(public, key.public().unwrap());
        assert_eq!(URL_SAFE_NO_PAD.decode(&public).unwrap().len(), 65);
        let now = Time::parse_rfc3339("2026-11-30T12:00:00Z").unwrap();
        let (origin, subject) = ("https://push.example", "https://alpha.test");
        let text = stored.authorization(origin, subject, now).unwrap();
        let (token, k) = text
            .strip_prefix("vapid t=")
            .and_then(|rest| rest.split_once(", k="))
            .unwrap();
        assert_eq!(k, public);
        let parts: Vec<&str> = token.split('.').collect();
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let until = now.unix_millis() / 1_000 + 43_200;
        let claims = format!(r#"{{"aud":"{origin}","exp":{until},"sub":"{subject}"}}"#);
        assert_eq!(decode(parts[1]), claims.as_bytes());
        let signature = decode(parts[2]);
        let number = |bytes: &[u8]| BigNum::from_slice(bytes).unwrap();
        let (r, s) = (number(&signature[..32]), number(&signature[32..]));
        let signature = EcdsaSig::from_private_components(r, s).unwrap();
        let digest = sha256(format!("{}.{}", parts[0], parts[1]).as_bytes());
        assert!(signature.verify(&digest, &key.0).unwrap());
    }

    #[test]
    fn what_is_no_key_is_none() {
        for text in ["", "AAAA", "ä"] {
            assert!(VapidKey::from_stored(text).is_none());
        }
    }
}
