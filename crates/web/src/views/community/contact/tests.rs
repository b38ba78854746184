//! Samples of the pages of contacts.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::parts::samples::{member, say, supply, visitor};

fn contacts(lang: Lang) -> Vec<ContactLine> {
    let line = |number, name: &str, about: String| ContactLine {
        number,
        name: name.into(),
        about,
        lang: String::new(),
    };
    vec![
        line(1, "Amira <Benali>", say(lang, "Joining", "Adhésion")),
        line(2, "Théo Marchand", String::new()),
    ]
}

impl ContactPage {
    fn sample(lang: Lang) -> Self {
        let f = visitor(lang);
        let mut form = contact_form(&f, "/c/safer-supply/contact", &contacts(lang));
        form.fault("address", f.text("why-address"));
        Self {
            place: supply(lang),
            contacts: contacts(lang),
            sends_mail: true,
            f: f.sending(&form),
            form: Some(form),
        }
    }

    fn without_mail(lang: Lang) -> Self {
        Self {
            form: None,
            sends_mail: false,
            f: visitor(lang),
            ..Self::sample(lang)
        }
    }
}

impl ContactsPage {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let form = contacts_form(&f, "/c/safer-supply/contacts");
        Self {
            place: supply(lang),
            f: f.sending(&form),
            form,
        }
    }
}

#[test]
fn the_pages_of_contacts_are_sound() {
    check_both("community-contact", ContactPage::sample);
    check_both("community-contact-without-mail", ContactPage::without_mail);
    check_both("community-contacts", ContactsPage::sample);
}
