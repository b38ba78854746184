//! Errors as programs receive them: a status and `application/problem+json` (RFC 9457). The HTML
//! interface has pages of its own for people.

use axum::response::{IntoResponse, Response};
use domain::Error;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use model::Refusal;
use model::refusal::Rule;
use serde_json::json;

/// `Retry-After`, in seconds, while the database is unavailable.
const UNAVAILABLE_RETRY_SECONDS: u64 = 60;

/// A verb's error, answered as a problem document.
#[derive(Debug)]
pub struct ApiError(pub Error);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.into())
    }
}

/// Maps a refusal to its HTTP status.
#[must_use]
pub fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound(_) => StatusCode::NOT_FOUND,
        Refusal::NotAllowed(Rule::SignedIn) => StatusCode::UNAUTHORIZED,
        Refusal::NotAllowed(Rule::Setup) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::NotAllowed(
            Rule::Admin
            | Rule::Author
            | Rule::AuthorOrModerator
            | Rule::AskerOrModerator
            | Rule::Follower
            | Rule::Question
            | Rule::AnswersFull
            | Rule::Facilitator
            | Rule::Moderator
            | Rule::Banned
            | Rule::Handled
            | Rule::Locked
            | Rule::PinsFull
            | Rule::OwnPost
            | Rule::AppealToAdmin
            | Rule::HasFacilitator
            | Rule::Closed
            | Rule::SpaceClosed
            | Rule::Archived
            | Rule::Planned
            | Rule::PrivateElsewhere
            | Rule::ActiveAccount
            | Rule::PendingAccount
            | Rule::RegistrationClosed
            | Rule::InvitationOnly
            | Rule::InvitedAnother
            | Rule::LinkUsedUp
            | Rule::FormKey
            | Rule::LastAdmin
            | Rule::OwnAccount
            | Rule::Oneself
            | Rule::NotOurs
            | Rule::PeerRefused
            | Rule::SecondFactor
            | Rule::LastSignIn
            | Rule::Scope
            | Rule::PollOver
            | Rule::Voted
            | Rule::Member
            | Rule::LastFacilitator
            | Rule::Decided,
        ) => StatusCode::FORBIDDEN,
        Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Gone(_) => StatusCode::GONE,
        Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Unreachable { .. } => StatusCode::BAD_GATEWAY,
        Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
    }
}

/// Logs a fault, once; the client learns no details of it.
pub fn log_fault(error: &Error) {
    if let Error::Fault(fault) = error {
        tracing::error!(%fault, "a request failed");
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        log_fault(&self.0);
        let (status, body) = match &self.0 {
            Error::Refused(refusal) => {
                let status = status(refusal);
                (status, problem(status, refusal))
            }
            Error::Fault(fault) if fault.is_unavailable() => (
                StatusCode::SERVICE_UNAVAILABLE,
                json!({"type": "about:blank", "title": "The database cannot be used at the moment", "status": 503, "code": "unavailable"}),
            ),
            Error::Fault(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({"type": "about:blank", "title": "Something broke here", "status": 500, "code": "fault"}),
            ),
        };
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Error::Refused(Refusal::TooMany { retry_after }) = &self.0 {
            headers.insert(RETRY_AFTER, HeaderValue::from(*retry_after));
        }
        if let Error::Refused(Refusal::NotAllowed(Rule::Scope)) = &self.0 {
            let challenge = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from(UNAVAILABLE_RETRY_SECONDS));
        }
        response
    }
}

fn problem(status: StatusCode, refusal: &Refusal) -> serde_json::Value {
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Refused"),
        "status": status.as_u16(),
        "code": refusal.code(),
        "detail": refusal.to_string(),
    });
    if let (Refusal::Invalid(fields), Some(map)) = (refusal, body.as_object_mut()) {
        let errors: Vec<_> = fields
            .iter()
            .map(|f| json!({"field": f.field, "code": f.why.code()}))
            .collect();
        map.insert("errors".into(), errors.into());
    }
    if let (Refusal::NotAllowed(rule), Some(map)) = (refusal, body.as_object_mut()) {
        map.insert("rule".into(), rule.code().into());
    }
    body
}
