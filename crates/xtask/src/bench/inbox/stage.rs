//! The instance that receives: a community with threads, the servers known to it, and a way to see
//! how much still waits.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use model::peer::InboundState;
use model::{FollowId, InboundId, Time};
use store::{Db, Store, StoreError, row};
use tokio::runtime::{Builder, Runtime};

use super::Letter;
use super::peer::{Peer, in_parallel};
use crate::bench::Setting;
use crate::bench::http::Connection;
use crate::bench::instance::{Database, Instance};
use crate::bench::sample::Sample;

/// Connections the load comes in on.
const CONNECTIONS: usize = 64;
/// How often it is looked what still waits.
const LOOK: Duration = Duration::from_millis(20);
/// By then everything must be taken in.
const PATIENCE: Duration = Duration::from_secs(120);
/// What each writer does; below what anybody may write at once.
const WRITES_EACH: usize = 50;

const COMMUNITY: &str = "handover";

/// An instance to be written to.
pub struct Stage<'a> {
    /// What the world calls its threads.
    pub threads: Vec<String>,
    /// The instance.
    pub instance: Instance,
    peers: &'a [Peer],
    runtime: Runtime,
    store: Store,
}

/// What one course found.
pub struct Course {
    /// From sending a request to its answer.
    pub sample: Sample,
    /// From the first request to the last answer.
    pub answered: Duration,
    /// From the first request until nothing waited.
    pub taken_in: Duration,
    /// The server's processor time until all that followed was done.
    pub cpu: Duration,
    /// Its memory then.
    pub rss_mb: f64,
}

impl Course {
    /// Activities a second.
    pub fn rate(&self, took: Duration) -> f64 {
        self.count() / took.as_secs_f64()
    }

    /// Processor time for one activity, microseconds.
    pub fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.count()
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    fn count(&self) -> f64 {
        self.sample.count() as f64
    }
}

impl<'a> Stage<'a> {
    /// Sets an instance up, starts the threads, and makes the servers known to it.
    ///
    /// # Errors
    /// When the instance cannot be started or filled.
    pub fn set(
        setting: &Setting,
        database: Database,
        peers: &'a [Peer],
        threads: usize,
    ) -> Result<Self> {
        let mut instance = Instance::set_up_on(setting, "inbox", database)?;
        let people = (0..threads.div_ceil(WRITES_EACH))
            .map(|n| instance.add_person(&format!("writer-{n}"), &format!("Writer {n}")));
        let people: Vec<_> = people.collect::<Result<_>>()?;
        instance.start()?;
        let mut connection = instance.site.connect()?;
        let founder = people.first().context("nobody writes")?;
        founder.found(&mut connection, COMMUNITY)?;
        let mut started = Vec::new();
        for (n, person) in people.iter().cycle().take(threads).enumerate() {
            let thread = person.start(&mut connection, COMMUNITY, &format!("Thread {n}"))?;
            started.push(thread.ap_id);
        }
        Self::over(instance, peers, started)
    }

    /// Over a running instance with these threads; makes the servers known to it.
    ///
    /// # Errors
    /// When its database cannot be opened.
    pub fn over(instance: Instance, peers: &'a [Peer], threads: Vec<String>) -> Result<Self> {
        let options = store::OpenOptions {
            readers: 1,
            create: false,
            ..store::OpenOptions::default()
        };
        let stage = Self {
            threads,
            store: Store::open(&instance.database_url(), options)?,
            runtime: Builder::new_current_thread().enable_all().build()?,
            instance,
            peers,
        };
        stage.greet()?;
        Ok(stage)
    }

    /// Runs something in one write of its database.
    ///
    /// # Errors
    /// The database's.
    pub fn write<T: Send + 'static>(
        &self,
        write: impl Fn(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T> {
        Ok(self.runtime.block_on(self.store.write(write))?)
    }

    /// One activity of each actor that means nothing here: their servers are asked who they are.
    fn greet(&self) -> Result<()> {
        let signers = self.peers.iter().flat_map(|peer| {
            [peer.person(), peer.group()].map(|signer| Letter {
                peer,
                activity: serde_json::json!({
                    "id": format!("{signer}/hello"), "type": "Like", "actor": signer,
                    "object": peer.at("/nothing"),
                }),
                signer,
            })
        });
        let letters: Vec<Letter<'_>> = signers.collect();
        self.send(&letters)?;
        self.await_rest()
    }

    /// Somebody here follows the community of every server, so that it is listened to.
    ///
    /// # Errors
    /// When one of them is not known.
    pub fn follow_groups(&self) -> Result<()> {
        let groups: Vec<String> = self.peers.iter().map(Peer::group).collect();
        self.write(move |db| {
            let reader = store::actor::by_address(db, "writer-0", "")?;
            let reader = reader.ok_or(StoreError::Closed)?;
            for (n, row) in (1..).zip(store::actor::by_ap_ids(db, &groups)?) {
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

    /// Sends the letters and waits until all are taken in, and all that followed from them is done.
    ///
    /// # Errors
    /// When one is not answered with 202, or not taken in.
    pub fn run(&self, letters: &[Letter<'_>]) -> Result<Course> {
        self.instance.settle()?;
        let done = self.count(InboundState::Done)?;
        let cpu = self.instance.cpu()?;
        let (sample, began, answered) = self.send(letters)?;
        self.await_rest()?;
        let taken_in = began.elapsed();
        self.instance.settle()?;
        let done = self.count(InboundState::Done)? - done;
        if usize::try_from(done) != Ok(letters.len()) {
            let why = self.reasons()?;
            anyhow::bail!("{done} of {} were taken in: {why}", letters.len());
        }
        Ok(Course {
            sample,
            answered,
            taken_in,
            cpu: self.instance.cpu()?.saturating_sub(cpu),
            rss_mb: self.instance.rss_mb()?,
        })
    }

    /// Signs, then sends on all connections; answers how long each answer took, when the first was
    /// sent, and how long all took.
    fn send(&self, letters: &[Letter<'_>]) -> Result<(Sample, Instant, Duration)> {
        let site = &self.instance.site;
        let signed = in_parallel(letters, |letter| {
            letter.peer.letter(site, &letter.signer, &letter.activity)
        })?;
        let open: Vec<Connection> = (0..CONNECTIONS)
            .map(|_| site.connect())
            .collect::<Result<_>>()?;
        let began = Instant::now();
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
        Ok((measured.into_iter().collect(), began, began.elapsed()))
    }

    /// Until nothing waits.
    fn await_rest(&self) -> Result<()> {
        let began = Instant::now();
        while self.count(InboundState::Waiting)? > 0 {
            ensure!(began.elapsed() < PATIENCE, "activities still wait");
            thread::sleep(LOOK);
        }
        Ok(())
    }

    fn count(&self, state: InboundState) -> Result<i64> {
        let read = move |db: &mut Db| -> Result<i64, StoreError> {
            Ok(store::queue::inbound::count(db, state)?)
        };
        Ok(self.runtime.block_on(self.store.read(read))?)
    }

    /// Why something was not taken in.
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

fn post(connection: &mut Connection, letter: &[u8]) -> Result<Duration> {
    let (sent, mut body) = (Instant::now(), Vec::new());
    let status = connection.exchange(letter, &mut body)?;
    ensure!(
        status == 202,
        "answered {status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(sent.elapsed())
}
