//! What follows from a rule about a peer: many rows, changed a chunk at a time.

use crate::context::Context;
use delivery::jobs::Job;
use domain::Tx;
use domain::peer::Step;
use model::job::{ApplyPeerRule, JobError, ReevaluatePeers};
use model::{JobId, PeerId};

impl Job<Context> for ApplyPeerRule {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let peer = self.peer;
        let mut next = Some(Step::default());
        while let Some(step) = next {
            let apply = move |tx: &mut Tx<'_>| domain::peer::apply_rule(tx, peer, step);
            next = context.ops().write(apply).await?;
        }
        Ok(())
    }
}

impl Job<Context> for ReevaluatePeers {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let mut next = Some(PeerId(0));
        while let Some(after) = next {
            let evaluate = move |tx: &mut Tx<'_>| domain::peer::reevaluate_all(tx, after);
            next = context.ops().write(evaluate).await?;
        }
        Ok(())
    }
}
