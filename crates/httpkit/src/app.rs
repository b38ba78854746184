//! The state of every handler. Cheap to clone.

use crate::body::BodyBudgets;
use crate::rate_limits::RateLimits;
use crate::remote::{Remote, RemoteObject};
use crate::streams::Streams;
use domain::keys::KeyPair;
use domain::password::Cost;
use domain::{Error, Ops, Outcome, password};
use ipnet::IpNet;
use mail::Mailer;
use model::mail::{BadAddress, MailAddress};
use model::refusal::Rule;
use model::{ActorId, Clock, Site, Urls, Why};
use query::{Reader, Viewer};
use std::sync::Arc;
use store::{Store, StoreError};
use tokio::sync::Semaphore;
use url::Url;

/// Makes new key pairs; called on a blocking thread.
pub type KeySource = Arc<dyn Fn() -> Option<KeyPair> + Send + Sync>;

/// Whether this server may connect to an address.
pub type UrlPolicy = Arc<dyn Fn(&Url) -> bool + Send + Sync>;

/// The parts of an [`App`].
pub struct AppConfig {
    /// Runs verbs: the only way to write.
    pub ops: Ops,
    /// Looks up actors and posts of other servers.
    pub remote: Arc<dyn Remote>,
    /// Makes new key pairs.
    pub keys: KeySource,
    /// Cost of password hashes.
    pub cost: Cost,
    /// Counts attempts.
    pub limits: RateLimits,
    /// Whether mail is sent; the demo's is read on a page.
    pub mailer: Mailer,
    /// The networks of proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The configured public URL; the setup accepts no other.
    pub public_url: Option<String>,
    /// Where the source code of this server is offered (AGPL-3.0 §13).
    pub source_url: Option<String>,
    /// The providers with which people sign in.
    pub providers: Vec<Arc<oidc::Provider>>,
    /// The clock of sessions.
    pub clock: Arc<dyn Clock>,
    /// How many event streams may be open at once.
    pub streams_max: usize,
    /// Whether this server may connect to the address of a browser at a push service.
    pub may_push_to: UrlPolicy,
}

/// The state of every handler.
#[derive(Clone)]
pub struct App(Arc<AppState>);

struct AppState {
    config: AppConfig,
    budgets: BodyBudgets,
    streams: Streams,
}

impl App {
    /// Wraps the parts. From now on, open streams are told of what is committed.
    #[must_use]
    pub fn new(config: AppConfig) -> Self {
        let streams = Streams::new(config.streams_max);
        let told = streams.clone();
        config.ops.when_outdated(move |people| told.wake(people));
        Self(Arc::new(AppState {
            config,
            budgets: BodyBudgets::default(),
            streams,
        }))
    }

    /// The open event streams.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// Runs verbs: the only way to write.
    #[must_use]
    pub fn ops(&self) -> &Ops {
        &self.0.config.ops
    }

