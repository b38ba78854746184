//! The warning about a peer's post, and the fold that its text stands behind. Pure.

use super::languages::entry;
use super::verified_object::VerifiedObject;
use crate::text::{escape, one_line};
use domain::prose::{self, Prose};
use model::limits::TITLE_MAX;
use store::row;

/// The characters of a parent's text that a warning may repeat.
const COMPARED_MAX: usize = 100;
/// How a text begins that is folded behind a warning.
const FOLD: &str = "<details><summary>";

/// Returns the warning about the content in a language, plain; empty where there is none. That of a reply which
/// repeats what it answers is none: GoToSocial and snac take the summary of our threads for a warning, and
/// copy it.
pub(super) fn warning(post: &VerifiedObject, parent: Option<&row::Post>, lang: &str) -> String {
    let object = &post.object;
    let Some(first) = post.post_type.warning(object) else {
        return String::new();
    };
    let first = plain(first);
    if parent.is_some_and(|parent| repeats(&first, parent)) {
        return String::new();
    }
    let own = entry(&object.summary_map, lang).map(plain);
    let own = own.filter(|own| !own.is_empty());
    one_line(&own.unwrap_or(first), TITLE_MAX)
}

fn plain(warning: &str) -> String {
    one_line(&prose::plain(warning, 4 * TITLE_MAX), 4 * TITLE_MAX)
}

/// Whether a warning is the title of what is answered, or begins with its text.
fn repeats(warning: &str, parent: &row::Post) -> bool {
    let begins = |html: &str| {
        let text = prose::plain(html, COMPARED_MAX);
        let text = text.trim_end_matches('…');
        !text.is_empty() && !html.starts_with(FOLD) && warning.starts_with(text)
    };
    let mut titles = parent.title.iter();
    titles.any(|(_, title)| title == warning) || parent.html.iter().any(|(_, html)| begins(html))
}

/// Folds a text behind the warning about it: lists, notices and searches show the warning only.
pub(super) fn folded(body: Prose, warning: &str) -> Prose {
    if warning.is_empty() || prose::is_blank(&body.html) {
        return body;
    }
    let html = format!("{FOLD}{}</summary>{}</details>", escape(warning), body.html);
    Prose { html, ..body }
}
