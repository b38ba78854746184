//! Activities: one file for each type, with what becomes of one that is received and how one of ours
//! is built. A new type is a file and a line below.

pub(crate) mod accept;
pub(crate) mod actor;
mod add_remove;
pub(crate) mod address;
pub(crate) mod announce;
pub(crate) mod create;
pub(crate) mod delete;
#[cfg(test)]
mod documents_tests;
pub(crate) mod follow;
pub(crate) mod like;
pub(crate) mod move_actor;
pub(crate) mod reject;
#[cfg(test)]
mod tests;
pub(crate) mod undo;
mod unsupported;
pub(crate) mod update;

use crate::context::Federation;
use crate::receive::outcome::ReceiveError;
use crate::receive::received::ReceivedActivity;
use crate::receive::verb::Verb;

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
        _ => receive_shared(fed, said).await,
    }
}

/// What an activity calls for that may come from its actor or through a community.
async fn receive_shared(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    match said.activity.kind.as_str() {
        "Create" => create::receive(fed, said).await,
        "Update" => update::receive(fed, said).await,
        "Delete" => delete::receive(fed, said).await,
        "Like" | "EmojiReact" => like::receive(fed, said).await,
        "Undo" => undo::receive(fed, said).await,
        "Add" | "Remove" => add_remove::receive(fed, said).await,
        other => Err(unsupported::unsupported_activity(other)),
    }
}
