//! Deletes what was kept for long enough, as the retention rules of `store` say.

use crate::context::Context;
use delivery::jobs::Job;
use model::JobId;
use model::job::{JobError, Payload};
use serde::{Deserialize, Serialize};
use store::retention::{CHUNK, RULES};
use store::{Db, StoreError};

/// Deletes what was kept for long enough.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Housekeeping;

impl Payload for Housekeeping {
    const KIND: &'static str = "housekeeping";
}

impl Job<Context> for Housekeeping {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let now = context.ops().now();
        for rule in RULES {
            let before = now.plus_seconds(-rule.keep_seconds);
            let delete = move |db: &mut Db| -> Result<bool, StoreError> {
                Ok((rule.delete)(db, before, CHUNK)?)
            };
            let store = context.ops().store();
            while store
                .write_read_committed(delete)
                .await
                .map_err(domain::Error::from)?
            {}
            tracing::debug!(rule = rule.name, "retention rule applied");
        }
        Ok(())
    }
}
