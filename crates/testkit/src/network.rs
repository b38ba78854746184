//! The network: names and their machines, one clock for all, and what goes over the wire.

use crate::clock::StoryClock;
use crate::engine::Engine;
use crate::hostile::{Answer, Asked, Hostile, Letter};
use crate::instance::Instance;
use crate::names::Wandering;
use crate::wire::Transcript;
use client::HostMap;
use futures::executor::block_on;
use model::{Clock, Time};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a story may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(30);

/// A network of instances in this process. Cheap to clone; it ends with its last clone.
#[derive(Clone)]
pub struct Network(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub hosts: HostMap,
    pub names: Wandering,
    pub clock: Arc<StoryClock>,
    pub transcript: Arc<Transcript>,
    instances: Mutex<Vec<Instance>>,
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

impl Network {
    /// A network with nobody in it.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            hosts: HostMap::new(),
            names: Wandering::default(),
            clock: Arc::default(),
            transcript: Arc::default(),
            instances: Mutex::default(),
        }))
    }

    /// Sets an instance up at `http://{host}/`, on SQLite, or where [`crate::on_postgres`] says.
    pub async fn instance(&self, host: &str) -> Instance {
        let instance = self.instance_on(Engine::of_this_story(), host).await;
        instance.expect("a database")
    }

    /// Sets an instance up on the engine named; `None` where this machine has no PostgreSQL.
    pub async fn instance_on(&self, engine: Engine, host: &str) -> Option<Instance> {
        let instance = Instance::set_up(&self.0, engine, host).await?;
        self.0.instances.lock().unwrap().push(instance.clone());
        Some(instance)
    }

    /// A peer that is none of ours at `http://{host}/`. `answer` speaks first; where it has
    /// nothing to say, the peer's one actor `/u/mallory` and its WebFinger are served.
    pub async fn hostile(
        &self,
        host: &str,
        answer: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Hostile {
        Hostile::stand_up(&self.0, host, answer).await
    }

    /// A peer that is none of ours, at an address that stands for a public one: instances find it by
    /// asking their resolver, which leads there once and then where it is told to.
    pub async fn rebinding(
        &self,
        host: &str,
        then: SocketAddr,
        answer: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Hostile {
        let (hostile, address) = Hostile::in_public(&self.0, host, answer).await;
        self.0.names.lead(host, vec![vec![address], vec![then]]);
        hostile
    }

    /// How often a resolver was asked for a name.
    #[must_use]
    pub fn looked_up(&self, name: &str) -> usize {
        self.0.names.asked(name)
    }

    /// Gives the machine of one host another name as well.
    pub fn also(&self, name: &str, host: &str) {
        let machine = self.0.hosts.get(host).expect("a host of this network");
        self.0.hosts.insert(name, machine);
    }

    /// Sends a request as it stands, and answers the status and the words that came back.
    pub async fn send(&self, letter: Letter) -> (u16, String) {
        let machine = self.0.hosts.get(letter.url.host_str().unwrap());
        letter.send(machine.expect("a host of this network")).await
    }

    /// The present moment of the story.
    #[must_use]
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    /// Skips time, for everybody.
    pub fn advance(&self, seconds: i64) {
        self.0.clock.advance(seconds);
        for instance in self.instances() {
            instance.ops().wake();
        }
    }

    /// Waits until every instance has done what is due. Ends the test where they do not come to
    /// rest within half a minute.
    pub async fn settle(&self) {
        let begun = Instant::now();
        loop {
            let before = self.0.transcript.moves();
            let mut restless = Vec::new();
            for instance in self.instances() {
                let due = instance.due().await;
                if !due.is_quiet() {
                    restless.push(format!("{}: {due:?}", instance.host()));
                }
            }
            // A request that came between two counts may have left work behind the first.
            if restless.is_empty() && self.0.transcript.moves() == before {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "it does not settle: {restless:?}\n{:#?}",
                self.wire()
            );
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// What was posted to inboxes so far: `beta→alpha Follow`, with the status where it was
    /// refused. In the order it was answered.
    #[must_use]
    pub fn wire(&self) -> Vec<String> {
        self.0.transcript.lines()
    }

    /// What was posted since the last time, and forgets it.
    #[must_use]
    pub fn wire_since(&self) -> Vec<String> {
        let lines = self.wire();
        self.0.transcript.clear();
        lines
    }

    /// Ends the test unless everything is done and nothing was given up on.
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
