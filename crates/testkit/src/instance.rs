//! An instance as `serve` runs it, with its own database, behind a recorder of its traffic.

use crate::MailServer;
use crate::dns::PUBLIC;
use crate::engine::Engine;
use crate::keys;
use crate::network::Inner as Net;
use crate::person::Person;
use crate::recorder::Recorder;
use axum::http::StatusCode;
use domain::account::{NewAccount, Principal};
use domain::password::Cost;
use domain::{Ops, Outcome, testing};
use federation::context::Federation;
use httpkit::App;
use httpkit::rate_limits::RateLimits;
use jobs::{Due, Housekeeping, SetAside};
use media::Media;
use model::access::{Reader, Viewer};
use model::peer::{DeliveryState, InboundState};
use model::{AccountState, ActorId, Address, DeliveryId, InboundId, LangText, SiteRole};
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
        set_up_site(server.ops(), host).await;
        let recorder = Recorder {
            host: host.to_owned(),
            target: server.addr(),
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
        let ingress = TcpListener::bind("127.0.0.1:0").await.unwrap();
        net.hosts.insert(host, ingress.local_addr().unwrap());
        Some(Self(Arc::new(Inner {
            host: host.to_owned(),
            server,
            recorder: tokio::spawn(recorder.serve_on(ingress)),
            down,
            refuses_with,
            refuses_drafts,
            _folder: folder,
            _fresh: fresh,
        })))
    }

    /// Returns its host, such as `alpha.test`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// Returns a URL of it.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.host)
    }

    /// Returns the address of the server itself, behind the recorder.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.0.server.addr()
    }

    /// Returns its `Ops`.
    #[must_use]
    pub fn ops(&self) -> &Ops {
        self.0.server.ops()
    }

    /// Returns the state of its handlers.
    #[must_use]
    pub fn app(&self) -> &App {
        self.0.server.app()
    }

    /// Returns its media folder.
    #[must_use]
    pub fn media(&self) -> &Media {
        self.0.server.media()
    }

    /// Returns its federation.
    #[must_use]
    pub fn federation(&self) -> &Federation {
        self.0.server.federation()
    }

    /// Writes the whole search index anew, as `hedgerow search rebuild` does. Returns how many posts
    /// and actors were written.
    pub async fn rebuild_search_index(&self) -> u64 {
        jobs::search::rebuild(self.ops(), |_, _| {}).await.unwrap()
    }

    /// Registers a person.
    pub async fn person(&self, handle: &str) -> Person {
        let new = NewAccount {
            name: testing::capitalized(handle),
            password: Some(testing::hashed_password()),
            key: keys::actor(),
            ..testing::new_account(handle).unwrap()
        };
        let id = self
            .ops()
            .write(move |tx| {
                let id = domain::account::create(tx, &new, SiteRole::Member, AccountState::Active)?;
                let row = store::raw::actor::by_id(tx.db, id)?;
                let row = row.ok_or(domain::Error::not_found("person"))?;
                let seen = store::row::Actor {
                    seen_by: model::SeenBy::Everyone,
                    ..row
                };
                store::actor::update(tx.db, &seen)?;
                Ok(id)
            })
            .await
            .unwrap();
        Person::new(self.clone(), id, handle)
    }

    /// Returns the administrator who set it up.
    pub async fn admin(&self) -> Person {
        let found = self.read(|db| Ok(store::account::by_handle(db, "admin")?));
        let (account, _) = found.await.expect("an administrator");
        Person::new(self.clone(), account.actor_id, "admin")
    }

    /// Suspends an account as an admin.
    pub async fn suspend(&self, person: &Person) {
        let id = person.id();
        self.ops()
            .write(move |tx| domain::account::suspend(tx, Principal::Operator, id, "Posts adverts"))
            .await
            .unwrap();
    }

    /// Lifts a suspension as an admin.
    pub async fn restore(&self, person: &Person) {
        let id = person.id();
        self.ops()
            .write(move |tx| domain::account::restore(tx, Principal::Operator, id))
            .await
            .unwrap();
    }

    /// Runs its hourly housekeeping now.
    pub async fn run_housekeeping(&self) {
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

    /// Returns somebody who is signed in, with no role anywhere, as a reader.
    #[must_use]
    pub fn stranger(&self) -> Reader {
        Reader {
            viewer: Viewer::Person(ActorId(0)),
            now: self.ops().now(),
        }
    }

    /// Returns an actor that it knows, by `name@host`.
    pub async fn actor(&self, address: &str) -> Option<row::Actor> {
        let Address { name, host } = Address::parse(address).unwrap();
        let host = if host == self.0.host {
            String::new()
        } else {
            host
        };
        let reader = self.stranger();
        self.read(move |db| Ok(store::actor::by_address(db, reader, &name, &host)?))
            .await
    }

    /// Returns a peer that it knows.
    pub async fn peer(&self, host: &str) -> Option<row::Peer> {
        let host = host.to_owned();
        self.read(move |db| Ok(store::peer::by_host(db, &host)?))
            .await
    }

    /// Answers 503 to every request of others from now on.
    pub fn go_down(&self) {
        self.0.down.store(true, Ordering::SeqCst);
    }

    /// Answers requests again.
    pub fn come_back(&self) {
        self.0.down.store(false, Ordering::SeqCst);
    }

    /// Answers POST requests to its inboxes with this status from now on.
    pub fn refuse_with(&self, status: Option<u16>) {
        *self.0.refuses_with.lock().unwrap() =
            status.map(|code| StatusCode::from_u16(code).unwrap());
    }

    /// Refuses signatures in the format of draft-cavage from now on, on POST and GET requests.
    pub fn refuse_drafts(&self) {
        self.0.refuses_drafts.store(true, Ordering::SeqCst);
    }

    /// Gives a person new keys that no other actor has.
    pub async fn rotate_key(&self, person: &Person) {
        let (id, key) = (person.id(), keys::stranger(2));
        self.ops()
            .write(move |tx| domain::actor::rotate_key(tx, id, &key))
            .await
            .unwrap();
    }

    /// Counts the work due now and within a second: what is being written now is due a moment later.
    pub async fn due(&self) -> Due {
        let until = self.ops().now().plus_seconds(1);
        self.0.server.jobs().due(until).await.unwrap()
    }

    /// Counts the work that has failed for good.
    pub async fn set_aside(&self) -> SetAside {
        self.0.server.jobs().set_aside().await.unwrap()
    }

    /// Describes why work failed, was ignored or postponed.
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

/// Sets an instance up as the form does.
async fn set_up_site(ops: &Ops, host: &str) {
    let mut set_up = testing::set_up(&format!("http://{host}"), "admin").unwrap();
    set_up.site.name = LangText::single("en", host);
    set_up.keys = [keys::actor(), keys::actor()];
    ops.write(move |tx| domain::site::set_up(tx, &set_up))
        .await
        .unwrap();
    ops.refresh_site().await.unwrap();
}

/// Builds the configuration of `serve`, except that the database need not survive a crash of the
/// machine, password hashes are cheap, keys are cached, and names and clock are the network's.
fn config(net: &Net, fresh: &Fresh, folder: &Path, listener: TcpListener) -> InstanceConfig {
    let mail = net
        .mail
        .lock()
        .unwrap()
        .as_ref()
        .map_or_else(String::new, mail_section);
    let text = format!(
        "[server]\ndata_dir = \"{}\"\n[database]\nurl = \"{}\"\n[federation]\nallow_http = true\nallow_private = [\"{PUBLIC}\"]\n{mail}{}",
        folder.display(),
        fresh.url(),
        net.sections.lock().unwrap(),
    );
    let file = server::config::parse(&text, Path::new("testkit.toml")).unwrap();
    InstanceConfig {
        clock: net.clock.clone(),
        keys: Arc::new(|| Some(keys::actor())),
        cost: Cost::Least,
        limits: match net.is_limited.load(Ordering::Relaxed) {
            true => RateLimits::normal(),
            false => RateLimits::unlimited(),
        },
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

/// Where the server asks for encryption, its certificate is not among those that are trusted.
fn mail_section(server: &MailServer) -> String {
    let security = match server.certificate() {
        Some(_) => "starttls",
        None => "none",
    };
    let port = server.port();
    format!(
        "[mail]\nserver = \"localhost:{port}\"\nsecurity = \"{security}\"\nfrom = \"practice@example.org\"\n"
    )
}
