//! The activities that are received from their actor, or announced by a community.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use super::{add_remove, answer, create, delete, like, undo, unsupported, update};
use crate::context::Federation;
use crate::verb::Verb;

/// Returns the verb that applies such an activity.
pub(super) async fn receive_relayable(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    match received.activity.kind.as_str() {
        "Create" => create::receive(fed, received).await,
        "Update" => update::receive(fed, received).await,
        "Delete" => delete::receive(fed, received).await,
        "Like" | "EmojiReact" => like::receive(fed, received).await,
        answer::CHOOSE_ANSWER => answer::receive(fed, received).await,
        "Undo" => undo::receive(fed, received).await,
        "Add" | "Remove" => add_remove::receive(fed, received).await,
        _ => Err(unsupported::unsupported_activity(received.activity)),
    }
}
