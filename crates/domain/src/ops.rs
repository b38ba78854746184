//! The only way to write. A verb runs in one transaction; the jobs and notices that follow from
//! its facts are committed with it; the job runner is woken after the commit.

mod number;

use crate::{Error, Outcome, listeners};
use model::access::{Reader, Viewer};
use model::id::IdMint;
use model::peer::policy::Policy;
use model::refusal::Rule;
use model::{ActorId, Clock, Fact, Site, Time, Urls};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, RwLock};
use store::row::Activity;
use store::{Db, Store};

/// The parts of [`Ops`].
pub struct OpsConfig {
    pub store: Store,
    /// The source of the current time.
    pub clock: Arc<dyn Clock>,
    /// Mints the ids of this process.
    pub ids: IdMint,
    /// Called after each commit that may have left work: jobs, deliveries, inbound rows.
    pub wake: Box<dyn Fn() + Send + Sync>,
}

struct OpsState {
    config: OpsConfig,
    site: RwLock<CachedSite>,
    /// How many verbs have been committed.
    changes: AtomicU64,
    /// Numbers the readings of the site, so that a slow one never replaces a later one's.
    readings: AtomicU64,
    /// Is told after a commit whose open pages are out of date, see [`Ops::when_outdated`].
    when_outdated: OnceLock<OutdatedListener>,
}

/// Is called with the people whose open pages are out of date.
type OutdatedListener = Box<dyn Fn(&BTreeSet<ActorId>) + Send + Sync>;

/// The settings of the instance and its federation policy, as last read.
#[derive(Default)]
struct CachedSite {
    /// The number of the reading.
    number: u64,
    site: Option<Arc<Site>>,
    policy: Arc<Policy>,
    /// Identifies the rules that were read, so that they are read again only after a change.
    stamp: String,
}

/// Runs verbs, each in one transaction. Cheap to clone.
#[derive(Clone)]
pub struct Ops(Arc<OpsState>);

impl fmt::Debug for Ops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ops")
    }
}

/// One transaction, as a verb sees it.
pub struct Tx<'a> {
    pub db: &'a mut Db,
    /// The time of the transaction.
    pub now: Time,
    ids: &'a IdMint,
    site: Option<&'a Site>,
    policy: &'a Policy,
    urls: Option<Urls>,
    facts: Vec<Fact>,
    outdated: BTreeSet<ActorId>,
    announcement: Option<Activity>,
}

/// What a verb leaves besides its answer.
struct Effects {
    /// How many jobs were added.
    jobs: usize,
    /// Whose open pages are out of date.
    outdated: BTreeSet<ActorId>,
}

impl Tx<'_> {
    /// Mints an id.
    pub fn id<I: From<i64>>(&self) -> I {
        self.ids.next(self.now)
    }

    /// Whether ids are ahead of the clock, which was set back: until it has caught up, an id does not tell
    /// when it was minted.
    pub fn ids_are_ahead(&self) -> bool {
        let minted = model::id::minted_at(self.id::<model::JobId>().0);
        minted > self.now.plus_seconds(60)
    }

    /// Mints URLs below our origin.
    ///
    /// # Errors
    /// `Refusal::NotAllowed(Setup)` before the setup.
    pub fn urls(&self) -> Outcome<Urls> {
        self.urls.clone().ok_or(Error::not_allowed(Rule::Setup))
    }

    /// Returns the settings of the instance.
    ///
    /// # Errors
    /// `Refusal::NotAllowed(Setup)` before the setup.
    pub fn site(&self) -> Outcome<&Site> {
        self.site.ok_or(Error::not_allowed(Rule::Setup))
    }

    /// Returns the federation policy as last read.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        self.policy
    }

    /// Sets the origin that the setup has just chosen.
    pub(crate) fn set_origin(&mut self, origin: &str) {
        self.urls = Some(Urls::new(origin));
    }

    /// Passes in the rendered announcement of what the verb will do in a local community. Where nobody
    /// on another server follows the community, it is written to the outbox without a job.
    pub fn set_announcement(&mut self, announcement: Activity) {
        self.announcement = Some(announcement);
    }

    /// Takes the announcement that was passed in.
    pub(crate) fn take_announcement(&mut self) -> Option<Activity> {
        self.announcement.take()
    }

    /// Returns an actor as the reader, now.
    #[must_use]
    pub const fn reader(&self, who: ActorId) -> Reader {
        Reader {
            viewer: Viewer::Person(who),
            now: self.now,
        }
    }

    /// Has the open pages of somebody look again after the commit: their notices or their sessions changed.
    pub(crate) fn outdate(&mut self, who: ActorId) {
        self.outdated.insert(who);
    }

    /// Records a fact, for the listeners.
    pub fn record(&mut self, fact: Fact) {
        self.facts.push(fact);
    }
}

