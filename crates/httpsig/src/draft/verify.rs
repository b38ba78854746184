//! Checks a request signed in the draft's form.

use super::parts::Parts;
use crate::digest::check_digest;
use crate::{
    Algorithm, ReceivedRequest, SignatureError, SignatureForm, UnverifiedSignature, check_date,
    check_expires, check_skew, host_of, single,
};
use chrono::{DateTime, Utc};
use http::HeaderMap;

/// Reads a signature and checks its coverage, its times and the body's digest.
///
/// # Errors
/// [`SignatureError`] says what is wrong.
pub(crate) fn read(
    request: &ReceivedRequest<'_>,
    now: DateTime<Utc>,
) -> Result<UnverifiedSignature, SignatureError> {
    let parts = Parts::parse(request.headers)?;
    let algorithm = algorithm(&parts)?;
    check_coverage(&parts, !request.body.is_empty())?;
    check_times(&parts, request.headers, now)?;
    if parts.covers("digest") {
        check_digest(single(request.headers, "digest")?, request.body)?;
    }
    let mut texts = Vec::new();
    for origin in request.origins {
        for target in targets(request.path_and_query) {
            texts.push(signing_text(&parts, request, (host_of(origin), target))?);
        }
    }
    Ok(UnverifiedSignature {
        form: SignatureForm::Draft,
        texts,
        key_id: parts.key_id,
        algorithm,
        signature: parts.signature,
        covered: parts.headers,
    })
}

/// Returns the named algorithm; `hs2019` leaves the choice to the key.
fn algorithm(parts: &Parts) -> Result<Option<Algorithm>, SignatureError> {
    match parts.algorithm.as_deref() {
        None | Some("hs2019") => Ok(None),
        Some("rsa-sha256") => Ok(Some(Algorithm::Rsa)),
        Some(other) => Err(SignatureError::Unsupported(other.to_owned())),
    }
}

/// Checks that the target, the host, a date and the digest of a body are covered.
fn check_coverage(parts: &Parts, has_body: bool) -> Result<(), SignatureError> {
    if !parts.covers("(request-target)") {
        return Err(SignatureError::NotCovered("(request-target)"));
    }
    if !parts.covers("host") {
        return Err(SignatureError::NotCovered("host"));
    }
    if !parts.covers("date") && !parts.covers("(created)") {
        return Err(SignatureError::NotCovered("date"));
    }
    if has_body && !parts.covers("digest") {
        return Err(SignatureError::NotCovered("digest"));
    }
    Ok(())
}

/// Checks the covered times.
fn check_times(
    parts: &Parts,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    if parts.covers("date") {
        check_date(single(headers, "date")?, now)?;
    }
    if parts.covers("(created)") {
        let created = parts.created;
        let created = created.ok_or_else(|| SignatureError::Absent("(created)".into()))?;
        check_skew(created, now)?;
    }
    check_expires(parts.expires, now)
}

/// Returns the targets that may be signed: with the query, and, as many peers leave it out, without it.
fn targets(path_and_query: &str) -> impl Iterator<Item = &str> {
    let without = path_and_query.split_once('?').map(|(path, _)| path);
    std::iter::once(path_and_query).chain(without)
}

/// Builds the text that is signed by a request for this host and target.
fn signing_text(
    parts: &Parts,
    request: &ReceivedRequest<'_>,
    (host, target): (&str, &str),
) -> Result<String, SignatureError> {
    let mut lines = Vec::with_capacity(parts.headers.len());
    for name in &parts.headers {
        let value = match name.as_str() {
            "(request-target)" => {
                format!("{} {target}", request.method.to_ascii_lowercase())
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

/// Returns the value of `(created)` or `(expires)`.
fn pseudo(value: Option<i64>, name: &str) -> Result<String, SignatureError> {
    value
        .map(|at| at.to_string())
        .ok_or_else(|| SignatureError::Absent(name.to_owned()))
}
