//! One instance as `serve` runs it, on a database of its own, behind a recorder of the wire.

use crate::engine::Engine;
use crate::keys;
use crate::names::PUBLIC;
use crate::network::Inner as Net;
use crate::person::Person;
use crate::wire::Recorder;
use axum::http::StatusCode;
use domain::account::{NewAccount, Principal};
use domain::password::{self, Cost};
use domain::site::SetUp;
use domain::{Ops, Outcome};
use federation::context::Federation;
use httpkit::rate_limits::RateLimits;
use jobs::{Due, Housekeeping, SetAside};
use model::handle::Handle;
use model::peer::{DeliveryState, InboundState};
use model::{
    AccountState, Address, Bilingual, DeliveryId, InboundId, Lang, Registration, Site, SiteRole,
};
use server::instance::{Instance as Server, InstanceConfig};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use store::testing::Fresh;
use store::{OpenOptions, Synchronous, row};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running instance. Cheap to clone.
#[derive(Clone)]
pub struct Instance(Arc<Inner>);

struct Inner {
    host: String,
    server: Server,
    recorder: JoinHandle<()>,
    down: Arc<AtomicBool>,
    refuses_with: Arc<Mutex<Option<StatusCode>>>,
    refuses_drafts: Arc<AtomicBool>,
    _folder: tempfile::TempDir,
    _fresh: Fresh,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.recorder.abort();
    }
}

impl Instance {
    pub(crate) async fn set_up(net: &Net, engine: Engine, host: &str) -> Option<Self> {
        let fresh = match engine {
            Engine::Sqlite => store::testing::sqlite(),
            Engine::Postgres => store::testing::postgres()?,
        };
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::start(config(net, &fresh, folder.path(), listener))
            .await
            .unwrap();
        found(server.ops(), host).await;
        let recorder = Recorder {
            host: host.to_owned(),
            machine: server.addr(),
            transcript: Arc::clone(&net.transcript),
            down: Arc::default(),
            refuses_with: Arc::default(),
            refuses_drafts: Arc::default(),
        };
        let (down, refuses_with) = (
            Arc::clone(&recorder.down),
            Arc::clone(&recorder.refuses_with),
        );
        let refuses_drafts = Arc::clone(&recorder.refuses_drafts);
        let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
        net.hosts.insert(host, door.local_addr().unwrap());
        Some(Self(Arc::new(Inner {
            host: host.to_owned(),
            server,
            recorder: tokio::spawn(recorder.stand_at(door)),
            down,
            refuses_with,
            refuses_drafts,
            _folder: folder,
            _fresh: fresh,
        })))
    }

