//! HTTP signatures in the draft-cavage-12 way, which every server speaks (FEDERATION.md):
//! pure functions over keys, headers and a moment, with no IO. RSA with SHA-256 by openssl.

mod error;
mod key;
mod parts;
mod sign;
#[cfg(test)]
mod tests;
mod verify;

pub use error::SignatureError;
pub use key::{SigningKey, VerifyingKey};
pub use parts::SignatureParts;
pub use sign::{digest_header, sign_request};
pub use verify::{MAX_SKEW_SECONDS, Signed, verify};
