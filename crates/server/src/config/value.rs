//! The values of keys: parsed from TOML with a message for what is wrong, and formatted for the example.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::str::FromStr;

use client::Private;
use ipnet::IpNet;
use toml::de::DeValue;

/// A value of a key.
pub(super) trait Value: Sized {
    /// Parses a value, or returns what is wrong with it.
    fn read(value: &DeValue<'_>) -> Result<Self, String>;
    /// Formats the value as TOML; one that is absent by an example, which the remedy of its key may have.
    fn example(&self, remedy: &str) -> String;
}

/// A value that is a string in the file.
pub(super) trait TextValue: Sized + fmt::Display {
    /// The example for a key without a default.
    const EXAMPLE: &'static str;
    fn from_text(text: &str) -> Result<Self, String>;
}

impl<T: TextValue> Value for T {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) => T::from_text(text),
            other => Err(format!("{} stands where a string belongs", kind(other))),
        }
    }

    fn example(&self, _remedy: &str) -> String {
        quote(&self.to_string())
    }
}

impl<T: TextValue> Value for Option<T> {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        T::read(value).map(Some)
    }

    fn example(&self, remedy: &str) -> String {
        match self {
            Some(value) => value.example(remedy),
            None => quote(named_in(remedy).unwrap_or(T::EXAMPLE)),
        }
    }
}

/// The text that a remedy gives as an example.
fn named_in(remedy: &str) -> Option<&str> {
    let (_, example) = remedy.split_once("such as \"")?;
    example.strip_suffix('"')
}

impl<T: TextValue> Value for Vec<T> {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Array(items) => items.iter().map(|item| T::read(item.get_ref())).collect(),
            other => Err(format!("{} stands where a list belongs", kind(other))),
        }
    }

    fn example(&self, remedy: &str) -> String {
        let items: Vec<String> = self.iter().map(|item| item.example(remedy)).collect();
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

    fn example(&self, _remedy: &str) -> String {
        self.to_string()
    }
}

impl Value for u16 {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Integer(number) => Self::from_str_radix(number.as_str(), number.radix())
                .map_err(|_out| format!("{number} is not between 0 and {}", Self::MAX)),
            other => Err(format!("{} stands where a number belongs", kind(other))),
        }
    }

    fn example(&self, _remedy: &str) -> String {
        self.to_string()
    }
}

impl Value for NonZeroU16 {
    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        let number = u16::read(value)?;
        Self::new(number).ok_or_else(|| format!("{number} is not between 1 and {}", Self::MAX))
    }

    fn example(&self, _remedy: &str) -> String {
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

    fn example(&self, _remedy: &str) -> String {
        quote(&self.display().to_string())
    }
}

impl TextValue for SocketAddr {
    const EXAMPLE: &'static str = "127.0.0.1:8080";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_unread| format!("\"{text}\" is not an address and a port"))
    }
}

/// The address or the network of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProxyNetwork(IpNet);

impl ProxyNetwork {
    /// Returns the network; a single address is a network of one.
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

impl TextValue for ProxyNetwork {
    const EXAMPLE: &'static str = "127.0.0.1";

    fn from_text(text: &str) -> Result<Self, String> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address
            .or_else(|_not_one| text.parse())
            .map(Self)
            .map_err(|_unread| format!("\"{text}\" is neither an address nor a network"))
    }
}

/// Declares newtypes of strings.
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
    /// The origin of a public URL: scheme, host and port, without a trailing slash.
    Origin(String);
    /// The URL of a page, http or https.
    WebAddress(String);
    /// The database that the store opens: `postgres://…`, `sqlite:PATH` or a path.
    DatabaseUrl(String);
    /// A filter of `tracing` that selects the logged events.
    LogLevel(String);
}

impl TextValue for Origin {
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

impl TextValue for WebAddress {
    const EXAMPLE: &'static str = "https://code.example.org/hedgerow";

    fn from_text(text: &str) -> Result<Self, String> {
        let url = url::Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        url.map(|url| Self(url.into()))
            .ok_or_else(|| format!("\"{text}\" is not the address of a page"))
    }
}

impl TextValue for DatabaseUrl {
    const EXAMPLE: &'static str = "postgres://hedgerow:PASSWORD@localhost/hedgerow";

    fn from_text(text: &str) -> Result<Self, String> {
        let url = text.split_once("://");
        let scheme = url.map(|(scheme, _)| scheme);
        match scheme {
            _ if text.trim().is_empty() => Err("it is empty".to_owned()),
            _ if url.is_some_and(|(_, rest)| rest.trim().is_empty()) => {
                Err(format!("\"{text}\" names no database"))
            }
            None | Some("postgres" | "postgresql" | "sqlite") => Ok(Self(text.to_owned())),
            Some(scheme) => Err(format!("there is no database of the kind \"{scheme}\"")),
        }
    }
}

impl LogLevel {
    /// Returns the filter that logs warnings and errors only.
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

impl TextValue for LogLevel {
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

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Readable text.
    Text,
    /// One JSON object a line.
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

impl TextValue for LogFormat {
    const EXAMPLE: &'static str = "text";

    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("\"{other}\" is no format")),
        }
    }
}

/// A private host or network to which requests are allowed, as written in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateTarget {
    written: String,
    target: Private,
}

impl PrivateTarget {
    /// Returns the parsed target.
    #[must_use]
    pub fn target(&self) -> &Private {
        &self.target
    }
}

impl FromStr for PrivateTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self {
            written: text.to_owned(),
            target: text.parse()?,
        })
    }
}

impl fmt::Display for PrivateTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl TextValue for PrivateTarget {
    const EXAMPLE: &'static str = "10.20.0.0/16";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
    }
}

/// Names the type of a value.
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

fn quote(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
