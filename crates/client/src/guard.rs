//! Decides where requests may go. Three independent permissions, all off by default: plain http, ports
//! other than the scheme's default, and addresses that are not public. Without them only https on 443
//! to the public addresses of a named host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use url::{Host, Url};

/// The policy for URLs and addresses.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    pub allow_http: bool,
    /// Allows ports other than 80 and 443.
    pub allow_ports: bool,
    /// Hosts and networks that are allowed although they are not public.
    pub allow_private: Vec<Private>,
}

/// A host or a network that is allowed although its addresses are not public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Private {
    /// A host by name: `intranet.hospital.example`.
    Host(String),
    /// Every host under a name, and the name itself: written `*.localhost`.
    Under(String),
    /// A network: its address and prefix length. Written `10.0.0.0/8`.
    Network(IpAddr, u8),
}

impl FromStr for Private {
    type Err = String;

    /// Reads `host`, `*.host`, an address, or `address/bits`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_lowercase();
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.as_str(), None),
        };
        if let Ok(address) = address.trim_matches(['[', ']']).parse::<IpAddr>() {
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits
                .map_or(Ok(most), str::parse)
                .ok()
                .filter(|bits| *bits <= most);
            let bits = bits
                .ok_or_else(|| format!("`{text}`: the part after / is no number up to {most}"))?;
            return Ok(Self::Network(address, bits));
        }
        let (under, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text.as_str()),
        };
        match Host::parse(name) {
            Ok(Host::Domain(name)) if bits.is_none() && under => Ok(Self::Under(name)),
            Ok(Host::Domain(name)) if bits.is_none() => Ok(Self::Host(name)),
            _ => Err(format!(
                "`{text}` is neither a host nor a network such as 10.0.0.0/8"
            )),
        }
    }
}

/// Why no request is sent to an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// Neither https nor an allowed http.
    #[error("only https is allowed")]
    Scheme,
    /// A port other than the scheme's default.
    #[error("the port {0} is not allowed")]
    Port(u16),
    /// An IP address in place of a host name.
    #[error("a host must be named, not numbered")]
    Literal,
    /// A name or password before the host.
    #[error("a URL with a user name is not followed")]
    UserInfo,
    /// No host at all.
    #[error("the URL has no host")]
    NoHost,
    /// The instance exchanges nothing with this host.
    #[error("this instance exchanges nothing with {0}")]
    Policy(String),
    /// The host's addresses are private, local or reserved.
    #[error("{0} is not at a public address")]
    Private(String),
}

impl Blocked {
    /// Returns a stable code for logs and records.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Scheme => "blocked_scheme",
            Self::Port(_) => "blocked_port",
            Self::Literal => "blocked_literal",
            Self::UserInfo => "blocked_user_info",
            Self::NoHost => "blocked_no_host",
            Self::Policy(_) => "blocked_policy",
            Self::Private(_) => "blocked_private",
        }
    }
}

impl Guard {
    /// Checks a URL; its host's addresses are checked on connecting.
    ///
    /// # Errors
    /// [`Blocked`] names the rule it breaks.
    pub fn check(&self, url: &Url) -> Result<(), Blocked> {
        let default_port = match url.scheme() {
            "https" => 443,
            "http" if self.allow_http => 80,
            _ => return Err(Blocked::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Blocked::UserInfo);
        }
        let port = url.port_or_known_default().unwrap_or(default_port);
        if port != default_port && !self.allow_ports {
            return Err(Blocked::Port(port));
        }
        let literal = match url.host() {
            None => return Err(Blocked::NoHost),
            Some(Host::Domain("")) => return Err(Blocked::NoHost),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
        };
        if self.network_allowed(literal) {
            Ok(())
        } else {
            Err(Blocked::Literal)
        }
    }

    /// Whether a host may be connected to at an address: it is public, or allowed by name or network.
    #[must_use]
    pub fn address_allowed(&self, host: &str, address: IpAddr) -> bool {
        is_public(address) || self.host_allowed(host) || self.network_allowed(address)
    }

    fn host_allowed(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.allow_private.iter().any(|entry| match entry {
            Private::Host(name) => *name == host,
            Private::Under(name) => {
                host == *name
                    || host
                        .strip_suffix(name)
                        .is_some_and(|rest| rest.ends_with('.'))
            }
            Private::Network(..) => false,
        })
    }

    fn network_allowed(&self, address: IpAddr) -> bool {
        let address = unmapped(address);
        self.allow_private.iter().any(|entry| match entry {
            Private::Network(network, bits) => contains(*network, *bits, address),
            Private::Host(_) | Private::Under(_) => false,
        })
    }
}

/// Whether an address lies within a network.
fn contains(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    let bits = u32::from(bits);
    match (network, address) {
        (IpAddr::V4(n), IpAddr::V4(a)) => {
            let differ = n.to_bits() ^ a.to_bits();
            differ.checked_shr(32_u32.saturating_sub(bits)).unwrap_or(0) == 0
        }
        (IpAddr::V6(n), IpAddr::V6(a)) => {
            let differ = n.to_bits() ^ a.to_bits();
            differ
                .checked_shr(128_u32.saturating_sub(bits))
                .unwrap_or(0)
                == 0
        }
        _ => false,
    }
}

