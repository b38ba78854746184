//! Decides which lanes are open and which delivery is sent next, and records how each ended. Failing
//! peers have slots of their own, so that those that hang do not delay the others.

use super::DeliveryHooks;
use super::activity_cache::ActivityCache;
use super::delivery_log::{self, Failure, LaneRequest, LaneUpdate, Lease, Unwritten};
use super::failure_policy::{self, DeliveryOutcome, DeliveryResult, PeerHealth, RefusalMeaning};
use super::lane::{Lane, Next};
use super::send::Sender;
use crate::Context;
use client::Client;
use lru::LruCache;
use model::{DeliveryId, PeerId, Time};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use store::queue::delivery::Health;
use store::{StoreError, row};

/// The number of concurrent requests to healthy peers.
const HEALTHY_SLOTS: usize = 256;
/// The number of slow requests to healthy peers that take no slot: they are older than a second and
/// may hang. Without this, peers that begin to hang would delay the others until they time out.
const SLOW_SLOTS: usize = 512;
/// The number of concurrent requests to failing peers, one each.
const PROBE_SLOTS: usize = 64;
/// The number of lanes opened in one write.
const MAX_OPENED: usize = 64;
/// The lease of a lane in seconds; more than a request may take.
const LEASE_SECONDS: i64 = 60;
/// The number of peers whose recent answers are kept in memory.
const RECENT_PEERS: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// The last accepted delivery of a peer is recorded at most once in so many seconds.
pub const ACCEPTED_INTERVAL_SECONDS: i64 = 20;

/// A delivery to run.
pub struct Delivery {
    sender: Arc<Sender>,
    row: row::Delivery,
    pub(super) refusal: RefusalMeaning,
}

impl Delivery {
    #[must_use]
    pub const fn id(&self) -> DeliveryId {
        self.row.id
    }

    #[must_use]
    pub const fn peer(&self) -> PeerId {
        self.row.peer_id
    }

    /// Signs and posts it.
    pub async fn run(self) -> DeliveryResult {
        let outcome = self.sender.send(&self.row, self.refusal).await;
        DeliveryResult {
            row: self.row,
            outcome,
        }
    }
}

/// A search for free lanes through all peers in order; a notification during it starts another one
/// after it.
#[derive(Debug, Clone, Copy, Default)]
struct LaneSearch {
    after: PeerId,
    is_active: bool,
    restart: bool,
}

impl LaneSearch {
    const fn notify(&mut self) {
        if self.is_active {
            self.restart = true;
        } else {
            self.is_active = true;
        }
    }

    fn reached(&mut self, last: Option<PeerId>) {
        if let Some(last) = last {
            self.after = last;
        } else {
            *self = Self {
                is_active: self.restart,
                ..Self::default()
            };
        }
    }
}

/// The recent answers of a peer.
#[derive(Debug, Clone, Copy, Default)]
struct RecentAnswers {
    /// When it last accepted a delivery; the database may be some seconds behind.
    accepted_at: Option<Time>,
    /// How many of its last answers in a row were `InboxClosed`.
    closed: u32,
    /// How many deliveries in a row it left without an answer, or answered 500.
    broken: u32,
}

/// The scheduler of one process.
pub struct Scheduler {
    context: Context,
    sender: Arc<Sender>,
    holder: i64,
    lanes: HashMap<PeerId, Lane>,
    searches: [(Health, LaneSearch); 2],
    recent: LruCache<PeerId, RecentAnswers>,
    unwritten: Unwritten,
}

impl Scheduler {
    /// Creates a scheduler without lanes that searches for due deliveries. `holder` names this process
    /// in its leases.
    #[must_use]
    pub fn new(
        context: &Context,
        client: Client,
        hooks: Arc<dyn DeliveryHooks>,
        holder: i64,
    ) -> Self {
        let sender = Sender {
            store: context.store.clone(),
            client,
            hooks,
            activities: ActivityCache::default(),
        };
        let mut scheduler = Self {
            context: context.clone(),
            sender: Arc::new(sender),
            holder,
            lanes: HashMap::new(),
            searches: [Health::Healthy, Health::Failing]
                .map(|health| (health, LaneSearch::default())),
            recent: LruCache::new(RECENT_PEERS),
            unwritten: Unwritten::default(),
        };
        scheduler.notify();
        scheduler
    }

