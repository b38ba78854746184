//! Tests of the client against misbehaving servers on loopback.

mod dns_rebinding;
mod post;

use super::*;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures::StreamExt;
use httpsig::{ReceivedRequest, SigningKey, UnverifiedSignature, VerifyingKey};
use openssl::rsa::Rsa;
use post::signed_post;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use url::Url;

/// The size of the largest JSON document by default.
const MAX_JSON: usize = 1024 * 1024;

/// The format of the documents in these tests.
pub(crate) static DOCUMENT: JsonFormat = JsonFormat {
    accept: "application/activity+json",
    accepts: |mime| mime.essence_str() == "application/activity+json",
    parse: |bytes| serde_json::from_slice(bytes).map_err(|_not_json| FetchError::NotJson),
    id_of: |document| document.get("id").and_then(Value::as_str),
};

/// The time of all requests.
fn fixed_now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_321_474_000).unwrap()
}

fn config(guard: Guard) -> ClientConfig {
    ClientConfig::new(guard, "Hedgerow/test", Arc::new(fixed_now))
}

static RSA: LazyLock<Rsa<openssl::pkey::Private>> = LazyLock::new(|| Rsa::generate(2048).unwrap());

fn key() -> SigningKey {
    SigningKey::from_der(
        "https://alpha.test/#main-key",
        &RSA.private_key_to_der().unwrap(),
    )
    .unwrap()
}

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A client whose `peer.test` and `other.test` are this router, on a loopback port.
async fn client_of(router: Router) -> Client {
    client_with(router, |_| {}).await
}

async fn client_with(router: Router, change: impl FnOnce(&mut ClientConfig)) -> Client {
    let (address, map) = (serve(router).await, HostMap::new());
    map.insert("peer.test", address);
    map.insert("other.test", address);
    let guard = Guard {
        allow_http: true,
        ..Guard::default()
    };
    let mut config = config(guard);
    config.host_map = Some(map);
    config.timeout = Duration::from_secs(3);
    change(&mut config);
    Client::new(config).unwrap()
}

fn url(path: &str) -> Url {
    Url::parse("http://peer.test").unwrap().join(path).unwrap()
}

fn activity(json: impl Into<Body>) -> Response {
    ([("content-type", "application/activity+json")], json.into()).into_response()
}

/// A document with this id.
fn doc(id: &str) -> Response {
    activity(format!(r#"{{"id":"{id}","type":"Note"}}"#))
}

async fn json_error(router: Router, path: &str) -> FetchError {
    client_of(router)
        .await
        .get_json(&DOCUMENT, &url(path), None)
        .await
        .unwrap_err()
}

fn router(path: &str, answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Router {
    Router::new().route(path, get(async move || answer()))
}

#[tokio::test]
async fn a_document_is_fetched_signed() {
    let answer = async |headers: HeaderMap, uri: Uri| {
        let seen = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(seen("accept"), "application/activity+json");
        assert_eq!(
            (seen("host").as_str(), seen("user-agent").as_str()),
            ("peer.test", "Hedgerow/test")
        );
        let public = VerifyingKey::from_der(&RSA.public_key_to_der().unwrap()).unwrap();
        let target = uri.path_and_query().unwrap().as_str();
        let request = ReceivedRequest {
            method: "GET",
            path_and_query: target,
            headers: &headers,
            body: b"",
            origins: &["http://peer.test"],
        };
        let signature = UnverifiedSignature::read(&request, fixed_now()).unwrap();
        assert_eq!(signature.verify(&public), Ok(()));
        doc("http://peer.test/u/bea")
    };
    let client = client_of(Router::new().route("/u/bea", get(answer))).await;
    let fetched = client
        .get_json(&DOCUMENT, &url("/u/bea?x=1#main-key"), Some(&key()))
        .await
        .unwrap();
    assert_eq!(fetched.url.as_str(), "http://peer.test/u/bea?x=1");
    assert_eq!(fetched.body["type"], "Note");
    assert_eq!(fetched.id.unwrap().as_str(), "http://peer.test/u/bea");
    assert!(fetched.raw.starts_with(b"{"));
}

#[tokio::test]
async fn every_status_has_its_error() {
    let answer = async |Path(code): Path<u16>| StatusCode::from_u16(code).unwrap();
    let client = client_of(Router::new().route("/{code}", get(answer))).await;
    for (code, error) in [
        (401, FetchError::Unauthorized),
        (403, FetchError::Unauthorized),
        (404, FetchError::NotFound),
        (410, FetchError::Gone),
        (500, FetchError::Status(500)),
        (304, FetchError::Status(304)),
    ] {
        assert_eq!(
            client
                .get_json(&DOCUMENT, &url(&format!("/{code}")), None)
                .await
                .unwrap_err(),
            error
        );
    }
    assert!(FetchError::Status(503).is_transient() && !FetchError::Gone.is_transient());
}

#[tokio::test]
async fn only_json_of_the_format_is_accepted() {
    let html = || ([("content-type", "text/html")], "{}").into_response();
    assert_eq!(
        json_error(router("/x", html), "/x").await,
        FetchError::NotJson
    );
    assert_eq!(
        json_error(router("/x", || activity("<html>")), "/x").await,
        FetchError::NotJson
    );
}

#[tokio::test]
async fn a_large_answer_is_not_read_to_its_end() {
    let announced = || activity(vec![b' '; MAX_JSON + 1]);
    assert_eq!(
        json_error(router("/x", announced), "/x").await,
        FetchError::TooLarge
    );
    let endless = || {
        let chunks = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 65_536]));
        activity(Body::from_stream(chunks))
    };
    assert_eq!(
        json_error(router("/x", endless), "/x").await,
        FetchError::TooLarge
    );
}

