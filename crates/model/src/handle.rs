//! Handles (the local names of people and communities) and addresses (`name@host`).

use std::fmt;

/// A local handle: 2–40 of `a-z 0-9 _ -`, beginning with a letter or digit. Handles are lower case, so
/// they are equal exactly when their text is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(String);

/// Names that would appear to speak for the organization, or collide with what other software expects.
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

/// The reason why a handle is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadHandle {
    /// Fewer than 2 or more than 40 characters.
    Length,
    /// A character other than `a-z 0-9 _ -`, or a first one that is not a letter or digit.
    Characters,
    /// One of the reserved names.
    Reserved,
}

impl Handle {
    /// Trims, removes a leading `@` or `!`, converts to lower case, and checks.
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

    /// Parses like [`Handle::parse`], but accepts reserved names (for look-ups and the first admin).
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

    /// Returns the handle as text.
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

/// The address of an actor, `name@host`. The host is in lower case and includes a port that is not the
/// default.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The part before the `@`; a peer's may contain characters that a [`Handle`] may not.
    pub name: String,
    pub host: String,
}

impl Address {
    /// Parses `@name@host`, `!name@host`, `acct:name@host` or `name@host`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let (name, host) = text.trim_start_matches(['@', '!']).split_once('@')?;
        // First to lower case: some letters become two characters.
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
    fn every_notation_of_an_address_is_parsed() {
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
        assert!(
            Address::parse("ann@İ.test").is_none(),
            "two characters in lower case"
        );
        assert_eq!(
            Address::parse("ann@alliance.localhost:8081").unwrap().host,
            "alliance.localhost:8081"
        );
    }
}
