//! Believing a request, or not. The signature must cover the request target, the host, a
//! date, and with a body its digest; the host it is checked against is the one we are
//! configured as, so a request signed for another server never counts here, whatever its
//! headers say.

use super::parts::BASE64;
use super::{SignatureError, SignatureParts, VerifyingKey};
use base64::Engine;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::DATE;
use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::sha::sha256;
use openssl::sign::Verifier;

/// How far a signature's date may be from our clock, either way.
pub const MAX_SKEW_SECONDS: i64 = 3600;

/// A request as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// `POST`, `GET`; the case does not matter.
    pub method: &'a str,
    /// Path and query, as on the request line.
    pub path_and_query: &'a str,
    /// All its headers.
    pub headers: &'a HeaderMap,
    /// Its whole body, empty for a GET.
    pub body: &'a [u8],
    /// What we are configured as: `host`, or `host:port` where the port is not the scheme's
    /// own. Any of them will do.
    pub hosts: &'a [&'a str],
}

/// Checks a signature: covers enough, not too old or new, the digest is the body's, made by
/// this key.
///
/// # Errors
/// [`SignatureError`] says what is wrong. `Forged` is worth one fresh look at the key.
pub fn verify(
    parts: &SignatureParts,
    request: &Signed<'_>,
    key: &VerifyingKey,
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    check_algorithm(parts)?;
    check_coverage(parts, !request.body.is_empty())?;
    check_times(parts, request.headers, now)?;
    if parts.headers.iter().any(|name| name == "digest") {
        check_digest(request)?;
    }
    for host in request.hosts {
        let text = signing_text(parts, request, host)?;
        if verifies(key, text.as_bytes(), &parts.signature) {
            return Ok(());
        }
    }
    Err(SignatureError::Forged)
}

/// RSA with SHA-256 by any of its names.
fn check_algorithm(parts: &SignatureParts) -> Result<(), SignatureError> {
    match parts.algorithm.as_deref() {
        None | Some("rsa-sha256" | "hs2019") => Ok(()),
        Some(other) => Err(SignatureError::Unsupported(other.to_owned())),
    }
}

fn check_coverage(parts: &SignatureParts, has_body: bool) -> Result<(), SignatureError> {
    let covers = |name: &str| parts.headers.iter().any(|known| known == name);
    if !covers("(request-target)") {
        return Err(SignatureError::NotCovered("(request-target)"));
    }
    if !covers("host") {
        return Err(SignatureError::NotCovered("host"));
    }
    if !covers("date") && !covers("(created)") {
        return Err(SignatureError::NotCovered("date"));
    }
    if has_body && !covers("digest") {
        return Err(SignatureError::NotCovered("digest"));
    }
    Ok(())
}

fn check_times(
    parts: &SignatureParts,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    let covers = |name: &str| parts.headers.iter().any(|known| known == name);
    let near = |at: i64| now.timestamp().abs_diff(at) <= MAX_SKEW_SECONDS.unsigned_abs();
    if covers("date") {
        let date = DateTime::parse_from_rfc2822(single(headers, DATE.as_str())?)
            .map_err(|_no_date| SignatureError::Malformed("a date that is no HTTP date"))?;
        if !near(date.timestamp()) {
            return Err(SignatureError::Skewed);
        }
    }
    if covers("(created)") {
        let created = parts
            .created
            .ok_or_else(|| SignatureError::Absent("(created)".into()))?;
        if !near(created) {
            return Err(SignatureError::Skewed);
        }
    }
    match parts.expires {
        Some(at) if at < now.timestamp() => Err(SignatureError::Expired),
        _ => Ok(()),
    }
}

/// The SHA-256 among the digests must be the body's.
fn check_digest(request: &Signed<'_>) -> Result<(), SignatureError> {
    let header = single(request.headers, "digest")?;
    let sha256_of = |part: &str| {
        let (name, value) = part.trim().split_once('=')?;
        let value = name
            .trim()
            .eq_ignore_ascii_case("sha-256")
            .then_some(value)?;
        BASE64.decode(value.trim()).ok()
    };
    let claimed = header
        .split(',')
        .find_map(sha256_of)
        .ok_or(SignatureError::Digest)?;
    let actual = sha256(request.body);
    let same = claimed.len() == actual.len() && memcmp::eq(&claimed, &actual);
    if same {
        Ok(())
    } else {
        Err(SignatureError::Digest)
    }
}

/// The text that was signed, were it signed for this host.
fn signing_text(
    parts: &SignatureParts,
    request: &Signed<'_>,
    host: &str,
) -> Result<String, SignatureError> {
    let mut lines = Vec::with_capacity(parts.headers.len());
    for name in &parts.headers {
        let value = match name.as_str() {
            "(request-target)" => {
                format!(
                    "{} {}",
                    request.method.to_ascii_lowercase(),
                    request.path_and_query
                )
            }
            "host" => host.to_owned(),
            "(created)" => pseudo(parts.created, name)?,
            "(expires)" => pseudo(parts.expires, name)?,
            other => single(request.headers, other)?.trim().to_owned(),
        };
        lines.push(format!("{name}: {value}"));
    }
    Ok(lines.join("\n"))
}

fn pseudo(value: Option<i64>, name: &str) -> Result<String, SignatureError> {
    value
        .map(|at| at.to_string())
        .ok_or_else(|| SignatureError::Absent(name.to_owned()))
}

/// A header that must stand exactly once.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, SignatureError> {
    let mut all = headers.get_all(name).iter();
    let first = all
        .next()
        .ok_or_else(|| SignatureError::Absent(name.to_owned()))?;
    if all.next().is_some() {
        return Err(SignatureError::Duplicate(name.to_owned()));
    }
    first
        .to_str()
        .map_err(|_not_text| SignatureError::Malformed("a header that is not plain text"))
}

fn verifies(key: &VerifyingKey, text: &[u8], signature: &[u8]) -> bool {
    Verifier::new(MessageDigest::sha256(), key.pkey())
        .and_then(|mut verifier| verifier.verify_oneshot(signature, text))
        .unwrap_or(false)
}
