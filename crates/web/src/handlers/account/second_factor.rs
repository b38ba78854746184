//! The settings of two-step sign-in. For every change its owner shows that it is them and, where there is a second factor, a
//! proof of it: a code in the same form, or a passkey, for which a page of its own asks.

use axum::extract::State;
use domain::account::{self, Proof, recovery_digest};
use domain::{Error, Outcome, Tx, secret, totp};
use httpkit::passkey::{self, Challenge};
use httpkit::rate_limits::RateLimit;
use httpkit::single_sign_on::{OwnerProof, owner_proof};
use httpkit::{App, Me};
use model::account::RECOVERY_CODES;
use model::{CredentialId, Refusal, Time};
use query::account::{SecondFactor as Stored, Stage};
use query::row::Credential;

use super::owner::require_owner;
use super::second_step::answer;
use super::session::device;
use super::sign_in_link::not_stored;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{FactorlessForm, FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect, redirect_with_flash, show};
use crate::views::account::{
    FactorSettings, FactorState, PasskeyForm, PasskeyPage, PasskeyRow, QrPicture, RecoveryCodes,
    SecondFactor, SettingsTab, change_form, confirm_form, settings_tabs,
};

const PAGE: &str = "/settings/second-factor";

/// `GET /settings/second-factor`
pub async fn show_state(request: PageRequest) -> Page {
    let me = request.me()?.clone();
    show(&page(&request, &me, |_, form| form).await?).map(not_stored)
}

/// The page, with its form as `finish` leaves it.
async fn page(
    request: &PageRequest,
    me: &Me,
    finish: impl FnOnce(&Frame, Form) -> Form,
) -> Outcome<SecondFactor> {
    let id = me.id();
    let rows = move |db: &mut query::Db, reader: query::Reader| {
        query::account::second_factor(db, id, reader.now)
    };
    let proof = owner_proof(&request.app, me).await?;
    let (f, stored) = request.page(Section::Me, rows).await?;
    let state = match &stored.app {
        Stage::Pending(secret) => pending(&f, me, secret, finish),
        Stage::Off | Stage::On(_) => {
            FactorState::Settings(settings(request, &f, (&stored, proof), finish))
        }
    };
    Ok(SecondFactor {
        tabs: settings_tabs(&f, SettingsTab::Password),
        needed: me.lacks_second_factor,
        f: f.sending(state.form()),
        state,
    })
}

fn pending(
    f: &Frame,
    me: &Me,
    secret: &str,
    finish: impl FnOnce(&Frame, Form) -> Form,
) -> FactorState {
    let account = format!("{}@{}", me.actor.handle, f.site.host);
    let address = totp::address(secret, &account, &f.site.name);
    FactorState::Pending {
        secret: secret::grouped(secret, " "),
        qr: address.and_then(|address| QrPicture::of(&address)),
        form: finish(f, confirm_form(f)),
    }
}

fn settings(
    request: &PageRequest,
    f: &Frame,
    (stored, proof): (&Stored, OwnerProof),
    finish: impl FnOnce(&Frame, Form) -> Form,
) -> FactorSettings {
    let form = change_form(f, proof, stored.is_on(), !stored.passkeys.is_empty());
    FactorSettings {
        form: finish(f, form),
        is_on: stored.is_on(),
        app: match &stored.app {
            Stage::On(since) => Some(since.utc()),
            Stage::Off | Stage::Pending(_) => None,
        },
        passkeys: stored.passkeys.iter().map(passkey_row).collect(),
        passkeys_possible: passkey::is_possible(&request.app),
        left: i64::try_from(stored.recovery_codes).unwrap_or_default(),
    }
}

fn passkey_row(row: &Credential) -> PasskeyRow {
    PasskeyRow {
        name: row.name.clone(),
        added: row.created_at.utc(),
        last_used: row.used_at.map(Time::utc),
        remove_url: format!("{PAGE}/passkeys/{}/remove", row.id),
    }
}

/// Shows the page again with the errors of a change.
async fn invalid(posted: &FormPost, me: &Me, error: Error) -> Page {
    let errors = posted.field_errors(error)?;
    let view = page(&posted.request, me, |f, form| errors.show_on(f, form)).await?;
    errors.respond(&view).map(not_stored)
}

/// `POST /settings/second-factor`: what Enter in a field sends. No change is chosen by it, so none is made.
pub async fn ask_what(FactorlessForm(SignedInForm { posted, me }): FactorlessForm) -> Page {
    let errors = posted.field_errors(Refusal::Invalid(Vec::new()).into())?;
    let finish = |f: &Frame, form: Form| {
        let mut form = errors.show_on(f, form);
        if !posted.switches_language() {
            form.fault = Some(f.text("factor-which").to_owned());
        }
        form
    };
    let view = page(&posted.request, &me, finish).await?;
    errors.respond(&view).map(not_stored)
}

