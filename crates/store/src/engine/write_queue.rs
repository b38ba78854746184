//! The queue before a group-commit writer: foreground writes go before background writes, which
//! wait for data that is durable already. During a burst of received requests the background
//! writes have a fixed share of the writer's time, so that the burst is stored soon and they
//! still make progress.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The longest time that background writes run before foreground writes have their turn.
const MAX_SLICE: Duration = Duration::from_millis(8);
/// The bounds of that time during a burst; the lower one because each slice ends in a commit.
const BURST_MAX_SLICE: Duration = Duration::from_millis(3);
const BURST_MIN_SLICE: Duration = Duration::from_millis(1);
/// This many ingest writes within [`BURST_WINDOW`] are a burst: 800 a second.
const BURST_ARRIVALS: usize = 16;
const BURST_WINDOW: Duration = Duration::from_millis(20);
/// During a burst background writes have this fraction of the time: one fourth.
const BURST_SHARE_DIVISOR: u32 = 4;

/// The order in which writes are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Priority {
    /// A received request that must be durable before it is answered; many of them are a burst.
    Ingest,
    /// A person, or a loop of this process, waits for the answer.
    Normal,
    /// Runs when there is time, in the order of submission.
    Background,
}

/// A queue with two classes of priority, first in, first out within each. It has no bound of its
/// own: each entry is a caller that waits for the answer.
pub(super) struct WriteQueue<T> {
    state: Mutex<State<T>>,
    wake: Condvar,
}

struct State<T> {
    foreground: VecDeque<T>,
    background: VecDeque<T>,
    quota: BackgroundQuota,
    open: bool,
}

