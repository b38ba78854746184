//! Repeats follow requests that have no answer.

use crate::context::Context;
use delivery::jobs::Job;
use model::JobId;
use model::job::{JobError, Payload};
use serde::{Deserialize, Serialize};

/// Sends each `Follow` again that has had no answer: three times within half an hour, then every day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RepeatFollows;

impl Payload for RepeatFollows {
    const KIND: &'static str = "repeat_follows";
}

impl Job<Context> for RepeatFollows {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let ops = context.ops();
        let repeat = |tx: &mut domain::Tx<'_>| domain::follow::repeat_unanswered(tx, tx.now);
        let count = ops.write(repeat).await?;
        tracing::debug!(count, "follows without an answer sent again");
        Ok(())
    }
}
