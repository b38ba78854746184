//! Queues what a parked peer missed, once it responds again: in order, from the first activity that was not
//! queued for it, a week and a thousand activities at most. The peer stays parked until all of it is queued,
//! so that nothing newer overtakes it. The recipients are read from the activity's own addressing: the
//! followers its sender has at that peer, the actors it names there, and for an author's Update or Delete,
//! the followers of the community it names.

use crate::context::Federation;
use crate::outgoing::fan_out::{CHUNK, PendingDelivery, add, lost_lease};
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

/// The greatest age of an activity that is sent.
const MAX_AGE_SECONDS: i64 = 7 * 86_400;
/// The most activities that are sent: the newest.
const MAX_SENT: usize = 1_000;
/// The most activities that are read: the newest.
const MAX_READ: i64 = 10_000;
/// The number that is read at a time.
const PAGE_SIZE: i64 = 200;

impl Job<Federation> for CatchUp {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(catch_up(fed, id, self.peer, self.after).await?)
    }
}

/// Queues what a peer missed, and unparks it. Fails where another run has the job.
async fn catch_up(fed: &Federation, job: JobId, peer: PeerId, after: ActivityId) -> Outcome<()> {
    let parked = move |db: &mut Db| parked(db, peer);
    let Some(parked_peer) = fed.store().read(parked).await? else {
        return Ok(());
    };
    // A job that has not started has the smallest cursor.
    let mut cursor = (after > ActivityId::default()).then_some(after);
    let mut this = CatchUp { peer, after };
    loop {
        let missed = match cursor {
            Some(after) => missed(fed, &parked_peer, after).await?,
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
        cursor = unpark_or_continue(fed, job, this.clone(), peer).await?;
        let Some(after) = cursor else {
            tracing::info!(host = parked_peer.host, "peer caught up");
            return Ok(());
        };
        this = CatchUp { peer, after };
    }
}

/// A peer that responds again.
#[derive(Clone)]
struct ParkedPeer {
    id: PeerId,
    host: String,
}

/// Returns the peer, if it is parked.
fn parked(db: &mut Db, id: PeerId) -> Outcome<Option<ParkedPeer>> {
    let peer = store::peer::by_id(db, id)?.filter(|peer| peer.state == PeerState::Parked);
    Ok(peer.map(|Peer { id, host, .. }| ParkedPeer { id, host }))
}

/// Returns the deliveries of the activities after a cursor that concern the peer, in order.
async fn missed(
    fed: &Federation,
    parked_peer: &ParkedPeer,
    mut after: ActivityId,
) -> Outcome<Vec<Vec<PendingDelivery>>> {
    let mut all: Vec<Vec<PendingDelivery>> = Vec::new();
    loop {
        let parked_peer = parked_peer.clone();
        let (page, last) = fed
            .store()
            .read(move |db| read_page(db, &parked_peer, after))
            .await?;
        let Some(last) = last else { break };
        all.extend(page);
        after = last;
    }
    let surplus = all.len().saturating_sub(MAX_SENT);
    all.drain(..surplus);
    Ok(all)
}

/// Reads one page: the deliveries of each activity that concerns the peer, and the last activity, if there is
/// one.
fn read_page(
    db: &mut Db,
    parked_peer: &ParkedPeer,
    after: ActivityId,
) -> Outcome<(Vec<Vec<PendingDelivery>>, Option<ActivityId>)> {
    let page = store::queue::activity::since(db, after, PAGE_SIZE)?;
    let mut followers_by_actor: HashMap<ActorId, Vec<String>> = HashMap::new();
    for (sender, inbox) in store::follow::inboxes_of_peer(db, parked_peer.id)? {
        followers_by_actor.entry(sender).or_default().push(inbox);
    }
    let last = page.last().map(|activity| activity.id);
    let mut found = Vec::new();
    for activity in &page {
        let inboxes = inboxes(db, parked_peer, &followers_by_actor, activity)?;
        let deliveries = inboxes.into_iter().map(|inbox| PendingDelivery {
            activity: activity.id,
            inbox,
            peer: parked_peer.id,
        });
        let deliveries: Vec<PendingDelivery> = deliveries.collect();
        if !deliveries.is_empty() {
            found.push(deliveries);
        }
    }
    Ok((found, last))
}

/// Returns the peer's inboxes that an activity is addressed to.
fn inboxes(
    db: &mut Db,
    parked_peer: &ParkedPeer,
    followers_by_actor: &HashMap<ActorId, Vec<String>>,
    activity: &row::Activity,
) -> Outcome<BTreeSet<String>> {
    let Ok(json) = serde_json::from_str::<Activity>(&activity.json) else {
        return Ok(BTreeSet::new());
    };
    let addressed: Vec<&String> = json.to.iter().chain(&json.cc).collect();
    let mut inboxes = BTreeSet::new();
    if let Some(followers) = followers_by_actor.get(&activity.actor_id) {
        let sender = store::raw::actor::by_id(db, activity.actor_id)?;
        let url = sender.and_then(|sender| sender.followers_url);
        if url.is_some_and(|url| addressed.iter().any(|to| **to == url)) {
            inboxes.extend(followers.iter().cloned());
        }
    }
    let by_author = matches!(json.kind.as_str(), "Update" | "Delete");
    for id in json.audience.iter().filter(|_| by_author) {
        if let Some(place) = store::raw::actor::by_ap_id(db, id)?
            && let Some(followers) = followers_by_actor.get(&place.id)
        {
            inboxes.extend(followers.iter().cloned());
        }
    }
    for id in addressed {
        let host = Url::parse(id).ok().as_ref().and_then(authority);
        if host.is_some_and(|host| host == parked_peer.host)
            && let Some(actor) = store::raw::actor::by_ap_id(db, id)?
        {
            inboxes.insert(actor.delivery_inbox);
        }
    }
    Ok(inboxes)
}

/// Groups whole activities, at most [`CHUNK`] deliveries together (or one activity's).
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

/// Queues a chunk and advances the job, in one transaction.
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
                return Err(lost_lease());
            }
            add(tx, &chunk)
        })
        .await
}

/// Unparks the peer if it has missed nothing else, in one transaction; otherwise returns the cursor to continue
/// from.
async fn unpark_or_continue(
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
                return Err(lost_lease());
            }
            if after.is_none() {
                store::peer::unpark(tx.db, peer)?;
            }
            Ok(after)
        })
        .await
}

/// Returns the cursor before an activity, or before the first one that is not too old.
fn after(tx: &mut Tx<'_>, from: ActivityId) -> Outcome<ActivityId> {
    let week_ago = model::id::first_of(tx.now.plus_seconds(-MAX_AGE_SECONDS));
    let bound = store::queue::activity::nth_newest(tx.db, MAX_READ)?.unwrap_or_default();
    Ok(ActivityId(from.0 - 1).max(week_ago).max(bound))
}
