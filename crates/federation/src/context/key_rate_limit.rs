//! Limits how often unknown signers may cause a key to be fetched: for each host that a key's URL names,
//! which may be the target of an attack, for each client network, which may name many hosts, and for each
//! pair of them, so that one network cannot use up what others may ask of a host. Known signers are not
//! counted. The state is in memory: a restart resets it.

use lru::LruCache;
use model::{Time, network};
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

/// The most hosts and networks that are counted; the least recently used are dropped.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// For one host, from one network: the burst that an active thread causes, then two a second.
const PAIR: Quota = Quota {
    burst: 120,
    every_ms: 500,
};
/// For one host, from all networks that have not verified a signature before.
const HOST: Quota = Quota {
    burst: 600,
    every_ms: 100,
};
/// For one network: a server in it may relay for many hosts.
const NETWORK: Quota = Quota {
    burst: 300,
    every_ms: 200,
};

/// A burst, then one request every `every_ms` milliseconds.
#[derive(Debug, Clone, Copy)]
struct Quota {
    burst: i64,
    every_ms: i64,
}

pub(crate) struct KeyRateLimit {
    pairs: TokenBuckets,
    hosts: TokenBuckets,
    networks: TokenBuckets,
    /// The networks from which a signature was verified.
    verified: Mutex<LruCache<IpAddr, ()>>,
}

impl Default for KeyRateLimit {
    fn default() -> Self {
        Self {
            pairs: TokenBuckets::of(PAIR),
            hosts: TokenBuckets::of(HOST),
            networks: TokenBuckets::of(NETWORK),
            verified: Mutex::new(LruCache::new(CAPACITY)),
        }
    }
}

impl KeyRateLimit {
    /// Counts one fetch of a key from a host for a client address, where that is known.
    ///
    /// # Errors
    /// The seconds after which it is allowed.
    pub(crate) fn check(&self, host: &str, from: Option<IpAddr>, now: Time) -> Result<(), u32> {
        let network = from.map(network::of_customer);
        let name = network.map(|network| network.to_string());
        if let Some(name) = &name {
            self.networks.take(name, now)?;
        }
        let pair = format!("{} {host}", name.unwrap_or_default());
        self.pairs.take(&pair, now)?;
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        match network.and_then(|network| verified.get(&network)) {
            Some(()) => Ok(()),
            None => self.hosts.take(host, now),
        }
    }

    /// Remembers that a signature from this address was verified: its network is not refused because of
    /// what others name.
    pub(crate) fn verified(&self, from: Option<IpAddr>) {
        if let Some(ip) = from {
            let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
            verified.put(network::of_customer(ip), ());
        }
    }
}

/// A token bucket for each name, stored as the time at which it will be full again.
struct TokenBuckets {
    quota: Quota,
    full_at: Mutex<LruCache<String, i64>>,
}

impl TokenBuckets {
    fn of(quota: Quota) -> Self {
        Self {
            quota,
            full_at: Mutex::new(LruCache::new(CAPACITY)),
        }
    }

    fn take(&self, name: &str, now: Time) -> Result<(), u32> {
        let Quota { burst, every_ms } = self.quota;
        let now = now.unix_millis();
        let mut all = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = all.get(name).copied().unwrap_or(now).max(now);
        let short_by = full_at + every_ms - (now + burst * every_ms);
        if short_by > 0 {
            return Err(u32::try_from(short_by / 1_000 + 1).unwrap_or(u32::MAX));
        }
        all.put(name.to_owned(), full_at + every_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Time {
        Time::from_unix_millis(1_800_000_000_000 + ms)
    }

    #[test]
    fn a_burst_is_followed_by_a_steady_rate() {
        let buckets = TokenBuckets::of(Quota {
            burst: 3,
            every_ms: 2_000,
        });
        for _ in 0..3 {
            assert_eq!(buckets.take("a", at(0)), Ok(()));
        }
        assert_eq!(buckets.take("a", at(0)), Err(3));
        assert_eq!(buckets.take("b", at(0)), Ok(()));
        assert_eq!(buckets.take("a", at(1_900)), Err(1));
        assert_eq!(buckets.take("a", at(2_000)), Ok(()));
        assert_eq!(buckets.take("a", at(2_000)), Err(3));
        for _ in 0..3 {
            assert_eq!(buckets.take("a", at(60_000)), Ok(()));
        }
        assert_eq!(buckets.take("a", at(60_000)), Err(3));
        // A clock that is set back delays nobody for longer than it was ahead.
        assert!(buckets.take("b", at(-1_000)).is_ok());
    }

    #[test]
    fn who_named_a_host_in_vain_keeps_its_own_people_out_of_nothing() {
        let limit = KeyRateLimit::default();
        let ip = |n: u32| Some(std::net::Ipv4Addr::from(0xc000_0200 + n).into());
        // Nobody of that network has verified a signature yet, and one asks for all that one may.
        let check = |n: u32| limit.check("good.test", ip(n), at(0)).is_ok();
        assert_eq!((0..1_000).filter(|_| check(1)).count(), 120);
        assert!(check(2), "another network");
        // Many networks together use up what strangers may ask of the host; a network with a verified
        // signature is none of them.
        limit.verified(ip(9));
        assert_eq!((10..1_010).filter(|n| check(*n)).count(), 600 - 121);
        assert!(!check(3));
        assert_eq!((0..1_000).filter(|_| check(9)).count(), 120);
    }

    #[test]
    fn a_network_is_limited_over_all_hosts_it_names() {
        let (limit, me) = (
            KeyRateLimit::default(),
            Some("2001:db8::1".parse().unwrap()),
        );
        let check = |n: i64| limit.check(&format!("{n}.test"), me, at(0));
        assert_eq!((0..1_000).filter(|n| check(*n).is_ok()).count(), 300);
        let neighbour = Some("2001:db8::2".parse().unwrap());
        assert!(limit.check("x.test", neighbour, at(0)).is_err());
        let other = Some("192.0.2.1".parse().unwrap());
        assert!(limit.check("x.test", other, at(0)).is_ok());
        assert_eq!(
            (0..1_000)
                .filter(|_| limit.check("v.test", None, at(0)).is_ok())
                .count(),
            120
        );
    }
}
