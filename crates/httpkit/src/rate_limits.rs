//! Rate limits by client address, person or account. Kept in memory: a restart resets them.

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use model::{ActorId, Refusal, network};
use std::net::IpAddr;
use std::num::NonZeroU32;

/// An action with a rate limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// Signing in with a password: a burst of 10, then one each 30 s, by address; from an IPv6 /48 a
    /// burst of 50, then one each 6 s.
    SignIn,
    /// The limit of [`RateLimit::SignIn`] for an IPv6 /48.
    SignInSite,
    /// Signing in by what nobody guesses: going to a provider and coming back, and the answer of a passkey. A burst
    /// of 100, then one a second, by address, behind which a whole institution may be; from an IPv6 /48 a burst
    /// of 500, then one a second.
    Unguessable,
    /// The limit of [`RateLimit::Unguessable`] for an IPv6 /48.
    UnguessableSite,
    /// Logout tokens that are refused, which anybody can send: a burst of 100, then one a second, by address.
    ProviderLogout,
    /// Signing in to one account, from any address: a burst of 200, then one each 5 s. One network
    /// alone cannot use it up. Browsers that have signed in to the account before are not counted, see
    /// [`crate::known_browser`]: so nobody is locked out by others.
    Account,
    /// Registering, or the setup: a burst of 10, then one a minute, by address; from an IPv6 /48 a
    /// burst of 50, then one each 12 s.
    SignUp,
    /// The limit of [`RateLimit::SignUp`] for an IPv6 /48.
    SignUpSite,
    /// Fetching from another server: a burst of 30, then one each 2 s, by person or address.
    LookUp,
    /// Asking a server, for guests, where its people follow: a burst of 20, then one each 2 s, by that
    /// server.
    FollowFrom,
    /// The same for all guests and servers together: a burst of 600, then one a
    /// second: no single network can use it up.
    FollowFromAll,
    /// Searching this instance: a burst of 60, then one a second, by address.
    Search,
    /// Suggestions while somebody types: a burst of 200, then one a second, by address.
    Suggest,
    /// Writing: a burst of 60, then one a second, by person.
    Write,
    /// A code of the second factor, where the browser is signed in or has signed in to the account before
    /// ([`crate::known_browser`]): a burst of 20, then one an hour, by person. Three of a million codes are right
    /// at a time: 24 guesses a day find one with a probability of 2.6 % a year, and 26 years make the
    /// chances even. Codes from other browsers are counted in the database, and cannot use this up, see
    /// [`model::account::WRONG_CODES_PER_DAY`].
    SecondFactor,
    /// Registering an application: a burst of 30, then one each 20 s, by address.
    RegisterApp,
    /// Writing to a contact of a community: a burst of 5, then one each ten minutes, by address.
    Contact,
    /// Having a mail sent to an address of one's choice: a burst of 5, then one an hour, by person.
    Mail,
}

/// The counters of every rate limit.
pub struct RateLimits {
    unlimited: bool,
    sign_in: DefaultKeyedRateLimiter<String>,
    sign_in_site: DefaultKeyedRateLimiter<String>,
    unguessable: DefaultKeyedRateLimiter<String>,
    unguessable_site: DefaultKeyedRateLimiter<String>,
    provider_logout: DefaultKeyedRateLimiter<String>,
    account: DefaultKeyedRateLimiter<String>,
    sign_up: DefaultKeyedRateLimiter<String>,
    sign_up_site: DefaultKeyedRateLimiter<String>,
    look_up: DefaultKeyedRateLimiter<String>,
    follow_from: DefaultKeyedRateLimiter<String>,
    follow_from_all: DefaultKeyedRateLimiter<String>,
    search: DefaultKeyedRateLimiter<String>,
    suggest: DefaultKeyedRateLimiter<String>,
    write: DefaultKeyedRateLimiter<String>,
    second_factor: DefaultKeyedRateLimiter<String>,
    register_app: DefaultKeyedRateLimiter<String>,
    contact: DefaultKeyedRateLimiter<String>,
    mail: DefaultKeyedRateLimiter<String>,
}

