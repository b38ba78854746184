//! Moderation: reporting a post, what a moderator does with it and about a person, the queues, bans, the log, and the page on
//! which the author of a removed post asks for it back.

use askama::Template;
use chrono::{DateTime, Utc};
use model::access::SpacePosting;
use model::limits::MODERATION_TEXT_MAX;
use model::moderation::{BanLength, ModerationKind, PersonAct, PostAct, ReportReason};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::{Pager, Person, PlaceLink, Tab};

/// A post outside of its thread.
#[derive(Debug, Clone)]
pub struct PostCard {
    pub author: Person,
    pub at: DateTime<Utc>,
    /// Of its thread.
    pub title: String,
    /// Sanitized markup.
    pub body_html: String,
    /// The warning about its content, plain.
    pub warning: Option<String>,
    /// Language of the text; empty where it is unknown.
    pub lang: String,
    /// In its thread.
    pub url: String,
    /// What it said before; `None` where it was not edited.
    pub history_url: Option<String>,
    /// Where a moderator decides.
    pub moderate_url: String,
}

/// A report of a post.
#[derive(Debug, Clone)]
pub struct ReportLine {
    pub by: Person,
    pub at: DateTime<Utc>,
    pub reason: ReportReason,
    pub text: String,
}

/// A post with its open reports.
#[derive(Debug, Clone)]
pub struct ReportedCard {
    pub post: PostCard,
    pub reports: Vec<ReportLine>,
}

/// A removed post whose author asks for it back.
#[derive(Debug, Clone)]
pub struct AppealCard {
    pub post: PostCard,
    pub text: String,
}

/// `/p/{id}/report`
#[derive(Debug, Template)]
#[template(path = "moderation/report.html")]
pub struct Report {
    pub f: Frame,
    pub place: PlaceLink,
    pub post: PostCard,
    pub form: Form,
}

/// `/p/{id}/moderate`
#[derive(Debug, Template)]
#[template(path = "moderation/post.html")]
pub struct ModeratePost {
    pub f: Frame,
    pub place: PlaceLink,
    /// The queue that it is in.
    pub queue_url: String,
    pub post: PostCard,
    pub reports: Vec<ReportLine>,
    pub state: Vec<&'static str>,
    /// Why it was removed.
    pub reason: String,
    /// It was removed, and its words are not kept any more.
    pub is_gone: bool,
    /// What its author says who asks for it back.
    pub appeal: Option<String>,
    pub acts: Vec<PostAct>,
    pub form: Form,
    /// Bans, warns or notes the author.
    pub person_url: Option<String>,
}

impl ModeratePost {
    /// The classes of an act's button.
    fn class(act: &PostAct) -> &'static str {
        match act {
            PostAct::Remove | PostAct::Refuse | PostAct::RefuseAppeal => "btn ghost danger",
            PostAct::Release | PostAct::Restore | PostAct::Dismiss => "btn",
            PostAct::Lock | PostAct::Unlock | PostAct::Pin | PostAct::Unpin => "btn ghost",
        }
    }

    fn icon(act: &PostAct) -> &'static str {
        match act {
            PostAct::Remove => "delete",
            PostAct::Refuse | PostAct::RefuseAppeal => "x",
            PostAct::Release | PostAct::Dismiss => "check",
            PostAct::Restore => "history",
            PostAct::Lock | PostAct::Unlock => "key",
            PostAct::Pin | PostAct::Unpin => "arrow",
        }
    }
}

/// `/p/{id}/appeal`
#[derive(Debug, Template)]
#[template(path = "moderation/appeal.html")]
pub struct Appeal {
    pub f: Frame,
    pub place: PlaceLink,
    pub post: PostCard,
    pub reason: String,
    /// The key of what came of asking for it back; `None` where the form is shown.
    pub state: Option<&'static str>,
    pub form: Form,
}

/// `/c/{handle}/moderation`
#[derive(Debug, Template)]
#[template(path = "moderation/queue.html")]
pub struct Queue {
    pub f: Frame,
    pub place: PlaceLink,
    pub tabs: Vec<Tab>,
    pub reports: Vec<ReportedCard>,
    pub held: Vec<PostCard>,
    pub appeals: Vec<AppealCard>,
    /// Chooses whether posts in the common space wait.
    pub form: Option<Form>,
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub struct LogLine {
    pub kind: ModerationKind,
    pub at: DateTime<Utc>,
    pub by: Option<Person>,
    /// Whom it is about, and the page on which moderators read of them.
    pub who: Option<(Person, String)>,
    /// The thread: title, language, address.
    pub thread: Option<(String, String, String)>,
    pub until: Option<DateTime<Utc>>,
    pub reason: String,
    pub note: String,
}

/// `/c/{handle}/moderation/log`
#[derive(Debug, Template)]
#[template(path = "moderation/log.html")]
pub struct Log {
    pub f: Frame,
    pub place: PlaceLink,
    /// For moderators.
    pub tabs: Vec<Tab>,
    pub log: Vec<LogLine>,
    pub pager: Pager,
}

/// `/c/{handle}/moderation/bans`
#[derive(Debug, Template)]
#[template(path = "moderation/bans.html")]
pub struct Bans {
    pub f: Frame,
    pub place: PlaceLink,
    pub tabs: Vec<Tab>,
    /// Who, until when, and the page on which it is lifted.
    pub bans: Vec<(Person, Option<DateTime<Utc>>, String)>,
    pub pager: Pager,
}

/// `/c/{handle}/moderation/people/{id}`
#[derive(Debug, Template)]
#[template(path = "moderation/person.html")]
pub struct ModeratePerson {
    pub f: Frame,
    pub place: PlaceLink,
    pub queue_url: String,
    pub person: Person,
    pub role: Option<model::MemberRole>,
    /// Until when they are banned; the inner `None` is for good.
    pub ban: Option<Option<DateTime<Utc>>>,
    pub acts: Vec<PersonAct>,
    pub form: Form,
    pub log: Vec<LogLine>,
}

impl ModeratePerson {
    fn class(act: &PersonAct) -> &'static str {
        match act {
            PersonAct::Ban => "btn ghost danger",
            PersonAct::Warn | PersonAct::LiftBan | PersonAct::Note => "btn ghost",
        }
    }

