//! Two-step sign-in: its settings, and the second step.

use askama::Template;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::Tab;

/// `/settings/second-factor`
#[derive(Debug, Template)]
#[template(path = "account/second_factor.html")]
pub struct SecondFactor {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    /// The reader administers a site that wants it, and has not set it up.
    pub needed: bool,
    pub state: FactorState,
}

/// How far it is set up.
#[derive(Debug)]
pub enum FactorState {
    Off {
        form: Form,
    },
    /// An app is to be shown the secret.
    Pending {
        /// In base32, in groups of four.
        secret: String,
        /// The address for apps, as a picture.
        qr: Option<QrPicture>,
        form: Form,
    },
    /// On, with so many recovery codes.
    On {
        left: i64,
        form: Form,
    },
}

/// A QR code.
#[derive(Debug)]
pub struct QrPicture {
    /// Width and height in modules, with the margin.
    pub size: i32,
    /// The path of an SVG that is filled.
    pub path: String,
}

impl QrPicture {
    /// The picture of a text; `None` where it is too long.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        const MARGIN: i32 = 4;
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                write!(path, "M{},{}h1v1h-1z", x + MARGIN, y + MARGIN).ok()?;
            }
        }
        Some(Self {
            size: code.size() + 2 * MARGIN,
            path,
        })
    }
}

/// The recovery codes, shown this once.
#[derive(Debug, Template)]
#[template(path = "account/recovery_codes.html")]
pub struct RecoveryCodes {
    pub f: Frame,
    pub codes: Vec<String>,
}

/// `/sign-in/code`
#[derive(Debug, Template)]
#[template(path = "account/second_step.html")]
pub struct SecondStep {
    pub f: Frame,
    pub form: Form,
}

/// A code of the app, or a recovery code.
#[must_use]
pub fn code_field(f: &Frame, name: &str) -> Field {
    Field::new(name, Kind::Text, f.text("factor-code"))
        .hint(f.text("factor-code-hint"))
        .autocomplete("one-time-code")
        .max(40)
        .required(f.text("enter-code"))
}

/// The fields of `/sign-in/code`: `code`, and the hidden `step`, `next` and `then`.
#[must_use]
pub fn second_step_form(f: &Frame, step: &str, next: &str, then: &str) -> Form {
    Form::new("/sign-in/code")
        .with(code_field(f, "code"))
        .with(Field::new("step", Kind::Hidden, "").value(step))
        .with(Field::new("next", Kind::Hidden, "").value(next))
        .with(Field::new("then", Kind::Hidden, "").value(then))
}

/// The field `code`, which proves that the app has the secret.
#[must_use]
pub fn confirm_form(f: &Frame) -> Form {
    Form::new("/settings/second-factor/confirm").with(
        Field::new("code", Kind::Text, f.text("factor-code"))
            .hint(f.text("factor-code-app"))
            .autocomplete("one-time-code")
            .max(10)
            .required(f.text("enter-code")),
    )
}

fn password_field(f: &Frame) -> Field {
    Field::new("current", Kind::Password, f.text("password-current"))
        .autocomplete("current-password")
        .required(f.text("enter-current"))
}

/// The field `current`: the password.
#[must_use]
pub fn begin_form(f: &Frame) -> Form {
    Form::new("/settings/second-factor").with(password_field(f))
}

/// The fields `current` and `code`, with which the recovery codes are replaced or everything is turned off.
#[must_use]
pub fn change_form(f: &Frame) -> Form {
    Form::new("/settings/second-factor/codes")
        .with(password_field(f))
        .with(code_field(f, "code"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Section;
    use crate::tests::check_both;
    use crate::views::account::{SettingsTab, settings_tabs};
    use crate::views::parts::samples::{member, visitor};
    use model::Lang;

    fn page(lang: Lang, state: impl FnOnce(&Frame) -> FactorState) -> SecondFactor {
        let f = member(lang, Section::Me);
        SecondFactor {
            tabs: settings_tabs(&f, SettingsTab::Password),
            needed: true,
            state: state(&f),
            f,
        }
    }

    #[test]
    fn every_state_is_whole() {
        check_both("factor-off", |lang| {
            page(lang, |f| FactorState::Off {
                form: begin_form(f),
            })
        });
        check_both("factor-pending", |lang| {
            page(lang, |f| FactorState::Pending {
                secret: "ABCD EFGH".into(),
                qr: QrPicture::of("otpauth://totp/x?secret=ABCDEFGH"),
                form: confirm_form(f),
            })
        });
        check_both("factor-on", |lang| {
            page(lang, |f| FactorState::On {
                left: 9,
                form: change_form(f),
            })
        });
        check_both("factor-codes", |lang| RecoveryCodes {
            f: member(lang, Section::Me),
            codes: vec!["abcd-efgh-jkmn-pqrs".into()],
        });
        check_both("factor-step", |lang| {
            let f = visitor(lang);
            let mut form = second_step_form(&f, "step", "/", "");
            form.fault("code", f.text("why-code"));
            SecondStep { form, f }
        });
    }
}
