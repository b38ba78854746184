//! How often strangers may make us look up a key: by the host that the key's address names, which
//! may be somebody they want to harm, and by the network they come from, which names many hosts.
//! Whoever is known already is never counted. In memory: a restart forgives.

use lru::LruCache;
use model::Time;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

/// Hosts and networks counted at once, the longest quiet forgotten first.
const KEPT: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// Of one host: what a lively thread there brings at once, then two a second.
const HOST: Quota = Quota {
    burst: 120,
    every_ms: 500,
};
/// Of one network: a server behind it may relay for many hosts.
const NETWORK: Quota = Quota {
    burst: 300,
    every_ms: 200,
};

/// So many at once, then one each so many milliseconds.
#[derive(Debug, Clone, Copy)]
struct Quota {
    burst: i64,
    every_ms: i64,
}

/// The counters.
pub(super) struct Pace {
    hosts: Buckets,
    networks: Buckets,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            hosts: Buckets::of(HOST),
            networks: Buckets::of(NETWORK),
        }
    }
}

impl Pace {
    /// Counts the look-up of a key at a host, asked for from an address (unknown where nobody said
    /// it).
    ///
    /// # Errors
    /// The seconds after which it is welcome.
    pub(super) fn look_up(&self, host: &str, from: Option<IpAddr>, now: Time) -> Result<(), u32> {
        if let Some(ip) = from {
            self.networks.take(&network(ip), now)?;
        }
        self.hosts.take(host, now)
    }
}

/// A bucket of tokens for each name, kept as the moment at which it will be full again.
struct Buckets {
    quota: Quota,
    full_at: Mutex<LruCache<String, i64>>,
}

impl Buckets {
    fn of(quota: Quota) -> Self {
        Self {
            quota,
            full_at: Mutex::new(LruCache::new(KEPT)),
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

/// An address, of IPv6 the /64 it is in: that is what one customer gets.
pub(super) fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Time {
        Time::from_unix_millis(1_800_000_000_000 + ms)
    }

    #[test]
    fn a_burst_and_then_one_at_a_time() {
        let buckets = Buckets::of(Quota {
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
        // A clock that is set back locks nobody out for longer than it was ahead.
        assert!(buckets.take("b", at(-1_000)).is_ok());
    }

    #[test]
    fn a_network_pays_for_all_hosts_it_names() {
        let (pace, me) = (Pace::default(), Some("2001:db8::1".parse().unwrap()));
        let tried = |n: i64| pace.look_up(&format!("{n}.test"), me, at(0));
        assert_eq!((0..1_000).filter(|n| tried(*n).is_ok()).count(), 300);
        let neighbour = Some("2001:db8::2".parse().unwrap());
        assert!(pace.look_up("x.test", neighbour, at(0)).is_err());
        let other = Some("192.0.2.1".parse().unwrap());
        assert!(pace.look_up("x.test", other, at(0)).is_ok());
        assert_eq!(
            (0..1_000)
                .filter(|_| pace.look_up("v.test", None, at(0)).is_ok())
                .count(),
            120
        );
    }
}
