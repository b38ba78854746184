//! Who holds connections open: of one network only so many, lest one machine that never finishes
//! its sentence keeps all others out. Not counted are those behind whom many stand: the proxies
//! named in the configuration, and addresses of this machine and of private networks.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

/// Connections of one network at once: a busy server has a few dozen.
const EACH: usize = 256;

/// The counts. Cheap to clone; all listeners of an instance share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowd {
    proxies: Arc<[IpNet]>,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection, counted until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    network: Option<IpAddr>,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Crowd {
    /// Nobody yet; these proxies will not be counted.
    pub(super) fn behind(proxies: Vec<IpNet>) -> Self {
        Self {
            proxies: proxies.into(),
            open: Arc::default(),
        }
    }

    /// Counts a connection; `None` where its network holds as many as it may.
    pub(super) fn enter(&self, from: IpAddr) -> Option<Seat> {
        let from = from.to_canonical();
        let open = Arc::clone(&self.open);
        if is_near(from) || self.proxies.iter().any(|proxy| proxy.contains(&from)) {
            return Some(Seat {
                network: None,
                open,
            });
        }
        let network = network(from);
        {
            let mut counts = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(network).or_default();
            if *count >= EACH {
                return None;
            }
            *count += 1;
        }
        Some(Seat {
            network: Some(network),
            open,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(network) = self.network else { return };
        let mut counts = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&network);
            }
        }
    }
}

/// This machine, or a private network.
fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// An address, of IPv6 the /64 it is in: that is what one customer gets.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_network_holds_so_many_and_leaves_the_rest_to_others() {
        let crowd = Crowd::default();
        let mut seats: Vec<Seat> = (0..EACH)
            .map(|n| crowd.enter(ip(&format!("2001:db8::{n:x}"))).unwrap())
            .collect();
        assert!(crowd.enter(ip("2001:db8::ffff")).is_none());
        assert!(crowd.enter(ip("2001:db8:0:1::1")).is_some());
        assert!(crowd.enter(ip("192.0.2.1")).is_some());
        seats.pop();
        assert!(crowd.enter(ip("2001:db8::ffff")).is_some());
        seats.clear();
        assert!(
            crowd.open.lock().unwrap().is_empty(),
            "who has left is forgotten"
        );
    }

    #[test]
    fn proxies_and_neighbours_are_not_counted() {
        let crowd = Crowd::behind(vec!["198.51.100.0/24".parse().unwrap()]);
        for near in [
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "::ffff:192.168.1.1",
            "fd00::1",
            "198.51.100.7",
        ] {
            let seats: Vec<_> = (0..=EACH).map(|_| crowd.enter(ip(near))).collect();
            assert!(seats.iter().all(Option::is_some), "{near}");
        }
    }
}
