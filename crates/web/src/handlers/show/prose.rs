//! Markdown that is kept as typed (what communities and the instance say of themselves), rendered
//! once and remembered: the same few texts stand on the pages most looked at.

use domain::prose;
use model::Lang;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, RwLock};

/// Most rendered texts cached; the cache is cleared when it is full.
const REMEMBERED: usize = 512;

static RENDERED: LazyLock<RwLock<HashMap<String, Arc<str>>>> = LazyLock::new(RwLock::default);

/// Renders Markdown to sanitized HTML.
pub fn html(md: &str) -> String {
    if md.is_empty() {
        return String::new();
    }
    if let Ok(known) = RENDERED.read()
        && let Some(html) = known.get(md)
    {
        return html.to_string();
    }
    let html = prose::render(md, &[]).html;
    let mut hasher = DefaultHasher::new();
    md.hash(&mut hasher);
    let html = anchored(&html, &format!("t{:x}-", hasher.finish()), Lang::En).into_owned();
    if let Ok(mut known) = RENDERED.write() {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(md.to_owned(), Arc::from(html.as_str()));
    }
    html
}

/// Makes the links between a text and its footnotes lead within this text of the page, and names them. What may
/// be wider than the page can be scrolled from the keyboard.
pub fn anchored<'h>(html: &'h str, prefix: &str, lang: Lang) -> Cow<'h, str> {
    let names = prose::NoteNames {
        note: words::text(lang, "note-link"),
        back: words::text(lang, "note-back"),
    };
    let html = prose::with_anchors(html, prefix, names);
    if !html.contains("<table") && !html.contains("<pre") {
        return html;
    }
    let html = html.replace("<table", "<table tabindex=\"0\"");
    Cow::Owned(html.replace("<pre", "<pre tabindex=\"0\""))
}

/// The first words of a text, without markup.
pub fn excerpt(html: &str) -> String {
    const CHARACTERS: usize = 180;
    prose::plain(html, CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_reads_the_same_the_second_time() {
        let first = html("Healing, *at home*");
        assert!(first.contains("<em>at home</em>"));
        assert_eq!(html("Healing, *at home*"), first);
    }
}
