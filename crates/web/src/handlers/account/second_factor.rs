//! The settings of two-step sign-in.

use axum::extract::State;
use domain::account::recovery_digest;
use domain::{Error, Outcome, Tx, secret, totp};
use httpkit::rate_limits::RateLimit;
use httpkit::{App, Me};
use model::Why;
use model::account::RECOVERY_CODES;
use query::account::SecondFactor as Stored;

use super::session::require_password;
use super::sign_in_link::not_stored;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{FieldErrors, FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect, redirect_with_flash, show};
use crate::views::account::{
    FactorState, QrPicture, RecoveryCodes, SecondFactor, SettingsTab, begin_form, change_form,
    confirm_form, settings_tabs,
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
    let (f, stored) = request.page(Section::Me, rows).await?;
    let state = match stored {
        Stored::Off => FactorState::Off {
            form: finish(&f, begin_form(&f)),
        },
        Stored::On(left) => FactorState::On {
            left: i64::try_from(left).unwrap_or_default(),
            form: finish(&f, change_form(&f)),
        },
        Stored::Pending(secret) => {
            let account = format!("{}@{}", me.actor.handle, f.site.host);
            let address = totp::address(&secret, &account, &f.site.name);
            FactorState::Pending {
                secret: grouped(&secret),
                qr: address.and_then(|address| QrPicture::of(&address)),
                form: finish(&f, confirm_form(&f)),
            }
        }
    };
    Ok(SecondFactor {
        tabs: settings_tabs(&f, SettingsTab::Password),
        needed: me.lacks_second_factor,
        state,
        f,
    })
}

/// A secret in groups of four, to be typed.
fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups = letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

/// Shows the page again with errors.
async fn invalid(posted: &FormPost, me: &Me, errors: FieldErrors<'_>) -> Page {
    let view = page(&posted.request, me, |f, form| errors.show_on(f, form)).await?;
    errors.respond(&view).map(not_stored)
}

/// `POST /settings/second-factor`: makes a secret.
pub async fn begin(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    match make_secret(&app, &posted, &me).await {
        Ok(()) => Ok(redirect(PAGE)),
        Err(error) => invalid(&posted, &me, posted.field_errors(error)?).await,
    }
}

async fn make_secret(app: &App, posted: &FormPost, me: &Me) -> Outcome<()> {
    require_password(app, posted, me).await?;
    let (id, secret) = (me.id(), totp::new_secret());
    let verb = move |tx: &mut Tx<'_>| domain::account::begin_second_factor(tx, id, &secret);
    app.ops().write(verb).await
}

/// `POST /settings/second-factor/cancel`: forgets the secret that was shown.
pub async fn cancel(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let me = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::account::cancel_second_factor(tx, me);
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
    let f = posted.request.framed(Section::Me).await?;
    show(&RecoveryCodes { f, codes }).map(not_stored)
}

/// `POST /settings/second-factor/confirm`: turns it on, and shows the recovery codes.
pub async fn confirm(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let (codes, digests) = new_codes();
    match turn_on(&app, &posted, &me, digests).await {
        Ok(()) => show_codes(&posted, codes).await,
        Err(error) => invalid(&posted, &me, posted.field_errors(error)?).await,
    }
}

async fn turn_on(app: &App, posted: &FormPost, me: &Me, digests: Vec<String>) -> Outcome<()> {
    app.limits().count_actor(RateLimit::SignIn, me.id())?;
    let (id, code) = (me.id(), posted.fields.trimmed("code"));
    let verb =
        move |tx: &mut Tx<'_>| domain::account::confirm_second_factor(tx, id, &code, &digests);
    app.ops().write(verb).await
}

/// Checks the password, and counts the code that comes with it; returns the code.
///
/// # Errors
/// `Invalid(current: Mismatch)`, `Invalid(code: Required)`, `TooMany`.
async fn password_and_code(app: &App, posted: &FormPost, me: &Me) -> Outcome<String> {
    require_password(app, posted, me).await?;
    let code = posted.fields.trimmed("code");
    if code.is_empty() {
        return Err(Error::invalid("code", Why::Required));
    }
    app.limits().count_actor(RateLimit::SecondFactor, me.id())?;
    Ok(code)
}

/// `POST /settings/second-factor/codes`: replaces the recovery codes.
pub async fn renew(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let (codes, digests) = new_codes();
    match replace_codes(&app, &posted, &me, digests).await {
        Ok(()) => show_codes(&posted, codes).await,
        Err(error) => invalid(&posted, &me, posted.field_errors(error)?).await,
    }
}

async fn replace_codes(app: &App, posted: &FormPost, me: &Me, digests: Vec<String>) -> Outcome<()> {
    let (id, code) = (me.id(), password_and_code(app, posted, me).await?);
    let verb =
        move |tx: &mut Tx<'_>| domain::account::renew_recovery_codes(tx, id, &code, &digests);
    app.ops().write(verb).await
}

/// `POST /settings/second-factor/end`
pub async fn end(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    match turn_off(&app, &posted, &me).await {
        Ok(()) => redirect_with_flash(PAGE, "second-factor-ended"),
        Err(error) => invalid(&posted, &me, posted.field_errors(error)?).await,
    }
}

async fn turn_off(app: &App, posted: &FormPost, me: &Me) -> Outcome<()> {
    let (id, code) = (me.id(), password_and_code(app, posted, me).await?);
    let verb = move |tx: &mut Tx<'_>| domain::account::end_second_factor(tx, id, &code);
    app.ops().write(verb).await
}
