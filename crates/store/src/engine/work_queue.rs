//! A FIFO queue between the callers and the threads of a pool.
//!
//! It has no bound of its own: each entry is a caller that waits for the answer.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// After a longer wait, a thread checks its connection.
const IDLE_AFTER: Duration = Duration::from_secs(1);

/// First in, first out, for any number of consumers.
pub(super) struct WorkQueue<T> {
    state: Mutex<State<T>>,
    wake: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    open: bool,
}

impl<T> WorkQueue<T> {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                items: VecDeque::new(),
                open: true,
            }),
            wake: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an item. Returns false, and drops the item, when the queue is closed.
    pub(super) fn push(&self, item: T) -> bool {
        let mut state = self.state();
        if state.open {
            state.items.push_back(item);
            drop(state);
            self.wake.notify_one();
            return true;
        }
        false
    }

    /// Waits for the next item; returns it, and whether the thread was idle before. `None` when the
    /// queue is closed and empty.
    pub(super) fn pop(&self) -> Option<(T, bool)> {
        let (mut state, was_idle) = self.wait();
        state.items.pop_front().map(|item| (item, was_idle))
    }

    /// Returns once there is an item or the queue is closed.
    fn wait(&self) -> (MutexGuard<'_, State<T>>, bool) {
        let mut state = self.state();
        let mut was_idle = false;
        while state.items.is_empty() && state.open {
            if was_idle {
                state = self
                    .wake
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            } else {
                let woken = self.wake.wait_timeout(state, IDLE_AFTER);
                let (guard, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
                state = guard;
                was_idle = timeout.timed_out();
            }
        }
        (state, was_idle)
    }

    /// Refuses new items; those in the queue are still served.
    pub(super) fn close(&self) {
        self.state().open = false;
        self.wake.notify_all();
    }
}
