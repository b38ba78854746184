//! The public page of limited servers.

use askama::Template;

use crate::frame::Frame;

/// A domain that is limited.
#[derive(Debug, Clone)]
pub struct LimitRow {
    /// Its middle may be hidden.
    pub domain: String,
    /// Empty where none was given.
    pub reason: String,
}

/// `/about/servers`
#[derive(Debug, Template)]
#[template(path = "peer/limits.html")]
pub struct Limits {
    pub f: Frame,
    pub blocked: Vec<LimitRow>,
    pub silenced: Vec<LimitRow>,
}

impl Limits {
    /// The sorts there are: their rows, title and explanation.
    fn sorts(&self) -> Vec<(&[LimitRow], &'static str, &'static str)> {
        let both = [
            (&*self.blocked, "limits-blocked", "limits-blocked-hint"),
            (&*self.silenced, "limits-silenced", "limits-silenced-hint"),
        ];
        let there = both.into_iter().filter(|(rows, _, _)| !rows.is_empty());
        there.collect()
    }
}

#[cfg(test)]
mod tests;
