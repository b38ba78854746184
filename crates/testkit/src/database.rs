//! A PostgreSQL server for one test, which the test may end with `kill -9`. It keeps committed data
//! and restarts by itself.

use std::fs;
use std::process::Command;
use store::testing::{Cluster, own_server};
use url::Url;

/// The server. Dropping it stops it and removes its folder.
pub struct Database {
    cluster: Cluster,
}

impl Database {
    /// Starts a server; `None`, with a message, where PostgreSQL is not installed (with `CI=true`
    /// that is a failure).
    #[must_use]
    pub fn start() -> Option<Self> {
        own_server().map(|cluster| Self { cluster })
    }

    /// Returns the URL for an instance. Commits are durable, though the server is tuned for speed.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}&options=-csynchronous_commit%3Don", self.cluster.url)
    }

    /// Kills its first process with SIGKILL, which ends the others.
    pub fn crash(&self) {
        self.signal("-9");
    }

    /// Makes every transaction read-only, or allows writes again.
    pub fn read_only(&self, only: bool) {
        let path = format!("{}/data/postgresql.auto.conf", self.folder());
        let mut settings = fs::read_to_string(&path).unwrap();
        let word = if only { "on" } else { "off" };
        settings.push_str(&format!("default_transaction_read_only = {word}\n"));
        fs::write(&path, settings).unwrap();
        self.signal("-HUP");
    }

    fn folder(&self) -> String {
        let url = Url::parse(&self.cluster.url).unwrap();
        let (_, folder) = url.query_pairs().find(|(key, _)| key == "host").unwrap();
        folder.into_owned()
    }

    fn signal(&self, signal: &str) {
        let text = format!("{}/data/postmaster.pid", self.folder());
        let text = fs::read_to_string(text).unwrap();
        let pid = text.lines().next().unwrap();
        let sent = Command::new("kill").args([signal, pid]).status().unwrap();
        assert!(sent.success());
    }
}
