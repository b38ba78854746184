//! Believing a request signed in the form of RFC 9421, or not.

use super::base::{base, combined};
use super::claim::{Claim, Component, claims};
use crate::signature::digest::check_content_digest;
use crate::signature::{Sealed, SignatureError, Signed, check_date, check_expires, check_near};
use chrono::{DateTime, Utc};
use http::HeaderName;
use http::header::{DATE, HOST};
use model::peer::SignatureForm;

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// Reads the first signature that covers enough, is of now, and whose digest is the body's.
///
/// # Errors
/// What is wrong with the first, where none will do.
pub(in crate::signature) fn read(
    request: &Signed<'_>,
    now: DateTime<Utc>,
) -> Result<Sealed, SignatureError> {
    let mut wrong = None;
    for claim in claims(request.headers)? {
        match claim.and_then(|claim| sealed(claim, request, now)) {
            Ok(sealed) => return Ok(sealed),
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    Err(wrong.unwrap_or(SignatureError::Missing))
}

fn sealed(
    claim: Claim,
    request: &Signed<'_>,
    now: DateTime<Utc>,
) -> Result<Sealed, SignatureError> {
    check_coverage(&claim, request)?;
    check_times(&claim, request, now)?;
    if claim.covers(&Component::Header(CONTENT_DIGEST)) {
        check_content_digest(&combined(request.headers, &CONTENT_DIGEST)?, request.body)?;
    }
    let synchronization = Component::Header(HeaderName::from_static(crate::sync::NAME));
    let texts = request.origins.iter();
    let texts = texts.map(|origin| base(&claim, request, origin));
    Ok(Sealed {
        form: SignatureForm::Rfc9421,
        synchronization: claim.covers(&synchronization),
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

/// The method, the whole target with our name in it, a time, and with a body its digest. A target
/// without the authority would count on any server.
fn check_coverage(claim: &Claim, request: &Signed<'_>) -> Result<(), SignatureError> {
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

fn check_times(
    claim: &Claim,
    request: &Signed<'_>,
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    if let Some(created) = claim.created {
        check_near(created, now)?;
    }
    if claim.covers(&Component::Header(DATE)) {
        check_date(&combined(request.headers, &DATE)?, now)?;
    }
    check_expires(claim.expires, now)
}
