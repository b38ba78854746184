//! Requests that no client sends, written to the socket: slow, oversized, compressed.

use super::{activity, note, setup};
use crate::federation::Weavers;
use serde_json::json;
use std::fmt::Write as _;
use std::time::Duration;
use testkit::Instance;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Limits the wait for a response; longer than every tested timeout.
const PATIENCE: Duration = Duration::from_secs(60);

async fn connect(instance: &Instance) -> TcpStream {
    TcpStream::connect(instance.addr()).await.unwrap()
}

/// Sends a request as far as it is accepted; returns the status, or 0 when the connection was closed without
/// one.
async fn send_raw(instance: &Instance, request: &[u8]) -> u16 {
    let (mut answers, mut asks) = connect(instance).await.into_split();
    let request = request.to_vec();
    let asking = tokio::spawn(async move {
        // A body that is too large is not read to its end.
        let _ = asks.write_all(&request).await;
        asks
    });
    let mut head = [0_u8; 12];
    let read = tokio::time::timeout(PATIENCE, answers.read_exact(&mut head)).await;
    let status = match read.expect("an answer, or the end") {
        Ok(_) => String::from_utf8_lossy(&head[9..]).parse().unwrap(),
        Err(_) => 0,
    };
    asking.abort();
    status
}

async fn assert_responsive(story: &Weavers) {
    assert!(story.ann.page("/c/weavers").await.contains("weavers"));
}

#[tokio::test]
async fn three_hundred_incomplete_requests_delay_nobody() {
    let (story, topic, evil) = setup().await;
    let mut slow = Vec::new();
    for number in 0..300 {
        let mut stream = connect(&story.alpha).await;
        let begun: &[u8] = match number % 3 {
            0 => b"",
            1 => b"POST /inbox HTTP/1.1\r\nHost: alpha.test\r\nX-Slow: a",
            _ => b"POST /inbox HTTP/1.1\r\nHost: alpha.test\r\nContent-Length: 1000\r\n\r\n{",
        };
        stream.write_all(begun).await.unwrap();
        slow.push(stream);
    }
    assert_responsive(&story).await;
    let words = note(&evil, 1, &topic);
    evil.publish(&words);
    let create = activity(&evil, "Create", 1, &words);
    let signed = evil.signed_request(&story.alpha.at("/inbox"), &create);
    assert_eq!(signed.send(story.alpha.addr()).await.0, 202);
    for stream in &mut slow {
        let _ = stream.write_all(b"a").await;
    }
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 1);
}

#[tokio::test]
async fn a_slow_body_times_out() {
    let story = Weavers::new().await;
    let mut stream = connect(&story.alpha).await;
    let head = b"POST /inbox HTTP/1.1\r\nHost: alpha.test\r\nContent-Length: 100000\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let (mut answers, mut asks) = stream.into_split();
    let dripping = tokio::spawn(async move {
        let mut drops = 0_u32;
        while asks.write_all(b"{").await.is_ok() {
            drops += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        drops
    });
    assert_responsive(&story).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, answers.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the connection stays open");
    let words = String::from_utf8_lossy(&answer);
    assert!(words.starts_with("HTTP/1.1 408"), "{words}");
    assert!(dripping.await.unwrap() < 300);
}

#[tokio::test]
async fn a_large_body_is_refused_before_it_is_read() {
    let story = Weavers::new().await;
    let head = "POST /inbox HTTP/1.1\r\nHost: alpha.test\r\n";
    let over = vec![b' '; (1 << 20) + 1];

    let claimed = format!("{head}Content-Length: {}\r\n\r\n", over.len());
    assert_eq!(
        send_raw(&story.alpha, claimed.as_bytes()).await,
        413,
        "not a byte of it is read"
    );
    let claimed = format!("{head}Content-Length: 99999999999999999999\r\n\r\n");
    assert!(matches!(
        send_raw(&story.alpha, claimed.as_bytes()).await,
        0 | 400 | 413
    ));

    let mut chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        over.len()
    )
    .into_bytes();
    chunked.extend(&over);
    chunked.extend(b"\r\n0\r\n\r\n");
    assert_eq!(send_raw(&story.alpha, &chunked).await, 413);
    // Content-Length together with chunks is a request smuggling attack.
    let both = format!("{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assert!(matches!(
        send_raw(&story.alpha, both.as_bytes()).await,
        0 | 400 | 401
    ));

    assert_responsive(&story).await;
}

