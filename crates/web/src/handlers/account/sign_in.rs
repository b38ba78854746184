//! Signing in and out.

use axum::extract::State;
use domain::{Error, Outcome};
use http::StatusCode;
use httpkit::session::NewSignIn;
use httpkit::{App, passkey, session, single_sign_on as sso};
use model::refusal::Rule;
use model::{AccountName, AccountState, Refusal};
use query::row::{Account, Actor};

use super::second_step;
use super::single_sign_on::{CONFIRM, buttons};
use crate::form::{Field, Form, Kind};
use crate::frame::{Frame, Section};
use crate::handlers::flash;
use crate::handlers::follow;
use crate::handlers::follow_from;
use crate::handlers::form_post::{FactorlessForm, FormPost};
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{
    Page, local_path, redirect, redirect_with_flash, show, show_with_status, with_cookie,
    with_sign_in,
};
use crate::handlers::show::actor;
use crate::views::account::{Awaiting, NotOpen, SignIn, sign_in_form};

/// The value of `then` with which signing in follows the actor of the page that comes next.
pub const FOLLOW: &str = "follow";
/// The value of `then` with which signing in connects the identity that the browser has proved.
pub(super) const CONNECT: &str = "connect";

/// `GET /sign-in?next=…&then=…`
pub async fn form(request: PageRequest) -> Page {
    let next = request
        .q("next")
        .and_then(local_path)
        .unwrap_or("/")
        .to_owned();
    if request.me.is_some() {
        return Ok(redirect(&next));
    }
    let then = request.q("then").unwrap_or_default().to_owned();
    show(&page(&request, &next, &then, |_, form| form).await?)
}

/// The page, with its form as `finish` leaves it. With `then=follow` it says whom one signs in to follow;
/// for somebody sent by another server, where that is what they came for.
pub(super) async fn page(
    request: &PageRequest,
    next: &str,
    then: &str,
    finish: impl FnOnce(&Frame, Form) -> Form,
) -> Outcome<SignIn> {
    let f = request.framed(Section::Me).await?;
    let mut form = sign_in_form(&f, next);
    let mut reason = None;
    if then == FOLLOW
        && let Ok((_, name)) = follow::target_at(request, next).await
    {
        form = form.with(Field::new("then", Kind::Hidden, "").value(FOLLOW));
        reason = Some(f.message("sign-in-to-follow").arg("name", name).to_string());
    }
    if let Some(host) = follow_from::host_to_reach(next) {
        reason = Some(f.message("sign-in-to-open").arg("host", host).to_string());
    }
    let connects = then == CONNECT;
    if connects {
        form = form.with(Field::new("then", Kind::Hidden, "").value(CONNECT));
        reason = Some(f.text("sso-confirm-again").to_owned());
    }
    let mut form = finish(&f, form);
    let with_password = request.q("password").is_some();
    if with_password {
        // The language switch comes back to the form.
        form.action.push_str("?password=1");
    }
    let only = sso::is_only(&request.app) && !connects;
    let mut providers = buttons(&f, &request.app, next, then);
    if connects {
        providers.all.clear();
    }
    Ok(SignIn {
        passwords: !only || form.faulty() || with_password,
        providers,
        f: f.sending(&form),
        form,
        reason,
        passkeys: passkey::is_possible(&request.app) && !only,
    })
}

/// `POST /sign-in`
pub async fn sign_in(State(app): State<App>, posted: FormPost) -> Page {
    let typed = &posted.fields;
    let next = local_path(typed.get("next")).unwrap_or("/");
    let (name, password) = (typed.get("handle"), typed.get("password"));
    let attempt = session::SignInAttempt {
        ip: posted.request.ip,
        name,
        password,
        agent: &posted.agent,
        browser_proof: &posted.browser_proof,
        sso_cookie: &posted.sso_cookie,
    };
    match posted.attempt(session::sign_in(&app, attempt)).await {
        Ok(session::SignIn::Done(signed_in)) => welcome(&app, &posted, &signed_in).await,
        Ok(session::SignIn::SecondStep(step)) => {
            let along = (typed.get("next"), typed.get("then"));
            second_step::ask(&posted.request, &step, along).await
        }
        Err(Error::Refused(Refusal::NotAllowed(Rule::ActiveAccount))) => not_open(&posted).await,
        Err(error) => {
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            let with_errors = |f: &Frame, form| errors.show_on(f, form);
            errors.respond(&page(&posted.request, next, typed.get("then"), with_errors).await?)
        }
    }
}

