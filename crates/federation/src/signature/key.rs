//! Keys: ready to sign or verify with, cheap to clone.

use super::SignatureError;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::rsa::Rsa;
use std::sync::Arc;

/// A private key with the id its signatures name. Kept as PKCS#1 DER at rest, which parses in
/// 2 µs where PEM or PKCS#8 takes 350.
#[derive(Clone)]
pub struct SigningKey {
    id: Arc<str>,
    pkey: PKey<Private>,
}

impl SigningKey {
    /// Reads PKCS#1 DER.
    ///
    /// # Errors
    /// [`SignatureError::Key`] when it is none.
    pub fn from_der(key_id: &str, der: &[u8]) -> Result<Self, SignatureError> {
        let unreadable = |_| SignatureError::Key("not a private key in PKCS#1 DER");
        let rsa = Rsa::private_key_from_der(der).map_err(unreadable)?;
        let pkey = PKey::from_rsa(rsa).map_err(unreadable)?;
        Ok(Self {
            id: key_id.into(),
            pkey,
        })
    }

    /// The keyId, usually `{actor}#main-key`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) const fn pkey(&self) -> &PKey<Private> {
        &self.pkey
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A peer's public key, checked to be RSA of a size that neither is worthless nor takes a
/// second to verify with.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    pkey: PKey<Public>,
}

impl VerifyingKey {
    /// Reads PEM: SubjectPublicKeyInfo, or PKCS#1 as some peers send.
    ///
    /// # Errors
    /// [`SignatureError::Key`].
    pub fn from_pem(pem: &str) -> Result<Self, SignatureError> {
        let pem = pem.trim().as_bytes();
        let pkcs1 = || Rsa::public_key_from_pem_pkcs1(pem).and_then(PKey::from_rsa);
        let pkey = PKey::public_key_from_pem(pem).or_else(|_| pkcs1());
        Self::checked(pkey.map_err(|_unreadable| SignatureError::Key("not a public key in PEM"))?)
    }

    /// Reads SubjectPublicKeyInfo or PKCS#1 in DER.
    ///
    /// # Errors
    /// [`SignatureError::Key`].
    pub fn from_der(der: &[u8]) -> Result<Self, SignatureError> {
        let pkcs1 = || Rsa::public_key_from_der_pkcs1(der).and_then(PKey::from_rsa);
        let pkey = PKey::public_key_from_der(der).or_else(|_| pkcs1());
        Self::checked(pkey.map_err(|_unreadable| SignatureError::Key("not a public key in DER"))?)
    }

    /// As SubjectPublicKeyInfo in DER, for storing and comparing.
    ///
    /// # Errors
    /// [`SignatureError::Key`] when openssl cannot write it.
    pub fn to_der(&self) -> Result<Vec<u8>, SignatureError> {
        let failed = |_| SignatureError::Key("cannot be written as DER");
        self.pkey.public_key_to_der().map_err(failed)
    }

    fn checked(pkey: PKey<Public>) -> Result<Self, SignatureError> {
        if pkey.id() != Id::RSA {
            return Err(SignatureError::Key("not an RSA key"));
        }
        if !(1024..=8192).contains(&pkey.bits()) {
            return Err(SignatureError::Key(
                "RSA of fewer than 1024 or more than 8192 bits",
            ));
        }
        Ok(Self { pkey })
    }

    pub(super) const fn pkey(&self) -> &PKey<Public> {
        &self.pkey
    }
}
