//! What holds of whatever stands where a post should.

use super::Genuine;
use super::draft::{Setting, draft};
use client::same_origin_text;
use domain::prose::invariants::harmless;
use model::limits::TITLE_MAX;
use serde_json::Value;

/// A document is a post of its own origin or none; a public one becomes a draft with a title where
/// it needs one, in a language, with words that can do nothing.
pub fn post(value: &Value) {
    let Ok(post) = Genuine::read(value) else {
        return;
    };
    assert!(same_origin_text(&post.id, &post.author));
    assert_eq!(vocab::id_of(value), Some(post.id.as_str()));
    let Ok(audience) = post.check_audience() else {
        return;
    };
    for thread in [true, false] {
        let setting = Setting {
            thread,
            lang: "fr".to_owned(),
            mentions: Vec::new(),
        };
        let draft = draft(&post, audience, setting);
        assert_eq!(thread, !draft.title.is_empty());
        assert!(draft.title.chars().count() <= TITLE_MAX);
        assert!(!draft.title.chars().any(char::is_control));
        assert!(!draft.lang.is_empty() && draft.lang.len() <= 35);
        harmless(&draft.body.html);
        if let Some(second) = draft.second {
            assert_ne!(second.lang, draft.lang);
            assert!(second.title.chars().count() <= TITLE_MAX);
            harmless(&second.body.html);
        }
    }
}
