//! The authority of a URL, as the `Host` header has it.

use url::Url;

/// Returns a URL's `host`, or `host:port` where the port is not the scheme's default: the value of
/// its `Host` header, and the host of a handle.
#[must_use]
pub fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_names_only_odd_ports() {
        let of = |text: &str| authority(&Url::parse(text).unwrap()).unwrap();
        assert_eq!(of("https://a.test:443/x"), "a.test");
        assert_eq!(of("http://a.localhost:8081/x"), "a.localhost:8081");
    }
}
