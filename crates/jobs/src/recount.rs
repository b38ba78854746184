//! What follows from a suspension: the numbers that count what the actor wrote and liked.

use crate::context::Context;
use delivery::jobs::Job;
use domain::Tx;
use model::JobId;
use model::job::{JobError, Recount};
use store::post::recount::Whose;

impl Job<Context> for Recount {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let whose = Whose::Actor(self.actor);
        let mut next = Some(domain::post::Recount::default());
        while let Some(step) = next {
            let count = move |tx: &mut Tx<'_>| domain::post::recount(tx, whose, step);
            next = context.ops().write(count).await?;
        }
        Ok(())
    }
}
