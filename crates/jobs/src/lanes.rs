//! Deliveries: the office says what goes out, a task posts each, and what has ended is written down
//! for many of them at once.

use crate::backoff::Backoff as Trouble;
use crate::notifier::Wakeups as Bell;
use crate::task_pool::TaskPool as Crew;
use federation::context::Federation;
use federation::deliver::{Office, Report};
use model::DeliveryId;
use std::time::Duration;
use tokio::sync::watch;

/// Where this many are at work,
const MANY: usize = 8;
/// others that end a moment later are waited for, so that they are written down together. Longer
/// would spare some writes, but what is answered and not yet written is sent again after a crash.
const MOMENT: Duration = Duration::from_millis(5);

/// Delivers until the stop, then lets what is on its way arrive.
pub(crate) async fn run(fed: Federation, bell: Bell, mut stopped: watch::Receiver<bool>) {
    let mut office = Office::new(&fed);
    let mut crew: Crew<DeliveryId, Report> = Crew::new(usize::MAX);
    let mut ended: Vec<Report> = Vec::new();
    let mut trouble = Trouble::new("the delivery table cannot be used");
    loop {
        let stopping = *stopped.borrow();
        let written = office.exchange(std::mem::take(&mut ended), !stopping).await;
        if let Err(why) = &written {
            trouble.record_failure(why);
            trouble.wait(&mut stopped).await;
            continue;
        }
        trouble.record_success();
        if !stopping {
            for errand in office.errands() {
                crew.begin(errand.id(), errand.run());
            }
        }
        if stopping && crew.is_idle() && office.is_clear() {
            break;
        }
        if !stopping && office.is_restless() {
            continue;
        }
        tokio::select! {
            first = crew.next() => ended = collect(&office, &mut crew, first).await,
            () = bell.wait() => office.ring(),
            _ = stopped.changed(), if !stopping => {}
        }
    }
    if let Err(why) = office.close().await {
        tracing::warn!(%why, "lanes were not given back; they are free after their lease");
    }
}

/// The first that has ended, and all that end in the same moment.
async fn collect(
    office: &Office,
    crew: &mut Crew<DeliveryId, Report>,
    first: (DeliveryId, Result<Report, String>),
) -> Vec<Report> {
    if crew.len() >= MANY {
        tokio::time::sleep(MOMENT).await;
    }
    let ended = crew.finished(first).await.into_iter();
    ended
        .filter_map(|(id, answer)| match answer {
            Ok(report) => Some(report),
            Err(panic) => {
                tracing::error!(%id, panic, "a delivery panicked");
                office.panicked(id, panic)
            }
        })
        .collect()
}
