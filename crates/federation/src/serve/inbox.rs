//! The inboxes: bytes in, at most 1 MiB and within ten seconds, and the engine's response out.

use super::answer::{DocumentError, DocumentResult, problem};
use crate::context::Federation;
use crate::inbox;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, State};
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Extension};
use http_body_util::{BodyExt, Limited};
use model::memory_budget::MemoryReservation;
use std::net::IpAddr;
use std::time::Duration;
use vocab::MAX_BYTES;

/// The time for a body: a mebibyte needs 100 KB a second.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The client's address, which the server determines behind its proxies; an extension of the request.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub IpAddr);

/// `POST` to any inbox: which one does not matter, the addressees are in the activity.
pub(super) async fn receive(
    State(federation): State<Federation>,
    caller: Option<Extension<Caller>>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Body,
) -> DocumentResult {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let claimed: Option<usize> = length.and_then(|text| text.parse().ok());
    if claimed.is_some_and(|bytes| bytes > MAX_BYTES) {
        return Err(DocumentError::TOO_LARGE);
    }
    let from = caller.map(|Extension(Caller(ip))| ip);
    let budget = &federation.inbox().budgets.bodies;
    let busy = || Ok(refused(&inbox::InboxResponse::busy()));
    // Held until the response: the body stays in memory.
    let Some(mut reservation) = budget.reserve(from, 0) else {
        return busy();
    };
    let Some(body) = read(body, &mut reservation).await? else {
        return busy();
    };
    let path = uri.path_and_query().map_or("/inbox", |path| path.as_str());
    let response = inbox::receive(&federation, from, method.as_str(), path, &headers, body).await;
    if response.status.is_success() {
        return Ok(response.status.into_response());
    }
    Ok(refused(&response))
}

/// Returns the problem document of a refused request.
pub(super) fn refused(response: &inbox::InboxResponse) -> Response {
    let mut answer = problem(response.status, "inbox", Some(&response.reason));
    if let Some(seconds) = response.retry_after {
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// Reads the whole body, reserving its bytes as they arrive; `None` where no memory is left.
async fn read(
    body: Body,
    reservation: &mut MemoryReservation,
) -> Result<Option<Bytes>, DocumentError> {
    let mut body = Limited::new(body, MAX_BYTES);
    let whole = async {
        let mut whole = Vec::new();
        while let Some(frame) = body.frame().await.transpose()? {
            let Ok(part) = frame.into_data() else {
                continue;
            };
            if !reservation.grow(part.len()) {
                return Ok(None);
            }
            whole.extend_from_slice(&part);
        }
        Ok(Some(Bytes::from(whole)))
    };
    match tokio::time::timeout(BODY_TIMEOUT, whole).await {
        Ok(Ok(whole)) => Ok(whole),
        Ok(Err(error)) => Err(body_error(&error)),
        Err(_too_late) => Err(DocumentError::TOO_SLOW),
    }
}

fn body_error(error: &BoxError) -> DocumentError {
    if error.is::<http_body_util::LengthLimitError>() {
        DocumentError::TOO_LARGE
    } else {
        DocumentError::BAD_REQUEST
    }
}
