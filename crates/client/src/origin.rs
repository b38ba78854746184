//! Compares the origins of URLs.

use url::Url;

/// Whether two URLs have the same origin: scheme, host and port.
#[must_use]
pub fn same_origin(a: &Url, b: &Url) -> bool {
    a.has_host()
        && a.scheme() == b.scheme()
        && a.host() == b.host()
        && a.port_or_known_default() == b.port_or_known_default()
}

/// Whether two texts are URLs of the same origin; a text that is no URL has none.
#[must_use]
pub fn same_origin_text(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Ok(a), Ok(b)) => same_origin(&a, &b),
        _ => false,
    }
}

/// Returns a URL without its fragment, which is not part of a request.
#[must_use]
pub fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_scheme_host_and_port() {
        assert!(same_origin_text(
            "https://a.test/1",
            "https://A.test:443/2#x"
        ));
        for other in [
            "http://a.test/1",
            "https://a.test:444/",
            "https://b.test/",
            "https://a.test.evil/",
            "acct:a@a.test",
            "",
        ] {
            assert!(!same_origin_text("https://a.test/1", other), "{other}");
        }
        assert!(!same_origin_text("mailto:x", "mailto:x"));
    }

    #[test]
    fn fragments_are_removed() {
        assert_eq!(
            without_fragment(&Url::parse("https://a.test/u#main-key").unwrap()).as_str(),
            "https://a.test/u"
        );
    }

    proptest::proptest! {
        #[test]
        fn origins_are_compared_both_ways(a in "[a-z0-9@:./?#\\[\\]%é-]{0,24}", b in "[a-z0-9@:./?#\\[\\]%é-]{0,24}") {
            let (a, b) = (format!("https://{a}"), format!("https://{b}"));
            proptest::prop_assert_eq!(same_origin_text(&a, &b), same_origin_text(&b, &a));
        }
    }
}
