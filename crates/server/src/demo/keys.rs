//! Dozens of keys, made on every processor while the first of them are in use already.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use domain::keys::KeyPair;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, channel};

use crate::instance::fresh_key;

/// Keys as they are ready.
pub(super) struct Keys(Mutex<Receiver<KeyPair>>);

impl Keys {
    /// Begins to make so many.
    pub(super) fn make(count: usize) -> Self {
        let (send, receive) = channel(count.max(1));
        let left = Arc::new(AtomicUsize::new(count));
        let processors = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        for _ in 0..processors.min(count) {
            let (send, left) = (send.clone(), Arc::clone(&left));
            let take = move |n: usize| n.checked_sub(1);
            tokio::task::spawn_blocking(move || {
                while left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
                    .is_ok()
                {
                    let Some(key) = fresh_key() else { return };
                    if send.blocking_send(key).is_err() {
                        return;
                    }
                }
            });
        }
        Self(Mutex::new(receive))
    }

    /// The next key.
    ///
    /// # Errors
    /// When the system has no randomness, or all were taken.
    pub(super) async fn next(&self) -> anyhow::Result<KeyPair> {
        let key = self.0.lock().await.recv().await;
        key.context("there are no more keys")
    }
}
