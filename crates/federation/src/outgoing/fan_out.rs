//! Queues deliveries: one per activity and distinct inbox, a chunk at a time. The inboxes are read once, before
//! anything is written; which peers are parked or blocked, with each chunk. Nothing is sent to our own
//! inboxes.

use crate::context::Federation;
use delivery::jobs::Job;
use domain::{Error, Outcome, Tx};
use model::job::{JobError, Payload};
use model::peer::{AnnounceForm, DeliveryState};
use model::{ActivityId, ActorId, ActorState, JobId, PeerId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use store::queue::activity::DeliveryOrder;
use store::{Db, StoreError, row};

/// Deliveries queued in one transaction.
pub const CHUNK: usize = 500;

/// The recipients of an activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipients {
    /// The remote followers of a local actor.
    Followers(ActorId),
    /// Every server that has something of a local actor: those of its followers, of the actors it
    /// follows, and those that got its posts.
    Readers(ActorId),
    /// These remote actors.
    Actors(Vec<ActorId>),
}

/// Activities that are still to be queued for the same recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFanOut {
    /// The stored activities, in order.
    pub activities: Vec<ActivityId>,
    pub to: Vec<Recipients>,
    /// Inboxes up to here are done: the index in `to`, a space, and the last inbox queued there.
    pub after: String,
}

/// The rest of a job whose activities have more deliveries than one transaction takes. It replaces that job in
/// its row, with its order key, so that newer jobs of the conversation wait for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FanOut {
    /// In order.
    pub pending: Vec<PendingFanOut>,
}

impl Payload for FanOut {
    const KIND: &'static str = "fan_out";
}

impl Job<Federation> for FanOut {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        let to = self.pending.iter().flat_map(|pending| &pending.to);
        let audience = RecipientInboxes::read(fed, to).await?;
        Ok(continue_fan_out(fed, id, self.pending.clone(), Arc::new(audience)).await?)
    }
}

/// Queues the rest, a chunk at a time. Each chunk advances the job in the same transaction: finished deliveries
/// are deleted, so a chunk that is queued twice could be sent twice. Fails where another run has the job.
pub(crate) async fn continue_fan_out(
    fed: &Federation,
    job: JobId,
    mut left: Vec<PendingFanOut>,
    audience: Arc<RecipientInboxes>,
) -> Outcome<()> {
    while !left.is_empty() {
        let (this, audience) = (left, Arc::clone(&audience));
        left = fed
            .ops()
            .write(move |tx| {
                let (deliveries, rest) = next_chunk(&this, &audience);
                let now = FanOut {
                    pending: this.clone(),
                };
                let next = (!rest.is_empty()).then(|| FanOut {
                    pending: rest.clone(),
                });
                if !store::queue::jobs::advance(tx.db, job, &now, next.as_ref())? {
                    return Err(lost_lease());
                }
                queue(tx, deliveries)?;
                Ok(rest)
            })
            .await?;
    }
    Ok(())
}

/// Returns the error for a job that another run has advanced, so that it does not count as done.
pub(crate) fn lost_lease() -> Error {
    Error::Fault(StoreError::Internal("another run has this job".to_owned()))
}

/// A delivery to queue: an activity and an inbox.
pub(crate) struct PendingDelivery {
    pub activity: ActivityId,
    pub inbox: String,
    pub peer: PeerId,
}

/// Queues deliveries, except to parked or blocked peers. The first activity that a parked peer misses is
/// recorded.
pub(crate) fn queue(tx: &mut Tx<'_>, mut deliveries: Vec<PendingDelivery>) -> Outcome<()> {
    let peers: Vec<PeerId> = distinct(deliveries.iter().map(|delivery| delivery.peer));
    let excluded = store::peer::excluded(tx.db, &peers)?;
    let missed = deliveries
        .iter()
        .filter(|delivery| excluded.contains(&delivery.peer));
    if let Some(first) = missed.map(|delivery| delivery.activity).min() {
        let excluded: Vec<PeerId> = excluded.iter().copied().collect();
        store::peer::record_missed(tx.db, &excluded, first)?;
    }
    deliveries.retain(|delivery| !excluded.contains(&delivery.peer));
    add(tx, &deliveries)
}

