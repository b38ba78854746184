//! The mails that the owner of an account receives because of the account itself.

use model::Lang;
use model::mail::{AccountMail, SecurityEvent};
use words::{message, text};

use crate::headers::MailHeaders;
use crate::mail_text::{Action, MailText};

/// Who receives a mail, and from which site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub lang: Lang,
    /// The name of the person, and their handle without the `@`.
    pub name: String,
    pub handle: String,
    /// The name of the site in the reader's language, and its address without a slash at the end.
    pub site: String,
    pub site_url: String,
}

/// Writes a mail. `link` is the path and query of the page that it asks to open.
#[must_use]
pub fn write(to: &Recipient, mail: &AccountMail, link: Option<&str>) -> MailText {
    let lang = to.lang;
    let key = mail.name();
    let part = |part: &str| format!("mail-{key}-{part}");
    let fill = |name: &str| {
        let said = message(lang, name)
            .arg("site", &to.site)
            .arg("name", &to.name)
            .arg("handle", &to.handle);
        match mail {
            AccountMail::ConfirmAddress { address } => said.arg("address", address.as_str()),
            AccountMail::AddressChange { address, .. } => said.arg("address", address.as_str()),
            AccountMail::ResetPassword | AccountMail::Approved | AccountMail::Security { .. } => {
                said
            }
            AccountMail::Refused { reason } => said.arg("reason", reason),
        }
        .to_string()
    };
    let mut paragraphs = vec![fill(&part("text"))];
    match mail {
        AccountMail::Refused { reason } if !reason.is_empty() => {
            paragraphs.push(fill(&part("reason")))
        }
        AccountMail::ConfirmAddress { .. }
        | AccountMail::AddressChange { .. }
        | AccountMail::ResetPassword
        | AccountMail::Approved
        | AccountMail::Refused { .. }
        | AccountMail::Security { .. } => {}
    }
    if let Some(after) = ignored_if_unasked(mail) {
        paragraphs.push(text(lang, after).to_owned());
    }
    MailText {
        lang,
        subject: fill(&part("subject")),
        greeting: fill("mail-greeting"),
        paragraphs,
        sections: Vec::new(),
        action: link.map(|path| Action {
            label: fill(&part("action")),
            url: format!("{}{path}", to.site_url),
        }),
        reason: fill("mail-reason-account"),
        footer: Vec::new(),
        site: to.site.clone(),
        site_url: to.site_url.clone(),
        headers: MailHeaders::default(),
    }
}

/// What to do for somebody who has not asked for this.
const fn ignored_if_unasked(mail: &AccountMail) -> Option<&'static str> {
    match mail {
        AccountMail::ConfirmAddress { .. } => Some("mail-confirm-address-unasked"),
        AccountMail::AddressChange { .. } => Some("mail-address-change-unasked"),
        AccountMail::ResetPassword => Some("mail-reset-password-unasked"),
        AccountMail::Security {
            event: SecurityEvent::WrongCodes,
        } => Some("mail-wrong-codes-unasked"),
        AccountMail::Security { .. } => Some("mail-security-unasked"),
        AccountMail::Approved | AccountMail::Refused { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_told_what_happened_and_what_to_do_in_both_languages() {
        for (lang, if_not) in [(Lang::En, "If not, "), (Lang::Fr, "Sinon, ")] {
            let to = Recipient {
                lang,
                name: "Ann".to_owned(),
                handle: "ann".to_owned(),
                site: "Alpha".to_owned(),
                site_url: "https://alpha.test".to_owned(),
            };
            for event in SecurityEvent::ALL {
                let mail = AccountMail::Security { event: *event };
                let mail_text = write(&to, &mail, mail.page());
                let [what, advice] = mail_text.paragraphs.as_slice() else {
                    panic!("{event}: {:?}", mail_text.paragraphs);
                };
                assert!(what.contains("@ann"), "{event}: {what}");
                assert!(advice.contains(if_not), "{event}: {advice}");
                assert!(
                    !mail_text.subject.starts_with("mail-"),
                    "{}",
                    mail_text.subject
                );
                let url = mail_text.action.unwrap().url;
                assert!(url.starts_with("https://alpha.test/settings/"), "{url}");
            }
        }
    }
}
