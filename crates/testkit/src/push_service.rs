//! A push service, to which instances post messages for browsers over real HTTP, and the browsers, which decrypt
//! them.

use crate::dns::PUBLIC;
use crate::network::Network;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ece::EcKeyComponents;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What was posted for a browser.
#[derive(Debug, Clone)]
pub struct PostedPush {
    pub path: String,
    pub headers: HeaderMap,
    /// Encrypted.
    pub body: Vec<u8>,
}

impl PostedPush {
    /// Returns a header; empty without it.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Debug)]
struct Shared {
    posted: Mutex<Vec<PostedPush>>,
    /// The status of each answer, and a header.
    answer: Mutex<(StatusCode, Option<(&'static str, String)>)>,
}

/// A push service at an address that counts as public.
#[derive(Debug)]
pub struct PushServer {
    host: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Drop for PushServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl PushServer {
    /// Starts one at `http://{host}/`, which takes every message.
    pub async fn start(net: &Network, host: &str) -> Self {
        let listener = TcpListener::bind((PUBLIC, 0)).await.unwrap();
        net.name(host, listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            posted: Mutex::default(),
            answer: Mutex::new((StatusCode::CREATED, None)),
        });
        let router = Router::new().fallback(take).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            host: host.to_owned(),
            shared,
            server,
        }
    }

    /// Answers with another status from now on, and with a header.
    pub fn answer_with(&self, status: u16, header: Option<(&'static str, &str)>) {
        let status = StatusCode::from_u16(status).unwrap();
        let header = header.map(|(name, value)| (name, value.to_owned()));
        *self.shared.answer.lock().unwrap() = (status, header);
    }

    /// What was posted, oldest first.
    #[must_use]
    pub fn posted(&self) -> Vec<PostedPush> {
        self.shared.posted.lock().unwrap().clone()
    }

    /// A new browser, which this service sends messages to.
    #[must_use]
    pub fn browser(&self, name: &str) -> PushBrowser {
        PushBrowser::new(format!("http://{}/to/{name}", self.host))
    }
}

async fn take(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.posted.lock().unwrap().push(PostedPush {
        path: uri.path().to_owned(),
        headers,
        body: body.to_vec(),
    });
    let (status, header) = shared.answer.lock().unwrap().clone();
    match header {
        Some((name, value)) => (status, [(name, value)]).into_response(),
        None => status.into_response(),
    }
}

/// What a browser knows that has allowed messages.
#[derive(Debug)]
pub struct PushBrowser {
    pub endpoint: String,
    keys: EcKeyComponents,
    secret: [u8; 16],
}

impl PushBrowser {
    /// A browser whose messages are posted at an address.
    #[must_use]
    pub fn new(endpoint: String) -> Self {
        let (keys, secret) = ece::generate_keypair_and_auth_secret().unwrap();
        Self {
            endpoint,
            keys: keys.raw_components().unwrap(),
            secret,
        }
    }

    /// The fields of the form with which it is turned on.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, String); 3] {
        [
            ("endpoint", self.endpoint.clone()),
            ("p256dh", URL_SAFE_NO_PAD.encode(self.keys.public_key())),
            ("auth", URL_SAFE_NO_PAD.encode(self.secret)),
        ]
    }

    /// Reads a message.
    #[must_use]
    pub fn read(&self, posted: &PostedPush) -> Value {
        let text = ece::decrypt(&self.keys, &self.secret, &posted.body).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}