    /// Records that new deliveries may be due in any lane.
    pub fn notify(&mut self) {
        for (_, search) in &mut self.searches {
            search.notify();
        }
        for lane in self.lanes.values_mut() {
            lane.is_stale = true;
        }
    }

    /// Returns the result for a task that panicked: since it would panic again, its row is set aside.
    #[must_use]
    pub fn panicked(&self, id: DeliveryId, why: String) -> Option<DeliveryResult> {
        let row = self.lanes.values().find_map(|lane| lane.in_flight(id))?;
        Some(DeliveryResult {
            row: row.clone(),
            outcome: DeliveryOutcome::SetAside(why),
        })
    }

    /// Records results, reads lanes that may have more, releases lanes, and with `open` opens others,
    /// in one write.
    ///
    /// # Errors
    /// Faults of the database; the results are kept for the next call.
    pub async fn exchange(
        &mut self,
        results: Vec<DeliveryResult>,
        open: bool,
    ) -> Result<(), StoreError> {
        let now = self.context.now();
        for result in results {
            self.note(result, now);
        }
        let request = self.request(now, open);
        if self.unwritten.is_empty() && request.is_empty() {
            return Ok(());
        }
        let lease = Lease {
            holder: self.holder,
            now,
            until: now.plus_seconds(LEASE_SECONDS),
        };
        let (unwritten, request) = (Arc::new(self.unwritten.clone()), Arc::new(request));
        let has_revived = !unwritten.revived.is_empty();
        let (hooks, sent) = (Arc::clone(&self.sender.hooks), Arc::clone(&request));
        let write =
            move |db: &mut store::Db| delivery_log::exchange(db, &*hooks, lease, &unwritten, &sent);
        let update = self.context.store.write_read_committed(write).await?;
        self.unwritten = Unwritten::default();
        self.update_lanes(&request, update, lease);
        if has_revived {
            self.context.wake();
        }
        Ok(())
    }

    /// Applies a result to its lane and notes what is to be recorded.
    fn note(&mut self, result: DeliveryResult, now: Time) {
        let peer = result.peer();
        let DeliveryResult { row, outcome } = result;
        let has_answered = matches!(
            outcome,
            DeliveryOutcome::Delivered | DeliveryOutcome::Retry { .. }
        );
        let is_delivered = outcome == DeliveryOutcome::Delivered;
        let health = self.health(peer, &outcome, now);
        let outcome = outcome.considering(&row, health);
        let next = match outcome {
            DeliveryOutcome::Delivered | DeliveryOutcome::SetAside(_) => Next::All,
            DeliveryOutcome::Retry { .. } => Next::OtherSubjects,
            DeliveryOutcome::PeerFailed(_)
            | DeliveryOutcome::Busy { .. }
            | DeliveryOutcome::InboxClosed { .. }
            | DeliveryOutcome::InboxGone
            | DeliveryOutcome::NotAttempted => Next::OtherConversations,
        };
        let mut had_failed = false;
        if let Some(lane) = self.lanes.get_mut(&peer) {
            lane.ended(row.id, next);
            had_failed = lane.has_failed;
            lane.has_failed |= outcome.is_peer_failure();
            // A success that was in flight beside a failure does not end it.
            let is_revived = has_answered && !had_failed && !lane.is_healthy;
            if is_revived {
                lane.revive();
                self.unwritten.revived.push(peer);
            }
            let record_after = lane
                .accepted_at
                .map(|at| at.plus_seconds(ACCEPTED_INTERVAL_SECONDS));
            if is_delivered && (is_revived || record_after < Some(now)) {
                lane.accepted_at = Some(now);
                self.unwritten.accepted.push(peer);
            }
        }
        let failure = failure(peer, &outcome, !had_failed);
        self.unwritten.failures.extend(failure);
        self.unwritten.results.push(DeliveryResult { row, outcome });
    }

