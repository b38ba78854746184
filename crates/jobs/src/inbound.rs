//! Activities received: claimed host by host, taken in side by side, and in order within their
//! key. `federation` finishes each row in the transaction of the verb it called.

mod lines;

use crate::bell::Bell;
use crate::crew::Crew;
use domain::Outcome;
use federation::seam::Federation;
use lines::{Line, Lines};
use model::InboundId;
use std::time::Duration;
use store::queue::inbound::Claim;
use store::row::Inbound;
use tokio::sync::watch;
use tokio::time::Instant;

/// Keys at a time.
const AT_ONCE: usize = 512;
/// How long a claim holds where others work on the database too; renewed at half of it.
const LEASE_SECONDS: i64 = 60;
/// After a fault of the database.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two claims: under load many arrive meanwhile, and are claimed together.
const BREATH: Duration = Duration::from_millis(2);

/// The loop's state.
struct Desk {
    fed: Federation,
    lines: Lines,
    crew: Crew<u64, ()>,
    /// The host that was served last.
    after: String,
    /// There may be more than was claimed.
    more: bool,
    claim_at: Instant,
}

/// Takes activities in until the stop, then lets those at work finish.
pub(crate) async fn run(fed: Federation, bell: Bell, mut stopped: watch::Receiver<bool>) {
    let arrivals = fed.arrivals();
    let mut desk = Desk {
        fed,
        lines: Lines::default(),
        crew: Crew::new(AT_ONCE),
        after: String::new(),
        more: true,
        claim_at: Instant::now(),
    };
    let renewal = Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 2);
    let mut renew_at = Instant::now() + renewal;
    loop {
        let stopping = *stopped.borrow();
        if !stopping {
            desk.claim().await;
            desk.begin();
        }
        if stopping && desk.crew.is_idle() {
            give_back(&desk.fed, desk.lines.held()).await;
            return;
        }
        let room = desk.lines.has_room() && !stopping;
        tokio::select! {
            first = desk.crew.next() => desk.ended(first).await,
            () = tokio::time::sleep_until(desk.claim_at), if room && desk.more => {}
            () = bell.wait(), if room && !desk.more => desk.more = true,
            () = arrivals.notified(), if room && !desk.more => desk.more = true,
            () = tokio::time::sleep_until(renew_at) => {}
            _ = stopped.changed(), if !stopping => {}
        }
        if Instant::now() >= renew_at {
            renew(&desk.fed, desk.lines.held()).await;
            renew_at = Instant::now() + renewal;
        }
    }
}

impl Desk {
    /// Claims what is due, if there may be something and there is room for it.
    async fn claim(&mut self) {
        if !self.more || !self.lines.has_room() || Instant::now() < self.claim_at {
            return;
        }
        let asked = self.lines.ask(&self.fed, &self.after);
        let limit = asked.limit;
        match claim(&self.fed, asked).await {
            Ok((rows, after)) => {
                self.more = !rows.is_empty();
                if rows.len() < limit / 2 {
                    self.claim_at = Instant::now() + BREATH;
                }
                self.after = after;
                self.lines.add(rows);
            }
            Err(why) => {
                tracing::error!(%why, "the inbound table cannot be used");
                self.claim_at = Instant::now() + PAUSE;
            }
        }
    }

    /// Begins lines until enough are at work.
    fn begin(&mut self) {
        while self.crew.free() > 0
            && let Some(Line { number, rows }) = self.lines.next()
        {
            let fed = self.fed.clone();
            self.crew.begin(number, async move {
                federation::receive::in_order(&fed, rows).await;
            });
        }
    }

    async fn ended(&mut self, first: (u64, Result<(), String>)) {
        for (number, answer) in self.crew.finished(first).await {
            if let Err(why) = answer {
                // Each activity's own panic is caught; what this line still held is claimed anew.
                tracing::error!(why, "a line of activities broke off");
                self.more = true;
            }
            self.lines.end(number);
        }
    }
}

/// On SQLite this process is the only one that works: what it holds it knows, and nothing is
/// written. On PostgreSQL the rows are leased.
async fn claim(fed: &Federation, mut asked: Claim) -> Outcome<(Vec<Inbound>, String)> {
    if fed.store().keeps_order() {
        let read = move |db: &mut store::Db| -> Outcome<_> {
            Ok(store::queue::inbound::claim(db, &asked)?)
        };
        return fed.store().read(read).await;
    }
    asked.lease = Some(asked.now.plus_seconds(LEASE_SECONDS));
    fed.store()
        .write_relaxed(move |db| -> Outcome<_> { Ok(store::queue::inbound::claim(db, &asked)?) })
        .await
}

/// Keeps what is held from being claimed by somebody else.
async fn renew(fed: &Federation, ids: Vec<InboundId>) {
    lease(fed, ids, LEASE_SECONDS).await;
}

/// Lets somebody else have what was not begun.
async fn give_back(fed: &Federation, ids: Vec<InboundId>) {
    lease(fed, ids, -1).await;
}

async fn lease(fed: &Federation, ids: Vec<InboundId>, seconds: i64) {
    if fed.store().keeps_order() || ids.is_empty() {
        return;
    }
    let until = fed.ops().now().plus_seconds(seconds);
    let leased = fed
        .store()
        .write_relaxed(move |db| -> Outcome<()> {
            Ok(store::queue::inbound::lease_until(db, &ids, until)?)
        })
        .await;
    if let Err(why) = leased {
        tracing::warn!(%why, "leases were not renewed");
    }
}