    /// Its host, such as `alpha.test`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// A URL of it.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.host)
    }

    /// Where it answers, in front of its recorder.
    #[must_use]
    pub fn machine(&self) -> SocketAddr {
        self.0.server.addr()
    }

    /// Its door.
    #[must_use]
    pub fn ops(&self) -> &Ops {
        self.0.server.ops()
    }

    /// Its engine.
    #[must_use]
    pub fn federation(&self) -> &Federation {
        self.0.server.federation()
    }

    /// Registers somebody.
    pub async fn person(&self, handle: &str) -> Person {
        let new = NewAccount {
            handle: Handle::parse(handle).unwrap(),
            name: capitalized(handle),
            password: password::hash("a long enough password", Cost::Least).unwrap(),
            lang: Lang::En,
            request: String::new(),
            key: keys::actor(),
        };
        let id = self
            .ops()
            .write(move |tx| {
                domain::account::create(tx, &new, SiteRole::Member, AccountState::Active)
            })
            .await
            .unwrap();
        Person::new(self.clone(), id, handle)
    }

    /// An admin stops an account.
    pub async fn suspend(&self, person: &Person) {
        let id = person.id();
        self.ops()
            .write(move |tx| domain::account::suspend(tx, Principal::Operator, id))
            .await
            .unwrap();
    }

    /// Runs its hourly housekeeping now.
    pub async fn tidies(&self) {
        let begin = |tx: &mut domain::Tx<'_>| {
            Ok(store::queue::jobs::insert(
                tx.db,
                tx.id(),
                &Housekeeping,
                tx.now,
                tx.now,
            )?)
        };
        self.ops().write(begin).await.unwrap();
    }

    /// Reads the database.
    pub async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut store::Db) -> Outcome<T> + Send + 'static,
    ) -> T {
        self.ops().store().read(query).await.unwrap()
    }

    /// An actor it knows, by `name@host`.
    pub async fn actor(&self, address: &str) -> Option<row::Actor> {
        let Address { name, host } = Address::parse(address).unwrap();
        let host = if host == self.0.host {
            String::new()
        } else {
            host
        };
        self.read(move |db| Ok(store::actor::by_address(db, &name, &host)?))
            .await
    }

    /// A peer it has met.
    pub async fn peer(&self, host: &str) -> Option<row::Peer> {
        let host = host.to_owned();
        self.read(move |db| Ok(store::peer::by_host(db, &host)?))
            .await
    }

    /// Switches the machine off, as others see it: 503 to everything.
    pub fn go_down(&self) {
        self.0.down.store(true, Ordering::SeqCst);
    }

    /// Switches it on again.
    pub fn come_back(&self) {
        self.0.down.store(false, Ordering::SeqCst);
    }

    /// From now on its inboxes answer this, in place of what the instance would say.
    pub fn refuse_with(&self, status: Option<u16>) {
        *self.0.refuses_with.lock().unwrap() =
            status.map(|code| StatusCode::from_u16(code).unwrap());
    }

    /// From now on it takes no signature in the draft's form, neither on a POST nor on a GET.
    pub fn refuse_drafts(&self) {
        self.0.refuses_drafts.store(true, Ordering::SeqCst);
    }

    /// Gives somebody new keys, which nobody else has.
    pub async fn rotate_key(&self, person: &Person) {
        let (id, key) = (person.id(), keys::stranger(2));
        self.ops()
            .write(move |tx| domain::actor::rotate_key(tx, id, &key))
            .await
            .unwrap();
    }

    /// What it has yet to do now, and within a second: what is being written at this moment is due
    /// a moment later.
    pub async fn due(&self) -> Due {
        let until = self.ops().now().plus_seconds(1);
        self.0.server.jobs().due(until).await.unwrap()
    }

    /// What it has given up on.
    pub async fn set_aside(&self) -> SetAside {
        self.0.server.jobs().set_aside().await.unwrap()
    }

    /// Why things were given up, ignored or put off, in words.
    pub async fn reasons(&self) -> Vec<String> {
        self.read(|db| {
            let mut words = Vec::new();
            for job in store::queue::jobs::list(db, 50)? {
                words.extend(job.last_error.map(|why| format!("job {}: {why}", job.kind)));
            }
            for state in DeliveryState::ALL {
                for (row, host, kind) in
                    store::queue::delivery::list(db, *state, DeliveryId(i64::MAX), 50)?
                {
                    words.extend(
                        row.last_error
                            .map(|why| format!("{state} {kind} to {host}: {why}")),
                    );
                }
            }
            for state in InboundState::ALL {
                for row in store::queue::inbound::list(db, *state, InboundId(i64::MAX), 50)? {
                    words.extend(
                        row.reason
                            .map(|why| format!("{state} {} from {}: {why}", row.kind, row.host)),
                    );
                }
            }
            Ok(words)
        })
        .await
    }
}

/// The setup, as its form would do it.
async fn found(ops: &Ops, host: &str) {
    let set_up = SetUp {
        site: Site {
            url: format!("http://{host}"),
            name: Bilingual::new(host, ""),
            description: Bilingual::default(),
            languages: vec![Lang::En, Lang::Fr],
            registration: Registration::Open,
        },
        admin: Handle::parse_any("admin").unwrap(),
        admin_name: "Admin".to_owned(),
        password: password::hash("a long enough password", Cost::Least).unwrap(),
        lang: Lang::En,
        keys: [keys::actor(), keys::actor()],
    };
    ops.write(move |tx| domain::site::set_up(tx, &set_up))
        .await
        .unwrap();
    ops.refresh_site().await.unwrap();
}

/// As `serve` runs it, but for a database that need not survive the machine, weak passwords, keys
/// made before, and the network's names and clock.
fn config(net: &Net, fresh: &Fresh, folder: &Path, listener: TcpListener) -> InstanceConfig {
    let text = format!(
        "[server]\ndata_dir = \"{}\"\n[database]\nurl = \"{}\"\n[federation]\nallow_http = true\nallow_private = [\"{PUBLIC}\"]\n",
        folder.display(),
        fresh.url(),
    );
    let file = server::config::parse(&text, Path::new("testkit.toml")).unwrap();
    InstanceConfig {
        clock: net.clock.clone(),
        keys: Arc::new(|| Some(keys::actor())),
        cost: Cost::Least,
        limits: RateLimits::unlimited(),
        host_map: Some(net.hosts.clone()),
        dns: Some(net.names.lookup()),
        database: OpenOptions {
            readers: 2,
            synchronous: Synchronous::Off,
            create: false,
        },
        ..InstanceConfig::new(file, vec![listener])
    }
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}
