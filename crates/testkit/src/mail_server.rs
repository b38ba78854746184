//! A real mail server on loopback, which keeps what it takes.

use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use mailin_embedded::{AuthMechanism, Handler, Response, Server, SslConfig, response};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};
use tempfile::TempDir;

/// The user and the password that the server asks for, where it does.
pub const MAIL_USER: (&str, &str) = ("practice", "heron & \"river\"");

/// A mail that the server took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The envelope's.
    pub from: String,
    pub to: String,
    /// The message as it was sent.
    pub text: String,
}

impl ReceivedMail {
    /// The value of a header, unfolded.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = head.replace("\r\n ", " ");
        let start = format!("{}:", name.to_lowercase());
        let found = unfolded
            .split("\r\n")
            .find(|line| line.to_lowercase().starts_with(&start));
        found.map_or_else(String::new, |line| line[start.len()..].trim().to_owned())
    }

    /// The text of all parts, with quoted-printable soft breaks and escapes undone.
    #[must_use]
    pub fn decoded(&self) -> String {
        let joined = self.text.replace("=\r\n", "");
        let (mut out, mut bytes) = (Vec::new(), joined.bytes());
        while let Some(byte) = bytes.next() {
            if byte != b'=' {
                out.push(byte);
                continue;
            }
            let hex: String = bytes.by_ref().take(2).map(char::from).collect();
            match u8::from_str_radix(&hex, 16) {
                Ok(decoded) => out.push(decoded),
                Err(_) => out.extend(format!("={hex}").bytes()),
            }
        }
        String::from_utf8_lossy(&out).into_owned()
    }

    /// The link that the plain text asks to open.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        let decoded = self.decoded();
        let line = decoded.lines().find(|line| line.contains("?key="))?;
        Some(line.trim().to_owned())
    }
}

/// What a mail server does with a recipient.
type Answer = Arc<dyn Fn(&str) -> Response + Send + Sync>;

/// A mail server, until the process ends.
#[derive(Clone)]
pub struct MailServer {
    addr: SocketAddr,
    received: Arc<Mutex<Vec<ReceivedMail>>>,
    answer: Arc<Mutex<Answer>>,
    /// The certificate that it is trusted by, in PEM; `None` where it speaks plain text only.
    certificate: Option<Vec<u8>>,
    /// The connections of a silent server.
    held: Arc<Mutex<Vec<TcpStream>>>,
    _folder: Arc<Option<TempDir>>,
}

impl MailServer {
    /// Starts one that takes everything in plain text.
    #[must_use]
    pub fn start() -> Self {
        Self::run(SslConfig::None, None, None)
    }

    /// Starts one for `localhost` that asks for STARTTLS and for [`MAIL_USER`].
    #[must_use]
    pub fn start_secure() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = certificate();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (cert_path, key_path) = (path("cert.pem"), path("key.pem"));
        let pem = certificate.to_pem().unwrap();
        std::fs::write(&cert_path, &pem).unwrap();
        std::fs::write(&key_path, key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        let ssl = SslConfig::SelfSigned {
            cert_path,
            key_path,
        };
        Self::run(ssl, Some(pem), Some(folder))
    }

    /// Starts one that accepts connections and never says anything.
    #[must_use]
    pub fn start_silent() -> Self {
        let (listener, this) = Self::bind(None, None);
        let held = Arc::clone(&this.held);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                held.lock().unwrap().push(connection);
            }
        });
        this
    }

    /// How many connections a silent server holds.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.lock().unwrap().len()
    }

    /// Ends the connections that a silent server holds.
    pub fn hang_up(&self) {
        for connection in self.held.lock().unwrap().drain(..) {
            connection.shutdown(Shutdown::Both).unwrap();
        }
    }

    fn bind(certificate: Option<Vec<u8>>, folder: Option<TempDir>) -> (TcpListener, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let accept: Answer = Arc::new(|_| response::OK);
        let this = Self {
            addr: listener.local_addr().unwrap(),
            received: Arc::default(),
            answer: Arc::new(Mutex::new(accept)),
            certificate,
            held: Arc::default(),
            _folder: Arc::new(folder),
        };
        (listener, this)
    }

    fn run(ssl: SslConfig, certificate: Option<Vec<u8>>, folder: Option<TempDir>) -> Self {
        let (listener, this) = Self::bind(certificate, folder);
        let mut server = Server::new(Conversation {
            server: this.clone(),
            mail: ReceivedMail::default(),
        });
        server.with_name("mail.test").with_tcp_listener(listener);
        server.with_ssl(ssl).unwrap();
        if this.certificate.is_some() {
            server.with_auth(AuthMechanism::Plain);
        }
        std::thread::spawn(move || server.serve().is_ok());
        this
    }

    /// The port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.addr.port()
    }

    /// The certificate that it is trusted by.
    #[must_use]
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// Answers each recipient with a code from now on, for example 450 or 550.
    pub fn answer_with(&self, code: u16) {
        *self.answer.lock().unwrap() = match code {
            250 => Arc::new(|_| response::OK),
            code => Arc::new(move |to| Response::custom(code, format!("no mail to {to}"))),
        };
    }

    /// Answers each recipient from now on that there is no such mailbox.
    pub fn know_nobody(&self) {
        *self.answer.lock().unwrap() =
            Arc::new(|to| Response::custom(550, format!("5.1.1 no mailbox {to}")));
    }

    /// What it took, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedMail> {
        self.received.lock().unwrap().clone()
    }

    /// The newest mail to an address.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn newest_to(&self, address: &str) -> ReceivedMail {
        let all = self.received();
        let found = all.into_iter().rev().find(|mail| mail.to == address);
        found.unwrap_or_else(|| panic!("no mail to {address}"))
    }
}

/// One conversation with a client.
#[derive(Clone)]
struct Conversation {
    server: MailServer,
    mail: ReceivedMail,
}

impl Handler for Conversation {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        self.mail = ReceivedMail {
            from: from.to_owned(),
            ..ReceivedMail::default()
        };
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        to.clone_into(&mut self.mail.to);
        let answer = self.server.answer.lock().unwrap().clone();
        answer(to)
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.mail.text.push_str(&String::from_utf8_lossy(bytes));
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mail = std::mem::take(&mut self.mail);
        self.server.received.lock().unwrap().push(mail);
        response::OK
    }

    fn auth_plain(&mut self, _authorization: &str, user: &str, password: &str) -> Response {
        match (user, password) == MAIL_USER {
            true => response::AUTH_OK,
            false => response::INVALID_CREDENTIALS,
        }
    }
}

/// A certificate for `localhost` that signs itself, and its key.
fn certificate() -> (X509, PKey<Private>) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder
        .set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::days_from_now(2).unwrap())
        .unwrap();
    let authority = BasicConstraints::new().critical().ca().build().unwrap();
    builder.append_extension(authority).unwrap();
    let names = SubjectAlternativeName::new()
        .dns("localhost")
        .build(&builder.x509v3_context(None, None))
        .unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build(), key)
}
