//! The setup: settings of the instance and its first administrator.

use askama::Template;

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::account::languages_field;
use model::Lang;

/// `/setup?key=…`
#[derive(Debug, Template)]
#[template(path = "setup/setup.html")]
pub struct Setup {
    pub f: Frame,
    pub form: Form,
}

/// The fields of the setup: `key url name_en name_fr description_en description_fr languages
/// registration handle admin_name password`.
#[must_use]
pub fn setup_form(f: &Frame, key: &str) -> Form {
    Form::new("/setup")
        .with(Field::new("key", Kind::Hidden, "").value(key))
        .with(
            Field::new("url", Kind::Url, f.text("setup-url"))
                .hint(f.text("setup-url-hint"))
                .autocomplete("off")
                .required(),
        )
        .with_all(site_fields(f))
        .with(
            Field::new("admin_name", Kind::Text, f.text("account-name"))
                .autocomplete("name")
                .max(120)
                .required(),
        )
        .with(
            Field::new("handle", Kind::Text, f.text("account-handle"))
                .hint(f.text("account-handle-hint"))
                .prefix("@")
                .autocomplete("username")
                .max(30)
                .required(),
        )
        .with(
            Field::new("password", Kind::Password, f.text("account-password"))
                .hint(f.text("account-password-hint"))
                .autocomplete("new-password")
                .required(),
        )
}

/// What setup and the site settings both ask: `name_en name_fr description_en description_fr
/// languages registration`.
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
    vec![
        name(Lang::En),
        name(Lang::Fr),
        description(Lang::En),
        description(Lang::Fr),
        languages_field("languages", f.text("setup-languages")),
        Field::new(
            "registration",
            Kind::Radios(who.to_vec()),
            f.text("setup-who"),
        )
        .required(),
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
