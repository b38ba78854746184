//! A peer's list of those of ours who follow its actor, compared with our own: the job behind the
//! header. Nothing is mended after a list that is not the one the header spoke of.

use super::LISTED;
use crate::context::Federation;
use crate::context::digest::FollowersDigest;
use crate::failure::{FetchFailure, fetch_result};
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use client::same_origin_text;
use delivery::jobs::Job;
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

/// Pages of a list that are read.
const PAGES: usize = 20;
/// Follows mended in one transaction.
const CHUNK: usize = 500;

/// Compares the local followers of a peer's actor with those the peer counts (FEP-8fcf).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncFollowers {
    /// Whom they follow.
    pub actor: ActorId,
    /// Where its server lists those of ours.
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
    const FETCHES: bool = true;

    async fn run(&self, fed: &Federation, _id: JobId) -> Result<(), JobError> {
        fetch_result(synchronize(fed, self.actor, &self.url, &self.digest).await)
    }
}

/// Compares who follows a peer's actor with the number it told, and where they differ, fetches the
/// list from its server and corrects our side: whoever is listed and does not follow takes the follow
/// back; whoever follows and is not listed asks once more.
async fn synchronize(
    fed: &Federation,
    actor: ActorId,
    url: &str,
    digest: &str,
) -> Result<(), FetchFailure> {
    let told = FollowersDigest::parse(digest).ok_or(FetchFailure::Unfit("no digest"))?;
    let (target, ours) = known(fed, actor).await?;
    if ours.len() > LISTED {
        return Err(FetchFailure::Unfit("too many followers to compare"));
    }
    let standing = ours.iter().filter(|one| stands(one));
    if FollowersDigest::of(standing.map(|one| one.ap_id.as_str())) == told {
        return Ok(());
    }
    let listed = listed(fed, &target, url).await?;
    if FollowersDigest::of(listed.iter().map(String::as_str)) != told {
        return Err(FetchFailure::Unfit("not the followers that were told of"));
    }
    let mends = difference(&ours, &listed);
    tracing::info!(
        actor = target.ap_id,
        mends = mends.len(),
        "followers are synchronized"
    );
    for chunk in mends.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        fed.ops()
            .write(move |tx| domain::follow::correct(tx, actor, &chunk))
            .await?;
    }
    Ok(())
}

/// The peer's actor, and those of ours who follow it or have asked to.
async fn known(fed: &Federation, actor: ActorId) -> Outcome<(row::Actor, Vec<LocalFollow>)> {
    let limit = i64::try_from(LISTED + 1).unwrap_or(i64::MAX);
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let target = store::raw::actor::by_id(db, actor)?.filter(|row| row.peer_id.is_some());
        let target = target.ok_or(Error::not_found("actor"))?;
        Ok((target, store::follow::local_follows(db, actor, limit)?))
    };
    fed.store().read(read).await
}

/// Whether we think that the peer counts this follow. Somebody suspended has taken it back.
fn stands(one: &LocalFollow) -> bool {
    one.accepted && one.state == ActorState::Active
}

/// What there is to mend: pure.
fn difference(ours: &[LocalFollow], listed: &BTreeSet<String>) -> Vec<FollowCorrection> {
    let here: HashSet<&str> = ours
        .iter()
        .filter(|one| one.state == ActorState::Active)
        .map(|one| one.ap_id.as_str())
        .collect();
    let lost = ours
        .iter()
        .filter(|one| stands(one) && !listed.contains(&one.ap_id))
        .map(|one| FollowCorrection::Repeat(one.id));
    let granted = ours
        .iter()
        .filter(|one| !one.accepted && one.state == ActorState::Active)
        .filter(|one| listed.contains(&one.ap_id))
        .map(|one| FollowCorrection::Accepted(one.id));
    let strays = listed
        .iter()
        .filter(|id| !here.contains(id.as_str()))
        .map(|id| FollowCorrection::Withdraw(id.clone()));
    lost.chain(granted).chain(strays).collect()
}

/// The whole list, or nothing: half of one would part people from what they follow.
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
        if members.len() > LISTED {
            return Err(FetchFailure::Unfit("too many followers to compare"));
        }
        let Some(at) = next.take().or_else(|| page.next.clone()) else {
            let urls = fed.urls()?;
            let all_ours = members.iter().all(|id| urls.is_ours(id));
            let foreign = FetchFailure::Unfit("it lists others than ours");
            return if all_ours { Ok(members) } else { Err(foreign) };
        };
        page = self::page(fed, target, &at).await?;
    }
    Err(FetchFailure::Unfit("a list without an end"))
}

/// The list or a page of it, asked for as ourselves, on its actor's own origin.
async fn page(
    fed: &Federation,
    target: &row::Actor,
    url: &str,
) -> Result<Collection, FetchFailure> {
    let astray = || FetchFailure::Unfit("a list on another server");
    let at = Url::parse(url).map_err(|_unfit| astray())?;
    if !same_origin_text(&target.ap_id, url) {
        return Err(astray());
    }
    let key = fed.instance_key().await?;
    let found = fed
        .client()
        .get_json(&ACTIVITY_JSON, &at, key.as_ref())
        .await?;
    if !same_origin_text(&target.ap_id, found.url.as_str()) {
        return Err(astray());
    }
    let none = || FetchFailure::Unfit("not a collection");
    let page: Collection =
        serde_json::from_value(without_nul(found.body)).map_err(|_never| none())?;
    if page.kind.contains("Collection") {
        Ok(page)
    } else {
        Err(none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ActorState::{Active, Suspended};

    fn one(id: i64, name: &str, accepted: bool, state: ActorState) -> LocalFollow {
        LocalFollow {
            id: ActorId(id),
            ap_id: format!("https://b.test/u/{name}"),
            accepted,
            state,
        }
    }

    #[test]
    fn each_side_is_mended_in_its_own_way() {
        let ours = [
            one(1, "agrees", true, Active),
            one(2, "lost", true, Active),
            one(3, "waits", false, Active),
            one(4, "answered", false, Active),
            one(5, "away", true, Suspended),
            one(6, "remembered", true, Suspended),
        ];
        let listed = ["agrees", "answered", "remembered", "stray"];
        let listed = listed.map(|name| format!("https://b.test/u/{name}")).into();
        assert_eq!(
            difference(&ours, &listed),
            [
                FollowCorrection::Repeat(ActorId(2)),
                FollowCorrection::Accepted(ActorId(4)),
                FollowCorrection::Withdraw("https://b.test/u/remembered".to_owned()),
                FollowCorrection::Withdraw("https://b.test/u/stray".to_owned()),
            ]
        );
        assert_eq!(difference(&[], &BTreeSet::new()), []);
    }
}
