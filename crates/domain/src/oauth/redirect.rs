//! Redirect addresses of applications: which may be registered, and which of a request is a registered one.

use model::oauth::{ADDRESS_MAX, OUT_OF_BAND};
use url::{Host, Url};

/// Schemes that a browser runs or opens itself.
const UNSAFE_SCHEMES: &[&str] = &[
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "about",
    "filesystem",
    "view-source",
    "ws",
    "wss",
    "ftp",
];

/// Whether an application may register an address: out of band, `https`, `http` on this machine, or a
/// scheme of its own. Without a fragment (RFC 6749 §3.1.2).
#[must_use]
pub fn is_acceptable(address: &str) -> bool {
    if address == OUT_OF_BAND {
        return true;
    }
    let Some(url) = parsed(address) else {
        return false;
    };
    match url.scheme() {
        "https" => url.has_host() && url.username().is_empty() && url.password().is_none(),
        "http" => is_loopback(&url) || url.host_str() == Some("localhost"),
        scheme => !UNSAFE_SCHEMES.contains(&scheme),
    }
}

/// The registered address that a request names: the same, character by character; on a loopback address
/// with any port, since a program takes the one that is free (RFC 8252 §7.3). Returns what is redirected to.
#[must_use]
pub fn matching(registered: &str, requested: &str) -> Option<String> {
    let mut addresses = registered.lines();
    addresses
        .any(|one| one == requested || same_but_port(one, requested))
        .then(|| requested.to_owned())
}

fn same_but_port(registered: &str, requested: &str) -> bool {
    let (Some(mut one), Some(mut other)) = (parsed(registered), parsed(requested)) else {
        return false;
    };
    let loopback = one.scheme() == "http" && is_loopback(&one) && is_loopback(&other);
    loopback && one.set_port(None).is_ok() && other.set_port(None).is_ok() && one == other
}

fn parsed(address: &str) -> Option<Url> {
    let plain = address.len() <= ADDRESS_MAX && address.bytes().all(|b| b.is_ascii_graphic());
    let url = Url::parse(address).ok().filter(|_| plain)?;
    url.fragment().is_none().then_some(url)
}

fn is_loopback(url: &Url) -> bool {
    let at_home = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    at_home && url.username().is_empty() && url.password().is_none()
}

/// Adds parameters to a redirect address.
#[must_use]
pub fn with_parameters(address: &str, parameters: &[(&str, &str)]) -> Option<String> {
    let mut url = parsed(address)?;
    url.query_pairs_mut().extend_pairs(parameters);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_registers_only_safe_addresses() {
        for good in [
            OUT_OF_BAND,
            "https://app.example/callback?a=1",
            "http://127.0.0.1:7007/cb",
            "http://[::1]/cb",
            "http://localhost:3000/",
            "com.example.app:/oauth",
            "tusky://callback",
        ] {
            assert!(is_acceptable(good), "{good}");
        }
        for bad in [
            "",
            "/callback",
            "https://app.example/#fragment",
            "http://app.example/callback",
            "https://user@app.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://app.example/a\nhttps://evil.test/",
            "http://127.0.0.1.evil.test/cb",
        ] {
            assert!(!is_acceptable(bad), "{bad}");
        }
    }

    #[test]
    fn only_the_port_of_a_loopback_address_is_free() {
        let registered = "https://app.example/cb\nhttp://127.0.0.1/cb\nhttp://localhost:3000/cb";
        for good in [
            "https://app.example/cb",
            "http://127.0.0.1/cb",
            "http://127.0.0.1:51004/cb",
            "http://localhost:3000/cb",
        ] {
            assert_eq!(matching(registered, good).as_deref(), Some(good));
        }
        for bad in [
            "https://app.example/cb/",
            "https://app.example/cb?x=1",
            "https://app.example:444/cb",
            "http://127.0.0.1:51004/other",
            "http://[::1]:51004/cb",
            "http://localhost:3001/cb",
            "https://app.example.evil.test/cb",
            "https://127.0.0.1:51004/cb",
        ] {
            assert_eq!(matching(registered, bad), None, "{bad}");
        }
    }

    #[test]
    fn parameters_join_those_that_are_there() {
        let with = with_parameters(
            "https://a.example/cb?x=1",
            &[("code", "a b"), ("state", "&")],
        );
        assert_eq!(with.unwrap(), "https://a.example/cb?x=1&code=a+b&state=%26");
        let own = with_parameters("com.example:/cb", &[("code", "c")]);
        assert_eq!(own.unwrap(), "com.example:/cb?code=c");
    }
}
