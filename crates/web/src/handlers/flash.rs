//! Flash messages: a confirmation shown once on the next page, kept in a cookie for a minute.

use http::HeaderMap;
use httpkit::session;
use model::{Lang, PostId};

use crate::frame::Flash;

/// Name of the cookie.
pub const COOKIE: &str = "flash";

/// The key of the post in the cookie.
const AT: &str = "at";

/// Longest name in the cookie, in characters.
const NAME_MAX: usize = 80;

/// The words whose message names nothing: `flash-<word>`.
const PLAIN: &[&str] = &[
    "accepted",
    "account-signed-out",
    "appealed",
    "address-asked",
    "address-confirmed",
    "address-kept",
    "deleted",
    "edited",
    "erased",
    "erased-before",
    "given",
    "invitation-declined",
    "invitation-resent",
    "invitation-revoked",
    "invitations-sent",
    "invited",
    "join-accepted",
    "join-answered",
    "join-asked",
    "join-asked-back",
    "join-confirmed",
    "join-declined",
    "join-taken-back",
    "join-invited",
    "join-none-chosen",
    "join-noted",
    "join-withdrawn",
    "joined",
    "left",
    "member-removed",
    "link-used",
    "moderated",
    "list-confirmed",
    "list-discarded",
    "moved",
    "muted",
    "password",
    "password-reset",
    "published",
    "replied",
    "reported",
    "retrying",
    "rule-lifted",
    "rule-written",
    "saved",
    "seen",
    "session-ended",
    "set-up",
    "signed-out",
    "started",
    "contact-sent",
    "organization-confirmed",
    "organization-removed",
    "tag-removed",
    "tagged",
    "token-revoked",
    "app-ended",
    "second-factor-added",
    "second-factor-removed",
    "sso-disconnected",
    "sso-unconnected",
    "unaccepted",
    "usual",
    "watched",
    "welcome",
    "withdrawn",
];

/// The words whose message names a person, a community or a host.
const NAMED: &[&str] = &[
    "account-approved",
    "account-demoted",
    "account-promoted",
    "account-refused",
    "account-restored",
    "account-suspended",
    "account-waits-again",
    "asked-to-follow",
    "asked-to-follow-here",
    "follows",
    "follows-person",
    "mail-chosen",
    "name-unknown",
    "sso-connected",
    "unfollowed",
];

/// What was done, as the cookie holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    word: &'static str,
    /// The name in the message; empty for [`PLAIN`] words.
    name: String,
    /// The post it is about.
    at: Option<PostId>,
}

/// Reads the cookie; words that are not ours are ignored.
pub fn read(headers: &HeaderMap) -> Option<Confirmation> {
    let sent = session::cookie(headers, COOKIE)?;
    let mut pairs = url::form_urlencoded::parse(sent.as_bytes());
    let (word, name) = pairs.next()?;
    let at = pairs.find(|(key, _)| key == AT);
    let known = if name.is_empty() { PLAIN } else { NAMED };
    Some(Confirmation {
        word: known.iter().copied().find(|known| *known == word)?,
        name: name.chars().take(NAME_MAX).collect(),
        at: at.and_then(|(_, id)| id.parse().ok()),
    })
}

/// The message of a confirmation.
pub fn message(lang: Lang, done: &Confirmation) -> Flash {
    let key = format!("flash-{}", done.word);
    let text = words::message(lang, &key)
        .arg("name", &done.name)
        .arg("host", &done.name);
    Flash {
        text: text.to_string(),
        good: true,
        // Another server accepts a follow later, and the question is asked once.
        offers_mail: matches!(
            done.word,
            "follows" | "asked-to-follow" | "asked-to-follow-here"
        ),
        at: done.at.map(|id| id.0),
    }
}

/// Builds the `Set-Cookie` header; `at` is the post that the confirmation is about.
pub fn cookie(word: &str, name: &str, at: Option<PostId>) -> String {
    let short: String = name.chars().take(NAME_MAX).collect();
    let value = url::form_urlencoded::Serializer::new(String::new())
        .append_pair(word, &short)
        .extend_pairs(at.map(|id| (AT, id.to_string())))
        .finish();
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60")
}

/// Builds the `Set-Cookie` header that removes the cookie.
pub fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: &str) -> Option<Confirmation> {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", format!("a=b; flash={value}").parse().unwrap());
        read(&headers)
    }

    #[test]
    fn every_word_says_something_in_both_languages() {
        for lang in words::LANGS {
            for word in PLAIN.iter().chain(NAMED) {
                let done = Confirmation {
                    word,
                    name: "Weavers".to_owned(),
                    at: None,
                };
                let text = message(lang, &done).text;
                assert!(!text.contains(['⟦', '{']), "{word} in {lang}: {text}");
                assert_eq!(
                    text.contains("Weavers"),
                    NAMED.contains(word),
                    "{word} in {lang}: {text}"
                );
            }
        }
    }

    #[test]
    fn every_message_has_its_word() {
        let file = include_str!("../../../words/locales/en/feedback.ftl");
        let names = file.lines().filter_map(|line| line.strip_prefix("flash-"));
        let mut missing: Vec<&str> = names
            .filter_map(|line| line.split(' ').next())
            .filter(|word| !PLAIN.contains(word) && !NAMED.contains(word))
            .collect();
        missing.sort_unstable();
        assert!(missing.is_empty(), "never shown: {missing:?}");
    }

    #[test]
    fn a_word_that_is_not_ours_is_not_told() {
        assert_eq!(sent("%3Cscript%3E="), None);
        assert_eq!(sent("follows="), None, "its message needs a name");
        assert_eq!(sent("saved=Weavers"), None);
        assert_eq!(sent("saved=").map(|done| done.word), Some("saved"));
    }

    #[test]
    fn a_name_arrives_as_it_was_sent() {
        let cookie = cookie("follows", "Santé; mentale & co", Some(PostId(7)));
        let value = cookie.strip_prefix("flash=").unwrap();
        let (value, _) = value.split_once(';').unwrap();
        let done = sent(value).expect("a confirmation");
        assert_eq!(
            (done.word, done.name.as_str(), done.at),
            ("follows", "Santé; mentale & co", Some(PostId(7)))
        );
    }
}
