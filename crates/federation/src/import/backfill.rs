//! Backfills a remote community that somebody here looked up or follows: its moderators, the recent threads
//! of its outbox, and the software of its server. Bounded; what is imported is not announced and causes no
//! notices.

use super::node_info::node_info;
use super::object;
use super::place::apply_listing;
use super::provenance::Provenance;
use crate::context::Federation;
use crate::failure::fetch_result;
use crate::fetch::collection::{ReadLimits, collection, newest};
use crate::fetch::outbox::{OutboxPost, posts};
use crate::fetch::stored::stored_post;
use crate::fetch::{Budget, FetchFailure, moderators, verified_object};
use crate::kinds::VerifiedObject;
use client::same_origin_text;
use delivery::jobs::{Job, WaitsFor};
use domain::{Error, Outcome};
use model::job::{Backfill, JobError};
use model::{ActorId, JobId};
use store::row;

/// The most threads that are imported.
const THREADS: usize = 20;
/// The most pages of the outbox that are read.
const PAGES: usize = 3;
/// The most posts of the outbox that are read.
const POSTS: usize = 100;

impl Job<Federation> for Backfill {
    const WAITS_FOR: WaitsFor = WaitsFor::Peers;

    async fn run(&self, fed: &Federation, _id: JobId) -> Result<(), JobError> {
        fetch_result(backfill(fed, self.community).await)
    }

    /// Marks the community as backfilled all the same: its page no longer says that it is loading.
    async fn set_aside(&self, fed: &Federation) {
        let community = self.community;
        let record = move |tx: &mut domain::Tx<'_>| domain::community::backfilled(tx, community);
        if let Err(error) = fed.ops().write(record).await {
            tracing::warn!(%error, %community, "cannot mark community as backfilled");
        }
    }
}

/// Imports the recent threads of a remote community: at most 20, with at most 30 fetches. Fails where a retry
/// may succeed. A community whose outbox cannot be used is marked as backfilled as well.
async fn backfill(fed: &Federation, community: ActorId) -> Result<(), FetchFailure> {
    let group = remote_community(fed, community).await?;
    if let Err(failure) = node_info(fed, &group).await {
        tracing::debug!(host = group.host, error = %failure, "no NodeInfo");
    }
    let mut budget = Budget::thread();
    if let Err(failure) = moderators(fed, &group, &mut budget).await {
        tracing::debug!(group = group.ap_id, error = %failure, "no moderators");
    }
    match threads(fed, &group, &mut budget).await {
        Err(failure) if failure.is_transient() => return Err(failure),
        Err(failure) => tracing::debug!(group = group.ap_id, error = %failure, "no outbox"),
        Ok(imported) => tracing::debug!(group = group.ap_id, imported, "backfilled"),
    }
    fed.ops()
        .write(move |tx| domain::community::backfilled(tx, community))
        .await?;
    Ok(())
}

async fn remote_community(fed: &Federation, id: ActorId) -> Outcome<row::Actor> {
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::community::by_id(db, id)?) };
    let place = fed.store().read(read).await?;
    let remote = place
        .filter(|place| !place.community.private)
        .map(|place| place.actor)
        .filter(|actor| actor.peer_id.is_some());
    remote.ok_or(Error::not_found("community"))
}

/// Imports the posts that the outbox lists, oldest first, so that the parents of replies are stored.
async fn threads(
    fed: &Federation,
    group: &row::Actor,
    budget: &mut Budget,
) -> Result<usize, FetchFailure> {
    let outbox = group
        .outbox
        .as_deref()
        .ok_or(FetchFailure::Unfit("no outbox"))?;
    let limits = ReadLimits {
        pages: PAGES,
        members: POSTS,
    };
    let whole = collection(fed, outbox, budget).await?;
    let items = newest(fed, whole, outbox, limits, budget).await?;
    let mut listed = posts(&items);
    listed.truncate(POSTS);
    let provenance = Provenance::of_community(group.id);
    let mut imported = 0;
    for post in select_threads(listed).into_iter().rev() {
        match one(fed, group, &post, &provenance, budget).await {
            Ok(()) => imported += 1,
            Err(FetchFailure::Spent) => break,
            Err(failure @ FetchFailure::Domain(Error::Fault(_))) => return Err(failure),
            Err(failure) => tracing::debug!(post = post.id, error = %failure, "not imported"),
        }
    }
    Ok(imported)
}

/// The newest [`THREADS`] threads, and the replies listed beside them. Of a bare id it is not
/// known what it is: it counts as a thread.
fn select_threads(listed: Vec<OutboxPost>) -> Vec<OutboxPost> {
    let mut threads = 0;
    let is_reply = |post: &OutboxPost| {
        post.embedded
            .as_ref()
            .is_some_and(|e| e.get("inReplyTo").is_some_and(|r| !r.is_null()))
    };
    listed
        .into_iter()
        .filter(|post| {
            if is_reply(post) {
                return true;
            }
            threads += 1;
            threads <= THREADS
        })
        .collect()
}

/// Imports one post: as embedded where it is of the community's origin, else fetched from its own.
async fn one(
    fed: &Federation,
    group: &row::Actor,
    post: &OutboxPost,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    if fed.urls()?.is_ours(&post.id) {
        return Ok(());
    }
    if let Some(known) = stored_post(fed, &post.id).await? {
        return Ok(apply_listing(fed, &known, provenance).await?);
    }
    let is_community_origin = same_origin_text(&post.id, &group.ap_id);
    let embedded = post
        .embedded
        .as_ref()
        .filter(|_| is_community_origin)
        .map(VerifiedObject::read);
    let found = match embedded {
        Some(Ok(found)) => found,
        Some(Err(_)) | None => verified_object(fed, &post.id, budget).await?,
    };
    object::import_with_ancestors(fed, &found, provenance, budget)
        .await
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn twenty_threads_and_the_replies_beside_them() {
        let post = |n: usize, reply: bool| OutboxPost {
            id: format!("https://a.test/{n}"),
            embedded: Some(if reply {
                json!({"inReplyTo": "https://a.test/0"})
            } else {
                json!({"inReplyTo": null})
            }),
        };
        let listed: Vec<OutboxPost> = (0..60).map(|n| post(n, n % 2 == 0)).collect();
        let kept = select_threads(listed);
        assert_eq!(kept.len(), 30 + THREADS);
    }
}
