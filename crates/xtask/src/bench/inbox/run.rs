//! The receiving instance: a community with threads, the sending servers as known peers, and a run that
//! sends activities and waits until they are processed.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use model::peer::InboundState;
use model::{FollowId, InboundId, Time};
use store::{Db, Store, StoreError, row};
use tokio::runtime::{Builder, Runtime};

use super::SignedActivity;
use super::peer::{Peer, in_parallel};
use crate::bench::BenchContext;
use crate::bench::http::Connection;
use crate::bench::instance::{BenchInstance, DatabaseKind};
use crate::bench::sample::Sample;

/// Connections on which activities are sent.
const CONNECTIONS: usize = 64;
/// The interval at which the queue's length is read.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// Limits the wait until every activity is processed.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Writes of each account; less than the rate limit allows at once.
const WRITES_EACH: usize = 50;

const COMMUNITY: &str = "handover";

/// A running instance with the ActivityPub ids of its threads, and access to its database.
pub struct InboxFixture<'a> {
    pub threads: Vec<String>,
    pub instance: BenchInstance,
    peers: &'a [Peer],
    runtime: Runtime,
    store: Store,
}

/// The result of one run.
pub struct InboxResult {
    /// The times from a request to its response.
    pub sample: Sample,
    /// The time from the first request to the last response.
    pub answered: Duration,
    /// The time from the first request until the queue was empty.
    pub processed: Duration,
    /// The server's processor time until the background work was done.
    pub cpu: Duration,
    /// The server's resident memory after that, in megabytes.
    pub rss_mb: f64,
}

impl InboxResult {
    /// Returns the activities per second.
    pub fn rate(&self, elapsed: Duration) -> f64 {
        self.count() / elapsed.as_secs_f64()
    }

    /// Returns the processor time for one activity, in microseconds.
    pub fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.count()
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    fn count(&self) -> f64 {
        self.sample.count() as f64
    }
}

impl<'a> InboxFixture<'a> {
    /// Sets up an instance, starts the threads, and introduces the peers.
    ///
    /// # Errors
    /// When the instance cannot be started or filled.
    pub fn start(
        context: &BenchContext,
        database: DatabaseKind,
        peers: &'a [Peer],
        threads: usize,
    ) -> Result<Self> {
        let mut instance = BenchInstance::set_up_on(context, "inbox", database)?;
        let people = (0..threads.div_ceil(WRITES_EACH))
            .map(|n| instance.add_person(&format!("writer-{n}"), &format!("Writer {n}")));
        let people: Vec<_> = people.collect::<Result<_>>()?;
        instance.start()?;
        let mut connection = instance.site.connect()?;
        let founder = people.first().context("there are no writers")?;
        founder.create_community(&mut connection, COMMUNITY)?;
        let mut started = Vec::new();
        for (n, person) in people.iter().cycle().take(threads).enumerate() {
            let thread = person.start_thread(&mut connection, COMMUNITY, &format!("Thread {n}"))?;
            started.push(thread.ap_id);
        }
        Self::with_instance(instance, peers, started)
    }

    /// Uses a running instance with these threads, and introduces the peers.
    ///
    /// # Errors
    /// When its database cannot be opened.
    pub fn with_instance(
        instance: BenchInstance,
        peers: &'a [Peer],
        threads: Vec<String>,
    ) -> Result<Self> {
        let options = store::OpenOptions {
            readers: 1,
            create: false,
            ..store::OpenOptions::default()
        };
        let fixture = Self {
            threads,
            store: Store::open(&instance.database_url(), options)?,
            runtime: Builder::new_current_thread().enable_all().build()?,
            instance,
            peers,
        };
        fixture.introduce_peers()?;
        Ok(fixture)
    }

    /// Runs a closure in one write transaction.
    ///
    /// # Errors
    /// The closure's, and the store's.
    pub fn write<T: Send + 'static>(
        &self,
        write: impl Fn(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        Ok(self.runtime.block_on(self.store.write(write))?)
    }

    /// Sends one activity without effect from each actor, so that the instance fetches the actors.
    fn introduce_peers(&self) -> Result<()> {
        let signers = self.peers.iter().flat_map(|peer| {
            [peer.person(), peer.group()].map(|signer| SignedActivity {
                peer,
                activity: serde_json::json!({
                    "id": format!("{signer}/hello"), "type": "Like", "actor": signer,
                    "object": peer.at("/nothing"),
                }),
                signer,
            })
        });
        let activities: Vec<SignedActivity<'_>> = signers.collect();
        self.send(&activities)?;
        self.wait_until_processed()
    }

