//! Error pages: what happened, what was kept, what to do next.

use askama::Template;
use std::collections::HashMap;

use crate::form::Form;
use crate::frame::{FORM_OWNER, Frame};

/// An error as the reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404
    NotFound,
    /// 403; the message of the rule, where there is one.
    NotAllowed(Option<String>),
    /// 410: a post.
    Gone,
    /// 410: a person, suspended or deleted.
    GoneActor,
    /// 410: a community, suspended or closed.
    GoneCommunity,
    /// 429; minutes to wait.
    TooMany(i64),
    /// 500; the reference of the log line.
    Fault(String),
    /// 503: nothing can be saved now; the reference of the log line.
    Unavailable(String),
    /// 403: a form that needs a session came without one.
    SessionEnded,
    /// 403: the CSRF key does not match: the page was open too long, or the session changed.
    Expired,
    /// 400; the request cannot be parsed.
    Unreadable,
    /// 400; a link from another server that does not say what to follow or open.
    IncompleteLink,
    /// 413
    TooLarge,
    /// 503: the request took too long, and may or may not have had an effect.
    TimedOut,
    /// 200: the language was switched on the page of an earlier error.
    Kept,
    /// 502: another server did not answer; its host.
    Unreachable(String),
}

impl ErrorKind {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            ErrorKind::Kept => 200,
            ErrorKind::NotFound => 404,
            ErrorKind::NotAllowed(_) | ErrorKind::SessionEnded | ErrorKind::Expired => 403,
            ErrorKind::Gone | ErrorKind::GoneActor | ErrorKind::GoneCommunity => 410,
            ErrorKind::TooMany(_) => 429,
            ErrorKind::Fault(_) => 500,
            ErrorKind::Unavailable(_) | ErrorKind::TimedOut => 503,
            ErrorKind::Unreadable | ErrorKind::IncompleteLink => 400,
            ErrorKind::TooLarge => 413,
            ErrorKind::Unreachable(_) => 502,
        }
    }

    /// The status, where it tells the reader anything.
    fn shown_status(&self) -> Option<u16> {
        match self {
            ErrorKind::Kept | ErrorKind::SessionEnded => None,
            other => Some(other.status()),
        }
    }

    /// The reference of the log line.
    fn reference(&self) -> Option<&str> {
        match self {
            ErrorKind::Fault(reference) | ErrorKind::Unavailable(reference) => Some(reference),
            _ => None,
        }
    }

    fn key(&self) -> &'static str {
        match self {
            ErrorKind::NotFound => "error-not-found",
            ErrorKind::NotAllowed(_) => "error-not-allowed",
            ErrorKind::Gone => "error-gone",
            ErrorKind::GoneActor => "error-gone-actor",
            ErrorKind::GoneCommunity => "error-gone-community",
            ErrorKind::TooMany(_) => "error-too-many",
            ErrorKind::Fault(_) => "error-fault",
            ErrorKind::Unavailable(_) => "error-unavailable",
            ErrorKind::SessionEnded => "error-session-ended",
            ErrorKind::Expired => "error-expired",
            ErrorKind::Unreadable => "error-unreadable",
            ErrorKind::IncompleteLink => "error-incomplete-link",
            ErrorKind::TooLarge => "error-too-large",
            ErrorKind::TimedOut => "error-timed-out",
            ErrorKind::Kept => "error-kept",
            ErrorKind::Unreachable(_) => "error-unreachable",
        }
    }

    /// The explanation on the page.
    fn text(&self, f: &Frame) -> String {
        match self {
            ErrorKind::NotFound => f.text("error-not-found-text").to_owned(),
            ErrorKind::NotAllowed(Some(rule)) => rule.clone(),
            ErrorKind::NotAllowed(None) => f.text("error-not-allowed-text").to_owned(),
            ErrorKind::Gone => f.text("error-gone-text").to_owned(),
            ErrorKind::GoneActor => f.text("error-gone-actor-text").to_owned(),
            ErrorKind::GoneCommunity => f.text("error-gone-community-text").to_owned(),
            ErrorKind::TooMany(minutes) => f
                .message("error-too-many-text")
                .arg("count", minutes)
                .to_string(),
            ErrorKind::Fault(_) => f.text("error-fault-text").to_owned(),
            ErrorKind::Unavailable(_) => f.text("error-unavailable-text").to_owned(),
            ErrorKind::SessionEnded => f.text("error-session-ended-text").to_owned(),
            ErrorKind::Expired => f.text("error-expired-text").to_owned(),
            ErrorKind::Unreadable => f.text("error-unreadable-text").to_owned(),
            ErrorKind::IncompleteLink => f.text("error-incomplete-link-text").to_owned(),
            ErrorKind::TooLarge => f.text("error-too-large-text").to_owned(),
            ErrorKind::TimedOut => f.text("error-timed-out-text").to_owned(),
            ErrorKind::Kept => f.text("error-kept-text").to_owned(),
            ErrorKind::Unreachable(host) => f
                .message("error-unreachable-text")
                .arg("host", host)
                .to_string(),
        }
    }
}

