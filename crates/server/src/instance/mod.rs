//! A whole instance: store, `Ops`, federation, jobs and front ends, composed and serving HTTP. `serve`, the
//! demo and testkit start it the same way.

mod connection_limit;
mod listen;
mod process_number;
mod remote;
mod response_body;
mod setup;
mod stream_poll;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use client::{Client, ClientConfig, DnsLookup, Guard, HostMap};
use domain::keys::KeyPair;
use domain::password::Cost;
use domain::vapid::VapidKey;
use domain::{Ops, OpsConfig, Tx};
use federation::context::Federation;
use httpkit::rate_limits::RateLimits;
use httpkit::{App, AppConfig, KeySource};
use jobs::{JobsConfig, JobsHandle};
use mail::{DemoInbox, Mailer};
use media::Media;
use model::id::IdMint;
use model::{Clock, SystemClock};
use oidc::Provider;
use store::{OpenOptions, ServeLock, Store};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::config::{Config, Oidc};
use crate::metrics::Metrics;
use crate::router;
use connection_limit::ConnectionLimit;
pub(crate) use process_number::LEASE_SECONDS;
use remote::FederatedRemote;
pub use setup::{SETUP_KEY, offer_setup};

/// The interval at which settings that other processes may have changed are read.
const REFRESH_INTERVAL: Duration = Duration::from_secs(5);

/// The parts of an instance that its caller chooses.
pub struct InstanceConfig {
    /// The configuration file.
    pub config: Config,
    /// Bound by the caller, so that the ports are known.
    pub listeners: Vec<TcpListener>,
    pub clock: Arc<dyn Clock>,
    /// The source of new key pairs.
    pub keys: KeySource,
    /// The cost of password hashes.
    pub cost: Cost,
    /// The rate limits.
    pub limits: RateLimits,
    /// Host names with fixed addresses, for instances in one process.
    pub host_map: Option<HostMap>,
    /// The resolver for all other names; `None` for the system's.
    pub dns: Option<DnsLookup>,
    /// The options of the store.
    pub database: OpenOptions,
    /// Keeps the mails for a page of the demo, in place of sending them.
    pub demo_inbox: Option<DemoInbox>,
    /// The recorder of metrics, and a listener of their own.
    pub metrics: Option<(Metrics, Option<TcpListener>)>,
}

impl InstanceConfig {
    /// Builds the configuration of `serve`: the system's clock, generated keys, full password cost.
    #[must_use]
    pub fn new(config: Config, listeners: Vec<TcpListener>) -> Self {
        Self {
            config,
            listeners,
            clock: Arc::new(SystemClock),
            keys: Arc::new(fresh_key),
            cost: Cost::Normal,
            limits: RateLimits::normal(),
            host_map: None,
            dns: None,
            database: OpenOptions::default(),
            demo_inbox: None,
            metrics: None,
        }
    }

    fn mailer(&self) -> anyhow::Result<Mailer> {
        match &self.demo_inbox {
            Some(inbox) => Ok(Mailer::demo(inbox.clone())),
            None => Ok(self.config.mail.mailer()?),
        }
    }
}

/// Generates a key pair; `None` when the system has no randomness.
#[must_use]
pub fn fresh_key() -> Option<KeyPair> {
    domain::keys::generate().ok()
}

/// A running instance. Dropping it stops it without waiting.
pub struct Instance {
    addr: SocketAddr,
    app: App,
    federation: Federation,
    media: Media,
    jobs: JobsHandle,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// Keeps another server off an SQLite file.
    lock: Option<ServeLock>,
}

