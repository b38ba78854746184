//! Notices with a wide audience, and of what became of a delivery.

use crate::context::Context;
use delivery::jobs::Job;
use domain::{Outcome, Tx};
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
        let (activity, peer) = (self.activity, self.peer);
        let read = move |db: &mut store::Db| -> Outcome<_> {
            Ok(store::queue::activity::by_id(db, activity)?)
        };
        let refused = context.ops().store().read(read).await?;
        let created = refused.filter(|activity| activity.kind == "Create");
        if let Some(post) = created.and_then(|activity| activity.post_id) {
            let tell = move |tx: &mut Tx<'_>| domain::notice::tell_refused(tx, post, peer);
            context.ops().write(tell).await?;
        }
        Ok(())
    }
}
