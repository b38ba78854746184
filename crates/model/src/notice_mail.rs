//! Notices by mail: of what, how often and when somebody is told, and what becomes of a mail.

use crate::job::Payload;
use crate::notice::NoticeKind;
use crate::{ActorId, JobId, MailId, PostId, Time, text_enum};
use chrono::{Datelike, Days, LocalResult, NaiveTime, TimeDelta, TimeZone};
use serde::{Deserialize, Serialize};

/// How long a mail waits for more of the same thread, in seconds.
pub const PAUSE_SECONDS: i64 = 120;
/// Mails at once that somebody gets in an hour; the digest tells of what is above.
pub const HOUR_MAX: i64 = 20;
/// A digest that is later than this is not sent any more, in seconds: a day.
pub const DIGEST_LATE_SECONDS: i64 = 86_400;
/// New threads of one community that a digest lists.
pub const DIGEST_THREADS: usize = 8;
/// Notices that a mail tells of.
pub const NOTICES_MAX: i64 = 20;
/// How long the beginning of a text in a mail is, in characters.
pub const EXCERPT_MAX: usize = 400;

text_enum! {
    /// What notices are of, as people choose how often to be told.
    MailTopic labelled "mail-topic" {
        /// What is written to me, and what becomes of what I wrote.
        Written = "written",
        /// Replies in threads that I watch.
        Watched = "watched",
        /// Who follows me, or a community I care for.
        Followers = "followers",
        /// Accounts that wait for approval (to admins).
        Approval = "approval",
        /// New threads of the communities that I follow.
        Community = "community",
    }
}

text_enum! {
    /// How often somebody is told.
    Rhythm labelled "rhythm" {
        /// A mail for each.
        AtOnce = "at-once",
        /// In the digest of each day.
        Daily = "daily",
        /// In the digest of one day of the week.
        Weekly = "weekly",
        /// Not by mail.
        Never = "never",
    }
}

text_enum! {
    /// What has become of a mail.
    MailState labelled "mail-state" {
        /// It waits for its time, or for the mail server.
        Queued = "queued",
        /// It is being handed over.
        Sending = "sending",
        /// The mail server has taken it.
        Sent = "sent",
        /// The mail server refuses it for good.
        Refused = "refused",
        /// The mail server could not be reached for too long.
        GivenUp = "given-up",
    }
}

impl MailTopic {
    /// Returns the topic of a notice.
    #[must_use]
    pub const fn of(kind: NoticeKind) -> Self {
        match kind {
            NoticeKind::Reply
            | NoticeKind::Accepted
            | NoticeKind::Mention
            | NoticeKind::Removed
            | NoticeKind::Refused
            | NoticeKind::PollEnded
            | NoticeKind::JoinRequest
            | NoticeKind::JoinAsked
            | NoticeKind::JoinInvited
            | NoticeKind::InvitationAccepted
            | NoticeKind::InvitationDeclined
            | NoticeKind::JoinAccepted
            | NoticeKind::JoinDeclined
            | NoticeKind::Role
            | NoticeKind::Report
            | NoticeKind::ReportDismissed
            | NoticeKind::ReportActed
            | NoticeKind::Held
            | NoticeKind::Released
            | NoticeKind::HeldRefused
            | NoticeKind::Appeal
            | NoticeKind::Restored
            | NoticeKind::AppealRefused
            | NoticeKind::Warned
            | NoticeKind::Excluded => Self::Written,
            NoticeKind::Watched => Self::Watched,
            NoticeKind::Follow | NoticeKind::Moved => Self::Followers,
            NoticeKind::Approval => Self::Approval,
        }
    }

    /// Returns how often somebody is told who has chosen nothing.
    #[must_use]
    pub const fn usual(self) -> Rhythm {
        match self {
            Self::Written | Self::Approval => Rhythm::AtOnce,
            Self::Watched => Rhythm::Daily,
            Self::Community => Rhythm::Weekly,
            Self::Followers => Rhythm::Never,
        }
    }
}

/// What a link turns off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsubscribe {
    Topic(MailTopic),
    /// New threads of one community.
    Community(ActorId),
    /// Everything that comes daily or weekly.
    Digest,
}

impl Unsubscribe {
    /// Returns the word that stands in the link.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Topic(topic) => topic.to_string(),
            Self::Community(id) => format!("community-{id}"),
            Self::Digest => "digest".to_owned(),
        }
    }

    /// Reads the word of a link.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        match word.strip_prefix("community-") {
            Some(id) => id.parse().ok().map(Self::Community),
            None if word == "digest" => Some(Self::Digest),
            None => word.parse().ok().map(Self::Topic),
        }
    }
}

/// When somebody gets mail, in the zone of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailHours {
    /// Of the digest: 0 to 23.
    pub hour: u32,
    /// Of the weekly one: 1 (Monday) to 7.
    pub weekday: u32,
    /// The hours between which nothing is sent at once, from the first to before the second.
    pub quiet: Option<(u32, u32)>,
}

impl Default for MailHours {
    fn default() -> Self {
        Self {
            hour: 7,
            weekday: 1,
            quiet: None,
        }
    }
}

impl MailHours {
    /// Returns when the next digest is due after a moment.
    #[must_use]
    pub fn next_digest<Z: TimeZone>(&self, zone: &Z, after: Time) -> Time {
        next_hour(zone, self.hour, after)
    }

