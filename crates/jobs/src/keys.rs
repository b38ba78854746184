//! Keys of actors from before there were such keys: made here, off the async threads, and handed to
//! the verb. Done with the housekeeping; where nobody lacks one it costs one query.

use domain::keys::Ed25519Pair;
use domain::{Error, Outcome};
use federation::seam::Federation;
use model::ActorId;
use model::actor::KeyKind;
use store::StoreError;

/// Actors that get their key in one transaction.
const CHUNK: i64 = 100;

/// Gives every local actor that has none its Ed25519 key.
pub(crate) async fn complete(fed: &Federation) -> Outcome<()> {
    loop {
        let lacking = fed
            .store()
            .read(|db| -> Outcome<_> {
                Ok(store::actor::without_key(db, KeyKind::Ed25519, CHUNK)?)
            })
            .await?;
        if lacking.is_empty() {
            return Ok(());
        }
        tracing::info!(actors = lacking.len(), "made keys for");
        let pairs = make(lacking).await?;
        fed.ops()
            .write(move |tx| {
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
