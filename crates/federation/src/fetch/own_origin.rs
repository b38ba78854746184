//! Which addresses an actor's document may name as the actor's own: those on its origin, and keys below
//! its id. Pure.

use crate::identity::ID_MAX;
use client::{same_origin, without_fragment};
use url::Url;

/// Whether a key's id is the actor's own with a fragment (`#main-key`), or a path or a query below it
/// (GoToSocial's `/main-key`).
pub(super) fn is_below(key_id: &str, actor: &Url) -> bool {
    let Ok(key) = Url::parse(key_id) else {
        return false;
    };
    let (key, actor) = (without_fragment(&key), without_fragment(actor));
    let Some(rest) = key.as_str().strip_prefix(actor.as_str()) else {
        return false;
    };
    rest.is_empty() || actor.as_str().ends_with('/') || rest.starts_with(['/', '?', '&'])
}

/// Returns a URL as written, if it is on the actor's origin.
pub(super) fn on_origin(text: Option<&str>, id: &Url) -> Option<String> {
    let text = text.filter(|text| text.len() <= ID_MAX)?;
    let url = Url::parse(text).ok()?;
    same_origin(&url, id).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_lies_below_its_actor() {
        let below = |key: &str, actor: &str| is_below(key, &Url::parse(actor).unwrap());
        for (key, actor) in [
            ("https://a.test/u/x#main-key", "https://a.test/u/x"),
            ("https://a.test/u/x/main-key", "https://a.test/u/x"),
            ("https://a.test/u/x?key=1", "https://a.test/u/x"),
            ("https://a.test/?author=1#key", "https://a.test/?author=1"),
            ("https://a.test/#main-key", "https://a.test/"),
            ("https://a.test/actor/key", "https://a.test"),
        ] {
            assert!(below(key, actor), "{key} {actor}");
        }
        for (key, actor) in [
            ("https://a.test/u/xy#main-key", "https://a.test/u/x"),
            ("https://a.test/u/y#main-key", "https://a.test/u/x"),
            ("https://a.test/u/x/../y#main-key", "https://a.test/u/x"),
            ("https://a.test/?author=12#key", "https://a.test/?author=1"),
            ("https://a.test/keys/1", "https://a.test/u/x"),
            ("x", "https://a.test/u/x"),
        ] {
            assert!(!below(key, actor), "{key} {actor}");
        }
    }
}
