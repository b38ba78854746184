//! Who came to a hostile peer, with which headers, when, and when each was answered.

use crate::hostile::Asked;
use axum::http::HeaderMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What was asked.
    pub asked: Asked,
    /// With which headers.
    pub headers: HeaderMap,
    /// When it was there, whole.
    pub came_at: Instant,
    /// When it was answered; `None` where it was not: whoever came had gone, or waits still.
    pub answered_at: Option<Instant>,
}

/// All of them, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visits(Arc<Mutex<Vec<Visit>>>);

impl Visits {
    /// Somebody came; answers under which number.
    pub(crate) fn came(&self, asked: Asked, headers: HeaderMap) -> usize {
        let mut all = self.0.lock().unwrap();
        all.push(Visit {
            asked,
            headers,
            came_at: Instant::now(),
            answered_at: None,
        });
        all.len() - 1
    }

    /// That one's answer goes out.
    pub(crate) fn answered(&self, number: usize) {
        self.0.lock().unwrap()[number].answered_at = Some(Instant::now());
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Visit> {
        self.0.lock().unwrap().clone()
    }
}