/// How far a change is.
enum Change<T> {
    Done(T),
    /// It waits for a passkey.
    Asks(Challenge),
}

/// Makes a change by the verb that `verb` returns for the proof of the form.
async fn change<T, V>(
    app: &App,
    signed_in: &SignedInForm,
    verb: impl FnOnce(Proof) -> V,
) -> Outcome<Change<T>>
where
    T: Send + 'static,
    V: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
{
    let changed = prove_and_change(app, signed_in, verb);
    signed_in.posted.attempt(changed).await
}

async fn prove_and_change<T, V>(
    app: &App,
    SignedInForm { posted, me }: &SignedInForm,
    verb: impl FnOnce(Proof) -> V,
) -> Outcome<Change<T>>
where
    T: Send + 'static,
    V: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
{
    let proof = if let Some(answer) = answer(posted) {
        // It was asked for after the password.
        Proof::Passkey(passkey::check_proof(app, me.id(), answer).await?)
    } else {
        require_owner(app, posted, me).await?;
        let code = posted.fields.trimmed("code");
        if code.is_empty() {
            match passkey::ask_to_prove(app, me.id()).await? {
                Some(asked) => return Ok(Change::Asks(asked)),
                None => Proof::None,
            }
        } else {
            app.limits().count_actor(RateLimit::SecondFactor, me.id())?;
            Proof::Code(code)
        }
    };
    app.ops().write(verb(proof)).await.map(Change::Done)
}

/// Answers a change that was not made: asks for a passkey and sends the form again with it, or says what is wrong.
async fn not_yet<T>(signed_in: &SignedInForm, change: Outcome<Change<T>>) -> Page {
    let SignedInForm { posted, me } = signed_in;
    let asked = match change {
        Ok(Change::Asks(asked)) => asked,
        Ok(Change::Done(_)) => return Ok(redirect(PAGE)),
        Err(error) => return invalid(posted, me, error).await,
    };
    let along = [("name", posted.fields.get("name"))];
    passkey_page(posted, &posted.request.path, false, &asked, &along).await
}

async fn passkey_page(
    posted: &FormPost,
    action: &str,
    creates: bool,
    asked: &Challenge,
    along: &[(&str, &str)],
) -> Page {
    let passkey = PasskeyForm::new(
        action,
        creates,
        (asked.token.as_str(), asked.options.as_str()),
        along,
    );
    let f = posted.request.framed(Section::Me).await?;
    let (f, back) = (f.sending(&passkey.form), PAGE);
    show(&PasskeyPage { f, passkey, back }).map(not_stored)
}

/// `POST /settings/second-factor/app`: makes a secret for an authenticator app.
pub async fn begin_app(State(app): State<App>, FactorlessForm(signed_in): FactorlessForm) -> Page {
    let (me, secret) = (signed_in.me.id(), totp::new_secret());
    let verb = |proof: Proof| move |tx: &mut Tx<'_>| account::begin_app(tx, me, &proof, &secret);
    match change(&app, &signed_in, verb).await {
        Ok(Change::Done(())) => Ok(redirect(PAGE)),
        other => not_yet(&signed_in, other).await,
    }
}

/// `POST /settings/second-factor/app/cancel`: forgets the secret that was shown.
pub async fn cancel_app(State(app): State<App>, FactorlessForm(signed_in): FactorlessForm) -> Page {
    let me = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| account::cancel_app(tx, me);
    app.ops().write(verb).await?;
    Ok(redirect(PAGE))
}

/// New recovery codes, and what is stored of them.
fn new_codes() -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| secret::recovery_code())
        .collect();
    let digests = codes.iter().map(|code| recovery_digest(code)).collect();
    (codes, digests)
}

/// Shows new recovery codes, only this once.
async fn show_codes(posted: &FormPost, codes: Vec<String>) -> Page {
    let f = posted.request.framed(Section::Me).await?.showing_once();
    show(&RecoveryCodes { f, codes }).map(not_stored)
}

/// Answers what has added a factor: the first one comes with recovery codes.
async fn added(posted: &FormPost, is_first: bool, codes: Vec<String>) -> Page {
    if is_first {
        return show_codes(posted, codes).await;
    }
    redirect_with_flash(PAGE, "second-factor-added")
}

