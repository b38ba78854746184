//! Metrics in Prometheus' text format. What is counted and timed is recorded where it happens (`metrics`
//! macros, which do nothing without a recorder); the depth and age of the queues are read from the database
//! when somebody asks. Off unless the configuration names an address or a token.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use httpkit::App;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use model::Time;
use store::StoreError;
use store::queue::depth::{self, Depth};

use crate::router::Frontend;

/// The upper bounds of the classes of durations, in seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];

/// The recorder of this process.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    /// What a request to the instance's own address must bear; `None`: it is not answered there.
    token: Option<Arc<str>>,
}

impl Metrics {
    /// Starts recording, once in a process.
    ///
    /// # Errors
    /// When something else records already.
    pub fn start(token: Option<&str>) -> anyhow::Result<Self> {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .context("the classes of durations")?;
        let handle = builder
            .install_recorder()
            .context("starting the recorder of metrics")?;
        gauge!("hedgerow_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Self {
            handle,
            token: token.map(Arc::from),
        })
    }

    /// Answers `/metrics` to everybody who reaches it: for an address of its own.
    pub(crate) fn own_router(&self, app: &App) -> Router {
        let state = MetricsState {
            metrics: self.clone(),
            app: app.clone(),
        };
        Router::new()
            .route("/metrics", get(render))
            .with_state(state)
    }

    /// Answers `/metrics` to who bears the token; `None` without one.
    pub(crate) fn shared_router(&self, app: &App) -> Option<Router> {
        self.token.as_ref()?;
        let state = MetricsState {
            metrics: self.clone(),
            app: app.clone(),
        };
        let router = Router::new().route("/metrics", get(render_with_token));
        Some(router.with_state(state))
    }

    /// Forgets old samples of the durations; to be called from time to time.
    pub(crate) fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

#[derive(Clone)]
struct MetricsState {
    metrics: Metrics,
    app: App,
}

async fn render_with_token(State(state): State<MetricsState>, headers: HeaderMap) -> Response {
    let borne = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let wanted = state.metrics.token.as_deref();
    // Digests take as long to compare whatever the token is.
    let digest = |token: &str| domain::secret::digest(token);
    if wanted.map(digest) == borne.map(digest) {
        return render(State(state)).await;
    }
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]).into_response()
}

async fn render(State(state): State<MetricsState>) -> Response {
    let ops = state.app.ops();
    let now = ops.now();
    let read = ops
        .store()
        .read(move |db| depth::all(db, now).map_err(StoreError::from));
    match read.await {
        Ok(depths) => record_depths(&depths, now),
        Err(error) => {
            tracing::warn!(%error, "cannot read the depth of the queues");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    }
    record_process();
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, state.metrics.handle.render()).into_response()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; nothing here is near 2^52"
)]
fn record_depths(depths: &[(&'static str, Depth)], now: Time) {
    for (queue, depth) in depths {
        let oldest = depth.oldest.map_or(0, |oldest| {
            now.unix_millis()
                .saturating_sub(oldest.unix_millis())
                .max(0)
        });
        gauge!("hedgerow_queue_due", "queue" => *queue).set(depth.due as f64);
        gauge!("hedgerow_queue_oldest_due_seconds", "queue" => *queue).set(oldest as f64 / 1_000.0);
        gauge!("hedgerow_queue_set_aside", "queue" => *queue).set(depth.set_aside as f64);
    }
}

/// The memory and the open files of this process, as Linux tells them.
#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; nothing here is near 2^52"
)]
fn record_process() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| {
        let kilobytes = line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?;
        kilobytes.trim().parse::<u64>().ok()
    });
    if let Some(kilobytes) = resident {
        gauge!("process_resident_memory_bytes").set((kilobytes * 1024) as f64);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(files.count() as f64);
    }
}

/// Counts and times a request that was answered.
pub(crate) fn record_request(
    frontend: Frontend,
    method: &http::Method,
    status: StatusCode,
    elapsed: Duration,
) {
    let method = match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    };
    let status = match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    let frontend = match frontend {
        Frontend::Pages => "pages",
        Frontend::Api => "api",
        Frontend::ActivityPub => "activitypub",
    };
    counter!("hedgerow_requests_total", "frontend" => frontend, "method" => method, "status" => status)
        .increment(1);
    histogram!("hedgerow_request_seconds", "frontend" => frontend).record(elapsed.as_secs_f64());
}
