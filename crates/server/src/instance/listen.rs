//! Serves HTTP/1 and HTTP/2 on a listener. Slow request heads and idle connections time out; the body is
//! subject to the request's own timeout.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::connection_limit::ConnectionLimit;

/// Limits the time for a request's head, and of an idle connection. It is longer than the timeouts of
/// peers, so that the peers close their connections first.
const HEAD_TIMEOUT: Duration = Duration::from_secs(65);
/// Limits the time of a connection without requests, also before the HTTP version is known: hyper has no
/// timeout for that.
const IDLE_TIMEOUT: Duration = HEAD_TIMEOUT;
/// Limits concurrent requests on one HTTP/2 connection; more wait. A browser requests a page's parts
/// together.
const MAX_STREAMS: u32 = 64;
/// Limits the open connections; more wait.
const MAX_CONNECTIONS: usize = 4_096;
/// Limits the time of running requests during shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
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
                    connection(stream, peer, router, stopped, IDLE_TIMEOUT).await;
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

/// Counts the requests of one connection.
#[derive(Default)]
struct RequestCounts {
    started: AtomicUsize,
    finished: AtomicUsize,
}

impl RequestCounts {
    /// Returns the number of requests; `None` while one is running.
    fn idle_count(&self) -> Option<usize> {
        let started = self.started.load(Ordering::Relaxed);
        (started == self.finished.load(Ordering::Relaxed)).then_some(started)
    }
}

/// Waits until there was no request, and none running, for `timeout`.
async fn idle(counts: &RequestCounts, timeout: Duration) {
    let mut before = None;
    loop {
        let now = counts.idle_count();
        if now.is_some() && now == before {
            return;
        }
        before = now;
        tokio::time::sleep(timeout).await;
    }
}

/// Serves one connection.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
    timeout: Duration,
) {
    let counts = Arc::new(RequestCounts::default());
    let counted = Arc::clone(&counts);
    // Otherwise small responses wait for the peer's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, counted) = (router.clone(), Arc::clone(&counted));
        async move {
            counted.started.fetch_add(1, Ordering::Relaxed);
            let response = router.oneshot(request).await;
            counted.finished.fetch_add(1, Ordering::Relaxed);
            Ok::<Response, Infallible>(response.unwrap_or_else(|never| match never {}))
        }
    });
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(timeout);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .keep_alive_interval(HEAD_TIMEOUT);
    let connection = server.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = idle(&counts, timeout) => {
            connection.as_mut().graceful_shutdown();
            connection.await
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
        let timeout = Duration::from_millis(100);
        let served = connection(stream, peer, Router::new(), stopped, timeout);
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
            let timeout = Duration::from_millis(20);
            let served = connection(stream, peer, Router::new(), stopped, timeout);
            let closed = tokio::time::timeout(Duration::from_secs(10), served).await;
            assert!(closed.is_ok(), "{sent:?}");
        }
    }
}
