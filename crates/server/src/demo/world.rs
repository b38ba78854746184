//! The three running instances, and who is who in them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use domain::{Error, Ops};
use model::access::Reader;
use model::{ActorId, PostId};
use store::row;
use tokio::time::{Instant, sleep};

use super::clock::DemoClock;
use super::content::{Address, Organization, with_hosts};
use crate::instance::Instance;

/// How long something may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often is looked.
const GLANCE: Duration = Duration::from_millis(8);

/// One organization with its instance.
pub(super) struct DemoServer {
    pub(super) content: Organization,
    pub(super) instance: Instance,
    /// `alliance.localhost:8081`
    pub(super) host: String,
}

impl DemoServer {
    pub(super) fn ops(&self) -> &Ops {
        self.instance.ops()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.host)
    }
}

/// All of them.
pub(super) struct World {
    pub(super) places: Vec<DemoServer>,
    pub(super) clock: Arc<DemoClock>,
}

impl World {
    /// The place of an address.
    pub(super) fn home(&self, address: &Address) -> anyhow::Result<&DemoServer> {
        let mut places = self.places.iter();
        let found = places.find(|place| place.content.slug == address.organization);
        found.with_context(|| format!("{address} is of no known organization"))
    }

    /// A text with real hosts in its mentions.
    pub(super) fn text(&self, text: &str) -> String {
        let hosts: HashMap<&str, &str> = self
            .places
            .iter()
            .map(|place| (place.content.slug.as_str(), place.host.as_str()))
            .collect();
        with_hosts(text, |slug| hosts.get(slug).map(|host| (*host).to_owned()))
    }

    /// Somebody's id at their home.
    pub(super) async fn person(&self, address: &Address) -> anyhow::Result<ActorId> {
        Ok(self.at(self.home(address)?, address).await?.id)
    }

    /// An actor as one of the places knows it.
    pub(super) async fn at(&self, place: &DemoServer, who: &Address) -> anyhow::Result<row::Actor> {
        let home = self.home(who)?;
        let host = if home.host == place.host {
            String::new()
        } else {
            home.host.clone()
        };
        let handle = who.handle.clone();
        let reader = Reader::system(place.ops().now());
        let read = move |db: &mut store::Db| store::actor::by_address(db, reader, &handle, &host);
        let found = place
            .ops()
            .store()
            .read(move |db| read(db).map_err(Error::from));
        found
            .await?
            .with_context(|| format!("{who} is not known at {}", place.content.slug))
    }

    /// A post at one of the places, once it has arrived there.
    pub(super) async fn post_at(&self, place: &DemoServer, ap_id: &str) -> anyhow::Result<PostId> {
        let until = Instant::now() + PATIENCE;
        loop {
            let id = ap_id.to_owned();
            let read = move |db: &mut store::Db| store::raw::post::by_ap_id(db, &id);
            let found = place
                .ops()
                .store()
                .read(move |db| read(db).map_err(Error::from));
            if let Some(post) = found.await? {
                return Ok(post.id);
            }
            if Instant::now() > until {
                bail!("{ap_id} did not arrive at {}", place.content.slug);
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until nothing is on its way any more.
    pub(super) async fn settle(&self) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        let mut quiet = 0;
        // What left one place after it was looked at is at another when that one is looked at again.
        while quiet < 2 {
            quiet = if self.is_quiet().await? { quiet + 1 } else { 0 };
            if Instant::now() > until {
                bail!("the three do not come to rest; the log says why");
            }
            if quiet == 0 {
                sleep(GLANCE).await;
            }
        }
        Ok(())
    }

    async fn is_quiet(&self) -> anyhow::Result<bool> {
        for place in &self.places {
            let due = place.instance.jobs().due(place.ops().now()).await?;
            if !due.is_quiet() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
