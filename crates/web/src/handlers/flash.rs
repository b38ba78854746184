//! What just happened, told once at the top of the next page: a cookie of one word, kept a minute.

use http::HeaderMap;
use httpkit::session;
use model::Lang;

use crate::frame::Flash;

/// The cookie.
pub const COOKIE: &str = "flash";

/// Everything that is told. Each has a message `flash-<word>`.
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

/// The word a request carries, where it is one of ours.
pub fn read(headers: &HeaderMap) -> Option<&'static str> {
    let sent = session::cookie(headers, COOKIE)?;
    WORDS.iter().copied().find(|word| *word == sent)
}

/// What it says.
pub fn message(lang: Lang, word: &str) -> Flash {
    Flash {
        text: words::text(lang, &format!("flash-{word}")).to_owned(),
        good: true,
    }
}

/// The `Set-Cookie` that tells it on the next page; with no word, that nothing is left to tell.
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
