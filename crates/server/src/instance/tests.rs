//! Tests an instance over HTTP: its headers, before and after setup.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::router::layers;

struct TestInstance {
    instance: Instance,
    _folder: tempfile::TempDir,
}

async fn test_instance() -> TestInstance {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = folder.path().join("data");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = InstanceConfig::new(config, vec![listener]);
    TestInstance {
        instance: Instance::start(config).await.unwrap(),
        _folder: folder,
    }
}

/// Sends a request and returns the whole response, with its head in lower case.
async fn request(addr: SocketAddr, method: &str, path: &str, more: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let text =
        format!("{method} {path} HTTP/1.1\r\nHost: any.example\r\nConnection: close\r\n{more}\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    format!("{}\r\n\r\n{body}", head.to_lowercase())
}

#[tokio::test]
async fn before_setup_only_the_setup_key_is_accepted() {
    let test_instance = test_instance().await;
    let addr = test_instance.instance.addr();
    assert!(
        request(addr, "GET", "/readyz", "")
            .await
            .starts_with("http/1.1 204")
    );
    assert!(
        request(addr, "GET", "/", "")
            .await
            .starts_with("http/1.1 503")
    );
    assert!(
        request(addr, "GET", "/setup?key=guess", "")
            .await
            .starts_with("http/1.1 403")
    );
    let key = offer_setup(test_instance.instance.ops())
        .await
        .unwrap()
        .unwrap();
    let open = request(addr, "GET", &format!("/setup?key={key}"), "").await;
    assert!(open.starts_with("http/1.1 200"), "{open}");
    let again = offer_setup(test_instance.instance.ops())
        .await
        .unwrap()
        .unwrap();
    assert_ne!(again, key);
    assert!(
        request(addr, "GET", &format!("/setup?key={key}"), "")
            .await
            .starts_with("http/1.1 403")
    );
    test_instance.instance.shutdown().await;
}

#[tokio::test]
async fn pages_have_security_headers_and_servers_get_no_pages() {
    let test_instance = test_instance().await;
    let addr = test_instance.instance.addr();
    let page = request(addr, "GET", "/nowhere", "").await;
    for header in [
        "content-security-policy: default-src 'none'; img-src 'self'",
        "x-content-type-options: nosniff",
        "referrer-policy: same-origin",
        "permissions-policy: ",
        "vary: accept\r\n",
    ] {
        assert!(page.contains(header), "{header} in {page}");
    }
    assert!(!page.contains("strict-transport-security"), "no https yet");
    let server = "Accept: application/activity+json\r\n";
    let document = request(addr, "GET", "/u/nobody", server).await;
    assert!(!document.contains("text/html"), "{document}");
    let problem = request(addr, "GET", "/api/hedgerow/v1/nothing", "").await;
    assert!(problem.contains("application/problem+json"), "{problem}");
    for (path, token) in [
        ("/api/hedgerow/v1/communities", ""),
        ("/api/hedgerow/v1/me", "Authorization: Bearer guess\r\n"),
    ] {
        let answer = request(addr, "GET", path, token).await;
        let caching = "cache-control: private, no-store\r\n";
        assert!(answer.contains(caching), "{path}: {answer}");
    }
    for second in ["Host: any.example\r\n", "Host: other.example\r\n"] {
        let refused = request(addr, "GET", "/", second).await;
        assert!(refused.starts_with("http/1.1 400"), "{refused}");
    }
    test_instance.instance.shutdown().await;
}

#[tokio::test]
async fn a_panic_fails_one_request_only() {
    let test_instance = test_instance().await;
    async fn panic_handler() -> &'static str {
        panic!("a test panic")
    }
    let router = layers::apply(
        Router::new().route("/panic_handler", get(panic_handler)),
        test_instance.instance.app(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(listen::serve(
        listener,
        router,
        ConnectionLimit::default(),
        stopped,
    ));
    for _ in 0..2 {
        let page = request(addr, "GET", "/panic_handler", "").await;
        assert!(
            page.starts_with("http/1.1 500") && page.contains("Something broke here"),
            "{page}"
        );
        assert!(page.contains("content-security-policy"), "{page}");
    }
    stop.send(true).unwrap();
    server.await.unwrap();
    test_instance.instance.shutdown().await;
}

/// An idle connection does not delay the shutdown.
#[tokio::test]
async fn shutdown_does_not_wait_for_idle_connections() {
    let test_instance = test_instance().await;
    let _idle = TcpStream::connect(test_instance.instance.addr())
        .await
        .unwrap();
    let stopped = tokio::time::timeout(Duration::from_secs(5), test_instance.instance.shutdown());
    assert!(stopped.await.is_ok());
}

#[tokio::test]
async fn a_second_server_on_one_sqlite_file_is_refused() {
    let first = test_instance().await;
    let second = async || {
        let mut config = Config::default();
        config.server.data_dir = first._folder.path().join("data");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Instance::start(InstanceConfig::new(config, vec![listener])).await
    };
    let why = second().await.err().expect("refused").to_string();
    assert!(why.contains("another `hedgerow serve` is using"), "{why}");
    first.instance.shutdown().await;
    second()
        .await
        .expect("the first has ended")
        .shutdown()
        .await;
}
