//! Schedules: jobs that run again and again. The job table is their memory: one row of each kind
//! waits there for its time, so that a restart neither skips nor repeats a run. The next row is
//! inserted by the write that finishes the last one.

use crate::Context;
use chrono_tz::Tz;
use croner::Cron;
use croner::errors::CronError;
use model::job::{Enqueue, Payload};
use model::{JobId, Time};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use store::{Db, SqlError, StoreError};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// How often the scheduler looks for schedules without a row: at the start, and after a job was set
/// aside.
const CHECK_INTERVAL: Duration = Duration::from_secs(60);

/// When a scheduled job runs.
enum When {
    /// So many seconds after the end of its last run.
    Every(i64),
    /// At the times that a cron rule names in a time zone.
    Cron(Box<Cron>, CurrentZone),
}

/// Returns the time zone of a rule, which may be changed while the instance runs.
type CurrentZone = Box<dyn Fn() -> Tz + Send + Sync>;

/// A job that runs again and again.
pub struct Schedule {
    kind: &'static str,
    job: Box<dyn Enqueue + Send + Sync>,
    when: When,
}

impl Schedule {
    /// Runs a job every so many seconds.
    #[must_use]
    pub fn every<P: Payload>(seconds: i64, job: P) -> Self {
        Self {
            kind: P::KIND,
            job: Box::new(job),
            when: When::Every(seconds),
        }
    }

    /// Runs a job at the times that a cron rule (`minute hour day month weekday`) names in a time
    /// zone, which is asked for each time the schedules are checked. A time that daylight saving skips is moved behind the gap; one that occurs twice counts
    /// once. A wildcard or step in hour or minute makes it an interval, which follows the clock.
    ///
    /// # Errors
    /// Where the rule is malformed.
    pub fn cron<P: Payload>(
        rule: &str,
        zone: impl Fn() -> Tz + Send + Sync + 'static,
        job: P,
    ) -> Result<Self, CronError> {
        Ok(Self {
            kind: P::KIND,
            job: Box::new(job),
            when: When::Cron(Box::new(Cron::from_str(rule)?), Box::new(zone)),
        })
    }

    /// Returns the kind of its job.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// The time of the first run after `now`; `None` where a rule names no time any more.
    fn next_after(&self, now: Time) -> Option<Time> {
        match &self.when {
            When::Every(seconds) => Some(now.plus_seconds(*seconds)),
            When::Cron(rule, zone) => {
                let now = now.utc().with_timezone(&zone());
                let next = rule.find_next_occurrence(&now, false).ok()?;
                Some(Time::new(next.to_utc()))
            }
        }
    }
}

/// All schedules of the instance, and what inserting their jobs takes.
#[derive(Clone)]
pub struct Scheduler {
    pub context: Context,
    /// Mints the id of a new row.
    pub new_id: Arc<dyn Fn() -> JobId + Send + Sync>,
    pub schedules: Arc<[Schedule]>,
}

impl Scheduler {
    /// Checks every minute, until the stop, that each schedule has its row.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut ticks = tokio::time::interval(CHECK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            let scheduler = self.clone();
            let write = move |db: &mut Db| scheduler.ensure_all(db).map_err(StoreError::from);
            if let Err(error) = self.context.store.write_read_committed(write).await {
                tracing::error!(%error, "cannot insert scheduled jobs");
            }
        }
    }

    /// Inserts the next run of each schedule, unless one waits already; that one is moved where its rule names another
    /// time.
    pub(super) fn ensure_all(&self, db: &mut Db) -> Result<(), SqlError> {
        self.schedules
            .iter()
            .try_for_each(|one| self.ensure(db, one))
    }

    /// Inserts the next run of a kind that has run, if it has a schedule.
    pub(super) fn finished(&self, db: &mut Db, kind: &str) -> Result<(), SqlError> {
        match self.schedules.iter().find(|one| one.kind == kind) {
            Some(schedule) => self.ensure(db, schedule),
            None => Ok(()),
        }
    }

    fn ensure(&self, db: &mut Db, schedule: &Schedule) -> Result<(), SqlError> {
        let now = self.context.now();
        let Some(run_at) = schedule.next_after(now) else {
            return Ok(());
        };
        if store::queue::jobs::count_of_kind(db, schedule.kind)? > 0 {
            return match schedule.when {
                // The rule or the zone may have been another one when it was inserted or checked last.
                When::Cron(..) => store::queue::jobs::reschedule(db, schedule.kind, now, run_at),
                When::Every(_) => Ok(()),
            };
        }
        let encoded = schedule.job.encode();
        let job = encoded.map_err(|error| SqlError::SerializationError(Box::new(error)))?;
        store::queue::jobs::insert_encoded(db, (self.new_id)(), job.scheduled(), run_at, now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Digest;
    use super::*;
    use chrono_tz::Europe::Zurich;

    fn at(text: &str) -> Time {
        Time::parse_rfc3339(text).unwrap()
    }

    /// The first three runs of a rule in Zurich after a moment.
    fn runs(rule: &str, after: &str) -> [String; 3] {
        let schedule = Schedule::cron(rule, || Zurich, Digest).unwrap();
        let mut now = at(after);
        std::array::from_fn(|_| {
            now = schedule.next_after(now).unwrap();
            now.to_rfc3339()
        })
    }

    #[test]
    fn a_period_counts_from_the_last_run() {
        let schedule = Schedule::every(3_600, Digest);
        let next = schedule.next_after(at("2027-01-01T00:20:00Z"));
        assert_eq!(next, Some(at("2027-01-01T01:20:00Z")));
    }

    #[test]
    fn a_daily_rule_keeps_its_local_time_over_the_change_of_the_clock() {
        // 28 March 2027 at 02:00, and 31 October 2027 at 03:00.
        assert_eq!(
            runs("30 7 * * *", "2027-03-27T00:00:00Z"),
            [
                "2027-03-27T06:30:00Z",
                "2027-03-28T05:30:00Z",
                "2027-03-29T05:30:00Z"
            ]
        );
        assert_eq!(
            runs("30 7 * * *", "2027-10-30T00:00:00Z"),
            [
                "2027-10-30T05:30:00Z",
                "2027-10-31T06:30:00Z",
                "2027-11-01T06:30:00Z"
            ]
        );
    }

    #[test]
    fn a_time_that_is_skipped_runs_after_the_gap() {
        assert_eq!(
            runs("30 2 * * *", "2027-03-27T12:00:00Z"),
            [
                "2027-03-28T01:00:00Z",
                "2027-03-29T00:30:00Z",
                "2027-03-30T00:30:00Z"
            ]
        );
    }

    #[test]
    fn a_time_that_occurs_twice_runs_once() {
        assert_eq!(
            runs("30 2 * * *", "2027-10-30T12:00:00Z"),
            [
                "2027-10-31T00:30:00Z",
                "2027-11-01T01:30:00Z",
                "2027-11-02T01:30:00Z"
            ]
        );
    }

    #[test]
    fn an_hourly_rule_follows_the_clock() {
        assert_eq!(
            runs("0 * * * *", "2027-03-28T00:30:00Z"),
            [
                "2027-03-28T01:00:00Z",
                "2027-03-28T02:00:00Z",
                "2027-03-28T03:00:00Z"
            ]
        );
    }

    #[test]
    fn a_malformed_rule_is_refused() {
        assert!(Schedule::cron("61 * * * *", || Zurich, Digest).is_err());
        assert!(Schedule::cron("soon", || Zurich, Digest).is_err());
    }
}
