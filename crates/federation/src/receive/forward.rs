//! Forwarded activities: signed by another actor than their own. Only the URL of their object is used, which
//! is fetched from its own origin.

use crate::activities::actor::{self, DeletionSigner};
use crate::activities::create::publish;
use crate::activities::outcome::ReceiveError;
use crate::activities::received::object_id;
use crate::context::Federation;
use crate::fetch::stored::stored_post;
use crate::fetch::{self, Budget};
use crate::import::post::{self, stored_author};
use crate::import::provenance::Provenance;
use crate::verb::Verb;
use delivery::inbound::Applied;
use store::row;
use vocab::Activity;

/// Returns the verb for a forwarded activity.
pub(super) async fn forwarded(fed: &Federation, activity: &Activity) -> Result<Verb, ReceiveError> {
    let id = object_id(activity)?;
    if fed.urls()?.is_ours(id) {
        return Err(ReceiveError::ignored("forwarded"));
    }
    if fed.refuses(id) {
        return Err(ReceiveError::blocked());
    }
    match activity.kind.as_str() {
        "Create" | "Update" if !actor::is_kind(activity.object_type()) => {
            publish_or_edit(fed, id).await
        }
        "Delete" if activity.actor.as_deref() == Some(id) => {
            actor::deleted(fed, id, DeletionSigner::Another).await
        }
        "Delete" => match stored_post(fed, id).await? {
            Some(stored) => confirmed_removal(fed, stored).await,
            None => Err(ReceiveError::ignored("unknown object")),
        },
        _ => Err(ReceiveError::ignored("forwarded")),
    }
}

/// Returns the verb that publishes or edits a post as its origin has it.
async fn publish_or_edit(fed: &Federation, id: &str) -> Result<Verb, ReceiveError> {
    let mut budget = Budget::thread();
    let stored = stored_post(fed, id).await?;
    let object = fetch::verified_object(fed, id, &mut budget).await?;
    let provenance = Provenance::delivered(None);
    match stored {
        Some(stored) => Ok(post::edit_verb(fed, &object, &provenance, &stored).await?),
        None => publish(fed, &object, &provenance, &mut budget).await,
    }
}

/// Returns the verb that removes a post, if its own server confirms that it is gone.
async fn confirmed_removal(fed: &Federation, stored: row::Post) -> Result<Verb, ReceiveError> {
    if !fetch::is_gone(fed, &stored.ap_id).await? {
        return Err(ReceiveError::ignored("it is still there"));
    }
    let author = stored_author(fed, &stored).await?;
    let origin = Provenance::delivered(None).origin(&stored.ap_id, &author, None)?;
    Ok(Box::new(move |tx| {
        domain::post::remove(tx, author.id, stored.id, &origin)?;
        Ok(Applied::Done)
    }))
}
