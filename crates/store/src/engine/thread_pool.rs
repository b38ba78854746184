//! A pool of threads that each own a connection and share one queue: all readers, and PostgreSQL's
//! concurrent writers.
//!
//! Dedicated threads, because a hand-over through a queue costs a few microseconds, works from a
//! single-threaded runtime, and keeps each connection's statement cache warm.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::StoreError;
use super::session::SessionSlot;
use super::target::{Role, Target};
use super::work_queue::WorkQueue;

/// A queue with the threads that serve it. Dropping it closes the queue and does not wait for the
/// threads.
pub(super) struct ThreadPool<T> {
    queue: Arc<WorkQueue<T>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl<T: Send + 'static> ThreadPool<T> {
    /// Starts `size` threads; each opens its connection when it serves its first item.
    pub(super) fn start(
        name: &str,
        size: usize,
        target: &Arc<Target>,
        role: Role,
        serve: fn(&mut SessionSlot, T),
    ) -> Result<Self, StoreError> {
        let pool = Self {
            queue: Arc::new(WorkQueue::new()),
            threads: Mutex::new(Vec::new()),
        };
        for number in 0..size.max(1) {
            let slot = SessionSlot::new(target.clone(), role);
            pool.spawn(format!("{name}-{number}"), slot, serve)?;
        }
        Ok(pool)
    }

    fn spawn(
        &self,
        name: String,
        mut slot: SessionSlot,
        serve: fn(&mut SessionSlot, T),
    ) -> Result<(), StoreError> {
        let queue = self.queue.clone();
        let work = move || {
            while let Some((item, was_idle)) = queue.pop() {
                if was_idle {
                    slot.drop_if_dead();
                }
                serve(&mut slot, item);
            }
        };
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(work)
            .map_err(|e| StoreError::Connect(format!("cannot start a thread: {e}")))?;
        self.threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(thread);
        Ok(())
    }

    /// Adds an item to the queue. Errors: `Closed`.
    pub(super) fn send(&self, item: T) -> Result<(), StoreError> {
        match self.queue.push(item) {
            true => Ok(()),
            false => Err(StoreError::Closed),
        }
    }

    /// Refuses new items; returns the threads, which end when the queue is empty.
    pub(super) fn close(&self) -> Vec<JoinHandle<()>> {
        self.queue.close();
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Drop for ThreadPool<T> {
    fn drop(&mut self) {
        self.queue.close();
    }
}
