//! Builds the signature base (RFC 9421 §2.5): one line for each component and one for the list.

use super::claim::{Claim, Component};
use crate::{ReceivedRequest, SignatureError, header_text, host_of};
use http::header::HOST;
use http::{HeaderMap, HeaderName};
use std::borrow::Cow;

/// Builds the text that is signed by a request for this origin.
///
/// # Errors
/// `Absent` for a covered header that the request does not have, `Malformed` for one that is not
/// plain text.
pub(super) fn signature_base(
    claim: &Claim,
    request: &ReceivedRequest<'_>,
    origin: &str,
) -> Result<String, SignatureError> {
    let mut text = String::with_capacity(256 + claim.params.len());
    for component in &claim.components {
        push_line(
            &mut text,
            component.name(),
            &value(component, request, origin)?,
        );
        text.push('\n');
    }
    push_line(&mut text, "@signature-params", &claim.params);
    Ok(text)
}

/// Appends `"name": value`.
pub(super) fn push_line(text: &mut String, name: &str, value: &str) {
    text.push('"');
    text.push_str(name);
    text.push_str("\": ");
    text.push_str(value);
}

/// Returns the value of a component (RFC 9421 §2.2).
fn value<'v>(
    component: &Component,
    request: &'v ReceivedRequest<'_>,
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
        // A reverse proxy may have replaced the name.
        Component::Header(header) if header == HOST => host_of(origin).into(),
        Component::Header(header) => combined(request.headers, header)?.into(),
    })
}

/// Joins all lines of a header into one value (RFC 9421 §2.1).
pub(super) fn combined(headers: &HeaderMap, name: &HeaderName) -> Result<String, SignatureError> {
    let lines: Vec<&str> = headers
        .get_all(name)
        .iter()
        .map(|line| header_text(line).map(str::trim))
        .collect::<Result<_, _>>()?;
    if lines.is_empty() {
        return Err(SignatureError::Absent(name.to_string()));
    }
    Ok(lines.join(", "))
}