    /// Inserts a local follower of each server's community, so that its announcements are accepted.
    ///
    /// # Errors
    /// When one of them is not known.
    pub fn follow_groups(&self) -> Result<()> {
        let groups: Vec<String> = self.peers.iter().map(Peer::group).collect();
        self.write(move |db| {
            let reader = store::actor::by_address(db, "writer-0", "")?;
            let reader = reader.ok_or(StoreError::Closed)?;
            for (n, row) in (1..).zip(store::raw::actor::by_ap_ids(db, &groups)?) {
                let follow = row::Follow {
                    id: FollowId(n),
                    follower_id: reader.id,
                    target_id: row.id,
                    ap_id: format!("bench follow {n}"),
                    accepted: true,
                    asked_at: Time::from_unix_millis(0),
                };
                store::follow::insert(db, &follow)?;
            }
            Ok(())
        })
    }

    /// Sends the activities and waits until all are processed and the background work is done.
    ///
    /// # Errors
    /// When one does not get status 202, or is not processed.
    pub fn run(&self, activities: &[SignedActivity<'_>]) -> Result<InboxResult> {
        self.instance.settle()?;
        let done = self.count(InboundState::Done)?;
        let cpu = self.instance.cpu()?;
        let (sample, started, answered) = self.send(activities)?;
        self.wait_until_processed()?;
        let processed = started.elapsed();
        self.instance.settle()?;
        let done = self.count(InboundState::Done)? - done;
        if usize::try_from(done) != Ok(activities.len()) {
            let why = self.reasons()?;
            anyhow::bail!(
                "{done} of {} activities were processed: {why}",
                activities.len()
            );
        }
        Ok(InboxResult {
            sample,
            answered,
            processed,
            cpu: self.instance.cpu()?.saturating_sub(cpu),
            rss_mb: self.instance.rss_mb()?,
        })
    }

    /// Signs, then sends on all connections; returns the time of each response, the start, and the time
    /// of all.
    fn send(&self, activities: &[SignedActivity<'_>]) -> Result<(Sample, Instant, Duration)> {
        let site = &self.instance.site;
        let signed = in_parallel(activities, |activity| {
            activity
                .peer
                .sign(site, &activity.signer, &activity.activity)
        })?;
        let open: Vec<Connection> = (0..CONNECTIONS)
            .map(|_| site.connect())
            .collect::<Result<_>>()?;
        let started = Instant::now();
        let measured = thread::scope(|scope| {
            let senders: Vec<_> = open
                .into_iter()
                .enumerate()
                .map(|(n, mut connection)| {
                    let mine = signed.iter().skip(n).step_by(CONNECTIONS);
                    scope.spawn(move || mine.map(|one| post(&mut connection, one)).collect())
                })
                .collect();
            let mut measured = Vec::with_capacity(signed.len());
            for sender in senders {
                let some: Result<Vec<Duration>> = sender
                    .join()
                    .map_err(|_panic| anyhow!("a sender panicked"))?;
                measured.extend(some?);
            }
            Ok::<_, anyhow::Error>(measured)
        })?;
        Ok((measured.into_iter().collect(), started, started.elapsed()))
    }

    /// Waits until the queue is empty.
    fn wait_until_processed(&self) -> Result<()> {
        let started = Instant::now();
        while self.count(InboundState::Waiting)? > 0 {
            ensure!(started.elapsed() < TIMEOUT, "activities are still queued");
            thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    fn count(&self, state: InboundState) -> Result<i64> {
        let read = move |db: &mut Db| -> Result<i64, StoreError> {
            Ok(store::queue::inbound::count(db, state)?)
        };
        Ok(self.runtime.block_on(self.store.read(read))?)
    }

    /// Returns the reasons for activities that were rejected or ignored.
    fn reasons(&self) -> Result<String> {
        let read = |db: &mut Db| -> Result<Vec<String>, StoreError> {
            let mut reasons = Vec::new();
            for state in [InboundState::Rejected, InboundState::Ignored] {
                let newest = InboundId(i64::MAX);
                for row in store::queue::inbound::list(db, state, newest, 3)? {
                    reasons.push(format!("{} {state}: {:?}", row.kind, row.reason));
                }
            }
            Ok(reasons)
        };
        Ok(self.runtime.block_on(self.store.read(read))?.join("; "))
    }
}

fn post(connection: &mut Connection, activity: &[u8]) -> Result<Duration> {
    let (sent, mut body) = (Instant::now(), Vec::new());
    let status = connection.exchange(activity, &mut body)?;
    ensure!(
        status == 202,
        "status {status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(sent.elapsed())
}
