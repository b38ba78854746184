//! What goes over the wire: every activity posted to an instance is written down in front of its
//! router, as `beta→alpha Follow`.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// More than any inbox takes, so that what is too large is refused by the instance itself.
const LONGEST: usize = 8 << 20;

/// What was said between all machines of a network.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    lines: Mutex<Vec<String>>,
    moves: AtomicU64,
}

impl Transcript {
    /// The lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Forgets them.
    pub(crate) fn clear(&self) {
        self.lines.lock().unwrap().clear();
    }

    /// Requests begun and ended: the same number twice means that none was under way between.
    pub(crate) fn moves(&self) -> u64 {
        self.moves.load(Ordering::SeqCst)
    }

    fn moved(&self) {
        self.moves.fetch_add(1, Ordering::SeqCst);
    }
}

/// What the recorder of one instance knows.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    /// The host recorded.
    pub host: String,
    /// Where it writes.
    pub transcript: Arc<Transcript>,
    /// The machine is switched off: it answers 503 to everything.
    pub down: Arc<AtomicBool>,
    /// What it answers in place of the instance.
    pub refuses_with: Arc<Mutex<Option<StatusCode>>>,
}

/// The layer in front of an instance's router.
pub(crate) async fn record(State(recorder): State<Recorder>, request: Request, next: Next) -> Response {
    if recorder.down.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    recorder.transcript.moved();
    let response = pass(&recorder, request, next).await;
    recorder.transcript.moved();
    response
}

async fn pass(recorder: &Recorder, request: Request, next: Next) -> Response {
    let post = request.method() == Method::POST && request.uri().path().ends_with("/inbox");
    if !post {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
    let from = sender(&parts.headers);
    let said = serde_json::from_slice::<Value>(&bytes).map_or_else(|_| "?".to_owned(), |json| words(&json));
    let refusal = *recorder.refuses_with.lock().unwrap();
    let response = match refusal {
        Some(status) => status.into_response(),
        None => next.run(Request::from_parts(parts, Body::from(bytes))).await,
    };
    let mut line = format!("{from}→{} {said}", label(&recorder.host));
    if !response.status().is_success() {
        line.push_str(&format!(" {}", response.status().as_u16()));
    }
    recorder.transcript.lines.lock().unwrap().push(line);
    response
}

/// The first label of the host whose key signs.
fn sender(headers: &HeaderMap) -> String {
    let header = headers.get("signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = header.split("keyId=\"").nth(1).and_then(|rest| rest.split('"').next());
    let host = key.and_then(|key| key.split("://").nth(1)).and_then(|rest| rest.split('/').next());
    host.map_or_else(|| "?".to_owned(), |host| label(host).to_owned())
}

fn label(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}

/// `Announce(Create(Page))`: an activity with what it embeds.
fn words(json: &Value) -> String {
    let kind = json.get("type").and_then(Value::as_str).unwrap_or("?");
    let inner = json.get("object").filter(|object| object.is_object());
    inner.map_or_else(|| kind.to_owned(), |object| format!("{kind}({})", words(object)))
}
