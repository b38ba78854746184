//! What every handler holds. Cheap to clone.

use crate::limits::Limits;
use crate::remote::Remote;
use domain::keys::KeyPair;
use domain::password::Cost;
use domain::{Error, Ops, Outcome, password};
use ipnet::IpNet;
use model::refusal::Rule;
use model::{Clock, Site, Urls};
use std::sync::Arc;
use store::{Store, StoreError};
use tokio::sync::Semaphore;

/// Where new key pairs come from; called on a blocking thread.
pub type KeySource = Arc<dyn Fn() -> Option<KeyPair> + Send + Sync>;

/// What an `App` is made of.
pub struct AppConfig {
    /// The door.
    pub ops: Ops,
    /// Looks up what is elsewhere.
    pub remote: Arc<dyn Remote>,
    /// Where new key pairs come from.
    pub keys: KeySource,
    /// How hard passwords are hashed.
    pub cost: Cost,
    /// How often one may try.
    pub limits: Limits,
    /// The networks of the proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The address the configuration asks for; the setup takes no other.
    pub public_url: Option<String>,
    /// Where the source of what runs here can be read (AGPL-3.0 §13).
    pub source_url: Option<String>,
    /// For rate limits and sessions.
    pub clock: Arc<dyn Clock>,
}

/// The state of every handler.
#[derive(Clone)]
pub struct App(Arc<AppConfig>);

impl App {
    /// Puts it together.
    #[must_use]
    pub fn new(config: AppConfig) -> Self {
        Self(Arc::new(config))
    }

    /// The door.
    #[must_use]
    pub fn ops(&self) -> &Ops {
        &self.0.ops
    }

    /// The database, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.0.ops.store()
    }

    /// Looks up what is elsewhere.
    #[must_use]
    pub fn remote(&self) -> &dyn Remote {
        &*self.0.remote
    }

    /// How often one may try.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The proxies whose word is believed.
    #[must_use]
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.0.trusted_proxies
    }

    /// The address the configuration asks for, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> Option<&str> {
        self.0.public_url.as_deref()
    }

    /// Where the source of what runs here can be read, if anybody said.
    #[must_use]
    pub fn source_url(&self) -> Option<&str> {
        self.0.source_url.as_deref()
    }

    /// What the instance says of itself.
    ///
    /// # Errors
    /// `NotAllowed(Setup)` before the setup.
    pub fn site(&self) -> Outcome<Arc<Site>> {
        self.ops().site().ok_or(Error::not_allowed(Rule::Setup))
    }

    /// Mints our URLs.
    ///
    /// # Errors
    /// `NotAllowed(Setup)` before the setup.
    pub fn urls(&self) -> Outcome<Urls> {
        self.ops().urls().ok_or(Error::not_allowed(Rule::Setup))
    }

    /// A new key pair, made off the async threads.
    ///
    /// # Errors
    /// A fault where there is no randomness.
    pub async fn new_key(&self) -> Outcome<KeyPair> {
        let keys = Arc::clone(&self.0.keys);
        blocking(move || keys()).await
    }

    /// The hash of a new password, made off the async threads.
    ///
    /// # Errors
    /// `Invalid` on the field named where it is too short or too long.
    pub async fn hash_password(&self, field: &'static str, typed: &str) -> Outcome<String> {
        password::check(field, typed)?;
        let (typed, cost) = (typed.to_owned(), self.0.cost);
        blocking(move || password::hash(&typed, cost)).await
    }

    /// A password fits its hash; an empty hash takes as long and never fits.
    ///
    /// # Errors
    /// Faults only.
    pub async fn check_password(&self, typed: &str, hash: &str) -> Outcome<bool> {
        let (typed, hash) = (typed.to_owned(), hash.to_owned());
        blocking(move || Some(password::verify(&typed, &hash))).await
    }
}

/// Hashes and keys made at a time: a hash takes 19 MiB while it is made.
static AT_ONCE: Semaphore = Semaphore::const_new(8);

/// Runs work for the CPU off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Option<T> + Send + 'static,
) -> Outcome<T> {
    let turn = AT_ONCE.acquire().await;
    let done = tokio::task::spawn_blocking(work)
        .await
        .ok()
        .flatten()
        .ok_or_else(|| {
            Error::Fault(StoreError::Panic(
                "no randomness, or a crash in a worker".into(),
            ))
        });
    drop(turn);
    done
}
