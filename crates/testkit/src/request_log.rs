//! The requests that a hostile peer received: their headers, and the times of request and response.

use crate::hostile::ReceivedRequest;
use axum::http::HeaderMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

#[derive(Debug, Clone)]
pub struct LoggedRequest {
    pub request: ReceivedRequest,
    pub headers: HeaderMap,
    /// When its body was complete.
    pub received_at: Instant,
    /// When it was answered; `None` while it is not, and where the client has left.
    pub answered_at: Option<Instant>,
}

/// All requests, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestLog(Arc<Mutex<Vec<LoggedRequest>>>);

impl RequestLog {
    /// Logs a request and returns its index.
    pub(crate) fn add(&self, request: ReceivedRequest, headers: HeaderMap) -> usize {
        let mut all = self.0.lock().unwrap();
        all.push(LoggedRequest {
            request,
            headers,
            received_at: Instant::now(),
            answered_at: None,
        });
        all.len() - 1
    }

    /// Logs that the request at an index is answered.
    pub(crate) fn answered(&self, index: usize) {
        self.0.lock().unwrap()[index].answered_at = Some(Instant::now());
    }

    /// Returns a copy of the log.
    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.0.lock().unwrap().clone()
    }
}
