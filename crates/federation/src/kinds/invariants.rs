//! Invariants of parsing any JSON as a post.

use super::draft::{DraftContext, draft};
use super::verified_object::VerifiedObject;
use client::same_origin_text;
use domain::post::Wording;
use domain::prose::invariants::harmless;
use model::lang_text::LANGUAGES_MAX;
use model::limits::TITLE_MAX;
use serde_json::Value;

/// A document is refused, or a post of its own origin; a public one becomes a draft with a title where it needs
/// one, a language, and harmless HTML.
pub fn post(value: &Value) {
    let Ok(post) = VerifiedObject::read(value) else {
        return;
    };
    assert!(same_origin_text(&post.id, &post.author));
    assert_eq!(vocab::id_of(value), Some(post.id.as_str()));
    let Ok(audience) = post.audience() else {
        return;
    };
    for thread in [true, false] {
        let context = DraftContext {
            thread,
            mentions: Vec::new(),
            parent: None,
        };
        let draft = draft(&post, audience, context);
        let first = draft.wordings.first();
        assert_eq!(Some(thread), first.map(|first| !first.title.is_empty()));
        assert!(draft.wordings.len() <= LANGUAGES_MAX);
        for (n, wording) in draft.wordings.iter().enumerate() {
            assert!(wording.title.chars().count() <= TITLE_MAX);
            assert!(!wording.title.chars().any(char::is_control));
            assert!(!wording.lang.is_empty() && wording.lang.len() <= 35);
            let same = |other: &Wording| other.lang == wording.lang;
            assert!(!draft.wordings.iter().take(n).any(same));
            harmless(&wording.body.html);
        }
    }
}
