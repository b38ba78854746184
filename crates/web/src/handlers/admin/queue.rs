//! The delivery and job queues: waiting and failed rows, with reasons; the mails in a list of their own.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx};
use httpkit::{App, paging};
use model::job::is_scheduled;
use model::peer::DeliveryState;
use model::{DeliveryId, JobId, Time};
use query::Db;
use query::notice_mail::MailDay;
use query::queue::QueuedJob;
use query::row::Delivery;

use super::page;
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::views::admin::{AdminTab, DayTable, Failure, MailDayRow, Queue, QueueRow};
use crate::views::parts::{Pager, Tab};

const PER_PAGE: usize = 50;

#[derive(Clone, Copy, PartialEq, Eq)]
enum QueueFilter {
    All,
    Failed,
    Waiting,
    Mail,
}

impl QueueFilter {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::All, "all", "queue-filter-all"),
        (Self::Failed, "failed", "queue-filter-failed"),
        (Self::Waiting, "waiting", "queue-filter-waiting"),
        (Self::Mail, "mail", "queue-filter-mail"),
    ];

    fn read(word: Option<&str>) -> Self {
        let found = Self::ALL.iter().find(|(_, name, _)| Some(*name) == word);
        found.map_or(Self::All, |(which, _, _)| *which)
    }

    /// The value of the parameter `show`.
    fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(which, _, _)| *which == self);
        found.map_or("all", |(_, word, _)| *word)
    }

    fn shows(self, state: DeliveryState) -> bool {
        match self {
            Self::All => true,
            Self::Failed => state == DeliveryState::Failed,
            Self::Waiting => state == DeliveryState::Waiting,
            Self::Mail => false,
        }
    }
}

#[derive(Default)]
struct QueueRows {
    deliveries: Vec<(Delivery, String, String)>,
    jobs: Vec<QueuedJob>,
    /// How the mails of notices ended on the last days.
    mail_days: Vec<MailDay>,
    /// The same of push messages.
    push_days: Vec<MailDay>,
    /// The cursor of the next page.
    next: Option<i64>,
}

/// Reads what a filter shows below a cursor: an id of a delivery, or of a job where mails are shown.
fn read(db: &mut Db, now: Time, which: QueueFilter, before: i64) -> Outcome<QueueRows> {
    if which == QueueFilter::Mail {
        return read_mails(db, now, JobId(before));
    }
    let mut rows = QueueRows::default();
    for state in [DeliveryState::Failed, DeliveryState::Waiting] {
        let remaining = PER_PAGE - rows.deliveries.len().min(PER_PAGE);
        if which.shows(state) && remaining > 0 {
            let some = query::queue::deliveries(db, state, DeliveryId(before), remaining as i64)?;
            rows.deliveries.extend(some);
        }
    }
    if before == i64::MAX {
        let jobs = query::queue::jobs(db, PER_PAGE as i64)?;
        rows.jobs = jobs
            .into_iter()
            .filter(|job| which.shows(job_state(job)) && !is_waiting_schedule(job))
            .collect();
    }
    // Only a list of one state goes on below a cursor.
    if which != QueueFilter::All && rows.deliveries.len() == PER_PAGE {
        rows.next = rows.deliveries.last().map(|(row, _, _)| row.id.0);
    }
    Ok(rows)
}

fn read_mails(db: &mut Db, now: Time, before: JobId) -> Outcome<QueueRows> {
    let (mail_days, push_days) = match before {
        JobId(i64::MAX) => (
            query::notice_mail::days(db, now)?,
            query::notice_push::days(db, now)?,
        ),
        JobId(_) => Default::default(),
    };
    let mut jobs = query::queue::mails(db, before, PER_PAGE as i64 + 1)?;
    let more = jobs.len() > PER_PAGE;
    jobs.truncate(PER_PAGE);
    Ok(QueueRows {
        next: jobs.last().filter(|_| more).map(|job| job.row.id.0),
        jobs,
        mail_days,
        push_days,
        ..QueueRows::default()
    })
}

fn job_state(job: &QueuedJob) -> DeliveryState {
    if job.row.dead {
        DeliveryState::Failed
    } else {
        DeliveryState::Waiting
    }
}

/// Whether a job only waits for its time in a schedule, as one always does: it is shown only where it
/// fails.
fn is_waiting_schedule(QueuedJob { row, .. }: &QueuedJob) -> bool {
    is_scheduled(row.order_key.as_deref()) && row.attempts == 0 && !row.dead
}

/// `GET /admin/queue?show=all|failed|waiting|mail`
pub async fn list(request: PageRequest) -> Page {
    let which = QueueFilter::read(request.q("show"));
    let before: i64 = paging::read_id(request.q("before"))?;
    let (f, counts, rows) = page(&request, move |db, reader| {
        read(db, reader.now, which, before)
    })
    .await?;
    let jobs = rows.jobs.iter().map(|row| job(&f, row));
    let retries_all = counts.failed > 0 && which != QueueFilter::Mail;
    show(&Queue {
        tabs: counts.tabs(&f, AdminTab::Queue),
        filters: filters(&f, which),
        intro: intro(&f, which, counts.queued, counts.failed),
        days: day_tables(&f, &rows),
        rows: jobs
            .chain(rows.deliveries.iter().map(|row| delivery(&f, row)))
            .collect(),
        pager: Pager {
            next: rows
                .next
                .map(|id| format!("?show={}&before={id}", which.word())),
            ..Pager::default()
        },
        retry_all_url: retries_all.then(|| "/admin/queue/retry-all".to_owned()),
        f,
    })
}

