//! What may stand at a key: read from TOML with words for what is wrong, and written back for the
//! example.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use client::Private;
use ipnet::IpNet;
use toml::de::DeValue;

/// A value of the file.
pub(super) trait Value: Sized {
    /// Reads it, or says what is wrong with it.
    fn read(value: &DeValue<'_>) -> Result<Self, String>;
    /// As TOML.
    fn shown(&self) -> String;
}

/// What is written as a string in the file.
pub(super) trait Text: Sized + fmt::Display {
    /// What stands in the example where there is no default.
    const EXAMPLE: &'static str;
    fn from_text(text: &str) -> Result<Self, String>;
}

impl<T: Text> Value for T {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) => T::from_text(text),
            other => Err(format!("{} stands where a string belongs", kind(other))),
        }
    }

    fn shown(&self) -> String {
        quoted(&self.to_string())
    }
}

impl<T: Text> Value for Option<T> {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        T::read(value).map(Some)
    }

    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| quoted(T::EXAMPLE), T::shown)
    }
}

impl<T: Text> Value for Vec<T> {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Array(items) => items.iter().map(|item| T::read(item.get_ref())).collect(),
            other => Err(format!("{} stands where a list belongs", kind(other))),
        }
    }

    fn shown(&self) -> String {
        let items: Vec<String> = self.iter().map(T::shown).collect();
        format!("[{}]", items.join(", "))
    }
}

impl Value for bool {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Boolean(yes) => Ok(*yes),
            other => Err(format!(
                "{} stands where true or false belongs",
                kind(other)
            )),
        }
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Value for PathBuf {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) if text.trim().is_empty() => Err("the path is empty".to_owned()),
            DeValue::String(text) => Ok(Self::from(text.as_ref())),
            other => Err(format!("{} stands where a path belongs", kind(other))),
        }
    }

    fn shown(&self) -> String {
        quoted(&self.display().to_string())
    }
}

impl Text for SocketAddr {
    const EXAMPLE: &'static str = "127.0.0.1:8080";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_unread| format!("\"{text}\" is not an address and a port"))
    }
}

/// A proxy's address, or the network it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProxyNetwork(IpNet);

impl ProxyNetwork {
    /// As a network; of a single address the smallest.
    #[must_use]
    pub const fn network(&self) -> IpNet {
        self.0
    }
}

impl fmt::Display for ProxyNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

impl Text for ProxyNetwork {
    const EXAMPLE: &'static str = "127.0.0.1";

    fn from_text(text: &str) -> Result<Self, String> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address
            .or_else(|_not_one| text.parse())
            .map(Self)
            .map_err(|_unread| format!("\"{text}\" is neither an address nor a network"))
    }
}

/// Declares a string with a meaning.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name($inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

texts! {
    /// Scheme, host and port of a public URL, without a slash at the end.
    Origin(String);
    /// The address of a page, http or https.
    WebAddress(String);
    /// What the store opens: `postgres://…`, `sqlite:PATH` or a path.
    DatabaseUrl(String);
    /// Which events are logged, as `tracing` reads it.
    LogLevel(String);
}

impl Text for Origin {
    const EXAMPLE: &'static str = "https://practice.example.org";

    fn from_text(text: &str) -> Result<Self, String> {
        domain::site::origin(text)
            .map(Self)
            .ok_or_else(|| format!("\"{text}\" is not the address of a whole site"))
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::from_text(text)
    }
}

impl Text for WebAddress {
    const EXAMPLE: &'static str = "https://code.example.org/hedgerow";

    fn from_text(text: &str) -> Result<Self, String> {
        let url = url::Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        url.map(|url| Self(url.into()))
            .ok_or_else(|| format!("\"{text}\" is not the address of a page"))
    }
}

impl Text for DatabaseUrl {
    const EXAMPLE: &'static str = "postgres://hedgerow:PASSWORD@localhost/hedgerow";

    fn from_text(text: &str) -> Result<Self, String> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        match scheme {
            _ if text.trim().is_empty() => Err("it is empty".to_owned()),
            None | Some("postgres" | "postgresql" | "sqlite") => Ok(Self(text.to_owned())),
            Some(scheme) => Err(format!("there is no database of the kind \"{scheme}\"")),
        }
    }
}

impl LogLevel {
    /// Only what somebody should look at.
    #[must_use]
    pub fn warnings() -> Self {
        Self("warn".to_owned())
    }
}

impl Default for LogLevel {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl Text for LogLevel {
    const EXAMPLE: &'static str = "info";

    fn from_text(text: &str) -> Result<Self, String> {
        for part in text.split(',').map(str::trim) {
            let level = part.rsplit('=').next().unwrap_or(part);
            if !["off", "error", "warn", "info", "debug", "trace"].contains(&level) {
                return Err(format!("\"{part}\" is no level"));
            }
        }
        Ok(Self(text.to_owned()))
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

impl Text for LogFormat {
    const EXAMPLE: &'static str = "text";

    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("\"{other}\" is no format")),
        }
    }
}

/// A host or network that may be reached although it is private, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivatePlace {
    written: String,
    place: Private,
}

impl PrivatePlace {
    /// As the guard knows it.
    #[must_use]
    pub fn place(&self) -> &Private {
        &self.place
    }
}

impl FromStr for PrivatePlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self {
            written: text.to_owned(),
            place: text.parse()?,
        })
    }
}

impl fmt::Display for PrivatePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Text for PrivatePlace {
    const EXAMPLE: &'static str = "10.20.0.0/16";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
    }
}

/// What stands there, in words.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
