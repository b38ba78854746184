//! Activities: one file for each type, which applies a received activity and builds an outgoing one. A
//! new type is a file and a line below, or in `dispatch` where a community may announce it.

pub(crate) mod accept;
pub(crate) mod actor;
mod add_remove;
pub(crate) mod announce;
pub(crate) mod answer;
pub(crate) mod create;
pub(crate) mod delete;
mod dispatch;
#[cfg(test)]
mod documents_tests;
pub(crate) mod follow;
pub(crate) mod like;
pub(crate) mod move_actor;
pub(crate) mod outcome;
pub(crate) mod received;
pub(crate) mod reject;
#[cfg(test)]
mod tests;
pub(crate) mod undo;
mod unshare;
mod unsupported;
pub(crate) mod update;
pub(crate) mod vote;

use crate::context::Federation;
use crate::verb::Verb;
use outcome::ReceiveError;
use received::ReceivedActivity;

/// Returns the verb that applies an activity signed by its own actor.
pub(crate) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    match received.activity.kind.as_str() {
        "Follow" => follow::receive(fed, received).await,
        "Accept" => accept::receive(fed, received).await,
        "Reject" => reject::receive(fed, received).await,
        "Announce" => announce::receive(fed, received).await,
        "Move" => move_actor::receive(fed, received).await,
        _ => dispatch::receive_relayable(fed, received).await,
    }
}
