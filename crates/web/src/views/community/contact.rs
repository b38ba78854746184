//! Whom visitors of a community can write to: the form that mails them, and the list that facilitators keep.

use askama::Template;
use model::Lang;
use model::community::contact::{
    CONTACT_ABOUT_MAX, CONTACT_NAME_MAX, CONTACT_TEXT_MAX, CONTACTS_MAX,
};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::PlaceLink;

/// Somebody whom visitors can write to.
#[derive(Debug, Clone)]
pub struct ContactLine {
    pub number: i32,
    pub name: String,
    /// What to write to them about; may be empty.
    pub about: String,
    /// Language of that; empty where it is the page's.
    pub lang: String,
}

/// `/c/{handle}/contact`
#[derive(Debug, Template)]
#[template(path = "community/contact.html")]
pub struct ContactPage {
    pub f: Frame,
    pub place: PlaceLink,
    pub contacts: Vec<ContactLine>,
    /// `None` where nobody is named, or this site sends no mail.
    pub form: Option<Form>,
    pub sends_mail: bool,
}

/// `/c/{handle}/contacts`
#[derive(Debug, Template)]
#[template(path = "community/contacts.html")]
pub struct ContactsPage {
    pub f: Frame,
    pub place: PlaceLink,
    pub form: Form,
}

impl ContactsPage {
    fn numbers() -> std::ops::RangeInclusive<usize> {
        1..=CONTACTS_MAX
    }

    fn field(&self, number: &usize, name: &str) -> Field {
        self.form.get(&format!("contact_{number}_{name}"))
    }

    fn about(&self, number: &usize) -> Vec<&Field> {
        self.form.in_both(&format!("contact_{number}_about"))
    }
}

/// The fields of a message: `to name address text`.
#[must_use]
pub fn contact_form(f: &Frame, action: &str, contacts: &[ContactLine]) -> Form {
    let choice = |contact: &ContactLine| {
        let choice = Choice::new(contact.number.to_string(), &contact.name);
        match contact.about.is_empty() {
            true => choice,
            false => choice.hint(&contact.about),
        }
    };
    let to = Field::new(
        "to",
        Kind::Radios(contacts.iter().map(choice).collect()),
        f.text("contact-to"),
    )
    .missing(f.text("enter-contact-to"));
    let to = match contacts {
        [one, ..] => to.value(one.number.to_string()),
        [] => to,
    };
    let name = Field::new("name", Kind::Text, f.text("contact-your-name"))
        .autocomplete("name")
        .max(CONTACT_NAME_MAX)
        .missing(f.text("enter-name"));
    let address = Field::new("address", Kind::Email, f.text("contact-your-address"))
        .hint(f.text("contact-your-address-hint"))
        .autocomplete("email")
        .missing(f.text("why-address"));
    let area = Kind::Area {
        rows: 8,
        markdown: false,
    };
    let text = Field::new("text", area, f.text("contact-text"))
        .max(CONTACT_TEXT_MAX)
        .missing(f.text("enter-contact-text"));
    Form::new(action)
        .with(to)
        .with(name)
        .with(address)
        .with(text)
}

/// The fields of the contacts: for each `contact_1_name contact_1_address contact_1_lang contact_1_about_en
/// contact_1_about_fr`.
#[must_use]
pub fn contacts_form(f: &Frame, action: &str) -> Form {
    let fields = (1..=CONTACTS_MAX).flat_map(|number| {
        let field = |name: &str, kind: Kind| {
            Field::new(
                &format!("contact_{number}_{name}"),
                kind,
                f.text(&format!("contact-{name}")),
            )
        };
        let about = |lang: Lang| {
            field(&format!("about_{lang}"), Kind::Text)
                .lang(lang)
                .autocomplete("off")
                .max(CONTACT_ABOUT_MAX)
        };
        let own = |lang: Lang| Choice::new(lang.as_str(), words::own_name(lang));
        let langs = Kind::Select(f.langs().map(own).to_vec());
        let name = field("name", Kind::Text)
            .autocomplete("off")
            .max(CONTACT_NAME_MAX);
        let address = field("address", Kind::Email).autocomplete("off");
        [name, address, field("lang", langs)]
            .into_iter()
            .chain(f.langs().map(about))
            .collect::<Vec<_>>()
    });
    Form::new(action).with_all(fields)
}

#[cfg(test)]
mod tests;
