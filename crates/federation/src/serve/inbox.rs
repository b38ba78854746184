//! The inboxes: bytes in, at most 1 MiB and within ten seconds, and the engine's verdict out.

use super::answer::{Answer, No, problem};
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

/// How long a body may take: a mebibyte within this is 100 KB a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// The address a request came from, as whoever knows the proxies before us has found it out; an
/// extension of the request.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub IpAddr);

/// `POST` to any inbox: which one does not matter, the addressees stand in the activity.
pub(super) async fn receive(
    State(federation): State<Federation>,
    caller: Option<Extension<Caller>>,
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
    let from = caller.map(|Extension(Caller(ip))| ip);
    let budget = &federation.inbox().budgets.bodies;
    let busy = || Ok(refused(&inbox::Answer::busy()));
    // Until it is answered: what is kept of it meanwhile is these bytes.
    let Some(mut share) = budget.reserve(from, 0) else {
        return busy();
    };
    let Some(body) = read(body, &mut share).await? else {
        return busy();
    };
    let path = uri.path_and_query().map_or("/inbox", |path| path.as_str());
    let verdict = inbox::receive(&federation, from, method.as_str(), path, &headers, body).await;
    if verdict.status.is_success() {
        return Ok(verdict.status.into_response());
    }
    Ok(refused(&verdict))
}

/// Why a request is not believed, or not now.
pub(super) fn refused(verdict: &inbox::Answer) -> Response {
    let mut answer = problem(verdict.status, "inbox", Some(&verdict.why));
    if let Some(seconds) = verdict.retry_after {
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// The whole body, its bytes taken from the budget as they come; `None` where there are none left.
async fn read(body: Body, share: &mut MemoryReservation) -> Result<Option<Bytes>, No> {
    let mut body = Limited::new(body, MAX_BYTES);
    let whole = async {
        let mut whole = Vec::new();
        while let Some(frame) = body.frame().await.transpose()? {
            let Ok(part) = frame.into_data() else {
                continue;
            };
            if !share.grow(part.len()) {
                return Ok(None);
            }
            whole.extend_from_slice(&part);
        }
        Ok(Some(Bytes::from(whole)))
    };
    match tokio::time::timeout(PATIENCE, whole).await {
        Ok(Ok(whole)) => Ok(whole),
        Ok(Err(error)) => Err(broken_off(&error)),
        Err(_too_late) => Err(No::TOO_SLOW),
    }
}

fn broken_off(error: &BoxError) -> No {
    if error.is::<http_body_util::LengthLimitError>() {
        No::TOO_LARGE
    } else {
        No::BAD_REQUEST
    }
}
