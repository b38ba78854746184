//! Texts as they are shown: fitted to the place on the page where they stand. Markdown that is kept as typed
//! (what communities and the instance say of themselves) is rendered once and remembered: the same few texts
//! stand on the pages most looked at.

use domain::prose;
use model::Lang;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

/// Most rendered texts cached; the cache is cleared when it is full.
const REMEMBERED: usize = 512;

static RENDERED: LazyLock<RwLock<HashMap<String, Arc<str>>>> = LazyLock::new(RwLock::default);

/// Renders Markdown to sanitized HTML, [`fitted`] to its place.
pub fn html(md: &str, prefix: &str, top: usize, lang: Lang) -> String {
    if md.is_empty() {
        return String::new();
    }
    fitted(&rendered(md), prefix, top, lang).into_owned()
}

fn rendered(md: &str) -> Arc<str> {
    if let Ok(known) = RENDERED.read()
        && let Some(html) = known.get(md)
    {
        return Arc::clone(html);
    }
    let html: Arc<str> = Arc::from(prose::render(md, &[]).html);
    if let Ok(mut known) = RENDERED.write() {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(md.to_owned(), Arc::clone(&html));
    }
    html
}

/// Fits a clean text to its place on a page, whose name is the `prefix` of the ids in it: no two places on a page
/// have the same, also where they show the same text. Its headings begin at the level `top`, the one below the heading over
/// the text. The links between it and its footnotes lead within it and are named in the reader's language. What may
/// be wider than the page can be scrolled from the keyboard.
pub fn fitted<'h>(html: &'h str, prefix: &str, top: usize, lang: Lang) -> Cow<'h, str> {
    let names = prose::NoteNames {
        note: words::text(lang, "note-link"),
        back: words::text(lang, "note-back"),
    };
    let html = match prose::with_anchors(html, prefix, names) {
        Cow::Borrowed(html) => prose::with_headings(html, top),
        Cow::Owned(html) => Cow::Owned(prose::with_headings(&html, top).into_owned()),
    };
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
        let first = html("Healing, *at home*", "a-", 3, Lang::En);
        assert!(first.contains("<em>at home</em>"));
        assert_eq!(html("Healing, *at home*", "a-", 3, Lang::En), first);
    }

    #[test]
    fn one_text_in_two_places_has_ids_of_its_own_in_each() {
        let md = "Because[^1].\n\n[^1]: We asked.";
        let [one, other] = ["domain-", "practice-"].map(|place| html(md, place, 2, Lang::En));
        assert!(one.contains(" id=\"domain-"), "{one}");
        assert!(one.contains(" href=\"#domain-"), "{one}");
        assert_eq!(one.replace("domain-", "practice-"), other);
    }

    #[test]
    fn a_text_fits_its_reader_and_its_place() {
        let md = "### Why\n\nBecause[^1].\n\n[^1]: We asked.";
        let english = html(md, "a-", 2, Lang::En);
        assert!(english.contains("<h2>Why</h2>"), "{english}");
        assert!(
            english.contains("aria-label=\"Back to the text\""),
            "{english}"
        );
        let french = html(md, "a-", 3, Lang::Fr);
        assert!(french.contains("<h3>Why</h3>"), "{french}");
        assert!(
            french.contains("aria-label=\"Retour au texte\""),
            "{french}"
        );
    }
}
