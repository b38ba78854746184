//! Notices with a wide audience, and of what became of a delivery.

use crate::context::Context;
use delivery::jobs::Job;
use domain::Tx;
use model::job::{JobError, NotifyWatchers, ReportRefusal};
use model::{ActorId, JobId};

impl Job<Context> for NotifyWatchers {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let post = self.post;
        let mut next = Some(ActorId(0));
        while let Some(after) = next {
            let tell = move |tx: &mut Tx<'_>| domain::notice::tell_watchers(tx, post, after);
            next = context.ops().write(tell).await?;
        }
        Ok(())
    }
}

impl Job<Context> for ReportRefusal {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let (post, peer) = (self.post, self.peer);
        let tell = move |tx: &mut Tx<'_>| domain::notice::tell_refused(tx, post, peer);
        context.ops().write(tell).await?;
        Ok(())
    }
}
