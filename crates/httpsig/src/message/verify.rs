//! Checks a request signed in the form of RFC 9421.

use super::base::{combined, signature_base};
use super::claim::{Claim, Component, claims};
use crate::digest::check_content_digest;
use crate::{
    ReceivedRequest, SignatureError, SignatureForm, UnverifiedSignature, check_date, check_expires,
    check_skew,
};
use chrono::{DateTime, Utc};
use http::HeaderName;
use http::header::{DATE, HOST};

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// Reads the first signature whose coverage, times and digest are right.
///
/// # Errors
/// The error of the first signature, where none is right.
pub(crate) fn read(
    request: &ReceivedRequest<'_>,
    now: DateTime<Utc>,
) -> Result<UnverifiedSignature, SignatureError> {
    let mut wrong = None;
    for claim in claims(request.headers)? {
        match claim.and_then(|claim| check(claim, request, now)) {
            Ok(signature) => return Ok(signature),
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    Err(wrong.unwrap_or(SignatureError::Missing))
}

fn check(
    claim: Claim,
    request: &ReceivedRequest<'_>,
    now: DateTime<Utc>,
) -> Result<UnverifiedSignature, SignatureError> {
    check_coverage(&claim, request)?;
    check_times(&claim, request, now)?;
    if claim.covers(&Component::Header(CONTENT_DIGEST)) {
        check_content_digest(&combined(request.headers, &CONTENT_DIGEST)?, request.body)?;
    }
    let names = claim.components.iter();
    let covered = names.map(|component| component.name().to_owned());
    let texts = request.origins.iter();
    let texts = texts.map(|origin| signature_base(&claim, request, origin));
    Ok(UnverifiedSignature {
        form: SignatureForm::Rfc9421,
        covered: covered.collect(),
        texts: texts.collect::<Result<_, _>>()?,
        key_id: claim.key_id,
        algorithm: claim.algorithm,
        signature: claim.signature,
    })
}

impl Claim {
    fn covers(&self, component: &Component) -> bool {
        self.components.contains(component)
    }
}

/// Checks that the method, the whole target with the authority, a time and the digest of a body are
/// covered. A signature without the authority would be valid on any server.
fn check_coverage(claim: &Claim, request: &ReceivedRequest<'_>) -> Result<(), SignatureError> {
    let lacks = |name| Err(SignatureError::NotCovered(name));
    let covers = |component| claim.covers(&component);
    if !covers(Component::Method) {
        return lacks("@method");
    }
    if !covers(Component::TargetUri) {
        if !covers(Component::Authority) && !covers(Component::Header(HOST)) {
            return lacks("@target-uri or @authority");
        }
        if !covers(Component::RequestTarget) {
            if !covers(Component::Path) {
                return lacks("@target-uri or @path");
            }
            if request.path_and_query.contains('?') && !covers(Component::Query) {
                return lacks("@query");
            }
        }
    }
    if claim.created.is_none() && !covers(Component::Header(DATE)) {
        return lacks("created or date");
    }
    if !request.body.is_empty() && !covers(Component::Header(CONTENT_DIGEST)) {
        return lacks("content-digest");
    }
    Ok(())
}

/// Checks the covered times.
fn check_times(
    claim: &Claim,
    request: &ReceivedRequest<'_>,
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    if let Some(created) = claim.created {
        check_skew(created, now)?;
    }
    if claim.covers(&Component::Header(DATE)) {
        check_date(&combined(request.headers, &DATE)?, now)?;
    }
    check_expires(claim.expires, now)
}
