//! What goes over the wire: every request to an instance passes its recorder, which writes down
//! the activities posted to inboxes, as `beta→alpha Follow`.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

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
    /// Where the instance itself answers.
    pub machine: SocketAddr,
    /// Where it writes.
    pub transcript: Arc<Transcript>,
    /// The machine is switched off: it answers 503 to everything.
    pub down: Arc<AtomicBool>,
    /// What it answers in place of the instance.
    pub refuses_with: Arc<Mutex<Option<StatusCode>>>,
    /// It answers 401 to every request signed in the draft's form alone.
    pub refuses_drafts: Arc<AtomicBool>,
}

impl Recorder {
    /// Stands at the instance's door for good.
    pub(crate) async fn stand_at(self, door: TcpListener) {
        let http = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let router = Router::new().fallback(move |request: Request| {
            let (recorder, http) = (self.clone(), http.clone());
            async move { recorder.answer(request, &http).await }
        });
        axum::serve(door, router).await.unwrap();
    }

    async fn answer(self, request: Request, http: &reqwest::Client) -> Response {
        if self.down.load(Ordering::SeqCst) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        self.transcript.moved();
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LONGEST).await.unwrap_or_default();
        let post = parts.method == Method::POST && parts.uri.path().ends_with("/inbox");
        let response = match self.refusal(&parts.headers, post) {
            Some(status) => status.into_response(),
            None => self.pass_on(&parts, body.clone(), http).await,
        };
        if post {
            self.write_down(&parts.headers, &body, response.status());
        }
        self.transcript.moved();
        response
    }

    /// What it answers itself.
    fn refusal(&self, headers: &HeaderMap, post: bool) -> Option<StatusCode> {
        let draft = headers.contains_key("signature") && !headers.contains_key("signature-input");
        if draft && self.refuses_drafts.load(Ordering::SeqCst) {
            return Some(StatusCode::UNAUTHORIZED);
        }
        self.refuses_with.lock().unwrap().filter(|_| post)
    }

    /// The same request to the instance, and its answer.
    async fn pass_on(&self, parts: &Parts, body: Bytes, http: &reqwest::Client) -> Response {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = parts.headers.clone();
        for hop in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(hop);
        }
        let url = format!("http://{}{path}", self.machine);
        let request = http
            .request(parts.method.clone(), url)
            .headers(headers)
            .body(body);
        let Ok(answer) = request.send().await else {
            return StatusCode::BAD_GATEWAY.into_response();
        };
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        headers.remove(TRANSFER_ENCODING);
        let body = answer.bytes().await.unwrap_or_default();
        (status, headers, Body::from(body)).into_response()
    }

    fn write_down(&self, headers: &HeaderMap, body: &[u8], status: StatusCode) {
        let json = serde_json::from_slice::<Value>(body);
        let said = json.map_or_else(|_| "?".to_owned(), |json| words(&json));
        let mut line = format!("{}→{} {said}", sender(headers), label(&self.host));
        if !status.is_success() {
            line.push_str(&format!(" {}", status.as_u16()));
        }
        self.transcript.lines.lock().unwrap().push(line);
    }
}

/// The first label of the host whose key signs, in either form.
fn sender(headers: &HeaderMap) -> String {
    let key_in = |name: &str, param: &str| {
        let header = headers.get(name)?.to_str().ok()?;
        header.split(param).nth(1)?.split('"').next()
    };
    let key = key_in("signature-input", "keyid=\"").or_else(|| key_in("signature", "keyId=\""));
    let host = key
        .and_then(|key| key.split("://").nth(1))
        .and_then(|rest| rest.split('/').next());
    host.map_or_else(|| "?".to_owned(), |host| label(host).to_owned())
}

fn label(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}

/// `Announce(Create(Page))`: an activity with what it embeds.
fn words(json: &Value) -> String {
    let kind = json.get("type").and_then(Value::as_str).unwrap_or("?");
    let inner = json.get("object").filter(|object| object.is_object());
    inner.map_or_else(
        || kind.to_owned(),
        |object| format!("{kind}({})", words(object)),
    )
}
