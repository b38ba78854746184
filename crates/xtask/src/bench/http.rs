//! A small blocking HTTP/1.1 client for measuring, with one keep-alive connection. It follows no
//! redirect, decompresses nothing, and connects to loopback only: every site is a server that a bench
//! started.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Limits the wait for a response; longer than the server's own request timeout.
const READ_TIMEOUT: Duration = Duration::from_secs(40);

/// Limits a response's body, in bytes; no page is nearly as long.
const MAX_BODY: usize = 64 << 20;

/// A server on loopback, with the host name of its public URL.
#[derive(Debug, Clone)]
pub struct Site {
    name: String,
    port: u16,
}

impl Site {
    /// Takes a host without its port; connections to any host go to 127.0.0.1.
    pub fn new(name: &str, port: u16) -> Self {
        Self {
            name: name.to_owned(),
            port,
        }
    }

    /// Returns host and port, as in a URL and in the `Host` header.
    pub fn host(&self) -> String {
        format!("{}:{}", self.name, self.port)
    }

    /// Returns scheme, host and port.
    pub fn url(&self) -> String {
        format!("http://{}", self.host())
    }

    /// Returns the address on which the server listens.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// When nothing listens.
    pub fn connect(&self) -> Result<Connection> {
        let stream = TcpStream::connect(self.socket())
            .with_context(|| format!("connecting to {}", self.host()))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(READ_TIMEOUT))?;
        Ok(Connection {
            host: self.host(),
            stream: BufReader::with_capacity(64 << 10, stream),
            head: Vec::new(),
        })
    }
}

/// A request that is not yet bound to a host.
#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: String,
    body: Vec<u8>,
    many_clients: bool,
}

impl Request {
    /// Builds a request; `path` includes the query and is percent-encoded.
    pub fn new(method: &'static str, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: String::new(),
            body: Vec::new(),
            many_clients: false,
        }
    }

    /// Builds a GET request.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.headers, "{name}: {value}\r\n");
        self
    }

    /// Comes from another client each time, as behind a proxy: for what is limited by address.
    pub fn with_many_clients(mut self) -> Self {
        self.many_clients = true;
        self
    }

    /// Serializes the request for this host, the `number`th of its kind.
    pub fn numbered(&self, host: &str, number: u32) -> Vec<u8> {
        match self.many_clients {
            false => self.bytes(host),
            true => {
                let client = Ipv4Addr::from_bits(number | 0x0a00_0000);
                let request = self.clone();
                let request = request.header("X-Forwarded-For", &client.to_string());
                request.bytes(host)
            }
        }
    }

    /// Sets a body of this media type.
    pub fn body(mut self, kind: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("Content-Type", kind)
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("Content-Type", "application/json")
    }

    /// Sets a URL-encoded form as the body.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        self.body = pairs.collect::<Vec<String>>().join("&").into_bytes();
        self.header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// Serializes the request for this host.
    pub fn bytes(&self, host: &str) -> Vec<u8> {
        let Self {
            method,
            path,
            headers,
            body,
            many_clients: _,
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

/// A response with its body as sent, which is compressed if the request accepted that.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Response {
    /// Returns the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .next()
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The way in which the end of a body is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunks,
    Unknown,
}

/// A keep-alive connection.
pub struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
    head: Vec<u8>,
}

impl Connection {
    /// Sends a request and waits for the whole response.
    ///
    /// # Errors
    /// When the connection breaks or the response is not HTTP/1.1.
    pub fn send(&mut self, request: &Request) -> Result<Response> {
        let mut body = Vec::new();
        let bytes = request.bytes(&self.host);
        let status = self.exchange(&bytes, &mut body)?;
        Ok(Response {
            status,
            head: String::from_utf8_lossy(&self.head).into_owned(),
            body,
        })
    }

    /// Sends a serialized request and reads the response's body into `body`; returns the status.
    /// A load uses this, because it sends the same request many times.
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub fn exchange(&mut self, request: &[u8], body: &mut Vec<u8>) -> Result<u16> {
        self.stream.get_mut().write_all(request)?;
        body.clear();
        read_head(&mut self.stream, &mut self.head)?;
        let (status, framing) = parse_head(&self.head)?;
        match framing {
            _ if status == 204 || status == 304 => {}
            Framing::Length(length) => read_exactly(&mut self.stream, length, body)?,
            Framing::Chunks => read_chunks(&mut self.stream, body)?,
            Framing::Unknown => bail!("the response of {} has no length", self.host),
        }
        Ok(status)
    }
}

/// Reads everything up to the empty line, which is left out.
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

fn parse_head(head: &[u8]) -> Result<(u16, Framing)> {
    let head = std::str::from_utf8(head).context("the response's head is not text")?;
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let status = first
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .with_context(|| format!("this is not an HTTP/1.1 response: {first}"))?;
    let mut framing = Framing::Unknown;
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
    ensure!(
        start + length <= MAX_BODY,
        "the response's body is too long"
    );
    body.resize(start + length, 0);
    let target = body.get_mut(start..).unwrap_or_default();
    stream
        .read_exact(target)
        .context("the response is truncated")
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

/// Percent-encodes the text of a form field or of a path.
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
