//! The warning about the content of a post: that of a peer's document, and those of ours. Pure.

use super::languages::entry;
use super::verified_object::VerifiedObject;
use crate::text::one_line;
use domain::prose;
use model::LangText;
use model::limits::TITLE_MAX;
use store::row;

/// The characters of a parent's text that a warning may repeat.
const COMPARED_MAX: usize = 100;

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
        !text.is_empty() && prose::unfolded(html).is_none() && warning.starts_with(text)
    };
    let mut titles = parent.title.iter();
    titles.any(|(_, title)| title == warning) || parent.html.iter().any(|(_, html)| begins(html))
}

/// Returns the texts of a post without the warnings before them, and these, as HTML: what a `summary` is
/// (Activity Vocabulary §4).
pub(super) fn split(html: &LangText) -> (LangText, LangText) {
    let parts: Vec<(&str, String, &str)> = html
        .iter()
        .map(|(tag, html)| match prose::unfolded(html) {
            Some((warning, text)) => (tag, as_html(&warning), text),
            None => (tag, String::new(), html),
        })
        .collect();
    let texts = parts.iter().map(|(tag, _, text)| (*tag, *text));
    let warnings = parts
        .iter()
        .map(|(tag, warning, _)| (*tag, warning.as_str()));
    (LangText::new(texts), LangText::new(warnings))
}

/// Escapes what HTML would read as a tag or as a character reference, and nothing else: Mastodon and Misskey
/// show a summary as it is written, so that `Death & grief` must not become `Death &amp; grief`.
fn as_html(warning: &str) -> String {
    let mut html = String::with_capacity(warning.len());
    let mut rest = warning.chars().peekable();
    while let Some(c) = rest.next() {
        let begins_reference = |next: &char| next.is_ascii_alphanumeric() || *next == '#';
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' if rest.peek().is_some_and(begins_reference) => html.push_str("&amp;"),
            other => html.push(other),
        }
    }
    html
}