impl Instance {
    /// Opens the database (creates and migrates it if needed), starts the jobs, and serves HTTP.
    ///
    /// # Errors
    /// When the database or the media folder cannot be opened, or the configuration has another
    /// public URL than the one chosen in setup.
    pub async fn start(config: InstanceConfig) -> anyhow::Result<Self> {
        let first = config.listeners.first().context("nowhere to listen")?;
        let addr = first.local_addr().context("the listening address")?;
        let wake = Arc::new(Notify::new());
        let (ops, lock) = open(&config, &wake).await?;
        let media = Media::open(&config.config.media_dir())?;
        let client = client(&config, &ops)?;
        let federation = Federation::new(ops.clone(), client.clone());
        let mailer = config.mailer()?;
        let providers = providers(&config, &ops)?;
        let server = &config.config.server;
        let guard = config.config.guard();
        let app = App::new(AppConfig {
            ops: ops.clone(),
            remote: Arc::new(FederatedRemote::new(federation.clone())),
            keys: config.keys,
            cost: config.cost,
            limits: config.limits,
            mailer: mailer.clone(),
            trusted_proxies: server.networks_of_proxies(),
            source_url: server.source_url.as_ref().map(ToString::to_string),
            public_url: server.public_url.as_ref().map(ToString::to_string),
            providers,
            clock: config.clock,
            streams_max: usize::from(server.event_streams),
            may_push_to: Arc::new(move |url| guard.check(url).is_ok()),
        });
        let jobs = jobs::start(JobsConfig {
            federation: federation.clone(),
            media: media.clone(),
            mailer,
            mails_per_minute: config.config.mail.per_domain_per_minute,
            push_client: client,
            backup_plan: config.config.backup_plan(),
            wake,
        });
        let (stop, stopped) = watch::channel(false);
        let (metrics, metrics_listener) = config.metrics.unzip();
        let router = router::router(&app, &federation, &media, metrics.as_ref());
        let listeners = config.listeners.into_iter();
        let mut answering: Vec<Answering> = listeners.map(|one| (one, router.clone())).collect();
        if let (Some(metrics), Some(Some(listener))) = (&metrics, metrics_listener) {
            answering.push((listener, metrics.own_router(&app)));
        }
        let limit = ConnectionLimit::new(server.networks_of_proxies());
        let mut tasks = listen_on(answering, &limit, &stopped);
        tasks.spawn(process_number::renew(ops, stopped.clone()));
        tasks.spawn(stream_poll::run(app.clone(), stopped.clone()));
        tasks.spawn(refresh(app.clone(), metrics, stopped));
        Ok(Self {
            addr,
            app,
            federation,
            media,
            jobs,
            stop,
            tasks,
            lock,
        })
    }

    /// Returns the address of the first listener.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the state of the HTTP handlers.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Returns the access to the domain's verbs.
    #[must_use]
    pub fn ops(&self) -> &Ops {
        self.app.ops()
    }

    /// Returns the federation engine.
    #[must_use]
    pub fn federation(&self) -> &Federation {
        &self.federation
    }

    /// Returns the media folder.
    #[must_use]
    pub fn media(&self) -> &Media {
        &self.media
    }

    /// Returns the handle of the job runner.
    #[must_use]
    pub fn jobs(&self) -> &JobsHandle {
        &self.jobs
    }

    /// Stops accepting connections, waits for running requests and jobs, and closes the database.
    pub async fn shutdown(mut self) {
        self.app.streams().close();
        // There is no receiver when the tasks have ended already.
        let _ = self.stop.send(true);
        let requests = async { while self.tasks.join_next().await.is_some() {} };
        tokio::join!(requests, self.jobs.stop());
        process_number::release(self.app.ops()).await;
        self.app.store().close().await;
        drop(self.lock);
    }
}

/// A listener, and what answers on it.
type Answering = (TcpListener, Router);

/// Starts to answer on each listener, until `stopped`.
fn listen_on(
    all: Vec<Answering>,
    limit: &ConnectionLimit,
    stopped: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for (listener, router) in all {
        let (limit, stopped) = (limit.clone(), stopped.clone());
        tasks.spawn(listen::serve(listener, router, limit, stopped));
    }
    tasks
}