/// Inserts deliveries, except those of a form that the peer refuses; existing ones stay.
pub(crate) fn add(tx: &mut Tx<'_>, deliveries: &[PendingDelivery]) -> Outcome<()> {
    let mut orders: HashMap<ActivityId, DeliveryOrder> = HashMap::new();
    for id in distinct(deliveries.iter().map(|delivery| delivery.activity)) {
        if let Some(order) = store::queue::activity::delivery_order(tx.db, id)? {
            orders.insert(id, order);
        }
    }
    let refused = refused_forms(tx, deliveries, &orders)?;
    let rows: Vec<row::Delivery> = deliveries
        .iter()
        .filter_map(|delivery| {
            let order = orders.get(&delivery.activity)?;
            let form = order.form_at(delivery.peer);
            let is_refused = |form| refused.contains(&(delivery.peer, form));
            // Who did not get the Announce by id needs no Undo of it.
            let is_unannounced =
                form == Some(AnnounceForm::UndoById) && is_refused(AnnounceForm::ById);
            if is_unannounced || form.is_some_and(is_refused) {
                return None;
            }
            Some(row::Delivery {
                id: tx.id(),
                activity_id: delivery.activity,
                peer_id: delivery.peer,
                inbox: delivery.inbox.clone(),
                order_key: order.order_key.clone(),
                subject: order.subject.clone(),
                form,
                state: DeliveryState::Waiting,
                attempts: 0,
                next_at: tx.now,
                last_error: None,
                created_at: tx.now,
            })
        })
        .collect();
    if !rows.is_empty() {
        store::queue::delivery::enqueue(tx.db, &rows)?;
    }
    Ok(())
}

/// Returns the forms of Announce that the peers refuse to which one is to be queued.
fn refused_forms(
    tx: &mut Tx<'_>,
    deliveries: &[PendingDelivery],
    orders: &HashMap<ActivityId, DeliveryOrder>,
) -> Outcome<HashSet<(PeerId, AnnounceForm)>> {
    let has_form = |delivery: &&PendingDelivery| {
        let order = orders.get(&delivery.activity);
        order.is_some_and(|order| order.form_at(delivery.peer).is_some())
    };
    let of_forms = deliveries.iter().filter(has_form);
    let peers = distinct(of_forms.map(|delivery| delivery.peer));
    if peers.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(store::peer::refused_form::of(tx.db, &peers)?)
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}

type Inboxes = Vec<(String, PeerId)>;

/// The inboxes of each kind of recipients, distinct, in byte order.
#[derive(Default)]
pub(crate) struct RecipientInboxes(Vec<(Recipients, Inboxes)>);

impl RecipientInboxes {
    /// Reads each kind once, for any number of activities.
    pub(crate) async fn read<'a>(
        fed: &Federation,
        to: impl Iterator<Item = &'a Recipients>,
    ) -> Outcome<Self> {
        let mut sorts: Vec<Recipients> = Vec::new();
        for recipients in to {
            if !sorts.contains(recipients) {
                sorts.push(recipients.clone());
            }
        }
        if sorts.is_empty() {
            return Ok(Self::default());
        }
        let (urls, policy) = (fed.urls()?, fed.ops().policy());
        fed.store()
            .read(move |db| -> Outcome<Self> {
                let mut all = Vec::with_capacity(sorts.len());
                for recipients in sorts {
                    let mut inboxes = inboxes(db, &recipients)?;
                    // A peer's actor may name an inbox of ours.
                    inboxes.retain(|(inbox, _)| {
                        !urls.is_ours(inbox) && policy.refuses_url(inbox).is_none()
                    });
                    all.push((recipients, inboxes));
                }
                Ok(Self(all))
            })
            .await
    }

    fn of(&self, recipients: &Recipients) -> &[(String, PeerId)] {
        let known = self.0.iter().find(|(known, _)| known == recipients);
        known.map_or(&[], |(_, inboxes)| inboxes)
    }
}

fn inboxes(db: &mut Db, recipients: &Recipients) -> Outcome<Inboxes> {
    let mut found = match recipients {
        Recipients::Followers(actor) => store::follow::inboxes(db, *actor)?,
        Recipients::Readers(actor) => store::follow::reader_inboxes(db, *actor)?,
        Recipients::Actors(actors) => of_actors(db, actors)?,
    };
    found.sort_unstable();
    found.dedup_by(|a, b| a.0 == b.0);
    Ok(found)
}

fn of_actors(db: &mut Db, ids: &[ActorId]) -> Outcome<Inboxes> {
    let mut inboxes: BTreeMap<String, PeerId> = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        for actor in store::raw::actor::by_ids(db, chunk)?.into_values() {
            if let (Some(peer), ActorState::Active) = (actor.peer_id, actor.state) {
                inboxes.insert(actor.delivery_inbox, peer);
            }
        }
    }
    Ok(inboxes.into_iter().collect())
}

