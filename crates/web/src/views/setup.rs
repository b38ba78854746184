//! The setup: settings of the instance and its first administrator.

use askama::Template;

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::account::mail::optional_address_field;
use crate::views::account::{languages_field, zone_choices};
use model::Lang;

/// `/setup?key=…`
#[derive(Debug, Template)]
#[template(path = "setup/setup.html")]
pub struct Setup {
    pub f: Frame,
    pub form: Form,
}

/// The fields of the setup: `key url name_en name_fr description_en description_fr languages
/// registration handle admin_name password`, and `address` where mail is sent.
#[must_use]
pub fn setup_form(f: &Frame, key: &str, sends_mail: bool) -> Form {
    let address = optional_address_field(f)
        .optional(f)
        .hint(f.text("account-address-hint"));
    Form::new("/setup")
        .with(Field::new("key", Kind::Hidden, "").value(key))
        .with(
            Field::new("url", Kind::Url, f.text("setup-url"))
                .hint(f.text("setup-url-hint"))
                .autocomplete("off")
                .required(f.text("why-url")),
        )
        .with_all(site_fields(f))
        .with(
            Field::new("admin_name", Kind::Text, f.text("account-name"))
                .autocomplete("name")
                .max(120)
                .required(f.text("enter-name")),
        )
        .with(
            Field::new("handle", Kind::Text, f.text("account-handle"))
                .hint(f.text("account-handle-hint"))
                .prefix("@")
                .autocomplete("username")
                .max(30)
                .required(f.text("enter-handle")),
        )
        .with_all(sends_mail.then_some(address))
        .with(
            Field::new("password", Kind::Password, f.text("account-password"))
                .hint(f.text("account-password-hint"))
                .autocomplete("new-password")
                .required(f.text("enter-password")),
        )
}

/// What setup and the site settings both ask: `name_en name_fr description_en description_fr
/// languages zone registration`.
#[must_use]
pub fn site_fields(f: &Frame) -> Vec<Field> {
    let name = |lang: Lang| {
        Field::new(
            &format!("name_{}", lang.as_str()),
            Kind::Text,
            f.text(&format!("setup-name-{}", lang.as_str())),
        )
        .lang(lang)
        .max(120)
        .missing(f.text("enter-name-any"))
    };
    let description = |lang: Lang| {
        Field::new(
            &format!("description_{}", lang.as_str()),
            Kind::Area {
                rows: 5,
                markdown: true,
            },
            f.text(&format!("setup-description-{}", lang.as_str())),
        )
        .lang(lang)
        .max(2000)
    };
    let who = ["anyone", "approval", "invitation", "nobody"].map(|code| {
        Choice::new(code, f.text(&format!("setup-who-{code}")))
            .hint(f.text(&format!("setup-who-{code}-hint")))
    });
    let [first, second] = f.langs();
    vec![
        name(first),
        name(second),
        description(first),
        description(second),
        languages_field(f, "languages", "setup-languages").missing(f.text("enter-languages")),
        Field::new("zone", Kind::Select(zone_choices(f)), f.text("setup-zone"))
            .hint(f.text("setup-zone-hint")),
        Field::new(
            "registration",
            Kind::Radios(who.to_vec()),
            f.text("setup-who"),
        )
        .required(f.text("why-not-a-choice")),
    ]
}

/// `/setup` without its key, or once it is done.
#[derive(Debug, Template)]
#[template(path = "setup/closed.html")]
pub struct SetupClosed {
    pub f: Frame,
    /// The instance is set up already.
    pub done: bool,
}

#[cfg(test)]
mod tests;
