//! Keys of local actors: RSA-2048, because that is what every peer verifies, and Ed25519 beside it
//! for those that know it (FEP-521a).

use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;

/// The fresh keys of an actor. Making them takes tens of milliseconds of CPU: do it before the verb,
/// off the async threads.
#[derive(Clone)]
pub struct KeyPair {
    /// RSA, PKCS#1 DER.
    pub private_der: Vec<u8>,
    /// RSA, SubjectPublicKeyInfo PEM, as actors publish it.
    pub public_pem: String,
    /// The one beside it.
    pub ed25519: Ed25519Pair,
}

/// A fresh Ed25519 pair, which is made in microseconds.
#[derive(Clone)]
pub struct Ed25519Pair {
    /// PKCS#8 DER.
    pub private_der: Vec<u8>,
    /// SubjectPublicKeyInfo PEM.
    pub public_pem: String,
}

/// Makes an actor's keys.
///
/// # Errors
/// When openssl has no randomness.
pub fn generate() -> Result<KeyPair, ErrorStack> {
    let rsa = Rsa::generate(2048)?;
    Ok(KeyPair {
        private_der: rsa.private_key_to_der()?,
        public_pem: String::from_utf8_lossy(&rsa.public_key_to_pem()?).into_owned(),
        ed25519: generate_ed25519()?,
    })
}

/// Makes an Ed25519 pair.
///
/// # Errors
/// When openssl has no randomness.
pub fn generate_ed25519() -> Result<Ed25519Pair, ErrorStack> {
    let pkey = PKey::generate_ed25519()?;
    Ok(Ed25519Pair {
        private_der: pkey.private_key_to_pkcs8()?,
        public_pem: String::from_utf8_lossy(&pkey.public_key_to_pem()?).into_owned(),
    })
}
