//! All URLs that the instance creates. A published URL never changes its meaning.

use crate::{ActivityId, ActorKind, BlobId, FollowId, LikeId, PostId, TagId};
use std::sync::Arc;

/// Builds URLs below one public origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    base: Arc<str>,
}

impl Urls {
    /// Takes the origin: scheme, host and port, such as `https://practice.example`.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self {
            base: origin.trim_end_matches('/').into(),
        }
    }

    /// Returns the origin without a trailing slash.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.base
    }

    /// Returns the host, with a port that is not the default: the right side of an address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.base
            .split_once("://")
            .map_or(&*self.base, |(_, host)| host)
    }

    /// Returns the page where a one-time link signs somebody in. The token is in the query, which is never
    /// logged.
    #[must_use]
    pub fn sign_in_link(&self, token: &str) -> String {
        self.at(&format!("/sign-in/link?key={token}"))
    }

    /// Returns the absolute URL of a local path.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Returns whether a URL is on this origin.
    #[must_use]
    pub fn is_ours(&self, url: &str) -> bool {
        url.strip_prefix(&*self.base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }

    /// Returns the path of a URL on this origin, without query and fragment.
    #[must_use]
    pub fn path<'u>(&self, url: &'u str) -> Option<&'u str> {
        if !self.is_ours(url) {
            return None;
        }
        let rest = url.get(self.base.len()..)?;
        Some(rest.split(['?', '#']).next().unwrap_or(rest))
    }

    /// Returns the id that a URL on this origin stands for: addresses that people copy from pages have a query, a
    /// fragment, a slash at the end, another scheme, the default port, or capitals in the host or handle. `None`
    /// for a URL on another origin, and for one that names none of the resources in [`Local`].
    #[must_use]
    pub fn canonical(&self, url: &str) -> Option<String> {
        let (scheme, rest) = url.split_once("://")?;
        let default_port = match scheme.to_ascii_lowercase().as_str() {
            "https" => ":443",
            "http" => ":80",
            _ => return None,
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, rest) = rest.split_at_checked(end)?;
        let host = host.strip_suffix(default_port).unwrap_or(host);
        let host = host.strip_suffix('.').unwrap_or(host);
        if !host.eq_ignore_ascii_case(self.host()) {
            return None;
        }
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        Some(match Local::parse(path)? {
            Local::Instance => self.instance(),
            Local::Person(handle) => self.actor(ActorKind::Person, &handle.to_lowercase()),
            Local::Community(handle) => self.actor(ActorKind::Group, &handle.to_lowercase()),
            Local::Post(id) => self.post(id),
            Local::Context(id) => self.context(id),
            Local::Follow(id) => self.follow(id),
            Local::Like(id) => self.like(id),
            Local::Activity(id) => self.activity(id),
        })
    }

    /// Returns the id of the instance actor, an `Application`.
    #[must_use]
    pub fn instance(&self) -> String {
        self.at("/")
    }

    /// Returns the shared inbox.
    #[must_use]
    pub fn shared_inbox(&self) -> String {
        self.at("/inbox")
    }

    /// Returns the id of a local actor: `/u/ann`, `/c/weavers`, or `/` for the instance itself.
    #[must_use]
    pub fn actor(&self, kind: ActorKind, handle: &str) -> String {
        match kind {
            ActorKind::Group => self.at(&format!("/c/{handle}")),
            ActorKind::Application => self.instance(),
            ActorKind::Person | ActorKind::Service | ActorKind::Organization => {
                self.at(&format!("/u/{handle}"))
            }
        }
    }

    /// Returns the id of a thread or reply.
    #[must_use]
    pub fn post(&self, id: PostId) -> String {
        self.at(&format!("/p/{id}"))
    }

    /// Returns the id of the collection of a thread's posts (FEP-f228).
    #[must_use]
    pub fn context(&self, root: PostId) -> String {
        self.at(&format!("/p/{root}/context"))
    }

    /// Returns the id of an outgoing activity.
    #[must_use]
    pub fn activity(&self, id: ActivityId) -> String {
        self.at(&format!("/activities/{id}"))
    }

    /// Returns the id of a Like.
    #[must_use]
    pub fn like(&self, id: LikeId) -> String {
        self.at(&format!("/likes/{id}"))
    }

    /// Returns the id of a Follow.
    #[must_use]
    pub fn follow(&self, id: FollowId) -> String {
        self.at(&format!("/follows/{id}"))
    }

    /// Returns the id of a tag of the community with this id, which outlives its names.
    #[must_use]
    pub fn tag(community_url: &str, id: TagId) -> String {
        format!("{community_url}/tags/{id}")
    }

    /// Returns the URL of a stored picture.
    #[must_use]
    pub fn media(&self, id: BlobId) -> String {
        self.at(&format!("/media/{id}"))
    }

    /// Returns the id of a local actor's RSA key.
    #[must_use]
    pub fn key(actor_url: &str) -> String {
        format!("{actor_url}#main-key")
    }

    /// Returns the id of a local actor's Ed25519 key.
    #[must_use]
    pub fn assertion_key(actor_url: &str) -> String {
        format!("{actor_url}#ed25519-key")
    }
}