/// The field that names the field of a file which was sent without a session, and which nobody keeps.
pub const LOST_FILE: &str = "lost_file";

/// A submitted form that can be sent again.
#[derive(Debug, Clone)]
pub struct SavedForm {
    /// The path it was posted to.
    pub action: String,
    /// Everything but passwords, tokens and files: (name, value).
    pub fields: Vec<(String, String)>,
}

/// What was written into a field.
struct SavedText<'a> {
    name: &'a str,
    /// What the field was called.
    label: String,
    value: &'a str,
}

impl SavedText<'_> {
    /// Whether it fits in one line.
    fn is_line(&self) -> bool {
        !self.value.contains('\n') && self.value.len() <= 120 && !self.name.starts_with("body")
    }
}

impl SavedForm {
    /// What was written, shown so that it can be read and copied.
    fn written<'a>(&'a self, f: &Frame) -> Vec<SavedText<'a>> {
        let fields = self.fields.iter().filter(|field| is_written(field));
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let numbered = |(name, value): &'a (String, String)| {
            let called = label(f, name);
            let count = counts.entry(called).or_default();
            *count += 1;
            let label = match *count {
                1 => called.to_owned(),
                count => format!("{called} ({count})"),
            };
            SavedText { name, label, value }
        };
        fields.map(numbered).collect()
    }

    /// Whether files were sent with it.
    fn loses_files(&self) -> bool {
        self.fields.iter().any(|(name, _)| name == LOST_FILE)
    }

    /// What was chosen, sent along unseen.
    fn chosen(&self, f: &Frame) -> Vec<&(String, String)> {
        // Whose it was matters until somebody is signed in; then the page's own key says who sends it.
        let kept = |name: &str| name != FORM_OWNER || f.me.is_none();
        let fields = self.fields.iter();
        fields
            .filter(|field| !is_written(field) && kept(&field.0))
            .collect()
    }
}

/// The texts of a post, whose labels are named after them.
const POST_TEXTS: [&str; 8] = [
    "title", "title2", "body", "body2", "choices", "choices2", "warning", "warning2",
];

/// What a field is called on the page of its form.
fn label(f: &Frame, name: &str) -> &'static str {
    let key = match name {
        _ if POST_TEXTS.contains(&name) => format!("compose-{name}"),
        "biography" => "profile-biography".to_owned(),
        "note" => "limit-note".to_owned(),
        "public_reason" => "limit-reason".to_owned(),
        other => match other.rsplit_once('_') {
            Some((part @ ("name" | "purpose" | "domain" | "community" | "practice"), lang)) => {
                format!("start-community-{part}-{lang}")
            }
            Some((picture, "alt")) if picture.starts_with("picture") => {
                "profile-picture-alt".to_owned()
            }
            Some(_) | None => "error-kept-label".to_owned(),
        },
    };
    f.text(&key)
}

/// Whether a field holds words: every text of a post does, and what is long and has more than one. Keys and
/// addresses have one.
fn is_written((name, value): &(String, String)) -> bool {
    let text = POST_TEXTS.contains(&name.as_str());
    let has_words = value.trim().contains(char::is_whitespace);
    text && !value.is_empty() || has_words && (value.len() > 40 || value.contains('\n'))
}

/// Any error, as a page.
#[derive(Debug, Template)]
#[template(path = "error/error.html")]
pub struct ErrorPage {
    pub f: Frame,
    pub kind: ErrorKind,
    /// The form that failed.
    pub saved_form: Option<SavedForm>,
    /// The fields to sign in and send the form again in one step, where the session has ended.
    pub sign_in: Option<Form>,
    /// The sign-in page, where signing in may help and `sign_in` is `None`.
    pub sign_in_url: Option<String>,
}

impl ErrorPage {
    /// Whether the message takes the focus: in answer to a form, unless the errors of the sign-in do.
    fn takes_focus(&self) -> bool {
        let faulty = self.sign_in.as_ref().is_some_and(Form::faulty);
        self.saved_form.is_some() && !faulty
    }
}

#[cfg(test)]
mod tests;
