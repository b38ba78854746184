//! Two-step sign-in: its settings, and the second step.

use askama::Template;
use chrono::{DateTime, Utc};
use httpkit::single_sign_on::OwnerProof;
use model::account::PASSKEY_NAME_MAX;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

use super::owner_field;
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

/// What the page of the settings shows.
#[derive(Debug)]
pub enum FactorState {
    /// An app is to be shown the secret.
    Pending {
        /// In base32, in groups of four.
        secret: String,
        /// The address for apps, as a picture.
        qr: Option<QrPicture>,
        form: Form,
    },
    /// What is set up, and may be changed.
    Settings(FactorSettings),
}

impl FactorState {
    /// The form of the page.
    #[must_use]
    pub const fn form(&self) -> &Form {
        match self {
            Self::Pending { form, .. } | Self::Settings(FactorSettings { form, .. }) => form,
        }
    }
}

/// What is set up.
#[derive(Debug)]
pub struct FactorSettings {
    pub form: Form,
    /// Whether the password alone does not sign in.
    pub is_on: bool,
    /// Since when there is an authenticator app.
    pub app: Option<DateTime<Utc>>,
    pub passkeys: Vec<PasskeyRow>,
    /// Whether passkeys can be added here.
    pub passkeys_possible: bool,
    /// The recovery codes that are left.
    pub left: i64,
}

/// A passkey in the list.
#[derive(Debug)]
pub struct PasskeyRow {
    pub name: String,
    pub added: DateTime<Utc>,
    pub last_used: Option<DateTime<Utc>>,
    pub remove_url: String,
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
    /// Where the person has a passkey.
    pub passkey: Option<PasskeyForm>,
}

/// A page that does nothing but ask for a passkey.
#[derive(Debug, Template)]
#[template(path = "account/passkey.html")]
pub struct PasskeyPage {
    pub f: Frame,
    pub passkey: PasskeyForm,
    /// The page to return to without one.
    pub back: &'static str,
}

/// The form with which a browser brings a passkey.
#[derive(Debug)]
pub struct PasskeyForm {
    /// A new one is made, instead of one that exists being used.
    pub creates: bool,
    /// The argument of `navigator.credentials`, as JSON.
    pub options: String,
    /// Hidden fields only.
    pub form: Form,
}

impl PasskeyForm {
    /// A form that goes to `action`, with `token` and `credential`, and what else it brings along.
    #[must_use]
    pub fn new(action: &str, creates: bool, asked: (&str, &str), along: &[(&str, &str)]) -> Self {
        let (token, options) = asked;
        let hidden = |name: &str, value: &str| Field::new(name, Kind::Hidden, "").value(value);
        let form = Form::new(action)
            .with(hidden("token", token))
            .with(hidden("credential", ""))
            .with_all(along.iter().map(|(name, value)| hidden(name, value)));
        Self {
            creates,
            options: options.to_owned(),
            form,
        }
    }
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
    Form::new("/settings/second-factor/app/confirm").with(
        Field::new("code", Kind::Text, f.text("factor-code"))
            .hint(f.text("factor-code-app"))
            .autocomplete("one-time-code")
            .max(10)
            .required(f.text("enter-code")),
    )
}

/// The form of every change, whose own address makes none: Enter in a field presses no button of one. Its fields: `current`, see [`owner_field`]; where two-step sign-in is on `code`, which may be left
/// empty by whoever has a passkey; and `name`, of a new passkey.
#[must_use]
pub fn change_form(f: &Frame, proof: OwnerProof, is_on: bool, has_passkey: bool) -> Form {
    let owner = owner_field(f, proof, "/settings/second-factor");
    let name = Field::new("name", Kind::Text, f.text("passkey-name"))
        .hint(f.text("passkey-name-hint"))
        .max(PASSKEY_NAME_MAX)
        .optional(f);
    if !is_on {
        return Form::new("/settings/second-factor").with(owner).with(name);
    }
    let mut code = code_field(f, "code");
    if has_passkey {
        code = code.hint(f.text("factor-code-or-passkey"));
        code.required = false;
    }
    Form::new("/settings/second-factor")
        .with(owner)
        .with(code)
        .with(name)
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

    fn settings(f: &Frame, is_on: bool) -> FactorSettings {
        let passkey = PasskeyRow {
            name: "Phone".into(),
            added: at(),
            last_used: Some(at()),
            remove_url: "/settings/second-factor/passkeys/1/remove".into(),
        };
        FactorSettings {
            form: change_form(f, OwnerProof::Password, is_on, is_on),
            is_on,
            app: is_on.then(at),
            passkeys: if is_on { vec![passkey] } else { Vec::new() },
            passkeys_possible: true,
            left: 9,
        }
    }

    fn at() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::Duration::days(20_000)
    }

    fn passkey(creates: bool) -> PasskeyForm {
        let asked = ("token", r#"{"publicKey":{}}"#);
        PasskeyForm::new("/sign-in/code", creates, asked, &[("next", "/")])
    }

    #[test]
    fn every_state_is_whole() {
        for is_on in [false, true] {
            check_both(if is_on { "factor-on" } else { "factor-off" }, |lang| {
                page(lang, |f| FactorState::Settings(settings(f, is_on)))
            });
        }
        check_both("factor-pending", |lang| {
            page(lang, |f| FactorState::Pending {
                secret: "ABCD EFGH".into(),
                qr: QrPicture::of("otpauth://totp/x?secret=ABCDEFGH"),
                form: confirm_form(f),
            })
        });
        check_both("factor-codes", |lang| RecoveryCodes {
            f: member(lang, Section::Me),
            codes: vec!["abcd-efgh-jkmn-pqrs".into()],
        });
        for with_passkey in [false, true] {
            check_both("factor-step", |lang| {
                let f = visitor(lang);
                let mut form = second_step_form(&f, "step", "/", "");
                form.fault("code", f.text("why-code"));
                let passkey = with_passkey.then(|| passkey(false));
                SecondStep { f, form, passkey }
            });
        }
        for creates in [false, true] {
            check_both("passkey", |lang| PasskeyPage {
                f: member(lang, Section::Me),
                passkey: passkey(creates),
                back: "/settings/second-factor",
            });
        }
    }
}
