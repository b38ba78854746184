//! Signs a request in the form of RFC 9421: over `@method` and `@target-uri`, with a body also over its
//! `content-digest` and media type, and over the extra headers. The parameters are `created`, `keyid`
//! (Mastodon 4.5 requires both) and `alg`.

use super::base::push_line;
use crate::digest::content_digest_header;
use crate::fields::quoted;
use crate::{
    RequestToSign, SignatureError, SigningKey, authority, headers, http_date, path_and_query,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::header::{CONTENT_TYPE, DATE, HOST};
use http::{HeaderName, HeaderValue};

/// Returns the headers that sign a request: `Host`, `Date`, with a body `Content-Digest` and (where given)
/// `Content-Type`, the extra headers, `Signature-Input` and `Signature`. All of them must be sent
/// unchanged.
///
/// # Errors
/// [`SignatureError::Malformed`] when the URL has no host, or the key's id or the content type is
/// no header value; [`SignatureError::Unsigned`] when openssl fails.
pub(crate) fn sign(
    request: &RequestToSign<'_>,
    key: &SigningKey,
    date: DateTime<Utc>,
) -> Result<Vec<(HeaderName, HeaderValue)>, SignatureError> {
    let RequestToSign { method, url, .. } = *request;
    let host = authority(url).ok_or(SignatureError::Malformed("the URL has no host"))?;
    let target = format!("{}://{host}{}", url.scheme(), path_and_query(url));
    let mut sent = vec![(HOST, host), (DATE, http_date(date))];
    let mut covered = vec![
        ("@method", method.to_ascii_uppercase()),
        ("@target-uri", target),
    ];
    if let Some(body) = request.body {
        let digest = content_digest_header(body);
        sent.push((HeaderName::from_static("content-digest"), digest.clone()));
        covered.push(("content-digest", digest));
        if let Some(content_type) = request.content_type {
            sent.push((CONTENT_TYPE, content_type.to_owned()));
            covered.push(("content-type", content_type.to_owned()));
        }
    }
    for (name, value) in request.extra_headers {
        sent.push((name.clone(), value.clone()));
        covered.push((name.as_str(), value.clone()));
    }
    let key_id = quoted(key.id()).ok_or(SignatureError::Malformed("a keyid that is no text"))?;
    let mut params = String::with_capacity(512);
    params.push('(');
    let mut text = String::with_capacity(1_024);
    for (name, value) in &covered {
        if params.len() > 1 {
            params.push(' ');
        }
        for part in ["\"", name, "\""] {
            params.push_str(part);
        }
        push_line(&mut text, name, value);
        text.push('\n');
    }
    let (created, algorithm) = (date.timestamp(), key.algorithm().name());
    params.push_str(&format!(
        ");created={created};keyid={key_id};alg=\"{algorithm}\""
    ));
    push_line(&mut text, "@signature-params", &params);
    let signature = STANDARD.encode(key.sign(text.as_bytes())?);
    sent.push((
        HeaderName::from_static("signature-input"),
        format!("sig1={params}"),
    ));
    sent.push((
        HeaderName::from_static("signature"),
        format!("sig1=:{signature}:"),
    ));
    headers(sent)
}
