//! Parsed keys, cheap to clone: RSA from `publicKey`, Ed25519 from a Multikey (FEP-521a).

use super::{SignatureError, multikey};
use openssl::hash::MessageDigest;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Private, Public};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use std::sync::Arc;

/// The algorithm of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which every server verifies.
    Rsa,
    Ed25519,
}

impl Algorithm {
    /// Returns its name in RFC 9421 §3.3.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-v1_5-sha256",
            Self::Ed25519 => "ed25519",
        }
    }

    /// Returns its name in the draft, where `hs2019` means "as the key says".
    #[must_use]
    pub const fn draft_name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-sha256",
            Self::Ed25519 => "hs2019",
        }
    }

    fn of<T: HasPublic>(key: &PKeyRef<T>) -> Result<Self, SignatureError> {
        match key.id() {
            Id::RSA => Ok(Self::Rsa),
            Id::ED25519 => Ok(Self::Ed25519),
            _ => Err(SignatureError::Key("neither RSA nor Ed25519")),
        }
    }
}

/// A private key with its key id. RSA keys are stored as PKCS#1 DER, which parses in 2 µs; PEM or
/// PKCS#8 takes 350 µs.
#[derive(Clone)]
pub struct SigningKey {
    id: Arc<str>,
    algorithm: Algorithm,
    pkey: PKey<Private>,
}

impl SigningKey {
    /// Reads an RSA key in PKCS#1 DER.
    ///
    /// # Errors
    /// [`SignatureError::Key`] when it is none.
    pub fn from_der(key_id: &str, der: &[u8]) -> Result<Self, SignatureError> {
        let unreadable = |_| SignatureError::Key("not a private key in PKCS#1 DER");
        let rsa = Rsa::private_key_from_der(der).map_err(unreadable)?;
        let pkey = PKey::from_rsa(rsa).map_err(unreadable)?;
        Self::new(key_id, pkey)
    }

    /// Reads a key in PKCS#8 DER, in which Ed25519 keys are stored.
    ///
    /// # Errors
    /// [`SignatureError::Key`] when it is none, or neither RSA nor Ed25519.
    pub fn from_pkcs8(key_id: &str, der: &[u8]) -> Result<Self, SignatureError> {
        let unreadable = |_| SignatureError::Key("not a private key in PKCS#8 DER");
        Self::new(
            key_id,
            PKey::private_key_from_pkcs8(der).map_err(unreadable)?,
        )
    }

    fn new(key_id: &str, pkey: PKey<Private>) -> Result<Self, SignatureError> {
        Ok(Self {
            id: key_id.into(),
            algorithm: Algorithm::of(&pkey)?,
            pkey,
        })
    }

    /// Returns the key id, usually `{actor}#main-key`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Signs bytes.
    ///
    /// # Errors
    /// [`SignatureError::Unsigned`] when openssl fails.
    pub(super) fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let signer = match self.algorithm {
            Algorithm::Rsa => Signer::new(MessageDigest::sha256(), &self.pkey),
            Algorithm::Ed25519 => Signer::new_without_digest(&self.pkey),
        };
        signer
            .and_then(|mut signer| signer.sign_oneshot_to_vec(text))
            .map_err(|_failed| SignatureError::Unsigned)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A peer's public key: Ed25519, or RSA of 1024 to 8192 bits (smaller keys are insecure, larger ones
/// slow to verify with).
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    pkey: PKey<Public>,
}

impl VerifyingKey {
    /// Reads a key from an actor document: `publicKeyPem` or `publicKeyMultibase`.
    ///
    /// # Errors
    /// [`SignatureError::Key`].
    pub fn from_document(text: &str) -> Result<Self, SignatureError> {
        if text.trim_start().starts_with('-') {
            Self::from_pem(text)
        } else {
            Self::from_multibase(text)
        }
    }

    /// Reads an RSA key in PEM: SubjectPublicKeyInfo, or PKCS#1 as some peers send.
    ///
    /// # Errors
    /// [`SignatureError::Key`].
    pub fn from_pem(pem: &str) -> Result<Self, SignatureError> {
        let pem = pem.trim().as_bytes();
        let pkcs1 = || Rsa::public_key_from_pem_pkcs1(pem).and_then(PKey::from_rsa);
        let pkey = PKey::public_key_from_pem(pem).or_else(|_| pkcs1());
        Self::rsa(pkey.map_err(|_unreadable| SignatureError::Key("not a public key in PEM"))?)
    }

    /// Reads an RSA key as SubjectPublicKeyInfo or PKCS#1 in DER.
    ///
    /// # Errors
    /// [`SignatureError::Key`].
    pub fn from_der(der: &[u8]) -> Result<Self, SignatureError> {
        let pkcs1 = || Rsa::public_key_from_der_pkcs1(der).and_then(PKey::from_rsa);
        let pkey = PKey::public_key_from_der(der).or_else(|_| pkcs1());
        Self::rsa(pkey.map_err(|_unreadable| SignatureError::Key("not a public key in DER"))?)
    }

    /// Reads the `publicKeyMultibase` of an Ed25519 Multikey.
    ///
    /// # Errors
    /// [`SignatureError::Key`].
    pub fn from_multibase(text: &str) -> Result<Self, SignatureError> {
        let raw = multikey::decode(text)?;
        let pkey = PKey::public_key_from_raw_bytes(&raw, Id::ED25519)
            .map_err(|_unfit| SignatureError::Key("not a point of Ed25519"))?;
        Ok(Self {
            algorithm: Algorithm::Ed25519,
            pkey,
        })
    }

    /// Serializes the key as SubjectPublicKeyInfo in DER, for storing and comparing.
    ///
    /// # Errors
    /// [`SignatureError::Key`] when openssl cannot write it.
    pub fn to_der(&self) -> Result<Vec<u8>, SignatureError> {
        let failed = |_| SignatureError::Key("cannot be written as DER");
        self.pkey.public_key_to_der().map_err(failed)
    }

    fn rsa(pkey: PKey<Public>) -> Result<Self, SignatureError> {
        if pkey.id() != Id::RSA {
            return Err(SignatureError::Key("not an RSA key"));
        }
        if !(1024..=8192).contains(&pkey.bits()) {
            return Err(SignatureError::Key(
                "RSA of fewer than 1024 or more than 8192 bits",
            ));
        }
        Ok(Self {
            algorithm: Algorithm::Rsa,
            pkey,
        })
    }

    /// Returns its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether a signature over bytes was made with this key.
    pub(super) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        let verifier = match self.algorithm {
            Algorithm::Rsa => Verifier::new(MessageDigest::sha256(), &self.pkey),
            Algorithm::Ed25519 => Verifier::new_without_digest(&self.pkey),
        };
        verifier
            .and_then(|mut verifier| verifier.verify_oneshot(signature, text))
            .unwrap_or(false)
    }
}
