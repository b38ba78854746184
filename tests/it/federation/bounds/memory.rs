//! Bodies of requests whose sender is not known.

use super::resident;
use testkit::{Instance, Network};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Sends a request without its last byte, as far as it is accepted. Returns the connection.
async fn unfinished(instance: &Instance, head: String, length: usize) -> TcpStream {
    static ZEROS: [u8; 1 << 16] = [b'0'; 1 << 16];
    let mut stream = TcpStream::connect(instance.addr()).await.unwrap();
    let head = format!("{head}Host: alpha.test\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut left = length - 1;
    while left > 0 {
        let part = &ZEROS[..left.min(ZEROS.len())];
        tokio::select! {
            // An answer before the end: nothing more is read.
            _ = stream.readable() => break,
            _ = stream.writable() => match stream.try_write(part) {
                Ok(bytes) => left -= bytes,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_closed) => break,
            },
        }
    }
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bodies_of_guests_take_little_memory() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let before = resident();
    let form = "POST /settings/profile HTTP/1.1\r\n\
                Content-Type: multipart/form-data; boundary=b\r\n";
    let sign_in = "POST /sign-in HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let api = "POST /api/hedgerow/v1/accounts HTTP/1.1\r\nContent-Type: application/json\r\n";
    let mut all = JoinSet::new();
    for _ in 0..50 {
        for (head, length) in [(form, 8 << 20), (sign_in, 1_900_000), (api, 1_900_000)] {
            let alpha = alpha.clone();
            all.spawn(async move { unfinished(&alpha, head.to_owned(), length).await });
        }
    }
    let open = all.join_all().await;
    let grown = resident().saturating_sub(before) >> 20;
    assert!(grown < 64, "{grown} MiB for {} connections", open.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_cannot_hold_the_memory_of_many_short_forms() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let sign_in = "POST /sign-in HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let mut open = JoinSet::new();
    for _ in 0..128 {
        let alpha = alpha.clone();
        open.spawn(async move { unfinished(&alpha, sign_in.to_owned(), 30_000).await });
    }
    let mut waiting = JoinSet::new();
    for mut stream in open.join_all().await {
        waiting.spawn(async move {
            let mut head = [0_u8; 12];
            stream.read_exact(&mut head).await.unwrap();
            String::from_utf8_lossy(&head).into_owned()
        });
    }
    let first = waiting.join_next().await.unwrap().unwrap();
    assert_eq!(first, "HTTP/1.1 429");
    waiting.abort_all();
    while waiting.join_next().await.is_some() {}
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let page = alpha.get("/sign-in", &headers).await;
    assert_eq!(page.0, 200, "reading goes on");
}

#[tokio::test]
async fn lists_of_the_api_show_the_beginning_of_long_texts() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let weavers = ann.found_community("weavers").await;
    let long = "word ".repeat(9_000);
    let topic = ann.start_with(&weavers, "Warping", &long).await;
    let json = async |path: String| -> serde_json::Value {
        let (status, _, body) = alpha.get(&path, &[]).await;
        assert_eq!(status, 200, "{path}");
        serde_json::from_str(&body).unwrap()
    };
    let thread = json(format!("/api/hedgerow/v1/posts/{}/thread", topic.id)).await;
    assert_eq!(thread["root"]["truncated"], true);
    let shown = thread["root"]["body_html"].as_str().unwrap().len();
    assert!(shown <= 20_100, "{shown}");
    let post = json(format!("/api/hedgerow/v1/posts/{}", topic.id)).await;
    assert!(post.get("truncated").is_none(), "{post}");
    assert_eq!(post["body"].as_str().unwrap().trim(), long.trim());
}
