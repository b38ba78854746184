//! Handles: the local name of a person or community, and `name@host`.

use std::fmt;

/// A local handle: 2–40 of `a-z 0-9 _ -`, beginning with a letter or digit. Lower case, so two
/// handles are the same exactly when their text is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(String);

/// Names that would read as the organization speaking, or collide with what others expect.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "hedgerow",
    "instance",
    "moderator",
    "root",
    "support",
    "system",
    "everyone",
    "all",
    "here",
    "me",
];

/// Why a handle is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadHandle {
    /// Fewer than 2 or more than 40 characters.
    Length,
    /// Something else than `a-z 0-9 _ -`, or a beginning that is no letter or digit.
    Characters,
    /// A name kept back.
    Reserved,
}

impl Handle {
    /// Trims, drops a leading `@` or `!`, lower-cases, and checks.
    ///
    /// # Errors
    /// [`BadHandle`] says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, BadHandle> {
        let handle = Self::parse_any(text)?;
        if RESERVED.contains(&handle.as_str()) {
            return Err(BadHandle::Reserved);
        }
        Ok(handle)
    }

    /// As [`Handle::parse`], but lets reserved names through (looking up, the first admin).
    ///
    /// # Errors
    /// [`BadHandle`] says which rule it breaks.
    pub fn parse_any(text: &str) -> Result<Self, BadHandle> {
        let text = text.trim().trim_start_matches(['@', '!']).to_lowercase();
        if !(2..=40).contains(&text.chars().count()) {
            return Err(BadHandle::Length);
        }
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !starts || !text.chars().all(fits) {
            return Err(BadHandle::Characters);
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `name@host` as people write it, host in lower case and with its port if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The name before the `@`; a peer's may hold what ours may not.
    pub name: String,
    /// The host after it.
    pub host: String,
}

impl Address {
    /// Reads `@name@host`, `!name@host`, `acct:name@host` or `name@host`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let (name, host) = text.trim_start_matches(['@', '!']).split_once('@')?;
        // Lower case first: of some letters it is two characters.
        let host = host.to_lowercase();
        let host_ok = !host.is_empty()
            && host
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
        let name_ok = !name.is_empty()
            && name.len() <= 128
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '~'));
        (host_ok && name_ok).then(|| Self {
            name: name.to_owned(),
            host,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_lower_case_and_plain() {
        assert_eq!(Handle::parse(" @Ann-Marie ").unwrap().as_str(), "ann-marie");
        assert_eq!(Handle::parse("a"), Err(BadHandle::Length));
        assert_eq!(Handle::parse("é2"), Err(BadHandle::Characters));
        assert_eq!(Handle::parse("-ann"), Err(BadHandle::Characters));
        assert_eq!(Handle::parse("admin"), Err(BadHandle::Reserved));
        assert!(Handle::parse_any("admin").is_ok());
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for text in [
            "@ann@Alpha.test",
            "!ann@alpha.test",
            "acct:ann@alpha.test",
            "ann@alpha.test",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), "ann@alpha.test");
        }
        assert!(Address::parse("ann@").is_none());
        assert!(Address::parse("two words@alpha.test").is_none());
        assert!(Address::parse("ann@İ.test").is_none(), "a dot of its own");
        assert_eq!(
            Address::parse("ann@alliance.localhost:8081").unwrap().host,
            "alliance.localhost:8081"
        );
    }
}
