//! Undo: what is taken back, the embedded activity says, or its id.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use super::unshare::{announced_post, is_share, unshare};
use super::unsupported::unsupported_undo;
use super::{delete, follow, like};
use crate::context::Federation;
use crate::json;
use crate::verb::Verb;
use activitypub_federation::kinds::activity::UndoType;
use domain::Outcome;
use vocab::Activity;

/// Takes something back.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    let Some(inner) = said.activity.embedded_activity() else {
        return by_id(fed, said).await;
    };
    if inner
        .actor
        .as_deref()
        .is_some_and(|actor| actor != said.actor)
    {
        return Err(ReceiveError::rejected("takes back what somebody else did"));
    }
    match inner.kind.as_str() {
        "Follow" => follow::undo(fed, said, &inner).await,
        "Like" | "EmojiReact" => like::undo(fed, said, &inner).await,
        "Delete" => delete::undo(fed, said, &inner).await,
        "Announce" => {
            let post = announced_post(&inner);
            let id = inner.id.as_deref().unwrap_or_default();
            unshare(fed, said, id, post.as_deref()).await
        }
        other => Err(unsupported_undo(other)),
    }
}

/// Takes something back that is only named.
async fn by_id(fed: &Federation, said: &ReceivedActivity<'_>) -> Result<Verb, ReceiveError> {
    let id = said.object_id()?;
    if let Some(verb) = follow::undo_by_id(fed, said).await? {
        return Ok(verb);
    }
    if is_share(fed, id).await? {
        return unshare(fed, said, id, None).await;
    }
    like::undo_by_id(fed, said).await
}

/// Its actor takes an activity back, before the same addressees.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, done: &Activity) -> Outcome<Activity> {
    let actor = done.actor.as_deref().unwrap_or_default();
    Ok(Activity {
        to: done.to.clone(),
        cc: done.cc.clone(),
        audience: done.audience.clone(),
        ..Activity::new(&UndoType::Undo.to_string(), id, actor, json::part(done)?)
    })
}
