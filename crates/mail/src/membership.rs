//! The mails to somebody without an account who asked to join a community.

use model::Lang;
use model::membership::JoinMail;
use words::{message, text};

use crate::headers::MailHeaders;
use crate::mail_text::{Action, MailText};

/// Who receives a mail about a request to join, and what of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRecipient {
    pub lang: Lang,
    pub name: String,
    /// The name of the community in the reader's language.
    pub community: String,
    /// The name of the site in the reader's language, and its address without a slash at the end.
    pub site: String,
    pub site_url: String,
}

/// What a mail about a request to join says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinSubject {
    /// What became of the request.
    Request(JoinMail),
    /// There is an account with this address, whose owner joins when they are signed in.
    HasAccount,
}

impl JoinSubject {
    /// The word in the keys of its messages.
    const fn word(self) -> &'static str {
        match self {
            Self::Request(mail) => mail.as_str(),
            Self::HasAccount => "account",
        }
    }

    /// Whether the mail also says that it can be ignored.
    const fn is_perhaps_unasked(self) -> bool {
        matches!(self, Self::Request(JoinMail::Confirm) | Self::HasAccount)
    }
}

/// Writes a mail. `said` is what a facilitator asked or added, empty for nothing; `link` the path and query of the page
/// that the mail asks to open.
#[must_use]
pub fn write(to: &JoinRecipient, subject: JoinSubject, said: &str, link: &str) -> MailText {
    let lang = to.lang;
    let fill = |key: &str| {
        message(lang, key)
            .arg("name", &to.name)
            .arg("community", &to.community)
            .arg("site", &to.site)
            .to_string()
    };
    let part = |part: &str| fill(&format!("mail-join-{}-{part}", subject.word()));
    let mut paragraphs = vec![part("text")];
    if !said.is_empty() {
        paragraphs.push(said.to_owned());
    }
    if subject.is_perhaps_unasked() {
        paragraphs.push(text(lang, "mail-join-unasked").to_owned());
    }
    MailText {
        lang,
        subject: part("subject"),
        // Whoever typed the address typed the name too: a stranger's words do not go out in our mail.
        greeting: match subject.is_perhaps_unasked() {
            true => text(lang, "mail-greeting-unknown").to_owned(),
            false => fill("mail-greeting"),
        },
        paragraphs,
        sections: Vec::new(),
        action: Some(Action {
            label: part("action"),
            url: format!("{}{link}", to.site_url),
        }),
        reason: fill("mail-reason-join"),
        footer: Vec::new(),
        site: to.site.clone(),
        site_url: to.site_url.clone(),
        headers: MailHeaders::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mail_names_the_community_and_says_what_to_do_in_both_languages() {
        let all = JoinMail::ALL.iter().map(|mail| JoinSubject::Request(*mail));
        for subject in all.chain([JoinSubject::HasAccount]) {
            for lang in Lang::ALL {
                let to = JoinRecipient {
                    lang: *lang,
                    name: "Zoé".to_owned(),
                    community: "Weavers".to_owned(),
                    site: "Alpha".to_owned(),
                    site_url: "https://alpha.test".to_owned(),
                };
                let mail = write(&to, subject, "Which loom?", "/join/request?key=k");
                let all = format!("{} {}", mail.subject, mail.plain());
                assert!(mail.subject.contains("Weavers"), "{}", mail.subject);
                assert!(all.contains("Which loom?"), "{all}");
                let named = !subject.is_perhaps_unasked();
                assert_eq!(all.contains("Zoé"), named, "{all}");
                assert!(
                    all.contains("https://alpha.test/join/request?key=k"),
                    "{all}"
                );
                assert!(!all.contains("mail-join"), "{all}");
            }
        }
    }
}
