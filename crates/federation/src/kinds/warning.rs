//! The warning about the content of a post: that of a peer's document, and those of ours. Pure.

use super::languages::entry;
use super::summary::beginning;
use super::verified_object::VerifiedObject;
use super::words::sensitive;
use crate::text::one_line;
use domain::prose;
use model::LangText;
use model::limits::TITLE_MAX;
use store::row;

/// The characters of a parent's text that are compared with a warning.
const COMPARED_MAX: usize = 100;
/// The characters that a parent's text has at least where a warning that begins with it is a copy: a word or two
/// may begin any warning.
const COPIED_MIN: usize = 20;

/// What a peer's post warns of.
pub(super) struct Warning {
    /// Plain; empty where there is none.
    pub text: String,
    /// No words of the author's: the text may give the post a title.
    pub unworded: bool,
}

/// Returns the warning about the content in a language. A post that says no more than that it is sensitive stands
/// behind a warning as a whole: one with a title, or with an attachment. Mastodon can say it of every post of
/// somebody, and means the attachments.
pub(super) fn warning(post: &VerifiedObject, parent: Option<&row::Post>, lang: &str) -> Warning {
    let object = &post.object;
    let text = own_warning(post, parent, lang);
    let is_attached = !object.attachment.is_empty() || object.image.is_some();
    let is_sensitive = object.sensitive == Some(true) && (is_attached || object.title().is_some());
    let unworded = text.is_empty() && is_sensitive;
    let text = match unworded {
        true => sensitive(lang).to_owned(),
        false => text,
    };
    Warning { text, unworded }
}

/// Returns the author's own warning, plain; empty where there is none. That of a reply which repeats what it
/// answers is none: GoToSocial and snac take the summary of our threads for a warning, and copy it.
fn own_warning(post: &VerifiedObject, parent: Option<&row::Post>, lang: &str) -> String {
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

/// Whether a warning only repeats the title of what is answered, or its summary, also after a mark of an answer. One
/// that repeats a warning is meant: Mastodon offers it to whoever replies.
fn repeats(warning: &str, parent: &row::Post) -> bool {
    let warning = match warning.get(..3) {
        Some(mark) if mark.eq_ignore_ascii_case("re:") => warning[3..].trim_start(),
        Some(_) | None => warning,
    };
    let mut titles = parent.title.iter();
    let mut texts = parent.html.iter();
    parent.warning.is_empty()
        && (titles.any(|(_, title)| title == warning)
            || texts
                .any(|(_, html)| plain(&beginning(html)) == warning || begins_with(warning, html)))
}

fn begins_with(warning: &str, html: &str) -> bool {
    let text = prose::plain(html, COMPARED_MAX);
    let text = text.trim_end_matches('…');
    text.chars().count() >= COPIED_MIN && warning.starts_with(text)
}

/// Returns the warnings as HTML: what a `summary` is (Activity Vocabulary §4).
pub(super) fn as_html(warnings: &LangText) -> LangText {
    let warnings: Vec<(&str, String)> = warnings
        .iter()
        .map(|(tag, warning)| (tag, escaped(warning)))
        .collect();
    LangText::new(warnings.iter().map(|(tag, text)| (*tag, text.as_str())))
}

/// Escapes what HTML would read as a tag or as a character reference, and nothing else: Mastodon and Misskey
/// show a summary as it is written, so that `Death & grief` must not become `Death &amp; grief`.
fn escaped(warning: &str) -> String {
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
