//! The configuration file: what it may say, what each key means and what stands where it says
//! nothing. The example file is written from these structs, so that the two cannot drift. What
//! people see (name, languages, who may register) is not here: it is in the database.

mod example;
mod mistake;
mod read;
mod section;
#[cfg(test)]
mod tests;
mod value;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use client::Guard;
use ipnet::IpNet;

pub use example::example;
pub use mistake::{Mistake, Mistakes};
pub use read::{load, parse};
use section::section;
pub use value::{DatabaseUrl, LogFormat, LogLevel, Origin, PrivatePlace, ProxyNetwork, WebAddress};

section! {
    /// Where this instance listens, and where it keeps its files.
    pub struct Server {
        /// Address and port to answer on. A proxy that speaks TLS stands in front of it.
        bind: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            remedy "write an address and a port, such as \"127.0.0.1:8080\"";
        /// Where people reach this instance. It is chosen at the setup and stays for good; named
        /// here, it is proposed there, and afterwards another one refuses to start.
        public_url: Option<Origin> = None,
            remedy "write scheme and host and nothing after, such as \"https://practice.example.org\"";
        /// The folder of the database and the pictures. A relative one is below the folder in
        /// which the program is started.
        data_dir: PathBuf = PathBuf::from("./data"),
            remedy "write the path of a folder, such as \"/var/lib/hedgerow/data\"";
        /// Addresses and networks of the proxies whose X-Forwarded-For is believed. Without it a
        /// proxy's visitors share one rate limit.
        trusted_proxies: Vec<ProxyNetwork> = Vec::new(),
            remedy "write a list of addresses and networks, such as [\"127.0.0.1\", \"10.1.0.0/16\"]";
        /// Where the source of the program that runs here can be read, shown at the foot of each
        /// page. The licence (AGPL-3.0, section 13) asks for it from whoever changed the program.
        source_url: Option<WebAddress> = None,
            remedy "write a whole address, such as \"https://code.example.org/hedgerow\"";
    }
}

section! {
    /// Where everything is remembered.
    pub struct Database {
        /// A path or sqlite:PATH for SQLite, postgres://… for PostgreSQL. Without it: SQLite, in the
        /// file hedgerow.db of the data folder.
        url: Option<DatabaseUrl> = None,
            remedy "write a path, \"sqlite:PATH\" or \"postgres://USER:PASSWORD@HOST/DATABASE\"";
    }
}

section! {
    /// Which servers may be spoken with. Without these three: https, on port 443, at public
    /// addresses only. Each is independent of the others.
    pub struct Federation {
        /// Speak plain http as well. For tests and the demo, never on the open internet.
        allow_http: bool = false,
            remedy "write true or false";
        /// Speak with servers on other ports than 443 (and 80 with allow_http).
        allow_ports: bool = false,
            remedy "write true or false";
        /// Hosts, *.hosts and networks that may be reached although their addresses are private: other
        /// instances in your own network, and nothing else there.
        allow_private: Vec<PrivatePlace> = Vec::new(),
            remedy "write a list, such as [\"10.20.0.0/16\", \"loom.hospital.internal\"]";
    }
}

section! {
    /// What is written to standard error.
    pub struct Log {
        /// off, error, warn, info, debug or trace; also by part, such as "info,federation=debug".
        level: LogLevel = LogLevel::default(),
            remedy "write off, error, warn, info, debug or trace";
        /// text for people, json for machines.
        format: LogFormat = LogFormat::Text,
            remedy "write \"text\" or \"json\"";
    }
}

impl Server {
    /// The networks of the trusted proxies.
    #[must_use]
    pub fn networks_of_proxies(&self) -> Vec<IpNet> {
        let all = self.trusted_proxies.iter();
        all.map(ProxyNetwork::network).collect()
    }
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[database]`
    pub database: Database,
    /// `[federation]`
    pub federation: Federation,
    /// `[log]`
    pub log: Log,
}

impl Config {
    /// The database, as the store opens it.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database.url {
            Some(url) => url.to_string(),
            None => self.in_data_dir("hedgerow.db").display().to_string(),
        }
    }

    /// The folder of the pictures.
    #[must_use]
    pub fn media_dir(&self) -> PathBuf {
        self.in_data_dir("media")
    }

    fn in_data_dir(&self, name: &str) -> PathBuf {
        Path::new(&self.server.data_dir).join(name)
    }

    /// Where foreign requests may go.
    #[must_use]
    pub fn guard(&self) -> Guard {
        let private = self.federation.allow_private.iter();
        Guard {
            allow_http: self.federation.allow_http,
            allow_ports: self.federation.allow_ports,
            allow_private: private.map(|place| place.place().clone()).collect(),
        }
    }
}