#[tokio::test]
async fn long_or_invalid_heads_are_refused() {
    let story = Weavers::new().await;
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: alpha.test\r\n\r\n",
        "a".repeat(1 << 20)
    );
    assert!(matches!(
        send_raw(&story.alpha, long.as_bytes()).await,
        0 | 400 | 414 | 431
    ));
    let header = format!(
        "GET / HTTP/1.1\r\nHost: alpha.test\r\nX-Long: {}\r\n\r\n",
        "a".repeat(1 << 20)
    );
    assert!(matches!(
        send_raw(&story.alpha, header.as_bytes()).await,
        0 | 400 | 431
    ));
    let mut many = String::from("GET / HTTP/1.1\r\nHost: alpha.test\r\n");
    for number in 0..2_000 {
        write!(many, "x-{number}: a\r\n").unwrap();
    }
    assert!(matches!(
        send_raw(&story.alpha, format!("{many}\r\n").as_bytes()).await,
        0 | 400 | 431
    ));
    for nonsense in [
        "\r\n\r\n\r\n\r\nx\r\n\r\n",
        "GET\r\n\r\n",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n",
    ] {
        assert!(
            matches!(send_raw(&story.alpha, nonsense.as_bytes()).await, 0 | 400),
            "{nonsense:?}"
        );
    }
    assert_responsive(&story).await;
}

#[tokio::test]
async fn a_compressed_request_is_not_decompressed() {
    let (story, _topic, evil) = setup().await;
    let bomb = testkit::PeerResponse::bomb();
    let mut signed = evil.signed_bytes(&story.alpha.at("/inbox"), bomb.body);
    signed
        .headers
        .insert("content-encoding", "gzip".parse().unwrap());
    let (status, words) = signed.send(story.alpha.addr()).await;
    assert!(matches!(status, 400 | 415), "{status} {words}");
    assert_eq!(evil.requests(), []);
}

/// Paths that read parameters.
const QUESTIONS: &[&str] = &[
    "/c/weavers?before=",
    "/c/weavers?after=",
    "/?before=",
    "/search?q=",
    "/u/ann?before=",
    "/c/weavers/followers?before=",
    "/c/weavers/outbox?page=",
    "/u/ann/followers?page=",
    "/c/weavers/followers?page=",
    "/p/",
    "/activities/",
    "/likes/",
    "/follows/",
    "/.well-known/webfinger?resource=",
    "/.well-known/webfinger?resource=acct:",
    "/api/hedgerow/v1/threads?before=",
    "/api/hedgerow/v1/threads?limit=",
];

/// PostgreSQL refuses the character NUL in a text, which SQLite takes.
#[tokio::test]
async fn a_nul_is_no_fault_of_the_server() {
    let story = Weavers::new().await;
    for value in ["%00", "a%00b", "%0%000", "%2500", "weav%00ers%00"] {
        for path in QUESTIONS {
            for accept in ["text/html", "application/activity+json"] {
                let status = story.alpha.shows(&format!("{path}{value}"), accept).await;
                assert!(status < 500, "{path}{value} as {accept}: {status}");
            }
        }
    }
    let found = story.ann.page("/search?q=weav%00ers").await;
    assert!(found.contains("/c/weavers"), "{found}");
    let typed = "account=a%00nn&address=a%00nn@example.org&handle=a%00nn&password=%00";
    for path in ["/forgotten-password", "/sign-in", "/sign-up"] {
        let answer = story.alpha.send_form(path, typed).await;
        assert!(answer.status < 500, "{path}: {}", answer.body);
    }
}

testkit::on_postgres_too! {
    a_nul_is_no_fault_of_the_server
}

#[tokio::test]
async fn long_queries_and_invalid_cursors_are_answered() {
    let story = Weavers::new().await;
    let long = "a".repeat(30_000);
    let odd = [
        "-1",
        "0",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "1e9",
        "1-",
        "-",
        "9223372036854775807-9223372036854775807",
        "%00",
        "%ff%fe",
        "%F0%9F%92%A9",
        "1-1-1",
        "' OR 1=1",
        long.as_str(),
    ];
    for value in odd {
        let value = value.replace(' ', "%20").replace('\'', "%27");
        for path in QUESTIONS {
            for accept in ["text/html", "application/activity+json"] {
                let status = story.alpha.shows(&format!("{path}{value}"), accept).await;
                assert!(status < 500, "{path}{value} as {accept}: {status}");
            }
        }
    }
    let asks = json!({ "a": 1 }).to_string();
    let accepts = [
        "",
        ",,,,",
        "*/*;q=nan",
        "application/activity+json;q=inf",
        "text/html;q=-1",
        "\"",
        &asks,
        &long,
    ];
    for accept in accepts {
        assert!(
            story.alpha.shows("/c/weavers", accept).await < 500,
            "{accept}"
        );
    }
}
