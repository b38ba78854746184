//! A mail server on loopback that accepts every mail, keeps none, and counts them.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};

/// A running mail server; its threads end with the process.
pub struct MailSink {
    address: SocketAddr,
    mails: Arc<AtomicUsize>,
}

impl MailSink {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub fn start() -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
        let sink = Self {
            address: listener.local_addr()?,
            mails: Arc::new(AtomicUsize::new(0)),
        };
        let mails = Arc::clone(&sink.mails);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let mails = Arc::clone(&mails);
                // A client that goes away in the middle has sent nothing.
                thread::spawn(move || converse(client, &mails).is_ok());
            }
        });
        Ok(sink)
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the number of mails accepted.
    pub fn count(&self) -> usize {
        self.mails.load(Ordering::Relaxed)
    }
}

/// Speaks SMTP (RFC 5321) with one client until it quits.
fn converse(mut client: TcpStream, mails: &AtomicUsize) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let mut lines = BufReader::new(client.try_clone()?);
    let mut line = Vec::new();
    client.write_all(b"220 sink\r\n")?;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_slice() {
            b"DATA" => {
                client.write_all(b"354 go on\r\n")?;
                loop {
                    line.clear();
                    if lines.read_until(b'\n', &mut line)? == 0 {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                }
                mails.fetch_add(1, Ordering::Relaxed);
                client.write_all(b"250 accepted\r\n")?;
            }
            b"QUIT" => return client.write_all(b"221 bye\r\n"),
            _ => client.write_all(b"250 ok\r\n")?,
        }
    }
}