/// Returns the next deliveries, at most [`CHUNK`], and the rest. Activities with the same recipients are queued
/// side by side, so that a server gets them over one connection.
pub(crate) fn next_chunk(
    activities: &[PendingFanOut],
    audience: &RecipientInboxes,
) -> (Vec<PendingDelivery>, Vec<PendingFanOut>) {
    let mut deliveries = Vec::new();
    let mut activities = activities.iter();
    while let Some(pending) = activities.next() {
        let room = (CHUNK - deliveries.len()) / pending.activities.len().max(1);
        let (inboxes, after) = next_inboxes(pending, audience, room);
        for activity in &pending.activities {
            deliveries.extend(inboxes.iter().map(|(inbox, peer)| PendingDelivery {
                activity: *activity,
                inbox: inbox.clone(),
                peer: *peer,
            }));
        }
        if let Some(after) = after {
            let rest = PendingFanOut {
                after,
                ..pending.clone()
            };
            return (
                deliveries,
                std::iter::once(rest).chain(activities.cloned()).collect(),
            );
        }
    }
    (deliveries, Vec::new())
}

/// Returns at most `room` inboxes after a cursor, and the new cursor where more remain. An inbox that belongs
/// to several recipients is returned with the first of them.
fn next_inboxes(
    pending: &PendingFanOut,
    audience: &RecipientInboxes,
    room: usize,
) -> (Inboxes, Option<String>) {
    let (start, mut last) = read_cursor(&pending.after);
    let mut taken = Inboxes::new();
    for (place, recipients) in pending.to.iter().enumerate().skip(start) {
        let inboxes = audience.of(recipients);
        let from = inboxes.partition_point(|(inbox, _)| *inbox <= last);
        for (inbox, peer) in inboxes.iter().skip(from) {
            let mut earlier = pending.to.iter().take(place);
            if earlier.any(|to| has(audience.of(to), inbox)) {
                continue;
            }
            if taken.len() >= room {
                return (taken, Some(format!("{place} {last}")));
            }
            taken.push((inbox.clone(), *peer));
            last.clone_from(inbox);
        }
        last.clear();
    }
    (taken, None)
}

fn has(inboxes: &[(String, PeerId)], inbox: &str) -> bool {
    inboxes
        .binary_search_by(|(known, _)| known.as_str().cmp(inbox))
        .is_ok()
}

fn read_cursor(after: &str) -> (usize, String) {
    let parts = after.split_once(' ');
    let place = parts.and_then(|(place, inbox)| Some((place.parse().ok()?, inbox.to_owned())));
    place.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followers(actor: i64) -> Recipients {
        Recipients::Followers(ActorId(actor))
    }

    fn pending(activities: &[i64], to: Vec<Recipients>) -> PendingFanOut {
        PendingFanOut {
            activities: activities.iter().copied().map(ActivityId).collect(),
            to,
            after: String::new(),
        }
    }

    fn inboxes(range: std::ops::Range<i64>) -> Inboxes {
        range
            .map(|n| (format!("inbox {n:05}"), PeerId(n)))
            .collect()
    }

    #[test]
    fn a_cursor_is_a_place_and_an_inbox() {
        assert_eq!(read_cursor(""), (0, String::new()));
        assert_eq!(
            read_cursor("2 https://b.test/inbox"),
            (2, "https://b.test/inbox".to_owned())
        );
        assert_eq!(read_cursor("https://b.test/inbox"), (0, String::new()));
    }

    #[test]
    fn chunks_reach_every_inbox_once_and_keep_the_order() {
        let audience = RecipientInboxes(vec![
            (followers(1), inboxes(0..700)),
            (followers(2), inboxes(600..1_200)),
        ]);
        let both = vec![followers(1), followers(2)];
        let mut left = vec![pending(&[1, 2], both), pending(&[3], vec![followers(2)])];
        let mut sent: Vec<(ActivityId, PeerId)> = Vec::new();
        while !left.is_empty() {
            let (deliveries, rest) = next_chunk(&left, &audience);
            assert!(!deliveries.is_empty() && deliveries.len() <= CHUNK);
            sent.extend(
                deliveries
                    .iter()
                    .map(|delivery| (delivery.activity, delivery.peer)),
            );
            left = rest;
        }
        assert_eq!(sent.len(), 2 * 1_200 + 600);
        for peer in 0..1_200 {
            let got = sent.iter().filter(|(_, to)| *to == PeerId(peer));
            let got: Vec<i64> = got.map(|(activity, _)| activity.0).collect();
            let wanted: &[i64] = if peer < 600 { &[1, 2] } else { &[1, 2, 3] };
            assert_eq!(got, wanted, "at {peer}");
        }
    }

    #[test]
    fn activities_to_nobody_are_done() {
        let (deliveries, rest) = next_chunk(
            &[pending(&[1], vec![followers(9)])],
            &RecipientInboxes::default(),
        );
        assert!(deliveries.is_empty() && rest.is_empty());
    }
}
