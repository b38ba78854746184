//! Tests of names that resolve differently each time, and of endless response headers.

use super::{DOCUMENT, config};
use crate::{Blocked, Client, FetchError, Guard};
use futures::FutureExt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

/// An address that stands for a public one: the guard allows it, and no other of this machine.
const PUBLIC: &str = "127.0.0.2";

/// Starts a server that counts its connections, answers each with these bytes, and closes it.
async fn counting_server(at: &str, answer: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((at, 0)).await.unwrap();
    let (address, came) = (
        listener.local_addr().unwrap(),
        Arc::new(AtomicUsize::new(0)),
    );
    let count = Arc::clone(&came);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0_u8; 2_048]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, came)
}

const NOTE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/activity+json\r\n\
     content-length: 16\r\nconnection: close\r\n\r\n{\"type\": \"Note\"}";

/// Builds a client for which a name resolves to these addresses in turn; counts its lookups.
fn client(answers: Vec<Vec<SocketAddr>>) -> (Client, Arc<AtomicUsize>) {
    let guard = Guard {
        allow_http: true,
        allow_private: vec![PUBLIC.parse().unwrap()],
        ..Guard::default()
    };
    let mut config = config(guard);
    config.timeout = Duration::from_secs(5);
    config.failure_ttl = Duration::ZERO;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    config.dns = Arc::new(move |_host| {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        let found = answers.get(nth).or(answers.last()).cloned();
        async move { found.ok_or(io::ErrorKind::NotFound.into()) }.boxed()
    });
    (Client::new(config).unwrap(), asked)
}

fn url() -> Url {
    Url::parse("http://rebind.test/notes/1").unwrap()
}

#[tokio::test]
async fn the_checked_address_is_the_one_connected_to() {
    let (public, came) = counting_server(PUBLIC, NOTE).await;
    let (inside, came_in) = counting_server("127.0.0.1", NOTE).await;
    let (client, asked) = client(vec![vec![public], vec![inside]]);
    assert!(client.get_json(&DOCUMENT, &url(), None).await.is_ok());
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "one look for one connection"
    );
    let private = FetchError::Blocked(Blocked::Private("rebind.test".to_owned()));
    for _ in 0..3 {
        assert_eq!(
            client.get_json(&DOCUMENT, &url(), None).await.unwrap_err(),
            private
        );
    }
    assert_eq!(came.load(Ordering::SeqCst), 1);
    assert_eq!(
        came_in.load(Ordering::SeqCst),
        0,
        "no connection to the private address"
    );
}

#[tokio::test]
async fn private_addresses_are_left_out() {
    let (public, came) = counting_server(PUBLIC, NOTE).await;
    let (inside, came_in) = counting_server("127.0.0.1", NOTE).await;
    let metadata: SocketAddr = "169.254.169.254:80".parse().unwrap();
    let (client, _) = client(vec![vec![inside, metadata, public]]);
    assert!(client.get_json(&DOCUMENT, &url(), None).await.is_ok());
    assert_eq!(
        (came.load(Ordering::SeqCst), came_in.load(Ordering::SeqCst)),
        (1, 0)
    );
}

#[tokio::test]
async fn a_redirect_is_resolved_again() {
    const BACK: &str = "HTTP/1.1 302 Found\r\nlocation: http://rebind.test/inside\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n";
    let (public, came) = counting_server(PUBLIC, BACK).await;
    let (inside, came_in) = counting_server("127.0.0.1", NOTE).await;
    let (client, _) = client(vec![vec![public], vec![inside]]);
    let refused = client.get_json(&DOCUMENT, &url(), None).await.unwrap_err();
    assert_eq!(
        refused,
        FetchError::Blocked(Blocked::Private("rebind.test".to_owned()))
    );
    assert_eq!(
        (came.load(Ordering::SeqCst), came_in.load(Ordering::SeqCst)),
        (1, 0)
    );
}

#[tokio::test]
async fn an_endless_header_is_cut_off() {
    let listener = TcpListener::bind((PUBLIC, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let pouring = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut poured = 0_usize;
        let line = "x-header: and so on\r\n".repeat(100);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(line.as_bytes()).await.is_ok() {
            poured += line.len();
        }
        poured
    });
    let (client, _) = client(vec![vec![address]]);
    let error = client.get_json(&DOCUMENT, &url(), None).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable(_)), "{error:?}");
    let poured = pouring.await.unwrap();
    assert!(poured < 16 << 20, "{poured} bytes of head");
}
