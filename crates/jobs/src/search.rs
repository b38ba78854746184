//! Writes the search index: reads, makes the words, and writes.

use crate::context::Context;
use delivery::jobs::Job;
use domain::search::{put_actor, put_post, read_actor, read_post, remove_outdated};
use domain::{Ops, Outcome, Tx};
use model::job::{IndexActor, IndexPost, JobError};
use model::{ActorId, JobId, PostId, SearchTextId};

/// Seconds until a text that changed while it was indexed is read again.
const CHANGED_SECONDS: i64 = 1;

impl Job<Context> for IndexPost {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        unless_changed(index_post(context.ops(), self.post).await?)
    }
}

impl Job<Context> for IndexActor {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let (ops, actor) = (context.ops(), self.actor);
        unless_changed(index_actor(ops, actor).await?)?;
        while ops
            .write_background(move |tx| remove_outdated(tx, actor))
            .await?
        {}
        Ok(())
    }
}

const fn unless_changed(written: bool) -> Result<(), JobError> {
    match written {
        true => Ok(()),
        false => Err(JobError::Later(CHANGED_SECONDS)),
    }
}

/// Indexes a post as it is now. Returns `false` where it changed meanwhile.
async fn index_post(ops: &Ops, id: PostId) -> Outcome<bool> {
    let Some(source) = ops.store().read(move |db| read_post(db, id)).await? else {
        return Ok(true);
    };
    let texts = source.texts();
    ops.write_background(move |tx: &mut Tx<'_>| put_post(tx, &source, &texts))
        .await
}

/// Indexes an actor as it is now. Returns `false` where it changed meanwhile.
async fn index_actor(ops: &Ops, id: ActorId) -> Outcome<bool> {
    let Some(source) = ops.store().read(move |db| read_actor(db, id)).await? else {
        return Ok(true);
    };
    let texts = source.texts();
    ops.write_background(move |tx: &mut Tx<'_>| put_actor(tx, &source, &texts))
        .await
}

/// Posts or actors read at a time.
const CHUNK: i64 = 200;

/// Writes the whole search index anew; what is in it is found meanwhile. `progress` is told how many
/// posts and actors are done, and how many there are. Returns how many were done.
///
/// # Errors
/// Faults.
pub async fn rebuild(ops: &Ops, mut progress: impl FnMut(u64, u64)) -> Outcome<u64> {
    let start: SearchTextId = ops.id();
    let all = ops
        .store()
        .read(|db| -> Outcome<_> { Ok(store::search::count(db)?) })
        .await?;
    let all = u64::try_from(all).unwrap_or(0);
    let mut done = 0;
    let mut last = ActorId(0);
    loop {
        let read = move |db: &mut store::Db| -> Outcome<_> {
            Ok(store::search::actor_ids(db, last, CHUNK)?)
        };
        let ids = ops.store().read(read).await?;
        let Some(next) = ids.last() else { break };
        last = *next;
        for id in ids {
            // What changes meanwhile has a job of its own.
            index_actor(ops, id).await?;
            done += 1;
            progress(done, all);
        }
    }
    let mut last = PostId(0);
    loop {
        let read = move |db: &mut store::Db| -> Outcome<_> {
            Ok(store::search::post_ids(db, last, CHUNK)?)
        };
        let ids = ops.store().read(read).await?;
        let Some(next) = ids.last() else { break };
        last = *next;
        for id in ids {
            index_post(ops, id).await?;
            done += 1;
            progress(done, all);
        }
    }
    while ops
        .write_background(move |tx| domain::search::remove_left_behind(tx, start))
        .await?
    {}
    Ok(done)
}
