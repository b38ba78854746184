//! Keys of local actors: RSA-2048, because that is what every peer verifies.

use openssl::error::ErrorStack;
use openssl::rsa::Rsa;

/// A fresh key pair. Making one takes tens of milliseconds of CPU: do it before the verb, off the
/// async threads.
#[derive(Clone)]
pub struct KeyPair {
    /// PKCS#1 DER.
    pub private_der: Vec<u8>,
    /// SubjectPublicKeyInfo PEM, as actors publish it.
    pub public_pem: String,
}

/// Makes a key pair.
///
/// # Errors
/// When openssl has no randomness.
pub fn generate() -> Result<KeyPair, ErrorStack> {
    let rsa = Rsa::generate(2048)?;
    Ok(KeyPair {
        private_der: rsa.private_key_to_der()?,
        public_pem: String::from_utf8_lossy(&rsa.public_key_to_pem()?).into_owned(),
    })
}
