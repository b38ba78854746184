//! `Collection-Synchronization`: read strictly, since it makes us ask somebody something.

use crate::context::digest::FollowersDigest;
use http::HeaderMap;
use httpsig::parameters;

/// The header's name, as headers are kept.
pub(crate) const NAME: &str = "collection-synchronization";

/// Longest header that is read, in bytes.
const LONGEST: usize = 4_000;

/// What the header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The followers collection it is about.
    pub collection: String,
    /// Where those of them who are of the receiver's server are listed.
    pub url: String,
    /// Who they are, in a number.
    pub digest: FollowersDigest,
}

impl Told {
    /// The one header of a request; `None` where there is none, two, or it cannot be read.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(NAME).iter();
        let line = lines.next()?.to_str().ok()?;
        lines.next().is_none().then(|| Self::parse(line))?
    }

    /// Reads the header's text. Each parameter counts once; unknown ones do not matter.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (mut collection, mut url, mut digest) = (None, None, None);
        let mut twice = false;
        let take = |name: &str, value: String| {
            let place = match name {
                "collectionId" => &mut collection,
                "url" => &mut url,
                "digest" => &mut digest,
                _ => return Ok(()),
            };
            twice |= place.replace(value).is_some();
            Ok(())
        };
        parameters(text, take).ok()?;
        let told = Self {
            collection: collection?,
            url: url?,
            digest: FollowersDigest::parse(&digest?)?,
        };
        (!twice).then_some(told)
    }

    /// As the header's text; `None` for an address that cannot stand in quotes.
    pub(super) fn text(collection: &str, url: &str, digest: FollowersDigest) -> Option<String> {
        let fits = |text: &str| !text.contains(['"', '\\']);
        let fit = fits(collection) && fits(url);
        fit.then(|| format!("collectionId=\"{collection}\", url=\"{url}\", digest=\"{digest}\""))
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
        let told = Told {
            collection: C.to_owned(),
            url: format!("{U}?domain=b.test,c"),
            digest,
        };
        let text = Told::text(&told.collection, &told.url, digest).unwrap();
        assert_eq!(Told::parse(&text), Some(told));
        assert_eq!(Told::text("https://a.test/\"", U, digest), None);
    }

    #[test]
    fn it_is_read_strictly() {
        let zeros = "0".repeat(64);
        let good = format!("url=\"{U}\",digest=\"{zeros}\",more=1, collectionId=\"{C}\"");
        assert!(Told::parse(&good).is_some());
        for odd in [
            String::new(),
            format!("{good}, url=\"{U}\""),
            format!("url=\"{U}\", collectionId=\"{C}\""),
            format!("url=\"{U}\", digest=\"{zeros}\""),
            format!("url=\"{U}\", digest=\"{zeros}0\", collectionId=\"{C}\""),
            format!("{good}, x=\"{}\"", "x".repeat(LONGEST)),
            format!("{good}, x=\"open"),
        ] {
            assert_eq!(Told::parse(&odd), None, "{odd}");
        }
        let mut headers = HeaderMap::new();
        assert_eq!(Told::read(&headers), None);
        headers.append(NAME, good.parse().unwrap());
        assert!(Told::read(&headers).is_some());
        headers.append(NAME, good.parse().unwrap());
        assert_eq!(Told::read(&headers), None, "which of the two?");
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_or_refused(text in "((collectionId|url|digest|x|é)?=?\"?[^\"]{0,8}\"?,? ?){0,6}") {
            crate::sync::invariants::synchronization_header(&text);
        }
    }
}
