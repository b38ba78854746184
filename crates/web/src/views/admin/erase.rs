//! Erasing a post for good.

use askama::Template;
use chrono::{DateTime, Utc};
use model::PostId;
use model::account::ADMIN_REASON_MAX;

use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::{Person, Tab};

/// `/admin/erase`
#[derive(Debug, Template)]
#[template(path = "admin/erase.html")]
pub struct Erase {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub form: Form,
}

/// The fields of erasing a post: `address reason`.
#[must_use]
pub fn erase_form(f: &Frame) -> Form {
    let address = Field::new("address", Kind::Text, f.text("erase-address"));
    let reason = Kind::Area {
        rows: 3,
        markdown: false,
    };
    Form::new("/admin/erase")
        .with(
            address
                .hint(f.text("erase-address-hint"))
                .autocomplete("off")
                .required(f.text("enter-address")),
        )
        .with(
            Field::new("reason", reason, f.text("ask-reason"))
                .hint(f.text("erase-reason-hint"))
                .max(ADMIN_REASON_MAX)
                .required(f.text("enter-admin-reason")),
        )
}

/// `/admin/erase`, before the post that was named is erased.
#[derive(Debug, Template)]
#[template(path = "admin/ask_erase.html")]
pub struct AskErase {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub row: ErasableRow,
    /// Why it is erased, as given.
    pub reason: String,
    pub form: Form,
}

/// A post, with the beginning of its text where the admin may read it.
#[derive(Debug, Clone)]
pub struct ErasableRow {
    pub author: Person,
    /// The message of its kind.
    pub kind: &'static str,
    pub is_reply: bool,
    /// The name of the community that it stands in.
    pub community: Option<String>,
    /// Its title, a warning about its content and the beginning of its text; empty where the admin may not read it.
    pub excerpt: String,
    /// Language of the excerpt; empty where it is unknown.
    pub lang: String,
    pub published: DateTime<Utc>,
    pub replies: i64,
    pub pictures: i64,
    /// Its ActivityPub id.
    pub address: String,
}

/// The hidden fields `address reason confirmed`.
#[must_use]
pub fn ask_erase_form(address: &str, reason: &str, post: PostId) -> Form {
    let hidden = |name: &str, value: &str| Field::new(name, Kind::Hidden, "").value(value);
    Form::new("/admin/erase")
        .with(hidden("address", address))
        .with(hidden("reason", reason))
        .with(hidden("confirmed", &post.to_string()))
}
