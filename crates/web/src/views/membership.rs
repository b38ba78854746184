//! Joining a community: the form, the request of whoever asked, the requests that facilitators decide on, how people
//! join, and the role of a member.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::membership::{answer_field, question_field};
use model::limits::{JOIN_ANSWER_MAX, JOIN_QUESTION_MAX, JOIN_QUESTIONS_MAX};
use model::membership::{JoinMessageKind, JoinPolicy, JoinState};
use model::{Lang, MemberRole};
use std::borrow::Borrow;

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::account::{handle_field, mail::address_field, new_password};
use crate::views::community::Head;
use crate::views::parts::{Pager, Person, PlaceLink, Tab};

/// A question, or an answer, with the language it is in; empty where it is unknown.
#[derive(Debug, Clone)]
pub struct SpokenText {
    pub text: String,
    pub lang: String,
}

/// A text that was added to a request.
#[derive(Debug, Clone)]
pub struct JoinMessageLine {
    pub kind: JoinMessageKind,
    /// The facilitator; `None` for whoever asked.
    pub author: Option<Person>,
    pub text: String,
    pub at: DateTime<Utc>,
}

impl JoinMessageLine {
    /// The key of what stands before it, as whoever asked reads it (`own`), or a facilitator.
    #[must_use]
    pub fn label(&self, own: impl Borrow<bool>) -> &'static str {
        match (self.kind, *own.borrow()) {
            (JoinMessageKind::Question, _) => "join-said-question",
            (JoinMessageKind::Answer, true) => "join-said-own-answer",
            (JoinMessageKind::Answer, false) => "join-said-answer",
            (JoinMessageKind::Note, _) => "join-said-note",
            (JoinMessageKind::Decision, _) => "join-said-decision",
        }
    }
}

/// A request to join.
#[derive(Debug, Clone)]
pub struct JoinRequestCard {
    pub state: JoinState,
    /// Who asks, where they have an account.
    pub person: Option<Person>,
    /// The name of somebody without an account, and their address where the reader may see it.
    pub name: String,
    pub address: String,
    pub asked_at: DateTime<Utc>,
    pub answers: Vec<(SpokenText, String)>,
    pub messages: Vec<JoinMessageLine>,
    /// Whether the reader is whoever asked.
    pub own: bool,
    /// Its page, for facilitators; empty elsewhere.
    pub url: String,
    /// Its id, as forms send it.
    pub id: String,
}

impl JoinRequestCard {
    /// Whether it is an invitation that was not answered.
    #[must_use]
    pub fn is_invited(&self) -> bool {
        self.state == JoinState::Invited
    }

    /// The colour of its state.
    #[must_use]
    pub const fn colour(&self) -> &'static str {
        match self.state {
            JoinState::Accepted => "kind-hedge",
            JoinState::Waiting | JoinState::Asked | JoinState::Invited => "kind-sun",
            JoinState::Unconfirmed | JoinState::Declined | JoinState::Withdrawn => "",
        }
    }
}

/// What the page offers somebody who wants to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinOffer {
    /// They are a member, in this role.
    Member(MemberRole),
    /// A facilitator invites them.
    Invited,
    /// Their request waits.
    Waiting,
    /// One button joins.
    Button,
    /// The form asks.
    Form,
    /// Only those whom a facilitator makes a member.
    InvitationOnly,
    /// Only with an account, which cannot be made here.
    SignIn,
    /// They may not join.
    No,
}

/// `/c/{handle}/join`
#[derive(Debug, Template)]
#[template(path = "membership/join.html")]
pub struct Join {
    pub f: Frame,
    pub c: Head,
    pub offer: JoinOffer,
    /// The newest request of the reader.
    pub own: Option<JoinRequestCard>,
    pub form: Form,
    pub sign_in_url: String,
    pub leave_url: String,
    /// Answers what a facilitator has asked.
    pub answer_form: Option<Form>,
    pub withdraw_url: Option<String>,
    /// How much whoever joins at once wants to hear.
    pub rhythm: Field,
    /// The organizations and mail domains whose people join at once.
    pub admitted: Vec<String>,
    /// Whether the address of the reader is in one of them.
    pub eligible: bool,
}

