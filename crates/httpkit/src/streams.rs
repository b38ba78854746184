//! The open event streams of this process: which pages of whom are told that something changed. A stream is
//! told nothing but to look again; what it shows is read as its owner, at that time.

use crate::{App, session};
use domain::Outcome;
use futures::{Stream, stream};
use model::{ActorId, SessionId};
use query::notice::Unseen;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The streams of one process that its connections leave room for.
pub const STREAMS_MAX: usize = 3_000;
/// Streams of one session: a window each, as only a visible tab has one.
const PER_SESSION: usize = 4;
/// Streams of one account.
const PER_ACCOUNT: usize = 12;
/// The time between two looks at a session and its notices, where nothing was told meanwhile.
const CHECK_INTERVAL: Duration = Duration::from_secs(50);
/// The time between two events of a stream: what comes at once is one event.
const PACE: Duration = Duration::from_secs(1);
/// How long a stream lasts. Its page opens another one; of a client that never reads nothing is left.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// The open streams of a process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Streams(Arc<Registry>);

#[derive(Debug)]
struct Registry {
    /// How many there may be.
    max: usize,
    closed: AtomicBool,
    opened: AtomicU64,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    count: usize,
    by_account: HashMap<ActorId, Vec<OpenStream>>,
}

#[derive(Debug)]
struct OpenStream {
    number: u64,
    session: SessionId,
    wake: Arc<Notify>,
}

/// A place among the open streams, until it is dropped.
#[derive(Debug)]
pub struct StreamPermit {
    registry: Arc<Registry>,
    account: ActorId,
    session: SessionId,
    number: u64,
    wake: Arc<Notify>,
}

impl Streams {
    /// Has room for `max` streams, and no more than [`STREAMS_MAX`].
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self(Arc::new(Registry {
            max: max.min(STREAMS_MAX),
            closed: AtomicBool::new(false),
            opened: AtomicU64::new(0),
            open: Mutex::default(),
        }))
    }

    /// Takes a place for a session's stream; `None` where the session, its account or the process has no more.
    #[must_use]
    pub fn open(&self, account: ActorId, session: SessionId) -> Option<StreamPermit> {
        let registry = &self.0;
        let mut open = registry.lock();
        let of_account = open.by_account.get(&account).map_or(&[][..], Vec::as_slice);
        let of_session = of_account.iter().filter(|one| one.session == session);
        if registry.closed.load(Ordering::SeqCst)
            || open.count >= registry.max
            || of_account.len() >= PER_ACCOUNT
            || of_session.count() >= PER_SESSION
        {
            return None;
        }
        let number = registry.opened.fetch_add(1, Ordering::SeqCst);
        let wake = Arc::new(Notify::new());
        let stream = OpenStream {
            number,
            session,
            wake: Arc::clone(&wake),
        };
        open.count += 1;
        open.by_account.entry(account).or_default().push(stream);
        drop(open);
        Some(StreamPermit {
            registry: Arc::clone(registry),
            account,
            session,
            number,
            wake,
        })
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.lock().count
    }

    /// Has the streams of some people look again.
    pub fn wake(&self, people: &BTreeSet<ActorId>) {
        let open = self.0.lock();
        let of_person = |who: &ActorId| open.by_account.get(who);
        for stream in people.iter().filter_map(of_person).flatten() {
            stream.wake.notify_one();
        }
    }

    /// Ends all streams, and opens none any more.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        let open = self.0.lock();
        for stream in open.by_account.values().flatten() {
            stream.wake.notify_one();
        }
    }
}

impl StreamPermit {
    /// Returns a number below `width` that differs from that of the streams before and after.
    #[must_use]
    pub const fn spread(&self, width: u64) -> u64 {
        self.number.wrapping_mul(2_654_435_761) % width
    }
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut open = self.registry.lock();
        let Some(streams) = open.by_account.get_mut(&self.account) else {
            return;
        };
        streams.retain(|one| one.number != self.number);
        if streams.is_empty() {
            open.by_account.remove(&self.account);
        }
        open.count -= 1;
    }
}

