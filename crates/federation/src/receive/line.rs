//! A line: received activities of one order key, taken in one after another. What needs nothing
//! of those before it but their place is looked at beside them, and goes to the database while they
//! are still on their way to the disk: a busy conversation does not wait for one commit after another.

use super::forward;
use super::held::Names;
use super::outcome::{Outcome, ReceiveError};
use super::received::ReceivedActivity;
use super::verb::{Applied, Verb};
use crate::activities;
use crate::context::Federation;
use crate::fetch::recent_cache;
use domain::{Error, Tx};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use model::peer::InboundState;
use model::{InboundId, Refusal};
use std::any::Any;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use store::queue::{hold, inbound};
use store::row;
use vocab::{Activity, id_of};

/// How many of one line may be on their way to the disk.
const WRITES_IN_FLIGHT: usize = 64;
/// How many of one line are looked at side by side.
const PREPARE_CONCURRENCY: usize = 8;

/// Why a line ended before its end. What is left of it waits as it did, each in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// The database cannot be used now; in its words.
    Unavailable(String),
    /// One was not written, for a reason of its own, and those behind it must not pass it.
    Behind,
}

/// One that the database has; it ends its own row.
type PendingWrite = BoxFuture<'static, Result<(), Broken>>;

/// An activity that was looked at.
struct Seen {
    place: Place,
    heard: Prepared,
}

/// Where an activity stands.
#[derive(Clone)]
struct Place {
    id: InboundId,
    attempts: i32,
    signer: String,
    was_put_off: bool,
    /// What it is about, where that could be read.
    names: Names,
}

/// How far an activity was understood before its turn.
enum Prepared {
    /// It goes ahead: what it changes is known.
    Ready(Result<Verb, ReceiveError>),
    /// It waits for those before it.
    InTurn(Box<ReadActivity>),
}

/// An activity as it was read.
struct ReadActivity {
    activity: Activity,
    signer: String,
    raw: String,
}

/// Takes in the activities of one order key, in this order, and finishes or puts off their rows.
/// One that panics would do so again: it is refused, with the reason, and the others go on. Where
/// some activities are put off (`careful`), those that need one of them wait behind it. Answers
/// whether that is so now.
///
/// # Errors
/// [`Broken`]; nothing that depends on what was not written has passed it.
pub async fn in_order(
    fed: &Federation,
    rows: Vec<row::Inbound>,
    careful: bool,
) -> Result<bool, Broken> {
    let mut course = BatchRun {
        fed,
        careful,
        failed: fed.store().failed_writes(),
        before: None,
        under_way: VecDeque::new(),
    };
    let seen = stream::iter(rows).map(|row| look(fed, row));
    let mut seen = pin!(seen.buffered(PREPARE_CONCURRENCY));
    let mut went = Ok(());
    while went.is_ok()
        && let Some(next) = seen.next().await
    {
        went = course.take(next).await;
    }
    // Those under way end also where one broke off, or they would be claimed while they run.
    went = went.and(course.settle(0).await);
    // A verb that failed may have put off its own.
    let failed = fed.store().failed_writes() != course.failed;
    went.map(|()| course.careful || failed)
}

/// A line at work.
struct BatchRun<'a> {
    fed: &'a Federation,
    /// Some activity is put off that one of these may have to wait for.
    careful: bool,
    /// Writes that had failed when the line began.
    failed: u64,
    /// The one submitted last.
    before: Option<InboundId>,
    /// Those that the database has, the oldest first.
    under_way: VecDeque<PendingWrite>,
}

