//! Peers that are none of ours: they serve what a closure says, sign whatever they are told to,
//! and count what they are asked.

use crate::door::{Door, Head, Heads};
use crate::flow::Flow;
use crate::keys;
use crate::names::PUBLIC;
use crate::network::Inner as Net;
use crate::visits::{Visit, Visits};
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
pub struct Asked {
    /// `GET`, `POST` …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The body; empty for a `GET`.
    pub body: String,
}

/// What a hostile peer answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers, a media type among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long it takes its time before it answers.
    pub after: Duration,
    /// How the body flows.
    pub flow: Flow,
}

impl Answer {
    /// An ActivityPub document.
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

    /// A status and nothing else.
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

    /// "Look over there."
    #[must_use]
    pub fn redirect(to: &str) -> Self {
        Self {
            headers: vec![("location", to.to_owned())],
            ..Self::status(302)
        }
    }
}

/// A request as it will be sent; a test may change any of it after it was signed.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The inbox.
    pub url: Url,
    /// The headers, the signature among them.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Letter {
    /// Sends it to a machine as it stands, and answers the status and the words that came back; 0
    /// and what went wrong where nothing came back.
    pub async fn send(self, machine: SocketAddr) -> (u16, String) {
        let response = match self.go(machine).await {
            Ok(response) => response,
            Err(error) => return (0, error.to_string()),
        };
        let status = response.status().as_u16();
        (status, response.text().await.unwrap_or_default())
    }

    /// As [`Letter::send`], and answers the status and the headers.
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
    heads: Heads,
    visits: Visits,
    demanding: Arc<AtomicBool>,
    documents: Documents,
    server: JoinHandle<()>,
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Its actor's keys, which may change.
type Pair = Arc<Mutex<KeyPair>>;

/// What it serves besides its actor, by path.
type Documents = Arc<Mutex<HashMap<String, Value>>>;

type Speak = Arc<dyn Fn(&Asked) -> Option<Answer> + Send + Sync>;

impl Hostile {
    pub(crate) async fn stand_up(
        net: &Net,
        host: &str,
        answer: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        net.hosts.insert(host, listener.local_addr().unwrap());
        Self::listen(listener, host, net.clock.clone(), Arc::new(answer))
    }

