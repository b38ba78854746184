//! What peers tell us: each received activity is read, its audience decided, what it speaks of
//! found or fetched from its own origin, and the verb it calls for run in one transaction with
//! the end of its row. Refuses to believe anybody about somebody else's words.

mod actor;
mod announce;
mod discussion;
mod draft;
mod event;
mod follow;
mod forward;
mod genuine;
mod like;
mod outcome;
mod place;
mod post;
mod said;
#[cfg(test)]
mod tests;
mod text;

pub use outcome::Outcome;

pub(crate) use genuine::Genuine;
pub(crate) use post::under;
pub(crate) use said::How;
pub(crate) use text::{one_line, tag};

use crate::seam::Federation;
use domain::Tx;
use model::InboundId;
use model::peer::InboundState;
use outcome::Stop;
use said::Said;
use store::row;
use vocab::Activity;

/// How applying went, where nothing broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Applied {
    Done,
    Ignored(&'static str),
}

/// What is left to do once everything is looked up: SQL only, run in one transaction.
type Verb = Box<dyn Fn(&mut Tx<'_>) -> domain::Outcome<Applied> + Send>;

/// Nothing is left to do.
fn nothing() -> Verb {
    Box::new(|_| Ok(Applied::Done))
}

/// Takes in one received activity and finishes or puts off its row.
pub async fn process(fed: &Federation, row: row::Inbound) {
    let (id, attempts, kind) = (row.id, row.attempts, row.kind.clone());
    let ended = match resolve(fed, row).await {
        Ok(verb) => apply(fed, id, verb).await,
        Err(stop) => Err(stop),
    };
    let Err(stop) = ended else { return };
    let outcome = stop.outcome(attempts, fed.ops().now());
    tracing::debug!(%id, kind, ?outcome, "received");
    if let Err(why) = record(fed, id, outcome).await {
        tracing::error!(%id, %why, "its end was not written down; it is tried again after its lease");
    }
}

/// Runs the verb and finishes the row with it.
async fn apply(fed: &Federation, id: InboundId, verb: Verb) -> Result<(), Stop> {
    let both = move |tx: &mut Tx<'_>| {
        let (state, why) = match verb(tx)? {
            Applied::Done => (InboundState::Done, None),
            Applied::Ignored(why) => (InboundState::Ignored, Some(why)),
        };
        Ok(store::queue::inbound::finish(tx.db, id, state, why)?)
    };
    Ok(fed.ops().write(both).await?)
}

/// Writes down how a row ended, or when it is tried again.
async fn record(fed: &Federation, id: InboundId, outcome: Outcome) -> domain::Outcome<()> {
    use store::queue::inbound::{finish, retry};
    let write = move |tx: &mut Tx<'_>| -> domain::Outcome<()> {
        match &outcome {
            Outcome::Done => finish(tx.db, id, InboundState::Done, None),
            Outcome::Ignored(why) => finish(tx.db, id, InboundState::Ignored, Some(why)),
            Outcome::Rejected(why) => finish(tx.db, id, InboundState::Rejected, Some(why)),
            Outcome::Retry(at, why) => retry(tx.db, id, why, *at),
        }?;
        Ok(())
    };
    fed.ops().write(write).await
}

/// Reads the activity and looks up all that its verb will need.
async fn resolve(fed: &Federation, row: row::Inbound) -> Result<Verb, Stop> {
    let raw = row.body.ok_or(Stop::rejected("its bytes are gone"))?;
    let value = vocab::parse(raw.as_bytes()).map_err(|error| Stop::rejected(error.code()))?;
    let value = crate::fetch::without_nul(value);
    let activity: Activity = serde_json::from_value(value)
        .map_err(|_never: serde_json::Error| Stop::rejected("not an activity"))?;
    let actor = activity.actor.clone().ok_or(Stop::rejected("no actor"))?;
    if fed.urls()?.is_ours(&actor) {
        return Err(Stop::ignored("our own"));
    }
    if actor != row.signer {
        return forward::forwarded(fed, &activity).await;
    }
    told(fed, &Said::delivered(&activity, &actor, raw)).await
}

/// An activity signed by its own actor.
async fn told(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    match said.activity.kind.as_str() {
        "Follow" => follow::follow(fed, said).await,
        "Accept" => follow::answered(fed, said, true).await,
        "Reject" => follow::answered(fed, said, false).await,
        "Announce" => announce::announce(fed, said).await,
        "Undo" => undo(fed, said).await,
        _ => spoken(fed, said).await,
    }
}

/// An activity that may come from its actor or through a community.
async fn spoken(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    match said.activity.kind.as_str() {
        "Create" => discussion::create(fed, said).await,
        "Update" => discussion::update(fed, said).await,
        "Delete" => discussion::delete(fed, said).await,
        "Like" | "EmojiReact" => like::like(fed, said).await,
        other => Err(Stop::not_spoken(other)),
    }
}

/// Takes something back: what, the embedded activity says.
async fn undo(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    let Some(inner) = said.activity.embedded_activity() else {
        return match follow::undone_by_id(fed, said).await? {
            Some(verb) => Ok(verb),
            None => like::undone_by_id(fed, said).await,
        };
    };
    if inner
        .actor
        .as_deref()
        .is_some_and(|actor| actor != said.actor)
    {
        return Err(Stop::rejected("takes back what somebody else did"));
    }
    match inner.kind.as_str() {
        "Follow" => follow::unfollow(fed, said, &inner).await,
        "Like" | "EmojiReact" => like::unlike(fed, said, &inner).await,
        // A removal says so itself, by a Delete; a boost was not taken in to begin with.
        "Announce" => Err(Stop::ignored("an announcement taken back")),
        other => Err(Stop::not_spoken(&format!("Undo of {other}"))),
    }
}