fn day_tables(f: &Frame, rows: &QueueRows) -> Vec<DayTable> {
    let all = [
        ("queue-mail-days", &rows.mail_days),
        ("queue-push-days", &rows.push_days),
    ];
    let tables = all.into_iter().map(|(caption, days)| DayTable {
        caption: f.text(caption),
        rows: days.iter().map(mail_day).collect(),
    });
    tables.filter(|table| !table.rows.is_empty()).collect()
}

fn mail_day(row: &MailDay) -> MailDayRow {
    MailDayRow {
        day: row.day.utc(),
        sent: row.sent,
        refused: row.refused,
        given_up: row.given_up,
    }
}

fn intro(f: &Frame, which: QueueFilter, waiting: i64, failed: i64) -> String {
    if which == QueueFilter::Mail {
        return f.text("queue-mail-intro").to_owned();
    }
    let waiting = f.message("queue-waiting").arg("count", waiting);
    let failed = f.message("queue-failed").arg("count", failed);
    format!("{waiting} {failed}")
}

fn filters(f: &Frame, here: QueueFilter) -> Vec<Tab> {
    QueueFilter::ALL
        .map(|(which, word, key)| {
            Tab::new(
                f.text(key),
                format!("/admin/queue?show={word}"),
                which == here,
            )
        })
        .to_vec()
}

/// The activities that have a message of their own.
const ACTIVITIES: &[&str] = &[
    "accept",
    "add",
    "announce",
    "block",
    "chooseanswer",
    "create",
    "delete",
    "flag",
    "follow",
    "like",
    "move",
    "reject",
    "remove",
    "undo",
    "update",
];

/// What an activity of a type says, in the reader's language.
pub(super) fn activity(f: &Frame, kind: &str) -> &'static str {
    let kind = kind.to_lowercase();
    let known = ACTIVITIES.iter().find(|known| **known == kind);
    f.text(&format!("delivery-{}", known.unwrap_or(&"other")))
}

fn delivery(f: &Frame, (row, host, kind): &(Delivery, String, String)) -> QueueRow {
    let failed = row.state == DeliveryState::Failed;
    QueueRow {
        what: activity(f, kind).to_owned(),
        to: Some(host.clone()),
        made: row.created_at.utc(),
        attempts: attempts(row.attempts, row.last_error.as_deref()),
        failed,
        reason: row.last_error.as_deref().map(|text| Failure::new(f, text)),
        next_at: (!failed).then(|| row.next_at.utc()),
        retry_url: Some(format!("/admin/queue/deliveries/{}/retry", row.id)),
    }
}

/// How often it was tried, as far as it is known: what is counted is refusals of the activity, not
/// failures of its server.
fn attempts(refusals: i32, last_error: Option<&str>) -> i64 {
    i64::from(refusals).max(i64::from(last_error.is_some()))
}

fn job(f: &Frame, QueuedJob { row, mail }: &QueuedJob) -> QueueRow {
    let (what, to) = match mail {
        Some(mail) => (
            format!("mail-kind-{}", mail.kind),
            Some(format!("@{}", mail.handle)),
        ),
        None => (format!("job-{}", row.kind.replace('_', "-")), None),
    };
    let failure = match mail {
        Some(_) => Failure::of_mail,
        None => Failure::new,
    };
    QueueRow {
        what: f.text(&what).to_owned(),
        to,
        made: row.created_at.utc(),
        attempts: i64::from(row.attempts),
        failed: row.dead,
        reason: row.last_error.as_deref().map(|text| failure(f, text)),
        next_at: (!row.dead).then(|| row.run_at.utc()),
        // One that waits runs at its time: before it, the end of a poll would be lost.
        retry_url: row
            .dead
            .then(|| format!("/admin/queue/jobs/{}/retry", row.id)),
    }
}

/// `POST /admin/queue/deliveries/{id}/retry`
pub async fn retry_delivery(
    State(app): State<App>,
    PathParam(id): PathParam<DeliveryId>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::peer::retry_delivery(tx, by, id);
    app.ops().write(verb).await?;
    redirect_with_flash(&signed_in.posted.back("/admin/queue"), "retrying")
}

/// `POST /admin/queue/jobs/{id}/retry`
pub async fn retry_job(
    State(app): State<App>,
    PathParam(id): PathParam<JobId>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::peer::retry_job(tx, by, id);
    app.ops().write(verb).await?;
    redirect_with_flash(&signed_in.posted.back("/admin/queue"), "retrying")
}

/// `POST /admin/queue/retry-all`
pub async fn retry_all(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::peer::retry_all(tx, by);
    app.ops().write(verb).await?;
    redirect_with_flash(&signed_in.posted.back("/admin/queue"), "retrying")
}
