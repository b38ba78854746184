//! The client against real servers on loopback that mean no good.

use super::posting::parcel;
use super::*;
use crate::signature::{Sealed, Signed, SigningKey, VerifyingKey};
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures::StreamExt;
use model::Time;
use openssl::rsa::Rsa;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use url::Url;

/// Always the same moment.
#[derive(Debug)]
pub(super) struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Time {
        Time::from_unix_millis(1_795_321_474_000)
    }
}

pub(super) static RSA: LazyLock<Rsa<openssl::pkey::Private>> =
    LazyLock::new(|| Rsa::generate(2048).unwrap());

pub(super) fn key() -> SigningKey {
    SigningKey::from_der(
        "https://alpha.test/#main-key",
        &RSA.private_key_to_der().unwrap(),
    )
    .unwrap()
}

pub(super) async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A client whose `peer.test` and `other.test` are this router, on a loopback port.
pub(super) async fn client_of(router: Router) -> Client {
    client_with(router, |_| {}).await
}

pub(super) async fn client_with(router: Router, change: impl FnOnce(&mut ClientConfig)) -> Client {
    let (address, map) = (serve(router).await, HostMap::new());
    map.insert("peer.test", address);
    map.insert("other.test", address);
    let guard = Guard {
        allow_http: true,
        ..Guard::default()
    };
    let mut config = ClientConfig::new(guard, "Hedgerow/test", Arc::new(Stopped));
    config.host_map = Some(map);
    config.timeout = Duration::from_secs(3);
    change(&mut config);
    Client::new(config).unwrap()
}

pub(super) fn url(path: &str) -> Url {
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
        .get_json(&url(path), None)
        .await
        .unwrap_err()
}

fn router(path: &str, answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Router {
    Router::new().route(path, get(async move || answer()))
}

#[tokio::test]
async fn a_document_is_asked_for_in_our_name_and_brought_home() {
    let answer = async |headers: HeaderMap, uri: Uri| {
        let seen = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert!(
            seen("accept").starts_with("application/activity+json, application/ld+json; profile=")
        );
        assert_eq!(
            (seen("host").as_str(), seen("user-agent").as_str()),
            ("peer.test", "Hedgerow/test")
        );
        let public = VerifyingKey::from_der(&RSA.public_key_to_der().unwrap()).unwrap();
        let target = uri.path_and_query().unwrap().as_str();
        let request = Signed {
            method: "GET",
            path_and_query: target,
            headers: &headers,
            body: b"",
            origins: &["http://peer.test"],
        };
        let sealed = Sealed::read(&request, Stopped.now().utc()).unwrap();
        assert_eq!(sealed.verify(&public), Ok(()));
        doc("http://peer.test/u/bea")
    };
    let client = client_of(Router::new().route("/u/bea", get(answer))).await;
    let fetched = client
        .get_json(&url("/u/bea?x=1#main-key"), Some(&key()))
        .await
        .unwrap();
    assert_eq!(fetched.url.as_str(), "http://peer.test/u/bea?x=1");
    assert_eq!(fetched.body["type"], "Note");
    assert_eq!(fetched.id().unwrap().as_str(), "http://peer.test/u/bea");
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
                .get_json(&url(&format!("/{code}")), None)
                .await
                .unwrap_err(),
            error
        );
    }
    assert!(FetchError::Status(503).is_transient() && !FetchError::Gone.is_transient());
}

#[tokio::test]
async fn only_activitypub_counts_as_activitypub() {
    let answer = async |Path(kind): Path<String>| {
        let kind = match kind.as_str() {
            "html" => "text/html",
            "json" => "application/json",
            "jrd" => "application/jrd+json; charset=utf-8",
            _ => {
                "application/ld+json; charset=utf-8; profile=\"https://www.w3.org/ns/activitystreams\""
            }
        };
        ([("content-type", kind)], "{}").into_response()
    };
    let client = client_of(Router::new().route("/{kind}", get(answer))).await;
    assert!(client.get_json(&url("/ld"), None).await.is_ok());
    assert_eq!(
        client.get_json(&url("/html"), None).await.unwrap_err(),
        FetchError::NotJson
    );
    assert_eq!(
        client.get_json(&url("/json"), None).await.unwrap_err(),
        FetchError::NotJson
    );
    assert!(client.get_jrd(&url("/json")).await.is_ok());
    assert!(client.get_jrd(&url("/jrd")).await.is_ok());
    assert_eq!(
        client.get_jrd(&url("/html")).await.unwrap_err(),
        FetchError::NotJson
    );
}

#[tokio::test]
async fn what_is_no_json_or_too_deep_is_refused() {
    assert_eq!(
        json_error(router("/x", || activity("<html>")), "/x").await,
        FetchError::NotJson
    );
    let deep = || activity("[".repeat(33) + &"]".repeat(33));
    assert_eq!(
        json_error(router("/x", deep), "/x").await,
        FetchError::NotJson
    );
}

