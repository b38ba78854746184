//! Activities received: claimed in order within their key, taken in side by side. `federation`
//! finishes each row in the transaction of the verb it called.

use crate::bell::Bell;
use crate::crew::Crew;
use domain::Outcome;
use federation::seam::Federation;
use model::InboundId;
use std::time::Duration;
use store::row::Inbound;
use tokio::sync::watch;
use tokio::time::Instant;

/// Activities at a time.
const AT_ONCE: usize = 32;
/// How long a claim holds; renewed at half of it.
const LEASE_SECONDS: i64 = 60;
/// After a fault of the database.
const PAUSE: Duration = Duration::from_millis(500);

/// Takes activities in until the stop, then lets those at work finish.
pub(crate) async fn run(fed: Federation, bell: Bell, mut stopped: watch::Receiver<bool>) {
    let mut crew: Crew<InboundId, ()> = Crew::new(AT_ONCE);
    let renewal = Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 2);
    let mut renew_at = Instant::now() + renewal;
    loop {
        let stopping = *stopped.borrow();
        let want = if stopping { 0 } else { crew.free() };
        match claim(&fed, want).await {
            Ok(claimed) => {
                if want > 0 && claimed.len() == want {
                    bell.ring();
                }
                for row in claimed {
                    let fed = fed.clone();
                    crew.begin(row.id, async move {
                        federation::receive::process(&fed, row).await
                    });
                }
            }
            Err(why) => {
                tracing::error!(%why, "the inbound table cannot be used");
                tokio::time::sleep(PAUSE).await;
            }
        }
        if stopping && crew.is_idle() {
            return;
        }
        tokio::select! {
            first = crew.next() => {
                for (id, answer) in crew.finished(first).await {
                    if let Err(why) = answer {
                        give_up(&fed, id, why).await;
                    }
                }
            }
            () = bell.wait(), if crew.free() > 0 && !stopping => {}
            () = tokio::time::sleep_until(renew_at) => {}
            _ = stopped.changed(), if !stopping => {}
        }
        if Instant::now() >= renew_at {
            renew(&fed, crew.ids()).await;
            renew_at = Instant::now() + renewal;
        }
    }
}

async fn claim(fed: &Federation, want: usize) -> Outcome<Vec<Inbound>> {
    if want == 0 {
        return Ok(Vec::new());
    }
    let now = fed.ops().now();
    let limit = i64::try_from(want).unwrap_or(1);
    fed.store()
        .write_relaxed(move |db| -> Outcome<Vec<Inbound>> {
            let lease = now.plus_seconds(LEASE_SECONDS);
            Ok(store::queue::inbound::claim(db, now, lease, limit)?)
        })
        .await
}

/// An activity that made us panic would do so again: refused, with the reason.
async fn give_up(fed: &Federation, id: InboundId, why: String) {
    tracing::error!(%id, why, "taking in an activity panicked");
    let written = fed
        .store()
        .write_relaxed(move |db| -> Outcome<()> {
            let state = model::peer::InboundState::Rejected;
            Ok(store::queue::inbound::finish(db, id, state, Some(&why))?)
        })
        .await;
    if let Err(why) = written {
        tracing::error!(%id, %why, "its end was not written down; it is tried again after its lease");
    }
}

/// Keeps what is still at work from being claimed by somebody else.
async fn renew(fed: &Federation, ids: Vec<InboundId>) {
    let until = fed.ops().now().plus_seconds(LEASE_SECONDS);
    let renewed = fed
        .store()
        .write_relaxed(move |db| -> Outcome<()> {
            Ok(store::queue::inbound::lease_until(db, &ids, until)?)
        })
        .await;
    if let Err(why) = renewed {
        tracing::warn!(%why, "leases were not renewed");
    }
}
