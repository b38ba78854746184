//! Limits the memory that inbox requests in progress use: in total, and for one network, so that no
//! network takes all of it. Memory is reserved before it is used; a request without is answered 503.

use super::key_rate_limit::network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// The most bytes that one part of a parsed JSON document takes: a map of one entry.
const MAX_PART_BYTES: usize = 350;

/// The most bytes in total, and for one network.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    total: usize,
    network: usize,
}

/// For bodies, and what is parsed from them.
const BODIES: Bounds = Bounds {
    total: 128 << 20,
    network: 32 << 20,
};
/// For those among them whose signer's key must be fetched first, which may take ten seconds: they
/// must not displace requests of known signers.
const UNKNOWN_SIGNERS: Bounds = Bounds {
    total: 32 << 20,
    network: 8 << 20,
};

/// Returns the most bytes that a body takes once it is parsed.
pub(crate) fn max_parsed_bytes(body: &[u8]) -> usize {
    vocab::parts(body).min(vocab::MAX_PARTS) * MAX_PART_BYTES
}

#[derive(Debug)]
pub(crate) struct InboxBudgets {
    pub bodies: MemoryBudget,
    /// For requests that wait for their signer's key.
    pub unknown_signers: MemoryBudget,
}

impl Default for InboxBudgets {
    fn default() -> Self {
        Self {
            bodies: MemoryBudget::new(BODIES),
            unknown_signers: MemoryBudget::new(UNKNOWN_SIGNERS),
        }
    }
}

/// An amount of memory. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct MemoryBudget {
    bounds: Bounds,
    reserved: Arc<Mutex<Reserved>>,
}

#[derive(Debug, Default)]
struct Reserved {
    total: usize,
    by_network: HashMap<String, usize>,
}

impl MemoryBudget {
    fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            reserved: Arc::default(),
        }
    }

    /// Reserves bytes for a client address, where it is known, until the reservation is dropped;
    /// `None` where there are not enough left.
    pub(crate) fn reserve(&self, from: Option<IpAddr>, bytes: usize) -> Option<MemoryReservation> {
        let mut reservation = MemoryReservation {
            budget: self.clone(),
            network: from.map(network),
            bytes: 0,
        };
        reservation.grow(bytes).then_some(reservation)
    }
}

/// Bytes reserved from a budget, returned when this is dropped.
#[derive(Debug)]
pub(crate) struct MemoryReservation {
    budget: MemoryBudget,
    network: Option<String>,
    bytes: usize,
}

impl MemoryReservation {
    /// Reserves more bytes; returns whether there were enough left.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let reserved = self.budget.reserved.lock();
        let mut reserved = reserved.unwrap_or_else(PoisonError::into_inner);
        let total = reserved.total + bytes;
        let of_network = self.network.as_ref();
        let of_network = of_network.and_then(|network| reserved.by_network.get(network));
        let of_network = of_network.copied().unwrap_or(0) + bytes;
        let bounds = self.budget.bounds;
        if total > bounds.total || (self.network.is_some() && of_network > bounds.network) {
            return false;
        }
        reserved.total = total;
        if let Some(network) = &self.network {
            reserved.by_network.insert(network.clone(), of_network);
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
        if let Some(network) = &self.network {
            let left = reserved.by_network.get(network).copied().unwrap_or(0);
            let left = left.saturating_sub(self.bytes);
            if left == 0 {
                reserved.by_network.remove(network);
            } else {
                reserved.by_network.insert(network.clone(), left);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_reservation_returns_its_bytes() {
        let budget = MemoryBudget::new(Bounds {
            total: 100,
            network: 60,
        });
        let at = |ip: &str| Some(ip.parse().unwrap());
        let first = budget.reserve(at("2001:db8::1"), 60);
        assert!(first.is_some());
        let same_network = budget.reserve(at("2001:db8::2"), 1);
        assert!(same_network.is_none());
        let beyond_total = budget.reserve(at("192.0.2.1"), 41);
        assert!(beyond_total.is_none());
        let unknown_network = budget.reserve(None, 40);
        assert!(unknown_network.is_some() && budget.reserve(at("192.0.2.1"), 1).is_none());
        drop((first, unknown_network));
        assert_eq!(budget.reserved.lock().unwrap().total, 0);
        assert!(budget.reserved.lock().unwrap().by_network.is_empty());
    }

    #[test]
    fn a_small_body_with_many_parts_needs_much_memory() {
        let many = format!("[{}]", vec![r#"{"":0}"#; 6_000].join(","));
        assert!(max_parsed_bytes(many.as_bytes()) > 100 * many.len());
    }
}
