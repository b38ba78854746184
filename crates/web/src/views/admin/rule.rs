//! With whom this server exchanges: the policy, rules about domains, lists in and out.

use askama::Template;
use chrono::{DateTime, Utc};
use model::peer::policy::{Mode, Severity};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::{Pager, Tab};

/// The two pages about other servers.
#[must_use]
pub fn parts(f: &Frame, rules: bool) -> Vec<Tab> {
    vec![
        Tab::new(f.text("peers-met"), "/admin/peers", !rules),
        Tab::new(f.text("peers-rules"), "/admin/peers/rules", rules),
    ]
}

/// A rule about a domain.
#[derive(Debug, Clone)]
pub struct RuleRow {
    pub domain: String,
    pub severity: Severity,
    pub reject_media: bool,
    pub reject_reports: bool,
    /// For everybody.
    pub reason: String,
    /// For the admins.
    pub note: String,
    pub since: DateTime<Utc>,
    pub edit_url: String,
    pub lift_url: String,
}

impl RuleRow {
    fn key(&self) -> &'static str {
        match self.severity {
            Severity::Block => "limit-block",
            Severity::Silence => "limit-silence",
            Severity::Noop => "limit-noop",
            Severity::Allow => "limit-allow",
        }
    }

    fn class(&self) -> &'static str {
        match self.severity {
            Severity::Block => "kind-berry",
            Severity::Silence => "kind-sun",
            Severity::Noop | Severity::Allow => "kind-hedge",
        }
    }
}

/// A line of a list that was not used.
#[derive(Debug, Clone)]
pub struct UnusedRow {
    pub line: i64,
    pub text: String,
    pub why: String,
}

/// The result of an import.
#[derive(Debug, Clone)]
pub struct Lists {
    pub written: i64,
    pub unused: i64,
    pub named: Vec<UnusedRow>,
    /// Unused lines beyond those named.
    pub more: i64,
}

/// The follows that a block would end, shown before it is saved.
#[derive(Debug, Clone)]
pub struct Ending {
    pub domain: String,
    /// Follows of people here.
    pub ours: i64,
    /// Follows of people there.
    pub theirs: i64,
}

/// `/admin/peers/rules`
#[derive(Debug, Template)]
#[template(path = "admin/rules.html")]
pub struct Rules {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    /// The two pages about other servers.
    pub parts: Vec<Tab>,
    pub mode: Mode,
    pub filters: Vec<Tab>,
    pub rules: Vec<RuleRow>,
    /// There are rules, if not of the kind shown.
    pub any: bool,
    pub pager: Pager,
    /// The form holds a rule there is.
    pub editing: bool,
    pub policy: Form,
    pub rule: Form,
    /// The follows that the block would end, shown for confirmation.
    pub ending: Option<Ending>,
    pub list: Form,
    pub imported: Option<Lists>,
}

impl Rules {
    fn mode_key(&self) -> &'static str {
        match self.mode {
            Mode::Open => "policy-now-open",
            Mode::AllowList => "policy-now-allow-list",
            Mode::Closed => "policy-now-closed",
        }
    }
}

/// The fields of the policy: `mode publish`.
#[must_use]
pub fn policy_form(f: &Frame) -> Form {
    let choice = |mode: Mode| {
        let key = format!("policy-{mode}");
        Choice::new(mode.as_str(), f.text(&key)).hint(f.text(&format!("{key}-hint")))
    };
    let choices = Mode::ALL.iter().copied().map(choice).collect();
    Form::new("/admin/peers/policy")
        .with(
            Field::new("mode", Kind::Radios(choices), f.text("policy-mode"))
                .required(f.text("why-not-a-choice")),
        )
        .with(
            Field::new("publish", Kind::Check, f.text("policy-publish"))
                .hint(f.text("policy-publish-hint")),
        )
}

/// The fields of a rule: `domain severity reject_media reject_reports public_reason obscure note`.
#[must_use]
pub fn rule_form(f: &Frame) -> Form {
    let choice = |severity: Severity| {
        let key = format!("limit-{severity}");
        Choice::new(severity.as_str(), f.text(&key)).hint(f.text(&format!("{key}-hint")))
    };
    let choices = [
        Severity::Block,
        Severity::Silence,
        Severity::Allow,
        Severity::Noop,
    ];
    let choices = choices.map(choice).to_vec();
    let domain = Field::new("domain", Kind::Text, f.text("limit-domain"));
    Form::new("/admin/peers/rules")
        .with(
            domain
                .hint(f.text("limit-domain-hint"))
                .max(255)
                .required(f.text("enter-domain")),
        )
        .with(
            Field::new("severity", Kind::Radios(choices), f.text("limit-severity"))
                .required(f.text("why-not-a-choice"))
                .value(Severity::Block.as_str()),
        )
        .with(Field::new(
            "reject_media",
            Kind::Check,
            f.text("limit-media"),
        ))
        .with(Field::new(
            "reject_reports",
            Kind::Check,
            f.text("limit-reports"),
        ))
        .with(
            area("public_reason", f.text("limit-reason"))
                .hint(f.text("limit-reason-hint"))
                .optional(f),
        )
        .with(Field::new("obscure", Kind::Check, f.text("limit-obscure")))
        .with(
            area("note", f.text("limit-note"))
                .hint(f.text("limit-note-hint"))
                .optional(f),
        )
}

fn area(name: &str, label: &str) -> Field {
    let kind = Kind::Area {
        rows: 2,
        markdown: false,
    };
    Field::new(name, kind, label).max(1_000)
}

/// The field of a list: `list`.
#[must_use]
pub fn list_form(f: &Frame) -> Form {
    let field = Field::new("list", Kind::File, f.text("list-file"));
    Form::new("/admin/peers/rules/import").with(
        field
            .hint(f.text("list-file-hint"))
            .accept("text/csv,.csv")
            .required(f.text("enter-list")),
    )
}
