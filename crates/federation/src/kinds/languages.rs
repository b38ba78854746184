//! The languages of a peer's post: which one its text is in, and which others it has. Pure.

use super::verified_object::VerifiedObject;
use crate::text::tag;
use domain::prose;
use model::Lang;
use model::lang::UNKNOWN;
use model::lang_text::LANGUAGES_MAX;
use vocab::{LangMap, Object};

/// Characters of two texts that are compared where their markup differs.
const COMPARED_MAX: usize = 2_000;

/// Returns the language of a post's text, and the text: `content`, else one of `contentMap`. The language is that
/// of the entry that equals `content`; without one, the language that the object states, unless the map has
/// another text in it; else it is unknown.
pub(super) fn original(post: &VerifiedObject) -> (String, &str) {
    let object = &post.object;
    let stated = stated(post);
    let content = object.content.as_deref();
    let Some(text) = content.filter(|text| !text.trim().is_empty()) else {
        return without_content(post, stated);
    };
    let is_text = |(_, other): &(&str, &str)| is_same_text(other, text);
    let mut equal = object.content_map.iter().filter(is_text).peekable();
    let is_equal = equal.peek().is_some();
    let tags: Vec<String> = equal.filter_map(|(key, _)| tag(key)).collect();
    let named = stated
        .clone()
        .filter(|stated| tags.is_empty() || tags.contains(stated));
    // An equal entry without a usable tag says that the language is unknown.
    let default = || default_language(post).filter(|_| !is_equal);
    let lang = named
        .or_else(|| tags.into_iter().next())
        .or_else(default)
        .filter(|lang| is_equal || entry(&object.content_map, lang).is_none());
    (lang.unwrap_or_else(|| UNKNOWN.to_owned()), text)
}

/// Returns the language and text of a post without `content`.
fn without_content(post: &VerifiedObject, stated: Option<String>) -> (String, &str) {
    let map = &post.object.content_map;
    let default = default_language(post);
    let preferred = [stated.clone(), default.clone()].into_iter().flatten();
    for lang in preferred {
        if let Some(text) = entry(map, &lang) {
            return (lang, text);
        }
    }
    match map.first() {
        Some((key, text)) => (tag(key).unwrap_or_else(|| UNKNOWN.to_owned()), text),
        None => {
            let lang = stated.or(default);
            (lang.unwrap_or_else(|| UNKNOWN.to_owned()), "")
        }
    }
}

/// Returns the language that an object states of itself: `language` (Lemmy), else `inLanguage` (Mobilizon).
fn stated(post: &VerifiedObject) -> Option<String> {
    let language = post.object.language.as_ref();
    let language = language.and_then(|language| tag(&language.identifier));
    language.or_else(|| post.in_language.as_deref().and_then(tag))
}

/// Returns the language of the title, where `nameMap` tells it, else of the whole document.
fn default_language(post: &VerifiedObject) -> Option<String> {
    let object = &post.object;
    let titled = object
        .name_map
        .iter()
        .find(|(_, title)| match &object.name {
            Some(name) => name.trim() == title.trim(),
            None => true,
        });
    let titled = titled.and_then(|(key, _)| tag(key));
    titled.or_else(|| post.context_language.as_deref().and_then(tag))
}

/// Returns the other languages of a post, and the keys that they have in its maps: those of `contentMap`, then of
/// a thread those of `nameMap`. If they are too many, the interface's languages come first.
pub(super) fn others(object: &Object, lang: &str, thread: bool) -> Vec<(String, String)> {
    let titles = object.name_map.iter().filter(|_| thread);
    let mut others: Vec<(String, String)> = Vec::new();
    for (key, _) in object.content_map.iter().chain(titles) {
        let Some(tag) = tag(key) else { continue };
        if tag != lang && others.iter().all(|(known, _)| *known != tag) {
            others.push((tag, key.to_owned()));
        }
    }
    if others.len() >= LANGUAGES_MAX {
        others.sort_by_key(|(tag, _)| Lang::from_tag(tag).is_none());
        others.truncate(LANGUAGES_MAX - 1);
    }
    others
}

/// Returns the text that a map has in a language.
pub(super) fn entry<'m>(map: &'m LangMap, lang: &str) -> Option<&'m str> {
    let mut entries = map.iter();
    let found = entries.find(|(key, _)| tag(key).as_deref() == Some(lang));
    found.map(|(_, text)| text)
}

