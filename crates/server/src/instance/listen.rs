//! Serves HTTP/1 and HTTP/2 on a listener. Slow request heads and idle connections time out; the body is
//! subject to the request's own timeout.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::connection_limit::ConnectionLimit;
use super::response_body::{PART_MAX, Requests};

/// Limits the time for a request's head, and of an idle connection. It is longer than the timeouts of
/// peers, so that the peers close their connections first.
const HEAD_TIMEOUT: Duration = Duration::from_secs(65);
/// The timeouts of a connection.
#[derive(Debug, Clone, Copy)]
struct Timeouts {
    /// Of a connection without requests, also before the HTTP version is known: hyper has no timeout for
    /// that. Of a request's head.
    idle: Duration,
    /// Of sending a response.
    response: Duration,
}

const TIMEOUTS: Timeouts = Timeouts {
    idle: HEAD_TIMEOUT,
    response: Duration::from_secs(120),
};
/// Limits what is received on one HTTP/2 connection before a handler reads it, in bytes.
const CONNECTION_WINDOW: u32 = 256 << 10;
/// Limits the same for one request of an HTTP/2 connection, in bytes.
const STREAM_WINDOW: u32 = 64 << 10;
/// Limits the buffers of an HTTP/1 connection, in bytes: a head, or a part of a response.
const BUFFER_MAX: usize = 2 * PART_MAX;
/// Limits concurrent requests on one HTTP/2 connection; more wait. A browser requests a page's parts
/// together.
const MAX_STREAMS: u32 = 64;
/// Limits the open connections; more wait.
const MAX_CONNECTIONS: usize = 4_096;
/// Limits the time of running requests during shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);
/// The delay after a failed accept, which usually means that file descriptors have run out.
const ACCEPT_RETRY: Duration = Duration::from_millis(200);

/// Serves until `stopped`, then waits for running requests.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limit: ConnectionLimit,
    mut stopped: watch::Receiver<bool>,
) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut open = JoinSet::new();
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            () = stop(&mut stopped) => break,
            next = next => next,
        };
        while open.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let Some(permit) = limit.acquire(peer.ip()) else {
                    tracing::debug!(%peer, "connection refused: too many from its network");
                    continue;
                };
                let (router, stopped) = (router.clone(), stopped.clone());
                open.spawn(async move {
                    connection(stream, peer, router, stopped, TIMEOUTS).await;
                    drop((slot, permit));
                });
            }
            Err(error) => {
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
    drop(listener);
    let ended = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, ended).await.is_err() {
        tracing::warn!("running requests were aborted at shutdown");
    }
}

