//! Renders the `summary` of a thread: the beginning of its text. Mastodon shows the `name`, the `summary` and the link of
//! a Page, and never its `content`; GoToSocial and snac take it for a warning about the content and show it as it is
//! written. So it has neither a link nor markup.

use super::warning::as_html;
use domain::prose::plain;
use model::LangText;
use store::row;

/// The longest beginning of a text, in characters.
const EXCERPT: usize = 300;

/// The beginning of each text of a post, plain.
pub(super) fn beginnings(post: &row::Post) -> LangText {
    let texts = post.html.iter();
    let texts: Vec<(&str, String)> = texts.map(|(tag, html)| (tag, beginning(html))).collect();
    LangText::new(texts.iter().map(|(tag, text)| (*tag, text.as_str())))
}

/// The beginning of a text, plain.
pub(super) fn beginning(html: &str) -> String {
    plain(html, EXCERPT)
}

/// Renders the summary of a thread without a warning.
pub(super) fn summary(post: &row::Post) -> LangText {
    as_html(&beginnings(post))
}