/// The states of somebody's notices, the first at once, and each later one that differs from the one before. It
/// ends with the session, and after a quarter of an hour.
pub fn notice_states(app: App, permit: StreamPermit) -> impl Stream<Item = Unseen> + Send {
    let now = Instant::now();
    let watch = Watch {
        app,
        permit,
        last: None,
        next_at: now,
        until: now + LIFETIME,
    };
    stream::unfold(watch, Watch::next)
}

struct Watch {
    app: App,
    permit: StreamPermit,
    last: Option<Unseen>,
    /// Not before this is there another event.
    next_at: Instant,
    until: Instant,
}

impl Watch {
    async fn next(mut self) -> Option<(Unseen, Self)> {
        loop {
            if self.last.is_some() && !self.wait().await {
                return None;
            }
            let state = self.read().await?;
            if self.last != Some(state) {
                self.last = Some(state);
                self.next_at = Instant::now() + PACE;
                return Some((state, self));
            }
        }
    }

    /// Waits until there is a reason to look again. Returns whether the stream goes on.
    async fn wait(&self) -> bool {
        tokio::select! {
            () = self.permit.wake.notified() => {
                if !self.permit.registry.closed.load(Ordering::SeqCst) {
                    sleep_until(self.next_at).await;
                }
            }
            () = tokio::time::sleep(CHECK_INTERVAL) => {}
            () = sleep_until(self.until) => return false,
        }
        !self.permit.registry.closed.load(Ordering::SeqCst)
    }

    /// Reads the state; `None` where the session has ended, or the database cannot be read: the page asks again
    /// later.
    async fn read(&self) -> Option<Unseen> {
        let (me, id) = (self.permit.account, self.permit.session);
        let now = self.app.ops().now();
        let read = move |db: &mut query::Db| -> Outcome<Option<Unseen>> {
            let session = query::account::live_session(db, me, id)?;
            match session.is_some_and(|session| session::is_current(&session, now)) {
                true => query::notice::unseen(db, me, now).map(Some),
                false => Ok(None),
            }
        };
        let state = self.app.store().read(read).await;
        state.inspect_err(log_fault).ok().flatten()
    }
}

fn log_fault(fault: &domain::Error) {
    tracing::warn!(%fault, "cannot read the notices of an open page");
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: ActorId = ActorId(1);

    fn people(ids: &[ActorId]) -> BTreeSet<ActorId> {
        ids.iter().copied().collect()
    }

    #[test]
    fn sessions_accounts_and_the_process_have_limits() {
        let streams = Streams::new(14);
        let open = |account: i64, session: i64| streams.open(ActorId(account), SessionId(session));
        let mut held: Vec<_> = (0..4).map(|_| open(1, 1).expect("one of four")).collect();
        assert!(open(1, 1).is_none(), "of the session");
        held.extend((0..8).map(|number| open(1, 2 + number / 4).expect("one of twelve")));
        assert!(open(1, 9).is_none(), "of the account");
        held.extend((0..2).map(|_| open(2, 10).expect("one of fourteen")));
        assert!(open(3, 11).is_none(), "of the process");
        held.pop();
        assert!(open(3, 11).is_some(), "a closed stream leaves its place");
        held.clear();
        assert_eq!(streams.count(), 0);
        assert!(streams.0.lock().by_account.is_empty());
    }

    #[tokio::test]
    async fn only_the_streams_of_the_named_are_woken() {
        let streams = Streams::new(10);
        let ann = streams.open(ANN, SessionId(1)).expect("room");
        let bea = streams.open(ActorId(2), SessionId(2)).expect("room");
        streams.wake(&people(&[ANN, ActorId(7)]));
        ann.wake.notified().await;
        let waiting = bea.wake.notified();
        tokio::pin!(waiting);
        assert!(futures::poll!(waiting).is_pending());
    }

    #[test]
    fn a_closed_process_opens_none() {
        let streams = Streams::new(10);
        let _ann = streams.open(ANN, SessionId(1)).expect("room");
        streams.close();
        assert!(streams.open(ANN, SessionId(1)).is_none());
    }
}
