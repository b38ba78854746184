//! The inbox: believes a request or not, keeps the activity, and answers before anything is done
//! about it. Kept cheap: the JSON is parsed once, the key is ready, one row is written.

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

/// How many activities of one host may wait at once: some seconds of work.
const CROWD: i64 = 20_000;
/// How many bytes of them.
const CROWD_BYTES: i64 = 256 << 20;
/// Seconds after which such a host may try again.
const CROWD_SECONDS: u32 = 30;

/// How often an outage is told.
const OUTAGE_TOLD: Duration = Duration::from_secs(10);
/// Seconds after which somebody may try again who found no memory left.
const BUSY_SECONDS: u32 = 5;

/// What the peer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 202, also to a repeat and to what will be ignored; 400, 401, 413; 403 to a server that we
    /// exchange nothing with; 429 where too much of its
    /// host waits, or too many of its keys are new to us; 503 when it is our fault or may be
    /// better later.
    pub status: StatusCode,
    /// In words, for whoever debugs the other side.
    pub why: String,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

impl Answer {
    fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self {
            status,
            why: why.into(),
            retry_after: None,
        }
    }

    fn taken() -> Self {
        Self::new(StatusCode::ACCEPTED, "")
    }

    fn bad(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why)
    }

    fn unsigned(why: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, why)
    }

    fn refused() -> Self {
        let why = "this instance exchanges nothing with your server";
        Self::new(StatusCode::FORBIDDEN, why)
    }

    fn later(why: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, why)
    }

    /// More is under way than there is memory for.
    pub(crate) fn busy() -> Self {
        Self {
            retry_after: Some(BUSY_SECONDS),
            ..Self::later("too much arrives at once")
        }
    }

    /// The key of a known signer may have changed, and could not be fetched now.
    fn key_unavailable() -> Self {
        Self {
            retry_after: Some(KEY_RETRY_SECONDS),
            ..Self::later("your key could not be fetched")
        }
    }

    fn too_many(why: &str, seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, why)
        }
    }
}

impl From<domain::Error> for Answer {
    fn from(error: domain::Error) -> Self {
        complain(&error);
        Self::later("something broke here")
    }
}

/// Tells a fault. An outage is told every ten seconds, not at each request: the log may be on the
/// disk that is full.
fn complain(error: &domain::Error) {
    static TOLD: Mutex<Option<Instant>> = Mutex::new(None);
    if let domain::Error::Fault(fault) = error
        && fault.is_unavailable()
    {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_some_and(|at| at.elapsed() < OUTAGE_TOLD) {
            return;
        }
        *told = Some(Instant::now());
    }
    tracing::error!(%error, "an inbox request failed");
}

impl From<SignatureError> for Answer {
    fn from(error: SignatureError) -> Self {
        Self::unsigned(error.to_string())
    }
}

impl From<ParseError> for Answer {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            ParseError::TooDeep | ParseError::TooMany | ParseError::NotJson => {
                Self::bad(error.to_string())
            }
        }
    }
}

