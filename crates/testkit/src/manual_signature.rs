//! Signatures in the format of draft-cavage as other software makes and checks them: over other
//! headers, in another order.

use crate::hostile::SignedRequest;
use crate::keys;
use crate::request_log::LoggedRequest;
use axum::http::{HeaderMap, HeaderValue};
use openssl::base64::{decode_block, encode_block};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};

impl SignedRequest {
    /// Signs the request again with a hostile peer's first key: over these headers in this order,
    /// with these parameters, such as `keyId="…",algorithm="hs2019"`.
    #[must_use]
    pub fn signed_over(mut self, names: &str, params: &str) -> Self {
        let target = format!("post {}", self.url.path());
        let text = text(names, &target, &self.headers);
        let rsa = Rsa::private_key_from_der(&keys::stranger(0).private_der).unwrap();
        let key = PKey::from_rsa(rsa).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        let signature = encode_block(&signer.sign_oneshot_to_vec(text.as_bytes()).unwrap());
        let header = format!("{params},headers=\"{names}\",signature=\"{signature}\"");
        let header = HeaderValue::from_str(&header).unwrap();
        self.headers.insert("signature", header);
        self
    }
}

impl LoggedRequest {
    /// Returns a parameter of its signature, such as `keyId`; `None` where it is not signed.
    #[must_use]
    pub fn signature(&self, part: &str) -> Option<String> {
        let header = self.headers.get("signature")?.to_str().ok()?;
        let rest = header.split(&format!("{part}=\"")).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    }

    /// Whether this key (in PEM) made its signature.
    #[must_use]
    pub fn is_signed_by(&self, pem: &str) -> bool {
        let parts = self.signature("headers").zip(self.signature("signature"));
        let Some((names, signature)) = parts else {
            return false;
        };
        let method = self.request.method.to_ascii_lowercase();
        let target = format!("{method} {}", self.request.path);
        let text = text(&names, &target, &self.headers);
        let key = PKey::public_key_from_pem(pem.as_bytes()).unwrap();
        let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
        let signature = decode_block(&signature).unwrap();
        verifier
            .verify_oneshot(&signature, text.as_bytes())
            .unwrap()
    }
}

/// Builds the signing string.
fn text(names: &str, target: &str, headers: &HeaderMap) -> String {
    let lines = names.split(' ').map(|name| match name {
        "(request-target)" => format!("{name}: {target}"),
        _ => format!("{name}: {}", headers[name].to_str().unwrap()),
    });
    lines.collect::<Vec<String>>().join("\n")
}
