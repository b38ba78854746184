//! The only door that writes. A verb runs in one transaction; the jobs and notices that follow from
//! its facts are committed with it; the job runner is woken after the commit.

mod number;

use crate::{Error, Outcome, listeners};
use model::access::{Reader, Viewer};
use model::id::IdMint;
use model::peer::policy::Policy;
use model::refusal::Rule;
use model::{ActorId, Clock, Fact, Site, Time, Urls};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use store::row::Activity;
use store::{Db, Store};

/// What `Ops` is made of.
pub struct OpsConfig {
    /// The database.
    pub store: Store,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Mints the ids of this process.
    pub ids: IdMint,
    /// Called after each commit that may have left work: jobs, deliveries, inbound rows.
    pub wake: Box<dyn Fn() + Send + Sync>,
}

struct OpsState {
    config: OpsConfig,
    site: RwLock<Read>,
    /// How many verbs have been committed.
    changes: AtomicU64,
    /// Numbers the readings of the site, so that a slow one never replaces a later one's.
    readings: AtomicU64,
}

/// What the instance says of itself and with whom it exchanges, and by which reading that is known.
#[derive(Default)]
struct Read {
    number: u64,
    site: Option<Arc<Site>>,
    policy: Arc<Policy>,
    /// Names the state of the rules that were read; they are many, and seldom change.
    stamp: String,
}

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Ops(Arc<OpsState>);

impl fmt::Debug for Ops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ops")
    }
}

/// One transaction, as a verb sees it.
pub struct Tx<'a> {
    /// The connection.
    pub db: &'a mut Db,
    /// The moment it all happens.
    pub now: Time,
    ids: &'a IdMint,
    site: Option<&'a Site>,
    policy: &'a Policy,
    urls: Option<Urls>,
    facts: Vec<Fact>,
    announcement: Option<Activity>,
}

impl Tx<'_> {
    /// Mints an id.
    pub fn id<I: From<i64>>(&self) -> I {
        self.ids.next(self.now)
    }

    /// Mints URLs below our origin.
    ///
    /// # Errors
    /// `Refusal::NotAllowed(Setup)` before the setup.
    pub fn urls(&self) -> Outcome<Urls> {
        self.urls.clone().ok_or(Error::not_allowed(Rule::Setup))
    }

    /// What the instance says of itself.
    ///
    /// # Errors
    /// `Refusal::NotAllowed(Setup)` before the setup.
    pub fn site(&self) -> Outcome<&Site> {
        self.site.ok_or(Error::not_allowed(Rule::Setup))
    }

    /// With whom we exchange, as last read.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        self.policy
    }

    /// The setup has just chosen the origin.
    pub(crate) fn settle_origin(&mut self, origin: &str) {
        self.urls = Some(Urls::new(origin));
    }

    /// Hands over what a community of ours would say of what a verb is about to do, rendered
    /// before: where nobody elsewhere listens it goes straight to the outbox, and calls for no job.
    pub fn offer(&mut self, announcement: Activity) {
        self.announcement = Some(announcement);
    }

    /// What was offered, once.
    pub(crate) fn take_offer(&mut self) -> Option<Activity> {
        self.announcement.take()
    }

    /// Somebody as a reader, now.
    #[must_use]
    pub const fn reader(&self, who: ActorId) -> Reader {
        Reader {
            viewer: Viewer::Person(who),
            now: self.now,
        }
    }

    /// Records what has happened.
    pub fn record(&mut self, fact: Fact) {
        self.facts.push(fact);
    }
}

impl Ops {
    /// Opens the door. Call [`Ops::refresh_site`] before the first verb.
    #[must_use]
    pub fn new(config: OpsConfig) -> Self {
        Self(Arc::new(OpsState {
            config,
            site: RwLock::default(),
            changes: AtomicU64::new(0),
            readings: AtomicU64::new(1),
        }))
    }

