//! What a parked peer missed, once it is back: from the first activity that was not queued for it
//! on, what concerns it, in order, a week and a thousand activities at most. The peer stays parked
//! until all of it is queued, so that nothing newer overtakes it. Whom an activity concerned is
//! read from its own addressing: the followers its sender has at that peer, whom it names there,
//! and for an author's Update or Delete, the followers of the community it names.

use crate::context::Federation;
use crate::outgoing::fan_out::{CHUNK, PendingDelivery, add, elsewhere};
use delivery::jobs::Job;
use domain::{Outcome, Tx};
use httpsig::authority;
use model::job::{CatchUp, JobError};
use model::peer::PeerState;
use model::{ActivityId, ActorId, JobId, PeerId};
use std::collections::{BTreeSet, HashMap};
use store::Db;
use store::row::{self, Peer};
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

impl Job<Federation> for CatchUp {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(catch_up(fed, id, self.peer, self.after).await?)
    }
}

/// Queues what a peer missed, and has it queued for like every other from then on. Fails where
/// another run is at the same job.
async fn catch_up(fed: &Federation, job: JobId, peer: PeerId, after: ActivityId) -> Outcome<()> {
    let parked = move |db: &mut Db| parked(db, peer);
    let Some(there) = fed.store().read(parked).await? else {
        return Ok(());
    };
    // A job that has not begun has the least of cursors.
    let mut begun = (after > ActivityId::default()).then_some(after);
    let mut this = CatchUp { peer, after };
    loop {
        let missed = match begun {
            Some(after) => missed(fed, &there, after).await?,
            None => Vec::new(),
        };
        for chunk in chunks(missed) {
            let Some(last) = chunk.last().map(|delivery| delivery.activity) else {
                continue;
            };
            let next = CatchUp { peer, after: last };
            advance(fed, job, this, next.clone(), chunk).await?;
            this = next;
        }
        begun = go_on(fed, job, this.clone(), peer).await?;
        let Some(after) = begun else {
            tracing::info!(host = there.host, "a peer is back and has caught up");
            return Ok(());
        };
        this = CatchUp { peer, after };
    }
}

/// A peer that is back.
#[derive(Clone)]
struct There {
    id: PeerId,
    host: String,
}

/// The peer, unless it is not parked any more.
fn parked(db: &mut Db, id: PeerId) -> Outcome<Option<There>> {
    let peer = store::peer::by_id(db, id)?.filter(|peer| peer.state == PeerState::Parked);
    Ok(peer.map(|Peer { id, host, .. }| There { id, host }))
}

/// The rows for what concerned the peer after a cursor, in order.
async fn missed(
    fed: &Federation,
    there: &There,
    mut after: ActivityId,
) -> Outcome<Vec<Vec<PendingDelivery>>> {
    let mut all: Vec<Vec<PendingDelivery>> = Vec::new();
    loop {
        let there = there.clone();
        let (page, last) = fed.store().read(move |db| look(db, &there, after)).await?;
        let Some(last) = last else { break };
        all.extend(page);
        after = last;
    }
    let surplus = all.len().saturating_sub(MOST);
    all.drain(..surplus);
    Ok(all)
}

/// One page: the rows of each activity that concerned the peer, and the last activity, where
/// there was one.
fn look(
    db: &mut Db,
    there: &There,
    after: ActivityId,
) -> Outcome<(Vec<Vec<PendingDelivery>>, Option<ActivityId>)> {
    let page = store::queue::activity::since(db, after, PAGE)?;
    let mut heard: HashMap<ActorId, Vec<String>> = HashMap::new();
    for (sender, inbox) in store::follow::inboxes_of_peer(db, there.id)? {
        heard.entry(sender).or_default().push(inbox);
    }
    let last = page.last().map(|activity| activity.id);
    let mut found = Vec::new();
    for activity in &page {
        let inboxes = inboxes(db, there, &heard, activity)?;
        let deliveries = inboxes.into_iter().map(|inbox| PendingDelivery {
            activity: activity.id,
            inbox,
            peer: there.id,
        });
        let deliveries: Vec<PendingDelivery> = deliveries.collect();
        if !deliveries.is_empty() {
            found.push(deliveries);
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
        let sender = store::raw::actor::by_id(db, activity.actor_id)?;
        let url = sender.and_then(|sender| sender.followers_url);
        if url.is_some_and(|url| addressed.iter().any(|to| **to == url)) {
            inboxes.extend(followers.iter().cloned());
        }
    }
    let by_author = matches!(json.kind.as_str(), "Update" | "Delete");
    for id in json.audience.iter().filter(|_| by_author) {
        if let Some(place) = store::raw::actor::by_ap_id(db, id)?
            && let Some(followers) = heard.get(&place.id)
        {
            inboxes.extend(followers.iter().cloned());
        }
    }
    for id in addressed {
        let host = Url::parse(id).ok().as_ref().and_then(authority);
        if host.is_some_and(|host| host == there.host)
            && let Some(actor) = store::raw::actor::by_ap_id(db, id)?
        {
            inboxes.insert(actor.delivery_inbox);
        }
    }
    Ok(inboxes)
}

/// Whole activities, at most [`CHUNK`] rows together (or one activity's).
fn chunks(activities: Vec<Vec<PendingDelivery>>) -> Vec<Vec<PendingDelivery>> {
    let mut chunks: Vec<Vec<PendingDelivery>> = Vec::new();
    for deliveries in activities {
        match chunks.last_mut() {
            Some(chunk) if chunk.len() + deliveries.len() <= CHUNK => chunk.extend(deliveries),
            _ => chunks.push(deliveries),
        }
    }
    chunks
}

/// One write: a chunk's rows, and how far the job is.
async fn advance(
    fed: &Federation,
    job: JobId,
    this: CatchUp,
    next: CatchUp,
    chunk: Vec<PendingDelivery>,
) -> Outcome<()> {
    fed.ops()
        .write(move |tx: &mut Tx<'_>| {
            if !store::queue::jobs::advance(tx.db, job, &this, Some(&next))? {
                return Err(elsewhere());
            }
            add(tx, &chunk)
        })
        .await
}

/// One write: where the peer has missed nothing that was not looked at, it is parked no longer; else
/// answers after which activity to look.
async fn go_on(
    fed: &Federation,
    job: JobId,
    this: CatchUp,
    peer: PeerId,
) -> Outcome<Option<ActivityId>> {
    fed.ops()
        .write(move |tx: &mut Tx<'_>| {
            let from = store::peer::take_missed(tx.db, peer)?;
            let after = from.map(|from| after(tx, from)).transpose()?;
            let next = after.map(|after| CatchUp { peer, after });
            if !store::queue::jobs::advance(tx.db, job, &this, next.as_ref())? {
                return Err(elsewhere());
            }
            if after.is_none() {
                store::peer::unpark(tx.db, peer)?;
            }
            Ok(after)
        })
        .await
}

/// The cursor before an activity, or before the first that is not too far back.
fn after(tx: &mut Tx<'_>, from: ActivityId) -> Outcome<ActivityId> {
    let week_ago = model::id::first_of(tx.now.plus_seconds(-SECONDS));
    let bound = store::queue::activity::nth_newest(tx.db, LOOK)?.unwrap_or_default();
    Ok(ActivityId(from.0 - 1).max(week_ago).max(bound))
}
