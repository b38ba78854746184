//! Hostile peers: they serve what a closure returns, sign any bytes, and log the requests that they
//! receive.

use crate::dns::PUBLIC;
use crate::flow::Flow;
use crate::ingress::{EndlessHead, Ingress, ManualHeads};
use crate::keys;
use crate::network::Inner as Net;
use crate::request_log::{LoggedRequest, RequestLog};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONNECTION, HOST};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use domain::keys::KeyPair;
use httpsig::{RequestToSign, SignatureForm, SigningKey, multikey};
use model::{Clock, SystemClock};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// A request to a hostile peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The body; empty for a `GET`.
    pub body: String,
}

/// A response of a hostile peer.
#[derive(Debug, Clone)]
pub struct PeerResponse {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The delay before the response.
    pub after: Duration,
    /// How the body is sent.
    pub flow: Flow,
}

impl PeerResponse {
    /// Builds a response with an ActivityPub document.
    #[must_use]
    pub fn activity(json: &Value) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", "application/activity+json".to_owned())],
            body: json.to_string().into_bytes(),
            after: Duration::ZERO,
            flow: Flow::Whole,
        }
    }

    /// Builds a response with a status alone.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            after: Duration::ZERO,
            flow: Flow::Whole,
        }
    }

    /// Builds a redirect.
    #[must_use]
    pub fn redirect(to: &str) -> Self {
        Self {
            headers: vec![("location", to.to_owned())],
            ..Self::status(302)
        }
    }
}

/// A signed request, any part of which a test may change before it is sent.
#[derive(Debug, Clone)]
pub struct SignedRequest {
    /// The inbox.
    pub url: Url,
    /// With the signature.
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl SignedRequest {
    /// Sends it to an address and returns the status and body of the response; status 0 and the
    /// error without a response.
    pub async fn send(self, machine: SocketAddr) -> (u16, String) {
        let response = match self.go(machine).await {
            Ok(response) => response,
            Err(error) => return (0, error.to_string()),
        };
        let status = response.status().as_u16();
        (status, response.text().await.unwrap_or_default())
    }

    /// Sends it and returns the status and headers of the response.
    pub async fn post(self, machine: SocketAddr) -> (u16, HeaderMap) {
        let response = self.go(machine).await.unwrap();
        (response.status().as_u16(), response.headers().clone())
    }

    async fn go(self, machine: SocketAddr) -> Result<reqwest::Response, reqwest::Error> {
        static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
            reqwest::Client::builder()
                .no_proxy()
                .pool_max_idle_per_host(0)
                .build()
                .unwrap()
        });
        let url = format!("http://{machine}{}", self.url.path());
        let mut request = HTTP.post(url).body(self.body);
        if !self.headers.contains_key(HOST) {
            request = request.header(HOST, self.url.host_str().unwrap());
        }
        request.headers(self.headers).send().await
    }
}

/// A running hostile peer with one actor, `/u/mallory`.
pub struct Hostile {
    host: String,
    pair: Pair,
    clock: Arc<dyn Clock>,
    heads: ManualHeads,
    log: RequestLog,
    requires_signatures: Arc<AtomicBool>,
    documents: Documents,
    server: JoinHandle<()>,
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The keys of its actor, which may change.
type Pair = Arc<Mutex<KeyPair>>;

/// The documents that it serves besides its actor, by path.
type Documents = Arc<Mutex<HashMap<String, Value>>>;

type Speak = Arc<dyn Fn(&ReceivedRequest) -> Option<PeerResponse> + Send + Sync>;

impl Hostile {
    pub(crate) async fn start(
        net: &Net,
        host: &str,
        answer: impl Fn(&ReceivedRequest) -> Option<PeerResponse> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        net.hosts.insert(host, listener.local_addr().unwrap());
        Self::listen(listener, host, net.clock.clone(), Arc::new(answer))
    }

