//! Activities received: claimed host by host, taken in side by side, and in order within their
//! key. `federation` finishes each row in the transaction of the verb it called.

mod lines;

use crate::backoff::Backoff as Trouble;
use crate::notifier::Wakeups as Bell;
use crate::task_pool::TaskPool as Crew;
use domain::Outcome;
use federation::context::Federation;
use federation::receive::Broken;
use lines::{Line, Lines};
use model::InboundId;
use std::sync::Arc;
use std::time::Duration;
use store::Backend;
use store::queue::inbound::Claim;
use store::row::Inbound;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a claim holds where others work on the database too; renewed at half of it.
const LEASE_SECONDS: i64 = 60;
/// Between two claims: under load many arrive meanwhile, and are claimed together.
const BREATH: Duration = Duration::from_millis(2);

/// The loop's state.
struct Desk {
    fed: Federation,
    lines: Lines,
    crew: Crew<u64, Result<bool, Broken>>,
    trouble: Trouble,
    /// After a failure of the database one line goes first.
    first: Option<u64>,
    /// Leased and held no more: to be given back, that they may be claimed anew.
    strays: Vec<InboundId>,
    /// Since when the first of them is.
    strays_since: Instant,
    /// Some activity is put off that others may have to wait for.
    careful: bool,
    /// The host that was served last.
    after: String,
    /// There may be more than was claimed.
    more: bool,
    /// Some hosts were left out of the last claim, as they hold enough.
    left_out: bool,
    claim_at: Instant,
}

/// Takes activities in until the stop, then lets those at work finish.
pub(crate) async fn run(fed: Federation, bell: Bell, mut stopped: watch::Receiver<bool>) {
    let arrivals = fed.arrivals();
    let mut desk = Desk {
        fed,
        lines: Lines::default(),
        crew: Crew::new(usize::MAX),
        trouble: Trouble::new("received activities cannot be taken in"),
        first: None,
        strays: Vec::new(),
        strays_since: Instant::now(),
        careful: true,
        after: String::new(),
        more: true,
        left_out: false,
        claim_at: Instant::now(),
    };
    let mut renew_at = Instant::now() + renewal();
    let slow = Arc::clone(&desk.lines.rung);
    loop {
        let stopping = *stopped.borrow();
        let gone = desk.lines.look_around();
        desk.stray(gone);
        let resting = desk.trouble.paused_until();
        if !stopping && resting.is_none() {
            desk.claim().await;
            desk.begin();
        }
        if stopping && desk.crew.is_idle() {
            desk.strays.extend(desk.lines.held());
            give_back(&desk.fed, desk.strays).await;
            return;
        }
        let room = desk.lines.has_room() && !stopping && resting.is_none();
        let rested = resting.unwrap_or(desk.claim_at);
        tokio::select! {
            first = desk.crew.next() => desk.ended(first).await,
            () = slow.notified() => {}
            () = tokio::time::sleep_until(rested), if resting.is_some() => {}
            () = tokio::time::sleep_until(desk.claim_at), if room && desk.more => {}
            () = bell.wait(), if room && !desk.more => desk.more = true,
            () = arrivals.notified(), if room && !desk.more => desk.more = true,
            () = tokio::time::sleep_until(renew_at) => {}
            _ = stopped.changed(), if !stopping => {}
        }
        if Instant::now() >= renew_at {
            renew(&desk.fed, desk.lines.held()).await;
            renew_at = Instant::now() + renewal();
        }
    }
}

const fn renewal() -> Duration {
    Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 2)
}

impl Desk {
    /// Claims what is due, if there may be something and there is room for it.
    async fn claim(&mut self) {
        if !self.more || !self.lines.has_room() || Instant::now() < self.claim_at {
            return;
        }
        let strays = std::mem::take(&mut self.strays);
        // Later their lease is over by itself, and may be somebody else's.
        let leased = self.strays_since.elapsed() < renewal();
        if leased && !give_back(&self.fed, strays.clone()).await {
            self.strays = strays;
            self.trouble.record_failure(&"leases cannot be given back");
            return;
        }
        let asked = self.lines.ask(&self.fed, &self.after);
        let limit = asked.limit;
        self.left_out = !asked.excluded_hosts.is_empty() || asked.held.len() >= asked.per_host.rows;
        match claim(&self.fed, asked).await {
            Ok(Claimed {
                rows,
                after,
                careful,
            }) => {
                self.more = !rows.is_empty();
                if rows.len() < limit / 2 {
                    self.claim_at = Instant::now() + BREATH;
                }
                self.after = after;
                self.careful = careful || (rows.is_empty() && self.careful);
                self.lines.add(rows);
            }
            Err(why) => self.trouble.record_failure(&why),
        }
    }

