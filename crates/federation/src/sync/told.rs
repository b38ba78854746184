//! What we tell peers about their followers of our actors. The numbers of all peers are made by one
//! read, and kept for a minute: a post that goes to ten thousand inboxes asks the database once.

use super::LISTED;
use super::digest::Digest;
use super::header::Told;
use crate::context::Federation;
use domain::Outcome;
use lru::LruCache;
use model::{ActorId, ActorKind, PeerId, Time};
use serde_json::Value;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use store::row;
use tokio::sync::OnceCell;
use vocab::id_of;

/// Actors whose numbers are kept.
const KEPT: NonZeroUsize = NonZeroUsize::new(16).unwrap();
/// For how long, in milliseconds. A number that is out of date makes a peer ask for the list, and
/// see by it that there is nothing to mend.
const LIFE_MS: i64 = 60_000;
/// Followers of one actor, of all peers, up to which anything is told.
const COUNTED: i64 = 200_000;

/// A followers collection of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Followers {
    whose: ActorId,
    collection: String,
    url: String,
}

impl Followers {
    /// The collection of this actor, where the activity is addressed to it.
    pub(crate) fn addressed(actor: &row::Actor, json: &str) -> Option<Self> {
        let collection = actor.followers_url.clone()?;
        let document: Value = serde_json::from_str(json).ok()?;
        let named = |field: &str| match document.get(field) {
            Some(Value::Array(list)) => list.iter().any(|one| id_of(one) == Some(&collection)),
            Some(one) => id_of(one) == Some(&collection),
            None => false,
        };
        let known = actor.kind != ActorKind::Application && actor.peer_id.is_none();
        (known && (named("to") || named("cc"))).then(|| Self {
            whose: actor.id,
            url: url(&actor.ap_id),
            collection,
        })
    }

    /// The header for a peer; `None` where they are too many to be told.
    ///
    /// # Errors
    /// Faults.
    pub(crate) async fn header(&self, fed: &Federation, peer: PeerId) -> Outcome<Option<String>> {
        let digests = fed.digests();
        let cell = digests.cell(self.whose, fed.ops().now());
        let all = cell.get_or_try_init(|| read(fed, self.whose)).await?;
        let of = |peers: &Peers| match peers.get(&peer) {
            Some((count, _)) if *count > LISTED => None,
            Some((_, digest)) => Some(*digest),
            None => Some(Digest::default()),
        };
        let digest = all.as_ref().and_then(of);
        Ok(digest.and_then(|digest| Told::text(&self.collection, &self.url, digest)))
    }
}

/// Where the followers of an actor of ours are listed to their servers.
pub(crate) fn url(ap_id: &str) -> String {
    format!("{ap_id}/followers_synchronization")
}

/// How many of each peer follow, and who they are.
type Peers = HashMap<PeerId, (usize, Digest)>;
/// `None` where they are too many.
type Cell = Arc<OnceCell<Option<Peers>>>;

/// The numbers of the actors that speak now.
pub(crate) struct Digests(Mutex<LruCache<ActorId, (Cell, Time)>>);

impl Default for Digests {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Digests {
    /// Somebody follows since now: the number is made anew.
    pub(crate) fn forget(&self, actor: ActorId) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.pop(&actor);
    }

    /// Whoever asks at the same time shares one read.
    fn cell(&self, actor: ActorId, now: Time) -> Cell {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((cell, at)) = kept.get(&actor)
            && (0..LIFE_MS).contains(&(now.unix_millis() - at.unix_millis()))
        {
            return Arc::clone(cell);
        }
        let cell = Cell::default();
        kept.put(actor, (Arc::clone(&cell), now));
        cell
    }
}

async fn read(fed: &Federation, actor: ActorId) -> Outcome<Option<Peers>> {
    let query = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::follow::remote_followers(db, actor, COUNTED + 1)?)
    };
    let rows = fed.store().read(query).await?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > COUNTED {
        return Ok(None);
    }
    let mut peers = Peers::new();
    for (ap_id, peer) in rows {
        let (count, digest) = peers.entry(peer).or_default();
        *count += 1;
        digest.add(&ap_id);
    }
    Ok(Some(peers))
}
