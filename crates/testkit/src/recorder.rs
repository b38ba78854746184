//! The recorder of traffic: every request to an instance passes its recorder, which logs the
//! activities posted to inboxes, such as `beta→alpha Follow`.

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

/// More than any inbox accepts, so that the instance itself refuses bodies that are too large.
const BODY_MAX: usize = 8 << 20;

/// The activities posted between all hosts of a network.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    lines: Mutex<Vec<String>>,
    requests: AtomicU64,
}

impl Transcript {
    /// Returns the lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Clears the lines.
    pub(crate) fn clear(&self) {
        self.lines.lock().unwrap().clear();
    }

    /// Counts begun and ended requests: the same number twice means that none was open between.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::SeqCst);
    }
}

/// The recorder of one instance.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    pub host: String,
    /// The address of the instance itself.
    pub target: SocketAddr,
    pub transcript: Arc<Transcript>,
    /// Answers 503 to every request.
    pub down: Arc<AtomicBool>,
    /// The status that it returns instead of the instance's response.
    pub refuses_with: Arc<Mutex<Option<StatusCode>>>,
    /// Answers 401 to requests signed only in the format of draft-cavage.
    pub refuses_drafts: Arc<AtomicBool>,
}

impl Recorder {
    /// Serves requests to the instance.
    pub(crate) async fn serve_on(self, ingress: TcpListener) {
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
        axum::serve(ingress, router).await.unwrap();
    }

    async fn answer(self, request: Request, http: &reqwest::Client) -> Response {
        if self.down.load(Ordering::SeqCst) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        self.transcript.count_request();
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_MAX).await.unwrap_or_default();
        let post = parts.method == Method::POST && parts.uri.path().ends_with("/inbox");
        let response = match self.refusal(&parts.headers, post) {
            Some(status) => status.into_response(),
            None => self.forward(&parts, body.clone(), http).await,
        };
        if post {
            self.log(&parts.headers, &body, response.status());
        }
        self.transcript.count_request();
        response
    }

    /// Returns the status of a request that it refuses itself.
    fn refusal(&self, headers: &HeaderMap, post: bool) -> Option<StatusCode> {
        let draft = headers.contains_key("signature") && !headers.contains_key("signature-input");
        if draft && self.refuses_drafts.load(Ordering::SeqCst) {
            return Some(StatusCode::UNAUTHORIZED);
        }
        self.refuses_with.lock().unwrap().filter(|_| post)
    }

    /// Forwards a request to the instance and returns the response.
    async fn forward(&self, parts: &Parts, body: Bytes, http: &reqwest::Client) -> Response {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = parts.headers.clone();
        for hop in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(hop);
        }
        let url = format!("http://{}{path}", self.target);
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

    fn log(&self, headers: &HeaderMap, body: &[u8], status: StatusCode) {
        let json = serde_json::from_slice::<Value>(body);
        let description = json.map_or_else(|_| "?".to_owned(), |json| describe(&json));
        let mut line = format!("{}→{} {description}", sender(headers), label(&self.host));
        if !status.is_success() {
            line.push_str(&format!(" {}", status.as_u16()));
        }
        self.transcript.lines.lock().unwrap().push(line);
    }
}

/// Returns the first label of the host of the signing key, in either format.
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

/// Describes an activity with the types that it embeds, such as `Announce(Create(Page))`.
fn describe(json: &Value) -> String {
    let kind = json.get("type").and_then(Value::as_str).unwrap_or("?");
    let inner = json.get("object").filter(|object| object.is_object());
    inner.map_or_else(
        || kind.to_owned(),
        |object| format!("{kind}({})", describe(object)),
    )
}