    fn icon(act: &PersonAct) -> &'static str {
        match act {
            PersonAct::Ban => "ban",
            PersonAct::Warn => "warn",
            PersonAct::LiftBan => "check",
            PersonAct::Note => "edit",
        }
    }
}

/// `/c/{handle}/moderation/me`
#[derive(Debug, Template)]
#[template(path = "moderation/own.html")]
pub struct OwnRecord {
    pub f: Frame,
    pub place: PlaceLink,
    /// Until when the reader is banned; the inner `None` is for good.
    pub ban: Option<Option<DateTime<Utc>>>,
    pub log: Vec<LogLine>,
}

/// `/admin/reports`: what administrators decide, and the communities whose reports wait.
#[derive(Debug, Template)]
#[template(path = "moderation/admin.html")]
pub struct AdminReports {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub reports: Vec<ReportedCard>,
    pub appeals: Vec<AppealCard>,
    /// Communities with reports, how many, and since when.
    pub communities: Vec<(PlaceLink, i64, DateTime<Utc>)>,
}

fn area(f: &Frame, name: &str, label: &str, hint: &str) -> Field {
    let kind = Kind::Area {
        rows: 3,
        markdown: false,
    };
    Field::new(name, kind, f.text(label))
        .hint(f.text(hint))
        .max(MODERATION_TEXT_MAX)
}

/// The fields of a report: `why text`.
#[must_use]
pub fn report_form(f: &Frame, action: &str) -> Form {
    let choices = ReportReason::ALL.iter();
    let choices = choices.map(|one| Choice::new(one.as_str(), f.text(one.label())));
    let why = Field::new("why", Kind::Radios(choices.collect()), f.text("report-why"))
        .required(f.text("enter-report-reason"));
    let text =
        area(f, "text", "report-words", "report-words-hint").missing(f.text("enter-report-words"));
    Form::new(action).with(why).with(text)
}

/// The fields `reason note` of what a moderator writes.
#[must_use]
pub fn words_form(f: &Frame, action: &str) -> Form {
    let reason = area(f, "reason", "moderation-reason", "moderation-reason-hint")
        .missing(f.text("enter-moderation-reason"));
    let note = area(f, "note", "moderation-note", "moderation-note-hint")
        .missing(f.text("enter-moderation-note"));
    Form::new(action).with(reason).with(note)
}

/// The fields of what a moderator does about a person: `reason note`, and `until removes post` for a ban.
#[must_use]
pub fn person_form(f: &Frame, action: &str, bannable: bool, post: &str) -> Form {
    let form = words_form(f, action).with(Field::new("post", Kind::Hidden, "").value(post));
    if !bannable {
        return form;
    }
    let choices = BanLength::ALL.iter();
    let choices = choices.map(|one| Choice::new(one.as_str(), f.text(one.label())));
    let until = Field::new(
        "until",
        Kind::Select(choices.collect()),
        f.text("ban-length"),
    )
    .value(BanLength::Week.as_str());
    let removes = Field::new("removes", Kind::Check, f.text("ban-removes"));
    form.with(until).with(removes)
}

/// The field `text` of the author of a removed post.
#[must_use]
pub fn appeal_form(f: &Frame, action: &str) -> Form {
    let kind = Kind::Area {
        rows: 4,
        markdown: false,
    };
    let text = Field::new("text", kind, f.text("appeal-words"))
        .max(MODERATION_TEXT_MAX)
        .required(f.text("enter-appeal"));
    Form::new(action).with(text)
}

/// The field `posting`: whether posts in the common space wait.
#[must_use]
pub fn review_form(f: &Frame, action: &str, posting: SpacePosting) -> Form {
    let choices = [
        SpacePosting::All,
        SpacePosting::ReviewFirst,
        SpacePosting::Review,
    ];
    let choices = choices.map(|one| Choice::new(one.as_str(), f.text(one.label())));
    let field = Field::new(
        "posting",
        Kind::Radios(choices.to_vec()),
        f.text("space-posting"),
    )
    .hint(f.text("moderation-review-hint"))
    .value(posting.as_str());
    Form::new(action).with(field)
}

#[cfg(test)]
mod tests;
