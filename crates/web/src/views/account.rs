//! The reader's account: sign-in, sign-up, profile, password, sessions, tokens.

use askama::Template;
use chrono::{DateTime, Utc};
use httpkit::single_sign_on::OwnerProof;
use model::{Registration, SeenBy};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::{Person, Tab};
use words::own_name;

#[derive(Debug, Template)]
#[template(path = "account/sign_in.html")]
pub struct SignIn {
    pub f: Frame,
    pub form: Form,
    /// Why the reader was redirected here ("to follow this community"), if known.
    pub reason: Option<String>,
    /// Whether one may sign in with a passkey here.
    pub passkeys: bool,
    pub providers: ProviderButtons,
    /// Whether one may sign in with a password here; else the page only links to that.
    pub passwords: bool,
}

/// `/sign-in/link`: somebody chooses a new password, or not, and is signed in.
#[derive(Debug, Template)]
#[template(path = "account/sign_in_link.html")]
pub struct SignInLink {
    pub f: Frame,
    pub person: Person,
    pub form: Form,
}

/// The fields of `/sign-in/link`: `password`, which may be left empty, and the hidden `key`.
#[must_use]
pub fn sign_in_link_form(f: &Frame, key: &str) -> Form {
    let password = Field::new("password", Kind::Password, f.text("link-password"))
        .hint(f.text("link-password-hint"))
        .autocomplete("new-password")
        .missing(f.text("factor-link-password"))
        .optional(f);
    Form::new("/sign-in/link")
        .with(Field::new("key", Kind::Hidden, "").value(key))
        .with(password)
}

/// The fields of `/sign-in`: `handle`, `password`, and the hidden `next`.
#[must_use]
pub fn sign_in_form(f: &Frame, next: &str) -> Form {
    Form::new("/sign-in")
        .with(
            Field::new("handle", Kind::Text, f.text("sign-in-name"))
                .hint(
                    f.message("sign-in-name-hint")
                        .arg("host", &f.site.host)
                        .to_string(),
                )
                .autocomplete("username")
                .required(f.text("enter-sign-in-name")),
        )
        .with(
            Field::new("password", Kind::Password, f.text("account-password"))
                .autocomplete("current-password")
                .required(f.text("enter-own-password")),
        )
        .with(Field::new("next", Kind::Hidden, "").value(next))
}

/// What the names of the fields of [`sign_in_with_form`] begin with.
pub const SIGN_IN_PREFIX: &str = "sign_in_";

/// The fields with which somebody whose session has ended signs in and sends a form in one step.
#[must_use]
pub fn sign_in_with_form(f: &Frame) -> Form {
    let fields = sign_in_form(f, "").fields.into_iter();
    let named = fields
        .filter(|field| field.kind != Kind::Hidden)
        .map(|field| Field {
            name: format!("{SIGN_IN_PREFIX}{}", field.name),
            ..field
        });
    Form::new("").with_all(named)
}

#[derive(Debug, Template)]
#[template(path = "account/sign_up.html")]
pub struct SignUp {
    pub f: Frame,
    pub registration: Registration,
    pub form: Form,
    pub providers: ProviderButtons,
    /// Whether one may make an account with a password.
    pub passwords: bool,
}

/// The fields of `/sign-up`: `name handle password`, `address` where mail is sent, `invitation` where one is needed, `reason`
/// where accounts are approved, and the hidden honeypot `website`.
#[must_use]
pub fn sign_up_form(f: &Frame, registration: Registration, sends_mail: bool) -> Form {
    let password = new_password(f, "password", f.text("account-password"));
    new_account_form(f, "/sign-up", (registration, sends_mail), Some(password))
}

fn new_account_form(
    f: &Frame,
    action: &str,
    (registration, asks_address): (Registration, bool),
    password: Option<Field>,
) -> Form {
    let mut form = Form::new(action);
    if registration == Registration::Invitation {
        form = form.with(
            Field::new("invitation", Kind::Text, f.text("account-invitation"))
                .hint(f.text("account-invitation-hint"))
                .autocomplete("off")
                .required(f.text("enter-invitation")),
        );
    }
    form = form
        .with(
            Field::new("name", Kind::Text, f.text("account-name"))
                .hint(f.text("account-name-hint"))
                .autocomplete("name")
                .max(120)
                .required(f.text("enter-name")),
        )
        .with(handle_field(f));
    if asks_address {
        form = form.with(mail::address_field(f).hint(f.text("account-address-hint")));
    }
    form = form.with_all(password);
    if registration == Registration::Approval {
        form = form.with(
            Field::new(
                "reason",
                Kind::Area {
                    rows: 3,
                    markdown: false,
                },
                f.text("account-reason"),
            )
            .hint(f.text("account-reason-hint"))
            .max(1000)
            .required(f.text("enter-reason")),
        );
    }
    form
}

