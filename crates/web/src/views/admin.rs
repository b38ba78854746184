//! Administration: accounts, invitations, peers, the delivery queue, settings.

pub mod account;
pub mod erase;
pub mod rule;

use askama::Template;
use chrono::{DateTime, Utc};
use model::mail::MailFailureKind;
use model::peer::FailureKind;

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::{Pager, PlaceLink, Tab};
use crate::views::setup::site_fields;

/// The current admin page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminTab {
    Overview,
    Accounts,
    Communities,
    Organizations,
    Reports,
    Invitations,
    Peers,
    Queue,
    Settings,
}

/// The tabs above every admin page; `waiting` accounts and `failed` deliveries are counted.
#[must_use]
pub fn admin_tabs(f: &Frame, here: AdminTab, waiting: i64, failed: i64) -> Vec<Tab> {
    [
        (AdminTab::Overview, "admin-overview", "/admin"),
        (AdminTab::Accounts, "admin-accounts", "/admin/accounts"),
        (
            AdminTab::Communities,
            "admin-communities",
            "/admin/communities",
        ),
        (
            AdminTab::Organizations,
            "organizations",
            "/admin/organizations",
        ),
        (AdminTab::Reports, "admin-reports", "/admin/reports"),
        (
            AdminTab::Invitations,
            "admin-invitations",
            "/admin/invitations",
        ),
        (AdminTab::Peers, "admin-peers", "/admin/peers"),
        (AdminTab::Queue, "admin-queue", "/admin/queue"),
        (AdminTab::Settings, "admin-settings", "/admin/settings"),
    ]
    .map(|(tab, key, url)| {
        let made = Tab::new(f.text(key), url, tab == here);
        match tab {
            AdminTab::Accounts => made.count(waiting),
            AdminTab::Queue => made.count(failed),
            AdminTab::Overview
            | AdminTab::Communities
            | AdminTab::Organizations
            | AdminTab::Reports
            | AdminTab::Invitations
            | AdminTab::Peers
            | AdminTab::Settings => made,
        }
    })
    .to_vec()
}

/// A number of the overview, with a link.
#[derive(Debug, Clone)]
pub struct Figure {
    pub n: i64,
    pub label: String,
    pub url: String,
    /// Whether it needs attention.
    pub care: bool,
}

/// `/admin`
#[derive(Debug, Template)]
#[template(path = "admin/overview.html")]
pub struct Overview {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub figures: Vec<Figure>,
    pub version: String,
    /// `SQLite` or `PostgreSQL`.
    pub database: String,
    pub public_url: String,
    pub since: DateTime<Utc>,
}

/// `/admin/communities`: those without anybody who can look after them.
#[derive(Debug, Template)]
#[template(path = "admin/communities.html")]
pub struct WithoutFacilitator {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub communities: Vec<PlaceLink>,
    pub form: Form,
}

/// The fields of giving a community away: `community person`.
#[must_use]
pub fn give_form(f: &Frame, communities: Vec<Choice>) -> Form {
    let person = Field::new("person", Kind::Text, f.text("give-person"));
    Form::new("/admin/communities")
        .with(Field::new(
            "community",
            Kind::Select(communities),
            f.text("give-community"),
        ))
        .with(
            person
                .hint(f.text("give-person-hint"))
                .autocomplete("off")
                .missing(f.text("enter-person")),
        )
}

/// A valid invitation.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    pub code: String,
    /// The sign-up link with the code.
    pub url: String,
    pub by: String,
    /// Remaining uses.
    pub left: i64,
    pub expires: DateTime<Utc>,
    pub withdraw_url: String,
}

/// `/admin/invitations`
#[derive(Debug, Template)]
#[template(path = "admin/invitations.html")]
pub struct Invitations {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub invitations: Vec<InvitationRow>,
    pub form: Form,
}

/// The fields of an invitation: `uses days`.
#[must_use]
pub fn invitation_form(f: &Frame) -> Form {
    let uses = [
        ("1", "invite-once"),
        ("10", "invite-ten"),
        ("100", "invite-hundred"),
    ];
    let days = [
        ("7", "invite-week"),
        ("30", "invite-month"),
        ("365", "invite-year"),
    ];
    let choose = |name: &str, key: &str, options: [(&str, &str); 3], first: &str| {
        let choices = options.map(|(value, key)| Choice::new(value, f.text(key)));
        Field::new(name, Kind::Select(choices.to_vec()), f.text(key)).value(first)
    };
    Form::new("/admin/invitations")
        .with(choose("uses", "invite-uses", uses, "1"))
        .with(choose("days", "invite-days", days, "30"))
}

/// Why something failed: a sentence, and the exact text for who looks into it.
#[derive(Debug, Clone)]
pub struct Failure {
    pub sentence: &'static str,
    pub details: String,
}

