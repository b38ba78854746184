//! Flash messages: a confirmation shown once on the next page, kept in a cookie for a minute.

use http::HeaderMap;
use httpkit::session;
use model::Lang;

use crate::frame::Flash;

/// Name of the cookie.
pub const COOKIE: &str = "flash";

/// The values of the cookie; each has a message `flash-<word>`.
const WORDS: &[&str] = &[
    "account-approved",
    "account-refused",
    "account-restored",
    "account-suspended",
    "asked-to-follow",
    "deleted",
    "edited",
    "follows",
    "follows-person",
    "founded",
    "given",
    "invited",
    "moved",
    "password",
    "published",
    "replied",
    "retrying",
    "rule-lifted",
    "rule-written",
    "saved",
    "seen",
    "session-ended",
    "set-up",
    "signed-out",
    "token-revoked",
    "unfollowed",
    "welcome",
    "withdrawn",
];

/// Reads the cookie; unknown words are ignored.
pub fn read(headers: &HeaderMap) -> Option<&'static str> {
    let sent = session::cookie(headers, COOKIE)?;
    WORDS.iter().copied().find(|word| *word == sent)
}

/// The message of a word.
pub fn message(lang: Lang, word: &str) -> Flash {
    Flash {
        text: words::text(lang, &format!("flash-{word}")).to_owned(),
        good: true,
    }
}

/// Builds the `Set-Cookie` header; without a word it clears the cookie.
pub fn cookie(word: Option<&str>) -> String {
    let age = if word.is_some() { 60 } else { 0 };
    let word = word.unwrap_or_default();
    format!("{COOKIE}={word}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_says_something_in_both_languages() {
        for lang in words::LANGS {
            for word in WORDS {
                assert!(!message(lang, word).text.contains('⟦'), "{word} in {lang}");
            }
        }
    }

    #[test]
    fn a_word_that_is_not_ours_is_not_told() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", "flash=<script>".parse().unwrap());
        assert_eq!(read(&headers), None);
        headers.insert("cookie", "a=b; flash=saved".parse().unwrap());
        assert_eq!(read(&headers), Some("saved"));
    }
}
