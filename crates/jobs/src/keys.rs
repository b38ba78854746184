//! Ed25519 keys for actors that were created before there were such keys: generated here, off the
//! async threads, and handed to the verb. Where no actor lacks one it costs one query.

use crate::context::Context;
use delivery::jobs::Job;
use domain::keys::Ed25519Pair;
use domain::{Error, Ops, Outcome};
use model::actor::KeyKind;
use model::job::{JobError, Payload};
use model::{ActorId, JobId};
use serde::{Deserialize, Serialize};
use store::StoreError;

/// Actors whose key is stored in one transaction.
const CHUNK: i64 = 100;

/// Gives every local actor that has none its Ed25519 key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CompleteKeys;

impl Payload for CompleteKeys {
    const KIND: &'static str = "complete_keys";
}

impl Job<Context> for CompleteKeys {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        Ok(complete(context.ops()).await?)
    }
}

async fn complete(ops: &Ops) -> Outcome<()> {
    loop {
        let lacking = ops
            .store()
            .read(|db| -> Outcome<_> {
                Ok(store::raw::actor::without_key(db, KeyKind::Ed25519, CHUNK)?)
            })
            .await?;
        if lacking.is_empty() {
            return Ok(());
        }
        tracing::info!(actors = lacking.len(), "generating Ed25519 keys");
        let pairs = make(lacking).await?;
        ops.write(move |tx| {
            for (actor, pair) in &pairs {
                domain::actor::complete_keys(tx, *actor, pair)?;
            }
            Ok(())
        })
        .await?;
    }
}

async fn make(actors: Vec<ActorId>) -> Outcome<Vec<(ActorId, Ed25519Pair)>> {
    let fault = |why: String| Error::Fault(StoreError::Internal(why));
    let made = tokio::task::spawn_blocking(move || -> Result<Vec<_>, String> {
        let pair = |actor| {
            let pair = domain::keys::generate_ed25519().map_err(|error| error.to_string())?;
            Ok((actor, pair))
        };
        actors.into_iter().map(pair).collect()
    });
    let made = made.await.map_err(|gone| fault(gone.to_string()))?;
    made.map_err(fault)
}
