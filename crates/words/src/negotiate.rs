//! Chooses the reader's language from what a request says.

use model::Lang;

/// Chooses the reader's language: `?lang=` before the one kept for the reader (account or cookie),
/// before `Accept-Language` (by its q-values), before the instance's own.
#[must_use]
pub fn negotiate(
    query: Option<&str>,
    kept: Option<&str>,
    accept: Option<&str>,
    default: Lang,
) -> Lang {
    query
        .and_then(Lang::from_tag)
        .or_else(|| kept.and_then(Lang::from_tag))
        .or_else(|| accept.and_then(preferred))
        .unwrap_or(default)
}

/// The best of ours in an `Accept-Language` header; the first named wins a tie (RFC 9110 §12.5.4).
fn preferred(header: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for part in header.split(',') {
        let mut pieces = part.split(';');
        let Some(lang) = pieces.next().map(str::trim).and_then(Lang::from_tag) else {
            continue;
        };
        let q = pieces
            .find_map(|piece| piece.trim().strip_prefix("q="))
            .and_then(|q| q.parse::<f32>().ok())
            .unwrap_or(1.0);
        if q > 0.0 && best.is_none_or(|(b, _)| q > b) {
            best = Some((q, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_wins_over_the_cookie_over_the_browser() {
        let choose = |q, c, a| negotiate(q, c, a, Lang::En);
        assert_eq!(choose(Some("fr"), Some("en"), Some("en")), Lang::Fr);
        assert_eq!(choose(Some("de"), Some("fr"), Some("en")), Lang::Fr);
        assert_eq!(
            choose(None, None, Some("de, fr-CA;q=0.8, en;q=0.5")),
            Lang::Fr
        );
        assert_eq!(choose(None, None, Some("fr;q=0.3, en-GB;q=0.9")), Lang::En);
        assert_eq!(choose(None, None, Some("fr;q=0")), Lang::En);
        assert_eq!(choose(None, None, None), Lang::En);
    }
}
