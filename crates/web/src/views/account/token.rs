//! What may act for the reader: applications, and tokens of their own.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::Tab;

/// An application with access.
#[derive(Debug, Clone)]
pub struct AppRow {
    pub name: String,
    /// The labels of what it may do.
    pub scopes: Vec<String>,
    pub since: DateTime<Utc>,
    pub last_used: Option<DateTime<Utc>>,
    pub end_url: String,
}

/// A token for programs.
#[derive(Debug, Clone)]
pub struct TokenRow {
    pub name: String,
    /// The labels of what it lets a program do.
    pub scopes: Vec<String>,
    pub created: DateTime<Utc>,
    pub last_used: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub revoke_url: String,
}

/// `/settings/tokens`
#[derive(Debug, Template)]
#[template(path = "account/tokens.html")]
pub struct Tokens {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub apps: Vec<AppRow>,
    pub tokens: Vec<TokenRow>,
    /// Just made; shown this once.
    pub fresh: Option<String>,
    pub form: Form,
}

impl Tokens {
    /// What a list of scopes allows, in words.
    fn said(&self, scopes: &[String]) -> String {
        let texts = scopes.iter().map(|label| self.f.text(label));
        texts.collect::<Vec<_>>().join(" · ")
    }
}

/// What the token is for, what it may do (`access`), and for how many days (`days`, which may be empty).
#[must_use]
pub fn token_form(f: &Frame) -> Form {
    let access = ["write", "read", "all"]
        .map(|value| Choice::new(value, f.text(&format!("tokens-access-{value}"))));
    let mut days = [30, 90, 365]
        .map(|count: i64| {
            let label = f.message("tokens-days-choice").arg("count", count);
            Choice::new(count.to_string(), label.to_string())
        })
        .to_vec();
    days.push(Choice::new("", f.text("tokens-days-none")));
    Form::new("/settings/tokens")
        .with(
            Field::new("name", Kind::Text, f.text("tokens-name"))
                .hint(f.text("tokens-name-hint"))
                .max(80)
                .required(f.text("enter-token-name")),
        )
        .with(Field::new(
            "access",
            Kind::Select(access.to_vec()),
            f.text("tokens-access"),
        ))
        .with(Field::new("days", Kind::Select(days), f.text("tokens-days")).value("365"))
}
