//! Undo of a community's Announce.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use super::unsupported::TAKEN_BACK;
use crate::context::Federation;
use crate::fetch::{self, Freshness};
use crate::verb::Verb;
use delivery::inbound::Applied;
use domain::Outcome;

/// A community takes back its announcement of a thread that it does not own; any other
/// announcement was not kept.
pub(super) async fn unshare(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
    announce_id: &str,
) -> Result<Verb, ReceiveError> {
    if !said.is_delivered() || !is_share(fed, announce_id).await? {
        return Err(ReceiveError::ignored(TAKEN_BACK));
    }
    let group = fetch::actor(fed, said.actor, Freshness::Any).await?.id;
    let announce_id = announce_id.to_owned();
    Ok(Box::new(move |tx| {
        let shared = domain::post::unshare(tx, group, &announce_id)?;
        Ok(if shared {
            Applied::Done
        } else {
            Applied::Ignored(TAKEN_BACK)
        })
    }))
}

/// Whether an Announce of this id shows a thread in a community that does not own it.
pub(super) async fn is_share(fed: &Federation, announce_id: &str) -> Outcome<bool> {
    let id = announce_id.to_owned();
    let read = move |db: &mut store::Db| -> Outcome<bool> {
        Ok(store::post::share_by_announce(db, &id)?.is_some())
    };
    fed.store().read(read).await
}
