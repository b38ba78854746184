//! A line: received activities of one order key, taken in one after another. What needs nothing
//! of those before it but their place goes to the database while they are still on their way to
//! the disk, so that a busy conversation does not wait for one commit after another.

use super::outcome::{Outcome, Stop};
use super::said::Said;
use super::{Applied, Verb, forward, told};
use crate::fetch::lately;
use crate::seam::Federation;
use domain::{Error, Tx};
use futures::FutureExt;
use futures::future::BoxFuture;
use model::peer::InboundState;
use model::{InboundId, Refusal};
use std::any::Any;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use store::row;
use vocab::{Activity, id_of};

/// How many of one line may be on their way to the disk.
const AHEAD: usize = 64;

/// Those of a line that the database has, the oldest first. Each ends its own row.
type UnderWay = VecDeque<BoxFuture<'static, ()>>;

/// Takes in the activities of one order key, in this order, and finishes or puts off their rows.
/// One that panics would do so again: it is refused, with the reason, and the others go on.
pub async fn in_order(fed: &Federation, rows: Vec<row::Inbound>) {
    let mut under_way = UnderWay::new();
    for row in rows {
        let id = row.id;
        let begun = AssertUnwindSafe(begin(fed, row, &mut under_way));
        if let Err(panic) = begun.catch_unwind().await {
            let why = format!("panicked: {}", words(&*panic));
            tracing::error!(%id, why, "taking in an activity");
            end(fed, id, Outcome::Rejected(why)).await;
        }
    }
    settle(&mut under_way, 0).await;
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

/// Looks one up and hands what it changes to the database.
async fn begin(fed: &Federation, row: row::Inbound, under_way: &mut UnderWay) {
    let (id, attempts) = (row.id, row.attempts);
    match looked_up(fed, row, under_way).await {
        Ok(verb) => {
            let done = submit(fed, id, verb);
            let fed = fed.clone();
            under_way.push_back(Box::pin(async move {
                if let Err(stop) = done.await {
                    stopped(&fed, id, attempts, stop).await;
                }
            }));
        }
        Err(stop) => stopped(fed, id, attempts, stop).await,
    }
    // Several writers keep no order: there each waits for the one before it.
    let ahead = if fed.store().keeps_order() { AHEAD } else { 0 };
    settle(under_way, ahead).await;
}

/// Waits until no more than `most` are under way.
async fn settle(under_way: &mut UnderWay, most: usize) {
    while under_way.len() > most
        && let Some(oldest) = under_way.pop_front()
    {
        oldest.await;
    }
}

/// Reads the activity and looks up all that its verb will need.
async fn looked_up(
    fed: &Federation,
    row: row::Inbound,
    under_way: &mut UnderWay,
) -> Result<Verb, Stop> {
    let raw = row.body.ok_or(Stop::rejected("its bytes are gone"))?;
    let value = vocab::parse(raw.as_bytes()).map_err(|error| Stop::rejected(error.code()))?;
    let value = crate::fetch::without_nul(value);
    let activity: Activity = serde_json::from_value(value)
        .map_err(|_never: serde_json::Error| Stop::rejected("not an activity"))?;
    if !under_way.is_empty() && !goes_ahead(fed, &activity).await? {
        settle(under_way, 0).await;
    }
    let actor = activity.actor.clone().ok_or(Stop::rejected("no actor"))?;
    if fed.urls()?.is_ours(&actor) {
        return Err(Stop::ignored("our own"));
    }
    if actor != row.signer {
        return forward::forwarded(fed, &activity).await;
    }
    told(fed, &Said::delivered(&activity, &actor, raw)).await
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
fn submit(
    fed: &Federation,
    id: InboundId,
    verb: Verb,
) -> impl Future<Output = Result<(), Stop>> + Send + use<> {
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
    fed.ops().submit(both).map(|done| done.map_err(Stop::from))
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