/// After somebody without an account has asked: a mail was sent.
#[derive(Debug, Template)]
#[template(path = "membership/sent.html")]
pub struct JoinSent {
    pub f: Frame,
    pub place: PlaceLink,
    pub address: String,
    /// Where the mail is read in the demo.
    pub demo_inbox: Option<String>,
}

/// `/join/request`: the request of somebody without an account.
#[derive(Debug, Template)]
#[template(path = "membership/link.html")]
pub struct JoinLink {
    pub f: Frame,
    pub place: PlaceLink,
    pub card: JoinRequestCard,
    /// Sends the key of the link alone.
    pub key: Form,
    /// Answers what a facilitator has asked.
    pub answer_form: Option<Form>,
    /// Makes an account, once accepted.
    pub account_form: Option<Form>,
    /// Joins with the account of the reader, once accepted.
    pub may_claim: bool,
    pub sign_in_url: String,
}

/// A link about a request that cannot be used any more.
#[derive(Debug, Template)]
#[template(path = "membership/dead.html")]
pub struct DeadJoinLink {
    pub f: Frame,
}

/// `/c/{handle}/requests`
#[derive(Debug, Template)]
#[template(path = "membership/queue.html")]
pub struct JoinQueue {
    pub f: Frame,
    pub place: PlaceLink,
    /// Waiting, decided.
    pub filters: Vec<Tab>,
    pub requests: Vec<JoinRequestCard>,
    /// Invites somebody.
    pub invite_form: Form,
    /// Where several are accepted at once; `None` where none waits.
    pub accept_url: Option<String>,
    pub settings_url: String,
    pub pager: Pager,
}

/// `/c/{handle}/requests/{id}`
#[derive(Debug, Template)]
#[template(path = "membership/request.html")]
pub struct JoinRequestPage {
    pub f: Frame,
    pub place: PlaceLink,
    pub card: JoinRequestCard,
    pub form: Form,
    pub back_url: String,
}

/// `/c/{handle}/joining`
#[derive(Debug, Template)]
#[template(path = "membership/settings.html")]
pub struct JoinSettings {
    pub f: Frame,
    pub place: PlaceLink,
    pub form: Form,
    pub requests_url: String,
}

impl JoinSettings {
    /// The fields of one question in both languages.
    fn texts(&self, number: &usize) -> Vec<Field> {
        let names = Lang::ALL.iter().map(|lang| question_field(*number, *lang));
        names.map(|name| self.form.get(name)).collect()
    }

    /// The field that says whether it must be answered.
    fn required(&self, number: &usize) -> Field {
        self.form.get(&required_field(*number))
    }

    fn numbers() -> impl Iterator<Item = usize> {
        0..JOIN_QUESTIONS_MAX
    }
}

/// `/c/{handle}/members/{id}`
#[derive(Debug, Template)]
#[template(path = "membership/member.html")]
pub struct MemberPage {
    pub f: Frame,
    pub place: PlaceLink,
    pub person: Person,
    pub role: MemberRole,
    /// The name of who brought them.
    pub invited_by: Option<String>,
    pub form: Form,
    pub back_url: String,
}

/// `/c/{handle}/leave`
#[derive(Debug, Template)]
#[template(path = "membership/leave.html")]
pub struct Leave {
    pub f: Frame,
    pub place: PlaceLink,
    pub action: String,
}

/// The name of the field that says whether a question must be answered.
#[must_use]
pub fn required_field(number: usize) -> String {
    format!("required_{}", number + 1)
}

/// The fields of a request: `answer_1 …`, and for somebody without an account `name address` before them. Each question
/// comes with whether it must be answered.
#[must_use]
pub fn join_form(f: &Frame, action: &str, guest: bool, questions: &[(SpokenText, bool)]) -> Form {
    let mut form = Form::new(action);
    if guest {
        let name = Field::new("name", Kind::Text, f.text("join-name"))
            .autocomplete("name")
            .max(120)
            .required(f.text("enter-name"));
        form = form.with(name).with(address_field(f));
    }
    let field = |(number, (question, required)): (usize, &(SpokenText, bool))| {
        let area = Kind::Area {
            rows: 3,
            markdown: false,
        };
        let field = Field::new(answer_field(number), area, question.text.as_str());
        let field = field.max(JOIN_ANSWER_MAX);
        match required {
            true => field.required(f.text("join-enter-answer")),
            false => field.optional(f),
        }
    };
    form.with_all(questions.iter().enumerate().map(field))
}