/// Waits until the instance is told to stop.
async fn stop(stopped: &mut watch::Receiver<bool>) {
    // An error means that the instance itself is gone.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Waits until there was no request, and none running, for `timeout`.
async fn idle(requests: &Requests, timeout: Duration) {
    let mut before = None;
    loop {
        let now = requests.idle_count();
        if now.is_some() && now == before {
            return;
        }
        before = now;
        tokio::time::sleep(timeout).await;
    }
}

/// Waits until a response, or a part of a stream of events, was not taken by the client within `timeout`.
async fn stalled(requests: &Requests, timeout: Duration) {
    loop {
        match requests.oldest_response() {
            Some(began) if began.elapsed() >= timeout => return,
            Some(began) => tokio::time::sleep_until(began + timeout).await,
            None => tokio::time::sleep(timeout).await,
        }
    }
}

/// Serves one connection.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
    timeouts: Timeouts,
) {
    let requests = Arc::new(Requests::default());
    let counted = Arc::clone(&requests);
    // Otherwise small responses wait for the peer's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, running) = (router.clone(), counted.start());
        async move {
            let response = router.oneshot(request).await;
            let response = response.unwrap_or_else(|never| match never {});
            Ok::<_, Infallible>(running.respond(response))
        }
    });
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.idle)
        .max_buf_size(BUFFER_MAX);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .initial_stream_window_size(STREAM_WINDOW)
        .max_send_buf_size(PART_MAX)
        .keep_alive_interval(HEAD_TIMEOUT);
    let connection = server.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stop(&mut stopped) => None,
        () = idle(&requests, timeouts.idle) => None,
        () = stalled(&requests, timeouts.response) => {
            tracing::debug!(%peer, "connection closed: a response was not read");
            return;
        }
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            let last = tokio::time::timeout(timeouts.response, connection);
            last.await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "connection closed with an error");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    fn short(milliseconds: u64) -> Timeouts {
        let timeout = Duration::from_millis(milliseconds);
        Timeouts {
            idle: timeout,
            response: timeout,
        }
    }

    #[tokio::test]
    async fn a_response_that_is_not_read_times_out() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(at).await.unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
        client.write_all(request).await.unwrap();
        let (stream, peer) = listener.accept().await.unwrap();
        let (_stop, stopped) = watch::channel(false);
        let page = || async { vec![b'a'; 32 << 20] };
        let router = Router::new().route("/", axum::routing::get(page));
        let timeouts = Timeouts {
            response: Duration::from_millis(50),
            idle: Duration::from_secs(3_600),
        };
        let served = connection(stream, peer, router, stopped, timeouts);
        let closed = tokio::time::timeout(Duration::from_secs(30), served).await;
        assert!(closed.is_ok());
    }

    /// A stream of events, of `parts` of 64 KiB each; where they have ended, nothing more comes.
    fn event_stream(parts: usize) -> Router {
        use axum::response::IntoResponse;
        use futures::StreamExt;
        let stream = move || async move {
            let part = || Ok::<_, Infallible>(vec![b'a'; PART_MAX]);
            let parts = futures::stream::iter((0..parts).map(move |_| part()));
            let body = Body::from_stream(parts.chain(futures::stream::pending()));
            ([("content-type", "text/event-stream")], body).into_response()
        };
        Router::new().route("/", axum::routing::get(stream))
    }

    #[tokio::test]
    async fn a_stream_that_is_never_read_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(at).await.unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
        client.write_all(request).await.unwrap();
        let (stream, peer) = listener.accept().await.unwrap();
        let (_stop, stopped) = watch::channel(false);
        let timeouts = Timeouts {
            response: Duration::from_millis(50),
            idle: Duration::from_secs(3_600),
        };
        let served = connection(stream, peer, event_stream(100_000), stopped, timeouts);
        let closed = tokio::time::timeout(Duration::from_secs(30), served).await;
        assert!(closed.is_ok());
    }

    #[tokio::test]
    async fn a_stream_with_nothing_to_send_stays_open() {
        use tokio::io::AsyncReadExt;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(at).await.unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
        client.write_all(request).await.unwrap();
        let (stream, peer) = listener.accept().await.unwrap();
        let (_stop, stopped) = watch::channel(false);
        let served = connection(stream, peer, event_stream(1), stopped, short(20));
        let reading = async {
            let mut read = vec![0; PART_MAX];
            client.read_exact(&mut read).await.unwrap();
            // Many times the limit of a response.
            let more = client.read_to_end(&mut read);
            tokio::time::timeout(Duration::from_millis(600), more).await
        };
        tokio::select! {
            () = served => panic!("the connection was closed"),
            ended = reading => assert!(ended.is_err(), "the stream was ended"),
        }
    }

    #[tokio::test]
    async fn a_long_response_arrives_whole() {
        use tokio::io::AsyncReadExt;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let length = 3 * PART_MAX + 17;
        let reading = tokio::spawn(async move {
            let mut client = TcpStream::connect(at).await.unwrap();
            let request = b"GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
            client.write_all(request).await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            answer
        });
        let (stream, peer) = listener.accept().await.unwrap();
        let (_stop, stopped) = watch::channel(false);
        let page = move || async move { vec![b'a'; length] };
        let router = Router::new().route("/", axum::routing::get(page));
        connection(stream, peer, router, stopped, TIMEOUTS).await;
        let answer = reading.await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {length}")),
            "{head}"
        );
        assert_eq!(body.len(), length);
    }

    #[tokio::test]
    async fn a_slow_request_head_times_out() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let dripping = tokio::spawn(async move {
            let mut client = TcpStream::connect(at).await.unwrap();
            client.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
            let mut drops = 0_u32;
            while client.write_all(b"a").await.is_ok() {
                drops += 1;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            drops
        });
        let (stream, peer) = listener.accept().await.unwrap();
        let (_stop, stopped) = watch::channel(false);
        let timeouts = short(100);
        let served = connection(stream, peer, Router::new(), stopped, timeouts);
        let closed = tokio::time::timeout(Duration::from_secs(30), served).await;
        assert!(closed.is_ok());
        assert!(dripping.await.unwrap() < 6_000);
    }

    #[tokio::test]
    async fn a_connection_without_a_request_times_out() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        for sent in [&b""[..], b"PRI * HT"] {
            let at = listener.local_addr().unwrap();
            let mut client = TcpStream::connect(at).await.unwrap();
            client.write_all(sent).await.unwrap();
            let (stream, peer) = listener.accept().await.unwrap();
            let (_stop, stopped) = watch::channel(false);
            let timeouts = short(20);
            let served = connection(stream, peer, Router::new(), stopped, timeouts);
            let closed = tokio::time::timeout(Duration::from_secs(10), served).await;
            assert!(closed.is_ok(), "{sent:?}");
        }
    }
}