#[tokio::test]
async fn a_small_answer_that_unpacks_into_a_large_one_is_refused() {
    let bomb = || {
        let padded = format!("{{{}}}", " ".repeat(8 * MAX_JSON));
        activity(padded)
    };
    let packed = router("/x", bomb).layer(tower_http::compression::CompressionLayer::new());
    assert_eq!(json_error(packed, "/x").await, FetchError::TooLarge);
    let small = || activity(format!("{{\"id\":\"x:1\"{}}}", " ".repeat(100_000)));
    let packed = router("/x", small).layer(tower_http::compression::CompressionLayer::new());
    assert!(
        client_of(packed)
            .await
            .get_json(&DOCUMENT, &url("/x"), None)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn one_redirect_is_followed_and_no_more() {
    let hops = Router::new()
        .route("/one", get(async || Redirect::permanent("there")))
        .route("/there", get(async || doc("http://peer.test/there")))
        .route("/two", get(async || Redirect::temporary("/one")))
        .route("/loop", get(async || Redirect::to("/loop")))
        .route("/nowhere", get(async || StatusCode::FOUND));
    let client = client_of(hops).await;
    let fetched = client
        .get_json(&DOCUMENT, &url("/one"), None)
        .await
        .unwrap();
    assert_eq!(fetched.url.as_str(), "http://peer.test/there");
    for path in ["/two", "/loop", "/nowhere"] {
        let error = client
            .get_json(&DOCUMENT, &url(path), None)
            .await
            .unwrap_err();
        assert_eq!(error, FetchError::TooManyRedirects, "{path}");
    }
}

#[tokio::test]
async fn a_redirect_is_checked_by_the_guard() {
    let places = [
        "http://127.0.0.1/",
        "http://inside.localhost/",
        "http://peer.test:22/",
        "file:///etc/passwd",
        "http://a:b@peer.test/",
    ];
    let answer = async move |Path(n): Path<usize>| (StatusCode::FOUND, [("location", places[n])]);
    let client = client_of(Router::new().route("/{n}", get(answer))).await;
    for (n, blocked) in [
        Blocked::Literal,
        Blocked::Private("inside.localhost".into()),
        Blocked::Port(22),
        Blocked::Scheme,
        Blocked::UserInfo,
    ]
    .into_iter()
    .enumerate()
    {
        let error = client
            .get_json(&DOCUMENT, &url(&format!("/{n}")), None)
            .await
            .unwrap_err();
        assert_eq!(error, FetchError::Blocked(blocked), "{}", places[n]);
    }
}

#[tokio::test]
async fn a_private_address_is_refused_where_it_is_connected_to() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let guard = Guard {
        allow_http: true,
        allow_ports: true,
        ..Guard::default()
    };
    let client = Client::new(config(guard)).unwrap();
    let inside = Url::parse(&format!("http://alpha.localhost:{port}/")).unwrap();
    let blocked = Blocked::Private("alpha.localhost".to_owned());
    assert_eq!(
        client.get_json(&DOCUMENT, &inside, None).await.unwrap_err(),
        FetchError::Blocked(blocked.clone())
    );
    assert_eq!(
        client
            .post(&inside, signed_post(b"", &key()))
            .await
            .unwrap_err(),
        PostError::Blocked(blocked)
    );
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "no connection was made");
}

