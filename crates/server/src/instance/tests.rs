//! An instance answers over real HTTP, with its headers, before and after the setup.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::router::guard;

struct House {
    instance: Instance,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data_dir = folder.path().join("data");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = InstanceConfig::new(config, vec![listener]);
    House {
        instance: Instance::start(config).await.unwrap(),
        _folder: folder,
    }
}

/// The whole answer to a request, its head in lower case.
async fn ask(addr: SocketAddr, method: &str, path: &str, more: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: any.example\r\nConnection: close\r\n{more}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    format!("{}\r\n\r\n{body}", head.to_lowercase())
}

#[tokio::test]
async fn before_the_setup_only_the_key_opens_a_door() {
    let house = house().await;
    let addr = house.instance.addr();
    assert!(
        ask(addr, "GET", "/healthz", "")
            .await
            .starts_with("http/1.1 204")
    );
    assert!(ask(addr, "GET", "/", "").await.starts_with("http/1.1 503"));
    assert!(
        ask(addr, "GET", "/setup?key=guess", "")
            .await
            .starts_with("http/1.1 403")
    );
    let key = offer_setup(house.instance.ops()).await.unwrap().unwrap();
    let open = ask(addr, "GET", &format!("/setup?key={key}"), "").await;
    assert!(open.starts_with("http/1.1 200"), "{open}");
    let again = offer_setup(house.instance.ops()).await.unwrap().unwrap();
    assert_ne!(again, key);
    assert!(
        ask(addr, "GET", &format!("/setup?key={key}"), "")
            .await
            .starts_with("http/1.1 403")
    );
    house.instance.shutdown().await;
}

#[tokio::test]
async fn pages_carry_their_headers_and_servers_get_no_pages() {
    let house = house().await;
    let addr = house.instance.addr();
    let page = ask(addr, "GET", "/nowhere", "").await;
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
    let document = ask(addr, "GET", "/u/nobody", server).await;
    assert!(!document.contains("text/html"), "{document}");
    let problem = ask(addr, "GET", "/api/hedgerow/v1/nothing", "").await;
    assert!(problem.contains("application/problem+json"), "{problem}");
    house.instance.shutdown().await;
}

#[tokio::test]
async fn a_panic_costs_one_page() {
    let house = house().await;
    async fn fall() -> &'static str {
        panic!("a stitch was dropped")
    }
    let router = guard::around(
        Router::new().route("/fall", get(fall)),
        house.instance.app(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(listen::serve(listener, router, Crowd::default(), stopped));
    for _ in 0..2 {
        let page = ask(addr, "GET", "/fall", "").await;
        assert!(
            page.starts_with("http/1.1 500") && page.contains("Something broke here"),
            "{page}"
        );
        assert!(page.contains("content-security-policy"), "{page}");
    }
    stop.send(true).unwrap();
    server.await.unwrap();
    house.instance.shutdown().await;
}

/// An idle connection does not hold up the end.
#[tokio::test]
async fn a_stop_ends_soon() {
    let house = house().await;
    let _idle = TcpStream::connect(house.instance.addr()).await.unwrap();
    let stopped = tokio::time::timeout(Duration::from_secs(5), house.instance.shutdown());
    assert!(stopped.await.is_ok());
}
