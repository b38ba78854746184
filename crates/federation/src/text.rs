//! Short texts of peers: put on one line, language tags, HTML escaping; and the digest of a text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;
use vocab::Actor;

/// Puts a text on one line, see [`model::name::one_line`], and truncates to `max` characters with an
/// ellipsis.
#[must_use]
pub(crate) fn one_line(text: &str, max: usize) -> String {
    let folded = model::name::one_line(text);
    if folded.chars().count() <= max {
        return folded;
    }
    let truncated: String = folded.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", truncated.trim_end())
}

/// Returns the name of an actor as it is to be shown: its handle where its name has nothing visible.
#[must_use]
pub(crate) fn name_of(document: &Actor, max: usize) -> String {
    let handle = document.preferred_username.as_deref();
    let names = [document.display_name(), handle.unwrap_or_default()];
    let mut lines = names.into_iter().map(|name| one_line(name, max));
    lines.find(|line| !line.is_empty()).unwrap_or_default()
}

/// Normalizes a language tag (BCP 47, with the case of RFC 5646 §2.1.1 and without withdrawn codes; `fr_CA.UTF-8`
/// is read as `fr-CA`). `None` for invalid tags and for those that name no language (`und`, `mul`, `zxx`).
#[must_use]
pub(crate) fn tag(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    let text = text.split(['.', '@']).next().unwrap_or_default();
    let mut tag = String::new();
    for (number, subtag) in text.split('-').enumerate() {
        if !model::lang::is_tag(text) {
            return None;
        }
        let lower = subtag.to_ascii_lowercase();
        match (number, subtag.len()) {
            (0, _) => tag.push_str(current_code(&lower)),
            // A script, such as `Hant`.
            (_, 4) if subtag.bytes().all(|b| b.is_ascii_alphabetic()) => {
                let (first, rest) = lower.split_at(1);
                tag.extend(["-", &first.to_ascii_uppercase(), rest]);
            }
            // A region.
            (_, 2) => tag.extend(["-", &lower.to_ascii_uppercase()]),
            (_, _) => tag.extend(["-", &lower]),
        }
    }
    let names_none = matches!(primary(&tag), "und" | "mul" | "mis" | "zxx");
    (!names_none).then_some(tag)
}

/// Returns the code in use for a withdrawn or longer code of a language.
fn current_code(code: &str) -> &str {
    match code {
        "iw" => "he",
        "in" => "id",
        "ji" => "yi",
        "jw" => "jv",
        "mo" => "ro",
        "eng" => "en",
        "fra" | "fre" => "fr",
        other => other,
    }
}

/// Returns the primary language of a tag: `fr` of `fr-CA`.
#[must_use]
pub(crate) fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// Escapes plain text for HTML, also within a quoted attribute.
#[must_use]
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The SHA-256 of bytes in base64url: a short name for them.
#[must_use]
pub(crate) fn digest(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sha256(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_out_on_one_line() {
        assert_eq!(one_line(" a\n\tb\u{202e}c \u{7} ", 10), "a bc");
        assert_eq!(one_line("warping a heddle", 9), "warping…");
        assert_eq!(one_line("été", 3), "été");
    }

    #[test]
    fn escaped_text_is_safe_in_every_attribute() {
        assert_eq!(escape("<a>'\"&"), "&lt;a&gt;&#39;&quot;&amp;");
    }

    #[test]
    fn tags_are_cleaned() {
        assert_eq!(tag("fr_CA").as_deref(), Some("fr-CA"));
        assert_eq!(tag("EN").as_deref(), Some("en"));
        for (written, normal) in [
            ("ZH-HANT-tw", "zh-Hant-TW"),
            ("iw", "he"),
            ("FRE-ca", "fr-CA"),
            ("fr_CA.UTF-8", "fr-CA"),
            ("ca@valencia", "ca"),
            ("de-1996", "de-1996"),
            ("en-GB-oxendict", "en-GB-oxendict"),
        ] {
            assert_eq!(tag(written).as_deref(), Some(normal), "{written}");
        }
        for bad in [
            "und",
            "UND",
            "mul",
            "zxx",
            "",
            "x",
            "english",
            "e n",
            "en-",
            "en-\"><b>",
        ] {
            assert_eq!(tag(bad), None, "{bad}");
        }
        assert_eq!(primary("fr-CA"), "fr");
    }
}
