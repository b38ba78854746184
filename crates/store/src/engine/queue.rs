//! The waiting line between the callers and the threads that own connections.
//!
//! It has no bound of its own: each entry is a caller who waits for the answer.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A thread that waited longer than this is told so, and looks after its connection.
const REST: Duration = Duration::from_secs(1);

/// First in, first out, for any number of takers.
pub(super) struct Queue<T> {
    line: Mutex<Line<T>>,
    wake: Condvar,
}

struct Line<T> {
    waiting: VecDeque<T>,
    open: bool,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self {
            line: Mutex::new(Line {
                waiting: VecDeque::new(),
                open: true,
            }),
            wake: Condvar::new(),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line<T>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False when the queue is closed; the item is dropped.
    pub(super) fn push(&self, item: T) -> bool {
        let mut line = self.line();
        if line.open {
            line.waiting.push_back(item);
            drop(line);
            self.wake.notify_one();
            return true;
        }
        false
    }

    /// The next item, and whether it came only after a rest. `None` when closed and empty.
    pub(super) fn next(&self) -> Option<(T, bool)> {
        let (mut line, rested) = self.wait();
        line.waiting.pop_front().map(|item| (item, rested))
    }

    /// Returns once something waits or the queue is closed.
    fn wait(&self) -> (MutexGuard<'_, Line<T>>, bool) {
        let mut line = self.line();
        let mut rested = false;
        while line.waiting.is_empty() && line.open {
            if rested {
                line = self.wake.wait(line).unwrap_or_else(PoisonError::into_inner);
            } else {
                let woken = self.wake.wait_timeout(line, REST);
                let (held, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
                line = held;
                rested = timeout.timed_out();
            }
        }
        (line, rested)
    }

    /// Nothing more is taken in; what waits is still served.
    pub(super) fn close(&self) {
        self.line().open = false;
        self.wake.notify_all();
    }
}
