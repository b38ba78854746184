//! The values of the section about mail, and what follows from them together.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use mail::{Mailer, SmtpConfig};
use model::mail::{MailAddress, MailSecurity};

use super::Mail;
use super::mistake::{Mistake, Mistakes};
use super::value::TextValue;

impl Mail {
    /// Builds what sends the mails; reads the files that are named.
    ///
    /// # Errors
    /// Every file that cannot be read, and every key that is missing although another one calls for it.
    pub fn mailer(&self) -> Result<Mailer, Mistakes> {
        let Some(server) = &self.server else {
            return Ok(Mailer::default());
        };
        let mut mistakes = Mistakes::default();
        let sender = self.from.clone().ok_or_else(|| {
            let remedy = "write from = \"practice@example.org\"";
            Mistake::of_key("mail.from", "[mail] has a server but no sender", remedy)
        });
        let sender = mistakes.value(sender);
        let authority = self.ca_file.as_ref().map(|file| file.read("mail.ca_file"));
        let authority = mistakes.value(authority.transpose()).flatten();
        let credentials = mistakes.value(self.credentials()).flatten();
        let mailer = sender.and_then(|from| {
            let config = SmtpConfig {
                host: server.host.clone(),
                port: server.port,
                security: self.security,
                credentials,
                authority,
                from,
                bounces: self.bounces.clone(),
                timeout: Duration::from_secs(u64::from(self.timeout.get())),
            };
            mistakes.value(Mailer::smtp(&config).map_err(|error| {
                let remedy = "compare the keys of [mail] with docs/admins/mail.md";
                Mistake::of_key("mail", error.to_string(), remedy)
            }))
        });
        mistakes.unless_any(mailer)
    }

    fn credentials(&self) -> Result<Option<(String, String)>, Mistake> {
        let wrong = |key: &str, wrong: &str, remedy: &str| Err(Mistake::of_key(key, wrong, remedy));
        let password = match (&self.password, &self.password_file) {
            (Some(_), Some(_)) => {
                let both = "[mail] has both password and password_file";
                return wrong("mail.password", both, "remove one of them");
            }
            (Some(password), None) => Some(password.expose().to_owned()),
            (None, Some(file)) => Some(file.first_line("mail.password_file")?),
            (None, None) => None,
        };
        match (&self.user, password) {
            (Some(user), Some(password)) => Ok(Some((user.0.clone(), password))),
            (None, None) => Ok(None),
            (Some(_), None) => {
                let missing = "[mail] has a user but no password";
                wrong("mail.password_file", missing, "write password_file")
            }
            (None, Some(_)) => wrong(
                "mail.user",
                "[mail] has a password but no user",
                "write user",
            ),
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
    fn read(&self, key: &str) -> Result<Vec<u8>, Mistake> {
        std::fs::read(&self.0).map_err(|error| {
            let remedy = "name a file that the user of the server can read";
            Mistake::of_key(key, format!("cannot read {self} ({error})"), remedy)
        })
    }

    /// Reads the secret in the first line of the file.
    pub(super) fn first_line(&self, key: &str) -> Result<String, Mistake> {
        let text = String::from_utf8(self.read(key)?).map_err(|_bytes| {
            Mistake::of_key(key, format!("{self} is not UTF-8"), "write it as UTF-8")
        })?;
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