impl BatchRun<'_> {
    async fn take(&mut self, Seen { place, heard }: Seen) -> Result<(), Broken> {
        if self.careful && self.waits_behind(&place).await? {
            return Ok(());
        }
        let found = match heard {
            Prepared::Ready(found) => found,
            Prepared::InTurn(letter) => {
                self.settle(0).await?;
                // One of those may just have been put off, and this may be about it.
                if self.fed.store().failed_writes() != self.failed {
                    self.careful = true;
                    if self.waits_behind(&place).await? {
                        return Ok(());
                    }
                }
                unless_it_panics(looked_up(self.fed, *letter)).await
            }
        };
        match found {
            Ok(verb) => {
                let written = self.submit(place, verb);
                self.under_way.push_back(written);
            }
            Err(stop) => {
                self.careful |= stop.may_pass();
                stopped(self.fed, &place, stop).await?;
            }
        }
        self.settle(WRITES_IN_FLIGHT).await
    }

    /// Waits until no more than `most` are under way; where one breaks off, until none is.
    async fn settle(&mut self, mut most: usize) -> Result<(), Broken> {
        let mut went = Ok(());
        while self.under_way.len() > most
            && let Some(oldest) = self.under_way.pop_front()
        {
            went = went.and(oldest.await);
            if went.is_err() {
                most = 0;
            }
        }
        went
    }

    /// Puts an activity behind an earlier one that it needs and that is put off; whether it did.
    async fn waits_behind(&mut self, place: &Place) -> Result<bool, Broken> {
        let (id, awaits) = (place.id, place.names.awaits(&place.signer));
        let read = move |db: &mut store::Db| -> domain::Outcome<_> {
            Ok(hold::blocking(db, id, &awaits)?)
        };
        let first = self.fed.store().read(read).await.map_err(unusable)?;
        let Some(first) = first else { return Ok(false) };
        tracing::debug!(%id, ?first, "waits for one that is tried again");
        let holds = place.names.holds(&place.signer);
        let write = move |db: &mut store::Db| -> domain::Outcome<_> {
            Ok(hold::retry_after(db, id, &first, &holds)?)
        };
        let written = self.fed.store().write_read_committed(write).await;
        written.map(|()| true).map_err(unusable)
    }

    /// Runs the verb, in the order in which this was called, and finishes the row with it.
    fn submit(&mut self, place: Place, verb: Verb) -> PendingWrite {
        let (store, failed) = (self.fed.store().clone(), self.failed);
        let (id, was_put_off) = (place.id, place.was_put_off);
        let before = self.before.replace(id);
        let both = move |tx: &mut Tx<'_>| {
            // Some write has failed meanwhile: was it the one before this?
            if store.failed_writes() != failed
                && let Some(before) = before
                && inbound::is_waiting(tx.db, before)?
            {
                return Ok(false);
            }
            let (state, why) = match verb(tx)? {
                Applied::Done => (InboundState::Done, None),
                Applied::Ignored(why) => (InboundState::Ignored, Some(why)),
            };
            if !inbound::finish(tx.db, id, state, why)? {
                // Somebody else has taken it in: what the verb has done here is undone.
                return Err(Error::Refused(Refusal::Gone("activity")));
            }
            if was_put_off {
                hold::release(tx.db, id)?;
            }
            Ok(true)
        };
        let done = self.fed.ops().write_background(both);
        let fed = self.fed.clone();
        Box::pin(async move {
            match done.await {
                Ok(true) => Ok(()),
                Ok(false) => Err(Broken::Behind),
                Err(why) => stopped(&fed, &place, why.into()).await,
            }
        })
    }
}

/// Reads an activity, and looks up what it needs where it goes ahead.
async fn look(fed: &Federation, row: row::Inbound) -> Seen {
    let mut place = Place {
        id: row.id,
        attempts: row.attempts,
        signer: row.signer.clone(),
        was_put_off: hold::is_retry(&row.order_key),
        names: Names::default(),
    };
    let names = &mut place.names;
    let understood = unless_it_panics(async move {
        let letter = read(row)?;
        *names = Names::of(&letter.activity);
        if goes_ahead(fed, &letter.activity).await? {
            Ok(Prepared::Ready(looked_up(fed, letter).await))
        } else {
            Ok(Prepared::InTurn(Box::new(letter)))
        }
    });
    let heard = understood.await;
    Seen {
        place,
        heard: heard.unwrap_or_else(|stop| Prepared::Ready(Err(stop))),
    }
}