/// `POST /settings/second-factor/app/confirm`: adds the app by its first code.
pub async fn confirm_app(
    State(app): State<App>,
    FactorlessForm(SignedInForm { posted, me }): FactorlessForm,
) -> Page {
    let (codes, digests) = new_codes();
    match posted.attempt(write_app(&app, &posted, &me, digests)).await {
        Ok(is_first) => added(&posted, is_first, codes).await,
        Err(error) => invalid(&posted, &me, error).await,
    }
}

async fn write_app(app: &App, posted: &FormPost, me: &Me, digests: Vec<String>) -> Outcome<bool> {
    app.limits().count_actor(RateLimit::SignIn, me.id())?;
    let (id, code) = (me.id(), posted.fields.trimmed("code"));
    let verb = move |tx: &mut Tx<'_>| account::confirm_app(tx, id, &code, &digests);
    app.ops().write(verb).await
}

/// `POST /settings/second-factor/app/remove`
pub async fn remove_app(State(app): State<App>, FactorlessForm(signed_in): FactorlessForm) -> Page {
    let me = signed_in.me.id();
    let verb = |proof: Proof| move |tx: &mut Tx<'_>| account::remove_app(tx, me, &proof);
    match change(&app, &signed_in, verb).await {
        Ok(Change::Done(())) => redirect_with_flash(PAGE, "second-factor-removed"),
        other => not_yet(&signed_in, other).await,
    }
}

/// `POST /settings/second-factor/codes`: replaces the recovery codes.
pub async fn renew_codes(
    State(app): State<App>,
    FactorlessForm(signed_in): FactorlessForm,
) -> Page {
    let (codes, digests) = new_codes();
    let me = signed_in.me.id();
    let verb = |proof: Proof| {
        move |tx: &mut Tx<'_>| account::renew_recovery_codes(tx, me, &proof, &digests)
    };
    match change(&app, &signed_in, verb).await {
        Ok(Change::Done(())) => show_codes(&signed_in.posted, codes).await,
        other => not_yet(&signed_in, other).await,
    }
}

/// What a new passkey is called: as typed, or after the browser.
fn passkey_name(posted: &FormPost) -> String {
    let typed = posted.fields.trimmed("name");
    if typed.is_empty() {
        return device(&posted.agent);
    }
    typed
}

/// `POST /settings/second-factor/passkeys`: asks for a new passkey.
pub async fn prepare_passkey(
    State(app): State<App>,
    FactorlessForm(signed_in): FactorlessForm,
) -> Page {
    let (me, name) = (signed_in.me.id(), passkey_name(&signed_in.posted));
    let called = name.clone();
    let verb =
        |proof: Proof| move |tx: &mut Tx<'_>| account::prepare_passkey(tx, me, &proof, &called);
    match change(&app, &signed_in, verb).await {
        Ok(Change::Done(())) => ask_to_register(&app, &signed_in, &name).await,
        other => not_yet(&signed_in, other).await,
    }
}

async fn ask_to_register(app: &App, signed_in: &SignedInForm, name: &str) -> Page {
    let asked = passkey::ask_to_register(app, &signed_in.me).await?;
    let action = format!("{PAGE}/passkeys/add");
    passkey_page(&signed_in.posted, &action, true, &asked, &[("name", name)]).await
}

/// `POST /settings/second-factor/passkeys/add`
pub async fn add_passkey(
    State(app): State<App>,
    FactorlessForm(SignedInForm { posted, me }): FactorlessForm,
) -> Page {
    let (codes, digests) = new_codes();
    let written = write_passkey(&app, &posted, &me, digests);
    match posted.attempt(written).await {
        Ok(is_first) => added(&posted, is_first, codes).await,
        Err(error) => invalid(&posted, &me, error).await,
    }
}

async fn write_passkey(
    app: &App,
    posted: &FormPost,
    me: &Me,
    digests: Vec<String>,
) -> Outcome<bool> {
    let answer = passkey::Answer {
        token: posted.fields.get("token"),
        credential: posted.fields.get("credential"),
    };
    let id = me.id();
    let made = passkey::check_new(app, id, answer, &passkey_name(posted)).await?;
    let verb = move |tx: &mut Tx<'_>| account::add_passkey(tx, id, &made, &digests);
    app.ops().write(verb).await
}

/// `POST /settings/second-factor/passkeys/{id}/remove`
pub async fn remove_passkey(
    State(app): State<App>,
    PathParam(id): PathParam<CredentialId>,
    FactorlessForm(signed_in): FactorlessForm,
) -> Page {
    let me = signed_in.me.id();
    let verb = |proof: Proof| move |tx: &mut Tx<'_>| account::remove_passkey(tx, me, id, &proof);
    match change(&app, &signed_in, verb).await {
        Ok(Change::Done(())) => redirect_with_flash(PAGE, "second-factor-removed"),
        other => not_yet(&signed_in, other).await,
    }
}
