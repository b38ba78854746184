//! Three organizations on one machine, each with its own database, federating for real over HTTP on
//! loopback. What they say is in `content`; it is written through the same verbs as by hand. A
//! second start resumes what the first one made.

mod clock;
mod content;
mod folder;
mod keys;
mod people;
mod report;
mod story;
mod talk;
mod world;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use domain::password::Cost;
use futures::future::try_join_all;
use store::{OpenOptions, Synchronous};
use tokio::net::TcpListener;

use crate::config::{Config, Origin, PrivateTarget};
use crate::instance::{Instance, InstanceConfig};
use clock::DemoClock;
use content::Organization;
use folder::Folder;
use keys::Keys;
use mail::DemoInbox;
pub use report::{Report, ReportAccount, ReportCommunity, ReportInstance};
use talk::Written;
use world::{DemoServer, World};

const MINUTE_MS: i64 = 60_000;
/// The organizations were founded so long ago: five weeks.
const FOUNDED_MS: i64 = 35 * 24 * 60 * MINUTE_MS;

/// What to run.
#[derive(Debug, Clone)]
pub struct DemoConfig {
    /// Where the three databases live.
    pub dir: PathBuf,
    /// The first of three ports in a row.
    pub port: u16,
    /// Start over.
    pub fresh: bool,
}

/// The running demo.
pub struct Demo {
    world: World,
    report: Report,
}

impl Demo {
    /// Starts the three and, the first time, lets them talk until all has arrived. `progress` is
    /// told how much is done, of how much.
    ///
    /// # Errors
    /// When a port is taken, the folder is somebody else's, or something does not arrive.
    pub async fn start(
        config: &DemoConfig,
        progress: impl Fn(usize, usize),
    ) -> anyhow::Result<Self> {
        let folder = Folder::new(&config.dir);
        let organizations = content::organizations().context("the demo's content")?;
        let listeners = listen(config.port, organizations.len()).await?;
        let before = if config.fresh {
            None
        } else {
            folder.resume(config.port)?
        };
        let clock = Arc::new(DemoClock::starting(0));
        if let Some(report) = before {
            let world = open(&folder, organizations, listeners, config.port, clock).await?;
            return Ok(Self { world, report });
        }
        let slugs: Vec<&str> = organizations.iter().map(|o| o.slug.as_str()).collect();
        folder.begin(&slugs)?;
        let keys = Keys::make(organizations.iter().map(people::keys_needed).sum());
        let clock = Arc::new(DemoClock::starting(FOUNDED_MS));
        let world = open(&folder, organizations, listeners, config.port, clock).await?;
        let report = seed(&world, &keys, progress).await?;
        folder.finish(config.port, &report)?;
        Ok(Self { world, report })
    }

    /// Addresses and sign-ins.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Stops the three.
    pub async fn shutdown(self) {
        for place in self.world.places {
            place.instance.shutdown().await;
        }
    }
}

/// The sockets of each organization: IPv4's loopback, and IPv6's where there is one, because
/// browsers try either for `*.localhost`.
async fn listen(first: u16, count: usize) -> anyhow::Result<Vec<Vec<TcpListener>>> {
    let mut all = Vec::new();
    for port in (first..).take(count) {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let socket = socket.with_context(|| {
            format!("answering on port {port} (another first port can be named with --port)")
        })?;
        let six = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        all.push(std::iter::once(socket).chain(six).collect());
    }
    Ok(all)
}

/// Starts the instances.
async fn open(
    folder: &Folder,
    organizations: Vec<Organization>,
    listeners: Vec<Vec<TcpListener>>,
    first: u16,
    clock: Arc<DemoClock>,
) -> anyhow::Result<World> {
    let mut places = Vec::new();
    for ((content, listeners), port) in organizations.into_iter().zip(listeners).zip(first..) {
        let host = format!("{}.localhost:{port}", content.slug);
        let mut config = InstanceConfig::new(configure(folder, &content.slug, &host)?, listeners);
        config.demo_inbox = Some(DemoInbox::default());
        config.clock = clock.clone();
        config.cost = Cost::Least;
        config.database = OpenOptions {
            readers: 2,
            synchronous: Synchronous::Off,
            create: true,
        };
        places.push(DemoServer {
            instance: Instance::start(config).await?,
            content,
            host,
        });
    }
    Ok(World { places, clock })
}

/// Loopback over plain HTTP on other ports: all three permissions, and no others.
fn configure(folder: &Folder, slug: &str, host: &str) -> anyhow::Result<Config> {
    let place =
        |text: &str| -> anyhow::Result<PrivateTarget> { text.parse().map_err(anyhow::Error::msg) };
    let mut config = Config::default();
    config.server.data_dir = folder.of(slug);
    config.server.public_url = Some(host_url(host)?);
    config.federation.allow_http = true;
    config.federation.allow_ports = true;
    config.federation.allow_private = vec![place("127.0.0.0/8")?, place("::1")?];
    Ok(config)
}

fn host_url(host: &str) -> anyhow::Result<Origin> {
    format!("http://{host}").parse().map_err(anyhow::Error::msg)
}

/// Lets everybody arrive, follow and talk.
async fn seed(
    world: &World,
    keys: &Keys,
    progress: impl Fn(usize, usize),
) -> anyhow::Result<Report> {
    let organizations: Vec<&Organization> = world.places.iter().map(|p| &p.content).collect();
    let rounds = story::rounds(&organizations);
    let all = rounds.len() + 2;
    let mut done = 0;
    let mut step = || {
        done += 1;
        progress(done, all);
    };
    let places = world.places.iter();
    let arrived = places
        .clone()
        .map(|place| people::settle_in(world, place, keys));
    let instances = try_join_all(arrived).await?;
    step();
    try_join_all(places.map(|place| people::follow_all(world, place))).await?;
    world.settle().await?;
    step();
    let written = Written::default();
    for round in rounds {
        world.clock.move_on(round.ago * MINUTE_MS);
        written.go_on(world, round).await?;
        world.settle().await?;
        step();
    }
    world.clock.move_on(0);
    for place in &world.places {
        for community in &place.content.communities {
            written.await_moderators(world, place, community).await?;
        }
    }
    world.settle().await?;
    Ok(Report { instances })
}
