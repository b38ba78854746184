//! Where a request comes from: the client's address behind trusted proxies, and whether another
//! site's page sent it.

use crate::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use model::network;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Once;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The client's address: that of the connection or, where that is a trusted proxy, the last one in
/// `X-Forwarded-For` that is no trusted proxy itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl FromRequestParts<App> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip());
        if is_unknown_proxy(peer, &parts.headers, app.trusted_proxies()) {
            WARNED.call_once(|| {
                tracing::warn!(
                    proxy = %peer,
                    "X-Forwarded-For from an address that is not in server.trusted_proxies: if this is your \
                     proxy, add it there; until then everybody behind it shares one set of rate limits"
                );
            });
        }
        Ok(Self(behind_proxies(
            peer,
            &parts.headers,
            app.trusted_proxies(),
        )))
    }
}

/// Done when the operator was warned of a proxy that is not trusted.
static WARNED: Once = Once::new();

/// Whether a request looks like one through a proxy beside us that the configuration does not name: it
/// comes from this machine or its network, and says whom it is forwarded for.
fn is_unknown_proxy(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    headers.contains_key(FORWARDED_FOR)
        && network::is_local(peer)
        && !trusted.iter().any(|network| network.contains(&peer))
}

fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|network| network.contains(ip));
    let peer = peer.to_canonical();
    if !is_trusted(&peer) {
        return peer;
    }
    let chain: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .map(|value| value.to_str().unwrap_or_default())
        .flat_map(|value| value.split(','))
        .collect();
    // Entries to the left of one that is no address come from no proxy we trust.
    chain
        .into_iter()
        .rev()
        .map_while(address)
        .find(|ip| !is_trusted(ip))
        .unwrap_or(peer)
}

/// Parses an address, with or without the port that some proxies write.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let ip = text.parse::<IpAddr>().ok();
    let ip = ip.or_else(|| text.parse::<SocketAddr>().ok().map(|at| at.ip()))?;
    Some(ip.to_canonical())
}

/// Whether the request was not sent by another site's page, as far as the browser tells. Browsers
/// send `Origin` with every form; programs that send none have no session cookie.
#[must_use]
pub fn same_site(headers: &HeaderMap, origin: Option<&str>) -> bool {
    if let Some(site) = headers.get(FETCH_SITE).and_then(|v| v.to_str().ok())
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    let Some(sent) = headers.get(ORIGIN).and_then(|v| v.to_str().ok()) else {
        return true;
    };
    let host = headers.get(HOST).and_then(|v| v.to_str().ok());
    origin == Some(sent) || (host.is_some() && sent.split_once("://").map(|(_, h)| h) == host)
}

/// Whether a page of ours caused the request: a link on another site, in a mail or in a bookmark did not, nor
/// can be told apart where the browser says nothing.
#[must_use]
pub fn from_our_page(headers: &HeaderMap) -> bool {
    headers
        .get(FETCH_SITE)
        .is_some_and(|site| site == "same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_addresses_count_only_behind_a_trusted_proxy() {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, "203.0.113.9, 198.51.100.7".parse().unwrap());
        let proxy: IpAddr = "127.0.0.1".parse().unwrap();
        assert_eq!(behind_proxies(proxy, &headers, &[]), proxy);
        let trusted: [IpNet; 2] = [proxy.into(), "10.1.0.0/16".parse().unwrap()];
        assert_eq!(
            behind_proxies(proxy, &headers, &trusted).to_string(),
            "198.51.100.7"
        );
        let seen = |chain: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED_FOR, chain.parse().unwrap());
            behind_proxies(proxy, &headers, &trusted).to_string()
        };
        assert_eq!(seen("203.0.113.9, 198.51.100.7:4711"), "198.51.100.7");
        assert_eq!(seen("203.0.113.9, unknown"), "127.0.0.1");
        assert_eq!(seen("203.0.113.9, 10.1.2.3"), "203.0.113.9");
    }

    #[test]
    fn a_proxy_that_is_not_configured_is_noticed() {
        let mut headers = HeaderMap::new();
        let unknown = |peer: &str, headers: &HeaderMap| {
            let trusted: [IpNet; 1] = ["10.1.0.0/16".parse().unwrap()];
            is_unknown_proxy(peer.parse().unwrap(), headers, &trusted)
        };
        assert!(!unknown("127.0.0.1", &headers), "nothing is forwarded");
        headers.insert(FORWARDED_FOR, "203.0.113.9".parse().unwrap());
        assert!(unknown("127.0.0.1", &headers) && unknown("::ffff:192.168.1.2", &headers));
        assert!(!unknown("10.1.2.3", &headers), "it is trusted");
        assert!(
            !unknown("198.51.100.7", &headers),
            "anybody can write the header"
        );
    }

    #[test]
    fn a_form_of_another_site_is_told_apart() {
        let with = |name: HeaderName, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            headers
        };
        let ours = Some("https://practice.example");
        assert!(same_site(&HeaderMap::new(), ours));
        assert!(same_site(&with(ORIGIN, "https://practice.example"), ours));
        assert!(!same_site(&with(ORIGIN, "https://evil.example"), ours));
        assert!(!same_site(&with(ORIGIN, "null"), ours));
        assert!(!same_site(&with(FETCH_SITE, "cross-site"), ours));
    }
}