#[tokio::test]
async fn localhost_is_reached_where_it_is_allowed() {
    let port = serve(router("/x", || doc("x:1"))).await.port();
    let guard = Guard {
        allow_http: true,
        allow_ports: true,
        allow_private: vec!["*.localhost".parse().unwrap()],
    };
    let client = Client::new(config(guard)).unwrap();
    let inside = Url::parse(&format!("http://alpha.localhost:{port}/x")).unwrap();
    assert!(client.get_json(&DOCUMENT, &inside, None).await.is_ok());
}

#[tokio::test]
async fn a_slow_server_costs_no_more_than_the_time_allowed() {
    let slow = Router::new()
        .route(
            "/silent",
            get(async || tokio::time::sleep(Duration::from_secs(30)).await),
        )
        .route(
            "/drip",
            get(async || {
                let drops = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(" ")).then(
                    async |drop| {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        drop
                    },
                );
                activity(Body::from_stream(drops))
            }),
        );
    let client = client_with(slow, |config| config.timeout = Duration::from_millis(250)).await;
    let begun = std::time::Instant::now();
    for path in ["/silent", "/drip"] {
        assert_eq!(
            client
                .get_json(&DOCUMENT, &url(path), None)
                .await
                .unwrap_err(),
            FetchError::Timeout,
            "{path}"
        );
    }
    let late = client.post(&url("/silent"), signed_post(b"", &key())).await;
    assert!(
        matches!(late, Err(PostError::Activity { status: 405, .. })),
        "GET only: {late:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_document_is_what_its_id_says_or_is_fetched_by_it() {
    let documents = Router::new()
        .route("/u/bea", get(async || doc("http://peer.test/u/bea")))
        .route("/@bea", get(async || doc("http://peer.test/u/bea")))
        .route("/", get(async || Redirect::permanent("/2026/permalink")))
        .route(
            "/2026/permalink",
            get(async || doc("http://peer.test/?p=13")),
        )
        .route("/nameless", get(async || activity("{}")))
        .route("/liar", get(async || doc("http://peer.test/other")))
        .route("/other", get(async || doc("http://peer.test/third")))
        .route(
            "/moved",
            get(async || Redirect::to("http://other.test/taken")),
        )
        .route("/taken", get(async || doc("http://peer.test/moved")))
        .route("/mask", get(async || doc("http://other.test/u/x")))
        .route(
            "/detour",
            get(async || Redirect::to("http://other.test/u/x")),
        )
        .route("/u/x", get(async || doc("http://other.test/u/x")));
    let client = client_of(documents).await;
    let found = async |path: &str, allowed: IdMatch| {
        let found = client
            .get_document(&DOCUMENT, &url(path), allowed, None)
            .await;
        found.map(|f| f.id.unwrap().to_string())
    };
    use IdMatch::{Any, Exact, SameOrigin};
    let bea = "http://peer.test/u/bea";
    let post = "http://peer.test/?p=13";
    for (path, id, matches) in [
        ("/u/bea", bea, &[Exact, SameOrigin, Any][..]),
        ("/u/bea#main-key", bea, &[Exact, SameOrigin, Any]),
        ("/@bea", bea, &[SameOrigin, Any]),
        ("/?p=13", post, &[Exact, SameOrigin, Any]),
        ("/2026/permalink", post, &[SameOrigin, Any]),
        ("/mask", "http://other.test/u/x", &[Any]),
        ("/detour", "http://other.test/u/x", &[Any]),
    ] {
        for allowed in [Exact, SameOrigin, Any] {
            let wanted = if matches.contains(&allowed) {
                Ok(id.to_owned())
            } else {
                Err(FetchError::WrongId)
            };
            assert_eq!(found(path, allowed).await, wanted, "{path} {allowed:?}");
        }
    }
    for path in ["/nameless", "/liar"] {
        assert_eq!(found(path, Any).await, Err(FetchError::WrongId), "{path}");
    }
    assert_eq!(
        found("/moved", Any).await,
        Err(FetchError::WrongId),
        "another origin speaks for this one"
    );
}

