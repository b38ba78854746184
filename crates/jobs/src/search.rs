//! Writes the search index: reads, makes the words, and writes.

use crate::context::Context;
use delivery::jobs::Job;
use domain::search::{put_actor, put_post, read_actor, read_post, remove_outdated};
use domain::{Ops, Outcome, Tx};
use model::job::{IndexActor, IndexPost, JobError, Payload};
use model::{ActorId, JobId, PostId, SearchTextId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::search::FormerEntry;

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

/// Writes entries anew that a former version wrote in a form of its own. The migration that brings the new
/// form enqueues it; each run takes some of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RewriteSearchEntries;

impl Payload for RewriteSearchEntries {
    const KIND: &'static str = "rewrite_search_entries";
}

impl Job<Context> for RewriteSearchEntries {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        match rewrite_former(context.ops()).await? {
            true => Err(JobError::Later(REWRITE_PAUSE_SECONDS)),
            false => Ok(()),
        }
    }
}

/// Seconds between two runs, for what else waits to be written.
const REWRITE_PAUSE_SECONDS: i64 = 1;

/// Writes some entries of a former version anew. One that cannot be written stays as it is and is logged, so that the
/// others are not kept waiting. Returns whether there may be more.
///
/// # Errors
/// Faults.
pub async fn rewrite_former(ops: &Ops) -> Outcome<bool> {
    let read =
        |db: &mut store::Db| -> Outcome<_> { Ok(store::search::of_former_version(db, CHUNK)?) };
    let former = ops.store().read(read).await?;
    let of = |(_, post, actor): &FormerEntry| actor.map(Indexed::Actor).or(post.map(Indexed::Post));
    let all: BTreeSet<Indexed> = former.iter().filter_map(of).collect();
    let mut failed: Vec<SearchTextId> = Vec::new();
    for one in all {
        // What changes meanwhile has a job of its own.
        if let Err(error) = index(ops, one).await {
            tracing::warn!(of = ?one, %error, "search entry not rewritten");
            let entries = former.iter().filter(|entry| of(entry) == Some(one));
            failed.extend(entries.map(|(entry, _, _)| *entry));
        }
    }
    if !failed.is_empty() {
        let leave = move |tx: &mut Tx<'_>| Ok(store::search::leave_former(tx.db, &failed)?);
        ops.write_background(leave).await?;
    }
    Ok(!former.is_empty())
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

/// What entries of the index are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Indexed {
    Actor(ActorId),
    Post(PostId),
}

/// Indexes a post or actor as it is now. Returns `false` where it changed meanwhile.
async fn index(ops: &Ops, one: Indexed) -> Outcome<bool> {
    match one {
        Indexed::Actor(id) => index_actor(ops, id).await,
        Indexed::Post(id) => index_post(ops, id).await,
    }
}

/// The next actors after one, or the next posts after one.
fn following(db: &mut store::Db, after: Indexed) -> Outcome<Vec<Indexed>> {
    Ok(match after {
        Indexed::Actor(id) => {
            let ids = store::search::actor_ids(db, id, CHUNK)?.into_iter();
            ids.map(Indexed::Actor).collect()
        }
        Indexed::Post(id) => {
            let ids = store::search::post_ids(db, id, CHUNK)?.into_iter();
            ids.map(Indexed::Post).collect()
        }
    })
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
    let mut last = Indexed::Actor(ActorId(0));
    loop {
        let read = move |db: &mut store::Db| following(db, last);
        let next = ops.store().read(read).await?;
        last = match (next.last(), last) {
            (Some(one), _) => *one,
            (None, Indexed::Actor(_)) => Indexed::Post(PostId(0)),
            (None, Indexed::Post(_)) => break,
        };
        for one in next {
            // What changes meanwhile has a job of its own.
            index(ops, one).await?;
            done += 1;
            progress(done, all);
        }
    }
    while ops
        .write_background(move |tx| domain::search::remove_left_behind(tx, start))
        .await?
    {}
    ops.write_background(|tx: &mut Tx<'_>| -> Outcome<_> { Ok(store::search::analyze(tx.db)?) })
        .await?;
    Ok(done)
}

#[cfg(test)]
mod tests;
