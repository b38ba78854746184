//! Handles (the local names of people and communities) and addresses (`name@host`).

use crate::{Why, host, name};
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

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
    /// Nothing.
    Missing,
    /// One character.
    TooShort,
    /// More than 40 characters.
    TooLong,
    /// A character other than `a-z 0-9 _ -`, or a first one that is not a letter or digit.
    Characters,
    /// One of the reserved names.
    Reserved,
}

impl BadHandle {
    /// Returns the reason as that of a field.
    #[must_use]
    pub const fn why(self) -> Why {
        match self {
            Self::Missing => Why::Required,
            Self::TooShort => Why::TooShort,
            Self::TooLong => Why::TooLong,
            Self::Characters => Why::Characters,
            Self::Reserved => Why::Reserved,
        }
    }
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
        match text.chars().count() {
            0 => return Err(BadHandle::Missing),
            1 => return Err(BadHandle::TooShort),
            2..=40 => {}
            _ => return Err(BadHandle::TooLong),
        }
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !starts || !text.chars().all(fits) {
            return Err(BadHandle::Characters);
        }
        Ok(Self(text))
    }

    /// Makes a handle of a name that somebody has elsewhere, such as `Ann.Lévesque@example.org`: without what
    /// follows an `@`, marks and other characters, and at most 30 characters long. It may be reserved, too
    /// short or empty, so that it is parsed like any other.
    #[must_use]
    pub fn suggest(name: &str) -> String {
        let local = name.split('@').next().unwrap_or_default();
        let plain = local.nfkd().filter(|c| !is_combining_mark(*c));
        let mut handle = String::new();
        for c in plain.flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' => handle.push(c),
                '_' | '-' | '.' | ' ' | '+'
                    if !handle.is_empty() && !handle.ends_with(['-', '_']) =>
                {
                    handle.push(if c == '_' { '_' } else { '-' });
                }
                _ => {}
            }
        }
        let short: String = handle.chars().take(30).collect();
        short.trim_end_matches(['-', '_']).to_owned()
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

/// The address of an actor, `name@host`. The host is in lower case and punycode and includes a port that is
/// not the default.
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
        let host = host::parse(host)?;
        Some(Self {
            name: peer_name(name)?,
            host,
        })
    }

    /// Returns the address as it is shown: its host in the letters of its language, see [`host::shown`].
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{}@{}", self.name, host::shown(&self.host))
    }
}

/// The longest name of an actor elsewhere, in bytes.
const PEER_NAME_MAX: usize = 128;

/// Normalizes the name of an actor elsewhere (NFC): letters with their marks, digits and a few signs, in any
/// script. `None` where it is no name.
#[must_use]
pub fn peer_name(name: &str) -> Option<String> {
    let name: String = name.nfc().collect();
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
    let fits =
        |c: char| is_name_letter(c) || joins(c) || matches!(c, '.' | '-' | '_' | '~' | '+' | '\'');
    let begins = name.chars().next().is_some_and(|c| !is_combining_mark(c));
    // Joiners only where they shape letters.
    let readable = name.is_ascii() || name::is_readable(&name);
    let good = begins && readable && name.len() <= PEER_NAME_MAX && name.chars().all(fits);
    good.then_some(name)
}

/// Whether a character is a letter, a digit, or a mark on one.
#[must_use]
pub fn is_name_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
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
        assert_eq!(Handle::parse(" @"), Err(BadHandle::Missing));
        assert_eq!(Handle::parse("a"), Err(BadHandle::TooShort));
        assert!(Handle::parse(&"a".repeat(40)).is_ok());
        assert_eq!(Handle::parse(&"a".repeat(41)), Err(BadHandle::TooLong));
        assert_eq!(Handle::parse(&"é".repeat(41)), Err(BadHandle::TooLong));
        assert_eq!(Handle::parse("é2"), Err(BadHandle::Characters));
        assert_eq!(Handle::parse("-ann"), Err(BadHandle::Characters));
        assert_eq!(Handle::parse("admin"), Err(BadHandle::Reserved));
        assert!(Handle::parse_any("admin").is_ok());
    }

    #[test]
    fn a_name_elsewhere_becomes_a_handle() {
        for (name, handle) in [
            ("ann", "ann"),
            ("Ann.Lévesque@example.org", "ann-levesque"),
            ("ANN_B..c", "ann_b-c"),
            ("-ann-", "ann"),
            ("Иван", ""),
            ("@x", ""),
            ("ﬁ 2", "fi-2"),
        ] {
            assert_eq!(Handle::suggest(name), handle, "{name}");
        }
        assert_eq!(Handle::suggest(&"a".repeat(90)).len(), 30);
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
        assert!(Address::parse("ann@a%2fb.test").is_none());
        assert_eq!(
            Address::parse("ann@alliance.localhost:8081").unwrap().host,
            "alliance.localhost:8081"
        );
    }

    #[test]
    fn an_address_has_one_form_in_any_script() {
        for (typed, address) in [
            ("@zoé@alpha.test", "zoé@alpha.test"),
            ("@zoe\u{301}@alpha.test.", "zoé@alpha.test"),
            ("@user@bawü.test", "user@xn--baw-joa.test"),
            ("@user@bawu\u{308}.test.", "user@xn--baw-joa.test"),
            ("विद्या@alpha.test", "विद्या@alpha.test"),
            ("விமல்@alpha.test", "விமல்@alpha.test"),
            ("น้ำ@alpha.test", "น้ำ@alpha.test"),
            ("o'neil+list@alpha.test", "o'neil+list@alpha.test"),
        ] {
            let parsed = Address::parse(typed).unwrap();
            assert_eq!(parsed.to_string(), address, "{typed}");
            assert_eq!(Address::parse(&parsed.shown()).unwrap(), parsed);
        }
        for bad in [
            "\u{301}a@alpha.test",
            "a\u{202e}b@alpha.test",
            "a\u{200d}b@alpha.test",
            "a\u{200b}@alpha.test",
        ] {
            assert!(Address::parse(bad).is_none(), "{bad:?}");
        }
        let shown = Address::parse("user@xn--baw-joa.test").unwrap().shown();
        assert_eq!(shown, "user@bawü.test");
    }
}
