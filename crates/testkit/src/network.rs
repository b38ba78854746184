//! The network: host names and addresses, one clock for all, and the recorded traffic.

use crate::MailServer;
use crate::clock::TestClock;
use crate::dns::ChangingNames;
use crate::engine::Engine;
use crate::hostile::{Hostile, PeerResponse, ReceivedRequest, SignedRequest};
use crate::instance::Instance;
use crate::recorder::Transcript;
use client::HostMap;
use futures::executor::block_on;
use model::{Clock, Time};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The longest that a test waits for pending work.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(30);

/// A network of instances in this process. Cheap to clone; it ends with its last clone.
#[derive(Clone)]
pub struct Network(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub hosts: HostMap,
    pub names: ChangingNames,
    pub clock: Arc<TestClock>,
    pub transcript: Arc<Transcript>,
    /// The mail server of instances that are started from now on.
    pub mail: Mutex<Option<MailServer>>,
    /// Whether instances that are started from now on have the rate limits of a server in use.
    pub is_limited: AtomicBool,
    /// Further sections of the configuration of instances that are started from now on.
    pub sections: Mutex<String>,
    instances: Mutex<Vec<Instance>>,
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

impl Network {
    /// Builds a network without hosts.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            hosts: HostMap::new(),
            names: ChangingNames::default(),
            clock: Arc::default(),
            transcript: Arc::default(),
            mail: Mutex::default(),
            is_limited: AtomicBool::default(),
            sections: Mutex::default(),
            instances: Mutex::default(),
        }))
    }

    /// Lets the instances that are started from now on send their mails through a mail server.
    pub fn send_mail_through(&self, server: &MailServer) {
        *self.0.mail.lock().unwrap() = Some(server.clone());
    }

    /// Gives the instances that are started from now on the rate limits of a server in use.
    pub fn limit(&self) {
        self.0.is_limited.store(true, Ordering::Relaxed);
    }

    /// Adds a section to the configuration of instances that are started from now on.
    pub fn configure(&self, section: &str) {
        self.0.sections.lock().unwrap().push_str(section);
    }

    /// Starts an instance at `http://{host}/`, on SQLite, or on PostgreSQL within
    /// [`crate::on_postgres`].
    pub async fn instance(&self, host: &str) -> Instance {
        let instance = self.instance_on(Engine::default_of_test(), host).await;
        instance.expect("a database")
    }

    /// Starts an instance on an engine; `None` where this machine has no PostgreSQL.
    pub async fn instance_on(&self, engine: Engine, host: &str) -> Option<Instance> {
        let instance = Instance::set_up(&self.0, engine, host).await?;
        self.0.instances.lock().unwrap().push(instance.clone());
        Some(instance)
    }

    /// Starts a hostile peer at `http://{host}/`. Where `answer` returns `None`, it serves its actor
    /// `/u/mallory` and its WebFinger.
    pub async fn hostile(
        &self,
        host: &str,
        answer: impl Fn(&ReceivedRequest) -> Option<PeerResponse> + Send + Sync + 'static,
    ) -> Hostile {
        Hostile::start(&self.0, host, answer).await
    }

    /// Starts a hostile peer at an address that counts as public: the resolver returns that address
    /// once, and `then` from the second time on.
    pub async fn rebinding(
        &self,
        host: &str,
        then: SocketAddr,
        answer: impl Fn(&ReceivedRequest) -> Option<PeerResponse> + Send + Sync + 'static,
    ) -> Hostile {
        let (hostile, address) = Hostile::at_public_address(&self.0, host, answer).await;
        self.0.names.set(host, vec![vec![address], vec![then]]);
        hostile
    }

    /// How often a name was looked up.
    #[must_use]
    pub fn looked_up(&self, name: &str) -> usize {
        self.0.names.lookups(name)
    }

    /// Gives an address a name.
    pub(crate) fn name(&self, host: &str, address: SocketAddr) {
        self.0.hosts.insert(host, address);
    }

    /// Gives a host another name as well.
    pub fn also(&self, name: &str, host: &str) {
        let machine = self.0.hosts.get(host).expect("a host of this network");
        self.0.hosts.insert(name, machine);
    }

    /// Sends a request and returns the status and body of the response.
    pub async fn send(&self, signed: SignedRequest) -> (u16, String) {
        let machine = self.0.hosts.get(signed.url.host_str().unwrap());
        signed.send(machine.expect("a host of this network")).await
    }

    /// Returns the time of the test.
    #[must_use]
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    /// Skips time on all instances.
    pub fn advance(&self, seconds: i64) {
        self.0.clock.advance(seconds);
        for instance in self.instances() {
            instance.ops().wake();
        }
    }

    /// Stops the clock of all instances, so that a slow machine does not change what they show.
    pub fn stop_clock(&self) {
        self.0.clock.stop();
    }

    /// Waits until no instance has work that is due. Panics after half a minute.
    pub async fn settle(&self) {
        let begun = Instant::now();
        loop {
            let before = self.0.transcript.requests();
            let mut busy = Vec::new();
            for instance in self.instances() {
                let due = instance.due().await;
                if !due.is_quiet() {
                    busy.push(format!("{}: {due:?}", instance.host()));
                }
            }
            // A request between two counts may have added work to the first instance.
            if busy.is_empty() && self.0.transcript.requests() == before {
                return;
            }
            assert!(
                begun.elapsed() < SETTLE_TIMEOUT,
                "it does not settle: {busy:?}\n{:#?}",
                self.wire()
            );
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Returns the activities posted to inboxes so far, such as `beta→alpha Follow`, with the status
    /// where it was refused; in the order of the responses.
    #[must_use]
    pub fn wire(&self) -> Vec<String> {
        self.0.transcript.lines()
    }

    /// Returns the activities posted since the last call.
    #[must_use]
    pub fn wire_since(&self) -> Vec<String> {
        let lines = self.wire();
        self.0.transcript.clear();
        lines
    }

    /// Panics unless all work is done and none has failed.
    pub fn assert_quiet(&self) {
        for instance in self.instances() {
            let (due, aside) =
                block_on(async { (instance.due().await, instance.set_aside().await) });
            let reasons = block_on(instance.reasons());
            assert!(due.is_quiet(), "{}: {due:?} {reasons:#?}", instance.host());
            assert_eq!(
                aside,
                jobs::SetAside::default(),
                "{}: {reasons:#?}",
                instance.host()
            );
        }
    }

    fn instances(&self) -> Vec<Instance> {
        self.0.instances.lock().unwrap().clone()
    }
}
