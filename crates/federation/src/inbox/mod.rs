//! The inbox: verifies a request, stores the activity, and responds before it is processed. Cheap: the JSON is
//! parsed once, the key is cached, one row is written.

mod incoming;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod order;
#[cfg(test)]
mod properties;
mod signer;
#[cfg(test)]
mod tests;

use crate::context::Federation;
use crate::context::inbox_state::KEY_RETRY_SECONDS;
use crate::context::memory_budget::max_parsed_bytes;
use crate::context::signer::Signer;
use crate::sync;
use bytes::Bytes;
use client::same_origin;
use domain::Outcome;
use http::{HeaderMap, StatusCode};
use httpsig::{ReceivedRequest, SignatureError, UnverifiedSignature, authority};
use incoming::Incoming;
use model::peer::InboundState;
use model::{PeerId, Time};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::row;
use url::Url;
use vocab::ParseError;

/// The most activities of one host that may wait: some seconds of work.
const MAX_BACKLOG: i64 = 20_000;
/// The most bytes of them.
const MAX_BACKLOG_BYTES: i64 = 256 << 20;
/// `Retry-After` for a host whose backlog is full.
const BACKLOG_RETRY_SECONDS: u32 = 30;

/// The interval at which an outage is logged.
const OUTAGE_LOG_INTERVAL: Duration = Duration::from_secs(10);
/// `Retry-After` for a request for which no memory was left.
const BUSY_RETRY_SECONDS: u32 = 5;

/// The response to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxResponse {
    /// 202, also for a repeat and for what will be ignored; 400, 401, 413; 403 for a blocked server; 429
    /// where the backlog of its host is full, or too many of its keys are unknown; 503 for a failure of
    /// ours or a transient one.
    pub status: StatusCode,
    /// The reason, for those who debug the other side.
    pub reason: String,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

impl InboxResponse {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            retry_after: None,
        }
    }

    fn accepted() -> Self {
        Self::new(StatusCode::ACCEPTED, "")
    }

    fn bad_request(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    fn unauthorized(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, reason)
    }

    fn forbidden() -> Self {
        let reason = "this instance exchanges nothing with your server";
        Self::new(StatusCode::FORBIDDEN, reason)
    }

    fn unavailable(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, reason)
    }

    /// Requests in progress use all the memory.
    pub(crate) fn busy() -> Self {
        Self {
            retry_after: Some(BUSY_RETRY_SECONDS),
            ..Self::unavailable("too much arrives at once")
        }
    }

    /// The key of a known signer may have changed, and could not be fetched now.
    fn key_unavailable() -> Self {
        Self {
            retry_after: Some(KEY_RETRY_SECONDS),
            ..Self::unavailable("your key could not be fetched")
        }
    }

    /// The signature does not fit the key that was fetched a moment ago; a newer one is fetched then.
    fn key_checked_recently(seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::unavailable(
                "the signature does not fit your key, which was fetched a moment ago",
            )
        }
    }

    fn too_many(reason: &str, seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, reason)
        }
    }
}

impl From<domain::Error> for InboxResponse {
    fn from(error: domain::Error) -> Self {
        log_fault(&error);
        Self::unavailable("something broke here")
    }
}

/// Logs a fault. An outage is logged every ten seconds, not for each request: the log may be on the disk that
/// is full.
fn log_fault(error: &domain::Error) {
    static LAST_LOGGED: Mutex<Option<Instant>> = Mutex::new(None);
    if let domain::Error::Fault(fault) = error
        && fault.is_unavailable()
    {
        let mut last_logged = LAST_LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
        if last_logged.is_some_and(|at| at.elapsed() < OUTAGE_LOG_INTERVAL) {
            return;
        }
        *last_logged = Some(Instant::now());
    }
    tracing::error!(%error, "inbox request failed");
}

impl From<SignatureError> for InboxResponse {
    fn from(error: SignatureError) -> Self {
        Self::unauthorized(error.to_string())
    }
}

impl From<ParseError> for InboxResponse {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            ParseError::TooDeep | ParseError::TooMany | ParseError::NotJson => {
                Self::bad_request(error.to_string())
            }
        }
    }
}

