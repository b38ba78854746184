//! The configuration file: its keys, their meanings and their defaults. The example file is generated from
//! these structs, so that the two cannot drift. What people see (name, languages, who may register) is
//! in the database instead.

mod backup;
mod example;
mod mail;
mod metrics;
mod mistake;
mod oidc;
mod read;
mod section;
#[cfg(test)]
mod tests;
mod value;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use client::Guard;
use httpkit::streams::STREAMS_MAX;
use ipnet::IpNet;
use model::mail::{MailAddress, MailSecurity};

pub use backup::{FolderPath, TimeOfDay};
pub use example::example;
pub use mail::{FilePath, MailServer, Secret, UserName};
pub use metrics::MetricsAddress;
pub use mistake::{Mistake, Mistakes};
pub use oidc::{IssuerAddress, ProviderKey, ShortText, providers};
pub use read::{load, parse};
use section::section;
pub use value::{
    DatabaseUrl, LogFormat, LogLevel, Origin, PrivateTarget, ProxyNetwork, WebAddress,
};

section! {
    /// Network address and files of this instance.
    pub struct Server {
        /// Address and port to listen on, with plain HTTP. A reverse proxy in front of it provides TLS.
        bind: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            remedy "write an address and a port, such as \"127.0.0.1:8080\"";
        /// Public URL of this instance. The setup page stores it permanently and suggests this value;
        /// after the setup, a different value here prevents the start.
        public_url: Option<Origin> = None,
            remedy "write scheme and host and nothing after, such as \"https://practice.example.org\"";
        /// Folder of the database and the pictures. A relative path starts at the working directory.
        data_dir: PathBuf = PathBuf::from("./data"),
            remedy "write the path of a folder, such as \"/var/lib/hedgerow/data\"";
        /// Addresses and networks of reverse proxies whose X-Forwarded-For header is trusted. Without
        /// them, all visitors of a proxy share one rate limit.
        trusted_proxies: Vec<ProxyNetwork> = Vec::new(),
            remedy "write a list of addresses and networks, such as [\"127.0.0.1\", \"10.1.0.0/16\"]";
        /// URL of the source code of the running program, linked at the foot of each page. The licence
        /// (AGPL-3.0, section 13) requires it when the program was changed.
        source_url: Option<WebAddress> = None,
            remedy "write a whole address, such as \"https://code.example.org/hedgerow\"";
        /// Open pages that are told at once of new notices, by one open connection each; at most 3000. All
        /// others ask once a minute, and so do all with 0.
        event_streams: u16 = 2_000,
            remedy "write a number up to 3000, such as 2000";
    }
}

section! {
    /// Database of this instance.
    pub struct Database {
        /// A path or sqlite:PATH for SQLite, postgres://… for PostgreSQL. The default is SQLite with the
        /// file hedgerow.db in the data folder.
        url: Option<DatabaseUrl> = None,
            remedy "write a path, \"sqlite:PATH\" or \"postgres://USER:PASSWORD@HOST/DATABASE\"";
    }
}

section! {
    /// Which servers this instance may connect to. By default it connects with https on port 443 to public
    /// addresses only. The three keys are independent.
    pub struct Federation {
        /// Allow plain http as well: for tests and the demo, never on the internet.
        allow_http: bool = false,
            remedy "write true or false";
        /// Allow ports other than 443 (and 80 with allow_http).
        allow_ports: bool = false,
            remedy "write true or false";
        /// Hosts, *.hosts and networks with private addresses to allow: other instances in your own
        /// network, and nothing else there.
        allow_private: Vec<PrivateTarget> = Vec::new(),
            remedy "write a list, such as [\"10.20.0.0/16\", \"loom.hospital.internal\"]";
    }
}

