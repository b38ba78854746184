//! The job that compares the local followers of a peer's actor with the peer's list, and corrects the local
//! rows. Nothing is corrected if the list does not have the digest of the header.

use super::MAX_LISTED;
use crate::context::Federation;
use crate::context::digest::FollowersDigest;
use crate::failure::{FetchFailure, fetch_result};
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use client::same_origin_text;
use delivery::jobs::{Job, WaitsFor};
use domain::follow::FollowCorrection;
use domain::{Error, Outcome};
use model::job::{JobError, Payload};
use model::{ActorId, ActorState, JobId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use store::follow::LocalFollow;
use store::row;
use url::Url;
use vocab::Collection;

/// The most pages of a list that are read.
const PAGES: usize = 20;
/// The most follows that are corrected in one transaction.
const CHUNK: usize = 500;

/// Compares the local followers of a peer's actor with those the peer counts (FEP-8fcf).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncFollowers {
    /// The peer's actor.
    pub actor: ActorId,
    /// Where its server lists the local followers.
    pub url: String,
    /// The digest of that list: 64 hexadecimal digits.
    pub digest: String,
}

impl Payload for SyncFollowers {
    const KIND: &'static str = "sync_followers";

    fn order_key(&self) -> Option<String> {
        Some(format!("followers {}", self.actor))
    }
}

impl Job<Federation> for SyncFollowers {
    const WAITS_FOR: WaitsFor = WaitsFor::Peers;

    async fn run(&self, fed: &Federation, _id: JobId) -> Result<(), JobError> {
        fetch_result(synchronize(fed, self.actor, &self.url, &self.digest).await)
    }
}

/// Compares the followers of a peer's actor with a digest. If they differ, fetches the list from its server
/// and corrects the local rows: who is listed and does not follow sends an Undo; who follows and is not
/// listed sends the Follow again.
async fn synchronize(
    fed: &Federation,
    actor: ActorId,
    url: &str,
    digest: &str,
) -> Result<(), FetchFailure> {
    let expected = FollowersDigest::parse(digest).ok_or(FetchFailure::Unfit("no digest"))?;
    let (target, ours) = known(fed, actor).await?;
    if ours.len() > MAX_LISTED {
        return Err(FetchFailure::Unfit("too many followers to compare"));
    }
    let counted = ours.iter().filter(|follower| is_counted(follower));
    if FollowersDigest::of(counted.map(|follower| follower.ap_id.as_str())) == expected {
        return Ok(());
    }
    let listed = listed(fed, &target, url).await?;
    if FollowersDigest::of(listed.iter().map(String::as_str)) != expected {
        return Err(FetchFailure::Unfit("not the followers that were told of"));
    }
    let corrections = difference(&ours, &listed);
    tracing::info!(
        actor = target.ap_id,
        corrections = corrections.len(),
        "followers synchronized"
    );
    for chunk in corrections.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        fed.ops()
            .write(move |tx| domain::follow::correct(tx, actor, &chunk))
            .await?;
    }
    Ok(())
}

/// Reads the peer's actor, and the local actors whose follow of it is accepted or pending.
async fn known(fed: &Federation, actor: ActorId) -> Outcome<(row::Actor, Vec<LocalFollow>)> {
    let limit = i64::try_from(MAX_LISTED + 1).unwrap_or(i64::MAX);
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let target = store::raw::actor::by_id(db, actor)?.filter(|row| row.peer_id.is_some());
        let target = target.ok_or(Error::not_found("actor"))?;
        Ok((target, store::follow::local_follows(db, actor, limit)?))
    };
    fed.store().read(read).await
}

/// Whether the peer should count this follow. A suspension leaves the follows as they are.
fn is_counted(follower: &LocalFollow) -> bool {
    follower.accepted && has_account(follower)
}

fn has_account(follower: &LocalFollow) -> bool {
    match follower.state {
        ActorState::Active | ActorState::Suspended => true,
        ActorState::Pending | ActorState::Deleted => false,
    }
}

