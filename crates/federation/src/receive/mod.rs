//! What peers tell us: each received activity is read, its audience decided, what it speaks of
//! found or fetched from its own origin, and the verb it calls for run in one transaction with
//! the end of its row. Refuses to believe anybody about somebody else's words.

mod actor;
mod announce;
mod dependency;
mod discussion;
mod draft;
mod event;
mod follow;
mod forward;
mod genuine;
mod handler;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod like;
mod list;
mod moved;
mod outcome;
mod place;
mod post;
mod said;
#[cfg(test)]
mod tests;
mod text;
mod unspoken;

pub use handler::ReadActivity;

pub(crate) use genuine::Genuine;
pub(crate) use post::under;
pub(crate) use said::How;
pub(crate) use text::{one_line, tag};

use crate::seam::Federation;
use delivery::inbound::Applied;
use domain::Tx;
use outcome::Stop;
use said::Said;

/// What is left to do once everything is looked up: SQL only, run in one transaction.
pub type Verb = Box<dyn Fn(&mut Tx<'_>) -> domain::Outcome<Applied> + Send>;

/// Nothing is left to do.
fn nothing() -> Verb {
    Box::new(|_| Ok(Applied::Done))
}

/// An activity signed by its own actor.
async fn told(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    match said.activity.kind.as_str() {
        "Follow" => follow::follow(fed, said).await,
        "Accept" => follow::answered(fed, said, true).await,
        "Reject" => follow::answered(fed, said, false).await,
        "Announce" => announce::announce(fed, said).await,
        "Undo" => undo(fed, said).await,
        "Move" => moved::moved(fed, said).await,
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
        "Add" | "Remove" => list::changed(fed, said).await,
        other => Err(unspoken::left_alone(other)),
    }
}

/// Takes something back: what, the embedded activity says.
async fn undo(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    let Some(inner) = said.activity.embedded_activity() else {
        return undo_by_id(fed, said).await;
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
        "Delete" => discussion::undeleted(fed, said, &inner).await,
        "Announce" => {
            announce::unannounced(fed, said, inner.id.as_deref().unwrap_or_default()).await
        }
        other => Err(unspoken::undo_left_alone(other)),
    }
}

/// Takes something back that is only named.
async fn undo_by_id(fed: &Federation, said: &Said<'_>) -> Result<Verb, Stop> {
    let id = said.object_id()?;
    if let Some(verb) = follow::undone_by_id(fed, said).await? {
        return Ok(verb);
    }
    if announce::is_share(fed, id).await? {
        return announce::unannounced(fed, said, id).await;
    }
    like::undone_by_id(fed, said).await
}