    /// At the address that stands for a public one, under no name yet.
    pub(crate) async fn in_public(
        net: &Net,
        host: &str,
        answer: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> (Self, SocketAddr) {
        let listener = TcpListener::bind((PUBLIC, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let hostile = Self::listen(listener, host, net.clock.clone(), Arc::new(answer));
        hostile.heads.be_brief();
        (hostile, address)
    }

    /// Stands at `http://{name}.localhost:{some port}/`, where a process of its own finds it.
    pub async fn on_loopback(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("{name}.localhost:{}", listener.local_addr().unwrap().port());
        Self::listen(
            listener,
            &host,
            Arc::new(SystemClock),
            Arc::new(|_: &Asked| None),
        )
    }

    fn listen(listener: TcpListener, host: &str, clock: Arc<dyn Clock>, speak: Speak) -> Self {
        let pair: Pair = Arc::new(Mutex::new(keys::stranger(0)));
        let heads = Heads::default();
        let door = Door::before(listener, heads.clone());
        let by_hand = heads.clone();
        let visits = Visits::default();
        let book = visits.clone();
        let demanding: Arc<AtomicBool> = Arc::default();
        let strict = Arc::clone(&demanding);
        let documents = Documents::default();
        let own = Own {
            host: host.to_owned(),
            pair: Arc::clone(&pair),
            documents: Arc::clone(&documents),
        };
        let router = Router::new().fallback(move |request: Request| {
            let (speak, heads, own) = (Arc::clone(&speak), by_hand.clone(), own.clone());
            let (book, strict) = (book.clone(), strict.load(Ordering::SeqCst));
            async move {
                let headers = request.headers().clone();
                let asked = read(request).await;
                heads.asked.lock().unwrap().push(asked.clone());
                let unsigned = asked.method == "GET" && !headers.contains_key("signature");
                let visit = book.came(asked.clone(), headers);
                let answer = if unsigned && strict {
                    Answer::status(401)
                } else {
                    speak(&asked).unwrap_or_else(|| own.answer(&asked))
                };
                tokio::time::sleep(answer.after).await;
                book.answered(visit);
                respond(answer, &heads)
            }
        });
        let server = tokio::spawn(async move {
            axum::serve(door, router).await.unwrap();
        });
        Self {
            host: host.to_owned(),
            pair,
            clock,
            heads,
            visits,
            demanding,
            documents,
            server,
        }
    }

    /// A URL of it.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// Its one actor.
    #[must_use]
    pub fn mallory(&self) -> String {
        self.at("/u/mallory")
    }

    /// Its one actor's public key.
    #[must_use]
    pub fn pem(&self) -> String {
        self.pair.lock().unwrap().public_pem.clone()
    }

    /// Gives its one actor other keys, under the same ids; it begins with number 0.
    pub fn rotate_key(&self, number: usize) {
        *self.pair.lock().unwrap() = keys::stranger(number);
    }

    /// Serves a document of its own under its id from now on.
    pub fn publish(&self, document: &Value) {
        let id = Url::parse(document["id"].as_str().unwrap()).unwrap();
        let mut documents = self.documents.lock().unwrap();
        documents.insert(id.path().to_owned(), document.clone());
    }

    /// What it was asked, oldest first.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.heads.asked.lock().unwrap().clone()
    }

    /// From now on it shows nothing to whoever does not sign.
    pub fn demand_signatures(&self) {
        self.demanding.store(true, Ordering::SeqCst);
    }

    /// The same with headers and times, but for answers whose head has no end.
    #[must_use]
    pub fn visits(&self) -> Vec<Visit> {
        self.visits.all()
    }

    /// From now on the answer to this path has a head without end.
    pub fn never_ends(&self, path: &str, head: Head) {
        self.heads.write_at(path, head);
    }

    /// How many bytes went out in answers that do not come at once.
    #[must_use]
    pub fn poured(&self) -> u64 {
        self.heads.poured.load(Ordering::SeqCst)
    }

    /// A request properly signed by its one actor.
    #[must_use]
    pub fn letter(&self, inbox: &str, activity: &Value) -> Letter {
        self.letter_of(inbox, activity.to_string().into_bytes())
    }

    /// Any bytes, properly signed.
    #[must_use]
    pub fn letter_of(&self, inbox: &str, body: Vec<u8>) -> Letter {
        self.sealed(SignatureForm::Draft, inbox, body, &self.key())
    }

    /// A request properly signed in the form of RFC 9421 by its actor's RSA key.
    #[must_use]
    pub fn letter_in_rfc9421(&self, inbox: &str, activity: &Value) -> Letter {
        let body = activity.to_string().into_bytes();
        self.sealed(SignatureForm::Rfc9421, inbox, body, &self.key())
    }

    /// A request properly signed in the form of RFC 9421 by its actor's Ed25519 key.
    #[must_use]
    pub fn letter_in_ed25519(&self, inbox: &str, activity: &Value) -> Letter {
        let pair = self.pair.lock().unwrap().ed25519.clone();
        let key_id = format!("{}#ed25519-key", self.mallory());
        let key = SigningKey::from_pkcs8(&key_id, &pair.private_der).unwrap();
        let body = activity.to_string().into_bytes();
        self.sealed(SignatureForm::Rfc9421, inbox, body, &key)
    }

    fn key(&self) -> SigningKey {
        let pair = self.pair.lock().unwrap();
        let key_id = format!("{}#main-key", self.mallory());
        SigningKey::from_der(&key_id, &pair.private_der).unwrap()
    }

    /// Signed with its own key under somebody else's name.
    #[must_use]
    pub fn letter_as(&self, key_id: &str, inbox: &str, activity: &Value) -> Letter {
        let pair = keys::stranger(0);
        let key = SigningKey::from_der(key_id, &pair.private_der).unwrap();
        let body = activity.to_string().into_bytes();
        self.sealed(SignatureForm::Draft, inbox, body, &key)
    }

    fn sealed(&self, form: SignatureForm, inbox: &str, body: Vec<u8>, key: &SigningKey) -> Letter {
        let url = Url::parse(inbox).unwrap();
        let outgoing = RequestToSign {
            method: "POST",
            url: &url,
            body: Some(&body),
            content_type: Some("application/activity+json"),
            extra_headers: &[],
        };
        let headers = outgoing.sign(form, key, self.clock.now().utc()).unwrap();
        Letter { url, headers, body }
    }
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
    Asked {
        method: parts.method.to_string(),
        path: parts
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// What it says where the closure says nothing.
#[derive(Clone)]
struct Own {
    host: String,
    pair: Pair,
    documents: Documents,
}

impl Own {
    fn answer(&self, asked: &Asked) -> Answer {
        let host = &self.host;
        let id = format!("http://{host}/u/mallory");
        if asked.method == "POST" {
            return Answer::status(202);
        }
        if asked.path.starts_with("/.well-known/webfinger") {
            let links = json!([{ "rel": "self", "type": "application/activity+json", "href": id }]);
            let jrd = json!({ "subject": format!("acct:mallory@{host}"), "links": links });
            return Answer {
                headers: vec![("content-type", "application/jrd+json".to_owned())],
                ..Answer::activity(&jrd)
            };
        }
        if asked.path == "/u/mallory" {
            return Answer::activity(&actor(&id, &self.pair.lock().unwrap()));
        }
        let document = self.documents.lock().unwrap().get(&asked.path).cloned();
        document.map_or_else(|| Answer::status(404), |json| Answer::activity(&json))
    }
}

/// A plain actor document.
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

fn respond(answer: Answer, heads: &Heads) -> Response<Body> {
    let mut response = Response::new(answer.flow.body(answer.body, &heads.poured));
    if heads.are_brief() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