    /// Begins lines until enough are at work.
    fn begin(&mut self) {
        while self.trouble.paused_until().is_none()
            && !(self.trouble.is_failing() && self.first.is_some())
            && let Some(Line {
                number,
                rows,
                waits,
            }) = self.lines.next()
        {
            if self.trouble.is_failing() {
                self.first = Some(number);
            }
            let (fed, careful) = (self.fed.clone(), self.careful);
            self.crew.begin(
                number,
                waits
                    .track(async move { federation::receive::in_order(&fed, rows, careful).await }),
            );
        }
    }

    async fn ended(&mut self, first: (u64, Result<Result<bool, Broken>, String>)) {
        for (number, answer) in self.crew.finished(first).await {
            self.first = self.first.filter(|first| *first != number);
            self.more |= self.left_out;
            let broken = match answer {
                Ok(Ok(put_off)) => {
                    self.careful |= put_off;
                    self.trouble.record_success();
                    self.lines.end(number);
                    continue;
                }
                Ok(Err(broken)) => broken,
                Err(why) => {
                    // Each activity's own panic is caught.
                    tracing::error!(why, "a line of activities broke off");
                    Broken::Behind
                }
            };
            if let Broken::Unavailable(why) = broken {
                self.trouble.record_failure(&why);
            }
            // What this line still held is claimed anew.
            let gone = self.lines.break_off(number);
            self.stray(gone);
            self.more = true;
        }
    }

    fn stray(&mut self, gone: Vec<InboundId>) {
        if self.strays.is_empty() {
            self.strays_since = Instant::now();
        }
        self.strays.extend(gone);
    }
}

/// What a claim brought.
struct Claimed {
    rows: Vec<Inbound>,
    /// The host served last.
    after: String,
    /// Some activity is put off that others may have to wait for.
    careful: bool,
}

/// On SQLite this process is the only one that works: what it holds it knows, and nothing is
/// written. On PostgreSQL the rows are leased.
async fn claim(fed: &Federation, mut asked: Claim) -> Outcome<Claimed> {
    if fed.store().backend() == Backend::Sqlite {
        return fed.store().read(move |db| claimed(db, &asked)).await;
    }
    asked.lease = Some(asked.now.plus_seconds(LEASE_SECONDS));
    let write = move |db: &mut store::Db| claimed(db, &asked);
    fed.store().write_read_committed(write).await
}

fn claimed(db: &mut store::Db, asked: &Claim) -> Outcome<Claimed> {
    let (rows, after) = store::queue::inbound::claim(db, asked)?;
    let careful = !rows.is_empty() && store::queue::hold::any(db)?;
    Ok(Claimed {
        rows,
        after,
        careful,
    })
}

/// Keeps what is held from being claimed by somebody else.
async fn renew(fed: &Federation, ids: Vec<InboundId>) {
    lease(fed, ids, LEASE_SECONDS).await;
}

/// Lets somebody else have what was not begun.
async fn give_back(fed: &Federation, ids: Vec<InboundId>) -> bool {
    lease(fed, ids, -1).await
}

/// Whether that was written down.
async fn lease(fed: &Federation, ids: Vec<InboundId>, seconds: i64) -> bool {
    if fed.store().backend() == Backend::Sqlite || ids.is_empty() {
        return true;
    }
    let until = fed.ops().now().plus_seconds(seconds);
    let leased = fed
        .store()
        .write_read_committed(move |db| -> Outcome<()> {
            Ok(store::queue::inbound::lease_until(db, &ids, until)?)
        })
        .await;
    if let Err(why) = &leased {
        tracing::warn!(%why, "leases were not renewed");
    }
    leased.is_ok()
}
