//! When something did not work: what happened, what was kept, what to do.

use askama::Template;

use crate::frame::Frame;

/// What went wrong, as far as the reader is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// 404
    NotFound,
    /// 403; the rule, in words, where there is one to tell.
    NotAllowed(Option<String>),
    /// 410
    Gone,
    /// 429; minutes to wait.
    TooMany(i64),
    /// 500; a reference to find it in the log by.
    Fault(String),
    /// 503: nothing can be saved at the moment; a reference to find it in the log by.
    Unavailable(String),
    /// 403: the page was open for too long, or sign-in changed meanwhile. Nothing was done.
    Expired,
    /// 400; what was sent cannot be read.
    Unreadable,
    /// 413
    TooLarge,
    /// 502: another server had to be asked and did not answer; its host.
    Unreachable(String),
}

impl Trouble {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Trouble::NotFound => 404,
            Trouble::NotAllowed(_) | Trouble::Expired => 403,
            Trouble::Gone => 410,
            Trouble::TooMany(_) => 429,
            Trouble::Fault(_) => 500,
            Trouble::Unavailable(_) => 503,
            Trouble::Unreadable => 400,
            Trouble::TooLarge => 413,
            Trouble::Unreachable(_) => 502,
        }
    }

    /// Where to find it in the log.
    fn reference(&self) -> Option<&str> {
        match self {
            Trouble::Fault(reference) | Trouble::Unavailable(reference) => Some(reference),
            _ => None,
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Trouble::NotFound => "trouble-not-found",
            Trouble::NotAllowed(_) => "trouble-not-allowed",
            Trouble::Gone => "trouble-gone",
            Trouble::TooMany(_) => "trouble-too-many",
            Trouble::Fault(_) => "trouble-fault",
            Trouble::Unavailable(_) => "trouble-unavailable",
            Trouble::Expired => "trouble-expired",
            Trouble::Unreadable => "trouble-unreadable",
            Trouble::TooLarge => "trouble-too-large",
            Trouble::Unreachable(_) => "trouble-unreachable",
        }
    }

    /// What to tell, in full.
    fn text(&self, f: &Frame) -> String {
        match self {
            Trouble::NotFound => f.text("trouble-not-found-text").to_owned(),
            Trouble::NotAllowed(Some(rule)) => rule.clone(),
            Trouble::NotAllowed(None) => f.text("trouble-not-allowed-text").to_owned(),
            Trouble::Gone => f.text("trouble-gone-text").to_owned(),
            Trouble::TooMany(minutes) => f
                .message("trouble-too-many-text")
                .arg("count", minutes)
                .to_string(),
            Trouble::Fault(_) => f.text("trouble-fault-text").to_owned(),
            Trouble::Unavailable(_) => f.text("trouble-unavailable-text").to_owned(),
            Trouble::Expired => f.text("trouble-expired-text").to_owned(),
            Trouble::Unreadable => f.text("trouble-unreadable-text").to_owned(),
            Trouble::TooLarge => f.text("trouble-too-large-text").to_owned(),
            Trouble::Unreachable(host) => f
                .message("trouble-unreachable-text")
                .arg("host", host)
                .to_string(),
        }
    }
}

/// What was typed and can be sent again.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Where it was being posted.
    pub action: String,
    /// Everything but passwords, tokens and files: (name, value).
    pub fields: Vec<(String, String)>,
}

impl Kept {
    /// What was written at length, so that it can be read and copied.
    fn long(&self) -> Vec<&(String, String)> {
        self.fields
            .iter()
            .filter(|(_, value)| value.len() > 40 || value.contains('\n'))
            .collect()
    }

    fn short(&self) -> Vec<&(String, String)> {
        self.fields
            .iter()
            .filter(|(_, value)| value.len() <= 40 && !value.contains('\n'))
            .collect()
    }
}

/// Any error, as a page.
#[derive(Debug, Template)]
#[template(path = "error/trouble.html")]
pub struct TroublePage {
    pub f: Frame,
    pub trouble: Trouble,
    /// What was typed, when a form was on its way.
    pub kept: Option<Kept>,
    /// Where signing in would help.
    pub sign_in_url: Option<String>,
}

#[cfg(test)]
mod tests;
