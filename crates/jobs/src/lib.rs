//! The durable runner: what was committed with its cause is done afterwards, once and in order.
//! Three loops over one bell: jobs, activities received, lanes of deliveries; and the clock's own
//! work every hour. It decides nothing; the bodies call `federation`, `media` and verbs.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod body;
mod keys;
mod picture;
mod runner;
mod schedule;

use delivery::Notifiers;
use domain::{Error, Outcome};
use federation::seam::Federation;
use media::Media;
use model::Time;
use model::peer::{DeliveryState, InboundState};
use std::sync::Arc;
use std::time::Duration;
use store::Backend;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// How long a stop waits for what is running; what is cut off runs again after its lease.
const GRACE: Duration = Duration::from_secs(10);

/// What the runner works with.
pub struct JobsConfig {
    /// The engine, and through it the door and the database.
    pub federation: Federation,
    /// Where fetched pictures go.
    pub media: Media,
    /// Rung after each commit (`notify_one`, from `OpsConfig::wake`).
    pub wake: Arc<Notify>,
}

/// A running runner. Dropping it stops it without waiting.
pub struct JobsHandle {
    federation: Federation,
    stop: watch::Sender<bool>,
    loops: Vec<JoinHandle<()>>,
}

/// Rows that are due in the three queues, whether or not somebody is at work on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// Jobs.
    pub jobs: i64,
    /// Activities received.
    pub inbound: i64,
    /// Deliveries to peers that are not left alone.
    pub deliveries: i64,
}

/// What was given up on and waits for an admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetAside {
    /// Jobs that failed too often.
    pub jobs: i64,
    /// Deliveries a peer refused.
    pub deliveries: i64,
    /// Activities received and refused.
    pub rejected: i64,
}

impl Due {
    /// Nothing is left to do now.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.jobs == 0 && self.inbound == 0 && self.deliveries == 0
    }
}

/// Starts the loops on the current tokio runtime.
#[must_use]
pub fn start(config: JobsConfig) -> JobsHandle {
    let JobsConfig {
        federation,
        media,
        wake,
    } = config;
    let (stop, stopped) = watch::channel(false);
    let (notifiers, [jobs, inbound, outbound]) = Notifiers::new();
    let (scheduler, context) = (
        federation.delivery_scheduler(),
        federation.delivery_context(),
    );
    let fed = federation.clone();
    let loops = tokio::spawn(async move {
        if let Err(why) = release(&fed).await {
            tracing::error!(%why, "leases of an earlier run stay until they end");
        }
        tokio::join!(
            notifiers.forward(wake, stopped.clone()),
            runner::run(fed.clone(), media, jobs, stopped.clone()),
            delivery::inbound::run(
                context,
                fed.clone(),
                fed.arrivals(),
                inbound,
                stopped.clone(),
            ),
            delivery::outbound::run(scheduler, outbound, stopped.clone()),
            schedule::run(fed.clone(), stopped),
        );
    });
    JobsHandle {
        federation,
        stop,
        loops: vec![loops],
    }
}

/// An SQLite file has one server: what is still leased was left behind by a crash. On PostgreSQL
/// another process may hold it, and its lease ends by itself.
async fn release(fed: &Federation) -> Outcome<()> {
    if fed.store().backend() == Backend::Postgres {
        return Ok(());
    }
    fed.store()
        .write_relaxed(|db| -> Outcome<()> {
            store::queue::jobs::release_all(db)?;
            Ok(store::queue::delivery::release_all(db)?)
        })
        .await
}

impl JobsHandle {
    /// What is due by `until`.
    ///
    /// # Errors
    /// Faults.
    pub async fn due(&self, until: Time) -> Outcome<Due> {
        self.federation
            .store()
            .read(move |db| -> Outcome<Due> {
                // In the order work flows, so that none slips from one count past the next.
                let inbound = store::queue::inbound::count_due(db, until)?;
                let jobs = store::queue::jobs::count_due(db, until)?;
                let deliveries = store::queue::delivery::count_due(db, until)?;
                Ok(Due {
                    jobs,
                    inbound,
                    deliveries,
                })
            })
            .await
    }

    /// What was given up on.
    ///
    /// # Errors
    /// Faults.
    pub async fn set_aside(&self) -> Outcome<SetAside> {
        self.federation
            .store()
            .read(|db| -> Outcome<SetAside> {
                Ok(SetAside {
                    jobs: store::queue::jobs::count_dead(db)?,
                    deliveries: store::queue::delivery::count(db, DeliveryState::Failed)?,
                    rejected: store::queue::inbound::count(db, InboundState::Rejected)?,
                })
            })
            .await
    }

    /// Waits until nothing is due now, looking every few milliseconds; answers whether it came
    /// to rest within `patience`.
    ///
    /// # Errors
    /// Faults.
    pub async fn settled(&self, patience: Duration) -> Outcome<bool> {
        let quiet = async {
            loop {
                // What is being written at this moment is due a moment later.
                let until = self.federation.ops().now().plus_seconds(1);
                if self.due(until).await?.is_quiet() {
                    return Ok::<(), Error>(());
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        match tokio::time::timeout(patience, quiet).await {
            Ok(settled) => settled.map(|()| true),
            Err(_elapsed) => Ok(false),
        }
    }

    /// Claims nothing more, lets what is running finish for up to ten seconds, and ends. What is
    /// cut off runs again: here at the next start, or elsewhere after its lease.
    pub async fn stop(mut self) {
        // Nobody listens where the loops have ended already.
        let _ = self.stop.send(true);
        for running in std::mem::take(&mut self.loops) {
            let abort = running.abort_handle();
            if tokio::time::timeout(GRACE, running).await.is_err() {
                abort.abort();
            }
        }
    }
}

impl Drop for JobsHandle {
    fn drop(&mut self) {
        for running in &self.loops {
            running.abort();
        }
    }
}