/// Takes a request to any of our inboxes; `from` is the address it came from, where that is known.
pub async fn receive(
    fed: &Federation,
    from: Option<IpAddr>,
    method: &str,
    path_and_query: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Answer {
    match take(fed, from, method, path_and_query, headers, body).await {
        Ok(()) => Answer::taken(),
        Err(answer) => {
            tracing::debug!(status = answer.status.as_u16(), why = answer.why, "inbox");
            answer
        }
    }
}

async fn take(
    fed: &Federation,
    from: Option<IpAddr>,
    method: &str,
    path_and_query: &str,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<(), Answer> {
    let urls = fed
        .ops()
        .urls()
        .ok_or_else(|| Answer::later("not set up yet"))?;
    // Also of what is refused in a moment, it must fit.
    let _built = fed
        .inbox()
        .budgets
        .bodies
        .reserve(from, max_parsed_bytes(&body))
        .ok_or_else(Answer::busy)?;
    let incoming = Incoming::read(vocab::parse(&body)?).map_err(Answer::bad)?;
    let request = ReceivedRequest {
        method,
        path_and_query,
        headers,
        body: &body,
        origins: &[urls.origin()],
    };
    let signature = UnverifiedSignature::read(&request, fed.ops().now().utc())?;
    // Before anything is fetched for whoever signed.
    if fed.refuses(&signature.key_id) || fed.refuses(&incoming.actor) {
        return Err(Answer::refused());
    }
    let Some(signer) = signer::believed(fed, from, &signature, Some(&incoming), &body).await?
    else {
        return Ok(());
    };
    if is_crowded(fed, &signer.host).await? {
        let why = "too much of your server waits here already";
        return Err(Answer::too_many(why, CROWD_SECONDS));
    }
    let row = to_row(fed, &incoming, &signer, body)?;
    let look = sync::wanted(fed, &signature, &signer, headers);
    keep(fed, row, &signer, look).await
}

/// Whether as much of a host waits as may: its turn comes, but a flood shall not fill the disk.
async fn is_crowded(fed: &Federation, host: &str) -> Outcome<bool> {
    let now = fed.ops().now();
    if let Some(crowded) = fed.inbox().has_full_backlog(host, now) {
        return Ok(crowded);
    }
    let of = host.to_owned();
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::queue::inbound::exceeds_backlog(
            db,
            &of,
            CROWD,
            CROWD_BYTES,
        )?)
    };
    let crowded = fed.store().read(read).await?;
    fed.inbox().remember_backlog(host, crowded, now);
    Ok(crowded)
}

/// The row of an activity: under which name a repeat is known, and after what it waits.
fn to_row(
    fed: &Federation,
    incoming: &Incoming,
    signer: &Signer,
    body: Bytes,
) -> Result<row::Inbound, Answer> {
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
        guard: incoming.guard(&signer.origin, &body, now),
        signer: signer.ap_id.clone(),
        host: signer.host.clone(),
        kind: incoming.kind.chars().take(40).collect(),
        order_key: format!("{} {}", signer.origin, order.key),
        body: Some(String::from_utf8(body.into()).map_err(|_unfit| Answer::bad("not UTF-8"))?),
        state: InboundState::Waiting,
        reason: None,
        attempts: 0,
        run_at: now,
        lease_until: Time::from_unix_millis(0),
        received_at: now,
    })
}

/// Who asks for something that is not shown to everybody: whoever signed the request, which has no
/// body.
///
/// # Errors
/// 401 for a signature that is missing or not believed, 403 to a server that we exchange nothing
/// with, 429 and 503 as [`receive`].
pub(crate) async fn asker(
    fed: &Federation,
    from: Option<IpAddr>,
    (method, path_and_query): (&str, &str),
    headers: &HeaderMap,
) -> Result<Arc<Signer>, Answer> {
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
        return Err(Answer::refused());
    }
    let nobody = || Answer::unsigned("somebody who is not known");
    signer::believed(fed, from, &signature, None, &[])
        .await?
        .ok_or_else(nobody)
}

/// Writes the row, and with it (once a minute) that its server is alive, and a look at followers
/// that it calls for.
async fn keep(
    fed: &Federation,
    row: row::Inbound,
    signer: &Signer,
    look: Option<sync::SyncFollowers>,
) -> Result<(), Answer> {
    let now = row.received_at;
    let alive: Option<PeerId> = signer
        .peer
        .filter(|peer| fed.inbox().may_record_contact(*peer, now));
    let (row, engine) = (Arc::new(row), fed.clone());
    let write = move |db: &mut store::Db| -> Outcome<bool> {
        if let Some(peer) = alive {
            crate::delivery_hooks::peer_seen(&engine, db, peer, now)?;
        }
        if let Some(look) = &look {
            store::queue::jobs::insert(db, engine.ops().id(), look, now, now)?;
        }
        Ok(store::queue::inbound::insert(db, &row)?)
    };
    fed.store().write_inbound(write).await?;
    fed.inbox().arrivals.notify_one();
    Ok(())
}

/// Scheme, host and port of a URL, as one text.
fn origin_of(url: &Url) -> Option<String> {
    Some(format!("{}://{}", url.scheme(), authority(url)?))
}

/// Whether two ids, as URLs, are of one server; see [`same_origin`].
fn of_one_server(a: &Url, b: &str) -> bool {
    Url::parse(b).is_ok_and(|b| same_origin(a, &b))
}
