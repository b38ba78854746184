//! Prose: Markdown as people type it, HTML as peers send it, and the clean HTML we keep. All of it
//! is work for the CPU: do it before the verb.

mod complexity;
mod heading;
#[cfg(any(test, feature = "testing"))]
pub mod invariants;
mod markdown;
mod mention;
mod piece;
mod plain;
mod sanitize;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use heading::with_headings;
pub use markdown::{hashtags, names, render};
pub use plain::{beginning, excerpt, is_blank, lines, plain, plain_with_folded};
pub use sanitize::{NoteNames, clean, with_anchors};

use model::ActorId;
use model::limits::BODY_MAX;

/// A text, as typed and as shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prose {
    /// As typed, in Markdown; empty where a peer did not say.
    pub md: String,
    /// Clean HTML.
    pub html: String,
}

/// Somebody named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As written, such as `@ann` or `@ann@alpha.test`.
    pub written: String,
    /// Where they are found.
    pub url: String,
    /// Who it is.
    pub actor: ActorId,
}

/// A peer's text: its HTML cleaned, its Markdown kept where it sent that too, and not more of it
/// than anybody may write here.
#[must_use]
pub fn foreign(html: &str, md: Option<&str>) -> Prose {
    let md = md.filter(|md| md.chars().count() <= BODY_MAX);
    Prose {
        md: md.unwrap_or_default().trim().to_owned(),
        html: clean(html),
    }
}
