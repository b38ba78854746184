//! Writes the `Collection-Synchronization` header of outgoing activities.

use super::MAX_LISTED;
use super::header::SyncHeader;
use crate::context::Federation;
use crate::context::digest::FollowersDigest;
use crate::context::follower_digests::{Followers, PeerDigests};
use delivery::outbound::Activity;
use domain::Outcome;
use model::{ActorId, ActorKind, PeerId};
use serde_json::Value;
use store::row;
use vocab::id_of;

/// The number of followers of one actor on all peers beyond which the header is not sent.
const MAX_COUNTED: i64 = 200_000;

/// Returns the text of `Collection-Synchronization` to send to a peer with an activity; `None` where the
/// activity is not addressed to followers, or they are too many.
///
/// # Errors
/// Faults.
pub(crate) async fn header(
    fed: &Federation,
    activity: &Activity,
    peer: PeerId,
) -> Outcome<Option<String>> {
    let cell = fed.addressed_followers().cell(activity.id);
    let followers = cell
        .get_or_try_init(|| addressed_followers(fed, activity))
        .await?;
    match followers {
        Some(followers) => followers.header(fed, peer).await,
        None => Ok(None),
    }
}

async fn addressed_followers(fed: &Federation, activity: &Activity) -> Outcome<Option<Followers>> {
    let id = activity.actor;
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
    let actor = fed.store().read(read).await?;
    Ok(actor.and_then(|actor| Followers::addressed(&actor, &activity.json)))
}

impl Followers {
    /// Returns the followers collection of a local actor where an activity is addressed to it.
    pub(super) fn addressed(actor: &row::Actor, json: &[u8]) -> Option<Self> {
        let collection = actor.followers_url.clone()?;
        let document: Value = serde_json::from_slice(json).ok()?;
        let is_in = |field: &str| match document.get(field) {
            Some(Value::Array(list)) => list.iter().any(|one| id_of(one) == Some(&collection)),
            Some(one) => id_of(one) == Some(&collection),
            None => false,
        };
        let is_ours = actor.kind != ActorKind::Application && actor.peer_id.is_none();
        (is_ours && (is_in("to") || is_in("cc"))).then(|| Self {
            actor: actor.id,
            url: url(&actor.ap_id),
            collection,
        })
    }

    /// Returns the header for a peer; `None` where its followers are too many.
    ///
    /// # Errors
    /// Faults.
    pub(super) async fn header(&self, fed: &Federation, peer: PeerId) -> Outcome<Option<String>> {
        let digests = fed.digests();
        let cell = digests.cell(self.actor, fed.ops().now());
        let all = cell.get_or_try_init(|| read(fed, self.actor)).await?;
        let of = |peers: &PeerDigests| match peers.get(&peer) {
            Some((count, _)) if *count > MAX_LISTED => None,
            Some((_, digest)) => Some(*digest),
            None => Some(FollowersDigest::default()),
        };
        let digest = all.as_ref().and_then(of);
        Ok(digest.and_then(|digest| SyncHeader::text(&self.collection, &self.url, digest)))
    }
}

/// Returns where the followers of a local actor are listed for their servers.
pub(crate) fn url(ap_id: &str) -> String {
    format!("{ap_id}/followers_synchronization")
}

async fn read(fed: &Federation, actor: ActorId) -> Outcome<Option<PeerDigests>> {
    let query = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::follow::remote_followers(db, actor, MAX_COUNTED + 1)?)
    };
    let rows = fed.store().read(query).await?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > MAX_COUNTED {
        return Ok(None);
    }
    let mut peers = PeerDigests::new();
    for (ap_id, peer) in rows {
        let (count, digest) = peers.entry(peer).or_default();
        *count += 1;
        digest.add(&ap_id);
    }
    Ok(Some(peers))
}
