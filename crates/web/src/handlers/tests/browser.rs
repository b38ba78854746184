//! A browser as these tests need it: it keeps cookies and sends forms with their key.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use domain::password::Cost;
use domain::testing::{World, key};
use domain::{Ops, OpsConfig};
use futures::StreamExt;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use httpkit::rate_limits::RateLimits;
use httpkit::{App, AppConfig, Remote, RemoteObject};
use mail::{DemoInbox, Mailer};
use media::Media;
use model::id::IdMint;
use model::{ActorId, Clock, Refusal, SystemClock};
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt;

/// Fails every lookup: no other server exists in these tests.
struct Nowhere;

#[async_trait]
impl Remote for Nowhere {
    async fn look_up(&self, text: &str) -> Result<RemoteObject, Refusal> {
        Err(Refusal::Unreachable {
            host: text.to_owned(),
        })
    }

    fn home_host(&self, home: &str) -> Option<String> {
        Some(home.to_owned())
    }

    async fn follow_page(&self, home: &str, _: &str) -> Result<String, Refusal> {
        Err(Refusal::Unreachable {
            host: home.to_owned(),
        })
    }

    async fn also_known_as(&self, _: ActorId) -> Result<Vec<String>, Refusal> {
        Ok(Vec::new())
    }
}

/// A browser at `https://alpha.test`.
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    _media: Arc<TempDir>,
}

/// A response.
pub struct PageResponse {
    pub status: StatusCode,
    pub location: String,
    pub headers: HeaderMap,
    pub html: String,
}

impl PageResponse {
    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// What is read on it, without the markup.
    pub fn text(&self) -> String {
        let parts = self.html.split('<').map(|part| {
            let (_, text) = part.split_once('>').unwrap_or_default();
            text
        });
        let joined = parts.collect::<Vec<_>>().join(" ");
        joined.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let marker = format!(r#"name="{name}" value=""#);
        let after = self.html.split(&marker).nth(1).unwrap_or_default();
        after.split('"').next().unwrap_or_default().to_owned()
    }
}

impl Browser {
    /// A visitor of a set-up instance.
    pub async fn new(store: Store) -> (Self, World) {
        Self::visiting(store, RateLimits::unlimited(), Mailer::default()).await
    }

    /// A visitor of a set-up instance that sends mail.
    pub async fn with_mail(store: Store) -> (Self, World) {
        let mailer = Mailer::demo(DemoInbox::default());
        Self::visiting(store, RateLimits::unlimited(), mailer).await
    }

    /// A visitor of a set-up instance with the limits of a server in use.
    pub async fn limited(store: Store) -> (Self, World) {
        Self::visiting(store, RateLimits::normal(), Mailer::default()).await
    }

    /// The same, where mail is sent.
    pub async fn limited_with_mail(store: Store) -> (Self, World) {
        let mailer = Mailer::demo(DemoInbox::default());
        Self::visiting(store, RateLimits::normal(), mailer).await
    }

    async fn visiting(store: Store, limits: RateLimits, mailer: Mailer) -> (Self, World) {
        let world = World::new(store).await.unwrap();
        let (ops, clock) = (world.ops.clone(), world.clock.clone());
        let browser = Self::on(ops, clock, None, limits, mailer);
        (browser, world)
    }

    /// A visitor of an instance nobody has set up.
    pub fn before_setup(store: Store) -> (Self, Ops) {
        Self::before_setup_of(store, None)
    }

    /// The same, where the configuration names the address.
    pub fn before_setup_of(store: Store, public_url: Option<&str>) -> (Self, Ops) {
        Self::to_set_up(store, public_url, Mailer::default())
    }

    /// The same, where mail is sent.
    pub fn before_setup_with_mail(store: Store) -> (Self, Ops) {
        Self::to_set_up(store, None, Mailer::demo(DemoInbox::default()))
    }

    fn to_set_up(store: Store, public_url: Option<&str>, mailer: Mailer) -> (Self, Ops) {
        let ops = Ops::new(OpsConfig {
            store,
            clock: Arc::new(SystemClock),
            ids: IdMint::new(1),
            wake: Box::new(|| {}),
        });
        (
            Self::on(
                ops.clone(),
                Arc::new(SystemClock),
                public_url,
                RateLimits::unlimited(),
                mailer,
            ),
            ops,
        )
    }

    fn on(
        ops: Ops,
        clock: Arc<dyn Clock>,
        public_url: Option<&str>,
        limits: RateLimits,
        mailer: Mailer,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::open(folder.path()).unwrap();
        let app = App::new(AppConfig {
            ops,
            remote: Arc::new(Nowhere),
            keys: Arc::new(|| Some(key())),
            cost: Cost::Least,
            limits,
            mailer,
            trusted_proxies: Vec::new(),
            source_url: None,
            public_url: public_url.map(str::to_owned),
            providers: Vec::new(),
            clock,
            streams_max: 10,
            may_push_to: Arc::new(|_| true),
        });
        Self {
            router: crate::routes(app, media),
            cookies: BTreeMap::new(),
            _media: Arc::new(folder),
        }
    }

    /// Another browser, without cookies, at the same instance.
    pub fn another(&self) -> Self {
        Self {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            _media: Arc::clone(&self._media),
        }
    }