/// Returns the corrections. A suspended account sends no `Follow`: a follow that its peer has lost stays as
/// it is until it is restored. Pure.
fn difference(ours: &[LocalFollow], listed: &BTreeSet<String>) -> Vec<FollowCorrection> {
    let following: HashSet<&str> = ours
        .iter()
        .filter(|follower| has_account(follower))
        .map(|follower| follower.ap_id.as_str())
        .collect();
    let not_listed = ours
        .iter()
        .filter(|follower| follower.accepted && follower.state == ActorState::Active)
        .filter(|follower| !listed.contains(&follower.ap_id))
        .map(|follower| FollowCorrection::Repeat(follower.id));
    let granted = ours
        .iter()
        .filter(|follower| !follower.accepted && has_account(follower))
        .filter(|follower| listed.contains(&follower.ap_id))
        .map(|follower| FollowCorrection::Accepted(follower.id));
    let not_following = listed
        .iter()
        .filter(|id| !following.contains(id.as_str()))
        .map(|id| FollowCorrection::Withdraw(id.clone()));
    not_listed.chain(granted).chain(not_following).collect()
}

/// Fetches the whole list, or nothing: a partial one would remove valid follows.
async fn listed(
    fed: &Federation,
    target: &row::Actor,
    url: &str,
) -> Result<BTreeSet<String>, FetchFailure> {
    let mut members = BTreeSet::new();
    let mut page = page(fed, target, url).await?;
    let mut next = page.first_id().map(str::to_owned);
    if let Some(first) = page.first_page() {
        (page, next) = (first, None);
    }
    for _ in 0..PAGES {
        members.extend(page.member_ids().map(str::to_owned));
        if members.len() > MAX_LISTED {
            return Err(FetchFailure::Unfit("too many followers to compare"));
        }
        let Some(page_url) = next.take().or_else(|| page.next.clone()) else {
            let urls = fed.urls()?;
            let all_ours = members.iter().all(|id| urls.is_ours(id));
            let foreign = FetchFailure::Unfit("it lists others than ours");
            return if all_ours { Ok(members) } else { Err(foreign) };
        };
        page = self::page(fed, target, &page_url).await?;
    }
    Err(FetchFailure::Unfit("a list without an end"))
}

/// Fetches the list or a page of it, with a request signed by the instance actor, from the actor's origin.
async fn page(
    fed: &Federation,
    target: &row::Actor,
    url: &str,
) -> Result<Collection, FetchFailure> {
    let other_server = || FetchFailure::Unfit("a list on another server");
    let page_url = Url::parse(url).map_err(|_unfit| other_server())?;
    if !same_origin_text(&target.ap_id, url) {
        return Err(other_server());
    }
    let key = fed.instance_key().await?;
    let fetched = fed
        .client()
        .get_json(&ACTIVITY_JSON, &page_url, key.as_ref())
        .await?;
    if !same_origin_text(&target.ap_id, fetched.url.as_str()) {
        return Err(other_server());
    }
    let not_a_collection = || FetchFailure::Unfit("not a collection");
    let page: Collection =
        serde_json::from_value(without_nul(fetched.body)).map_err(|_never| not_a_collection())?;
    if page.kind.contains("Collection") {
        Ok(page)
    } else {
        Err(not_a_collection())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ActorState::{Active, Suspended};

    fn follower(id: i64, name: &str, accepted: bool, state: ActorState) -> LocalFollow {
        LocalFollow {
            id: ActorId(id),
            ap_id: format!("https://b.test/u/{name}"),
            accepted,
            state,
        }
    }

    #[test]
    fn follows_of_suspended_accounts_are_neither_repeated_nor_withdrawn() {
        let ours = [
            follower(1, "agrees", true, Active),
            follower(2, "lost", true, Active),
            follower(3, "waits", false, Active),
            follower(4, "answered", false, Active),
            follower(5, "away", true, Suspended),
            follower(6, "remembered", true, Suspended),
        ];
        let listed = ["agrees", "answered", "remembered", "stray"];
        let listed = listed.map(|name| format!("https://b.test/u/{name}")).into();
        assert_eq!(
            difference(&ours, &listed),
            [
                FollowCorrection::Repeat(ActorId(2)),
                FollowCorrection::Accepted(ActorId(4)),
                FollowCorrection::Withdraw("https://b.test/u/stray".to_owned()),
            ]
        );
        assert_eq!(difference(&[], &BTreeSet::new()), []);
    }
}