/// Handles a request to any of our inboxes; `from` is the client's address, where that is known.
pub async fn receive(
    fed: &Federation,
    from: Option<IpAddr>,
    method: &str,
    path_and_query: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> InboxResponse {
    match accept(fed, from, method, path_and_query, headers, body).await {
        Ok(()) => InboxResponse::accepted(),
        Err(response) => {
            tracing::debug!(
                status = response.status.as_u16(),
                reason = response.reason,
                "inbox request refused"
            );
            response
        }
    }
}

async fn accept(
    fed: &Federation,
    from: Option<IpAddr>,
    method: &str,
    path_and_query: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<(), InboxResponse> {
    let urls = fed
        .ops()
        .urls()
        .ok_or_else(|| InboxResponse::unavailable("not set up yet"))?;
    // A request that will be refused needs the memory too.
    let _reservation = fed
        .inbox()
        .budgets
        .bodies
        .reserve(from, max_parsed_bytes(&body))
        .ok_or_else(InboxResponse::busy)?;
    let incoming = Incoming::read(vocab::parse(&body)?).map_err(InboxResponse::bad_request)?;
    let request = ReceivedRequest {
        method,
        path_and_query,
        headers,
        body: &body,
        origins: &[urls.origin()],
    };
    let signature = UnverifiedSignature::read(&request, fed.ops().now().utc())?;
    // Before anything is fetched to verify the signature.
    if fed.refuses(&signature.key_id) || fed.refuses(&incoming.actor) {
        return Err(InboxResponse::forbidden());
    }
    let Some(signer) = signer::verify(fed, from, &signature, Some(&incoming), &body).await? else {
        return Ok(());
    };
    if has_full_backlog(fed, &signer.host).await? {
        let reason = "too much of your server waits here already";
        return Err(InboxResponse::too_many(reason, BACKLOG_RETRY_SECONDS));
    }
    let row = to_row(fed, &incoming, &signer, &signature, body)?;
    let sync_followers = sync::wanted(fed, &signature, &signer, headers);
    insert(fed, row, &signer, sync_followers).await
}

/// Whether the backlog of a host is full: a flood must not fill the disk.
async fn has_full_backlog(fed: &Federation, host: &str) -> Outcome<bool> {
    let now = fed.ops().now();
    if let Some(is_full) = fed.inbox().has_full_backlog(host, now) {
        return Ok(is_full);
    }
    let of = host.to_owned();
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::queue::inbound::exceeds_backlog(
            db,
            &of,
            MAX_BACKLOG,
            MAX_BACKLOG_BYTES,
        )?)
    };
    let is_full = fed.store().read(read).await?;
    fed.inbox().remember_backlog(host, is_full, now);
    Ok(is_full)
}

/// Creates the row of an activity, with its idempotency key and order key.
fn to_row(
    fed: &Federation,
    incoming: &Incoming,
    signer: &Signer,
    signature: &UnverifiedSignature,
    body: Bytes,
) -> Result<row::Inbound, InboxResponse> {
    let now = fed.ops().now();
    let memory = fed.inbox();
    let order = order::order(&incoming.value, &|id| {
        memory.conversation(&signer.origin, id)
    });
    if let Some(object) = order.object {
        memory.remember_conversation(&signer.origin, object, order.key.clone());
    }
    Ok(row::Inbound {
        id: fed.ops().id(),
        guard: incoming.guard(&signer.origin, &body, signature.bytes()),
        signer: signer.ap_id.clone(),
        host: signer.host.clone(),
        kind: incoming.kind.chars().take(40).collect(),
        order_key: format!("{} {}", signer.origin, order.key),
        body: Some(
            String::from_utf8(body.into())
                .map_err(|_unfit| InboxResponse::bad_request("not UTF-8"))?,
        ),
        state: InboundState::Waiting,
        reason: None,
        attempts: 0,
        run_at: now,
        lease_until: Time::from_unix_millis(0),
        received_at: now,
    })
}

/// Verifies a request without a body for a document that is not public; returns its signer.
///
/// # Errors
/// 401 for a signature that is missing or invalid, 403 for a blocked server, 429 and 503 as [`receive`].
pub(crate) async fn verified_signer(
    fed: &Federation,
    from: Option<IpAddr>,
    (method, path_and_query): (&str, &str),
    headers: &HeaderMap,
) -> Result<Arc<Signer>, InboxResponse> {
    let urls = fed.urls()?;
    let request = ReceivedRequest {
        method,
        path_and_query,
        headers,
        body: &[],
        origins: &[urls.origin()],
    };
    let signature = UnverifiedSignature::read(&request, fed.ops().now().utc())?;
    if fed.refuses(&signature.key_id) {
        return Err(InboxResponse::forbidden());
    }
    let unknown = || InboxResponse::unauthorized("somebody who is not known");
    signer::verify(fed, from, &signature, None, &[])
        .await?
        .ok_or_else(unknown)
}

/// Stores the row; in the same transaction records (once a minute) that its server has sent something, and
/// inserts the job that compares followers.
async fn insert(
    fed: &Federation,
    row: row::Inbound,
    signer: &Signer,
    sync_followers: Option<sync::SyncFollowers>,
) -> Result<(), InboxResponse> {
    let now = row.received_at;
    let contact: Option<PeerId> = signer
        .peer
        .filter(|peer| fed.inbox().may_record_contact(*peer, now));
    let (row, engine) = (Arc::new(row), fed.clone());
    let write = move |db: &mut store::Db| -> Outcome<bool> {
        if let Some(peer) = contact {
            crate::delivery_hooks::peer_seen(&engine, db, peer, now)?;
        }
        if let Some(sync_followers) = &sync_followers {
            store::queue::jobs::insert(db, engine.ops().id(), sync_followers, now, now)?;
        }
        Ok(store::queue::inbound::insert(db, &row)?)
    };
    fed.store().write_inbound(write).await?;
    fed.inbox().arrivals.notify_one();
    Ok(())
}

/// Returns scheme, host and port of a URL.
fn origin_of(url: &Url) -> Option<String> {
    Some(format!("{}://{}", url.scheme(), authority(url)?))
}

/// Whether two ids have the same origin; see [`same_origin`].
fn is_same_origin(a: &Url, b: &str) -> bool {
    Url::parse(b).is_ok_and(|b| same_origin(a, &b))
}
