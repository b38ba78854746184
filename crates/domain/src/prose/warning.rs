//! The warning about the content of a text: the text stands in a fold behind it, as HTML of its own. What is typed as
//! HTML in Markdown is shown as text, so that nobody writes such a fold here in another way.

use super::piece::pieces;
use super::{Prose, is_blank, plain};
use model::limits::TITLE_MAX;

const OPEN: &str = "<details><summary>";
const MIDDLE: &str = "</summary>";
const CLOSE: &str = "</details>";

/// Folds a text behind the plain warning about it: lists, notices and searches show the warning only.
#[must_use]
pub fn folded(body: Prose, warning: &str) -> Prose {
    if warning.is_empty() || is_blank(&body.html) {
        return body;
    }
    let warning = warning
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    let html = format!("{OPEN}{warning}{MIDDLE}{}{CLOSE}", body.html.trim());
    Prose { html, ..body }
}

/// Returns the warning, plain, before a clean text that is folded as a whole.
#[must_use]
pub fn warning(html: &str) -> Option<String> {
    unfolded(html).map(|(warning, _)| warning)
}

/// Returns the warning, plain, before a clean text that is folded as a whole, and the text behind it.
#[must_use]
pub fn unfolded(html: &str) -> Option<(String, &str)> {
    let inner = html.strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
    let (warning, text) = inner.split_once(MIDDLE)?;
    let mut depth = 0_usize;
    for piece in pieces(text) {
        if piece.opens("details") {
            depth += 1;
        } else if piece.closes("details") {
            // The fold ends before the text does.
            depth = depth.checked_sub(1)?;
        }
    }
    Some((plain(warning, 4 * TITLE_MAX), text))
}
