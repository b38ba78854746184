//! Activities: one file for each type, with what becomes of one that is received and how one of ours
//! is built. A new type is a file and a line below.

pub(crate) mod accept;
pub(crate) mod actor;
mod add_remove;
pub(crate) mod announce;
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

use crate::context::Federation;
use crate::verb::Verb;
use outcome::ReceiveError;
use received::ReceivedActivity;

/// What an activity signed by its own actor calls for.
pub(crate) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    match said.activity.kind.as_str() {
        "Follow" => follow::receive(fed, said).await,
        "Accept" => accept::receive(fed, said).await,
        "Reject" => reject::receive(fed, said).await,
        "Announce" => announce::receive(fed, said).await,
        "Move" => move_actor::receive(fed, said).await,
        _ => dispatch::receive_relayable(fed, said).await,
    }
}
