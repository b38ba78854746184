//! Signing in by something other than the password: the second factor after it, or a passkey instead of it.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::rate_limits::RateLimit;
use httpkit::{App, passkey, session};
use model::Refusal;

use super::sign_in::{page, welcome};
use super::sign_in_link::not_stored;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::FormPost;
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, local_path, show};
use crate::views::account::{PasskeyForm, PasskeyPage, SecondStep, second_step_form};

/// The answer of a passkey in a form, where it has one.
pub(super) fn answer(posted: &FormPost) -> Option<passkey::Answer<'_>> {
    let credential = posted.fields.get("credential");
    let token = posted.fields.get("token");
    (!credential.is_empty()).then_some(passkey::Answer { token, credential })
}

/// Asks for the second factor of somebody who has shown who they are, by the password or a provider, and wants to
/// go on to `next` and do `then`.
pub(super) async fn ask(request: &PageRequest, step: &str, along: (&str, &str)) -> Page {
    let challenge = ask_passkey(request, step).await?;
    show(&step_page(request, (step, challenge), along, |_, form| form).await?).map(not_stored)
}

/// Asks for a passkey of whose sign-in it is. Each question is stored, and counted before.
async fn ask_passkey(request: &PageRequest, step: &str) -> Outcome<Option<passkey::Challenge>> {
    let app = &request.app;
    let limits = app.limits();
    if limits.count_ip(RateLimit::Unguessable, request.ip).is_err() {
        return Ok(None);
    }
    match session::step_owner(app, step).await {
        Ok(owner) => passkey::ask_to_prove(app, owner).await,
        // The form says that it is over.
        Err(_) => Ok(None),
    }
}

async fn step_page(
    request: &PageRequest,
    (step, asked): (&str, Option<passkey::Challenge>),
    (next, then): (&str, &str),
    finish: impl FnOnce(&Frame, Form) -> Form,
) -> Outcome<SecondStep> {
    let passkey = asked.map(|asked| {
        let along = [("step", step), ("next", next), ("then", then)];
        PasskeyForm::new(
            "/sign-in/code",
            false,
            (asked.token.as_str(), asked.options.as_str()),
            &along,
        )
    });
    let mut f = request.framed(Section::Me).await?;
    // What led here cannot be opened again.
    f.here = "/sign-in".to_owned();
    let form = finish(&f, second_step_form(&f, step, next, then));
    Ok(SecondStep {
        f: f.sending(&form),
        form,
        passkey,
    })
}

/// `POST /sign-in/code`: the second factor.
pub async fn second_step(State(app): State<App>, posted: FormPost) -> Page {
    let step = posted.fields.get("step");
    let attempt = session::SecondStepAttempt {
        ip: posted.request.ip,
        step,
        code: posted.fields.get("code"),
        answer: answer(&posted),
        agent: &posted.agent,
    };
    match posted.attempt(session::second_step(&app, attempt)).await {
        Ok(signed_in) => welcome(&app, &posted, &signed_in).await,
        Err(error) => {
            let request = &posted.request;
            let challenge = match &error {
                // Whoever has to wait stores nothing meanwhile.
                Error::Refused(Refusal::TooMany { .. }) => None,
                _ => ask_passkey(request, step).await?,
            };
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            let along = (posted.fields.get("next"), posted.fields.get("then"));
            let with_errors = |f: &Frame, form| errors.show_on(f, form);
            let view = step_page(request, (step, challenge), along, with_errors);
            errors.respond(&view.await?).map(not_stored)
        }
    }
}

/// `POST /sign-in/passkey`: asks for a passkey, and signs in with the one that comes.
pub async fn by_passkey(State(app): State<App>, posted: FormPost) -> Page {
    let Some(answer) = answer(&posted) else {
        return ask_to_sign_in(&app, &posted).await;
    };
    let attempt = passkey::PasskeyAttempt {
        ip: posted.request.ip,
        answer,
        agent: &posted.agent,
        sso_cookie: &posted.sso_cookie,
    };
    match passkey::sign_in(&app, attempt).await {
        Ok(signed_in) => welcome(&app, &posted, &signed_in).await,
        Err(error) => {
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            let next = local_path(posted.fields.get("next")).unwrap_or("/");
            let then = posted.fields.get("then");
            let with_errors = |f: &Frame, form| errors.show_on(f, form);
            errors.respond(&page(&posted.request, next, then, with_errors).await?)
        }
    }
}

async fn ask_to_sign_in(app: &App, posted: &FormPost) -> Page {
    let asked = passkey::ask_to_sign_in(app, posted.request.ip).await?;
    let along = ["next", "then"].map(|name| (name, posted.fields.get(name)));
    let asked = (asked.token.as_str(), asked.options.as_str());
    let passkey = PasskeyForm::new("/sign-in/passkey", false, asked, &along);
    let f = posted.request.framed(Section::Me).await?;
    show(&PasskeyPage {
        f: f.sending(&passkey.form),
        passkey,
        back: "/sign-in",
    })
    .map(not_stored)
}
