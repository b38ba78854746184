//! The mail that invites somebody to a community.

use model::Lang;
use words::{message, text};

use crate::headers::MailHeaders;
use crate::mail_text::{Action, MailText};

/// Who is invited by a mail, by whom and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitedRecipient {
    pub lang: Lang,
    /// Empty where it is not known.
    pub name: String,
    /// The name of whoever invites.
    pub inviter: String,
    /// The name and the purpose of the community in the reader's language.
    pub community: String,
    pub purpose: String,
    /// A word of whoever invites; empty for none.
    pub words: String,
    /// The name of the site in the reader's language, and its address without a slash at the end.
    pub site: String,
    pub site_url: String,
}

/// Writes the mail. `link` is the path and query of its page, on which it is also declined.
#[must_use]
pub fn write(to: &InvitedRecipient, link: &str) -> MailText {
    let lang = to.lang;
    let fill = |key: &str| {
        message(lang, key)
            .arg("name", &to.name)
            .arg("inviter", &to.inviter)
            .arg("community", &to.community)
            .arg("site", &to.site)
            .to_string()
    };
    let url = format!("{}{link}", to.site_url);
    let mut paragraphs = vec![fill("mail-invitation-text")];
    if !to.purpose.is_empty() {
        paragraphs.push(to.purpose.clone());
    }
    if !to.words.is_empty() {
        paragraphs.push(fill("mail-invitation-words"));
        paragraphs.push(to.words.clone());
    }
    let other = |key: &str, word: &str| Action {
        label: text(lang, key).to_owned(),
        url: format!("{url}&do={word}"),
    };
    MailText {
        lang,
        subject: fill("mail-invitation-subject"),
        greeting: match to.name.is_empty() {
            true => text(lang, "mail-greeting-unknown").to_owned(),
            false => fill("mail-greeting"),
        },
        paragraphs,
        sections: Vec::new(),
        action: Some(Action {
            label: fill("mail-invitation-action"),
            url: url.clone(),
        }),
        reason: fill("mail-reason-invitation"),
        footer: vec![
            other("mail-invitation-decline", "decline"),
            other("mail-invitation-never", "never"),
        ],
        site: to.site.clone(),
        site_url: to.site_url.clone(),
        headers: MailHeaders::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_who_invites_to_what_and_how_to_decline_in_both_languages() {
        for lang in Lang::ALL {
            let to = InvitedRecipient {
                lang: *lang,
                name: String::new(),
                inviter: "Ann Weaver".to_owned(),
                community: "Weavers".to_owned(),
                purpose: "To weave together.".to_owned(),
                words: "See you at the loom".to_owned(),
                site: "Alpha".to_owned(),
                site_url: "https://alpha.test".to_owned(),
            };
            let mail = write(&to, "/join/invited?key=k");
            let all = format!("{} {}", mail.subject, mail.plain());
            for said in [
                "Ann Weaver",
                "Weavers",
                "To weave together.",
                "See you at the loom",
                "https://alpha.test/join/invited?key=k\n",
                "https://alpha.test/join/invited?key=k&do=decline",
                "https://alpha.test/join/invited?key=k&do=never",
            ] {
                assert!(all.contains(said), "{said}: {all}");
            }
            assert!(
                !all.contains("mail-invitation") && !all.contains('⟦'),
                "{all}"
            );
        }
    }
}