impl Failure {
    /// Describes the stored text of an error.
    #[must_use]
    pub fn new(f: &Frame, details: &str) -> Self {
        let kind = FailureKind::of(details);
        Self {
            sentence: f.text(&format!("failure-{kind}")),
            details: details.to_owned(),
        }
    }

    /// Describes the stored text of why a mail was not sent.
    #[must_use]
    pub fn of_mail(f: &Frame, details: &str) -> Self {
        let kind = MailFailureKind::of(details);
        Self {
            sentence: f.text(&format!("mail-failure-{kind}")),
            details: details.to_owned(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerStatus {
    Normal,
    /// Deliveries failed recently and are retried.
    Failing,
    /// Unreachable for a week: nothing is queued until the peer sends something.
    Parked,
    /// A rule shows it only to those who follow there.
    Silenced,
    /// A rule blocks it.
    Blocked,
}

impl PeerStatus {
    fn key(self) -> &'static str {
        match self {
            PeerStatus::Normal => "peer-ok",
            PeerStatus::Failing => "peer-failing",
            PeerStatus::Parked => "peer-parked",
            PeerStatus::Silenced => "peer-silenced",
            PeerStatus::Blocked => "peer-blocked",
        }
    }

    fn class(self) -> &'static str {
        match self {
            PeerStatus::Normal => "kind-hedge",
            PeerStatus::Failing | PeerStatus::Silenced => "kind-sun",
            PeerStatus::Parked | PeerStatus::Blocked => "kind-berry",
        }
    }
}

/// A delivery that failed: what, when and why.
#[derive(Debug, Clone)]
pub struct FailedDelivery {
    /// What was sent, in the reader's language.
    pub what: String,
    pub at: DateTime<Utc>,
    pub failure: Failure,
}

/// Another server.
#[derive(Debug, Clone)]
pub struct PeerRow {
    pub host: String,
    /// `NodeBB 4.6`, where known.
    pub software: Option<String>,
    pub state: PeerStatus,
    /// First seen.
    pub seen: DateTime<Utc>,
    pub last_contact: Option<DateTime<Utc>>,
    /// Failures in a row.
    pub failures: i64,
    /// The last activity that could not be delivered.
    pub last_failure: Option<FailedDelivery>,
    /// When it is tried next, while it is failing.
    pub retry_at: Option<DateTime<Utc>>,
    pub waiting: i64,
    /// Deliveries dropped after a month without contact.
    pub discarded: i64,
    pub retry_url: String,
}

/// `/admin/peers`
#[derive(Debug, Template)]
#[template(path = "admin/peers.html")]
pub struct Peers {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    /// The two pages about other servers.
    pub parts: Vec<Tab>,
    pub filters: Vec<Tab>,
    pub peers: Vec<PeerRow>,
    pub pager: Pager,
}

/// A delivery or job that waits or failed.
#[derive(Debug, Clone)]
pub struct QueueRow {
    /// What it is, in the reader's language.
    pub what: String,
    /// Where it goes: the host of a delivery, the handle of a mail's account.
    pub to: Option<String>,
    pub made: DateTime<Utc>,
    pub attempts: i64,
    /// Failed for good: retried only by hand.
    pub failed: bool,
    /// Why it failed last.
    pub reason: Option<Failure>,
    pub next_at: Option<DateTime<Utc>>,
    /// Where it is tried again now; `None` for a job that waits for its time.
    pub retry_url: Option<String>,
}

/// How the mails of notices ended on one day.
#[derive(Debug, Clone)]
pub struct MailDayRow {
    pub day: DateTime<Utc>,
    pub sent: i64,
    pub refused: i64,
    pub given_up: i64,
}

/// How messages of a kind ended on the last days.
#[derive(Debug, Clone)]
pub struct DayTable {
    pub caption: &'static str,
    pub rows: Vec<MailDayRow>,
}

/// `/admin/queue`
#[derive(Debug, Template)]
#[template(path = "admin/queue.html")]
pub struct Queue {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub filters: Vec<Tab>,
    pub intro: String,
    /// How mails and push messages of notices ended on the last days, where mails are shown.
    pub days: Vec<DayTable>,
    pub rows: Vec<QueueRow>,
    pub pager: Pager,
    /// The action of "try all again", when something failed.
    pub retry_all_url: Option<String>,
}

/// `/admin/settings`
#[derive(Debug, Template)]
#[template(path = "admin/settings.html")]
pub struct Settings {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub form: Form,
    pub public_url: String,
    /// The pages of the instance, with the address where each is edited.
    pub pages: Vec<Tab>,
}

/// The fields of the site settings, see [`site_fields`].
#[must_use]
pub fn settings_form(f: &Frame) -> Form {
    let second_factor = Field::new("second_factor", Kind::Check, f.text("admin-second-factor"))
        .hint(f.text("admin-second-factor-hint"));
    Form::new("/admin/settings")
        .with_all(site_fields(f))
        .with(second_factor)
}

#[cfg(test)]
mod tests;