fn limiter(period_seconds: u64, burst: u32) -> DefaultKeyedRateLimiter<String> {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(std::time::Duration::from_secs(period_seconds))
        .unwrap_or(Quota::per_second(NonZeroU32::MIN))
        .allow_burst(burst);
    RateLimiter::keyed(quota)
}

impl RateLimits {
    /// The limits of a server in use.
    #[must_use]
    pub fn normal() -> Self {
        Self {
            unlimited: false,
            sign_in: limiter(30, 10),
            sign_in_site: limiter(6, 50),
            unguessable: limiter(1, 100),
            unguessable_site: limiter(1, 500),
            provider_logout: limiter(1, 100),
            account: limiter(5, 200),
            sign_up: limiter(60, 10),
            sign_up_site: limiter(12, 50),
            look_up: limiter(2, 30),
            follow_from: limiter(2, 20),
            follow_from_all: limiter(1, 600),
            search: limiter(1, 60),
            suggest: limiter(1, 200),
            write: limiter(1, 60),
            second_factor: limiter(3_600, 20),
            register_app: limiter(20, 30),
            contact: limiter(600, 5),
            mail: limiter(3_600, 5),
        }
    }

    /// No limits, for benchmarks and tests that measure something else.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            unlimited: true,
            ..Self::normal()
        }
    }

    /// Counts one attempt under `key`.
    ///
    /// # Errors
    /// `TooMany` with the seconds until the next attempt is allowed.
    pub fn count(&self, limit: RateLimit, key: &str) -> Result<(), Refusal> {
        if self.unlimited {
            return Ok(());
        }
        let counter = match limit {
            RateLimit::SignIn => &self.sign_in,
            RateLimit::SignInSite => &self.sign_in_site,
            RateLimit::Unguessable => &self.unguessable,
            RateLimit::UnguessableSite => &self.unguessable_site,
            RateLimit::ProviderLogout => &self.provider_logout,
            RateLimit::Account => &self.account,
            RateLimit::SignUp => &self.sign_up,
            RateLimit::SignUpSite => &self.sign_up_site,
            RateLimit::LookUp => &self.look_up,
            RateLimit::FollowFrom => &self.follow_from,
            RateLimit::FollowFromAll => &self.follow_from_all,
            RateLimit::Search => &self.search,
            RateLimit::Suggest => &self.suggest,
            RateLimit::Write => &self.write,
            RateLimit::SecondFactor => &self.second_factor,
            RateLimit::RegisterApp => &self.register_app,
            RateLimit::Contact => &self.contact,
            RateLimit::Mail => &self.mail,
        };
        counter
            .check_key(&key.to_owned())
            .map_err(|until| Refusal::TooMany {
                retry_after: until
                    .wait_time_from(DefaultClock::default().now())
                    .as_secs()
                    + 1,
            })
    }

    /// Counts one attempt from an address; IPv6 addresses are counted by their /64, and attempts to sign
    /// in or up by their /48 as well.
    ///
    /// # Errors
    /// As [`RateLimits::count`].
    pub fn count_ip(&self, limit: RateLimit, ip: IpAddr) -> Result<(), Refusal> {
        self.count(limit, &network::of_customer(ip).to_string())?;
        let of_site = match limit {
            RateLimit::SignIn => RateLimit::SignInSite,
            RateLimit::Unguessable => RateLimit::UnguessableSite,
            RateLimit::SignUp => RateLimit::SignUpSite,
            RateLimit::SignInSite
            | RateLimit::UnguessableSite
            | RateLimit::ProviderLogout
            | RateLimit::Account
            | RateLimit::SignUpSite
            | RateLimit::LookUp
            | RateLimit::FollowFrom
            | RateLimit::FollowFromAll
            | RateLimit::Search
            | RateLimit::Suggest
            | RateLimit::Write
            | RateLimit::SecondFactor
            | RateLimit::RegisterApp
            | RateLimit::Contact
            | RateLimit::Mail => return Ok(()),
        };
        match ip.to_canonical() {
            IpAddr::V4(_) => Ok(()),
            IpAddr::V6(_) => self.count(of_site, &network::of_site(ip).to_string()),
        }
    }

    /// Counts one attempt by a person.
    ///
    /// # Errors
    /// As [`RateLimits::count`].
    pub fn count_actor(&self, limit: RateLimit, who: ActorId) -> Result<(), Refusal> {
        self.count(limit, &format!("actor {who}"))
    }

    /// Counts one question of a guest to another server: by the guest's address, by that server, and by all
    /// together, since guests may have any number of addresses.
    ///
    /// # Errors
    /// As [`RateLimits::count`].
    pub fn count_follow_from(&self, ip: IpAddr, host: &str) -> Result<(), Refusal> {
        self.count_ip(RateLimit::LookUp, ip)?;
        self.count(RateLimit::FollowFrom, host)?;
        self.count(RateLimit::FollowFromAll, "")
    }

    /// Drops the counters of keys that are back at their full burst.
    pub fn drop_idle(&self) {
        let all = [
            &self.sign_in,
            &self.sign_in_site,
            &self.unguessable,
            &self.unguessable_site,
            &self.provider_logout,
            &self.account,
            &self.sign_up,
            &self.sign_up_site,
            &self.look_up,
            &self.follow_from,
            &self.follow_from_all,
            &self.search,
            &self.suggest,
            &self.write,
            &self.second_factor,
            &self.register_app,
            &self.mail,
        ];
        for limiter in all {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_password_in_a_row_has_to_wait() {
        let limits = RateLimits::normal();
        for _ in 0..10 {
            limits.count(RateLimit::SignIn, "ann").unwrap();
        }
        assert!(matches!(
            limits.count(RateLimit::SignIn, "ann"),
            Err(Refusal::TooMany {
                retry_after: 1..=31
            })
        ));
        limits.count(RateLimit::SignIn, "bea").unwrap();
    }

    #[test]
    fn one_network_cannot_lock_somebody_out() {
        let limits = RateLimits::normal();
        let (mallory, ann) = (
            "192.0.2.1".parse().unwrap(),
            "198.51.100.7".parse().unwrap(),
        );
        let attempt = |ip| {
            limits.count_ip(RateLimit::SignIn, ip)?;
            limits.count(RateLimit::Account, "ann")
        };
        for _ in 0..500 {
            let _refused = attempt(mallory);
        }
        assert!(attempt(mallory).is_err());
        attempt(ann).unwrap();
    }

    #[test]
    fn a_provider_is_not_counted_with_passwords() {
        let limits = RateLimits::normal();
        let ip = "192.0.2.1".parse().unwrap();
        let count = |limit| {
            (0..200)
                .filter(|_| limits.count_ip(limit, ip).is_ok())
                .count()
        };
        assert_eq!(count(RateLimit::SignIn), 10);
        assert_eq!(count(RateLimit::Unguessable), 100);
        assert_eq!(count(RateLimit::ProviderLogout), 100);
    }

    #[test]
    fn many_networks_cannot_have_servers_asked_without_end() {
        let limits = RateLimits::normal();
        let from = |network: u32, host: &str| {
            let ip = format!("2001:db8:{:x}:{:x}::1", network >> 8, network & 255);
            limits.count_follow_from(ip.parse().unwrap(), host)
        };
        let one_host = (0..200).filter(|network| from(*network, "victim.test").is_ok());
        assert_eq!(one_host.count(), 20);
        let many_hosts = (200..900).filter(|network| from(*network, &network.to_string()).is_ok());
        assert_eq!(many_hosts.count(), 580, "600 in all");
    }

    #[test]
    fn a_site_of_many_ipv6_networks_is_counted_as_one() {
        for limit in [RateLimit::SignIn, RateLimit::SignUp] {
            let limits = RateLimits::normal();
            let from = |subnet: u16| {
                let ip = format!("2001:db8:1:{subnet:x}::1").parse().unwrap();
                limits.count_ip(limit, ip)
            };
            assert_eq!((0..200).filter(|subnet| from(*subnet).is_ok()).count(), 50);
            limits
                .count_ip(limit, "2001:db8:2::1".parse().unwrap())
                .unwrap();
        }
    }
}