    /// The database, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.config.store
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.0.config.clock.now()
    }

    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.config.clock)
    }

    /// Mints an id outside a verb (a row of a queue).
    #[must_use]
    pub fn id<I: From<i64>>(&self) -> I {
        self.0.config.ids.next(self.now())
    }

    /// What the instance says of itself, as last read; `None` before the setup.
    #[must_use]
    pub fn site(&self) -> Option<Arc<Site>> {
        self.0.site.read().ok()?.site.clone()
    }

    /// With whom we exchange, as last read.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        let known = self.0.site.read();
        known
            .map(|known| Arc::clone(&known.policy))
            .unwrap_or_default()
    }

    /// Mints URLs below our origin; `None` before the setup.
    #[must_use]
    pub fn urls(&self) -> Option<Urls> {
        self.site().map(|site| Urls::new(&site.url))
    }

    /// Reads again what the instance says of itself and with whom it exchanges: at start, after a
    /// change, and every few seconds because another process may have changed it.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn refresh_site(&self) -> Outcome<()> {
        let number = self.0.readings.fetch_add(1, Ordering::SeqCst);
        let known = self.0.site.read();
        let (policy, stamp) = known
            .map(|known| (Arc::clone(&known.policy), known.stamp.clone()))
            .unwrap_or_default();
        let read = move |db: &mut Db| read_again(db, number, policy, &stamp);
        let read = self.store().read(read).await?;
        if let Ok(mut known) = self.0.site.write()
            && known.number < number
        {
            *known = read;
        }
        self.0.changes.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// How many verbs this process has committed, and how often it has read the site again: while
    /// it stays the same, so does what is here (but for what other processes do).
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::SeqCst)
    }

    /// Whoever runs jobs looks again.
    pub fn wake(&self) {
        (self.0.config.wake)();
    }

    /// Runs a verb. The closure may run more than once: it must do nothing but SQL.
    ///
    /// # Errors
    /// What the verb refuses, or a fault of the database; in both cases nothing has changed.
    pub async fn write<T, F>(&self, verb: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    {
        let (answer, _) = self.store().write(self.in_database(verb)).await?;
        self.0.changes.fetch_add(1, Ordering::SeqCst);
        self.wake();
        Ok(answer)
    }

    /// Like [`Ops::write`], but the verb is queued when this returns (see
    /// `Store::write_background`), and the job runner is woken only if the verb adds jobs.
    pub fn write_background<T, F>(
        &self,
        verb: F,
    ) -> impl Future<Output = Outcome<T>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    {
        let (ops, queued) = (
            self.clone(),
            self.store().write_background(self.in_database(verb)),
        );
        async move {
            let (answer, jobs) = queued.await?;
            ops.0.changes.fetch_add(1, Ordering::SeqCst);
            if jobs > 0 {
                ops.wake();
            }
            Ok(answer)
        }
    }

    /// What the store runs of a verb: with the site and the rules as they are now.
    fn in_database<T, F>(
        &self,
        verb: F,
    ) -> impl Fn(&mut Db) -> Outcome<(T, usize)> + Send + use<T, F>
    where
        F: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    {
        let (inner, site, policy) = (Arc::clone(&self.0), self.site(), self.policy());
        move |db| run(db, &inner.config, site.as_deref(), &policy, &verb)
    }
}

/// The site and, where they have changed, the rules.
fn read_again(db: &mut Db, number: u64, known: Arc<Policy>, stamp: &str) -> Outcome<Read> {
    let now = store::peer::rule::stamp(db)?;
    let policy = if now == stamp {
        known
    } else {
        Arc::new(store::peer::rule::policy(db)?)
    };
    Ok(Read {
        number,
        site: store::site::site(db)?.map(Arc::new),
        policy,
        stamp: now,
    })
}

/// Runs a verb and the listeners of its facts. Returns its answer and the number of new jobs.
fn run<T>(
    db: &mut Db,
    config: &OpsConfig,
    site: Option<&Site>,
    policy: &Policy,
    verb: &dyn Fn(&mut Tx<'_>) -> Outcome<T>,
) -> Outcome<(T, usize)> {
    let mut tx = Tx {
        db,
        now: config.clock.now(),
        ids: &config.ids,
        site,
        policy,
        urls: site.map(|site| Urls::new(&site.url)),
        facts: Vec::new(),
        announcement: None,
    };
    let answer = verb(&mut tx)?;
    let facts = std::mem::take(&mut tx.facts);
    let jobs = listeners::run(&mut tx, facts)?;
    Ok((answer, jobs))
}
