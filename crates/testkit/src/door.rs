//! The door of a hostile peer: where the head of an answer is to drip or to have no end, which no
//! server of ours would do, it is written to the socket by hand; the rest goes on to the server.

use crate::hostile::Asked;
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

/// A head that has no end: header after header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// As fast as somebody takes it.
    Poured,
    /// A byte each time, with a pause before it.
    Dripped(Duration),
}

/// Heads written by hand, and what comes of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heads {
    /// By path; for everything else the server answers.
    at: Arc<Mutex<HashMap<String, Head>>>,
    /// Each connection is for one request.
    brief: Arc<AtomicBool>,
    /// What was asked, as the server keeps it.
    pub asked: Arc<Mutex<Vec<Asked>>>,
    /// Bytes that went out.
    pub poured: Arc<AtomicU64>,
}

/// A door at which somebody looks who is there before it is opened.
pub(crate) struct Door {
    at: SocketAddr,
    opened: mpsc::Receiver<(TcpStream, SocketAddr)>,
}

impl Door {
    /// Stands before a server, until that is dropped.
    pub(crate) fn before(listener: TcpListener, heads: Heads) -> Self {
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
                    if let Some(stream) = heads.look(stream).await {
                        // Nobody is there any more at the end of a story.
                        let _ = open.send((stream, from)).await;
                    }
                });
            }
        });
        Self { at, opened }
    }
}

impl Listener for Door {
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

impl Heads {
    /// From now on the head to this path is written by hand.
    pub(crate) fn write_at(&self, path: &str, head: Head) {
        self.at.lock().unwrap().insert(path.to_owned(), head);
        // What comes on a connection that is open does not pass the door.
        self.be_brief();
    }

    /// From now on each connection is for one request.
    pub(crate) fn be_brief(&self) {
        self.brief.store(true, Ordering::SeqCst);
    }

    /// Whether each connection is for one request.
    pub(crate) fn are_brief(&self) -> bool {
        self.brief.load(Ordering::SeqCst)
    }

    /// Lets a connection pass, or answers it by hand.
    async fn look(&self, mut stream: TcpStream) -> Option<TcpStream> {
        if !self.are_brief() {
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
        self.asked.lock().unwrap().push(Asked {
            method: method.to_owned(),
            path: path.to_owned(),
            body: String::new(),
        });
        // It is over when nobody takes it any more.
        let _ = self.write(head, &mut stream).await;
        None
    }

    async fn write(&self, head: Head, stream: &mut TcpStream) -> io::Result<()> {
        if stream.read(&mut [0_u8; 16 << 10]).await? == 0 {
            return Ok(());
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        let line = b"x-header: and so on\r\n";
        for number in 0_usize.. {
            let piece = match head {
                Head::Poured => line.as_slice(),
                Head::Dripped(pause) => {
                    tokio::time::sleep(pause).await;
                    std::slice::from_ref(&line[number % line.len()])
                }
            };
            stream.write_all(piece).await?;
            let length = u64::try_from(piece.len()).unwrap();
            self.poured.fetch_add(length, Ordering::SeqCst);
        }
        Ok(())
    }
}