/// The field `text`, for an answer, a question, a note or a word with a decision.
#[must_use]
pub fn text_form(f: &Frame, action: &str, label: &str, missing: &str) -> Form {
    let area = Kind::Area {
        rows: 4,
        markdown: false,
    };
    let text = Field::new("text", area, f.text(label))
        .max(JOIN_ANSWER_MAX)
        .missing(f.text(missing));
    Form::new(action).with(text)
}

/// The field `member`, a username, for an invitation.
#[must_use]
pub fn invite_form(f: &Frame, action: &str) -> Form {
    let member = Field::new("member", Kind::Text, f.text("space-member"))
        .hint(f.text("join-invite-hint"))
        .autocomplete("off")
        .max(100);
    Form::new(action).with(member)
}

/// The hidden key of a link.
#[must_use]
pub fn key_form(key: &str) -> Form {
    Form::new("/join/request").with(Field::new("key", Kind::Hidden, "").value(key))
}

/// The fields that make an account after a request was accepted: `name handle password`.
#[must_use]
pub fn join_account_form(f: &Frame, key: &str, name: &str) -> Form {
    let name = Field::new("name", Kind::Text, f.text("account-name"))
        .hint(f.text("account-name-hint"))
        .autocomplete("name")
        .max(120)
        .required(f.text("enter-name"))
        .value(name);
    key_form(key)
        .with(name)
        .with(handle_field(f))
        .with(new_password(f, "password", f.text("account-password")))
}

/// The fields of how people join: `policy members_invite organizations domains`, and for each question `question_1_en question_1_fr required_1`.
#[must_use]
pub fn settings_form(
    f: &Frame,
    action: &str,
    policy: JoinPolicy,
    organizations: Vec<Choice>,
) -> Form {
    let choices = JoinPolicy::ALL.iter().map(|one| {
        Choice::new(one.as_str(), f.text(one.label()))
            .hint(f.text(&format!("{}-hint", one.label())))
    });
    let policy = Field::new(
        "policy",
        Kind::Radios(choices.collect()),
        f.text("join-policy"),
    )
    .value(policy.as_str());
    let invite = Field::new("members_invite", Kind::Check, f.text("join-members-invite"))
        .hint(f.text("join-members-invite-hint"));
    let area = Kind::Area {
        rows: 3,
        markdown: false,
    };
    let domains = Field::new("domains", area, f.text("join-domains"))
        .hint(f.text("join-domains-hint"))
        .optional(f);
    let mut form = Form::new(action).with(policy).with(invite).with(domains);
    if !organizations.is_empty() {
        let field = Field::new(
            "organizations",
            Kind::Checks(organizations),
            f.text("join-organizations"),
        );
        form = form.with(field.hint(f.text("join-organizations-hint")).optional(f));
    }
    for number in 0..JOIN_QUESTIONS_MAX {
        let label = |lang: Lang| {
            f.message(&format!("join-question-{lang}"))
                .arg("number", number + 1)
                .to_string()
        };
        let line = |lang: Lang| {
            Field::new(question_field(number, lang), Kind::Text, label(lang))
                .lang(lang)
                .autocomplete("off")
                .max(JOIN_QUESTION_MAX)
        };
        let required = Field::new(
            &required_field(number),
            Kind::Check,
            f.message("join-question-required")
                .arg("number", number + 1)
                .to_string(),
        );
        form = form.with_all(f.langs().map(line)).with(required);
    }
    form
}

/// The field `role`.
#[must_use]
pub fn role_form(f: &Frame, action: &str, role: MemberRole) -> Form {
    let choices = MemberRole::ALL.iter().map(|one| {
        Choice::new(one.as_str(), f.text(one.label()))
            .hint(f.text(&format!("{}-hint", one.label())))
    });
    let role = Field::new(
        "role",
        Kind::Radios(choices.collect()),
        f.text("member-role"),
    )
    .value(role.as_str());
    Form::new(action).with(role)
}

#[cfg(test)]
mod tests;
