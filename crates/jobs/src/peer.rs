//! What follows from a rule about a peer: many rows, changed a chunk at a time; and what peers run.

use crate::context::Context;
use delivery::jobs::Job;
use domain::Tx;
use domain::peer::Step;
use model::job::{ApplyPeerRule, JobError, Payload, ReevaluatePeers};
use model::{JobId, PeerId};
use serde::{Deserialize, Serialize};

/// How often servers are asked what they run, in seconds; those that were heard from meanwhile.
pub(crate) const IDENTIFY_SECONDS: i64 = 3_600;

/// Has servers asked what they run of which it is unknown: those of people and of communities that nobody here
/// follows, too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdentifyPeers;

impl Payload for IdentifyPeers {
    const KIND: &'static str = "identify_peers";
}

impl Job<Context> for IdentifyPeers {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let identify = |tx: &mut Tx<'_>| {
            domain::peer::identify_unknown(tx, tx.now.plus_seconds(-IDENTIFY_SECONDS))
        };
        let count = context.ops().write(identify).await?;
        tracing::debug!(count, "servers asked what they run");
        Ok(())
    }
}

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
