//! Samples of sign-in, sign-up and settings.

use super::*;
use crate::frame::{Flash, Section};
use crate::tests::{check, check_both};
use crate::views::parts::samples::{before, member, sam, say, visitor};
use model::Lang;

impl SignIn {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = visitor(lang);
        let mut form = sign_in_form(&f, "/c/safer-supply");
        form.set("handle", "mireille");
        form.fault(
            "password",
            say(
                lang,
                "This password does not fit the handle.",
                "Ce mot de passe ne va pas avec cet identifiant.",
            ),
        );
        Self {
            passkeys: true,
            providers: providers("next"),
            passwords: true,
            form,
            reason: None,
            f,
        }
    }
}

impl SignInLink {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = visitor(lang);
        let mut form = sign_in_link_form(&f, "aGVyb24");
        form.fault("password", f.text("why-password-short"));
        Self {
            person: sam(lang),
            form,
            f,
        }
    }
}

impl SignUp {
    pub(crate) fn sample(lang: Lang, registration: Registration) -> Self {
        let f = visitor(lang);
        Self {
            form: sign_up_form(&f, registration, true),
            registration,
            providers: providers("invitation"),
            passwords: true,
            f,
        }
    }
}

/// The button of one provider.
fn providers(field: &'static str) -> ProviderButtons {
    ProviderButtons {
        all: vec![ProviderButton {
            text: "Sign in with Larchmere".to_owned(),
            action: "/sign-in/with/institution".to_owned(),
        }],
        fields: vec![(field, "/people".to_owned())],
    }
}

impl Awaiting {
    pub(crate) fn sample(lang: Lang) -> Self {
        Self {
            f: visitor(lang),
            name: "Ines Marchetti".into(),
            handle: "@ines".into(),
            address: Some("ines@alliance.example".into()),
        }
    }
}

impl Profile {
    pub(crate) fn sample(lang: Lang) -> Self {
        let mut f = member(lang, Section::Me);
        f.flash = Some(Flash {
            text: say(
                lang,
                "Your profile is saved.",
                "Votre profil est enregistré.",
            ),
            good: true,
            offers_mail: false,
            at: None,
        });
        let mut form = profile_form(&f, true);
        form.set("name", "Mireille Roy");
        form.set("languages", "en fr");
        form.set(
            "biography",
            "I run **drop-ins**.\n\n<script>alert(1)</script></textarea>",
        );
        Self {
            tabs: settings_tabs(&f, SettingsTab::Profile),
            form,
            picture: None,
            name: "Mireille Roy".into(),
            handle: "@mireille".into(),
            f,
        }
    }
}

impl Password {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Me);
        Self {
            tabs: settings_tabs(&f, SettingsTab::Password),
            has_providers: true,
            form: password_form(&f, OwnerProof::Password),
            f,
        }
    }
}

impl Sessions {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Me);
        let row = |device: &str, minutes, current| SessionRow {
            device: device.into(),
            last_seen: before(minutes),
            since: before(minutes + 9000),
            current,
            end_url: "/settings/sessions/1/end".into(),
        };
        Self {
            tabs: settings_tabs(&f, SettingsTab::Sessions),
            sessions: vec![
                row("Firefox, Linux", 0, true),
                row("Safari, iPhone", 60 * 30, false),
            ],
            f,
        }
    }
}

impl Tokens {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Me);
        Self {
            tabs: settings_tabs(&f, SettingsTab::Tokens),
            tokens: vec![TokenRow {
                name: say(lang, "Monthly report", "Rapport mensuel"),
                created: before(90_000),
                last_used: Some(before(300)),
                scopes: vec!["scope-read".into(), "scope-profile".into()],
                until: Some(before(-90_000)),
                revoke_url: "/settings/tokens/1/revoke".into(),
            }],
            apps: vec![AppRow {
                name: "Loom".into(),
                scopes: vec!["scope-read".into(), "scope-write-statuses".into()],
                since: before(90_000),
                last_used: None,
                end_url: "/settings/apps/1/end".into(),
            }],
            fresh: Some("hr_9f2c4b7a1e0d".into()),
            form: token_form(&f),
            f,
        }
    }
}

impl Moving {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Me);
        let mut form = moving_form(&f, OwnerProof::Password, "mireille");
        form.set("new_home", "@mireille@faculty.example");
        form.fault("new_home", f.text("why-moving-mismatch"));
        Self {
            tabs: settings_tabs(&f, SettingsTab::Moving),
            community: None,
            address: "mireille@alliance.example".into(),
            url: moving_url("mireille"),
            form,
            others: vec![OtherAddress {
                person: sam(lang),
                drop_url: "/settings/moving/mireille/drop?other=1".into(),
            }],
            moved: None,
            f,
        }
    }
}

#[test]
fn moving() {
    check_both("settings-moving", Moving::sample);
    let mut gone = Moving::sample(Lang::Fr);
    gone.form = moving_form(&gone.f, OwnerProof::Password, "mireille");
    gone.moved = Some(sam(Lang::Fr));
    gone.tabs.clear();
    gone.community = Some(("Tissage".into(), "/c/tissage".into()));
    check("community-moving", &gone);
}

#[test]
fn sign_in_and_sign_up() {
    check_both("sign-in", SignIn::sample);
    check_both("sign-in-to-follow", |lang| {
        let f = visitor(lang);
        SignIn {
            form: sign_in_form(&f, "/c/safer-supply"),
            reason: Some(
                f.message("sign-in-to-follow")
                    .arg("name", "Safer supply")
                    .to_string(),
            ),
            passkeys: true,
            providers: providers("next"),
            passwords: true,
            f,
        }
    });
    check_both("sign-in-link", SignInLink::sample);
    check_both("awaiting", Awaiting::sample);
    for (title, text) in [
        ("not-open-refused", "not-open-refused-text"),
        ("not-open-suspended", "not-open-suspended-text"),
    ] {
        check_both(title, |lang| NotOpen {
            f: visitor(lang),
            title,
            text,
        });
    }
    for registration in Registration::ALL {
        check_both(&format!("sign-up-{registration}"), |lang| {
            SignUp::sample(lang, *registration)
        });
    }
}

#[test]
fn links_that_cannot_be_used() {
    use model::mail::MailLinkKind;
    let mails = MailLinkKind::ALL.iter().copied().map(LinkPurpose::Mail);
    for link in std::iter::once(LinkPurpose::SignIn).chain(mails) {
        for reason in [
            DeadLinkReason::Incomplete,
            DeadLinkReason::Expired,
            DeadLinkReason::Used,
        ] {
            check_both(&format!("dead-link-{link:?}-{reason:?}"), |lang| {
                let f = visitor(lang);
                DeadLink {
                    form: link.leads_to_password().then(|| mail::forgotten_form(&f)),
                    link,
                    reason,
                    f,
                }
            });
        }
    }
}

#[test]
fn settings() {
    check_both("settings-profile", Profile::sample);
    check_both("settings-password", Password::sample);
    check_both("settings-sessions", Sessions::sample);
    check_both("settings-tokens", Tokens::sample);
    let mut bare = Tokens::sample(Lang::En);
    bare.tokens.clear();
    bare.apps.clear();
    bare.fresh = None;
    check("settings-tokens-none", &bare);
}

#[test]
fn an_error_at_sign_in_keeps_the_handle() {
    let html = SignIn::sample(Lang::En).render().unwrap();
    assert!(html.contains(r#"value="mireille""#));
    assert!(html.contains(r##"<a href="#f-password">"##));
}
