//! The inboxes: bytes in, at most 1 MiB, and the engine's verdict out.

use super::answer::{Answer, No, problem};
use crate::inbox;
use crate::seam::Federation;
use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::IntoResponse;
use http_body_util::{BodyExt, Limited};
use vocab::MAX_BYTES;

/// `POST` to any inbox: which one does not matter, the addressees stand in the activity.
pub(super) async fn receive(
    State(federation): State<Federation>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let claimed: Option<usize> = length.and_then(|text| text.parse().ok());
    if claimed.is_some_and(|bytes| bytes > MAX_BYTES) {
        return Err(No::TOO_LARGE);
    }
    let body = match Limited::new(body, MAX_BYTES).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => return Err(No::TOO_LARGE),
        Err(_broken_off) => return Err(No::BAD_REQUEST),
    };
    let path = uri.path_and_query().map_or("/inbox", |path| path.as_str());
    let verdict = inbox::receive(&federation, method.as_str(), path, &headers, body).await;
    if verdict.status.is_success() {
        return Ok(verdict.status.into_response());
    }
    let mut answer = problem(verdict.status, "inbox", Some(&verdict.why));
    if let Some(seconds) = verdict.retry_after {
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(answer)
}
