//! Undo of an activity, which is embedded or named by its id.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use super::unshare::{announced_post_id, is_share, unshare};
use super::unsupported::unsupported_undo;
use super::{answer, delete, follow, like};
use crate::context::Federation;
use crate::json;
use crate::verb::Verb;
use activitypub_federation::kinds::activity::UndoType;
use domain::Outcome;
use vocab::Activity;

/// Applies an Undo.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let Some(inner) = received.activity.embedded_activity() else {
        return by_id(fed, received).await;
    };
    if inner
        .actor
        .as_deref()
        .is_some_and(|actor| actor != received.actor)
    {
        return Err(ReceiveError::rejected("takes back what somebody else did"));
    }
    let names_id_only = inner.kind.is_empty() || inner.object_id().is_none();
    if names_id_only && inner.id.is_some() {
        return by_id(fed, received).await;
    }
    match inner.kind.as_str() {
        "Follow" => follow::undo(fed, received, &inner).await,
        "Like" | "EmojiReact" => like::undo(fed, received, &inner).await,
        answer::CHOOSE_ANSWER => answer::undo(fed, received, &inner).await,
        "Delete" => delete::undo(fed, received, &inner).await,
        "Announce" => {
            let post = announced_post_id(&inner);
            let id = inner.id.as_deref().unwrap_or_default();
            unshare(fed, received, id, post.as_deref()).await
        }
        _ => Err(unsupported_undo(&inner)),
    }
}

/// Applies an Undo that only names an id, as a text or in an object without type or object.
async fn by_id(fed: &Federation, received: &ReceivedActivity<'_>) -> Result<Verb, ReceiveError> {
    let id = received.object_id()?;
    if let Some(verb) = follow::undo_by_id(fed, received).await? {
        return Ok(verb);
    }
    if is_share(fed, id).await? {
        return unshare(fed, received, id, None).await;
    }
    like::undo_by_id(fed, received).await
}

/// Builds the Undo of an activity, with the same addressees.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, undone: &Activity) -> Outcome<Activity> {
    let actor = undone.actor.as_deref().unwrap_or_default();
    Ok(Activity {
        to: undone.to.clone(),
        cc: undone.cc.clone(),
        audience: undone.audience.clone(),
        ..Activity::new(&UndoType::Undo.to_string(), id, actor, json::part(undone)?)
    })
}
