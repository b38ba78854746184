//! The one HTTP client for requests to other servers. Addresses are checked where the connection is
//! made, one redirect is followed and checked again, and each response is bounded in time and size.
//! No proxies, no cookies, and no retries, except one in the other form of signature.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod alternate;
mod body;
mod connection_pool;
mod error;
mod failure_cache;
mod fetch;
mod guard;
mod host_limit;
mod network_wait;
mod origin;
mod post;
mod request_coalescing;
mod resolve;
mod send;
mod signature_negotiation;
#[cfg(test)]
mod tests;

pub use error::{FetchError, PostError};
pub use fetch::{Fetched, IdMatch, JsonFormat};
pub use guard::{Blocked, Guard, Private};
pub use network_wait::{NetworkWait, NetworkWaits};
pub use origin::{same_origin, same_origin_text, without_fragment};
pub use post::{Accepted, SignedPost};
pub use resolve::{DnsLookup, HostMap};
pub use signature_negotiation::{SignatureForms, SignatureFormsError};

use chrono::{DateTime, Utc};
use connection_pool::LongIdleHosts;
use failure_cache::FailureCache;
use fetch::FetchResult;
use host_limit::HostLimits;
use request_coalescing::RequestCoalescer;
use resolve::Resolver;
use signature_negotiation::SignatureNegotiation;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use url::Url;

/// The source of the current time.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The client's configuration; [`ClientConfig::new`] returns the defaults for the open internet.
#[derive(Clone)]
pub struct ClientConfig {
    /// Where requests may go.
    pub guard: Guard,
    /// Hosts at fixed addresses, looked up on every connection (for instances in one process).
    pub host_map: Option<HostMap>,
    /// The `User-Agent` header: `Hedgerow/0.1.0 (+https://alpha.test/)`.
    pub user_agent: String,
    /// The largest JSON document, in bytes after decompression.
    pub max_json: usize,
    /// The limit for a whole request, including the wait for its host and the reading of the body.
    pub timeout: Duration,
    /// The limit for connecting.
    pub connect_timeout: Duration,
    /// How long a 404, a 410 or an unreachable server is remembered; zero turns this off.
    pub failure_ttl: Duration,
    /// The time for the dates of signatures.
    pub now: Now,
    /// Resolves the names that are not in `host_map`; the system's resolver by default.
    pub dns: DnsLookup,
}

impl ClientConfig {
    /// Returns the defaults: 1 MiB of JSON, 10 s in all and 5 s to connect, failures remembered for a
    /// minute.
    #[must_use]
    pub fn new(guard: Guard, user_agent: &str, now: Now) -> Self {
        Self {
            guard,
            host_map: None,
            user_agent: user_agent.to_owned(),
            max_json: 1024 * 1024,
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            failure_ttl: Duration::from_secs(60),
            now,
            dns: resolve::system(),
        }
    }
}

/// Whether requests to a host are refused by the instance's policy.
type HostPolicy = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The client. Cheap to clone; clones share connections, limits and caches.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    is_refused: Option<HostPolicy>,
    ignores_failure_cache: bool,
    /// How many documents may still be fetched; `None` for any number.
    documents_left: Option<Arc<AtomicU32>>,
}

struct Shared {
    /// Keeps idle connections for [`connection_pool::LONG_IDLE`].
    http: reqwest::Client,
    /// Keeps idle connections for [`connection_pool::SHORT_IDLE`].
    short_idle_http: reqwest::Client,
    long_idle_hosts: LongIdleHosts,
    config: ClientConfig,
    host_limits: HostLimits,
    coalescer: RequestCoalescer<FetchResult>,
    failures: FailureCache,
    signature_negotiation: SignatureNegotiation,
}

impl Client {
    /// Builds the client.
    ///
    /// # Errors
    /// When TLS cannot be set up or the user agent is no header value.
    pub fn new(config: ClientConfig) -> Result<Self, reqwest::Error> {
        let dns = Arc::clone(&config.dns);
        let resolver = Resolver::new(config.guard.clone(), config.host_map.clone(), dns);
        let resolver = Arc::new(resolver);
        let http = http_client(&config, &resolver, connection_pool::LONG_IDLE)?;
        let short_idle_http = http_client(&config, &resolver, connection_pool::SHORT_IDLE)?;
        let failures = FailureCache::new(config.failure_ttl);
        Ok(Self {
            shared: Arc::new(Shared {
                http,
                short_idle_http,
                long_idle_hosts: LongIdleHosts::default(),
                config,
                host_limits: HostLimits::default(),
                coalescer: RequestCoalescer::default(),
                failures,
                signature_negotiation: SignatureNegotiation::default(),
            }),
            is_refused: None,
            ignores_failure_cache: false,
            documents_left: None,
        })
    }

    /// Returns a client that makes no request to a host for which `is_refused` is true.
    #[must_use]
    pub fn with_host_policy(
        mut self,
        is_refused: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.is_refused = Some(Arc::new(is_refused));
        self
    }

    /// Loads the signature forms that hosts accept from `forms`, and saves them there. A second call
    /// has no effect.
    pub fn remember_signature_forms_in(&self, forms: Arc<dyn SignatureForms>) {
        self.shared.signature_negotiation.remember_in(forms);
    }

    /// Returns a client that sends a request even where the same one failed a moment ago.
    #[must_use]
    pub fn ignoring_failure_cache(&self) -> Self {
        Self {
            ignores_failure_cache: true,
            ..self.clone()
        }
    }

    /// Returns a client that fetches at most so many documents; its clones count together.
    #[must_use]
    pub fn with_document_limit(&self, documents: u32) -> Self {
        Self {
            documents_left: Some(Arc::new(AtomicU32::new(documents))),
            ..self.clone()
        }
    }

    /// Counts a document that is about to be fetched.
    fn count_document(&self) -> Result<(), FetchError> {
        let Some(left) = &self.documents_left else {
            return Ok(());
        };
        let counted = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        });
        counted
            .map(|_| ())
            .map_err(|_none| FetchError::LimitReached)
    }

    /// Returns the guard, for checking addresses before they are stored.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        &self.shared.config.guard
    }

    /// Checks an address before a request is sent: by the guard, then by the host policy.
    ///
    /// # Errors
    /// [`Blocked`] names the rule it breaks.
    fn check(&self, url: &Url) -> Result<(), Blocked> {
        self.shared.config.guard.check(url)?;
        let host = url.host_str().unwrap_or_default();
        match &self.is_refused {
            Some(is_refused) if is_refused(host) => Err(Blocked::Policy(host.to_owned())),
            _ => Ok(()),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        (self.shared.config.now)()
    }
}

/// Builds an HTTP client that keeps idle connections for `idle`.
fn http_client(
    config: &ClientConfig,
    resolver: &Arc<Resolver>,
    idle: Duration,
) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(&config.user_agent)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .pool_idle_timeout(idle)
        .pool_max_idle_per_host(host_limit::MAX_CONCURRENT)
        // No connection lives long enough to be probed, and each option is a system call for each
        // connection.
        .tcp_keepalive(None)
        .tcp_keepalive_interval(None)
        .tcp_keepalive_retries(None)
        .dns_resolver(Arc::clone(resolver))
        .build()
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("guard", self.guard())
            .finish_non_exhaustive()
    }
}
