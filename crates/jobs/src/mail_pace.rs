//! How many mails go to one recipient domain within a minute: providers refuse, or lose, what comes faster. Each mail
//! above that is given a time, at which its job runs again. Each process counts for itself.

use model::{MailId, Time};
use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, PoisonError};

/// The time in which so many mails go to a domain, in seconds.
const MINUTE: i64 = 60;
/// How long after its time a mail still has its place, in seconds.
const KEPT_SECONDS: i64 = 600;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct MailPace {
    per_minute: usize,
    domains: Arc<Mutex<HashMap<String, Domain>>>,
}

/// The mails to one domain.
#[derive(Default)]
struct Domain {
    /// The newest times that were given, in order: no more than go in a minute.
    given: VecDeque<Time>,
    /// The newest times at which one was sent, as many.
    sent: VecDeque<Time>,
    /// Those that wait for their time.
    waiting: HashMap<MailId, Time>,
}

impl MailPace {
    pub(crate) fn new(per_minute: NonZeroU16) -> Self {
        Self {
            per_minute: usize::from(per_minute.get()),
            domains: Arc::default(),
        }
    }

    /// Takes the place of a mail among those to a domain; otherwise says after how many seconds it is its turn.
    pub(crate) fn take(&self, domain: &str, mail: MailId, now: Time) -> Result<(), i64> {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        domains.retain(|_, one| one.is_in_use(now));
        let domain = domains.entry(domain.to_lowercase()).or_default();
        let given = match domain.waiting.remove(&mail) {
            Some(at) => at,
            None => domain.give(self.per_minute, now),
        };
        // Others may have been late.
        let at = minute_after(&domain.sent, self.per_minute).map_or(given, |at| at.max(given));
        if at <= now {
            domain.send(self.per_minute, now);
            return Ok(());
        }
        domain.waiting.insert(mail, at);
        Err((at.unix_millis() - now.unix_millis() + 999) / 1_000)
    }

    /// Counts a mail that somebody waits for, and which therefore waits for nothing.
    pub(crate) fn count(&self, domain: &str, now: Time) {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        let domain = domains.entry(domain.to_lowercase()).or_default();
        domain.give(self.per_minute, now);
        domain.send(self.per_minute, now);
    }
}

/// A minute after the mail that is as many before the next one; `None` where there were fewer.
fn minute_after(times: &VecDeque<Time>, per_minute: usize) -> Option<Time> {
    let first = times.front().filter(|_| times.len() >= per_minute)?;
    Some(first.plus_seconds(MINUTE))
}

/// Adds the time of one mail more.
fn add(times: &mut VecDeque<Time>, per_minute: usize, at: Time) {
    times.push_back(at);
    while times.len() > per_minute {
        times.pop_front();
    }
}

impl Domain {
    /// Gives one mail more its time.
    fn give(&mut self, per_minute: usize, now: Time) -> Time {
        let at = minute_after(&self.given, per_minute).map_or(now, |at| at.max(now));
        add(&mut self.given, per_minute, at);
        at
    }

    fn send(&mut self, per_minute: usize, now: Time) {
        add(&mut self.sent, per_minute, now);
    }

    fn is_in_use(&mut self, now: Time) -> bool {
        let long_ago = now.plus_seconds(-KEPT_SECONDS);
        self.waiting.retain(|_, at| *at > long_ago);
        let minute_ago = now.plus_seconds(-MINUTE);
        let is_recent = |times: &VecDeque<Time>| times.back().is_some_and(|at| *at > minute_ago);
        !self.waiting.is_empty() || is_recent(&self.given) || is_recent(&self.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(per_minute: u16) -> MailPace {
        MailPace::new(NonZeroU16::new(per_minute).unwrap())
    }

    #[test]
    fn no_more_than_so_many_go_to_a_domain_in_any_minute() {
        let (pace, began) = (pace(2), Time::from_unix_millis(1_800_000_000_000));
        let at = |seconds| began.plus_seconds(seconds);
        let turn = |mail, seconds| pace.take("example.org", MailId(mail), at(seconds));
        assert_eq!([turn(1, 0), turn(2, 30)], [Ok(()); 2]);
        assert_eq!([turn(3, 40), turn(4, 40)], [Err(20), Err(50)]);
        assert_eq!(turn(5, 40), Err(80), "after the third");
        assert_eq!(pace.take("Example.ORG", MailId(6), at(40)), Err(110));
        assert_eq!(pace.take("example.net", MailId(7), at(40)), Ok(()));
        assert_eq!(turn(3, 50), Err(10), "it keeps its time");
        assert_eq!([turn(3, 60), turn(4, 90), turn(5, 120)], [Ok(()); 3]);
    }

    #[test]
    fn those_that_are_late_do_not_come_all_together() {
        let (pace, began) = (pace(2), Time::from_unix_millis(1_800_000_000_000));
        let turn =
            |mail, seconds| pace.take("example.org", MailId(mail), began.plus_seconds(seconds));
        let waits: Vec<_> = (1..=6).map(|mail| turn(mail, 0)).collect();
        assert_eq!(
            waits,
            [Ok(()), Ok(()), Err(60), Err(60), Err(120), Err(120)]
        );
        assert_eq!(
            [turn(3, 130), turn(4, 131), turn(5, 132)],
            [Ok(()), Ok(()), Err(58)]
        );
        assert_eq!([turn(6, 190), turn(5, 191)], [Ok(()); 2]);
    }

    #[test]
    fn one_that_somebody_waits_for_goes_at_once_and_delays_others() {
        let (pace, now) = (pace(1), Time::from_unix_millis(1_800_000_000_000));
        pace.count("example.org", now);
        assert_eq!(pace.take("example.org", MailId(1), now), Err(60));
        assert!(pace.domains.lock().unwrap().len() == 1);
        let later = now.plus_seconds(3_600);
        assert_eq!(pace.take("example.net", MailId(2), later), Ok(()));
        assert_eq!(pace.domains.lock().unwrap().len(), 1, "forgotten");
    }
}
