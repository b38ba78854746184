//! Runs what was committed with its cause: jobs, received activities, deliveries. `registry.rs` names
//! every kind of job and every schedule; the bodies that need several crates are here, the
//! others in `federation`. Nothing is decided here: the bodies call verbs.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod backup;
mod contact;
mod context;
mod digest;
mod follow;
mod housekeeping;
mod invitation;
mod keys;
mod mail;
mod mail_pace;
mod membership;
mod notice;
mod notice_mail;
mod notice_push;
mod peer;
mod picture;
mod poll;
mod post_picture;
mod push_service;
mod recount;
mod registry;
pub mod search;
#[cfg(test)]
mod tests;

pub use follow::RepeatFollows;
pub use housekeeping::Housekeeping;
pub use keys::CompleteKeys;
pub use peer::IdentifyPeers;

use ::backup::Plan;
use ::mail::Mailer;
use chrono_tz::Tz;
use client::Client;
use context::Context;
use delivery::Notifier;
use delivery::jobs::{Runner, Scheduler};
use domain::{Ops, Outcome};
use federation::context::Federation;
use mail_pace::MailPace;
use media::Media;
use model::Time;
use model::job::JobError;
use model::peer::{DeliveryState, InboundState};
use push_service::PushService;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use store::Backend;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// How long a stop waits for what is running. What is cut off runs again after its lease.
const GRACE: Duration = Duration::from_secs(8);

/// A job that needs the site's name, before an administrator has chosen it.
const NOT_SET_UP: JobError = JobError::Later(5);

/// What the loops work with.
pub struct JobsConfig {
    /// The federation context, and through it the verbs and the database.
    pub federation: Federation,
    /// Where fetched pictures go.
    pub media: Media,
    /// What takes the mails.
    pub mailer: Mailer,
    /// Mails to one recipient domain within a minute.
    pub mails_per_minute: NonZeroU16,
    /// Posts messages to push services.
    pub push_client: Client,
    /// The daily backups, if there are any.
    pub backup_plan: Option<Plan>,
    /// Notified after each commit (`notify_one`, from `OpsConfig::wake`).
    pub wake: Arc<Notify>,
}

/// The running loops. Dropping it stops them without waiting.
pub struct JobsHandle {
    federation: Federation,
    stop: watch::Sender<bool>,
    loops: Vec<JoinHandle<()>>,
}

/// Counts the rows that are due in the three queues, whether or not they are being worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    pub jobs: i64,
    /// Received activities.
    pub inbound: i64,
    /// Deliveries to peers that are not backed off.
    pub deliveries: i64,
}

/// Counts what was set aside and waits for an admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetAside {
    /// Jobs that failed too often.
    pub jobs: i64,
    /// Deliveries a peer refused.
    pub deliveries: i64,
    /// Received activities that were rejected.
    pub rejected: i64,
}

impl Due {
    /// Whether nothing is left to do now.
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
        mailer,
        mails_per_minute,
        push_client,
        backup_plan,
        wake,
    } = config;
    let (stop, stopped) = watch::channel(false);
    let (notifier, [jobs, inbound, outbound]) = Notifier::new();
    let delivery_context = federation.delivery_context();
    let delivery_scheduler = federation.delivery_scheduler();
    let fed = federation.clone();
    let ops = federation.ops().clone();
    let schedules = registry::schedules(backup_plan.as_ref(), zone_of_site(ops.clone()));
    let scheduler = Scheduler {
        context: delivery_context.clone(),
        new_id: Arc::new(move || ops.id()),
        schedules: schedules.into(),
    };
    let context = Context {
        federation: federation.clone(),
        media,
        mailer,
        mail_pace: MailPace::new(mails_per_minute),
        push: PushService::new(push_client),
        backup_plan,
    };
    let runner = Runner::new(registry::jobs(&context), scheduler.clone());
    let loops = tokio::spawn(async move {
        if let Err(error) = release_leases(&fed).await {
            tracing::error!(%error, "cannot release the leases of an earlier run");
        }
        tokio::join!(
            notifier.forward(wake, stopped.clone()),
            runner.run(jobs, stopped.clone()),
            delivery::inbound::run(
                delivery_context,
                fed.clone(),
                fed.arrivals(),
                inbound,
                stopped.clone(),
            ),
            delivery::outbound::run(delivery_scheduler, outbound, stopped.clone()),
            scheduler.run(stopped),
        );
    });
    JobsHandle {
        federation,
        stop,
        loops: vec![loops],
    }
}

/// Returns what tells the time zone of the site, which administrators may change at any time.
fn zone_of_site(ops: Ops) -> impl Fn() -> Tz + Send + Sync + 'static {
    move || {
        let chosen = ops.site().and_then(|site| site.zone.parse().ok());
        chosen.unwrap_or(Tz::UTC)
    }
}

/// Releases what a crash left leased, on SQLite, where this process is the only one. On PostgreSQL
/// another process may hold it, and its lease expires by itself.
async fn release_leases(fed: &Federation) -> Outcome<()> {
    if fed.store().backend() == Backend::Postgres {
        return Ok(());
    }
    fed.store()
        .write_read_committed(|db| -> Outcome<()> {
            store::queue::jobs::release_all(db)?;
            Ok(store::queue::delivery::release_all(db)?)
        })
        .await
}

impl JobsHandle {
    /// Counts what is due by `until`.
    ///
    /// # Errors
    /// Faults.
    pub async fn due(&self, until: Time) -> Outcome<Due> {
        self.federation
            .store()
            .read(move |db| -> Outcome<Due> {
                // Each statement sees what was committed before it. They follow the order in which work
                // flows, so that none slips from one count past the next: from received activities to
                // jobs to deliveries, of which a refused one becomes a job.
                let inbound = store::queue::inbound::count_due(db, until)?;
                let waiting = store::queue::jobs::count_due(db, until)?;
                let deliveries = store::queue::delivery::count_due(db, until)?;
                let jobs = waiting.max(store::queue::jobs::count_due(db, until)?);
                Ok(Due {
                    jobs,
                    inbound,
                    deliveries,
                })
            })
            .await
    }

    /// Counts what was set aside.
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

    /// Leases nothing more, lets what is running finish for up to eight seconds, and ends. What is cut
    /// off runs again: here at the next start, or elsewhere after its lease.
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
