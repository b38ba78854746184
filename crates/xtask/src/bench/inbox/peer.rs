//! The sending servers: one listener on loopback for any number of hosts below `localhost`. Each host
//! has a person, a community, a key, and an inbox that accepts everything.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Clock, SystemClock};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};

use crate::bench::http::{Request, Site};

const RSA_BITS: u32 = 2_048;
/// Threads on which keys are generated and requests signed.
pub const THREADS: usize = 2;

/// A simulated server.
pub struct Peer {
    /// Includes the port.
    pub host: String,
    key: PKey<Private>,
    pem: String,
}

impl Peer {
    /// Returns the URL of a path on this server.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// Returns the id of the server's person.
    pub fn person(&self) -> String {
        self.at("/u/pat")
    }

    /// Returns the id of the server's community.
    pub fn group(&self) -> String {
        self.at("/c/group")
    }

    /// Serializes a request to the shared inbox of `site`, signed by one of this server's actors
    /// (draft-cavage).
    ///
    /// # Errors
    /// When openssl cannot sign.
    pub fn sign(&self, site: &Site, signer: &str, activity: &Value) -> Result<Vec<u8>> {
        let (host, body) = (site.host(), activity.to_string().into_bytes());
        let date = SystemClock.now().utc().format("%a, %d %b %Y %H:%M:%S GMT");
        let digest = format!("SHA-256={}", STANDARD.encode(sha256(&body)));
        let text =
            format!("(request-target): post /inbox\nhost: {host}\ndate: {date}\ndigest: {digest}");
        let mut signing = Signer::new(MessageDigest::sha256(), &self.key)?;
        let signature_bytes = STANDARD.encode(signing.sign_oneshot_to_vec(text.as_bytes())?);
        let signature = format!(
            "keyId=\"{signer}#main-key\",algorithm=\"rsa-sha256\",\
             headers=\"(request-target) host date digest\",signature=\"{signature_bytes}\""
        );
        let request = Request::new("POST", "/inbox")
            .header("Date", &date.to_string())
            .header("Digest", &digest)
            .header("Signature", &signature)
            .body("application/activity+json", body);
        Ok(request.bytes(&host))
    }

    fn actor(&self, id: &str, kind: &str, name: &str) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": kind, "preferredUsername": name, "name": name,
            "inbox": format!("{id}/inbox"), "followers": format!("{id}/followers"),
            "endpoints": { "sharedInbox": self.at("/inbox") },
            "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": self.pem },
        })
    }

    /// Returns the document at a path, if there is one.
    fn document(&self, path: &str) -> Option<Value> {
        match path {
            "/u/pat" => Some(self.actor(&self.person(), "Person", "pat")),
            "/c/group" => Some(self.actor(&self.group(), "Group", "group")),
            _ => None,
        }
    }
}

/// Starts this many servers, which run until this process ends.
///
/// # Errors
/// When no key can be generated or no port is free.
pub fn start(count: usize) -> Result<Arc<Vec<Peer>>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("a port for the peers")?;
    let port = listener.local_addr()?.port();
    let numbers: Vec<usize> = (0..count).collect();
    let peers = in_parallel(&numbers, |n| {
        let key = PKey::from_rsa(Rsa::generate(RSA_BITS)?)?;
        let pem = String::from_utf8(key.public_key_to_pem()?)?;
        let host = format!("peer-{n}.localhost:{port}");
        Ok(Peer { host, key, pem })
    })?;
    let peers = Arc::new(peers);
    let serving = Arc::clone(&peers);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let peers = Arc::clone(&serving);
            // The client reports a broken connection.
            thread::spawn(move || serve(&stream, &peers));
        }
    });
    Ok(peers)
}

/// Maps the items on several threads and keeps their order.
///
/// # Errors
/// The first that fails.
pub fn in_parallel<A: Sync, B: Send>(
    all: &[A],
    map: impl Fn(&A) -> Result<B> + Sync,
) -> Result<Vec<B>> {
    let share = all.len().div_ceil(THREADS).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = all
            .chunks(share)
            .map(|some| scope.spawn(|| some.iter().map(&map).collect::<Result<Vec<B>>>()))
            .collect();
        let mut made = Vec::with_capacity(all.len());
        for worker in workers {
            let some = worker
                .join()
                .map_err(|_panic| anyhow!("a worker panicked"))?;
            made.extend(some?);
        }
        Ok(made)
    })
}

/// Answers the requests of one connection until it closes.
fn serve(stream: &TcpStream, peers: &[Peer]) -> std::io::Result<()> {
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    loop {
        let (mut path, mut host, mut length, mut line) =
            (String::new(), String::new(), 0_u64, String::new());
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            match text.split_once(':') {
                _ if path.is_empty() => path = text.split(' ').nth(1).unwrap_or("/").to_owned(),
                Some((name, value)) if name.eq_ignore_ascii_case("host") => {
                    value.trim().clone_into(&mut host);
                }
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or(0);
                }
                _ => {}
            }
        }
        std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink())?;
        let peer = peers.iter().find(|peer| peer.host == host);
        let (status, body) = match peer.and_then(|peer| peer.document(&path)) {
            Some(document) => ("200 OK", document.to_string()),
            None if length > 0 => ("202 Accepted", String::new()),
            None => ("404 Not Found", String::new()),
        };
        write!(
            writer,
            "HTTP/1.1 {status}\r\nContent-Type: application/activity+json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
    }
}
