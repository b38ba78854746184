//! Threads that each own a connection and serve one queue: all readers, and PostgreSQL's writers.
//!
//! Dedicated threads, because a hand-over through a queue costs a few microseconds, works from a
//! single-threaded runtime, and keeps each connection's statement cache warm.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::StoreError;
use super::link::Link;
use super::queue::Queue;
use super::target::{Role, Target};

/// A queue with the threads that serve it. Dropping it closes the queue and waits for nobody.
pub(super) struct Crew<T> {
    queue: Arc<Queue<T>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl<T: Send + 'static> Crew<T> {
    /// `size` threads, each with its own connection, opened with its first item.
    pub(super) fn start(
        name: &str,
        size: usize,
        target: &Arc<Target>,
        role: Role,
        serve: fn(&mut Link, T),
    ) -> Result<Self, StoreError> {
        let crew = Self::empty();
        for number in 0..size.max(1) {
            let link = Link::new(target.clone(), role);
            crew.hire(format!("{name} {number}"), link, move |queue, mut link| {
                while let Some((item, rested)) = queue.next() {
                    if rested {
                        link.refresh();
                    }
                    serve(&mut link, item);
                }
            })?;
        }
        Ok(crew)
    }

    fn empty() -> Self {
        Self {
            queue: Arc::new(Queue::new()),
            threads: Mutex::new(Vec::new()),
        }
    }

    fn hire(
        &self,
        name: String,
        link: Link,
        life: impl FnOnce(&Queue<T>, Link) + Send + 'static,
    ) -> Result<(), StoreError> {
        let queue = self.queue.clone();
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || life(&queue, link))
            .map_err(|e| StoreError::Connect(format!("cannot start a thread: {e}")))?;
        self.threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(thread);
        Ok(())
    }

    /// Puts an item in the queue; refused once the crew is closed.
    pub(super) fn send(&self, item: T) -> Result<(), StoreError> {
        match self.queue.push(item) {
            true => Ok(()),
            false => Err(StoreError::Closed),
        }
    }

    /// Takes in nothing more; returns the threads, which end when the queue is empty.
    pub(super) fn close(&self) -> Vec<JoinHandle<()>> {
        self.queue.close();
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Drop for Crew<T> {
    fn drop(&mut self) {
        self.queue.close();
    }
}