    /// Starts one at the address that counts as public, without a host name yet.
    pub(crate) async fn at_public_address(
        net: &Net,
        host: &str,
        answer: impl Fn(&ReceivedRequest) -> Option<PeerResponse> + Send + Sync + 'static,
    ) -> (Self, SocketAddr) {
        let listener = TcpListener::bind((PUBLIC, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let hostile = Self::listen(listener, host, net.clock.clone(), Arc::new(answer));
        hostile.heads.close_each_connection();
        (hostile, address)
    }

    /// Starts one at `http://{name}.localhost:{some port}/`, where another process can reach it.
    pub async fn on_loopback(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("{name}.localhost:{}", listener.local_addr().unwrap().port());
        Self::listen(
            listener,
            &host,
            Arc::new(SystemClock),
            Arc::new(|_: &ReceivedRequest| None),
        )
    }

    fn listen(listener: TcpListener, host: &str, clock: Arc<dyn Clock>, speak: Speak) -> Self {
        let pair: Pair = Arc::new(Mutex::new(keys::stranger(0)));
        let heads = ManualHeads::default();
        let ingress = Ingress::in_front_of(listener, heads.clone());
        let shared_heads = heads.clone();
        let log = RequestLog::default();
        let handler_log = log.clone();
        let requires_signatures: Arc<AtomicBool> = Arc::default();
        let strict = Arc::clone(&requires_signatures);
        let documents = Documents::default();
        let own = Own {
            host: host.to_owned(),
            pair: Arc::clone(&pair),
            documents: Arc::clone(&documents),
        };
        let router = Router::new().fallback(move |request: Request| {
            let (speak, heads, own) = (Arc::clone(&speak), shared_heads.clone(), own.clone());
            let (log, strict) = (handler_log.clone(), strict.load(Ordering::SeqCst));
            async move {
                let headers = request.headers().clone();
                let received = read(request).await;
                heads.requests.lock().unwrap().push(received.clone());
                let unsigned = received.method == "GET" && !headers.contains_key("signature");
                let index = log.add(received.clone(), headers);
                let answer = if unsigned && strict {
                    PeerResponse::status(401)
                } else {
                    speak(&received).unwrap_or_else(|| own.answer(&received))
                };
                tokio::time::sleep(answer.after).await;
                log.answered(index);
                respond(answer, &heads)
            }
        });
        let server = tokio::spawn(async move {
            axum::serve(ingress, router).await.unwrap();
        });
        Self {
            host: host.to_owned(),
            pair,
            clock,
            heads,
            log,
            requires_signatures,
            documents,
            server,
        }
    }

    /// Returns a URL of it.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// Returns the id of its actor.
    #[must_use]
    pub fn mallory(&self) -> String {
        self.at("/u/mallory")
    }

    /// Returns the public key of its actor.
    #[must_use]
    pub fn pem(&self) -> String {
        self.pair.lock().unwrap().public_pem.clone()
    }

    /// Gives its actor other keys under the same ids; the first pair has number 0.
    pub fn rotate_key(&self, number: usize) {
        *self.pair.lock().unwrap() = keys::stranger(number);
    }

    /// Serves a document under its id from now on.
    pub fn publish(&self, document: &Value) {
        let id = Url::parse(document["id"].as_str().unwrap()).unwrap();
        let mut documents = self.documents.lock().unwrap();
        documents.insert(id.path().to_owned(), document.clone());
    }

    /// Returns the requests that it received, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.heads.requests.lock().unwrap().clone()
    }

    /// Answers 401 to unsigned GET requests from now on.
    pub fn require_signatures(&self) {
        self.requires_signatures.store(true, Ordering::SeqCst);
    }

    /// Returns the same requests with headers and times, except those with an endless head.
    #[must_use]
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        self.log.all()
    }

    /// Answers this path with an endless head from now on.
    pub fn send_endless_head(&self, path: &str, head: EndlessHead) {
        self.heads.write_at(path, head);
    }

    /// Returns the bytes sent in slow or endless responses.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.heads.bytes_sent.load(Ordering::SeqCst)
    }

    /// Signs an activity as its actor.
    #[must_use]
    pub fn signed_request(&self, inbox: &str, activity: &Value) -> SignedRequest {
        self.signed_bytes(inbox, activity.to_string().into_bytes())
    }

    /// Signs any bytes as its actor.
    #[must_use]
    pub fn signed_bytes(&self, inbox: &str, body: Vec<u8>) -> SignedRequest {
        self.sign(SignatureForm::Draft, inbox, body, &self.key())
    }

    /// Signs an activity in the format of RFC 9421 with its actor's RSA key.
    #[must_use]
    pub fn signed_request_rfc9421(&self, inbox: &str, activity: &Value) -> SignedRequest {
        let body = activity.to_string().into_bytes();
        self.sign(SignatureForm::Rfc9421, inbox, body, &self.key())
    }

