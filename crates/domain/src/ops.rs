//! The only door that writes. A verb runs in one transaction; the jobs its facts call for are
//! committed with it; whoever runs jobs is woken after.

use crate::{Error, Outcome, plan};
use model::id::IdMint;
use model::refusal::Rule;
use model::{Clock, Fact, Site, Time, Urls};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
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

struct Inner {
    config: OpsConfig,
    site: RwLock<Read>,
    /// Numbers the readings of the site, so that a slow one never replaces a later one's.
    readings: AtomicU64,
}

/// What the instance says of itself, and by which reading that is known.
#[derive(Default)]
struct Read {
    number: u64,
    site: Option<Arc<Site>>,
}

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Ops(Arc<Inner>);

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
    urls: Option<Urls>,
    facts: Vec<Fact>,
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

    /// The setup has just chosen the origin.
    pub(crate) fn settle_origin(&mut self, origin: &str) {
        self.urls = Some(Urls::new(origin));
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
        Self(Arc::new(Inner {
            config,
            site: RwLock::default(),
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

    /// Mints URLs below our origin; `None` before the setup.
    #[must_use]
    pub fn urls(&self) -> Option<Urls> {
        self.site().map(|site| Urls::new(&site.url))
    }

    /// Reads again what the instance says of itself: at start, after a change, and every few
    /// seconds because another process may have changed it.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn refresh_site(&self) -> Outcome<()> {
        let number = self.0.readings.fetch_add(1, Ordering::SeqCst);
        let site = self
            .store()
            .read(|db| store::site::site(db).map_err(Error::from))
            .await?;
        if let Ok(mut known) = self.0.site.write()
            && known.number < number
        {
            *known = Read {
                number,
                site: site.map(Arc::new),
            };
        }
        Ok(())
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
        let (inner, site) = (Arc::clone(&self.0), self.site());
        let answer = self
            .store()
            .write(move |db| run(db, &inner.config, site.as_deref(), &verb))
            .await?;
        self.wake();
        Ok(answer)
    }
}

/// One run of a verb: its rows, and the jobs its facts call for.
fn run<T>(
    db: &mut Db,
    config: &OpsConfig,
    site: Option<&Site>,
    verb: &dyn Fn(&mut Tx<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let mut tx = Tx {
        db,
        now: config.clock.now(),
        ids: &config.ids,
        site,
        urls: site.map(|site| Urls::new(&site.url)),
        facts: Vec::new(),
    };
    let answer = verb(&mut tx)?;
    let (now, facts) = (tx.now, std::mem::take(&mut tx.facts));
    for job in facts.iter().flat_map(plan) {
        store::queue::jobs::insert(db, config.ids.next(now), &job, now, now)?;
    }
    Ok(answer)
}
