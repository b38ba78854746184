//! The end of polls.

use crate::context::Context;
use delivery::jobs::Job;
use domain::Tx;
use model::job::JobError;
use model::poll::{ClosePoll, TellVoters};
use model::{ActorId, JobId};

impl Job<Context> for ClosePoll {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let post = self.post;
        let close = move |tx: &mut Tx<'_>| domain::poll::close(tx, post);
        context.ops().write(close).await?;
        Ok(())
    }
}

impl Job<Context> for TellVoters {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let post = self.post;
        let mut next = Some(ActorId(0));
        while let Some(after) = next {
            let tell = move |tx: &mut Tx<'_>| domain::poll::tell_voters(tx, post, after);
            next = context.ops().write(tell).await?;
        }
        Ok(())
    }
}