    /// Returns the health of a peer before this outcome, and updates its recent answers.
    fn health(&mut self, peer: PeerId, outcome: &DeliveryOutcome, now: Time) -> PeerHealth {
        let lane = self.lanes.get(&peer);
        let before = self.recent.get(&peer).copied().unwrap_or_default();
        let health = PeerHealth {
            now,
            accepted_at: before
                .accepted_at
                .max(lane.and_then(|lane| lane.accepted_at)),
            is_healthy: lane.is_none_or(|lane| lane.is_healthy),
            closed_answers: before.closed,
            broken_answers: before.broken,
        };
        let after = match outcome {
            DeliveryOutcome::Delivered => RecentAnswers {
                accepted_at: Some(now),
                closed: 0,
                broken: 0,
            },
            DeliveryOutcome::Retry { .. } => RecentAnswers {
                closed: 0,
                broken: 0,
                ..before
            },
            DeliveryOutcome::InboxClosed { .. } => RecentAnswers {
                closed: before.closed.saturating_add(1),
                broken: 0,
                ..before
            },
            DeliveryOutcome::PeerFailed(why) if failure_policy::is_broken(why) => RecentAnswers {
                broken: before.broken.saturating_add(1),
                ..before
            },
            DeliveryOutcome::SetAside(_)
            | DeliveryOutcome::PeerFailed(_)
            | DeliveryOutcome::Busy { .. }
            | DeliveryOutcome::InboxGone
            | DeliveryOutcome::NotAttempted => before,
        };
        self.recent.put(peer, after);
        health
    }

    /// Returns what is to be read and changed in the next write.
    fn request(&self, now: Time, open: bool) -> LaneRequest {
        let renew_before = now.plus_seconds(LEASE_SECONDS / 2);
        let mut request = LaneRequest::default();
        for lane in self.lanes.values() {
            request.known.insert(lane.peer);
            if lane.is_finished() {
                request.release.push(lane.peer);
                continue;
            }
            if lane.leased_until < renew_before {
                request.renew.push(lane.peer);
            }
            if open && lane.needs_refill(now) {
                request
                    .refill
                    .push((lane.peer, lane.busy(), lane.is_idle()));
            }
        }
        for (health, search) in &self.searches {
            let count = self.free_lanes(*health, now).min(MAX_OPENED);
            if open && search.is_active && count > 0 {
                request.open.push((*health, search.after, count));
            }
        }
        request
    }

    /// Returns how many more lanes may be opened: each needs a slot.
    fn free_lanes(&self, health: Health, now: Time) -> usize {
        let of_lane = |lane: &Lane, slow: usize| lane.in_flight_count().max(1) - slow;
        slots(health).saturating_sub(self.used_slots(health, now, of_lane))
    }

    /// Returns how many more requests may start.
    fn free_slots(&self, health: Health, now: Time) -> usize {
        let of_lane = |lane: &Lane, slow: usize| lane.in_flight_count() - slow;
        slots(health).saturating_sub(self.used_slots(health, now, of_lane))
    }

    /// Returns the used slots: those of each lane without its slow requests, and the slow requests
    /// beyond [`SLOW_SLOTS`]. A probe uses its slot until it ends.
    fn used_slots(
        &self,
        health: Health,
        now: Time,
        of_lane: impl Fn(&Lane, usize) -> usize,
    ) -> usize {
        let (mut used, mut all_slow) = (0, 0);
        for lane in self.lanes.values().filter(|lane| health_of(lane) == health) {
            let slow = match health {
                Health::Healthy => lane.slow_count(now),
                Health::Failing => 0,
            };
            all_slow += slow;
            used += of_lane(lane, slow);
        }
        used + all_slow.saturating_sub(SLOW_SLOTS)
    }

