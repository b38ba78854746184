//! Caches the activities in delivery, each of which goes to many inboxes.

use super::HookError;
use bytes::Bytes;
use lru::LruCache;
use model::{ActivityId, ActorId, KeyId};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use store::{Store, StoreError};
use tokio::sync::OnceCell;

/// The number of cached activities: those that the lanes send at the same time.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// A stored activity, the same bytes for every inbox and every retry.
#[derive(Debug)]
pub struct Activity {
    pub id: ActivityId,
    /// The local actor who signs it.
    pub actor: ActorId,
    /// The key that signs it; `None` for the newest of its actor.
    pub signing_key: Option<KeyId>,
    /// Its type, for the log.
    pub kind: String,
    pub json: Bytes,
}

type Cell = Arc<OnceCell<Arc<Activity>>>;

/// The activities in delivery.
#[derive(Debug)]
pub(super) struct ActivityCache(Mutex<LruCache<ActivityId, Cell>>);

impl Default for ActivityCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(CAPACITY)))
    }
}

impl ActivityCache {
    /// Returns an activity; simultaneous calls share one read.
    ///
    /// # Errors
    /// `Impossible` where there is none; faults of the database.
    pub(super) async fn get(
        &self,
        store: &Store,
        id: ActivityId,
    ) -> Result<Arc<Activity>, HookError> {
        let cell = self.cell(id);
        let activity = cell.get_or_try_init(|| read(store, id)).await?;
        Ok(Arc::clone(activity))
    }

    fn cell(&self, id: ActivityId) -> Cell {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cached.get_or_insert(id, Cell::default))
    }
}

async fn read(store: &Store, id: ActivityId) -> Result<Arc<Activity>, HookError> {
    let read = move |db: &mut store::Db| -> Result<_, StoreError> {
        Ok(store::queue::activity::by_id(db, id)?)
    };
    let row = store.read(read).await?;
    let row = row.ok_or_else(|| HookError::Impossible("there is no such activity".to_owned()))?;
    Ok(Arc::new(Activity {
        id,
        actor: row.actor_id,
        signing_key: row.signing_key_id,
        kind: row.kind,
        json: Bytes::from(row.json),
    }))
}
