//! The inboxes: one listener on loopback for any number of hosts below `localhost`, which answers 202
//! to every request and counts the requests of each host; over HTTP or HTTPS.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};

const RESPONSE: &[u8] = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
/// The stack of a connection's thread, in bytes; it needs little.
const STACK_SIZE: usize = 128 << 10;

type RequestCounts = Arc<Mutex<HashMap<String, u64>>>;

/// A listener that runs until this process ends.
pub struct Sink {
    scheme: &'static str,
    port: u16,
    counts: RequestCounts,
}

impl Sink {
    /// Listens for HTTP.
    ///
    /// # Errors
    /// When no port is free.
    pub fn plain() -> Result<Self> {
        Self::start("http", None)
    }

    /// Listens for HTTPS with a self-signed certificate for this many hosts; writes it to `certificate`,
    /// for the client to trust.
    ///
    /// # Errors
    /// When no port is free or the certificate cannot be made.
    pub fn secure(hosts: usize, certificate: &Path) -> Result<Self> {
        Self::start("https", Some(acceptor(hosts, certificate)?))
    }

    fn start(scheme: &'static str, tls: Option<SslAcceptor>) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.context("a port for the inboxes")?;
        let sink = Self {
            scheme,
            port: listener.local_addr()?.port(),
            counts: RequestCounts::default(),
        };
        let counts = Arc::clone(&sink.counts);
        let tls = tls.map(Arc::new);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (counts, tls) = (Arc::clone(&counts), tls.clone());
                let serve = move || handle(stream, tls.as_deref(), &counts);
                // The client reports a broken connection.
                let _ = thread::Builder::new().stack_size(STACK_SIZE).spawn(serve);
            }
        });
        Ok(sink)
    }

    /// Returns the host with this number, and the port.
    pub fn host(&self, number: usize) -> String {
        format!("{}:{}", name(number), self.port)
    }

    /// Returns `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Returns the number of requests, and the fewest and the most that a host received.
    pub fn count(&self) -> (u64, u64, u64) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let all = counts.values();
        let (fewest, most) = (all.clone().min(), all.clone().max());
        let or_none = |count: Option<&u64>| count.copied().unwrap_or(0);
        (all.sum(), or_none(fewest), or_none(most))
    }

    /// Returns the number of hosts that received a request.
    pub fn hosts(&self) -> usize {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.len()
    }
}

fn name(number: usize) -> String {
    format!("f{number}.localhost")
}

/// Creates a certificate that lists all hosts: clients reject a wildcard below a single label.
fn acceptor(hosts: usize, certificate: &Path) -> Result<SslAcceptor> {
    let key = PKey::from_rsa(Rsa::generate(2_048)?)?;
    let mut subject = X509NameBuilder::new()?;
    subject.append_entry_by_text("CN", "hedgerow bench")?;
    let subject = subject.build();
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_subject_name(&subject)?;
    builder.set_issuer_name(&subject)?;
    let (today, tomorrow) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(1)?);
    builder.set_not_before(&today)?;
    builder.set_not_after(&tomorrow)?;
    builder.set_pubkey(&key)?;
    let mut names = SubjectAlternativeName::new();
    for number in 0..hosts {
        names.dns(&name(number));
    }
    let names = names.build(&builder.x509v3_context(None, None))?;
    builder.append_extension(names)?;
    builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
    builder.sign(&key, MessageDigest::sha256())?;
    let made = builder.build();
    fs::write(certificate, made.to_pem()?)?;
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls())?;
    acceptor.set_private_key(&key)?;
    acceptor.set_certificate(&made)?;
    Ok(acceptor.build())
}

/// Handles the requests of one connection until it closes.
fn handle(stream: TcpStream, tls: Option<&SslAcceptor>, counts: &RequestCounts) -> Result<()> {
    stream.set_nodelay(true)?;
    match tls {
        Some(tls) => Ok(serve(tls.accept(stream)?, counts)?),
        None => Ok(serve(stream, counts)?),
    }
}

fn serve(stream: impl Read + Write, counts: &RequestCounts) -> std::io::Result<()> {
    let mut stream = BufReader::with_capacity(8 << 10, stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        let (mut host, mut length) = (String::new(), 0_usize);
        loop {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
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
        stream.read_exact(&mut body)?;
        {
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            *counts.entry(host).or_default() += 1;
        }
        stream.get_mut().write_all(RESPONSE)?;
    }
}