    fn update_lanes(&mut self, request: &LaneRequest, update: LaneUpdate, lease: Lease) {
        let closed = request.release.iter();
        for peer in closed.chain(&update.released).chain(&update.lost) {
            let lane = self.lanes.remove(peer);
            if lane.is_some_and(|lane| lane.has_used_turn()) {
                // Its remaining rows are found by another search, which nothing else would start.
                self.searches(Health::Healthy).for_each(LaneSearch::notify);
            }
        }
        for peer in &request.renew {
            if let Some(lane) = self.lanes.get_mut(peer) {
                lane.leased_until = lease.until;
            }
        }
        for (peer, due) in update.due {
            if let Some(lane) = self.lanes.get_mut(&peer) {
                lane.refill(lease.now, due);
            }
        }
        for (peer, due) in update.opened {
            let lane = Lane::open(&peer, (lease.now, lease.until), due);
            self.lanes.insert(peer.id, lane);
        }
        for (health, last) in update.cursors {
            self.searches(health)
                .for_each(|search| search.reached(last));
        }
    }

    fn searches(&mut self, health: Health) -> impl Iterator<Item = &mut LaneSearch> {
        let all = self.searches.iter_mut();
        all.filter_map(move |(of, search)| (*of == health).then_some(search))
    }

    /// Returns the deliveries to start now: one of each lane in turn, while there are free slots.
    pub fn next_deliveries(&mut self) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        let now = self.context.now();
        for health in [Health::Healthy, Health::Failing] {
            let mut free = self.free_slots(health, now);
            loop {
                let before = deliveries.len();
                for lane in self.lanes.values_mut() {
                    if free > 0
                        && health_of(lane) == health
                        && let Some(row) = lane.next(now)
                    {
                        free -= 1;
                        deliveries.push(Delivery {
                            sender: Arc::clone(&self.sender),
                            refusal: lane.refusal_of(&row),
                            row,
                        });
                    }
                }
                if deliveries.len() == before {
                    break;
                }
            }
        }
        deliveries
    }

    /// Whether another exchange is needed at once.
    #[must_use]
    pub fn has_more(&self) -> bool {
        let now = self.context.now();
        let is_searching = |(health, search): &(Health, LaneSearch)| {
            search.is_active && self.free_lanes(*health, now) > 0
        };
        let lanes = || {
            self.lanes
                .values()
                .any(|lane| lane.is_finished() || lane.needs_refill(now))
        };
        self.searches.iter().any(is_searching) || lanes()
    }

    /// Whether all results are recorded.
    #[must_use]
    pub fn is_flushed(&self) -> bool {
        self.unwritten.is_empty()
    }

    /// Releases all lanes.
    ///
    /// # Errors
    /// Faults of the database; the lanes are free after their lease.
    pub async fn close(self) -> Result<(), StoreError> {
        let peers: Vec<PeerId> = self.lanes.into_keys().collect();
        let holder = self.holder;
        let write = move |db: &mut store::Db| -> Result<(), StoreError> {
            Ok(store::queue::delivery::release_lanes(db, &peers, holder)?)
        };
        self.context.store.write_read_committed(write).await
    }
}

/// Returns the failure to record for an outcome: of those in flight together only the first one counts,
/// but every request to wait does.
fn failure(peer: PeerId, outcome: &DeliveryOutcome, is_new: bool) -> Option<Failure> {
    let (why, retry_after) = match outcome {
        DeliveryOutcome::PeerFailed(why) => (why, None),
        DeliveryOutcome::Busy { why, seconds } => (why, *seconds),
        DeliveryOutcome::Delivered
        | DeliveryOutcome::Retry { .. }
        | DeliveryOutcome::SetAside(_)
        | DeliveryOutcome::InboxClosed { .. }
        | DeliveryOutcome::InboxGone
        | DeliveryOutcome::NotAttempted => return None,
    };
    let failure = Failure {
        peer,
        why: why.clone(),
        retry_after,
        is_new,
    };
    (is_new || retry_after.is_some()).then_some(failure)
}

const fn slots(health: Health) -> usize {
    match health {
        Health::Healthy => HEALTHY_SLOTS,
        Health::Failing => PROBE_SLOTS,
    }
}

/// Returns which slots a lane uses.
const fn health_of(lane: &Lane) -> Health {
    if lane.is_healthy {
        Health::Healthy
    } else {
        Health::Failing
    }
}
