//! The inboxes: one listener on loopback that stands for any number of hosts below `localhost`,
//! takes everything with 202, and counts what each host got.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

const ANSWER: &[u8] = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

type Counts = Arc<Mutex<HashMap<String, u64>>>;

/// It listens as long as this process lives.
pub struct Sink {
    /// Where all of its hosts are.
    pub port: u16,
    counts: Counts,
}

impl Sink {
    /// Starts to listen, on a thread of its own.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start() -> Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.context("a port for the inboxes")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let counts = Counts::default();
        let kept = Arc::clone(&counts);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || runtime.block_on(listen(listener, kept)));
        Ok(Self { port, counts })
    }

    /// A host of it, with its port.
    pub fn host(&self, number: usize) -> String {
        format!("f{number}.localhost:{}", self.port)
    }

    /// How many requests came, and how many the hosts that got the fewest and the most.
    pub fn count(&self) -> (u64, u64, u64) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let all = counts.values();
        let (fewest, most) = (all.clone().min(), all.clone().max());
        let or_none = |count: Option<&u64>| count.copied().unwrap_or(0);
        (all.sum(), or_none(fewest), or_none(most))
    }

    /// How many hosts got something.
    pub fn hosts(&self) -> usize {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.len()
    }
}

async fn listen(listener: std::net::TcpListener, counts: Counts) -> Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let counts = Arc::clone(&counts);
        // A connection that breaks off is its client's affair.
        tokio::spawn(async move { serve(stream, &counts).await });
    }
}

/// Answers the requests of one connection until it ends.
async fn serve(stream: TcpStream, counts: &Counts) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(4 << 10, stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        let (mut host, mut length) = (String::new(), 0_usize);
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            match text.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("host") => {
                    value.trim().clone_into(&mut host);
                }
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or(0);
                }
                _ => {}
            }
        }
        body.resize(length, 0);
        stream.read_exact(&mut body).await?;
        {
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            *counts.entry(host).or_default() += 1;
        }
        stream.write_all(ANSWER).await?;
    }
}
