//! Frozen activities, read once for the many inboxes they go to.

use crate::context::Federation;
use crate::sync::Followers;
use bytes::Bytes;
use domain::{Error, Outcome};
use lru::LruCache;
use model::{ActivityId, ActorId};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// How many are kept: those that many lanes are at just now.
const KEPT: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// What a delivery needs of its activity.
#[derive(Debug)]
pub(super) struct Frozen {
    /// Who signs.
    pub actor: ActorId,
    /// Its type, for the log.
    pub kind: String,
    /// The body, the same for every inbox and every retry.
    pub json: Bytes,
    /// The followers it is addressed to.
    pub followers: Option<Followers>,
}

type Cell = Arc<OnceCell<Arc<Frozen>>>;

/// The activities that are going out.
#[derive(Debug)]
pub(super) struct Archive(Mutex<LruCache<ActivityId, Cell>>);

impl Default for Archive {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Archive {
    /// An activity; whoever asks at the same time shares one read.
    ///
    /// # Errors
    /// `NotFound`, faults.
    pub(super) async fn get(&self, fed: &Federation, id: ActivityId) -> Outcome<Arc<Frozen>> {
        let cell = self.cell(id);
        let frozen = cell.get_or_try_init(|| read(fed, id)).await?;
        Ok(Arc::clone(frozen))
    }

    fn cell(&self, id: ActivityId) -> Cell {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kept.get_or_insert(id, Cell::default))
    }
}

async fn read(fed: &Federation, id: ActivityId) -> Outcome<Arc<Frozen>> {
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let row = store::queue::activity::by_id(db, id)?.ok_or(Error::not_found("activity"))?;
        let actor = store::raw::actor::by_id(db, row.actor_id)?;
        Ok((row, actor))
    };
    let (row, actor) = fed.store().read(read).await?;
    Ok(Arc::new(Frozen {
        followers: actor.and_then(|actor| Followers::addressed(&actor, &row.json)),
        actor: row.actor_id,
        kind: row.kind,
        json: Bytes::from(row.json),
    }))
}
