//! Reject: of a Follow, or of an Announce by a local community.

use super::accept::{apply_answer, build_answer};
use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::{self, Freshness};
use crate::verb::Verb;
use activitypub_federation::kinds::activity::{AnnounceType, RejectType};
use delivery::inbound::Applied;
use domain::Outcome;
use model::urls::Local;
use vocab::Activity;

/// Applies a Reject of a local actor's Follow. A Reject of an Announce, or of what was announced, answers the
/// delivery of that Announce: NodeBB (4.11) sends one instead of an HTTP response.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    match rejected_announce(fed, received.activity)? {
        Some(ids) => end_deliveries(fed, received, ids).await,
        None => apply_answer(fed, received, false).await,
    }
}

/// Returns the ids by which a Reject names an Announce or its object; `None` where it is that of a Follow.
fn rejected_announce(
    fed: &Federation,
    activity: &Activity,
) -> Result<Option<Vec<String>>, ReceiveError> {
    let urls = fed.urls()?;
    let inner = activity.embedded_activity();
    let is_announce = inner
        .as_ref()
        .is_some_and(|inner| inner.kind == AnnounceType::Announce.to_string());
    let named = activity.object_id().into_iter();
    let announced = inner.as_ref().and_then(|inner| inner.object_id());
    let mut ids: Vec<String> = Vec::new();
    for id in named.chain(announced.filter(|_| is_announce)) {
        match urls.path(id).and_then(Local::parse) {
            Some(Local::Activity(_)) => ids.push(id.to_owned()),
            Some(Local::Post(_)) => ids.extend([id.to_owned(), format!("announce {id}")]),
            Some(
                Local::Instance
                | Local::Person(_)
                | Local::Community(_)
                | Local::Context(_)
                | Local::Follow(_)
                | Local::Like(_),
            )
            | None => {}
        }
    }
    Ok((is_announce || !ids.is_empty()).then_some(ids))
}

/// Ends the deliveries to the sender's server of the Announces that these ids name.
async fn end_deliveries(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    ids: Vec<String>,
) -> Result<Verb, ReceiveError> {
    let sender = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let peer = sender
        .peer_id
        .ok_or(ReceiveError::ignored("it was not sent there"))?;
    Ok(Box::new(move |tx| {
        let kind = AnnounceType::Announce.to_string();
        let count = store::queue::delivery::answered(tx.db, peer, &kind, &ids, tx.now)?;
        Ok(if count > 0 {
            Applied::Done
        } else {
            Applied::Ignored("it was not sent there")
        })
    }))
}

/// Builds the Reject of a Follow.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, follow: &Activity) -> Outcome<Activity> {
    build_answer(&RejectType::Reject.to_string(), id, follow)
}