#[tokio::test]
async fn a_large_answer_is_not_read_to_its_end() {
    let announced = || activity(vec![b' '; vocab::MAX_BYTES + 1]);
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
        let padded = format!("{{{}}}", " ".repeat(8 * vocab::MAX_BYTES));
        activity(padded)
    };
    let packed = router("/x", bomb).layer(tower_http::compression::CompressionLayer::new());
    assert_eq!(json_error(packed, "/x").await, FetchError::TooLarge);
    let small = || activity(format!("{{\"id\":\"x:1\"{}}}", " ".repeat(100_000)));
    let packed = router("/x", small).layer(tower_http::compression::CompressionLayer::new());
    assert!(
        client_of(packed)
            .await
            .get_json(&url("/x"), None)
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
    let fetched = client.get_json(&url("/one"), None).await.unwrap();
    assert_eq!(fetched.url.as_str(), "http://peer.test/there");
    for path in ["/two", "/loop", "/nowhere"] {
        let error = client.get_json(&url(path), None).await.unwrap_err();
        assert_eq!(error, FetchError::TooManyRedirects, "{path}");
    }
}

#[tokio::test]
async fn a_redirect_leads_nowhere_that_the_guard_forbids() {
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
            .get_json(&url(&format!("/{n}")), None)
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
    let client = Client::new(ClientConfig::new(guard, "Hedgerow/test", Arc::new(Stopped))).unwrap();
    let inside = Url::parse(&format!("http://alpha.localhost:{port}/")).unwrap();
    let blocked = Blocked::Private("alpha.localhost".to_owned());
    assert_eq!(
        client.get_json(&inside, None).await.unwrap_err(),
        FetchError::Blocked(blocked.clone())
    );
    assert_eq!(
        client.post(&inside, parcel(b"", &key())).await.unwrap_err(),
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
    let client = Client::new(ClientConfig::new(guard, "Hedgerow/test", Arc::new(Stopped))).unwrap();
    let inside = Url::parse(&format!("http://alpha.localhost:{port}/x")).unwrap();
    assert!(client.get_json(&inside, None).await.is_ok());
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
            client.get_json(&url(path), None).await.unwrap_err(),
            FetchError::Timeout,
            "{path}"
        );
    }
    let late = client.post(&url("/silent"), parcel(b"", &key())).await;
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
    let found = async |path: &str, reach: Reach| {
        let found = client.get_document(&url(path), reach, None).await;
        found.map(|f| f.id().unwrap().to_string())
    };
    use Reach::{Itself, Server, World};
    let bea = "http://peer.test/u/bea";
    let post = "http://peer.test/?p=13";
    for (path, id, reaches) in [
        ("/u/bea", bea, &[Itself, Server, World][..]),
        ("/u/bea#main-key", bea, &[Itself, Server, World]),
        ("/@bea", bea, &[Server, World]),
        ("/?p=13", post, &[Itself, Server, World]),
        ("/2026/permalink", post, &[Server, World]),
        ("/mask", "http://other.test/u/x", &[World]),
        ("/detour", "http://other.test/u/x", &[World]),
    ] {
        for reach in [Itself, Server, World] {
            let wanted = if reaches.contains(&reach) {
                Ok(id.to_owned())
            } else {
                Err(FetchError::WrongId)
            };
            assert_eq!(found(path, reach).await, wanted, "{path} {reach:?}");
        }
    }
    for path in ["/nameless", "/liar"] {
        assert_eq!(found(path, World).await, Err(FetchError::WrongId), "{path}");
    }
    assert_eq!(
        found("/moved", World).await,
        Err(FetchError::WrongId),
        "another origin speaks for this one"
    );
}

#[tokio::test]
async fn who_ask_at_once_share_one_request() {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hits);
    let answer = async move || {
        counted.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(100)).await;
        doc("http://peer.test/x")
    };
    let client = client_of(Router::new().route("/x", get(answer))).await;
    let all = futures::future::join_all((0..10).map(|_| client.get_json(url_x(), None)));
    assert!(all.await.iter().all(Result::is_ok));
    assert_eq!(hits.load(Ordering::SeqCst), 1);
}

fn url_x() -> &'static Url {
    static X: LazyLock<Url> = LazyLock::new(|| url("/x"));
    &X
}

#[tokio::test]
async fn failures_are_remembered_unless_asked_afresh() {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hits);
    let answer = async move || {
        counted.fetch_add(1, Ordering::SeqCst);
        StatusCode::GONE
    };
    let client = client_of(Router::new().route("/x", get(answer))).await;
    for _ in 0..3 {
        assert_eq!(
            client.get_json(url_x(), None).await.unwrap_err(),
            FetchError::Gone
        );
    }
    assert_eq!(hits.load(Ordering::SeqCst), 1);
    assert_eq!(
        client.fresh().get_json(url_x(), None).await.unwrap_err(),
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
        client.get_json(&dead, None).await,
        Err(FetchError::Unreachable(_))
    ));
    assert!(matches!(
        client.post(&dead, parcel(b"", &key())).await,
        Err(PostError::Peer(_))
    ));
}

#[tokio::test]
async fn at_most_four_requests_are_with_a_host() {
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
    let all = futures::future::join_all(urls.iter().map(|url| client.get_json(url, None))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(most.load(Ordering::SeqCst), lanes::IN_FLIGHT);
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