section! {
    /// The mail server that sends this instance's mails: your organization's, or a provider's. Without it
    /// nobody can reset a password or confirm an address, and the pages say so.
    pub struct Mail {
        /// Its name, with the port where it is not the usual one of its security (587, 465 or 25).
        server: Option<MailServer> = None,
            remedy "write a name, or a name and a port, such as \"mail.example.org:587\"";
        /// starttls (port 587), tls (port 465), or none for a server on this machine.
        security: MailSecurity = MailSecurity::Starttls,
            remedy "write \"starttls\", \"tls\" or \"none\"";
        /// User name, where the server asks for one.
        user: Option<UserName> = None,
            remedy "write the user name as a string";
        /// Password of this user. Better in a file of its own: see password_file.
        password: Option<Secret> = None,
            remedy "write the password as a string";
        /// File whose first line is the password.
        password_file: Option<FilePath> = None,
            remedy "write the path of a file, such as \"/etc/hedgerow/mail-password\"";
        /// Sender's address. The name beside it is the name of the site.
        from: Option<MailAddress> = None,
            remedy "write an address, such as \"practice@example.org\"";
        /// Address that mails come back to which cannot be delivered. The default is the sender's.
        bounces: Option<MailAddress> = None,
            remedy "write an address, such as \"bounces@example.org\"";
        /// File with the certificate of an authority of your own, in PEM, that is trusted beside the system's.
        ca_file: Option<FilePath> = None,
            remedy "write the path of a file, such as \"/etc/hedgerow/ca.pem\"";
        /// Seconds that the mail server may take to accept a mail; the mail is tried again later.
        timeout: NonZeroU16 = at_least_one(60),
            remedy "write a number of seconds, such as 60";
        /// Notifications and digests that are sent within a minute to addresses of one domain; those above
        /// wait. Mails that somebody waits for, such as one with a link to sign in, count, but do not wait.
        per_domain_per_minute: NonZeroU16 = at_least_one(120),
            remedy "write a number of mails, such as 120";
    }
}

section! {
    /// A provider with which people sign in (OpenID Connect), such as your institution's. Write one section
    /// for each. docs/admins/single-sign-on.md has the steps for Keycloak and Entra. The provider must know
    /// the address https://YOUR-SITE/sign-in/with/KEY/back.
    pub struct Oidc {
        /// Names it in addresses of this site. Do not change it later.
        key: Option<ProviderKey> = None,
            remedy "write small letters, digits and hyphens, such as \"institution\"";
        /// What people call it: the sign-in page says "Sign in with NAME".
        name: Option<ShortText> = None,
            remedy "write a short name, such as \"Larchmere University\"";
        /// Its name in French, where it has another one.
        name_fr: Option<ShortText> = None,
            remedy "write a short name, such as \"Université de Larchmere\"";
        /// Its issuer, exactly as its own description writes it.
        issuer: Option<IssuerAddress> = None,
            remedy "write an address, such as \"https://login.example.org/realms/staff\"";
        /// What the provider calls this site.
        client_id: Option<ShortText> = None,
            remedy "write the client id as a string";
        /// Secret of this client. Better in a file of its own: see client_secret_file.
        client_secret: Option<Secret> = None,
            remedy "write the secret as a string";
        /// File whose first line is the secret.
        client_secret_file: Option<FilePath> = None,
            remedy "write the path of a file, such as \"/etc/hedgerow/oidc-secret\"";
        /// What is asked for besides openid.
        scopes: Vec<ShortText> = ["profile", "email"].map(ShortText::new).to_vec(),
            remedy "write a list, such as [\"profile\", \"email\"]";
        /// Allow the provider's own host to have a private address (and, for tests, plain http).
        allow_private: bool = false,
            remedy "write true or false";
        /// Claim that a new account's username is made of.
        claim_handle: ShortText = ShortText::new("preferred_username"),
            remedy "write the name of a claim, such as \"preferred_username\"";
        /// Claim with the name of a new account.
        claim_name: ShortText = ShortText::new("name"),
            remedy "write the name of a claim, such as \"name\"";
        /// Claim with the e-mail address. It counts only where the provider says that it is verified, which it
        /// says of the claim email only.
        claim_mail: ShortText = ShortText::new("email"),
            remedy "write the name of a claim, such as \"email\"";
        /// Take addresses as verified where the provider does not say, as Entra: only where nobody but the
        /// institution can change them.
        trust_mail: bool = false,
            remedy "write true or false";
        /// Claim with the groups. A dot leads into an object, such as realm_access.roles.
        claim_groups: ShortText = ShortText::new("groups"),
            remedy "write the name of a claim, such as \"groups\"";
        /// Only people in this group sign in.
        require_group: Option<ShortText> = None,
            remedy "write the name of a group, such as \"hedgerow\"";
        /// Values of the claims acr and amr with which the provider says that somebody has passed a second
        /// factor there, such as "mfa". Whoever has, is not asked for the one that they have here.
        second_factor_values: Vec<ShortText> = Vec::new(),
            remedy "write a list, such as [\"mfa\"]";
        /// Let people make an account when they sign in for the first time, in the way the site's registration
        /// allows. Otherwise they connect the account that they have, under Settings.
        create_accounts: bool = true,
            remedy "write true or false";
        /// Nobody but administrators signs in, or makes an account, with a password.
        only: bool = false,
            remedy "write true or false";
    }
}

