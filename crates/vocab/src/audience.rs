//! The audience of an object, decided before anything else is read: Mastodon-like servers deliver
//! private posts to the same inbox as public ones.

/// The id of the public collection (ActivityPub §5.6).
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Returns whether an address is the public collection, in any of its three spellings.
#[must_use]
pub fn is_public(address: &str) -> bool {
    matches!(address, PUBLIC | "as:Public" | "Public")
}

/// Who may see an object, from its `to` and `cc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody, and shown in lists: `to` contains Public.
    Public,
    /// Everybody who knows the URL: only `cc` contains Public.
    Unlisted,
    /// The followers of the author or of a group.
    Followers,
    /// The addressees only, or nobody.
    Direct,
}

impl Audience {
    /// Decides the audience from `to` and `cc`. `followers` is the author's followers collection where it
    /// is known; any address that ends in `/followers` counts as one too, because every known server
    /// names it so. A wrong guess can only confuse followers and direct, neither of which is public.
    #[must_use]
    pub fn decide(to: &[String], cc: &[String], followers: Option<&str>) -> Self {
        let public = |list: &[String]| list.iter().any(|a| is_public(a));
        let follows = |a: &String| Some(a.as_str()) == followers || a.ends_with("/followers");
        if public(to) {
            Self::Public
        } else if public(cc) {
            Self::Unlisted
        } else if to.iter().chain(cc).any(follows) {
            Self::Followers
        } else {
            Self::Direct
        }
    }

    /// Returns whether everybody may read the object.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(to: &[&str], cc: &[&str]) -> Audience {
        let own = |list: &[&str]| list.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>();
        Audience::decide(&own(to), &own(cc), Some("https://a.example/?f=1"))
    }

    #[test]
    fn public_has_three_spellings() {
        for public in [PUBLIC, "as:Public", "Public"] {
            assert_eq!(decide(&[public], &[]), Audience::Public);
            assert_eq!(
                decide(&["https://a.example/c/x"], &[public]),
                Audience::Unlisted
            );
        }
        assert_eq!(decide(&["public"], &[]), Audience::Direct);
    }

    #[test]
    fn followers_and_people_are_not_public() {
        assert_eq!(
            decide(&["https://a.example/u/bea/followers"], &[]),
            Audience::Followers
        );
        assert_eq!(
            decide(&["https://a.example/?f=1"], &[]),
            Audience::Followers
        );
        assert_eq!(decide(&["https://a.example/u/bea"], &[]), Audience::Direct);
        assert_eq!(decide(&[], &[]), Audience::Direct);
        assert!(!Audience::Followers.is_open() && !Audience::Direct.is_open());
        assert!(Audience::Public.is_open() && Audience::Unlisted.is_open());
    }
}