/// A handle to be chosen, shown with the host it will live on.
#[must_use]
pub fn handle_field(f: &Frame) -> Field {
    Field::new("handle", Kind::Text, f.text("account-handle"))
        .hint(f.text("account-handle-hint"))
        .prefix("@")
        .suffix(format!("@{}", f.site.host))
        .autocomplete("username")
        .max(30)
        .required(f.text("enter-handle"))
}

pub(crate) fn new_password(f: &Frame, name: &str, label: &str) -> Field {
    Field::new(name, Kind::Password, label)
        .hint(f.text("account-password-hint"))
        .autocomplete("new-password")
        .required(f.text("enter-password"))
}

/// Shown after signing up and signing in while the account waits for approval.
#[derive(Debug, Template)]
#[template(path = "account/awaiting.html")]
pub struct Awaiting {
    pub f: Frame,
    pub name: String,
    pub handle: String,
    /// The address to which a mail goes that asks to confirm it.
    pub address: Option<String>,
}

/// The answer to a right password of an account that has been refused or suspended.
#[derive(Debug, Template)]
#[template(path = "account/not_open.html")]
pub struct NotOpen {
    pub f: Frame,
    /// The keys of its messages.
    pub title: &'static str,
    pub text: &'static str,
}

/// Which of the settings pages one is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsTab {
    Profile,
    Notices,
    Mail,
    Password,
    Sessions,
    Tokens,
    Moving,
}

/// The tabs above every settings page.
#[must_use]
pub fn settings_tabs(f: &Frame, here: SettingsTab) -> Vec<Tab> {
    let mut tabs = [
        (
            SettingsTab::Profile,
            "settings-profile",
            "/settings/profile",
        ),
        (
            SettingsTab::Notices,
            "settings-notices",
            "/settings/notices",
        ),
        (SettingsTab::Mail, "settings-mail", "/settings/mail"),
        (
            SettingsTab::Password,
            "settings-password",
            "/settings/password",
        ),
        (
            SettingsTab::Sessions,
            "settings-sessions",
            "/settings/sessions",
        ),
        (SettingsTab::Tokens, "settings-tokens", "/settings/tokens"),
    ]
    .map(|(tab, key, url)| Tab::new(f.text(key), url, tab == here))
    .to_vec();
    if let Some(me) = &f.me {
        let url = moving_url(me.handle.trim_start_matches('@'));
        tabs.push(Tab::new(
            f.text("settings-moving"),
            url,
            here == SettingsTab::Moving,
        ));
    }
    tabs
}

/// `/settings/profile`
#[derive(Debug, Template)]
#[template(path = "account/profile.html")]
pub struct Profile {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub form: Form,
    /// The picture in use, and its alt text.
    pub picture: Option<(String, String)>,
    /// The name as it stands, for the initials shown without a picture.
    pub name: String,
    pub handle: String,
}

/// The fields of the profile: `name pronouns role organization languages biography picture
/// picture_alt picture_remove`. Posted as `multipart/form-data`.
#[must_use]
pub fn profile_form(f: &Frame, has_picture: bool) -> Form {
    let line = |name: &str, key: &str| Field::new(name, Kind::Text, f.text(key)).max(120);
    let mut form = Form::new("/settings/profile")
        .with(
            line("name", "account-name")
                .autocomplete("name")
                .required(f.text("enter-name")),
        )
        .with(
            line("pronouns", "profile-pronouns")
                .hint(f.text("profile-pronouns-hint"))
                .optional(f),
        )
        .with(
            line("role", "profile-role")
                .hint(f.text("profile-role-hint"))
                .optional(f),
        )
        .with(
            line("organization", "profile-organization")
                .autocomplete("organization")
                .optional(f),
        )
        .with(languages_field(f, "languages", "profile-languages"))
        .with(own_zone_field(f))
        .with(
            Field::new(
                "biography",
                Kind::Area {
                    rows: 6,
                    markdown: true,
                },
                f.text("profile-biography"),
            )
            .hint(f.text("profile-biography-hint"))
            .previewed(f)
            .max(5000)
            .optional(f),
        )
        .with_all(lookup_fields(f))
        .with(seen_by_field(f))
        .with_all(visibility_fields(f))
        .with_all(picture_fields(f));
    if has_picture {
        form = form.with(Field::new(
            "picture_remove",
            Kind::Check,
            f.text("profile-picture-remove"),
        ));
    }
    form
}

