//! The daily backup.

use crate::context::Context;
use ::backup::Plan;
use chrono_tz::Tz;
use delivery::jobs::{Job, Schedule};
use model::JobId;
use model::job::{JobError, Payload};
use serde::{Deserialize, Serialize};

/// Makes a backup in the folder that the configuration names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WriteBackup;

impl Payload for WriteBackup {
    const KIND: &'static str = "write_backup";
}

impl Job<Context> for WriteBackup {
    /// Nothing where the configuration no longer names a folder.
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let Some(plan) = context.backup_plan.clone() else {
            return Ok(());
        };
        let (store, now) = (context.ops().store().clone(), context.ops().now());
        let written = tokio::task::spawn_blocking(move || plan.run(&store, now)).await;
        let written = written.map_err(|error| JobError::Failed(error.to_string()))?;
        let contents = written.map_err(|error| JobError::Failed(error.to_string()))?;
        tracing::info!(
            bytes = contents.bytes,
            pictures = contents.pictures,
            "wrote the daily backup"
        );
        Ok(())
    }
}

/// The schedule of a plan, in the time zone that `zone` returns at the time.
pub(crate) fn schedule(
    plan: &Plan,
    zone: impl Fn() -> Tz + Send + Sync + 'static,
) -> Option<Schedule> {
    let (hour, minute) = plan.at;
    let rule = format!("{minute} {hour} * * *");
    Schedule::cron(&rule, zone, WriteBackup).ok()
}
