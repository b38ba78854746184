//! A line: received activities of one order key, taken in one after another. What needs nothing
//! of those before it but their place is looked at beside them, and goes to the database while they
//! are still on their way to the disk: a busy conversation does not wait for one commit after another.

use super::outcome::{Outcome, Stop};
use super::said::Said;
use super::{Applied, Verb, forward, told};
use crate::fetch::lately;
use crate::seam::Federation;
use domain::{Error, Tx};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use model::peer::InboundState;
use model::{InboundId, Refusal};
use std::any::Any;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use store::row;
use vocab::{Activity, id_of};

/// How many of one line may be on their way to the disk.
const AHEAD: usize = 64;
/// How many of one line are looked at side by side.
const ABREAST: usize = 8;

/// Those of a line that the database has, the oldest first. Each ends its own row.
type UnderWay = VecDeque<BoxFuture<'static, ()>>;

/// An activity that was looked at.
struct Seen {
    id: InboundId,
    attempts: i32,
    heard: Heard,
}

/// How far an activity was understood before its turn.
enum Heard {
    /// It goes ahead: what it changes is known.
    Ready(Result<Verb, Stop>),
    /// It waits for those before it.
    InTurn(Box<Letter>),
}

/// An activity as it was read.
struct Letter {
    activity: Activity,
    signer: String,
    raw: String,
}

/// Takes in the activities of one order key, in this order, and finishes or puts off their rows.
/// One that panics would do so again: it is refused, with the reason, and the others go on.
pub async fn in_order(fed: &Federation, rows: Vec<row::Inbound>) {
    let mut under_way = UnderWay::new();
    let seen = stream::iter(rows).map(|row| look(fed, row));
    let mut seen = pin!(seen.buffered(ABREAST));
    while let Some(Seen {
        id,
        attempts,
        heard,
    }) = seen.next().await
    {
        let found = match heard {
            Heard::Ready(found) => found,
            Heard::InTurn(letter) => {
                settle(&mut under_way, 0).await;
                unless_it_panics(looked_up(fed, *letter)).await
            }
        };
        match found {
            Ok(verb) => under_way.push_back(submit(fed, id, attempts, verb)),
            Err(stop) => stopped(fed, id, attempts, stop).await,
        }
        // Several writers keep no order: there each waits for the one before it.
        let ahead = if fed.store().keeps_order() { AHEAD } else { 0 };
        settle(&mut under_way, ahead).await;
    }
    settle(&mut under_way, 0).await;
}

/// Waits until no more than `most` are under way.
async fn settle(under_way: &mut UnderWay, most: usize) {
    while under_way.len() > most
        && let Some(oldest) = under_way.pop_front()
    {
        oldest.await;
    }
}

/// Reads an activity, and looks up what it needs where it goes ahead.
async fn look(fed: &Federation, row: row::Inbound) -> Seen {
    let (id, attempts) = (row.id, row.attempts);
    let understood = unless_it_panics(async move {
        let letter = read(row)?;
        if goes_ahead(fed, &letter.activity).await? {
            Ok(Heard::Ready(looked_up(fed, letter).await))
        } else {
            Ok(Heard::InTurn(Box::new(letter)))
        }
    });
    let heard = understood.await;
    Seen {
        id,
        attempts,
        heard: heard.unwrap_or_else(|stop| Heard::Ready(Err(stop))),
    }
}

