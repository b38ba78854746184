//! Answering HTTP/1 and HTTP/2 on a socket. A peer that sends its request's head drop by drop is
//! cut off; the body has the request's own time limit.

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

use super::crowd::Crowd;

/// A request's head must be there after this time; so long an idle connection is kept, too. Longer
/// than peers keep theirs, so that it is they who close them.
const HEAD: Duration = Duration::from_secs(65);
/// A connection on which nothing was asked for this time is closed, also before it has said which
/// HTTP it speaks: hyper waits for that without end.
const IDLE: Duration = HEAD;
/// Requests at a time on one connection of HTTP/2; more wait. A page's parts are asked for together.
const STREAMS: u32 = 64;
/// Open connections; more wait.
const CONNECTIONS: usize = 4_096;
/// How long running requests may go on after the stop.
const GRACE: Duration = Duration::from_secs(10);
/// A pause after a failed accept: usually there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers until the stop, then lets running requests end.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    crowd: Crowd,
    mut stopped: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut open = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = stop(&mut stopped) => break,
            next = next => next,
        };
        while open.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let Some(seat) = crowd.enter(peer.ip()) else {
                    tracing::debug!(%peer, "too many connections");
                    continue;
                };
                let (router, stopped) = (router.clone(), stopped.clone());
                open.spawn(async move {
                    connection(stream, peer, router, stopped, IDLE).await;
                    drop((place, seat));
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    let ended = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

/// Ends when the instance is told to stop.
async fn stop(stopped: &mut watch::Receiver<bool>) {
    // An error means that the instance itself is gone.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// The requests of one connection.
#[derive(Default)]
struct Asked {
    begun: AtomicUsize,
    answered: AtomicUsize,
}

impl Asked {
    /// How many have begun; `None` while one is under way.
    fn at_rest(&self) -> Option<usize> {
        let begun = self.begun.load(Ordering::Relaxed);
        (begun == self.answered.load(Ordering::Relaxed)).then_some(begun)
    }
}

/// Ends when nothing was asked, and nothing under way, for that long.
async fn idle(asked: &Asked, patience: Duration) {
    let mut before = None;
    loop {
        let now = asked.at_rest();
        if now.is_some() && now == before {
            return;
        }
        before = now;
        tokio::time::sleep(patience).await;
    }
}

/// Answers the requests of one connection.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
    patience: Duration,
) {
    let asked = Arc::new(Asked::default());
    let counted = Arc::clone(&asked);
    // Without it small answers wait for the peer's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, counted) = (router.clone(), Arc::clone(&counted));
        async move {
            counted.begun.fetch_add(1, Ordering::Relaxed);
            let answer = router.oneshot(request).await;
            counted.answered.fetch_add(1, Ordering::Relaxed);
            Ok::<Response, Infallible>(answer.unwrap_or_else(|never| match never {}))
        }
    });
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(HEAD);
    let connection = server.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = idle(&asked, patience) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    async fn a_head_that_comes_drop_by_drop_is_cut_off() {
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
        let patience = Duration::from_millis(100);
        let served = connection(stream, peer, Router::new(), stopped, patience);
        let closed = tokio::time::timeout(Duration::from_secs(30), served).await;
        assert!(closed.is_ok());
        assert!(dripping.await.unwrap() < 6_000);
    }

    #[tokio::test]
    async fn a_connection_that_asks_for_nothing_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        for said in [&b""[..], b"PRI * HT"] {
            let at = listener.local_addr().unwrap();
            let mut client = TcpStream::connect(at).await.unwrap();
            client.write_all(said).await.unwrap();
            let (stream, peer) = listener.accept().await.unwrap();
            let (_stop, stopped) = watch::channel(false);
            let patience = Duration::from_millis(20);
            let served = connection(stream, peer, Router::new(), stopped, patience);
            let closed = tokio::time::timeout(Duration::from_secs(10), served).await;
            assert!(closed.is_ok(), "{said:?}");
        }
    }
}
