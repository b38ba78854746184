//! `/healthz`: whether the process answers at all. `/readyz`: whether the database can be read and
//! written. A write is tried at most once in a while, however often somebody asks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use http::StatusCode;
use httpkit::App;
use tokio::sync::Mutex;

use crate::instance::LEASE_SECONDS;

/// How long the result of a write stands for.
const WRITE_INTERVAL: Duration = Duration::from_secs(5);

/// The state of the check.
#[derive(Clone)]
pub(super) struct Health {
    app: App,
    /// When a write was tried last, and whether it succeeded.
    written: Arc<Mutex<Option<(Instant, bool)>>>,
}

impl Health {
    pub(super) fn new(app: App) -> Self {
        Self {
            app,
            written: Arc::default(),
        }
    }

    /// Whether the database can be written: the lease of this process's number is renewed, as it is
    /// from time to time anyway.
    async fn can_write(&self) -> bool {
        let mut written = self.written.lock().await;
        if let Some((at, good)) = *written
            && at.elapsed() < WRITE_INTERVAL
        {
            return good;
        }
        let renewed = self.app.ops().lease_number(LEASE_SECONDS).await;
        if let Err(fault) = &renewed {
            httpkit::api_error::log_fault(fault);
        }
        *written = Some((Instant::now(), renewed.is_ok()));
        renewed.is_ok()
    }

    async fn can_read(&self) -> bool {
        let read = self
            .app
            .store()
            .read(|db| store::site::get(db, "site").map_err(domain::Error::from));
        match read.await {
            Ok(_) => true,
            Err(fault) => {
                httpkit::api_error::log_fault(&fault);
                false
            }
        }
    }
}

/// Answers 204, for any host: a process that does so needs no restart, even if its database is gone.
pub(super) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Answers 204 while the database can be read and written, for any host.
pub(super) async fn ready(State(health): State<Health>) -> StatusCode {
    if health.can_read().await && health.can_write().await {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}