/// Converts an IPv4-mapped IPv6 address to IPv4.
fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether an address is public.
#[must_use]
fn is_public(address: IpAddr) -> bool {
    match unmapped(address) {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Whether an address is in none of the special-purpose blocks of RFC 6890 and its registry.
fn is_public_v4(address: Ipv4Addr) -> bool {
    const RESERVED: &[([u8; 4], u8)] = &[
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 4),
        ([240, 0, 0, 0], 4),
    ];
    let address = IpAddr::V4(address);
    !RESERVED
        .iter()
        .any(|(network, bits)| contains(IpAddr::from(*network), *bits, address))
}

/// Whether an address is global unicast (2000::/3) outside the special-purpose blocks; an address that
/// embeds an IPv4 address (NAT64, 6to4) is checked by that.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, _, _, _, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let [w, x] = high.to_be_bytes();
        let [y, z] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(w, x, y, z))
    };
    match (a, b) {
        (0x0064, 0xff9b) => address.segments().iter().skip(2).take(4).all(|s| *s == 0) && v4(g, h),
        (0x2002, _) => v4(b, c),
        (0x2001, 0x0000..=0x01ff) => false,
        (0x2001, 0x0db8) => false,
        (0x3fff, 0x0000..=0x0fff) => false,
        _ => (0x2000..=0x3fff).contains(&a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> Guard {
        Guard {
            allow_http: true,
            allow_ports: true,
            allow_private: Vec::new(),
        }
    }

    fn check(guard: &Guard, url: &str) -> Result<(), Blocked> {
        guard.check(&Url::parse(url).unwrap())
    }

    #[test]
    fn by_default_only_https_on_its_default_port() {
        let guard = Guard::default();
        assert_eq!(check(&guard, "https://a.example/x?y"), Ok(()));
        assert_eq!(check(&guard, "https://a.example:443/"), Ok(()));
        assert_eq!(check(&guard, "http://a.example/"), Err(Blocked::Scheme));
        assert_eq!(check(&guard, "ftp://a.example/"), Err(Blocked::Scheme));
        assert_eq!(check(&guard, "file:///etc/passwd"), Err(Blocked::Scheme));
        assert_eq!(
            check(&guard, "https://a.example:8443/"),
            Err(Blocked::Port(8443))
        );
        assert_eq!(
            check(&guard, "https://a.example:80/"),
            Err(Blocked::Port(80))
        );
        assert_eq!(
            check(&guard, "https://user@a.example/"),
            Err(Blocked::UserInfo)
        );
        assert_eq!(
            check(&guard, "https://:pass@a.example/"),
            Err(Blocked::UserInfo)
        );
    }

    #[test]
    fn each_permission_stands_alone() {
        let http = Guard {
            allow_http: true,
            ..Guard::default()
        };
        assert_eq!(check(&http, "http://a.example/"), Ok(()));
        assert_eq!(
            check(&http, "http://a.example:8081/"),
            Err(Blocked::Port(8081))
        );
        let ports = Guard {
            allow_ports: true,
            ..Guard::default()
        };
        assert_eq!(check(&ports, "https://a.example:8443/"), Ok(()));
        assert_eq!(
            check(&ports, "http://a.example:8081/"),
            Err(Blocked::Scheme)
        );
        assert_eq!(check(&open(), "http://a.example:8081/"), Ok(()));
    }

    #[test]
    fn numbers_are_no_hosts() {
        for url in [
            "https://127.0.0.1/",
            "https://8.8.8.8/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
        ] {
            assert_eq!(check(&open(), url), Err(Blocked::Literal), "{url}");
        }
        let allowed = Guard {
            allow_private: vec!["10.0.0.0/8".parse().unwrap()],
            ..Guard::default()
        };
        assert_eq!(check(&allowed, "https://10.1.2.3/"), Ok(()));
        assert_eq!(check(&allowed, "https://11.1.2.3/"), Err(Blocked::Literal));
    }

    #[test]
    fn only_public_addresses_are_public() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2a01:4f8::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn private_places_are_allowed_by_name_or_network() {
        let guard = |entry: &str| Guard {
            allow_private: vec![entry.parse().unwrap()],
            ..Guard::default()
        };
        let local: IpAddr = "127.0.0.1".parse().unwrap();
        assert!(!Guard::default().address_allowed("alpha.localhost", local));
        assert!(guard("*.localhost").address_allowed("alpha.localhost", local));
        assert!(guard("*.localhost").address_allowed("localhost", local));
        assert!(!guard("*.localhost").address_allowed("evillocalhost", local));
        assert!(guard("Intra.Example").address_allowed("intra.example", local));
        assert!(!guard("intra.example").address_allowed("x.intra.example", local));
        assert!(guard("127.0.0.0/8").address_allowed("x.example", local));
        assert!(
            guard("127.0.0.0/8").address_allowed("x.example", "::ffff:127.0.0.1".parse().unwrap())
        );
        assert!(!guard("127.0.0.2").address_allowed("x.example", local));
        assert!(guard("0.0.0.0/0").address_allowed("x.example", local));
        assert!(guard("fd00::/8").address_allowed("x.example", "fd12::1".parse().unwrap()));
        for bad in [
            "10.0.0.0/33",
            "10.0.0.0/x",
            "a b",
            "",
            "example.com/8",
            "*.",
        ] {
            assert!(bad.parse::<Private>().is_err(), "{bad}");
        }
    }
}
