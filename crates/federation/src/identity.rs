//! Reads what people type into the search box and what peers ask WebFinger for. Pure; nothing is
//! looked up here.

use model::Address;
use url::Url;

/// The longest id of an actor, an object or an activity that is stored, in bytes: an index of PostgreSQL
/// takes no more.
pub(crate) const ID_MAX: usize = 2_000;

/// What somebody typed, if it names an actor or an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// `!weavers@alpha.test`: a community.
    Group(Address),
    /// `@bea@beta.test`: a person.
    Person(Address),
    /// `bea@beta.test`: either.
    Either(Address),
    /// `https://beta.test/u/bea`: whatever is there.
    Url(Url),
}

impl Query {
    /// Reads a handle with its host, or a URL; anything else is words to search for, `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Copied handles often come wrapped in zero-width and direction marks.
        let unseen = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        let cleaned: String = text.chars().filter(|c| !unseen(*c)).collect();
        let text = cleaned.trim();
        if text.contains("://") {
            return web_url(text).map(Self::Url);
        }
        let address = parse_address(text)?;
        Some(match text.chars().next() {
            Some('!') => Self::Group(address),
            Some('@') => Self::Person(address),
            _ => Self::Either(address),
        })
    }

    /// Returns the address, if one was typed.
    #[must_use]
    pub const fn address(&self) -> Option<&Address> {
        match self {
            Self::Group(address) | Self::Person(address) | Self::Either(address) => Some(address),
            Self::Url(_) => None,
        }
    }
}

/// What a peer asks WebFinger for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// `acct:weavers@alpha.test`.
    Account(Address),
    /// An actor's id, its page, or (the bare origin) the instance.
    Url(Url),
}

impl Resource {
    /// Reads the `resource` parameter, already percent-decoded. `acct:` may be missing, and a
    /// sigil may precede the name (Lemmy asks for `acct:!name@host`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.contains("://") {
            return web_url(text).map(Self::Url);
        }
        let name = text
            .strip_prefix("acct:")
            .or_else(|| text.strip_prefix("group:"));
        parse_address(name.unwrap_or(text)).map(Self::Account)
    }
}

/// An address of a host with a name.
fn parse_address(text: &str) -> Option<Address> {
    let address = Address::parse(text)?;
    let (bare, _) = address.host.split_once(':').unwrap_or((&address.host, ""));
    let is_domain = matches!(url::Host::parse(bare), Ok(url::Host::Domain(_)));
    is_domain.then_some(address)
}

/// An http or https URL with a host.
fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// The WebFinger question about an address, under a scheme (`https`, or `http` where the
/// settings allow it).
#[must_use]
pub fn webfinger_url(address: &Address, scheme: &str) -> Option<Url> {
    let mut url = Url::parse(&format!(
        "{scheme}://{}/.well-known/webfinger",
        address.host
    ))
    .ok()?;
    url.query_pairs_mut()
        .append_pair("resource", &format!("acct:{address}"));
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Query::parse(text).map(|query| match query {
            Query::Group(a) => format!("group {a}"),
            Query::Person(a) => format!("person {a}"),
            Query::Either(a) => format!("either {a}"),
            Query::Url(u) => format!("url {u}"),
        })
    }

    #[test]
    fn people_type_handles_and_urls() {
        for (typed, meant) in [
            ("!weavers@alpha.test", "group weavers@alpha.test"),
            (" @bea@Beta.test ", "person bea@beta.test"),
            ("bea@beta.test", "either bea@beta.test"),
            ("acct:bea@beta.test", "either bea@beta.test"),
            ("\u{202a}@bea@beta.test\u{202c}", "person bea@beta.test"),
            (
                "!soin@alliance.localhost:8081",
                "group soin@alliance.localhost:8081",
            ),
            ("@zoé@étude.test", "person zoé@xn--tude-9oa.test"),
            ("@zoe\u{301}@étude.test.", "person zoé@xn--tude-9oa.test"),
            ("@विद्या@beta.test", "person विद्या@beta.test"),
            ("https://beta.test/u/bea", "url https://beta.test/u/bea"),
            ("HTTP://beta.test", "url http://beta.test/"),
        ] {
            assert_eq!(shown(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn words_are_no_address() {
        for typed in [
            "",
            "weaving",
            "how do I warp @ home",
            "@bea",
            "!weavers",
            "bea@",
            "@@beta.test",
            "é@。。",
            "a@b@c",
            "javascript://x/%0aalert(1)",
            "ftp://beta.test/",
            "https://",
            "bea@127.0.0.1",
            "bea@[::1]",
            "bea@beta.test:99999",
        ] {
            assert_eq!(shown(typed), None, "{typed}");
        }
    }

    #[test]
    fn webfinger_is_asked_in_several_ways() {
        let address = Address::parse("weavers@alpha.test").unwrap();
        for text in [
            "acct:weavers@alpha.test",
            "weavers@alpha.test",
            "acct:!weavers@alpha.test",
        ] {
            assert_eq!(
                Resource::parse(text),
                Some(Resource::Account(address.clone())),
                "{text}"
            );
        }
        let url = Url::parse("https://alpha.test/").unwrap();
        assert_eq!(
            Resource::parse("https://alpha.test/"),
            Some(Resource::Url(url))
        );
        assert_eq!(Resource::parse("acct:weavers"), None);
        assert_eq!(Resource::parse("mailto:a"), None);
    }

    #[test]
    fn the_question_is_put_in_full() {
        let address = parse_address("weavers@alliance.localhost:8081").unwrap();
        let asked = webfinger_url(&address, "http").unwrap();
        assert_eq!(
            asked.as_str(),
            "http://alliance.localhost:8081/.well-known/webfinger?resource=acct%3Aweavers%40alliance.localhost%3A8081"
        );
    }
}
