//! Signing a request of ours: over `(request-target) host date`, and with a body its digest
//! and content type.

use super::{SignatureError, SigningKey};
use crate::identity::authority;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::header::{CONTENT_TYPE, DATE, HOST};
use http::{HeaderName, HeaderValue};
use openssl::hash::MessageDigest;
use openssl::sha::sha256;
use openssl::sign::Signer;
use url::Url;

/// The headers that sign a request: `Host`, `Date`, with a body `Digest` and (where given)
/// `Content-Type`, and `Signature`. All of them must be sent as they are.
///
/// # Errors
/// [`SignatureError::Malformed`] when the URL has no host or the content type is no header
/// value, [`SignatureError::Unsigned`] when openssl fails.
pub fn sign_request(
    key: &SigningKey,
    method: &str,
    url: &Url,
    body: Option<&[u8]>,
    date: DateTime<Utc>,
    content_type: Option<&str>,
) -> Result<Vec<(HeaderName, HeaderValue)>, SignatureError> {
    let host = authority(url).ok_or(SignatureError::Malformed("the URL has no host"))?;
    let mut covered = vec![(HOST, host), (DATE, http_date(date))];
    if let Some(body) = body {
        covered.push((HeaderName::from_static("digest"), digest_header(body)));
        if let Some(content_type) = content_type {
            covered.push((CONTENT_TYPE, content_type.to_owned()));
        }
    }
    let target = format!("{} {}", method.to_ascii_lowercase(), path_and_query(url));
    let mut names = "(request-target)".to_owned();
    let mut text = format!("(request-target): {target}");
    for (name, value) in &covered {
        names.push_str(&format!(" {name}"));
        text.push_str(&format!("\n{name}: {value}"));
    }
    let signature = STANDARD.encode(raw_signature(key, text.as_bytes())?);
    let header = format!(
        "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{names}\",signature=\"{signature}\"",
        key.id()
    );
    covered.push((HeaderName::from_static("signature"), header));
    covered
        .into_iter()
        .map(|(name, value)| Ok((name, header_value(&value)?)))
        .collect()
}

/// The `Digest` header of a body (RFC 3230 with SHA-256).
#[must_use]
pub fn digest_header(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(sha256(body)))
}

/// An HTTP date (RFC 9110 §5.6.7).
pub(super) fn http_date(date: DateTime<Utc>) -> String {
    date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The request target of a URL.
fn path_and_query(url: &Url) -> String {
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}

fn raw_signature(key: &SigningKey, text: &[u8]) -> Result<Vec<u8>, SignatureError> {
    let failed = |_| SignatureError::Unsigned;
    let mut signer = Signer::new(MessageDigest::sha256(), key.pkey()).map_err(failed)?;
    signer.sign_oneshot_to_vec(text).map_err(failed)
}

fn header_value(text: &str) -> Result<HeaderValue, SignatureError> {
    let unfit = |_| SignatureError::Malformed("a header holds characters no header may hold");
    HeaderValue::from_str(text).map_err(unfit)
}
