//! Tests of how slots and lanes are shared among many peers.

use super::delivery_log::{self, Lease};
use super::failure_policy::{DeliveryOutcome, DeliveryResult};
use super::{Activity, Delivery, DeliveryHooks, HookError, Scheduler};
use crate::Context;
use async_trait::async_trait;
use client::{Client, ClientConfig, Guard};
use http::HeaderName;
use httpsig::SigningKey;
use model::peer::DeliveryState;
use model::{ActivityId, ActorId, DeliveryId, PeerId, Time};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::queue::{activity, delivery};
use store::testing::Fresh;
use store::{Db, StoreError, row};

/// The peer whose id is greater than those of all others.
const LAST: PeerId = PeerId(1_000);

/// Hooks of deliveries that are never run.
struct NoHooks;

#[async_trait]
impl DeliveryHooks for NoHooks {
    fn content_type(&self) -> &'static str {
        "application/json"
    }

    async fn signing_key(&self, _activity: &Activity) -> Result<SigningKey, HookError> {
        Err(HookError::Impossible("no key".to_owned()))
    }

    async fn extra_headers(
        &self,
        _activity: &Activity,
        _peer: PeerId,
    ) -> Result<Vec<(HeaderName, String)>, HookError> {
        Ok(Vec::new())
    }

    async fn inbox_gone(&self, _inbox: &str) -> Result<bool, HookError> {
        Ok(false)
    }

    fn refused(
        &self,
        _db: &mut Db,
        _activity: ActivityId,
        _peer: PeerId,
        _now: Time,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    fn peer_revived(&self, _db: &mut Db, _peer: PeerId, _now: Time) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A database with one activity, and a clock that is set forward by the test.
struct Stage {
    store: Fresh,
    seconds: Arc<AtomicI64>,
}

impl Stage {
    /// Queues the activity for so many peers, which may have failed last, and then for [`LAST`].
    async fn new(others: i64, have_failed: bool) -> Self {
        let stage = Self {
            store: store::testing::sqlite(),
            seconds: Arc::default(),
        };
        stage
            .write(move |db| {
                insert_activity(db)?;
                for id in 1..=others {
                    let peer = meet(db, PeerId(id))?;
                    if have_failed {
                        store::peer::record_failure(db, peer, "away", start(), false, start())?;
                    }
                    delivery::enqueue(db, &[queued(id, peer, "thread")])?;
                }
                let last = meet(db, LAST)?;
                Ok(delivery::enqueue(db, &[queued(1_000, last, "thread")])?)
            })
            .await;
        stage
    }

    async fn write<T: Send + 'static>(
        &self,
        write: impl Fn(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.write_read_committed(write).await.unwrap()
    }

    fn scheduler(&self, holder: i64) -> Scheduler {
        let seconds = Arc::clone(&self.seconds);
        let context = Context {
            store: self.store.clone(),
            now: Arc::new(move || start().plus_seconds(seconds.load(Ordering::SeqCst))),
            wake: Arc::new(|| {}),
        };
        let now = Arc::new(|| start().utc());
        let client = Client::new(ClientConfig::new(Guard::default(), "test", now)).unwrap();
        Scheduler::new(&context, client, Arc::new(NoHooks), holder)
    }

    async fn waiting(&self) -> i64 {
        self.write(|db| Ok(delivery::count(db, DeliveryState::Waiting)?))
            .await
    }

    async fn lane_holder(&self, peer: PeerId) -> i64 {
        self.write(move |db| Ok(store::peer::by_id(db, peer)?.unwrap().lane_holder))
            .await
    }
}

fn start() -> Time {
    Time::from_unix_millis(1_800_000_000_000)
}

fn meet(db: &mut Db, id: PeerId) -> Result<PeerId, StoreError> {
    Ok(store::peer::get_or_insert(
        db,
        id,
        &format!("h{id}.test"),
        start(),
    )?)
}

fn insert_activity(db: &mut Db) -> Result<(), StoreError> {
    store::testing::run_sql(
        db,
        "INSERT INTO actor (id, kind, handle, host, state, ap_id, url, inbox, delivery_inbox, \
         name, summary_md, summary_html, pronouns, job_title, organization, languages, \
         picture_alt, indexable, created_at, updated_at, follower_count, post_count) \
         VALUES (1, 'person', 'ann', '', 'active', 'a', 'a', '', '', '', '', '', '', '', '', '', \
         '', TRUE, '2027-01-01 00:00:00', '2027-01-01 00:00:00', 0, 0)",
    )?;
    let row = row::Activity {
        id: ActivityId(1),
        ap_id: "x".to_owned(),
        actor_id: ActorId(1),
        kind: "Create".to_owned(),
        once_key: "x".to_owned(),
        order_key: "thread".to_owned(),
        subject: "x".to_owned(),
        form: None,
        origin_peer_id: None,
        signing_key_id: None,
        public: true,
        post_id: None,
        json: "{}".to_owned(),
        created_at: start(),
    };
    activity::freeze(db, &row)?;
    Ok(())
}

fn queued(id: i64, peer: PeerId, order_key: &str) -> row::Delivery {
    row::Delivery {
        id: DeliveryId(id),
        activity_id: ActivityId(1),
        peer_id: peer,
        inbox: format!("https://h{peer}.test/inbox?{id}"),
        order_key: order_key.to_owned(),
        subject: id.to_string(),
        form: None,
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at: start(),
        last_error: None,
        created_at: start(),
    }
}

/// Returns the results of deliveries that were all accepted.
fn delivered(scheduler: &Scheduler, deliveries: &[Delivery]) -> Vec<DeliveryResult> {
    let results = deliveries.iter().map(|delivery| DeliveryResult {
        outcome: DeliveryOutcome::Delivered,
        ..scheduler.panicked(delivery.id(), String::new()).unwrap()
    });
    results.collect()
}

/// Opens lanes and returns as many deliveries as there are slots.
async fn start_all(scheduler: &mut Scheduler) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    for _ in 0..10 {
        scheduler.exchange(Vec::new(), true).await.unwrap();
        deliveries.extend(scheduler.next_deliveries());
    }
    deliveries
}

