//! The signature base (RFC 9421 §2.5): a line for each component, and the list itself.

use super::claim::{Claim, Component};
use crate::signature::{SignatureError, Signed, host_of, plain};
use http::header::HOST;
use http::{HeaderMap, HeaderName};
use std::borrow::Cow;

/// The text that was signed, were it signed for this origin.
///
/// # Errors
/// `Absent` for a covered header that the request does not have, `Malformed` for one that is not
/// plain text.
pub(super) fn base(
    claim: &Claim,
    request: &Signed<'_>,
    origin: &str,
) -> Result<String, SignatureError> {
    let mut text = String::with_capacity(256 + claim.params.len());
    for component in &claim.components {
        push(
            &mut text,
            component.name(),
            &value(component, request, origin)?,
        );
        text.push('\n');
    }
    push(&mut text, "@signature-params", &claim.params);
    Ok(text)
}

/// `"name": value`.
pub(super) fn push(text: &mut String, name: &str, value: &str) {
    text.push('"');
    text.push_str(name);
    text.push_str("\": ");
    text.push_str(value);
}

fn value<'v>(
    component: &Component,
    request: &'v Signed<'_>,
    origin: &'v str,
) -> Result<Cow<'v, str>, SignatureError> {
    let target = request.path_and_query;
    Ok(match component {
        Component::Method => request.method.to_ascii_uppercase().into(),
        Component::TargetUri => format!("{origin}{target}").into(),
        Component::Authority => host_of(origin).to_ascii_lowercase().into(),
        Component::Scheme => origin.split("://").next().unwrap_or_default().into(),
        Component::RequestTarget => target.into(),
        Component::Path => match target.split('?').next() {
            None | Some("") => "/".into(),
            Some(path) => path.into(),
        },
        Component::Query => match target.split_once('?') {
            Some((_, query)) => format!("?{query}").into(),
            None => "?".into(),
        },
        // A proxy of ours may have put another name in.
        Component::Header(header) if header == HOST => host_of(origin).into(),
        Component::Header(header) => combined(request.headers, header)?.into(),
    })
}

/// All lines of a header as one value (RFC 9421 §2.1).
pub(super) fn combined(headers: &HeaderMap, name: &HeaderName) -> Result<String, SignatureError> {
    let lines: Vec<&str> = headers
        .get_all(name)
        .iter()
        .map(|line| plain(line).map(str::trim))
        .collect::<Result<_, _>>()?;
    if lines.is_empty() {
        return Err(SignatureError::Absent(name.to_string()));
    }
    Ok(lines.join(", "))
}
