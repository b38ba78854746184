//! What a parked peer missed, once it is back: what was frozen since and concerns it, in order, a
//! week and a thousand activities at most. The peer stays parked until all of it is queued, so
//! that nothing newer overtakes it. Whom an activity concerned is read from its own addressing:
//! the followers its sender has at that peer, and whom it names there.

use super::fan_out::{CHUNK, Stop, add, elsewhere};
use crate::identity::authority;
use crate::seam::Federation;
use domain::{Outcome, Tx};
use model::peer::PeerState;
use model::{ActivityId, ActorId, Job, JobId, PeerId, Time};
use std::collections::{BTreeSet, HashMap};
use store::{Db, row};
use url::Url;
use vocab::Activity;

/// How far back is gone.
const SECONDS: i64 = 7 * 86_400;
/// Activities that are sent, at most: the newest.
const MOST: usize = 1_000;
/// Activities that are looked at, at most: the newest.
const LOOK: i64 = 10_000;
/// Of these at a time.
const PAGE: i64 = 200;

/// Queues what a peer missed, and has it queued for like every other from then on.
///
/// # Errors
/// Faults, one of them where another run is at the same job.
pub async fn catch_up(
    fed: &Federation,
    job: JobId,
    peer: PeerId,
    after: ActivityId,
) -> Outcome<()> {
    let now = fed.ops().now();
    let begin = move |db: &mut Db| begin(db, peer, after, now);
    let Some(there) = fed.store().read(begin).await? else {
        return Ok(());
    };
    let (mut after, mut this) = (there.after, Job::CatchUp { peer, after });
    loop {
        let (missed, last) = missed(fed, &there, after).await?;
        for chunk in chunks(missed) {
            let Some(last) = chunk.last().map(|stop| stop.activity) else {
                continue;
            };
            let next = Job::CatchUp { peer, after: last };
            advance(fed, job, this, next.clone(), chunk).await?;
            this = next;
        }
        if wake(fed, job, this.clone(), peer, last).await? {
            tracing::info!(host = there.host, "a peer is back and has caught up");
            return Ok(());
        }
        after = last;
    }
}

/// A peer that is back.
#[derive(Clone)]
struct There {
    id: PeerId,
    host: String,
    after: ActivityId,
}

/// Where to begin; `None` where the peer is not parked any more.
fn begin(db: &mut Db, id: PeerId, after: ActivityId, now: Time) -> Outcome<Option<There>> {
    let peer = store::peer::by_id(db, id)?.filter(|peer| peer.state == PeerState::Parked);
    let Some(peer) = peer else { return Ok(None) };
    let week_ago = now.plus_seconds(-SECONDS);
    let since = peer.parked_at.map_or(week_ago, |at| at.max(week_ago));
    let bound = store::queue::activity::so_many_back(db, LOOK)?.unwrap_or_default();
    Ok(Some(There {
        id,
        host: peer.host,
        after: after.max(model::id::first_of(since)).max(bound),
    }))
}

/// The rows for what concerned the peer after a cursor, in order, and the last activity looked at.
async fn missed(
    fed: &Federation,
    there: &There,
    mut after: ActivityId,
) -> Outcome<(Vec<Vec<Stop>>, ActivityId)> {
    let mut all: Vec<Vec<Stop>> = Vec::new();
    loop {
        let there = there.clone();
        let (page, last) = fed.store().read(move |db| look(db, &there, after)).await?;
        let Some(last) = last else { break };
        all.extend(page);
        after = last;
    }
    let surplus = all.len().saturating_sub(MOST);
    all.drain(..surplus);
    Ok((all, after))
}

/// One page: the rows of each activity that concerned the peer, and the last activity, where
/// there was one.
fn look(
    db: &mut Db,
    there: &There,
    after: ActivityId,
) -> Outcome<(Vec<Vec<Stop>>, Option<ActivityId>)> {
    let page = store::queue::activity::since(db, after, PAGE)?;
    let mut heard: HashMap<ActorId, Vec<String>> = HashMap::new();
    for (sender, inbox) in store::follow::heard_at(db, there.id)? {
        heard.entry(sender).or_default().push(inbox);
    }
    let last = page.last().map(|activity| activity.id);
    let mut found = Vec::new();
    for activity in &page {
        let inboxes = inboxes(db, there, &heard, activity)?;
        let stops = inboxes.into_iter().map(|inbox| Stop {
            activity: activity.id,
            inbox,
            peer: there.id,
        });
        let stops: Vec<Stop> = stops.collect();
        if !stops.is_empty() {
            found.push(stops);
        }
    }
    Ok((found, last))
}

/// The peer's inboxes an activity is addressed to.
fn inboxes(
    db: &mut Db,
    there: &There,
    heard: &HashMap<ActorId, Vec<String>>,
    activity: &row::Activity,
) -> Outcome<BTreeSet<String>> {
    let Ok(json) = serde_json::from_str::<Activity>(&activity.json) else {
        return Ok(BTreeSet::new());
    };
    let addressed: Vec<&String> = json.to.iter().chain(&json.cc).collect();
    let mut inboxes = BTreeSet::new();
    if let Some(followers) = heard.get(&activity.actor_id) {
        let sender = store::actor::by_id(db, activity.actor_id)?;
        let url = sender.and_then(|sender| sender.followers_url);
        if url.is_some_and(|url| addressed.iter().any(|to| **to == url)) {
            inboxes.extend(followers.iter().cloned());
        }
    }
    for id in addressed {
        let host = Url::parse(id).ok().as_ref().and_then(authority);
        if host.is_some_and(|host| host == there.host)
            && let Some(actor) = store::actor::by_ap_id(db, id)?
        {
            inboxes.insert(actor.delivery_inbox);
        }
    }
    Ok(inboxes)
}

/// Whole activities, at most [`CHUNK`] rows together (or one activity's).
fn chunks(activities: Vec<Vec<Stop>>) -> Vec<Vec<Stop>> {
    let mut chunks: Vec<Vec<Stop>> = Vec::new();
    for stops in activities {
        match chunks.last_mut() {
            Some(chunk) if chunk.len() + stops.len() <= CHUNK => chunk.extend(stops),
            _ => chunks.push(stops),
        }
    }
    chunks
}

/// One write: a chunk's rows, and how far the job is.
async fn advance(
    fed: &Federation,
    job: JobId,
    this: Job,
    next: Job,
    chunk: Vec<Stop>,
) -> Outcome<()> {
    fed.ops()
        .write(move |tx: &mut Tx<'_>| {
            if !store::queue::jobs::step(tx.db, job, &this, Some(&next))? {
                return Err(elsewhere());
            }
            add(tx, &chunk)
        })
        .await
}

/// One write: where nothing was frozen meanwhile, the peer is parked no longer. Answers whether.
async fn wake(
    fed: &Federation,
    job: JobId,
    this: Job,
    peer: PeerId,
    last: ActivityId,
) -> Outcome<bool> {
    fed.ops()
        .write(move |tx: &mut Tx<'_>| {
            if store::queue::activity::newest(tx.db)? > last {
                return Ok(false);
            }
            if !store::queue::jobs::step(tx.db, job, &this, None)? {
                return Err(elsewhere());
            }
            store::peer::unpark(tx.db, peer)?;
            Ok(true)
        })
        .await
}
