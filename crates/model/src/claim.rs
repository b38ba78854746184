//! Claims: which community a thread from elsewhere belongs to. Pure.
//!
//! A thread belongs to a community that it names itself, once that community's own server says so by
//! announcing or listing it. Of several that do, it is the one it names most specifically, whoever says so
//! first. A community that it does not name has no claim, unless the thread names none that is known, and the
//! community's server is the thread's own.

use url::Url;

/// How many communities a thread names at most.
const NAMED_MAX: usize = 20;
/// How many bytes their ids may have together.
const NAMED_BYTES_MAX: usize = 4_000;

/// The claim of a community on a thread; the least one prevails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// The thread names it, in this position.
    Named(usize),
    /// The thread does not name it, and is on its server. Of several the first by id prevails.
    SameServer(String),
}

/// The mark of ids with a known community among them: no community that they do not name has a claim.
const ONLY: &str = "=";

/// Joins the ids that a thread names, with a known community among them, as they are stored.
pub fn named_only<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    join(Some(ONLY), ids)
}

/// Joins the ids that a thread names, the most specific first, as they are stored.
pub fn named<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    join(None, ids)
}

fn join<'a>(prefix: Option<&'a str>, ids: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = String::new();
    let usable = |id: &&str| !id.is_empty() && !id.contains(char::is_whitespace);
    let ids = ids.into_iter().filter(usable).take(NAMED_MAX);
    for id in prefix.into_iter().chain(ids) {
        if all.len() + id.len() >= NAMED_BYTES_MAX {
            break;
        }
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(id);
    }
    all
}

/// Returns the claim that a community has on a thread that names these; `None` where it has none.
#[must_use]
pub fn claim(named: &str, thread: &str, community: &str) -> Option<Claim> {
    let position = named.split_whitespace().position(|id| id == community);
    match position {
        Some(position) => Some(Claim::Named(position)),
        None if !named.starts_with(ONLY) && same_server(thread, community) => {
            Some(Claim::SameServer(community.to_owned()))
        }
        None => None,
    }
}

fn same_server(a: &str, b: &str) -> bool {
    let origin = |id: &str| Url::parse(id).ok().map(|url| url.origin());
    origin(a).is_some_and(|a| a.is_tuple() && Some(a) == origin(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREAD: &str = "https://beta.test/p/1";
    const DYERS: &str = "https://beta.test/c/dyers";
    const SPINNERS: &str = "https://gamma.test/c/spinners";

    #[test]
    fn what_a_thread_names_comes_before_its_own_server() {
        let both = named([SPINNERS, "https://delta.test/c/other"]);
        assert_eq!(claim(&both, THREAD, SPINNERS), Some(Claim::Named(0)));
        assert!(claim(&both, THREAD, SPINNERS) < claim(&both, THREAD, DYERS));
        assert_eq!(claim("", THREAD, SPINNERS), None);
        let only = named_only([SPINNERS]);
        assert!(claim(&only, THREAD, SPINNERS).is_some());
        assert_eq!(claim(&only, THREAD, DYERS), None);
        assert_eq!(claim(SPINNERS, THREAD, "https://gamma.test/c/spin"), None);
    }

    #[test]
    fn another_scheme_or_port_is_another_server() {
        for other in [
            "http://beta.test/c/dyers",
            "https://beta.test:444/c/dyers",
            "urn:x",
            "",
        ] {
            assert_eq!(claim("", THREAD, other), None, "{other}");
        }
        assert_eq!(claim("", "urn:a", "urn:b"), None);
    }

    #[test]
    fn only_so_many_ids_are_kept() {
        assert_eq!(named(["", "a b", "https://a.test/1"]), "https://a.test/1");
        let long = "x".repeat(3_000);
        assert_eq!(named([long.as_str(), long.as_str()]), long);
        let many = || std::iter::repeat_n("a", 50);
        assert_eq!(named(many()).len(), 2 * NAMED_MAX - 1);
        assert_eq!(named_only(many()), format!("= {}", named(many())));
    }
}
