//! Samples of the pages about mail.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::account::{SettingsTab, settings_tabs};
use crate::views::parts::samples::{member, visitor};
use mail::{Action, MailText};
use model::Lang;

impl AddressPage {
    fn sample(lang: Lang, sends_mail: bool) -> Self {
        let f = member(lang, Section::Me);
        let mut form = address_form(&f, OwnerProof::Password);
        form.fault("address", f.text("why-address"));
        Self {
            tabs: settings_tabs(&f, SettingsTab::Mail),
            sends_mail,
            address: "ines.marchetti@alliance.example".to_owned(),
            pending: "ines@a-rather-long-name-of-a-hospital-in-the-north.example".to_owned(),
            demo_inbox: sends_mail.then(|| "/demo/mail/ines".to_owned()),
            form,
            f,
        }
    }
}

fn mail_text(lang: Lang) -> MailText {
    MailText {
        lang,
        subject: words::text(lang, "mail-reset-password-subject").to_owned(),
        greeting: "Ines,".to_owned(),
        paragraphs: vec![words::text(lang, "mail-reset-password-unasked").to_owned()],
        sections: vec![mail::Section {
            heading: "Weavers".to_owned(),
            items: vec![mail::Item {
                text: "Warping a heddle".to_owned(),
                url: "http://alliance.localhost/p/1".to_owned(),
                detail: "Use a peg.".to_owned(),
            }],
            more: None,
        }],
        action: Some(Action {
            label: words::text(lang, "mail-reset-password-action").to_owned(),
            url: "http://alliance.localhost/reset-password?key=aGVyb24".to_owned(),
        }),
        reason: "@ines".to_owned(),
        footer: vec![Action {
            label: words::text(lang, "mail-choices").to_owned(),
            url: "http://alliance.localhost/settings/notices".to_owned(),
        }],
        site: "Alliance".to_owned(),
        site_url: "http://alliance.localhost".to_owned(),
        headers: mail::MailHeaders::default(),
    }
}

#[test]
fn every_page_about_mail_is_whole_in_both_languages() {
    check_both("settings-mail", |lang| AddressPage::sample(lang, true));
    check_both("settings-mail-none", |lang| {
        AddressPage::sample(lang, false)
    });
    for kind in [MailLinkKind::Confirm, MailLinkKind::Cancel] {
        check_both(&format!("mail-link-{kind}"), |lang| LinkPage {
            f: visitor(lang),
            kind,
            address: "ines@alliance.example".to_owned(),
            form: link_form(kind, "aGVyb24"),
        });
    }
    for sends_mail in [true, false] {
        check_both(&format!("forgotten-password-{sends_mail}"), |lang| {
            let f = visitor(lang);
            let mut form = forgotten_form(&f);
            form.fault("account", f.text("enter-sign-in-name"));
            Forgotten {
                sends_mail,
                only_admins: sends_mail,
                form,
                f,
            }
        });
    }
    check_both("forgotten-password-sent", |lang| ForgottenSent {
        f: visitor(lang),
    });
    check_both("reset-password", |lang| {
        let f = visitor(lang);
        let mut form = reset_form(&f, "aGVyb24", &["ann@larchmere.example".to_owned()]);
        form.fault("password", f.text("why-password-short"));
        ResetPassword { form, f }
    });
    for mails in [0, 2] {
        check_both(&format!("demo-mail-{mails}"), |lang| DemoMail {
            f: visitor(lang),
            handle: "ines".to_owned(),
            mails: (0..mails)
                .map(|_| KeptMail {
                    to: "ines@alliance.example".parse().unwrap(),
                    at: model::Time::from_unix_millis(1_800_000_000_000),
                    text: mail_text(lang),
                })
                .collect(),
        });
    }
}