    /// Whether a digest that is due at a moment is also the weekly one.
    #[must_use]
    pub fn is_weekly<Z: TimeZone>(&self, zone: &Z, due: Time) -> bool {
        let day = due.utc().with_timezone(zone).weekday();
        day.number_from_monday() == self.weekday
    }

    /// Returns when a mail may be sent that is ready at a moment: the end of the quiet hours it is in.
    #[must_use]
    pub fn not_quiet<Z: TimeZone>(&self, zone: &Z, at: Time) -> Time {
        let Some((from, to)) = self.quiet.filter(|(from, to)| from != to) else {
            return at;
        };
        let hour = chrono::Timelike::hour(&at.utc().with_timezone(zone));
        let is_quiet = match from < to {
            true => from <= hour && hour < to,
            false => hour >= from || hour < to,
        };
        match is_quiet {
            true => next_hour(zone, to, at),
            false => at,
        }
    }
}

/// The first time after a moment at which it is this hour in a zone. An hour that a change to summer time
/// skips is the end of the gap; of one that occurs twice, the first counts.
fn next_hour<Z: TimeZone>(zone: &Z, hour: u32, after: Time) -> Time {
    let today = after.utc().with_timezone(zone).date_naive();
    let wall = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
    let days = (0..3).filter_map(|days| today.checked_add_days(Days::new(days)));
    let mut times = days.filter_map(|day| at_wall_time(zone, day.and_time(wall)));
    times
        .find(|at| *at > after)
        .unwrap_or_else(|| after.plus_seconds(86_400))
}

fn at_wall_time<Z: TimeZone>(zone: &Z, wall: chrono::NaiveDateTime) -> Option<Time> {
    // No zone skips more than a day; most skip an hour.
    let mut quarters = (0..=96).map(|quarter| wall + TimeDelta::minutes(15 * quarter));
    quarters.find_map(|wall| match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(Time::new(at.to_utc())),
        LocalResult::None => None,
    })
}

/// Two days and an hour or so, hours apart: a mail server may be away for a weekend's night.
const RETRY_SECONDS: &[i64] = &[
    120, 600, 3_600, 10_800, 21_600, 21_600, 28_800, 28_800, 28_800, 28_800,
];

/// Sends the mail of some notices, or of a new thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendNoticeMail {
    pub mail: MailId,
}

impl Payload for SendNoticeMail {
    const KIND: &'static str = "send_notice_mail";
    const RETRY_SECONDS: &'static [i64] = RETRY_SECONDS;
}

/// Sends somebody's digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendDigest {
    pub account: ActorId,
    pub due: Time,
    /// What came since then of the daily topics, until it was due.
    pub daily_from: Time,
    /// The same of the weekly topics; `None` on the other days.
    pub weekly_from: Option<Time>,
}

impl Payload for SendDigest {
    const KIND: &'static str = "send_digest";
    const RETRY_SECONDS: &'static [i64] = RETRY_SECONDS;
}

impl SendDigest {
    /// Returns the id of its mail: each job has one, however often it runs.
    #[must_use]
    pub const fn mail(job: JobId) -> MailId {
        MailId(job.0)
    }

    /// Whether it is too late to send it.
    #[must_use]
    pub fn is_late(&self, now: Time) -> bool {
        now > self.due.plus_seconds(DIGEST_LATE_SECONDS)
    }
}

/// Queues the digests that are due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueDigests;

impl Payload for QueueDigests {
    const KIND: &'static str = "queue_digests";
}

/// Mails a new thread to the followers of its community who want each at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailNewThread {
    pub post: PostId,
}

impl Payload for MailNewThread {
    const KIND: &'static str = "mail_new_thread";
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    fn at(text: &str) -> Time {
        Time::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn links_name_what_they_turn_off() {
        for what in [
            Unsubscribe::Topic(MailTopic::Written),
            Unsubscribe::Community(ActorId(7)),
            Unsubscribe::Digest,
        ] {
            assert_eq!(Unsubscribe::read(&what.word()), Some(what));
        }
        assert_eq!(Unsubscribe::read("community-x"), None);
        assert_eq!(Unsubscribe::read("everything"), None);
    }

    #[test]
    fn a_mail_waits_for_the_end_of_the_quiet_hours() {
        let east = FixedOffset::west_opt(5 * 3_600).unwrap();
        let hours = MailHours {
            quiet: Some((21, 6)),
            ..MailHours::default()
        };
        for (ready, sent) in [
            ("2026-11-30T12:00:00Z", "2026-11-30T12:00:00Z"),
            ("2026-12-01T02:30:00Z", "2026-12-01T11:00:00Z"),
            ("2026-12-01T10:59:00Z", "2026-12-01T11:00:00Z"),
            ("2026-12-01T11:00:00Z", "2026-12-01T11:00:00Z"),
        ] {
            assert_eq!(hours.not_quiet(&east, at(ready)), at(sent), "{ready}");
        }
    }

    #[test]
    fn the_digest_is_due_at_its_hour_and_weekly_on_its_day() {
        let hours = MailHours::default();
        let due = hours.next_digest(&chrono::Utc, at("2026-11-29T07:00:00Z"));
        assert_eq!(due, at("2026-11-30T07:00:00Z"), "strictly after");
        assert!(hours.is_weekly(&chrono::Utc, due), "a Monday");
        assert!(!hours.is_weekly(&chrono::Utc, due.plus_seconds(86_400)));
    }

    #[test]
    fn mails_are_tried_for_two_days() {
        assert!(RETRY_SECONDS.iter().sum::<i64>() >= 2 * 86_400);
    }
}