#[tokio::test]
async fn failing_peers_leave_their_slots_to_the_others() {
    let stage = Stage::new(200, true).await;
    let mut scheduler = stage.scheduler(7);
    let deliveries = start_all(&mut scheduler).await;
    let peers: Vec<PeerId> = deliveries.iter().map(Delivery::peer).collect();
    let distinct: HashSet<PeerId> = peers.iter().copied().collect();
    assert_eq!(distinct.len(), peers.len(), "one probe for each");
    assert!(distinct.contains(&LAST), "though they are older");
    assert_eq!(peers.len(), 65, "64 probes at a time");
    scheduler.close().await.unwrap();
    assert_eq!(stage.lane_holder(PeerId(1)).await, 0);
}

#[tokio::test]
async fn a_long_backlog_is_sent_without_another_notification() {
    let stage = Stage::new(0, false).await;
    let backlog = (1..=300).map(|id| queued(id, LAST, &format!("backlog {id}")));
    let backlog: Vec<_> = backlog.collect();
    stage
        .write(move |db| Ok(delivery::enqueue(db, &backlog)?))
        .await;
    let mut scheduler = stage.scheduler(7);
    let (mut results, mut sent) = (Vec::new(), 0);
    loop {
        scheduler.exchange(results, true).await.unwrap();
        let deliveries = scheduler.next_deliveries();
        if deliveries.is_empty() && !scheduler.has_more() {
            break;
        }
        sent += deliveries.len();
        results = delivered(&scheduler, &deliveries);
    }
    assert_eq!(stage.waiting().await, 0, "{sent} were sent");
    scheduler.close().await.unwrap();
}

