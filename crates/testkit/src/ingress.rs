//! The listener of a hostile peer. Where the head of a response is to be slow or endless, which no HTTP
//! server would send, it is written to the socket directly; other requests go on to the server.

use crate::hostile::ReceivedRequest;
use axum::serve::Listener;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A response head without an end: header after header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndlessHead {
    /// As fast as the client reads.
    Full,
    /// One byte at a time, with a pause before each.
    Slow(Duration),
}

/// The response heads that are written directly, and counts of what happened.
#[derive(Debug, Clone, Default)]
pub(crate) struct ManualHeads {
    /// By path; the server answers every other path.
    at: Arc<Mutex<HashMap<String, EndlessHead>>>,
    /// Each connection serves one request.
    brief: Arc<AtomicBool>,
    /// The received requests; the server adds its own.
    pub requests: Arc<Mutex<Vec<ReceivedRequest>>>,
    /// Bytes sent in slow or endless responses.
    pub bytes_sent: Arc<AtomicU64>,
}

/// A listener that reads the request line before it hands a connection to the server.
pub(crate) struct Ingress {
    at: SocketAddr,
    opened: mpsc::Receiver<(TcpStream, SocketAddr)>,
}

impl Ingress {
    /// Accepts connections for a server until that is dropped.
    pub(crate) fn in_front_of(listener: TcpListener, heads: ManualHeads) -> Self {
        let at = listener.local_addr().unwrap();
        let (open, opened) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let (stream, from) = tokio::select! {
                    () = open.closed() => return,
                    came = listener.accept() => came.unwrap(),
                };
                let (heads, open) = (heads.clone(), open.clone());
                tokio::spawn(async move {
                    if let Some(stream) = heads.inspect(stream).await {
                        // The server has stopped at the end of a test.
                        let _ = open.send((stream, from)).await;
                    }
                });
            }
        });
        Self { at, opened }
    }
}

impl Listener for Ingress {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        match self.opened.recv().await {
            Some(opened) => opened,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.at)
    }
}

impl ManualHeads {
    /// Writes the response head of this path directly from now on.
    pub(crate) fn write_at(&self, path: &str, head: EndlessHead) {
        self.at.lock().unwrap().insert(path.to_owned(), head);
        // Later requests on an open connection would bypass the listener.
        self.close_each_connection();
    }

    /// Serves one request per connection from now on.
    pub(crate) fn close_each_connection(&self) {
        self.brief.store(true, Ordering::SeqCst);
    }

    /// Whether each connection serves one request.
    pub(crate) fn closes_each_connection(&self) -> bool {
        self.brief.load(Ordering::SeqCst)
    }

    /// Returns a connection for the server, or answers it directly.
    async fn inspect(&self, mut stream: TcpStream) -> Option<TcpStream> {
        if !self.closes_each_connection() {
            return Some(stream);
        }
        let mut begun = [0_u8; 1_024];
        let seen = stream.peek(&mut begun).await.ok()?;
        let text = String::from_utf8_lossy(&begun[..seen]).into_owned();
        let mut words = text.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let head = self.at.lock().unwrap().get(path).copied();
        let Some(head) = head else {
            return Some(stream);
        };
        self.requests.lock().unwrap().push(ReceivedRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            body: String::new(),
        });
        // It ends when the client stops reading.
        let _ = self.write(head, &mut stream).await;
        None
    }

    async fn write(&self, head: EndlessHead, stream: &mut TcpStream) -> io::Result<()> {
        if stream.read(&mut [0_u8; 16 << 10]).await? == 0 {
            return Ok(());
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        let line = b"x-header: and so on\r\n";
        for number in 0_usize.. {
            let piece = match head {
                EndlessHead::Full => line.as_slice(),
                EndlessHead::Slow(pause) => {
                    tokio::time::sleep(pause).await;
                    std::slice::from_ref(&line[number % line.len()])
                }
            };
            stream.write_all(piece).await?;
            let length = u64::try_from(piece.len()).unwrap();
            self.bytes_sent.fetch_add(length, Ordering::SeqCst);
        }
        Ok(())
    }
}