fn is_same_text(one: &str, other: &str) -> bool {
    let words = |html: &str| prose::plain(html, COMPARED_MAX);
    one.trim() == other.trim() || words(one) == words(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Returns the language of a Note with these keys, its text, and its other languages.
    fn of(more: &Value) -> String {
        let mut note =
            json!({"type": "Note", "id": "https://a.test/1", "attributedTo": "https://a.test/u"});
        for (key, value) in more.as_object().unwrap() {
            note[key] = value.clone();
        }
        let post = VerifiedObject::read(&note).unwrap();
        let (lang, text) = original(&post);
        let others = others(&post.object, &lang, true);
        let others: Vec<String> = others.into_iter().map(|(tag, _)| tag).collect();
        format!("{lang} {text} +{}", others.join(","))
    }

    #[test]
    fn the_language_is_that_of_the_equal_entry() {
        for (note, expected) in [
            (
                json!({"content": "hi", "contentMap": {"fr": "salut", "en": "hi"}}),
                "en hi +fr",
            ),
            (
                json!({"content": "<p>hi</p>\n", "contentMap": {"de": "hallo", "en": "<p>hi</p>"}}),
                "en <p>hi</p>\n +de",
            ),
            (
                json!({"content": "<p>a&amp;b</p>", "contentMap": {"de": "c", "en": "<p dir=ltr>a&amp;b</p>"}}),
                "en <p>a&amp;b</p> +de",
            ),
            (
                json!({"content": "hi", "contentMap": {"FR_ca": "hi"}}),
                "fr-CA hi +",
            ),
            (
                json!({"content": "hi", "contentMap": {"zh-hans": "x", "ZH-HANT": "hi"}}),
                "zh-Hant hi +zh-Hans",
            ),
            (
                json!({"content": "hi", "contentMap": {"iw": "hi", "he": "x"}}),
                "he hi +",
            ),
            (
                json!({"content": "OK", "contentMap": {"de": "OK", "en": "OK"}, "language": "en"}),
                "en OK +de",
            ),
            (
                json!({"content": "hi", "contentMap": {"en": "hi"}, "language": "fr"}),
                "en hi +",
            ),
        ] {
            assert_eq!(of(&note), expected, "{note}");
        }
    }

    #[test]
    fn an_unknown_language_stays_unknown() {
        for note in [
            json!({"content": "hi"}),
            json!({"content": "hi", "contentMap": {"und": "hi"}}),
            json!({"content": "hi", "contentMap": {"UND": "hi"}, "@context": {"@language": "fr"}}),
            json!({"content": "hi", "contentMap": {"": "hi"}}),
            json!({"content": "hi", "contentMap": {"klingon": "hi"}}),
            json!({"content": "hi", "contentMap": {"en": 4, "fr": "", "de": null}}),
            json!({"content": "hi", "language": {"identifier": "und"}}),
            json!({"content": "hi", "@context": {"@language": "und"}}),
        ] {
            assert_eq!(of(&note), "und hi +", "{note}");
        }
        // The French text is another one.
        let other = json!({"content": "hi", "contentMap": {"fr": "salut"}, "@context": {"@language": "fr"}});
        assert_eq!(of(&other), "und hi +fr");
    }

    #[test]
    fn other_keys_tell_the_language_where_the_map_does_not() {
        let context = json!(["https://www.w3.org/ns/activitystreams", {"@language": "fr"}]);
        for (note, expected) in [
            (json!({"content": "hi", "@context": context}), "fr hi +"),
            (
                json!({"content": "hi", "@context": context, "inLanguage": "en-ca"}),
                "en-CA hi +",
            ),
            (
                json!({"content": "hi", "@context": context, "contentMap": {"de": "hallo"}}),
                "fr hi +de",
            ),
            (
                json!({"content": "hi", "name": "Title", "nameMap": {"de": "Titel", "en": "Title"}}),
                "en hi +de",
            ),
            (
                json!({"contentMap": {"de": "hallo", "fr": "salut"}, "language": "fr"}),
                "fr salut +de",
            ),
            (
                json!({"content": " ", "contentMap": {"de": "hallo", "fr": "salut"}}),
                "de hallo +fr",
            ),
            (
                json!({"contentMap": [{"@language": "it", "@value": "ciao"}]}),
                "it ciao +",
            ),
            (json!({"nameMap": {"de": "Titel"}}), "de  +"),
        ] {
            assert_eq!(of(&note), expected, "{note}");
        }
    }
}