async fn unless_it_panics<T>(
    work: impl Future<Output = Result<T, ReceiveError>>,
) -> Result<T, ReceiveError> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(done) => done,
        Err(panic) => {
            let why = format!("panicked: {}", words(&*panic));
            tracing::error!(why, "taking in an activity");
            Err(ReceiveError::Rejected(why.into()))
        }
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

fn read(row: row::Inbound) -> Result<ReadActivity, ReceiveError> {
    let raw = row
        .body
        .ok_or(ReceiveError::rejected("its bytes are gone"))?;
    let activity = match at_once(&raw) {
        Some(activity) => activity,
        None => with_care(&raw)?,
    };
    Ok(ReadActivity {
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

fn with_care(raw: &str) -> Result<Activity, ReceiveError> {
    let value =
        vocab::parse(raw.as_bytes()).map_err(|error| ReceiveError::rejected(error.code()))?;
    let value = crate::fetch::without_nul(value);
    serde_json::from_value(value)
        .map_err(|_never: serde_json::Error| ReceiveError::rejected("not an activity"))
}

/// Looks up all that the activity's verb will need.
async fn looked_up(fed: &Federation, letter: ReadActivity) -> Result<Verb, ReceiveError> {
    let activity = letter.activity;
    let actor = activity
        .actor
        .clone()
        .ok_or(ReceiveError::rejected("no actor"))?;
    if fed.urls()?.is_ours(&actor) {
        return Err(ReceiveError::ignored("our own"));
    }
    if actor != letter.signer {
        return forward::forwarded(fed, &activity).await;
    }
    activities::receive(
        fed,
        &ReceivedActivity::delivered(&activity, &actor, letter.raw),
    )
    .await
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
        Some(ap_id) => Ok(recent_cache::post(fed, ap_id).await?.is_some()),
        None => Ok(false),
    }
}

/// Ends a row that was not taken in. Where the database is at fault it stays as it is: that is no
/// try, and a short outage must not change an order.
async fn stopped(fed: &Federation, place: &Place, stop: ReceiveError) -> Result<(), Broken> {
    if stop.is_contended() {
        return Err(Broken::Behind);
    }
    if let Some(why) = stop.unavailable() {
        return Err(Broken::Unavailable(why));
    }
    let outcome = stop.outcome(place.attempts, fed.ops().now());
    tracing::debug!(id = %place.id, ?outcome, "received");
    end(fed, place, outcome).await
}

/// Writes down how a row ended, or when it is tried again.
async fn end(fed: &Federation, place: &Place, outcome: Outcome) -> Result<(), Broken> {
    let (id, was_put_off) = (place.id, place.was_put_off);
    let holds = place.names.holds(&place.signer);
    let write = move |db: &mut store::Db| -> domain::Outcome<()> {
        let (state, why) = match &outcome {
            Outcome::Done => (InboundState::Done, None),
            Outcome::Ignored(why) => (InboundState::Ignored, Some(why.as_str())),
            Outcome::Rejected(why) => (InboundState::Rejected, Some(why.as_str())),
            Outcome::Retry(at, why) => return Ok(hold::retry_later(db, id, why, *at, &holds)?),
        };
        inbound::finish(db, id, state, why)?;
        if was_put_off {
            hold::release(db, id)?;
        }
        Ok(())
    };
    fed.store()
        .write_read_committed(write)
        .await
        .map_err(unusable)
}

/// Not even the books can be kept: that is the database's fault, whatever it says.
#[expect(clippy::needless_pass_by_value, reason = "the shape map_err calls")]
fn unusable(error: Error) -> Broken {
    Broken::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests;