#[tokio::test]
async fn peers_that_begin_to_hang_leave_their_slots_to_the_others() {
    let stage = Stage::new(300, false).await;
    let mut scheduler = stage.scheduler(7);
    let first = start_all(&mut scheduler).await;
    assert_eq!(first.len(), 256, "as many as there are slots");
    assert!(first.iter().all(|delivery| delivery.peer() != LAST));
    stage.seconds.store(2, Ordering::SeqCst);
    let second = start_all(&mut scheduler).await;
    assert_eq!(second.len(), 45, "none has ended");
    assert!(second.iter().any(|delivery| delivery.peer() == LAST));
}

#[tokio::test]
async fn a_lane_is_read_after_it_was_leased() {
    let stage = Stage::new(0, false).await;
    let free = |db: &mut Db| {
        let after = PeerId(0);
        Ok(delivery::free_lanes(
            db,
            delivery::Health::Healthy,
            after,
            start(),
            8,
        )?)
    };
    let seen = stage.write(free).await;
    assert_eq!(seen.iter().map(|peer| peer.id).collect::<Vec<_>>(), [LAST]);

    let mut scheduler = stage.scheduler(7);
    let mut results = Vec::new();
    while stage.waiting().await > 0 {
        scheduler.exchange(results, true).await.unwrap();
        let deliveries = scheduler.next_deliveries();
        results = delivered(&scheduler, &deliveries);
    }
    scheduler.close().await.unwrap();

    let lease = Lease {
        holder: 8,
        now: start(),
        until: start().plus_seconds(60),
    };
    let acquire = move |db: &mut Db| delivery_log::acquire(db, lease, seen.clone());
    assert!(
        stage.write(acquire).await.is_empty(),
        "nothing is sent twice"
    );
    assert_eq!(stage.write(free).await.len(), 0);
    assert_eq!(stage.lane_holder(LAST).await, 0, "it is released");
}

#[tokio::test]
async fn a_delivery_in_flight_when_its_sender_died_may_be_a_repeat() {
    let stage = Stage::new(0, false).await;
    let mut scheduler = stage.scheduler(7);
    let first = start_all(&mut scheduler).await;
    assert!(first.iter().all(|delivery| !delivery.refusal.may_repeat));
    drop(scheduler);
    stage.write(|db| Ok(delivery::release_all(db)?)).await;
    let again = start_all(&mut stage.scheduler(8)).await;
    let ids = |deliveries: &[Delivery]| deliveries.iter().map(Delivery::id).collect::<Vec<_>>();
    assert_eq!(ids(&again), ids(&first));
    assert!(again.iter().all(|delivery| delivery.refusal.may_repeat));
}

#[tokio::test]
async fn the_last_failure_of_a_peer_says_what_when_and_why_and_stays() {
    let stage = Stage::new(0, false).await;
    let lease = Lease {
        holder: 7,
        now: start(),
        until: start().plus_seconds(60),
    };
    let record = async |outcome: DeliveryOutcome| {
        let write = move |db: &mut Db| {
            let (due, _) = delivery::due(db, LAST, start(), &delivery::Busy::default())?;
            let results = due.into_iter().map(|row| DeliveryResult {
                row,
                outcome: outcome.clone(),
            });
            let unwritten = delivery_log::Unwritten {
                results: results.collect(),
                ..delivery_log::Unwritten::default()
            };
            let request = delivery_log::LaneRequest::default();
            delivery_log::exchange(db, &NoHooks, lease, &unwritten, &request)?;
            Ok(store::peer::last_failure::of(db, &[LAST])?.remove(&LAST))
        };
        stage.write(write).await
    };
    let retry = DeliveryOutcome::Retry {
        why: "400 Bad Request".to_owned(),
        seconds: 0,
    };
    let failed = record(retry).await.unwrap();
    let told = (failed.kind.as_str(), failed.why.as_str(), failed.at);
    assert_eq!(told, ("Create", "400 Bad Request", start()));
    assert_eq!(record(DeliveryOutcome::Delivered).await, Some(failed));
}
