//! The values of the section about mail, and what follows from them together.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use mail::{Mailer, SmtpConfig};
use model::mail::{MailAddress, MailSecurity};

use super::Mail;
use super::value::TextValue;

impl Mail {
    /// Builds what sends the mails; reads the files that are named.
    ///
    /// # Errors
    /// When a file cannot be read, or a key is missing that another one calls for.
    pub fn mailer(&self) -> anyhow::Result<Mailer> {
        let Some(server) = &self.server else {
            return Ok(Mailer::default());
        };
        let Some(from) = self.from.clone() else {
            bail!("[mail] has a server but no sender; write from = \"practice@example.org\"");
        };
        let authority = match &self.ca_file {
            Some(file) => Some(file.read("mail.ca_file")?),
            None => None,
        };
        let config = SmtpConfig {
            host: server.host.clone(),
            port: server.port,
            security: self.security,
            credentials: self.credentials()?,
            authority,
            from,
            bounces: self.bounces.clone(),
            timeout: Duration::from_secs(u64::from(self.timeout.get())),
        };
        Ok(Mailer::smtp(&config)?)
    }

    fn credentials(&self) -> anyhow::Result<Option<(String, String)>> {
        let password = match (&self.password, &self.password_file) {
            (Some(_), Some(_)) => {
                bail!("[mail] has both password and password_file; remove one of them")
            }
            (Some(password), None) => Some(password.expose().to_owned()),
            (None, Some(file)) => Some(file.first_line("mail.password_file")?),
            (None, None) => None,
        };
        match (&self.user, password) {
            (Some(user), Some(password)) => Ok(Some((user.0.clone(), password))),
            (None, None) => Ok(None),
            (Some(_), None) => bail!("[mail] has a user but no password; write password_file"),
            (None, Some(_)) => bail!("[mail] has a password but no user; write user"),
        }
    }
}

/// The mail server: its name and, where it differs from the usual one, its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    host: String,
    port: Option<u16>,
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl TextValue for MailServer {
    const EXAMPLE: &'static str = "mail.example.org";

    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is neither a name nor a name and a port");
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_unread| wrong())?)),
            None => (text, None),
        };
        match url::Host::parse(host) {
            Ok(host) => Ok(Self {
                host: host.to_string(),
                port,
            }),
            Err(_) => Err(wrong()),
        }
    }
}

impl TextValue for MailSecurity {
    const EXAMPLE: &'static str = "starttls";

    fn from_text(text: &str) -> Result<Self, String> {
        let parsed = text.parse();
        parsed.map_err(|_unread| format!("\"{text}\" is no way to encrypt"))
    }
}

/// The name that the mail server knows this instance by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName(String);

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TextValue for UserName {
    const EXAMPLE: &'static str = "practice";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("the name is empty".to_owned()),
            name => Ok(Self(name.to_owned())),
        }
    }
}

/// A password or token; it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Returns the text; not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl TextValue for Secret {
    const EXAMPLE: &'static str = "…";

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }
}

/// The path of a file that is read at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePath(PathBuf);

impl FilePath {
    /// Reads the file that the key `key` names.
    fn read(&self, key: &str) -> anyhow::Result<Vec<u8>> {
        std::fs::read(&self.0).with_context(|| format!("{key}: cannot read {self}"))
    }

    /// Reads the secret in the first line of the file.
    pub(super) fn first_line(&self, key: &str) -> anyhow::Result<String> {
        let text = String::from_utf8(self.read(key)?);
        let text = text.with_context(|| format!("{key}: {self} is not UTF-8"))?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

impl TextValue for FilePath {
    const EXAMPLE: &'static str = "/etc/hedgerow/mail-password";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("the path is empty".to_owned()),
            path => Ok(Self(PathBuf::from(path))),
        }
    }
}

impl TextValue for MailAddress {
    const EXAMPLE: &'static str = "practice@example.org";

    fn from_text(text: &str) -> Result<Self, String> {
        Self::try_from(text.to_owned())
    }
}