/// The resource that a local path names; the inverse of [`Urls`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Local {
    /// `/`
    Instance,
    /// `/u/ann`
    Person(String),
    /// `/c/weavers`
    Community(String),
    /// `/p/1`
    Post(PostId),
    /// `/p/1/context`
    Context(PostId),
    /// `/follows/1`
    Follow(FollowId),
    /// `/likes/1`
    Like(LikeId),
    /// `/activities/1`
    Activity(ActivityId),
}

impl Local {
    /// Parses a path such as `/c/weavers`; collections and pages below an actor are not resources.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.trim_matches('/').split('/');
        let (first, second, third) = (parts.next()?, parts.next(), parts.next());
        if parts.next().is_some() {
            return None;
        }
        match (first, second, third) {
            ("", None, None) => Some(Self::Instance),
            ("u", Some(handle), None) => Some(Self::Person(handle.to_owned())),
            ("c", Some(handle), None) => Some(Self::Community(handle.to_owned())),
            ("p", Some(id), None) => id.parse().ok().map(Self::Post),
            ("p", Some(id), Some("context")) => id.parse().ok().map(Self::Context),
            ("follows", Some(id), None) => id.parse().ok().map(Self::Follow),
            ("likes", Some(id), None) => id.parse().ok().map(Self::Like),
            ("activities", Some(id), None) => id.parse().ok().map(Self::Activity),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_url_is_parsed() {
        let urls = Urls::new("https://alpha.test/");
        let read = |url: String| Local::parse(urls.path(&url).unwrap());
        assert_eq!(read(urls.post(PostId(5))), Some(Local::Post(PostId(5))));
        assert_eq!(
            read(urls.actor(ActorKind::Group, "weavers")),
            Some(Local::Community("weavers".into()))
        );
        assert_eq!(read(urls.instance()), Some(Local::Instance));
    }

    #[test]
    fn a_copied_address_stands_for_an_id() {
        let urls = Urls::new("https://alpha.test");
        for (copied, id) in [
            ("https://alpha.test/p/1", "/p/1"),
            ("https://alpha.test/p/1?lang=fr", "/p/1"),
            ("https://alpha.test/p/1#p1", "/p/1"),
            ("https://alpha.test/p/1/?page=2&lang=fr#p7", "/p/1"),
            ("https://alpha.test/u/carl/", "/u/carl"),
            ("https://alpha.test/u/Carl", "/u/carl"),
            ("https://ALPHA.Test/c/Weavers//", "/c/weavers"),
            ("http://alpha.test/u/carl", "/u/carl"),
            ("HTTPS://alpha.test:443/u/carl", "/u/carl"),
            ("http://alpha.test:80/u/carl", "/u/carl"),
            ("https://alpha.test./u/carl", "/u/carl"),
            ("https://alpha.test", "/"),
            ("https://alpha.test?lang=fr", "/"),
            ("https://alpha.test/p/1/context?page=2", "/p/1/context"),
        ] {
            assert_eq!(urls.canonical(copied), Some(urls.at(id)), "{copied}");
        }
        for other in [
            "https://alpha.test.evil.example/p/1",
            "https://alpha.test@evil.example/p/1",
            "https://ann@alpha.test/p/1",
            "https://alpha.test:80/p/1",
            "https://alpha.test:8443/p/1",
            "https://beta.test/p/1",
            "ftp://alpha.test/p/1",
            "https://alpha.test/u/carl/followers",
            "https://alpha.test/p/x",
            "/p/1",
            "",
        ] {
            assert_eq!(urls.canonical(other), None, "{other}");
        }
        let port = Urls::new("http://alpha.localhost:8081");
        assert_eq!(
            port.canonical("https://alpha.localhost:8081/p/1/"),
            Some(port.at("/p/1"))
        );
        assert_eq!(port.canonical("http://alpha.localhost/p/1"), None);
    }

    #[test]
    fn a_longer_host_is_not_ours() {
        let urls = Urls::new("https://alpha.test");
        assert!(!urls.is_ours("https://alpha.test.evil.example/p/1"));
        assert!(!urls.is_ours("https://alpha.test:8443/p/1"));
        assert!(urls.is_ours("https://alpha.test/p/1#x"));
    }
}
