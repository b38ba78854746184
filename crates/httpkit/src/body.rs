//! Limits the bodies of requests. Until a request is authenticated, its body may be as long as a short
//! form and counts in the budget of guests; afterwards it may be as long as its route allows and counts
//! in the budget of members. Nothing is read before there is memory for it.

use crate::{App, ClientIp};
use axum::body::{Body, HttpBody};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt;
use http::request::Parts;
use model::Refusal;
use model::memory_budget::{MemoryBudget, MemoryReservation};
use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Longest body of a guest, in bytes: a registration, or a reply whose session has ended.
pub const GUEST_BODY_MAX: usize = 32 << 10;
/// Seconds after which a client may try again for whose body there was no memory.
const RETRY_SECONDS: u64 = 5;

/// The memory that bodies of requests may take.
#[derive(Debug)]
pub(crate) struct BodyBudgets {
    guests: MemoryBudget,
    members: MemoryBudget,
}

impl Default for BodyBudgets {
    fn default() -> Self {
        Self {
            guests: MemoryBudget::new(16 << 20, 2 << 20),
            members: MemoryBudget::new(96 << 20, 48 << 20),
        }
    }
}

/// Why a body is not read further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum BodyError {
    #[error("the body is too long for a guest")]
    TooLong,
    #[error("too many bodies are being received")]
    NoMemory,
}

/// How much may be read of the body of one request. An extension of the request.
#[derive(Clone)]
struct BodyPermit(Arc<Mutex<Permitted>>);

struct Permitted {
    /// Grows with what is read.
    reservation: Option<MemoryReservation>,
    /// Bytes that may still be read.
    left: usize,
    client: IpAddr,
    members: MemoryBudget,
}

impl BodyPermit {
    fn guest(budgets: &BodyBudgets, client: IpAddr) -> Self {
        Self(Arc::new(Mutex::new(Permitted {
            reservation: budgets.guests.reserve(Some(client), 0),
            left: GUEST_BODY_MAX,
            client,
            members: budgets.members.clone(),
        })))
    }

    fn allow_member(&self) {
        let mut permitted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        permitted.reservation = permitted.members.reserve(Some(permitted.client), 0);
        permitted.left = usize::MAX;
    }

    fn take(&self, bytes: usize) -> Result<(), BodyError> {
        let mut permitted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        permitted.left = permitted
            .left
            .checked_sub(bytes)
            .ok_or(BodyError::TooLong)?;
        let grown = permitted
            .reservation
            .as_mut()
            .is_some_and(|of| of.grow(bytes));
        grown.then_some(()).ok_or(BodyError::NoMemory)
    }
}

/// Lets a body be as long as its route allows: the request is a member's. Called before the body is
/// read.
pub fn allow_member(parts: &Parts) {
    if let Some(permit) = parts.extensions.get::<BodyPermit>() {
        permit.allow_member();
    }
}

/// The middleware of every route that takes a body. The memory counts until the response is ready.
pub async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let Ok(ClientIp(client)) = ClientIp::from_request_parts(&mut parts, &app).await;
    let permit = BodyPermit::guest(app.body_budgets(), client);
    parts.extensions.insert(permit.clone());
    let counted = permit.clone();
    let limited = body.into_data_stream().map(move |part| {
        let part = part?;
        counted.take(part.len()).map_err(axum::Error::new)?;
        Ok::<_, axum::Error>(part)
    });
    let response = next
        .run(Request::from_parts(parts, Body::from_stream(limited)))
        .await;
    drop(permit);
    response
}

/// The refusal for a body that was not read to its end; `None` where it is malformed or was broken off.
#[must_use]
pub fn refusal(error: &(dyn StdError + 'static)) -> Option<Refusal> {
    let mut next = Some(error);
    while let Some(error) = next {
        match error.downcast_ref::<BodyError>() {
            Some(BodyError::TooLong) => return Some(Refusal::TooLarge),
            Some(BodyError::NoMemory) => {
                return Some(Refusal::TooMany {
                    retry_after: RETRY_SECONDS,
                });
            }
            None => next = error.source(),
        }
    }
    None
}

/// Parses `application/x-www-form-urlencoded`.
#[must_use]
pub fn form_pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded)
        .map(|(name, value)| (name.into_owned(), without_nul(&value)))
        .collect()
}

/// Removes NUL, which PostgreSQL cannot store in text.
#[must_use]
pub fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}
