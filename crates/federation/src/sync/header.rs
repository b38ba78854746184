//! Parses and formats `Collection-Synchronization`. Strict, since it causes a request.

use crate::context::digest::FollowersDigest;
use http::HeaderMap;
use httpsig::parameters;

/// The name of the header, in lower case.
pub(crate) const NAME: &str = "collection-synchronization";

/// The longest header that is parsed, in bytes.
const MAX_BYTES: usize = 4_000;

/// A parsed header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyncHeader {
    /// The id of the followers collection.
    pub collection: String,
    /// Where the followers on the receiver's server are listed.
    pub url: String,
    /// Their digest.
    pub digest: FollowersDigest,
}

impl SyncHeader {
    /// Parses the header of a request; `None` where there is none, more than one, or an invalid one.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(NAME).iter();
        let line = lines.next()?.to_str().ok()?;
        lines.next().is_none().then(|| Self::parse(line))?
    }

    /// Parses the text of a header. A repeated parameter is refused; unknown ones are ignored.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let (mut collection, mut url, mut digest) = (None, None, None);
        let mut is_repeated = false;
        let take = |name: &str, value: String| {
            let slot = match name {
                "collectionId" => &mut collection,
                "url" => &mut url,
                "digest" => &mut digest,
                _ => return Ok(()),
            };
            is_repeated |= slot.replace(value).is_some();
            Ok(())
        };
        parameters(text, take).ok()?;
        let header = Self {
            collection: collection?,
            url: url?,
            digest: FollowersDigest::parse(&digest?)?,
        };
        (!is_repeated).then_some(header)
    }

    /// Formats a header; `None` for a URL that cannot be quoted.
    pub(super) fn text(collection: &str, url: &str, digest: FollowersDigest) -> Option<String> {
        let is_quotable = |text: &str| !text.contains(['"', '\\']);
        let are_quotable = is_quotable(collection) && is_quotable(url);
        are_quotable
            .then(|| format!("collectionId=\"{collection}\", url=\"{url}\", digest=\"{digest}\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: &str = "https://a.test/c/w/followers";
    const U: &str = "https://a.test/c/w/followers_synchronization";

    #[test]
    fn what_is_written_is_read() {
        let digest = FollowersDigest::of(["https://b.test/u/bea"]);
        let header = SyncHeader {
            collection: C.to_owned(),
            url: format!("{U}?domain=b.test,c"),
            digest,
        };
        let text = SyncHeader::text(&header.collection, &header.url, digest).unwrap();
        assert_eq!(SyncHeader::parse(&text), Some(header));
        assert_eq!(SyncHeader::text("https://a.test/\"", U, digest), None);
    }

    #[test]
    fn it_is_read_strictly() {
        let zeros = "0".repeat(64);
        let good = format!("url=\"{U}\",digest=\"{zeros}\",more=1, collectionId=\"{C}\"");
        assert!(SyncHeader::parse(&good).is_some());
        for odd in [
            String::new(),
            format!("{good}, url=\"{U}\""),
            format!("url=\"{U}\", collectionId=\"{C}\""),
            format!("url=\"{U}\", digest=\"{zeros}\""),
            format!("url=\"{U}\", digest=\"{zeros}0\", collectionId=\"{C}\""),
            format!("{good}, x=\"{}\"", "x".repeat(MAX_BYTES)),
            format!("{good}, x=\"open"),
        ] {
            assert_eq!(SyncHeader::parse(&odd), None, "{odd}");
        }
        let mut headers = HeaderMap::new();
        assert_eq!(SyncHeader::read(&headers), None);
        headers.append(NAME, good.parse().unwrap());
        assert!(SyncHeader::read(&headers).is_some());
        headers.append(NAME, good.parse().unwrap());
        assert_eq!(SyncHeader::read(&headers), None, "which of the two?");
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_or_refused(text in "((collectionId|url|digest|x|é)?=?\"?[^\"]{0,8}\"?,? ?){0,6}") {
            crate::sync::invariants::synchronization_header(&text);
        }
    }
}
