//! Forwarded activities: signed by somebody else than their actor. Nothing in them is believed
//! but the address of their object, which is fetched from its own origin.

use crate::activities::actor;
use crate::activities::create::publish;
use crate::activities::outcome::ReceiveError;
use crate::context::Federation;
use crate::fetch::stored::stored_post;
use crate::fetch::{self, Budget};
use crate::import::post::{self, author_of};
use crate::import::provenance::Provenance;
use crate::verb::Verb;
use delivery::inbound::Applied;
use store::row;
use vocab::Activity;

/// What somebody passed on of another's.
pub(super) async fn forwarded(fed: &Federation, activity: &Activity) -> Result<Verb, ReceiveError> {
    let id = activity
        .object_id()
        .ok_or(ReceiveError::rejected("no object"))?;
    if fed.urls()?.is_ours(id) {
        return Err(ReceiveError::ignored("forwarded"));
    }
    if fed.refuses(id) {
        return Err(ReceiveError::blocked());
    }
    match activity.kind.as_str() {
        "Create" | "Update" if !actor::is_kind(activity.object_type()) => looked_up(fed, id).await,
        "Delete" if activity.actor.as_deref() == Some(id) => actor::deleted(fed, id, false).await,
        "Delete" => match stored_post(fed, id).await? {
            Some(known) => confirmed(fed, known).await,
            None => Err(ReceiveError::ignored("unknown object")),
        },
        _ => Err(ReceiveError::ignored("forwarded")),
    }
}

/// The post as it stands at its origin, new or changed.
async fn looked_up(fed: &Federation, id: &str) -> Result<Verb, ReceiveError> {
    let mut budget = Budget::thread();
    let before = stored_post(fed, id).await?;
    let found = fetch::verified_object(fed, id, &mut budget).await?;
    let how = Provenance::delivered(None);
    match before {
        Some(before) => Ok(post::edited(fed, &found, &how, &before).await?),
        None => publish(fed, &found, &how, &mut budget).await,
    }
}

/// A post that its own server confirms to be gone.
async fn confirmed(fed: &Federation, known: row::Post) -> Result<Verb, ReceiveError> {
    if !fetch::is_gone(fed, &known.ap_id).await? {
        return Err(ReceiveError::ignored("it is still there"));
    }
    let author = author_of(fed, &known).await?;
    let origin = Provenance::delivered(None).origin(&known.ap_id, &author, None)?;
    Ok(Box::new(move |tx| {
        domain::post::remove(tx, author.id, known.id, &origin)?;
        Ok(Applied::Done)
    }))
}
