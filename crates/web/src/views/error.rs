//! Error pages: what happened, what was kept, what to do next.

use askama::Template;

use crate::form::Form;
use crate::frame::Frame;

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
            ErrorKind::NotAllowed(_) | ErrorKind::Expired => 403,
            ErrorKind::Gone | ErrorKind::GoneActor | ErrorKind::GoneCommunity => 410,
            ErrorKind::TooMany(_) => 429,
            ErrorKind::Fault(_) => 500,
            ErrorKind::Unavailable(_) | ErrorKind::TimedOut => 503,
            ErrorKind::Unreadable | ErrorKind::IncompleteLink => 400,
            ErrorKind::TooLarge => 413,
            ErrorKind::Unreachable(_) => 502,
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

/// A submitted form that can be sent again.
#[derive(Debug, Clone)]
pub struct SavedForm {
    /// The path it was posted to.
    pub action: String,
    /// Everything but passwords, tokens and files: (name, value).
    pub fields: Vec<(String, String)>,
}

impl SavedForm {
    /// What was written, shown so that it can be read and copied.
    fn written(&self) -> Vec<&(String, String)> {
        let fields = self.fields.iter();
        fields.filter(|field| is_written(field)).collect()
    }

    /// What was chosen, sent along unseen.
    fn chosen(&self) -> Vec<&(String, String)> {
        let fields = self.fields.iter();
        fields.filter(|field| !is_written(field)).collect()
    }
}

/// Whether a field holds words: every text of a post does, and what is long and has more than one. Keys and
/// addresses have one.
fn is_written((name, value): &(String, String)) -> bool {
    let text = ["title", "body", "title2", "body2"].contains(&name.as_str());
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

#[cfg(test)]
mod tests;