#[tokio::test]
async fn simultaneous_fetches_share_one_request() {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hits);
    let answer = async move || {
        counted.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(100)).await;
        doc("http://peer.test/x")
    };
    let client = client_of(Router::new().route("/x", get(answer))).await;
    let all = futures::future::join_all((0..10).map(|_| client.get_json(&DOCUMENT, url_x(), None)));
    assert!(all.await.iter().all(Result::is_ok));
    assert_eq!(hits.load(Ordering::SeqCst), 1);
}

fn url_x() -> &'static Url {
    static X: LazyLock<Url> = LazyLock::new(|| url("/x"));
    &X
}

#[tokio::test]
async fn failures_are_cached_unless_the_cache_is_ignored() {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hits);
    let answer = async move || {
        counted.fetch_add(1, Ordering::SeqCst);
        StatusCode::GONE
    };
    let client = client_of(Router::new().route("/x", get(answer))).await;
    for _ in 0..3 {
        assert_eq!(
            client.get_json(&DOCUMENT, url_x(), None).await.unwrap_err(),
            FetchError::Gone
        );
    }
    assert_eq!(hits.load(Ordering::SeqCst), 1);
    assert_eq!(
        client
            .ignoring_failure_cache()
            .get_json(&DOCUMENT, url_x(), None)
            .await
            .unwrap_err(),
        FetchError::Gone
    );
    assert_eq!(hits.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_dead_server_is_unreachable() {
    let client = client_with(Router::new(), |config| {
        let closed = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        config
            .host_map
            .as_ref()
            .unwrap()
            .insert("dead.test", closed);
    })
    .await;
    let dead = Url::parse("http://dead.test/").unwrap();
    assert!(matches!(
        client.get_json(&DOCUMENT, &dead, None).await,
        Err(FetchError::Unreachable(_))
    ));
    assert!(matches!(
        client.post(&dead, signed_post(b"", &key())).await,
        Err(PostError::Peer(_))
    ));
}

#[tokio::test]
async fn at_most_four_requests_run_against_a_host() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (entered, peak) = (Arc::clone(&now), Arc::clone(&most));
    let answer = async move || {
        peak.fetch_max(entered.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        entered.fetch_sub(1, Ordering::SeqCst);
        doc("x:1")
    };
    let client = client_of(Router::new().route("/{n}", get(answer))).await;
    let urls: Vec<Url> = (0..16).map(|n| url(&format!("/{n}"))).collect();
    let all =
        futures::future::join_all(urls.iter().map(|url| client.get_json(&DOCUMENT, url, None)))
            .await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(most.load(Ordering::SeqCst), host_limit::MAX_CONCURRENT);
}

#[tokio::test]
async fn files_are_bounded_and_named() {
    let files = Router::new()
        .route(
            "/cat.png",
            get(async || ([("content-type", "image/png")], vec![1_u8; 100])),
        )
        .route("/untold", get(async || Response::new(Body::from("x"))));
    let client = client_of(files).await;
    let (mime, bytes) = client
        .get_bytes(&url("/cat.png"), 100, "image/*")
        .await
        .unwrap();
    assert_eq!((mime.essence_str(), bytes.len()), ("image/png", 100));
    assert_eq!(
        client
            .get_bytes(&url("/cat.png"), 99, "image/*")
            .await
            .unwrap_err(),
        FetchError::TooLarge
    );
    assert_eq!(
        client
            .get_bytes(&url("/untold"), 9, "*/*")
            .await
            .unwrap_err(),
        FetchError::NotJson
    );
}