section! {
    /// Daily backups, each a file with the database and the pictures. `hedgerow backup FILE` makes one at
    /// any time. This file is not part of them.
    pub struct Backup {
        /// Folder of the backups, on another disk than the data. Without it none are made.
        folder: Option<FolderPath> = None,
            remedy "write the path of a folder, such as \"/var/backups/hedgerow\"";
        /// Time of day, in the time zone of the site.
        at: TimeOfDay = TimeOfDay::new(3, 30),
            remedy "write hours and minutes, such as \"03:30\"";
        /// How many are kept; the oldest are deleted after a new one is made.
        keep: NonZeroU16 = at_least_one(14),
            remedy "write a number, such as 14";
    }
}

section! {
    /// Metrics for Prometheus at /metrics. Without these keys there are none.
    pub struct Metrics {
        /// Address and port of their own, which answers everybody who reaches it.
        bind: Option<MetricsAddress> = None,
            remedy "write an address and a port, such as \"127.0.0.1:9464\"";
        /// Token that a request to the instance's own address must bear (Authorization: Bearer TOKEN).
        token: Option<Secret> = None,
            remedy "write a long random string";
    }
}

section! {
    /// Log on standard error.
    pub struct Log {
        /// off, error, warn, info, debug or trace; also by module, such as "info,federation=debug".
        level: LogLevel = LogLevel::default(),
            remedy "write off, error, warn, info, debug or trace";
        /// text for people, json for log collectors.
        format: LogFormat = LogFormat::Text,
            remedy "write \"text\" or \"json\"";
    }
}

const fn at_least_one(number: u16) -> NonZeroU16 {
    match NonZeroU16::new(number) {
        Some(number) => number,
        None => NonZeroU16::MIN,
    }
}

impl Server {
    /// Returns the networks of the trusted proxies.
    #[must_use]
    pub fn networks_of_proxies(&self) -> Vec<IpNet> {
        let all = self.trusted_proxies.iter();
        all.map(ProxyNetwork::network).collect()
    }
}

/// The whole configuration file, one field a section.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub federation: Federation,
    pub mail: Mail,
    pub oidc: Vec<Oidc>,
    pub backup: Backup,
    pub metrics: Metrics,
    pub log: Log,
}

impl Config {
    /// Checks what the values need together, and the files that they name; `file` is named in the mistakes.
    ///
    /// # Errors
    /// Every file that cannot be read, and every key that is missing although another one calls for it.
    pub fn check(&self, file: Option<&Path>) -> Result<(), Mistakes> {
        let mut mistakes = Mistakes::default();
        mistakes.all(self.mail.mailer());
        mistakes.all(providers(&self.oidc));
        mistakes.0.extend(self.out_of_bounds());
        mistakes
            .unless_any(Some(()))
            .map_err(|all| all.in_file(file))
    }

    /// Values that are allowed one by one, and that the server could not work with.
    fn out_of_bounds(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        let streams = self.server.event_streams;
        if usize::from(streams) > STREAMS_MAX {
            let wrong = format!("{streams} is not between 0 and {STREAMS_MAX}");
            let remedy = "write a number up to 3000, such as 2000";
            found.push(Mistake::of_key("server.event_streams", wrong, remedy));
        }
        let bind = self.server.bind;
        if self.metrics.bind == Some(MetricsAddress(bind)) && bind.port() != 0 {
            let wrong = format!("{bind} is the address of server.bind");
            let remedy = "write another port, such as \"127.0.0.1:9464\"";
            found.push(Mistake::of_key("metrics.bind", wrong, remedy));
        }
        found
    }

    /// Returns the database's URL or path, as the store opens it.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database.url {
            Some(url) => url.to_string(),
            None => self.in_data_dir("hedgerow.db").display().to_string(),
        }
    }

    /// Returns the folder of the pictures.
    #[must_use]
    pub fn media_dir(&self) -> PathBuf {
        self.in_data_dir("media")
    }

    fn in_data_dir(&self, name: &str) -> PathBuf {
        Path::new(&self.server.data_dir).join(name)
    }

    /// Returns which targets outgoing requests may have.
    #[must_use]
    pub fn guard(&self) -> Guard {
        let private = self.federation.allow_private.iter();
        Guard {
            allow_http: self.federation.allow_http,
            allow_ports: self.federation.allow_ports,
            allow_private: private.map(|target| target.target().clone()).collect(),
        }
    }
}
