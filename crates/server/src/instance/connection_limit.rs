//! Limits the open connections of one network, so that a client that never finishes its requests cannot
//! use up all connections. Trusted proxies, loopback and private networks are exempt, because many
//! clients share their addresses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;
use model::network;

/// Limits the connections of one network; a busy server has a few dozen.
const MAX_PER_NETWORK: usize = 256;

/// Counts connections by network. Cloning is cheap; all listeners of an instance share the counts.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectionLimit {
    proxies: Arc<[IpNet]>,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A permit for one connection, which is counted until the permit is dropped.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    network: Option<IpAddr>,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl ConnectionLimit {
    /// Starts without connections; connections from `proxies` are not counted.
    pub(super) fn new(proxies: Vec<IpNet>) -> Self {
        Self {
            proxies: proxies.into(),
            open: Arc::default(),
        }
    }

    /// Counts a connection; returns `None` when its network has reached the limit.
    pub(super) fn acquire(&self, from: IpAddr) -> Option<ConnectionPermit> {
        let from = from.to_canonical();
        let open = Arc::clone(&self.open);
        if network::is_local(from) || self.proxies.iter().any(|proxy| proxy.contains(&from)) {
            return Some(ConnectionPermit {
                network: None,
                open,
            });
        }
        let network = network::of_customer(from);
        {
            let mut counts = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(network).or_default();
            if *count >= MAX_PER_NETWORK {
                return None;
            }
            *count += 1;
        }
        Some(ConnectionPermit {
            network: Some(network),
            open,
        })
    }
}

impl Drop for ConnectionPermit {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_network_cannot_use_up_all_connections() {
        let limit = ConnectionLimit::default();
        let mut permits: Vec<ConnectionPermit> = (0..MAX_PER_NETWORK)
            .map(|n| limit.acquire(ip(&format!("2001:db8::{n:x}"))).unwrap())
            .collect();
        assert!(limit.acquire(ip("2001:db8::ffff")).is_none());
        assert!(limit.acquire(ip("2001:db8:0:1::1")).is_some());
        assert!(limit.acquire(ip("192.0.2.1")).is_some());
        permits.pop();
        assert!(limit.acquire(ip("2001:db8::ffff")).is_some());
        permits.clear();
        assert!(
            limit.open.lock().unwrap().is_empty(),
            "closed connections are not counted"
        );
    }

    #[test]
    fn proxies_and_private_networks_are_not_counted() {
        let limit = ConnectionLimit::new(vec!["198.51.100.0/24".parse().unwrap()]);
        for local in [
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "::ffff:192.168.1.1",
            "fd00::1",
            "198.51.100.7",
        ] {
            let permits: Vec<_> = (0..=MAX_PER_NETWORK)
                .map(|_| limit.acquire(ip(local)))
                .collect();
            assert!(permits.iter().all(Option::is_some), "{local}");
        }
    }
}
