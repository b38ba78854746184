//! OAuth 2: the scopes of tokens, named as Mastodon names them.

use std::collections::BTreeSet;
use std::fmt;

/// Seconds for which an authorization code can be exchanged: ten minutes, as RFC 6749 recommends.
pub const CODE_SECONDS: i64 = 600;
/// Seconds for which a token of an application itself holds: thirty days.
pub const APP_TOKEN_SECONDS: i64 = 30 * 86_400;
/// How long a token is good with which an application acts for somebody, in seconds: a year. Then they are asked again.
pub const USER_TOKEN_SECONDS: i64 = 365 * 86_400;
/// Limits the name of an application, in characters.
pub const APP_NAME_MAX: usize = 80;
/// Limits the redirect addresses of an application.
pub const REDIRECTS_MAX: usize = 10;
/// Limits a redirect address, the website of an application and a `state`, in bytes.
pub const ADDRESS_MAX: usize = 2_000;
/// The redirect address of programs that cannot be redirected to: the code is shown, to be copied.
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// Every scope. One with a colon is a part of the scope before its last colon, where there is such a scope;
/// `follow` has the parts in `FOLLOW`.
pub const SCOPES: &[&str] = &[
    "read",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "follow",
    "push",
    "profile",
    "admin:read",
    "admin:read:accounts",
    "admin:read:reports",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:canonical_email_blocks",
    "admin:write",
    "admin:write:accounts",
    "admin:write:reports",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:canonical_email_blocks",
    "hedgerow:communities",
    "hedgerow:account",
];

/// The parts of `follow`.
const FOLLOW: &[&str] = &[
    "read:blocks",
    "read:follows",
    "read:mutes",
    "write:blocks",
    "write:follows",
    "write:mutes",
];

/// The scopes that together are all.
const WHOLE: &[&str] = &[
    "read",
    "write",
    "follow",
    "push",
    "profile",
    "admin:read",
    "admin:write",
    "hedgerow:communities",
    "hedgerow:account",
];

/// One scope, of [`SCOPES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(&'static str);

impl Scope {
    /// The scope of a name, where there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        SCOPES
            .iter()
            .find(|known| **known == name)
            .map(|known| Self(known))
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The key of the message that says what it lets an application do.
    #[must_use]
    pub fn label(self) -> String {
        format!("scope-{}", self.0.replace([':', '_'], "-"))
    }

    /// Whether it includes another one.
    fn includes(self, other: Self) -> bool {
        let part = other.0.strip_prefix(self.0);
        part.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            || (self.0 == "follow" && FOLLOW.contains(&other.0))
    }
}

/// A word that names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope: {0}")]
pub struct UnknownScope(pub String);

/// Scopes, of a token, or that are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self(WHOLE.iter().map(|name| Scope(name)).collect())
    }

    /// What an application gets that asks for nothing: `read`.
    #[must_use]
    pub fn standard() -> Self {
        Self(BTreeSet::from([Scope("read")]))
    }

    /// Reads words that are separated by spaces.
    ///
    /// # Errors
    /// The first word that names no scope.
    pub fn parse(words: &str) -> Result<Self, UnknownScope> {
        let scopes = words.split_whitespace().map(|word| {
            Scope::named(word).ok_or_else(|| UnknownScope(word.chars().take(80).collect()))
        });
        scopes.collect::<Result<_, _>>().map(Self)
    }

    /// Reads what was stored, without the scopes that there are no longer.
    #[must_use]
    pub fn stored(words: &str) -> Self {
        Self(words.split_whitespace().filter_map(Scope::named).collect())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they include a scope.
    #[must_use]
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.iter().any(|own| own.includes(scope))
    }

    /// Whether they include all of others.
    #[must_use]
    pub fn cover(&self, others: &Self) -> bool {
        others.0.iter().all(|scope| self.allow(*scope))
    }

    /// Each of them, without those that another one includes.
    pub fn widest(&self) -> impl Iterator<Item = Scope> {
        let included = |scope: &Scope| {
            let mut others = self.0.iter().filter(|other| *other != scope);
            others.any(|other| other.includes(*scope))
        };
        self.0.iter().filter(move |scope| !included(scope)).copied()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, scope) in self.0.iter().enumerate() {
            let space = if n == 0 { "" } else { " " };
            write!(f, "{space}{}", scope.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(scopes: &str, scope: &str) -> bool {
        Scopes::parse(scopes)
            .unwrap()
            .allow(Scope::named(scope).unwrap())
    }

    #[test]
    fn a_scope_includes_its_parts_and_no_other() {
        for (scopes, scope) in [
            ("read", "read:statuses"),
            ("read", "read"),
            ("push read:lists", "read:lists"),
            ("follow", "write:mutes"),
            ("admin:read", "admin:read:domain_blocks"),
        ] {
            assert!(allow(scopes, scope), "{scopes} allow {scope}");
        }
        for (scopes, scope) in [
            ("read:statuses", "read"),
            ("read", "write:statuses"),
            ("read write", "admin:read"),
            ("follow", "read:statuses"),
            ("profile", "read:accounts"),
            ("read write", "hedgerow:account"),
            ("", "read"),
        ] {
            assert!(!allow(scopes, scope), "{scopes} do not allow {scope}");
        }
        let all = Scopes::all();
        assert!(SCOPES.iter().all(|name| all.allow(Scope(name))), "{all}");
    }

    #[test]
    fn unknown_words_are_refused_when_asked_for_and_skipped_when_stored() {
        let asked = Scopes::parse("read everything");
        assert_eq!(asked, Err(UnknownScope("everything".to_owned())));
        assert_eq!(Scopes::stored("read crypto").to_string(), "read");
        let twice = Scopes::parse("read:lists  write read read").unwrap();
        assert_eq!(twice.to_string(), "read read:lists write");
        let widest: Vec<_> = twice.widest().map(Scope::as_str).collect();
        assert_eq!(widest, ["read", "write"]);
    }
}
