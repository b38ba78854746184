//! The activities that come from their actor, or through a community that announces them.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use super::{add_remove, create, delete, like, undo, unsupported, update};
use crate::context::Federation;
use crate::verb::Verb;

/// What an activity calls for that may come from its actor or through a community.
pub(super) async fn receive_relayable(
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