impl Ops {
    /// Call [`Ops::refresh_site`] before the first verb.
    #[must_use]
    pub fn new(config: OpsConfig) -> Self {
        Self(Arc::new(OpsState {
            config,
            site: RwLock::default(),
            changes: AtomicU64::new(0),
            readings: AtomicU64::new(1),
            when_outdated: OnceLock::new(),
        }))
    }

    /// Has `listener` called after each commit that changed notices or sessions of people, with whose they are.
    /// A second call has no effect.
    pub fn when_outdated(&self, listener: impl Fn(&BTreeSet<ActorId>) + Send + Sync + 'static) {
        // The first listener stays.
        let _ = self.0.when_outdated.set(Box::new(listener));
    }

    /// Tells the listener whose open pages are out of date.
    fn tell_outdated(&self, outdated: &BTreeSet<ActorId>) {
        if let Some(listener) = self.0.when_outdated.get()
            && !outdated.is_empty()
        {
            listener(outdated);
        }
    }

    /// Returns the database, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.config.store
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.0.config.clock.now()
    }

    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.config.clock)
    }

    /// Mints an id outside a verb, for a row of a queue.
    #[must_use]
    pub fn id<I: From<i64>>(&self) -> I {
        self.0.config.ids.next(self.now())
    }

    /// Returns the settings of the instance as last read; `None` before the setup.
    #[must_use]
    pub fn site(&self) -> Option<Arc<Site>> {
        self.0.site.read().ok()?.site.clone()
    }

    /// Returns the federation policy as last read.
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

    /// Reads the settings and the federation policy again: at the start, after a change, and every few
    /// seconds because another process may have changed them.
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

    /// Counts the verbs that this process has committed and the readings of the settings. While it
    /// stays the same, no process but others has changed anything.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::SeqCst)
    }

    /// Wakes the job runner.
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
        let (answer, effects) = self.store().write(self.in_database(verb)).await?;
        self.0.changes.fetch_add(1, Ordering::SeqCst);
        self.wake();
        self.tell_outdated(&effects.outdated);
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
            let (answer, effects) = queued.await?;
            ops.0.changes.fetch_add(1, Ordering::SeqCst);
            if effects.jobs > 0 {
                ops.wake();
            }
            ops.tell_outdated(&effects.outdated);
            Ok(answer)
        }
    }

    /// Wraps a verb for the store, with the settings and the policy as they are now.
    fn in_database<T, F>(
        &self,
        verb: F,
    ) -> impl Fn(&mut Db) -> Outcome<(T, Effects)> + Send + use<T, F>
    where
        F: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    {
        let (inner, site, policy) = (Arc::clone(&self.0), self.site(), self.policy());
        move |db| run(db, &inner.config, site.as_deref(), &policy, &verb)
    }
}

/// Reads the settings and, where they have changed, the rules.
fn read_again(db: &mut Db, number: u64, known: Arc<Policy>, stamp: &str) -> Outcome<CachedSite> {
    let now = store::peer::rule::stamp(db)?;
    let policy = if now == stamp {
        known
    } else {
        Arc::new(store::peer::rule::policy(db)?)
    };
    Ok(CachedSite {
        number,
        site: store::site::site(db)?.map(Arc::new),
        policy,
        stamp: now,
    })
}

/// Runs a verb and the listeners of its facts.
fn run<T>(
    db: &mut Db,
    config: &OpsConfig,
    site: Option<&Site>,
    policy: &Policy,
    verb: &dyn Fn(&mut Tx<'_>) -> Outcome<T>,
) -> Outcome<(T, Effects)> {
    let mut tx = Tx {
        db,
        now: config.clock.now(),
        ids: &config.ids,
        site,
        policy,
        urls: site.map(|site| Urls::new(&site.url)),
        facts: Vec::new(),
        outdated: BTreeSet::new(),
        announcement: None,
    };
    let answer = verb(&mut tx)?;
    let facts = std::mem::take(&mut tx.facts);
    let jobs = listeners::run(&mut tx, facts)?;
    let outdated = std::mem::take(&mut tx.outdated);
    Ok((answer, Effects { jobs, outdated }))
}
