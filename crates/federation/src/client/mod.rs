//! The one guarded client: every request to a machine that is not ours goes through here.
//! Addresses are checked where the connection is made, redirects are followed once and
//! checked again, and every answer is bounded in time and size. Refuses to be clever: no
//! proxies, no cookies, no retries, but for one in the other form of signature.

mod body;
mod error;
mod fetch;
mod flight;
mod forms;
mod guard;
mod idle;
mod lanes;
mod memory;
mod post;
#[cfg(test)]
mod posting;
#[cfg(test)]
mod rebinding;
mod resolve;
#[cfg(test)]
mod tests;
mod waits;

pub use error::{FetchError, PostError};
pub use fetch::{Fetched, Reach};
pub use guard::{Blocked, Guard, Private};
pub use post::{Accepted, Parcel};
pub use resolve::{HostMap, Names};
pub use waits::{Waiting, Waits};

use flight::Flights;
use forms::Forms;
use idle::Idle;
use lanes::Lanes;
use memory::Failures;
use model::Clock;
use resolve::Resolver;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use url::Url;

/// How the client behaves; [`ClientConfig::new`] gives what the open internet calls for.
#[derive(Clone)]
pub struct ClientConfig {
    /// Where requests may go.
    pub guard: Guard,
    /// Names that live at a fixed address, looked at on every connection (for instances in
    /// one process).
    pub host_map: Option<HostMap>,
    /// `Hedgerow/0.1.0 (+https://alpha.test/)`.
    pub user_agent: String,
    /// Bytes of a JSON document, unpacked.
    pub max_json: usize,
    /// For a whole request, the wait for its turn and the reading of its answer included.
    pub timeout: Duration,
    /// For connecting.
    pub connect_timeout: Duration,
    /// How long a 404, a 410 or an unreachable server is taken at its word; zero for never.
    pub remember_failures: Duration,
    /// Dates our signatures.
    pub clock: Arc<dyn Clock>,
    /// Who knows the addresses of other names; the system's resolver.
    pub names: Names,
}

impl ClientConfig {
    /// 1 MiB of JSON, 10 s in all and 5 s to connect, failures remembered for a minute.
    #[must_use]
    pub fn new(guard: Guard, user_agent: &str, clock: Arc<dyn Clock>) -> Self {
        Self {
            guard,
            host_map: None,
            user_agent: user_agent.to_owned(),
            max_json: vocab::MAX_BYTES,
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            remember_failures: Duration::from_secs(60),
            clock,
            names: resolve::system(),
        }
    }
}

/// Whom the instance will not exchange with, asked for every request by its host.
type Refuses = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The client. Cheap to clone; clones share connections, lanes and memory.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    refuses: Option<Refuses>,
    fresh: bool,
}

struct Shared {
    http: reqwest::Client,
    /// The same, which keeps no connection for long.
    brief: reqwest::Client,
    idle: Idle,
    config: ClientConfig,
    lanes: Lanes,
    flights: Flights,
    failures: Failures,
    forms: Forms,
}

impl Client {
    /// Builds the client.
    ///
    /// # Errors
    /// When TLS cannot be set up or the user agent is no header value.
    pub fn new(config: ClientConfig) -> Result<Self, reqwest::Error> {
        let names = Arc::clone(&config.names);
        let resolver = Resolver::new(config.guard.clone(), config.host_map.clone(), names);
        let resolver = Arc::new(resolver);
        let keeping = |idle: Duration| {
            reqwest::Client::builder()
                .user_agent(&config.user_agent)
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(config.connect_timeout)
                .timeout(config.timeout)
                .pool_idle_timeout(idle)
                .pool_max_idle_per_host(lanes::IN_FLIGHT)
                // Nothing lives long enough to be probed, and each option is a system call a
                // connection.
                .tcp_keepalive(None)
                .tcp_keepalive_interval(None)
                .tcp_keepalive_retries(None)
                .dns_resolver(Arc::clone(&resolver))
                .build()
        };
        let (http, brief) = (keeping(idle::LONG)?, keeping(idle::MOMENT)?);
        let failures = Failures::new(config.remember_failures);
        Ok(Self {
            shared: Arc::new(Shared {
                http,
                brief,
                idle: Idle::default(),
                config,
                lanes: Lanes::default(),
                flights: Flights::default(),
                failures,
                forms: Forms::default(),
            }),
            refuses: None,
            fresh: false,
        })
    }

    /// The same client, which makes no request to a host that is refused.
    #[must_use]
    pub fn obeying(mut self, refuses: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.refuses = Some(Arc::new(refuses));
        self
    }

    /// Checks an address before anything is sent there: by the guard, then by the policy.
    ///
    /// # Errors
    /// [`Blocked`] says which rule it breaks.
    fn check(&self, url: &Url) -> Result<(), Blocked> {
        self.shared.config.guard.check(url)?;
        let host = url.host_str().unwrap_or_default();
        match &self.refuses {
            Some(refuses) if refuses(host) => Err(Blocked::Policy(host.to_owned())),
            _ => Ok(()),
        }
    }

    /// From now on the forms in which servers take our signatures are kept there.
    pub(crate) fn keep_forms_in(&self, store: &Store) {
        self.shared.forms.keep_in(store);
    }

    /// The same client, asking again even what failed a moment ago.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            refuses: self.refuses.clone(),
            fresh: true,
        }
    }

    /// Where requests may go, for checking addresses before they are stored.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        &self.shared.config.guard
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("guard", self.guard())
            .finish_non_exhaustive()
    }
}