/// Opens and migrates the database.
async fn open(
    config: &InstanceConfig,
    wake: &Arc<Notify>,
) -> anyhow::Result<(Ops, Option<ServeLock>)> {
    let (url, options) = (config.config.database_url(), config.database);
    let store =
        tokio::task::spawn_blocking(move || -> anyhow::Result<(Store, Option<ServeLock>)> {
            let store = Store::open(&url, options)?;
            let lock = store.lock_for_serving()?;
            for version in store.migrate()? {
                tracing::info!(version, "migrated the database");
            }
            Ok((store, lock))
        });
    let (store, lock) = store.await.context("opening the database")??;
    let notify = Arc::clone(wake);
    let ops = Ops::new(OpsConfig {
        store,
        clock: Arc::clone(&config.clock),
        ids: IdMint::random(),
        wake: Box::new(move || notify.notify_one()),
    });
    process_number::hold(&ops).await;
    ops.refresh_site().await?;
    check_url(config, &ops)?;
    make_push_key(&ops).await?;
    Ok((ops, lock))
}

/// Makes the key with which push services know this instance, where there is none.
async fn make_push_key(ops: &Ops) -> anyhow::Result<()> {
    if ops.store().read(query::notice_push::key).await?.is_none() {
        let new = VapidKey::generate().context("the key for push services")?;
        let verb = move |tx: &mut Tx<'_>| domain::notice::push::key(tx, &new).map(drop);
        ops.write(verb).await?;
    }
    Ok(())
}

/// Refuses to start under another public URL than the permanent one.
fn check_url(config: &InstanceConfig, ops: &Ops) -> anyhow::Result<()> {
    let wanted = config.config.server.public_url.as_ref();
    let (Some(wanted), Some(site)) = (wanted.map(ToString::to_string), ops.site()) else {
        return Ok(());
    };
    if wanted != site.url {
        bail!(
            "server.public_url is {wanted}, but this instance was set up as {url}, which is in every address it ever gave out; write public_url = \"{url}\" or leave the key out",
            url = site.url
        );
    }
    Ok(())
}

/// Builds the client for other servers.
fn client(config: &InstanceConfig, ops: &Ops) -> anyhow::Result<Client> {
    client_within(config, ops, config.config.guard())
}

/// Builds the identity providers, each with a client that may go to it.
fn providers(config: &InstanceConfig, ops: &Ops) -> anyhow::Result<Vec<Arc<Provider>>> {
    let sections = &config.config.oidc;
    let configured = crate::config::providers(sections)?.into_iter();
    let with_guards = configured.zip(sections.iter().map(Oidc::guard));
    with_guards
        .map(|(provider, guard)| {
            let client = client_within(config, ops, guard)?;
            Ok(Arc::new(Provider::new(provider, client)))
        })
        .collect()
}

fn client_within(config: &InstanceConfig, ops: &Ops, guard: Guard) -> anyhow::Result<Client> {
    let wanted = config.config.server.public_url.as_ref();
    let wanted = wanted.map(ToString::to_string);
    let home = ops.site().map(|site| site.url.clone()).or(wanted);
    let home = home.map_or_else(String::new, |url| format!(" (+{url}/)"));
    let agent = format!("Hedgerow/{}{home}", env!("CARGO_PKG_VERSION"));
    let clock = Arc::clone(&config.clock);
    let now = Arc::new(move || clock.now().utc());
    let mut client = ClientConfig::new(guard, &agent, now);
    client.host_map.clone_from(&config.host_map);
    if let Some(dns) = &config.dns {
        client.dns = Arc::clone(dns);
    }
    Client::new(client).context("the client for other servers")
}

/// Periodically reads settings that other processes may have changed, and removes idle rate limiters.
async fn refresh(app: App, metrics: Option<Metrics>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(REFRESH_INTERVAL);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => {
                if let Err(fault) = app.ops().refresh_site().await {
                    tracing::warn!(%fault, "cannot read the site's settings");
                }
                app.limits().drop_idle();
                if let Some(metrics) = &metrics {
                    metrics.upkeep();
                }
            }
        }
    }
}
