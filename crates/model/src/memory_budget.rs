//! Limits the memory of requests in progress: in total, and for one network, so that no network takes
//! all of it. Bytes are reserved before they are read.

use crate::network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// A budget of bytes. Clones share it.
#[derive(Debug, Clone)]
pub struct MemoryBudget {
    total_max: usize,
    network_max: usize,
    reserved: Arc<Mutex<Reserved>>,
}

#[derive(Debug, Default)]
struct Reserved {
    total: usize,
    by_network: HashMap<IpAddr, usize>,
}

impl MemoryBudget {
    /// A budget of so many bytes in total, and so many for one network.
    #[must_use]
    pub fn new(total_max: usize, network_max: usize) -> Self {
        Self {
            total_max,
            network_max,
            reserved: Arc::default(),
        }
    }

    /// Reserves bytes for a client until the reservation is dropped; `None` where too few are left. A
    /// client of unknown address counts in the total only.
    #[must_use]
    pub fn reserve(&self, client: Option<IpAddr>, bytes: usize) -> Option<MemoryReservation> {
        let mut reservation = MemoryReservation {
            budget: self.clone(),
            network: client.map(network::of_customer),
            bytes: 0,
        };
        reservation.grow(bytes).then_some(reservation)
    }

    /// The bytes that are reserved now.
    #[must_use]
    pub fn reserved(&self) -> usize {
        self.reserved
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .total
    }
}

/// Bytes reserved in a budget until this is dropped.
#[derive(Debug)]
pub struct MemoryReservation {
    budget: MemoryBudget,
    network: Option<IpAddr>,
    bytes: usize,
}

impl MemoryReservation {
    /// Reserves so many bytes more; false, and nothing reserved, where too few are left.
    #[must_use]
    pub fn grow(&mut self, bytes: usize) -> bool {
        let reserved = self.budget.reserved.lock();
        let mut reserved = reserved.unwrap_or_else(PoisonError::into_inner);
        let total = reserved.total.saturating_add(bytes);
        let network = self.network.as_ref();
        let of_network = network.and_then(|network| reserved.by_network.get(network));
        let of_network = of_network.copied().unwrap_or(0).saturating_add(bytes);
        if total > self.budget.total_max
            || (self.network.is_some() && of_network > self.budget.network_max)
        {
            return false;
        }
        reserved.total = total;
        if let Some(network) = self.network
            && of_network > 0
        {
            reserved.by_network.insert(network, of_network);
        }
        self.bytes += bytes;
        true
    }
}

impl Drop for MemoryReservation {
    fn drop(&mut self) {
        let reserved = self.budget.reserved.lock();
        let mut reserved = reserved.unwrap_or_else(PoisonError::into_inner);
        reserved.total = reserved.total.saturating_sub(self.bytes);
        let Some(network) = self.network else { return };
        let left = reserved.by_network.get(&network).copied().unwrap_or(0);
        let left = left.saturating_sub(self.bytes);
        if left == 0 {
            reserved.by_network.remove(&network);
        } else {
            reserved.by_network.insert(network, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_bytes_are_returned() {
        let budget = MemoryBudget::new(100, 60);
        let at = |ip: &str| Some(ip.parse().unwrap());
        let one = budget.reserve(at("2001:db8::1"), 60);
        assert!(one.is_some());
        assert!(budget.reserve(at("2001:db8::2"), 1).is_none(), "neighbour");
        assert!(budget.reserve(at("192.0.2.1"), 41).is_none(), "total");
        let other = budget.reserve(None, 40);
        assert!(other.is_some() && budget.reserve(at("192.0.2.1"), 1).is_none());
        drop((one, other));
        assert_eq!(budget.reserved(), 0);
        assert!(budget.reserved.lock().unwrap().by_network.is_empty());
    }
}
