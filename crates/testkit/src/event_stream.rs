//! A browser's stream of events: a connection of its own, read as far as a test wants.

use crate::instance::Instance;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open connection with a response whose body does not end.
#[derive(Debug)]
pub struct EventStream {
    lines: BufReader<TcpStream>,
    /// The response's status.
    pub status: u16,
    /// The lines of its head, in lower case.
    pub head: Vec<String>,
}

impl EventStream {
    /// Asks for a stream with a session's token.
    pub async fn open(instance: &Instance, token: &str) -> Self {
        let mut connection = TcpStream::connect(instance.addr()).await.unwrap();
        let request = format!(
            "GET /notices/stream HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\nCookie: hedgerow={token}\r\n\r\n",
            instance.host()
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut this = Self {
            lines: BufReader::new(connection),
            status: 0,
            head: Vec::new(),
        };
        loop {
            let line = this.line().await.expect("a response");
            if line.is_empty() {
                break;
            }
            this.head.push(line.to_lowercase());
        }
        let status = this.head[0].split(' ').nth(1).unwrap();
        this.status = status.parse().unwrap();
        this
    }

    /// The next line; `None` where the connection has ended.
    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = timeout(PATIENCE, self.lines.read_line(&mut line)).await;
        match read.expect("in time") {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
        }
    }

    /// The data of the next event; `None` where the stream has ended.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            let line = self.line().await?;
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(data.to_owned());
            }
            // The last chunk of the response.
            if line == "0" {
                return None;
            }
        }
    }
}
