//! A small HTTP/1.1 client for measuring: blocking, one connection that is kept alive, nothing
//! hidden. It follows no redirect, unpacks nothing, and reaches loopback only: every site it speaks
//! with is a server that a bench started.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Longer than the server's own limit for a request.
const PATIENCE: Duration = Duration::from_secs(40);

/// No page of ours is nearly as long.
const LONGEST_BODY: usize = 64 << 20;

/// A server on loopback, by the name it knows itself by.
#[derive(Debug, Clone)]
pub struct Site {
    name: String,
    port: u16,
}

impl Site {
    /// `name` is a host without its port; whatever it is, it is reached at 127.0.0.1.
    pub fn new(name: &str, port: u16) -> Self {
        Self {
            name: name.to_owned(),
            port,
        }
    }

    /// Host and port, as in an address and in the `Host` header.
    pub fn host(&self) -> String {
        format!("{}:{}", self.name, self.port)
    }

    /// Scheme, host and port.
    pub fn url(&self) -> String {
        format!("http://{}", self.host())
    }

    /// Where it listens.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// A new connection.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn connect(&self) -> Result<Connection> {
        let stream = TcpStream::connect(self.socket())
            .with_context(|| format!("connecting to {}", self.host()))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Connection {
            host: self.host(),
            stream: BufReader::with_capacity(64 << 10, stream),
            head: Vec::new(),
        })
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: String,
    body: Vec<u8>,
}

impl Request {
    /// Any method; `path` with its query, encoded already.
    pub fn new(method: &'static str, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: String::new(),
            body: Vec::new(),
        }
    }

    /// A page, or whatever is there.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.headers, "{name}: {value}\r\n");
        self
    }

    /// With a body of this media type.
    pub fn body(mut self, kind: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("Content-Type", kind)
    }

    /// With a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("Content-Type", "application/json")
    }

    /// With a form's fields.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        self.body = pairs.collect::<Vec<String>>().join("&").into_bytes();
        self.header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// As it goes over the wire to this host.
    pub fn bytes(&self, host: &str) -> Vec<u8> {
        let Self {
            method,
            path,
            headers,
            body,
        } = self;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}");
        if *method != "GET" || !body.is_empty() {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// 200 and so on.
    pub status: u16,
    head: String,
    /// As sent; packed if the request accepted that.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .next()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// How a body's end is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunks,
    Unsaid,
}

/// One connection, kept alive.
pub struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
    head: Vec<u8>,
}

impl Connection {
    /// Asks and waits for the whole answer.
    ///
    /// # Errors
    /// When the connection breaks or what comes is not HTTP/1.1.
    pub fn send(&mut self, request: &Request) -> Result<Answer> {
        let mut body = Vec::new();
        let bytes = request.bytes(&self.host);
        let status = self.exchange(&bytes, &mut body)?;
        Ok(Answer {
            status,
            head: String::from_utf8_lossy(&self.head).into_owned(),
            body,
        })
    }

    /// Sends what was written out before and reads the answer's body into `body`; answers the status.
    /// The way of a load, which makes the same request many times.
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub fn exchange(&mut self, request: &[u8], body: &mut Vec<u8>) -> Result<u16> {
        self.stream.get_mut().write_all(request)?;
        body.clear();
        read_head(&mut self.stream, &mut self.head)?;
        let (status, framing) = understand(&self.head)?;
        match framing {
            _ if status == 204 || status == 304 => {}
            Framing::Length(length) => read_exactly(&mut self.stream, length, body)?,
            Framing::Chunks => read_chunks(&mut self.stream, body)?,
            Framing::Unsaid => bail!("{} does not say how long its answer is", self.host),
        }
        Ok(status)
    }
}

/// Everything up to the empty line, which is left out.
fn read_head(stream: &mut impl BufRead, head: &mut Vec<u8>) -> Result<()> {
    head.clear();
    loop {
        let before = head.len();
        if stream.read_until(b'\n', head)? == 0 {
            bail!("the server closed the connection");
        }
        if matches!(head.get(before..), Some(b"\r\n" | b"\n")) {
            head.truncate(before);
            return Ok(());
        }
    }
}

fn understand(head: &[u8]) -> Result<(u16, Framing)> {
    let head = std::str::from_utf8(head).context("the answer's head is not text")?;
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let status = first
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .with_context(|| format!("this is no answer of HTTP/1.1: {first}"))?;
    let mut framing = Framing::Unsaid;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            framing = Framing::Length(value.trim().parse().context("Content-Length")?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            framing = Framing::Chunks;
            break;
        }
    }
    Ok((status, framing))
}

fn read_exactly(stream: &mut impl Read, length: usize, body: &mut Vec<u8>) -> Result<()> {
    let start = body.len();
    ensure!(start + length <= LONGEST_BODY, "the answer does not end");
    body.resize(start + length, 0);
    let room = body.get_mut(start..).unwrap_or_default();
    stream.read_exact(room).context("the answer broke off")
}

fn read_chunks(stream: &mut impl BufRead, body: &mut Vec<u8>) -> Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16)
            .with_context(|| format!("a chunk begins with {line:?}"))?;
        read_exactly(stream, size, body)?;
        if size == 0 {
            // Trailers, and the empty line after them.
            return read_head(stream, &mut Vec::new());
        }
        line.clear();
        stream.read_line(&mut line)?;
        ensure!(line.trim_end().is_empty(), "a chunk ends with {line:?}");
    }
}

/// A form's or a path's text, percent-encoded.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
