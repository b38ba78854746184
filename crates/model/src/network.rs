//! Networks of client addresses: limits count by network, because one customer has many IPv6 addresses.

use std::net::{IpAddr, Ipv6Addr};

/// Returns the network that one customer has: an IPv4 address, or the /64 of an IPv6 address. An
/// IPv4-mapped address is its IPv4 address.
#[must_use]
pub fn of_customer(ip: IpAddr) -> IpAddr {
    prefix(ip, 4)
}

/// Returns the network that one site may have: an IPv4 address, or the /48 of an IPv6 address
/// (RFC 6177).
#[must_use]
pub fn of_site(ip: IpAddr) -> IpAddr {
    prefix(ip, 3)
}

/// Keeps the first groups of an IPv6 address.
fn prefix(ip: IpAddr, groups: usize) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let mut segments = v6.segments();
            segments.iter_mut().skip(groups).for_each(|part| *part = 0);
            IpAddr::V6(Ipv6Addr::from(segments))
        }
    }
}

/// Returns whether an address is loopback, private or link-local: a proxy beside us, or a machine of
/// the same network.
#[must_use]
pub fn is_local(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        assert_eq!(
            of_customer(ip("2001:db8:1:2::1")),
            of_customer(ip("2001:db8:1:2:ffff::2"))
        );
        assert_ne!(
            of_customer(ip("2001:db8:1:2::1")),
            of_customer(ip("2001:db8:1:3::1"))
        );
        assert_eq!(
            of_site(ip("2001:db8:1:2::1")),
            of_site(ip("2001:db8:1:3::1"))
        );
        assert_ne!(of_site(ip("2001:db8:1::1")), of_site(ip("2001:db8:2::1")));
        for network in [of_customer, of_site] {
            assert_eq!(network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
        }
    }

    #[test]
    fn a_proxy_beside_us_is_local() {
        for local in [
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "::ffff:192.168.1.1",
            "fd00::1",
        ] {
            assert!(is_local(ip(local)), "{local}");
        }
        assert!(!is_local(ip("192.0.2.1")) && !is_local(ip("2001:db8::1")));
    }
}
