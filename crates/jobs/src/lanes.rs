//! Lanes of deliveries: one task for each peer that something waits for, so that a slow server
//! holds up nobody else.

use crate::bell::Bell;
use crate::crew::Crew;
use domain::Outcome;
use federation::seam::Federation;
use model::PeerId;
use std::time::Duration;
use tokio::sync::watch;

/// Peers at a time.
const AT_ONCE: usize = 64;
/// After a fault of the database.
const PAUSE: Duration = Duration::from_millis(500);

/// Opens lanes until the stop, then lets the open ones run empty.
pub(crate) async fn run(fed: Federation, bell: Bell, mut stopped: watch::Receiver<bool>) {
    let mut crew: Crew<PeerId, Outcome<usize>> = Crew::new(AT_ONCE);
    let mut look = true;
    loop {
        let stopping = *stopped.borrow();
        if look
            && !stopping
            && let Err(why) = open(&fed, &mut crew).await
        {
            tracing::error!(%why, "the delivery table cannot be used");
            tokio::time::sleep(PAUSE).await;
        }
        if stopping && crew.is_idle() {
            return;
        }
        look = tokio::select! {
            first = crew.next() => {
                // A lane that sent nothing, or failed, is left to the next ring.
                let ended = crew.finished(first).await;
                ended.into_iter().map(has_sent).filter(|sent| *sent).count() > 0
            }
            () = bell.wait(), if crew.free() > 0 && !stopping => true,
            _ = stopped.changed(), if !stopping => false,
        };
    }
}

/// Opens the lanes that are free, each once.
async fn open(fed: &Federation, crew: &mut Crew<PeerId, Outcome<usize>>) -> Outcome<()> {
    let limit = i64::try_from(crew.free()).unwrap_or(0);
    if limit == 0 {
        return Ok(());
    }
    let now = fed.ops().now();
    let peers = fed
        .store()
        .read(move |db| -> Outcome<Vec<PeerId>> {
            Ok(store::queue::delivery::free_lanes(db, now, limit)?)
        })
        .await?;
    for peer in peers {
        if crew.has(peer) {
            continue;
        }
        let (fed, holder) = (fed.clone(), fed.ops().id::<i64>());
        crew.begin(peer, async move {
            federation::deliver::run_lane(&fed, peer, holder).await
        });
    }
    Ok(())
}

/// Something went out: more may have come since the lane was last looked at.
fn has_sent((peer, answer): (PeerId, Result<Outcome<usize>, String>)) -> bool {
    match answer {
        Ok(Ok(sent)) => sent > 0,
        Ok(Err(why)) => {
            tracing::error!(%peer, %why, "a lane was given up");
            false
        }
        Err(panic) => {
            tracing::error!(%peer, panic, "a lane panicked");
            false
        }
    }
}
