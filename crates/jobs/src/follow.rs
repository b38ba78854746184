//! Repeats follow requests that have no answer.

use crate::context::Context;
use delivery::jobs::Job;
use domain::follow::REPEAT_AFTER_SECONDS;
use model::JobId;
use model::job::{JobError, Payload};
use serde::{Deserialize, Serialize};

/// Sends each `Follow` again that has had no answer for a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RepeatFollows;

impl Payload for RepeatFollows {
    const KIND: &'static str = "repeat_follows";
}

impl Job<Context> for RepeatFollows {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let ops = context.ops();
        let before = ops.now().plus_seconds(-REPEAT_AFTER_SECONDS);
        let repeat = move |tx: &mut domain::Tx<'_>| domain::follow::repeat_unanswered(tx, before);
        let count = ops.write(repeat).await?;
        tracing::debug!(count, "follows without an answer sent again");
        Ok(())
    }
}
