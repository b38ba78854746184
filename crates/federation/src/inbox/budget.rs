//! How much memory requests may take that are under way: in all, and from one network, so that
//! nobody takes all of it. Counted before it is taken; whoever finds none is asked to come later.

use super::pace::network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that a part of a JSON document takes at most once it is built: a map of one entry.
const OF_A_PART: usize = 350;

/// So many bytes in all, and so many from one network.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    all: usize,
    network: usize,
}

/// Bodies, and what is built of them.
const BODIES: Bounds = Bounds {
    all: 128 << 20,
    network: 32 << 20,
};
/// Of these, those whose signer we have to ask for first: that may take ten seconds each, and must
/// not keep out whom we know.
const STRANGERS: Bounds = Bounds {
    all: 32 << 20,
    network: 8 << 20,
};

/// What building a document takes at most, in bytes.
pub(super) fn built(body: &[u8]) -> usize {
    vocab::parts(body).min(vocab::MAX_PARTS) * OF_A_PART
}

/// The budgets of the inbox.
#[derive(Debug)]
pub(crate) struct Budgets {
    /// For bodies.
    pub bodies: Budget,
    /// For those that wait until their signer is known.
    pub strangers: Budget,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            bodies: Budget::of(BODIES),
            strangers: Budget::of(STRANGERS),
        }
    }
}

/// One budget. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    bounds: Bounds,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    of: HashMap<String, usize>,
}

impl Budget {
    fn of(bounds: Bounds) -> Self {
        Self {
            bounds,
            taken: Arc::default(),
        }
    }

    /// Takes so many bytes for somebody at this address (unknown where nobody said it), until the
    /// answer is dropped; `None` where there are not so many left.
    pub(crate) fn take(&self, from: Option<IpAddr>, bytes: usize) -> Option<Share> {
        let mut share = Share {
            budget: self.clone(),
            network: from.map(network),
            bytes: 0,
        };
        share.grow(bytes).then_some(share)
    }
}

/// Bytes taken from a budget, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    network: Option<String>,
    bytes: usize,
}

impl Share {
    /// Takes so many bytes more; whether there were so many left.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let taken = self.budget.taken.lock();
        let mut taken = taken.unwrap_or_else(PoisonError::into_inner);
        let all = taken.all + bytes;
        let of = self.network.as_ref();
        let of = of.and_then(|network| taken.of.get(network)).copied();
        let of = of.unwrap_or(0) + bytes;
        let bounds = self.budget.bounds;
        if all > bounds.all || (self.network.is_some() && of > bounds.network) {
            return false;
        }
        taken.all = all;
        if let Some(network) = &self.network {
            taken.of.insert(network.clone(), of);
        }
        self.bytes += bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let taken = self.budget.taken.lock();
        let mut taken = taken.unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(self.bytes);
        if let Some(network) = &self.network {
            let left = taken.of.get(network).copied().unwrap_or(0);
            let left = left.saturating_sub(self.bytes);
            if left == 0 {
                taken.of.remove(network);
            } else {
                taken.of.insert(network.clone(), left);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_given_back() {
        let budget = Budget::of(Bounds {
            all: 100,
            network: 60,
        });
        let at = |ip: &str| Some(ip.parse().unwrap());
        let one = budget.take(at("2001:db8::1"), 60);
        assert!(one.is_some());
        assert!(budget.take(at("2001:db8::2"), 1).is_none(), "its neighbour");
        assert!(budget.take(at("192.0.2.1"), 41).is_none(), "in all");
        let other = budget.take(None, 40);
        assert!(other.is_some() && budget.take(at("192.0.2.1"), 1).is_none());
        drop((one, other));
        assert_eq!(budget.taken.lock().unwrap().all, 0);
        assert!(budget.taken.lock().unwrap().of.is_empty());
    }

    #[test]
    fn small_bodies_that_build_much_weigh_much() {
        let many = format!("[{}]", vec![r#"{"":0}"#; 6_000].join(","));
        assert!(built(many.as_bytes()) > 100 * many.len());
    }
}