async fn unless_it_panics<T>(work: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done,
        Err(panic) => {
            let why = format!("panicked: {}", words(&*panic));
            tracing::error!(why, "taking in an activity");
            Err(Stop::Rejected(why.into()))
        }
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

fn read(row: row::Inbound) -> Result<Letter, Stop> {
    let raw = row.body.ok_or(Stop::rejected("its bytes are gone"))?;
    let activity = match at_once(&raw) {
        Some(activity) => activity,
        None => with_care(&raw)?,
    };
    Ok(Letter {
        activity,
        signer: row.signer,
        raw,
    })
}

/// An activity from its bytes, whose limits the inbox has seen to; `None` where they may hold the
/// character that is dropped.
fn at_once(raw: &str) -> Option<Activity> {
    if raw.contains("\\u0000") {
        return None;
    }
    serde_json::from_str(raw).ok()
}

fn with_care(raw: &str) -> Result<Activity, Stop> {
    let value = vocab::parse(raw.as_bytes()).map_err(|error| Stop::rejected(error.code()))?;
    let value = crate::fetch::without_nul(value);
    serde_json::from_value(value)
        .map_err(|_never: serde_json::Error| Stop::rejected("not an activity"))
}

/// Looks up all that the activity's verb will need.
async fn looked_up(fed: &Federation, letter: Letter) -> Result<Verb, Stop> {
    let activity = letter.activity;
    let actor = activity.actor.clone().ok_or(Stop::rejected("no actor"))?;
    if fed.urls()?.is_ours(&actor) {
        return Err(Stop::ignored("our own"));
    }
    if actor != letter.signer {
        return forward::forwarded(fed, &activity).await;
    }
    told(fed, &Said::delivered(&activity, &actor, letter.raw)).await
}

/// Whether all that must be there for it is there already, so that nothing those before it change
/// makes a difference to what is looked up: a reply to a post we have, a like of one. What the
/// posts look like at its turn is looked at again within its transaction.
async fn goes_ahead(fed: &Federation, activity: &Activity) -> domain::Outcome<bool> {
    let inner;
    let said = if activity.kind == "Announce" && activity.wraps_activity() {
        inner = activity.embedded_activity();
        inner.as_ref()
    } else {
        Some(activity)
    };
    let about = match said.map(|said| (said.kind.as_str(), said)) {
        Some(("Create", said)) => said
            .embedded_value()
            .and_then(|object| object.get("inReplyTo"))
            .and_then(id_of),
        Some(("Like" | "EmojiReact" | "Announce", said)) => said.object_id(),
        Some(_) | None => None,
    };
    match about {
        Some(ap_id) => Ok(lately::post(fed, ap_id).await?.is_some()),
        None => Ok(false),
    }
}

/// Runs the verb, in the order in which this was called, and finishes the row with it.
fn submit(fed: &Federation, id: InboundId, attempts: i32, verb: Verb) -> BoxFuture<'static, ()> {
    let both = move |tx: &mut Tx<'_>| {
        let (state, why) = match verb(tx)? {
            Applied::Done => (InboundState::Done, None),
            Applied::Ignored(why) => (InboundState::Ignored, Some(why)),
        };
        if store::queue::inbound::finish(tx.db, id, state, why)? {
            Ok(())
        } else {
            // Somebody else has taken it in: what the verb has done here is undone.
            Err(Error::Refused(Refusal::Gone("activity")))
        }
    };
    let done = fed.ops().submit(both);
    let fed = fed.clone();
    Box::pin(async move {
        if let Err(why) = done.await {
            stopped(&fed, id, attempts, why.into()).await;
        }
    })
}

async fn stopped(fed: &Federation, id: InboundId, attempts: i32, stop: Stop) {
    let outcome = stop.outcome(attempts, fed.ops().now());
    tracing::debug!(%id, ?outcome, "received");
    end(fed, id, outcome).await;
}

/// Writes down how a row ended, or when it is tried again.
async fn end(fed: &Federation, id: InboundId, outcome: Outcome) {
    use store::queue::inbound::{finish, retry};
    let write = move |db: &mut store::Db| -> domain::Outcome<()> {
        match &outcome {
            Outcome::Done => finish(db, id, InboundState::Done, None).map(|_| ()),
            Outcome::Ignored(why) => finish(db, id, InboundState::Ignored, Some(why)).map(|_| ()),
            Outcome::Rejected(why) => finish(db, id, InboundState::Rejected, Some(why)).map(|_| ()),
            Outcome::Retry(at, why) => retry(db, id, why, *at),
        }?;
        Ok(())
    };
    if let Err(why) = fed.store().write_relaxed(write).await {
        tracing::error!(%id, %why, "its end was not written down; it is tried again");
    }
}

#[cfg(test)]
mod tests;