    /// The database, whose queries are `query`'s.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.0.config.ops.store()
    }

    /// Reads as somebody, or as a guest: `app.read(me, |db, reader| query::…)`.
    ///
    /// # Errors
    /// Those of `f`.
    pub async fn read<T, F>(&self, person: Option<ActorId>, f: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut query::Db, Reader) -> Outcome<T> + Send + 'static,
    {
        let reader = Reader {
            viewer: Viewer::of(person),
            now: self.ops().now(),
        };
        self.store().read(move |db| f(db, reader)).await
    }

    /// Looks up actors and posts of other servers.
    #[must_use]
    pub fn remote(&self) -> &dyn Remote {
        &*self.0.config.remote
    }

    /// Looks up what a handle or URL names, for somebody who is signed in. A post that they may not see
    /// is like one that does not exist.
    ///
    /// # Errors
    /// As [`Remote::look_up`]; faults.
    pub async fn look_up(&self, me: ActorId, text: &str) -> Outcome<RemoteObject> {
        let found = self.remote().look_up(text).await?;
        if let RemoteObject::Post(id) = found {
            let visible = self.read(Some(me), move |db, reader| {
                query::post::is_visible(db, reader, id)
            });
            if !visible.await? {
                return Err(Error::not_found("remote"));
            }
        }
        Ok(found)
    }

    /// Counts attempts.
    #[must_use]
    pub fn limits(&self) -> &RateLimits {
        &self.0.config.limits
    }

    /// The memory that bodies of requests may take.
    pub(crate) fn body_budgets(&self) -> &BodyBudgets {
        &self.0.budgets
    }

    /// Says whether mail is sent, and has the demo's.
    #[must_use]
    pub fn mailer(&self) -> &Mailer {
        &self.0.config.mailer
    }

    /// Reads the address of a new account, which is asked for where this server sends mail.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn new_address(&self, typed: &str) -> Result<Option<MailAddress>, Why> {
        match self.mailer().is_configured() {
            true => typed
                .parse()
                .map(Some)
                .map_err(|bad: BadAddress| bad.into()),
            false => Ok(None),
        }
    }

    /// The networks of proxies whose `X-Forwarded-For` is trusted.
    #[must_use]
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.0.config.trusted_proxies
    }

    /// The configured public URL, without a trailing slash.
    #[must_use]
    pub fn public_url(&self) -> Option<&str> {
        self.0.config.public_url.as_deref()
    }

    /// Where the source code of this server is offered, where configured.
    #[must_use]
    pub fn source_url(&self) -> Option<&str> {
        self.0.config.source_url.as_deref()
    }

    /// The providers with which people sign in.
    #[must_use]
    pub fn providers(&self) -> &[Arc<oidc::Provider>] {
        &self.0.config.providers
    }

    /// Whether this server may connect to the address of a browser at a push service.
    #[must_use]
    pub fn may_push_to(&self, url: &Url) -> bool {
        (self.0.config.may_push_to)(url)
    }

    /// The settings of the instance.
    ///
    /// # Errors
    /// `NotAllowed(Setup)` before the setup.
    pub fn site(&self) -> Outcome<Arc<Site>> {
        self.ops().site().ok_or(Error::not_allowed(Rule::Setup))
    }

    /// Builds the URLs of this instance.
    ///
    /// # Errors
    /// `NotAllowed(Setup)` before the setup.
    pub fn urls(&self) -> Outcome<Urls> {
        self.ops().urls().ok_or(Error::not_allowed(Rule::Setup))
    }

    /// Makes a key pair on a blocking thread.
    ///
    /// # Errors
    /// A fault where the system has no randomness.
    pub async fn new_key(&self) -> Outcome<KeyPair> {
        let keys = Arc::clone(&self.0.config.keys);
        blocking(&KEY_PERMITS, move || keys()).await
    }

    /// Checks a new password and hashes it on a blocking thread.
    ///
    /// # Errors
    /// `Invalid` on the field named where it is too short or too long.
    pub async fn hash_password(&self, field: &'static str, typed: &str) -> Outcome<String> {
        password::check(field, typed)?;
        let (typed, cost) = (typed.to_owned(), self.0.config.cost);
        blocking(&PASSWORD_PERMITS, move || password::hash(&typed, cost)).await
    }

    /// Whether a password is an account's. Takes as long where the account has none.
    ///
    /// # Errors
    /// Faults only.
    pub async fn check_password_of(&self, account: ActorId, typed: &str) -> Outcome<bool> {
        let read = move |db: &mut query::Db| query::account::password(db, account);
        let hash = self.store().read(read).await?.unwrap_or_default();
        self.check_password(typed, &hash).await
    }

    /// Whether a password matches its hash. An empty hash takes as long and never matches.
    ///
    /// # Errors
    /// Faults only.
    pub async fn check_password(&self, typed: &str, hash: &str) -> Outcome<bool> {
        let (typed, hash) = (typed.to_owned(), hash.to_owned());
        blocking(&PASSWORD_PERMITS, move || {
            Some(password::verify(&typed, &hash))
        })
        .await
    }
}

/// Limits concurrent hashes: each takes 19 MiB, which the allocator gives back soon after.
static PASSWORD_PERMITS: Semaphore = Semaphore::const_new(2);
/// Limits concurrent generations of keys.
static KEY_PERMITS: Semaphore = Semaphore::const_new(8);

/// Runs CPU-bound work on a blocking thread.
async fn blocking<T: Send + 'static>(
    permits: &Semaphore,
    work: impl FnOnce() -> Option<T> + Send + 'static,
) -> Outcome<T> {
    let permit = permits.acquire().await;
    let done = tokio::task::spawn_blocking(work)
        .await
        .ok()
        .flatten()
        .ok_or_else(|| {
            Error::Fault(StoreError::Panic(
                "no randomness, or a crash in a worker".into(),
            ))
        });
    drop(permit);
    done
}