/// What others can look for.
fn lookup_fields(f: &Frame) -> [Field; 3] {
    let lines = |name: &str| {
        let kind = Kind::Area {
            rows: 3,
            markdown: false,
        };
        let key = format!("profile-{name}");
        Field::new(name, kind, f.text(&key))
            .hint(f.text(&format!("{key}-hint")))
            .optional(f)
    };
    let region = Field::new("region", Kind::Text, f.text("profile-region"))
        .hint(f.text("profile-region-hint"))
        .max(80)
        .optional(f);
    [lines("ask"), lines("systems"), region]
}

fn seen_by_field(f: &Frame) -> Field {
    let choices = SeenBy::ALL.iter().map(|choice| {
        let label = choice.label();
        Choice::new(choice.as_str(), f.text(label)).hint(f.text(&format!("{label}-hint")))
    });
    Field::new(
        "seen_by",
        Kind::Radios(choices.collect()),
        f.text("profile-seen-by"),
    )
    .hint(f.text("profile-seen-by-hint"))
}

fn visibility_fields(f: &Frame) -> [Field; 2] {
    ["indexable", "show_follows"].map(|name| {
        let key = format!("profile-{}", name.replace('_', "-"));
        let label = f.text(&key);
        let hint = f.text(&format!("{key}-hint"));
        Field::new(name, Kind::Check, label).hint(hint)
    })
}

fn picture_fields(f: &Frame) -> [Field; 2] {
    [
        Field::new("picture", Kind::File, f.text("profile-picture-choose"))
            .hint(f.text("profile-picture-hint"))
            .accept("image/png,image/jpeg,image/webp,image/gif")
            .optional(f),
        Field::new("picture_alt", Kind::Text, f.text("profile-picture-alt"))
            .hint(f.text("profile-picture-alt-hint"))
            .note(f.text("profile-picture-alt-needed"))
            .missing(f.text("enter-picture-alt"))
            .max(120),
    ]
}

/// The time zones offered.
#[must_use]
pub fn zone_choices(f: &Frame) -> Vec<Choice> {
    let choice = |zone: words::Tz| Choice::new(zone.name(), words::zone_name(f.lang, zone));
    words::zones().map(choice).collect()
}

/// The time zone of one person; without a choice of their own it is the site's.
fn own_zone_field(f: &Frame) -> Field {
    let site = words::zone_name(f.lang, f.site.zone);
    let inherited = f.message("profile-zone-site").arg("zone", site);
    let mut choices = vec![Choice::new("", inherited.to_string())];
    choices.extend(zone_choices(f));
    Field::new("zone", Kind::Select(choices), f.text("profile-zone"))
        .hint(f.text("profile-zone-hint"))
}

/// English and French as tick boxes, each named in itself, the reader's first.
#[must_use]
pub fn languages_field(f: &Frame, name: &str, key: &str) -> Field {
    let choices = f
        .langs()
        .map(|lang| Choice::new(lang.as_str(), own_name(lang)).lang(lang))
        .to_vec();
    Field::new(name, Kind::Checks(choices), f.text(key))
}

/// `/settings/password`
#[derive(Debug, Template)]
#[template(path = "account/password.html")]
pub struct Password {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub form: Form,
    /// Whether there are providers to sign in with.
    pub has_providers: bool,
}

/// The fields `current password`: the new password is typed once.
#[must_use]
pub fn password_form(f: &Frame, proof: OwnerProof) -> Form {
    Form::new("/settings/password")
        .with(owner_field(f, proof, "/settings/password"))
        .with(new_password(f, "password", f.text("password-new")))
}

/// A session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Browser and system, as far as they are known: `Firefox, Linux`.
    pub device: String,
    pub last_seen: DateTime<Utc>,
    pub since: DateTime<Utc>,
    /// The one this page is read in.
    pub current: bool,
    /// The action that ends it.
    pub end_url: String,
}

/// `/settings/sessions`
#[derive(Debug, Template)]
#[template(path = "account/sessions.html")]
pub struct Sessions {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub sessions: Vec<SessionRow>,
}

mod dead_link;
pub mod mail;
mod moving;
pub mod notices;
mod owner;
mod second_factor;
mod single_sign_on;
mod token;

pub use dead_link::{DeadLink, DeadLinkReason, LinkPurpose};
pub use moving::{Moving, OtherAddress, moving_form, moving_url};
pub use owner::{ConfirmOwner, confirm_owner_url, owner_field};
pub use second_factor::{
    FactorSettings, FactorState, PasskeyForm, PasskeyPage, PasskeyRow, QrPicture, RecoveryCodes,
    SecondFactor, SecondStep, change_form, code_field, confirm_form, second_step_form,
};
pub use single_sign_on::{
    ConnectedRow, ProviderButton, ProviderButtons, ProviderRow, SsoConfirm, SsoFailed, SsoLeave,
    SsoRegister, SsoSettings, sso_form, sso_register_form,
};
pub use token::{AppRow, TokenRow, Tokens, token_form};

#[cfg(test)]
mod tests;