    /// Signs in without the form.
    pub async fn sign_in(&mut self, world: &World, who: ActorId) {
        let token = domain::secret::token();
        let new = domain::account::NewSession {
            identity: None,
            account: who,
            token_hash: domain::secret::digest(&token),
            agent: "test".into(),
        };
        let verb = move |tx: &mut domain::Tx<'_>| domain::account::open_session(tx, &new);
        world.ops.write(verb).await.unwrap();
        let name = httpkit::session::cookie_name(true);
        self.cookies.insert(name.into(), token);
    }

    /// Drops the cookie of the session only.
    pub fn sign_out(&mut self) {
        self.cookies.remove(httpkit::session::cookie_name(true));
    }

    /// Drops every cookie.
    pub fn forget(&mut self) {
        self.cookies.clear();
    }

    /// The key of the reader's forms.
    pub fn form_key(&self) -> String {
        let token = self.cookies.get(httpkit::session::cookie_name(true));
        token
            .map(|token| domain::secret::form_key(token))
            .unwrap_or_default()
    }

    pub async fn get(&mut self, path: &str) -> PageResponse {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Follows a link, of which the browser says where it was (`Sec-Fetch-Site`).
    pub async fn get_from(&mut self, site: Option<&str>, path: &str) -> PageResponse {
        let request = Request::get(path);
        let request = match site {
            Some(site) => request.header("sec-fetch-site", site),
            None => request,
        };
        self.send(request, Body::empty()).await
    }

    /// Asks for what has another tag than this.
    pub async fn get_known(&mut self, path: &str, tag: &http::HeaderValue) -> PageResponse {
        let request = Request::get(path).header(header::IF_NONE_MATCH, tag);
        self.send(request, Body::empty()).await
    }

    /// Sends a form of ours, with its key.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> PageResponse {
        let key = self.form_key();
        let mut all = vec![("csrf", key.as_str())];
        all.extend(fields);
        self.post_from("https://alpha.test", path, &all).await
    }

    /// Sends a form of ours with files, with its key.
    pub async fn post_with_files(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> PageResponse {
        let key = self.form_key();
        let mut body = Vec::new();
        let mut part = |head: String, content: &[u8]| {
            body.extend_from_slice(b"--part\r\nContent-Disposition: form-data; ");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        };
        for (name, value) in [("csrf", key.as_str())].iter().chain(fields) {
            part(format!("name=\"{name}\""), value.as_bytes());
        }
        for (name, content) in files {
            part(format!("name=\"{name}\"; filename=\"f\""), content);
        }
        body.extend_from_slice(b"--part--\r\n");
        let request = Request::post(path)
            .header(header::ORIGIN, "https://alpha.test")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=part");
        let body = if body.len() < PAUSES_FROM {
            Body::from(body)
        } else {
            in_pieces(&body)
        };
        self.send(request, body).await
    }

    /// Sends the same form of ours several times at once.
    pub async fn post_at_once(
        &mut self,
        times: usize,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Vec<PageResponse> {
        let key = self.form_key();
        let mut all = vec![("csrf", key.as_str())];
        all.extend(fields);
        let sent = (0..times).map(|_| {
            let (request, body) = form_of("https://alpha.test", path, &all);
            self.router.clone().oneshot(self.request(request, body))
        });
        let mut responses = Vec::new();
        for response in futures::future::join_all(sent).await {
            responses.push(self.received(response.unwrap()).await);
        }
        responses
    }

    /// Sends exactly this, from a page of that origin.
    pub async fn post_from(
        &mut self,
        origin: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> PageResponse {
        let (request, body) = form_of(origin, path, fields);
        self.send(request, body).await
    }

    async fn send(&mut self, request: http::request::Builder, body: Body) -> PageResponse {
        let request = self.request(request, body);
        let response = self.router.clone().oneshot(request).await.unwrap();
        self.received(response).await
    }

    /// Adds host and cookies.
    fn request(&self, request: http::request::Builder, body: Body) -> Request<Body> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        request
            .header(header::HOST, "alpha.test")
            .header(header::COOKIE, cookies.join("; "))
            .body(body)
            .unwrap()
    }

    /// Keeps the cookies of a response.
    async fn received(&mut self, response: http::Response<Body>) -> PageResponse {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.into(), value.into());
        }
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|to| to.to_str().unwrap().to_owned());
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        if html.starts_with("<!doctype html>") {
            crate::tests::markup::typed_form("a page", &html);
        }
        PageResponse {
            status,
            headers,
            location: location.unwrap_or_default(),
            html,
        }
    }
}

/// The length from which a form arrives in pieces.
const PAUSES_FROM: usize = 1 << 20;

/// A body in pieces with pauses, as from a network: a part is read before the next one is there.
fn in_pieces(body: &[u8]) -> Body {
    let pieces = body.chunks(64 << 10).map(bytes::Bytes::copy_from_slice);
    let pieces: Vec<Result<_, std::io::Error>> = pieces.map(Ok).collect();
    let pieces = futures::stream::iter(pieces).then(|piece| async {
        tokio::task::yield_now().await;
        piece
    });
    Body::from_stream(pieces)
}

/// A form as a page of that origin sends it.
fn form_of(origin: &str, path: &str, fields: &[(&str, &str)]) -> (http::request::Builder, Body) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = Request::post(path)
        .header(header::ORIGIN, origin)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    (request, Body::from(body))
}
