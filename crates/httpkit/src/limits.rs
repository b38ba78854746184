//! How often one may try. Kept in memory: a restart forgives.

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use model::{ActorId, Refusal};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Trying a password: 10 at once, then one each 30 s, by address.
    SignIn,
    /// Trying the passwords of one account, from wherever: 200 at once, then one each 5 s. One
    /// network alone cannot use it up, and so cannot keep anybody from signing in.
    Account,
    /// Registering, or the setup: 10 at once, then one a minute, by address.
    SignUp,
    /// Making another server answer: 30 at once, then one each 2 s, by person or address.
    LookUp,
    /// Searching what is here: 60 at once, then one a second, by address.
    Search,
    /// Writing: 60 at once, then one a second, by person.
    Write,
}

/// The counters.
pub struct Limits {
    generous: bool,
    sign_in: DefaultKeyedRateLimiter<String>,
    account: DefaultKeyedRateLimiter<String>,
    sign_up: DefaultKeyedRateLimiter<String>,
    look_up: DefaultKeyedRateLimiter<String>,
    search: DefaultKeyedRateLimiter<String>,
    write: DefaultKeyedRateLimiter<String>,
}

fn every(seconds: u64, burst: u32) -> DefaultKeyedRateLimiter<String> {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(std::time::Duration::from_secs(seconds))
        .unwrap_or(Quota::per_second(NonZeroU32::MIN))
        .allow_burst(burst);
    RateLimiter::keyed(quota)
}

impl Limits {
    /// What people need and no more.
    #[must_use]
    pub fn normal() -> Self {
        Self {
            generous: false,
            sign_in: every(30, 10),
            account: every(5, 200),
            sign_up: every(60, 10),
            look_up: every(2, 30),
            search: every(1, 60),
            write: every(1, 60),
        }
    }

    /// None, for benches and tests that measure something else.
    #[must_use]
    pub fn none() -> Self {
        Self {
            generous: true,
            ..Self::normal()
        }
    }

    /// Counts one try by this key.
    ///
    /// # Errors
    /// `TooMany` with the seconds until the next is welcome.
    pub fn count(&self, act: Act, key: &str) -> Result<(), Refusal> {
        if self.generous {
            return Ok(());
        }
        let limiter = match act {
            Act::SignIn => &self.sign_in,
            Act::Account => &self.account,
            Act::SignUp => &self.sign_up,
            Act::LookUp => &self.look_up,
            Act::Search => &self.search,
            Act::Write => &self.write,
        };
        limiter
            .check_key(&key.to_owned())
            .map_err(|until| Refusal::TooMany {
                retry_after: until
                    .wait_time_from(DefaultClock::default().now())
                    .as_secs()
                    + 1,
            })
    }

    /// Counts one try from this address; IPv6 by its /64.
    ///
    /// # Errors
    /// As [`Limits::count`].
    pub fn count_ip(&self, act: Act, ip: IpAddr) -> Result<(), Refusal> {
        self.count(act, &network(ip))
    }

    /// Counts one try by this person.
    ///
    /// # Errors
    /// As [`Limits::count`].
    pub fn count_actor(&self, act: Act, who: ActorId) -> Result<(), Refusal> {
        self.count(act, &format!("actor {who}"))
    }

    /// Forgets those who have not tried for long.
    pub fn forget_idle(&self) {
        let all = [
            &self.sign_in,
            &self.account,
            &self.sign_up,
            &self.look_up,
            &self.search,
            &self.write,
        ];
        for limiter in all {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn network(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(
            || {
                let [a, b, c, d, ..] = v6.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
            },
            |v4| v4.to_string(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_password_in_a_row_has_to_wait() {
        let limits = Limits::normal();
        for _ in 0..10 {
            limits.count(Act::SignIn, "ann").unwrap();
        }
        assert!(matches!(
            limits.count(Act::SignIn, "ann"),
            Err(Refusal::TooMany {
                retry_after: 1..=31
            })
        ));
        limits.count(Act::SignIn, "bea").unwrap();
    }

    #[test]
    fn one_network_cannot_lock_somebody_out() {
        let limits = Limits::normal();
        let (mallory, ann) = (
            "192.0.2.1".parse().unwrap(),
            "198.51.100.7".parse().unwrap(),
        );
        let attempt = |ip| {
            limits.count_ip(Act::SignIn, ip)?;
            limits.count(Act::Account, "ann")
        };
        for _ in 0..500 {
            let _refused = attempt(mallory);
        }
        assert!(attempt(mallory).is_err());
        attempt(ann).unwrap();
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        assert_eq!(
            network("2001:db8::1".parse().unwrap()),
            network("2001:db8::2".parse().unwrap())
        );
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
