//! Signing in with a provider, and the settings of it.

use askama::Template;
use chrono::{DateTime, Utc};
use httpkit::single_sign_on::OwnerProof;
use model::Registration;

use super::{code_field, new_account_form, owner_field};
use crate::form::Form;
use crate::frame::Frame;
use crate::views::parts::Tab;

/// The buttons with which one goes to a provider.
#[derive(Debug, Clone, Default)]
pub struct ProviderButtons {
    pub all: Vec<ProviderButton>,
    /// The hidden fields of each.
    pub fields: Vec<(&'static str, String)>,
}

/// A provider with which one may sign in.
#[derive(Debug, Clone)]
pub struct ProviderButton {
    /// "Sign in with Larchmere University".
    pub text: String,
    pub action: String,
}

/// Nobody was signed in by a provider: why, and what to do.
#[derive(Debug, Template)]
#[template(path = "account/sso_failed.html")]
pub struct SsoFailed {
    pub f: Frame,
    pub why: String,
    /// Begins again; empty where that does not help.
    pub providers: ProviderButtons,
    /// Whether somebody is signed in, who wanted to connect their account.
    pub is_member: bool,
}

/// Leads to the provider.
#[derive(Debug, Template)]
#[template(path = "account/sso_leave.html")]
pub struct SsoLeave {
    pub f: Frame,
    pub provider: String,
    pub url: String,
    /// Where whoever does not want to go on goes back to.
    pub back: String,
}

/// `/settings/single-sign-on/confirm`: which identity is about to be connected.
#[derive(Debug, Template)]
#[template(path = "account/sso_confirm.html")]
pub struct SsoConfirm {
    pub f: Frame,
    pub provider: String,
    /// What the person is called there.
    pub names: Vec<String>,
    /// The account here.
    pub handle: String,
    pub action: &'static str,
    pub back: &'static str,
}

/// `/sign-up/with`: the account of whoever comes from a provider for the first time.
#[derive(Debug, Template)]
#[template(path = "account/sso_register.html")]
pub struct SsoRegister {
    pub f: Frame,
    pub form: Form,
    pub provider: String,
    /// What the person is called there.
    pub names: Vec<String>,
    pub needs_approval: bool,
    /// The address that the provider has checked.
    pub address: Option<String>,
}

/// The fields of `/sign-up/with`: those of `/sign-up`, without a password.
#[must_use]
pub fn sso_register_form(
    f: &Frame,
    action: &str,
    registration: Registration,
    asks_address: bool,
) -> Form {
    new_account_form(f, action, (registration, asks_address), None)
}

/// `/settings/single-sign-on`
#[derive(Debug, Template)]
#[template(path = "account/sso_settings.html")]
pub struct SsoSettings {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub form: Form,
    pub providers: Vec<ProviderRow>,
}

/// A provider, as the settings show it.
#[derive(Debug)]
pub struct ProviderRow {
    pub name: String,
    /// Where a connection begins; `None` for providers that are no more.
    pub connect_url: Option<String>,
    pub connected: Vec<ConnectedRow>,
}

/// An identity that is connected with the account.
#[derive(Debug)]
pub struct ConnectedRow {
    /// What the person is called there.
    pub label: String,
    pub since: DateTime<Utc>,
    pub last_used: Option<DateTime<Utc>>,
    pub disconnect_url: String,
}

/// The fields of every change: `current`, see [`owner_field`]; and `code` where two-step sign-in is on.
#[must_use]
pub fn sso_form(f: &Frame, proof: OwnerProof, has_second_factor: bool) -> Form {
    let page = "/settings/single-sign-on";
    let form = Form::new(page).with(owner_field(f, proof, page));
    match has_second_factor {
        true => form.with(code_field(f, "code")),
        false => form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Section;
    use crate::tests::check_both;
    use crate::views::account::{SettingsTab, settings_tabs};
    use crate::views::parts::samples::{member, visitor};

    fn buttons() -> ProviderButtons {
        let button = ProviderButton {
            text: "Sign in with Larchmere".to_owned(),
            action: "/sign-in/with/institution".to_owned(),
        };
        ProviderButtons {
            all: vec![button],
            fields: vec![("next", "/people".to_owned())],
        }
    }

    fn names() -> Vec<String> {
        vec!["Ann B".to_owned(), "ann@larchmere.example".to_owned()]
    }

    #[test]
    fn an_account_is_made_in_both_languages() {
        for registration in [
            Registration::Open,
            Registration::Approval,
            Registration::Invitation,
        ] {
            check_both("sso register", |lang| {
                let f = visitor(lang);
                let asks = registration == Registration::Open;
                SsoRegister {
                    form: sso_register_form(&f, "/sign-up/with", registration, asks),
                    provider: "Larchmere".to_owned(),
                    names: names(),
                    needs_approval: registration == Registration::Approval,
                    address: (!asks).then(|| "ann@larchmere.example".to_owned()),
                    f,
                }
            });
        }
    }

    #[test]
    fn the_pages_are_whole_in_both_languages() {
        check_both("sso failed", |lang| {
            let f = visitor(lang);
            let why = f
                .message("sso-unavailable")
                .arg("provider", "Larchmere")
                .to_string();
            SsoFailed {
                f,
                why,
                providers: buttons(),
                is_member: false,
            }
        });
        check_both("sso leave", |lang| SsoLeave {
            f: member(lang, Section::Me),
            provider: "Larchmere".to_owned(),
            url: "https://login.example.org/authorize?state=x&nonce=y".to_owned(),
            back: "/sign-in".to_owned(),
        });
        check_both("sso confirm", |lang| SsoConfirm {
            f: member(lang, Section::Me),
            provider: "Larchmere".to_owned(),
            names: names(),
            handle: "ann".to_owned(),
            action: "/settings/single-sign-on/confirm",
            back: "/settings/single-sign-on",
        });
        check_both("sso settings", |lang| {
            let f = member(lang, Section::Me);
            let row = |connected| ProviderRow {
                name: "Larchmere".to_owned(),
                connect_url: Some("/settings/single-sign-on/institution/connect".to_owned()),
                connected,
            };
            let connected = ConnectedRow {
                label: "ann@larchmere.example".to_owned(),
                since: f.now,
                last_used: Some(f.now),
                disconnect_url: "/settings/single-sign-on/1/disconnect".to_owned(),
            };
            SsoSettings {
                tabs: settings_tabs(&f, SettingsTab::Password),
                form: sso_form(&f, OwnerProof::Provider { is_done: false }, true),
                providers: vec![row(Vec::new()), row(vec![connected])],
                f,
            }
        });
    }
}