/// Leads somebody who has just signed in to where they wanted to be. Whoever did so to connect an identity sees first
/// which one it is.
pub(super) async fn welcome(app: &App, posted: &FormPost, signed_in: &NewSignIn) -> Page {
    let next = local_path(posted.fields.get("next")).unwrap_or("/");
    let then = posted.fields.get("then");
    if then != CONNECT {
        return lead_on(app, &posted.request, signed_in, (next, then)).await;
    }
    if sso::is_proved_for(app, &posted.sso_cookie, signed_in.me).await? {
        return lead_on(app, &posted.request, signed_in, (CONFIRM, "")).await;
    }
    let response = lead_on(app, &posted.request, signed_in, (next, "")).await?;
    let end = sso::set_cookie(app.site()?.is_https(), None);
    let unconnected = flash::cookie("sso-unconnected", "", None);
    Ok(with_cookie(with_cookie(response, &end), &unconnected))
}

/// Leads somebody to `next`, and does `then` before.
pub(super) async fn lead_on(
    app: &App,
    request: &PageRequest,
    signed_in: &NewSignIn,
    (next, then): (&str, &str),
) -> Page {
    let next = local_path(next).unwrap_or("/");
    let followed = match then {
        FOLLOW => {
            let request = request.in_language(signed_in.lang);
            let followed = follow::after_sign_in(app, &request, signed_in.me, next);
            followed.await.ok()
        }
        _ => None,
    };
    // Where following is refused, its page says how one stands.
    let response = followed.unwrap_or(redirect(next));
    Ok(with_sign_in(response, app.site()?.is_https(), signed_in))
}

/// Answers a right password of an account that is waiting, refused or suspended: says which of them.
async fn not_open(posted: &FormPost) -> Page {
    let name = AccountName::parse(posted.fields.get("handle"), &posted.request.our_host());
    let name = name.map_err(|bad| Error::invalid("handle", bad.why()))?;
    let read = move |db: &mut query::Db, _| query::account::by_name(db, &name);
    let found = posted.request.read(read).await?;
    let (account, person) = found.ok_or(Error::not_found("account"))?;
    account_state(&posted.request, account, &person).await
}

/// Says whether an account is waiting, refused or suspended, to whoever has shown that it is theirs.
pub(super) async fn account_state(request: &PageRequest, account: Account, person: &Actor) -> Page {
    let f = request.framed(Section::Me).await?;
    let (title, text) = match account.state {
        AccountState::Pending => {
            let person = actor::person(person);
            return show(&Awaiting {
                f,
                name: person.name,
                handle: person.handle,
                // Shown to whoever knows the password, or was proved to be its owner.
                address: Some(account.pending_address).filter(|text| !text.is_empty()),
            });
        }
        AccountState::Refused => ("not-open-refused", "not-open-refused-text"),
        AccountState::Suspended => ("not-open-suspended", "not-open-suspended-text"),
        // It was opened in the meantime.
        AccountState::Active => return Ok(redirect("/sign-in")),
    };
    show_with_status(StatusCode::FORBIDDEN, &NotOpen { f, title, text })
}

/// `POST /sign-out`
pub async fn sign_out(State(app): State<App>, FactorlessForm(signed_in): FactorlessForm) -> Page {
    let me = signed_in.me.id();
    if let Some(id) = signed_in.me.session {
        let verb = move |tx: &mut domain::Tx<'_>| domain::account::close_session(tx, me, id);
        app.ops().write(verb).await?;
    }
    let https = app.site()?.is_https();
    let response = redirect_with_flash("/", "signed-out")?;
    // Nor is what they have proved at a provider left for whoever comes next.
    let response = with_cookie(response, &sso::set_cookie(https, None));
    Ok(with_cookie(response, &session::set_cookie(https, None)))
}
