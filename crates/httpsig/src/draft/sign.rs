//! Signs a request in the draft's form: over `(request-target) host date`, with a body also over its
//! digest and content type, and over the extra headers.

use crate::digest::digest_header;
use crate::{
    RequestToSign, SignatureError, SigningKey, authority, headers, http_date, path_and_query,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::header::{CONTENT_TYPE, DATE, HOST};
use http::{HeaderName, HeaderValue};
use url::Url;

/// Returns the headers that sign a request: `Host`, `Date`, with a body `Digest` and (where given)
/// `Content-Type`, the extra headers, and `Signature`. All of them must be sent unchanged.
///
/// # Errors
/// [`SignatureError::Malformed`] when the URL has no host or the content type is no header
/// value, [`SignatureError::Unsigned`] when openssl fails.
pub(crate) fn sign(
    request: &RequestToSign<'_>,
    key: &SigningKey,
    date: DateTime<Utc>,
) -> Result<Vec<(HeaderName, HeaderValue)>, SignatureError> {
    let RequestToSign { method, url, .. } = *request;
    let host = authority(url).ok_or(SignatureError::Malformed("the URL has no host"))?;
    let mut covered = Vec::with_capacity(6);
    covered.extend([(HOST, host), (DATE, http_date(date))]);
    if let Some(body) = request.body {
        covered.push((HeaderName::from_static("digest"), digest_header(body)));
        if let Some(content_type) = request.content_type {
            covered.push((CONTENT_TYPE, content_type.to_owned()));
        }
    }
    covered.extend_from_slice(request.extra_headers);
    let (names, text) = signing_text(&method.to_ascii_lowercase(), url, &covered);
    let signature = STANDARD.encode(key.sign(text.as_bytes())?);
    let header = format!(
        "keyId=\"{}\",algorithm=\"{}\",headers=\"{names}\",signature=\"{signature}\"",
        key.id(),
        key.algorithm().draft_name()
    );
    covered.push((HeaderName::from_static("signature"), header));
    headers(covered)
}

/// Returns the list of covered headers and the text to sign.
fn signing_text(method: &str, url: &Url, covered: &[(HeaderName, String)]) -> (String, String) {
    let mut names = String::with_capacity(128);
    let mut text = String::with_capacity(1_024);
    names.push_str("(request-target)");
    for part in ["(request-target): ", method, " ", &path_and_query(url)] {
        text.push_str(part);
    }
    for (name, value) in covered {
        names.push(' ');
        names.push_str(name.as_str());
        for part in ["\n", name.as_str(), ": ", value] {
            text.push_str(part);
        }
    }
    (names, text)
}