    /// Signs an activity in the format of RFC 9421 with its actor's Ed25519 key.
    #[must_use]
    pub fn signed_request_ed25519(&self, inbox: &str, activity: &Value) -> SignedRequest {
        let pair = self.pair.lock().unwrap().ed25519.clone();
        let key_id = format!("{}#ed25519-key", self.mallory());
        let key = SigningKey::from_pkcs8(&key_id, &pair.private_der).unwrap();
        let body = activity.to_string().into_bytes();
        self.sign(SignatureForm::Rfc9421, inbox, body, &key)
    }

    fn key(&self) -> SigningKey {
        let pair = self.pair.lock().unwrap();
        let key_id = format!("{}#main-key", self.mallory());
        SigningKey::from_der(&key_id, &pair.private_der).unwrap()
    }

    /// Signs a GET request as its actor, and returns the headers.
    #[must_use]
    pub fn signed_get(&self, url: &str) -> HeaderMap {
        let outgoing = RequestToSign {
            method: "GET",
            url: &Url::parse(url).unwrap(),
            body: None,
            content_type: None,
            extra_headers: &[],
        };
        let now = self.clock.now().utc();
        outgoing
            .sign(SignatureForm::Draft, &self.key(), now)
            .unwrap()
    }

    /// Signs an activity with its own key under another key id.
    #[must_use]
    pub fn signed_request_as(&self, key_id: &str, inbox: &str, activity: &Value) -> SignedRequest {
        let pair = keys::stranger(0);
        let key = SigningKey::from_der(key_id, &pair.private_der).unwrap();
        let body = activity.to_string().into_bytes();
        self.sign(SignatureForm::Draft, inbox, body, &key)
    }

    fn sign(
        &self,
        form: SignatureForm,
        inbox: &str,
        body: Vec<u8>,
        key: &SigningKey,
    ) -> SignedRequest {
        let url = Url::parse(inbox).unwrap();
        let outgoing = RequestToSign {
            method: "POST",
            url: &url,
            body: Some(&body),
            content_type: Some("application/activity+json"),
            extra_headers: &[],
        };
        let headers = outgoing.sign(form, key, self.clock.now().utc()).unwrap();
        SignedRequest { url, headers, body }
    }
}

async fn read(request: Request) -> ReceivedRequest {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
    ReceivedRequest {
        method: parts.method.to_string(),
        path: parts
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// The responses where the closure returns none.
#[derive(Clone)]
struct Own {
    host: String,
    pair: Pair,
    documents: Documents,
}

impl Own {
    fn answer(&self, received: &ReceivedRequest) -> PeerResponse {
        let host = &self.host;
        let id = format!("http://{host}/u/mallory");
        if received.method == "POST" {
            return PeerResponse::status(202);
        }
        if received.path.starts_with("/.well-known/webfinger") {
            let links = json!([{ "rel": "self", "type": "application/activity+json", "href": id }]);
            let jrd = json!({ "subject": format!("acct:mallory@{host}"), "links": links });
            return PeerResponse {
                headers: vec![("content-type", "application/jrd+json".to_owned())],
                ..PeerResponse::activity(&jrd)
            };
        }
        if received.path == "/u/mallory" {
            return PeerResponse::activity(&actor(&id, &self.pair.lock().unwrap()));
        }
        let document = self.documents.lock().unwrap().get(&received.path).cloned();
        document.map_or_else(
            || PeerResponse::status(404),
            |json| PeerResponse::activity(&json),
        )
    }
}

/// Builds a minimal actor document.
fn actor(id: &str, pair: &KeyPair) -> Value {
    let multibase = multikey::of_pem(&pair.ed25519.public_pem).unwrap();
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": "mallory",
        "name": "Mallory",
        "inbox": format!("{id}/inbox"),
        "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": pair.public_pem },
        "assertionMethod": [{
            "id": format!("{id}#ed25519-key"), "type": "Multikey",
            "controller": id, "publicKeyMultibase": multibase,
        }],
    })
}

fn respond(answer: PeerResponse, heads: &ManualHeads) -> Response<Body> {
    let mut response = Response::new(answer.flow.body(answer.body, &heads.bytes_sent));
    if heads.closes_each_connection() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
