//! The mail by which somebody who visits the page of a community writes to one of its contacts.

use model::Lang;
use model::mail::MailAddress;
use words::message;

use crate::headers::MailHeaders;
use crate::mail_text::MailText;

/// A message, and to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactMail {
    pub lang: Lang,
    /// The contact.
    pub to: String,
    /// Who writes, as they say: name and address.
    pub name: String,
    pub address: MailAddress,
    pub text: String,
    /// The name of the community in the contact's language.
    pub community: String,
    /// The name of the site in the contact's language, and its address without a slash at the end.
    pub site: String,
    pub site_url: String,
}

/// Writes the mail. An answer to it goes to whoever wrote.
#[must_use]
pub fn write(mail: &ContactMail) -> MailText {
    let fill = |key: &str| {
        message(mail.lang, key)
            .arg("name", &mail.name)
            .arg("address", mail.address.to_string())
            .arg("community", &mail.community)
            .arg("site", &mail.site)
            .to_string()
    };
    let greeting = message(mail.lang, "mail-greeting").arg("name", &mail.to);
    let said = mail.text.split("\n\n").map(str::trim);
    let said = said.filter(|part| !part.is_empty()).map(str::to_owned);
    MailText {
        lang: mail.lang,
        subject: fill("mail-contact-subject"),
        greeting: greeting.to_string(),
        paragraphs: std::iter::once(fill("mail-contact-text"))
            .chain(said)
            .collect(),
        sections: Vec::new(),
        action: None,
        reason: fill("mail-reason-contact"),
        footer: Vec::new(),
        site: mail.site.clone(),
        site_url: mail.site_url.clone(),
        headers: MailHeaders {
            reply_to: Some((mail.name.clone(), mail.address.clone())),
            ..MailHeaders::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mail_says_who_writes_and_is_answered_to_them() {
        for lang in Lang::ALL {
            let mail = write(&ContactMail {
                lang: *lang,
                to: "Ann".into(),
                name: "Zoé".into(),
                address: "zoe@example.org".parse().unwrap(),
                text: "Hello.\n\nWhen do you meet?".into(),
                community: "Weavers".into(),
                site: "Alpha".into(),
                site_url: "https://alpha.test".into(),
            });
            let all = format!("{} {}", mail.subject, mail.plain());
            for said in ["Zoé", "zoe@example.org", "When do you meet?", "Weavers"] {
                assert!(all.contains(said), "{said}: {all}");
            }
            assert!(
                !mail.subject.contains("Zoé"),
                "a stranger's words are in the text"
            );
            let answer = mail.headers.reply_to.unwrap();
            assert_eq!(answer.1.to_string(), "zoe@example.org");
        }
    }
}