impl<T> WriteQueue<T> {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                foreground: VecDeque::new(),
                background: VecDeque::new(),
                quota: BackgroundQuota::new(Instant::now()),
                open: true,
            }),
            wake: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an item. Returns false, and drops the item, when the queue is closed.
    pub(super) fn push(&self, priority: Priority, item: T) -> bool {
        let mut state = self.state();
        if !state.open {
            return false;
        }
        match priority {
            Priority::Ingest => {
                state.quota.record_ingest(Instant::now());
                state.foreground.push_back(item);
            }
            Priority::Normal => state.foreground.push_back(item),
            Priority::Background => state.background.push_back(item),
        }
        drop(state);
        self.wake.notify_one();
        true
    }

    /// Waits for work. Returns how long background writes may run first; `None` when the queue is
    /// closed and empty.
    pub(super) fn wait(&self) -> Option<Duration> {
        let mut state = self.state();
        loop {
            let now = Instant::now();
            let pause = match state.quota.available(now) {
                Ok(slice) if !state.background.is_empty() => return Some(slice),
                Err(_) if !state.open && !state.background.is_empty() => return Some(MAX_SLICE),
                Ok(_) => None,
                Err(pause) => Some(pause),
            };
            if !state.foreground.is_empty() {
                return Some(Duration::ZERO);
            }
            if !state.open {
                return None;
            }
            state = match pause.filter(|_| !state.background.is_empty()) {
                Some(pause) => {
                    let woken = self.wake.wait_timeout(state, pause);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self
                    .wake
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Takes the oldest background item.
    pub(super) fn pop_background(&self) -> Option<T> {
        self.state().background.pop_front()
    }

    /// Takes up to `limit` of the oldest items, background ones first.
    pub(super) fn pop_many(&self, limit: usize) -> Vec<T> {
        let mut state = self.state();
        let background = state.background.len().min(limit);
        let mut items: Vec<T> = state.background.drain(..background).collect();
        let foreground = state.foreground.len().min(limit - background);
        items.extend(state.foreground.drain(..foreground));
        items
    }

    /// Takes the oldest foreground item.
    pub(super) fn pop_foreground(&self) -> Option<T> {
        self.state().foreground.pop_front()
    }

    /// Subtracts the time that background writes took from their quota.
    pub(super) fn record_background_time(&self, elapsed: Duration) {
        self.state().quota.consume(elapsed);
    }

    /// Refuses new items; those in the queue are still served.
    pub(super) fn close(&self) {
        self.state().open = false;
        self.wake.notify_all();
    }
}

/// Detects a burst, and counts the time that is left for background writes during one.
struct BackgroundQuota {
    recent_ingests: VecDeque<Instant>,
    remaining: Duration,
    updated_at: Instant,
}

impl BackgroundQuota {
    fn new(now: Instant) -> Self {
        Self {
            recent_ingests: VecDeque::with_capacity(BURST_ARRIVALS),
            remaining: MAX_SLICE,
            updated_at: now,
        }
    }

    fn record_ingest(&mut self, now: Instant) {
        if self.recent_ingests.len() == BURST_ARRIVALS {
            self.recent_ingests.pop_front();
        }
        self.recent_ingests.push_back(now);
    }

    fn is_burst(&self, now: Instant) -> bool {
        let first = self.recent_ingests.front();
        self.recent_ingests.len() == BURST_ARRIVALS
            && first.is_some_and(|first| now.saturating_duration_since(*first) < BURST_WINDOW)
    }

    /// Returns how long background writes may run now, or else the time until they may.
    fn available(&mut self, now: Instant) -> Result<Duration, Duration> {
        let gained = now.saturating_duration_since(self.updated_at) / BURST_SHARE_DIVISOR;
        self.updated_at = now;
        self.remaining = if self.is_burst(now) {
            (self.remaining + gained).min(BURST_MAX_SLICE)
        } else {
            MAX_SLICE
        };
        match BURST_MIN_SLICE.checked_sub(self.remaining) {
            Some(missing) if !missing.is_zero() => Err(missing * BURST_SHARE_DIVISOR),
            Some(_) | None => Ok(self.remaining),
        }
    }

    fn consume(&mut self, elapsed: Duration) {
        self.remaining = self.remaining.saturating_sub(elapsed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Simulates one second of a busy writer; returns how much of it background writes had.
    fn background_time_of_a_second(ingests_per_ms: usize) -> Duration {
        let (mut now, mut had) = (Instant::now(), Duration::ZERO);
        let (mut quota, end) = (BackgroundQuota::new(now), now + Duration::from_secs(1));
        let ms = Duration::from_millis(1);
        while now < end {
            for _ in 0..ingests_per_ms {
                quota.record_ingest(now);
            }
            let slice = quota.available(now).unwrap_or_default();
            quota.consume(slice);
            (now, had) = (now + slice.max(ms), had + slice);
            // The requests received during the slice.
            for _ in 0..ingests_per_ms * usize::try_from(slice.as_millis()).unwrap() {
                quota.record_ingest(now);
            }
        }
        had
    }

    #[test]
    fn background_writes_have_their_share_of_a_burst_and_all_other_time() {
        let share = Duration::from_secs(1) / BURST_SHARE_DIVISOR;
        let had = background_time_of_a_second(4);
        assert!(
            had > share.mul_f64(0.9) && had < share.mul_f64(1.1),
            "{had:?}"
        );
        assert!(background_time_of_a_second(0) >= Duration::from_secs(1));
    }

    #[test]
    fn foreground_writes_go_first_once_the_slice_is_used_up() {
        let queue = WriteQueue::new();
        assert!(queue.push(Priority::Background, "background"));
        assert_eq!(queue.wait(), Some(MAX_SLICE), "nothing else waits");
        for _ in 0..BURST_ARRIVALS {
            assert!(queue.push(Priority::Ingest, "ingest"));
        }
        queue.record_background_time(MAX_SLICE);
        assert_eq!(queue.wait(), Some(Duration::ZERO));
        assert_eq!(queue.pop_foreground(), Some("ingest"));
        assert_eq!(queue.pop_background(), Some("background"));
    }

    #[test]
    fn many_items_are_taken_in_order() {
        let queue = WriteQueue::new();
        for number in 0..5 {
            assert!(queue.push(Priority::Background, number));
        }
        assert!(queue.push(Priority::Normal, 5));
        assert_eq!(queue.pop_many(3), [0, 1, 2]);
        assert_eq!(queue.pop_many(9), [3, 4, 5]);
        assert!(queue.pop_many(9).is_empty());
    }

    #[test]
    fn a_closed_queue_is_drained_and_then_ends() {
        let queue = WriteQueue::new();
        assert!(queue.push(Priority::Normal, 1) && queue.push(Priority::Background, 2));
        queue.close();
        assert!(!queue.push(Priority::Normal, 3));
        assert!(queue.wait().is_some());
        assert_eq!(
            (queue.pop_background(), queue.pop_foreground()),
            (Some(2), Some(1))
        );
        assert_eq!(queue.wait(), None);
    }
}
