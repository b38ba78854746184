//! Sign-up, in the way the instance allows: open, on approval, by invitation, or closed.

use axum::extract::State;
use domain::account::NewAccount;
use domain::{Error, Outcome, password};
use httpkit::rate_limits::RateLimit;
use httpkit::{App, session, single_sign_on as sso};
use model::handle::BadHandle;
use model::refusal::Checks;
use model::{AccountState, ActorId, Handle, Registration, Why};

use super::single_sign_on::sign_up_buttons;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, FormPost};
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect, redirect_with_flash, show, with_sign_in};
use crate::views::account::{Awaiting, SignUp, sign_up_form};

/// `GET /sign-up?invitation=…`
pub async fn form(State(app): State<App>, request: PageRequest) -> Page {
    if request.me.is_some() {
        return Ok(redirect("/"));
    }
    let code = request.q("invitation").unwrap_or_default();
    let registration = asked_for(request.site()?.registration, code);
    let f = request.framed(Section::Me).await?;
    let mut form = sign_up_form(&f, registration, app.mailer().is_configured());
    form.set("invitation", code);
    show(&page(&app, f, (registration, form), code))
}

fn page(app: &App, f: Frame, (registration, form): (Registration, Form), code: &str) -> SignUp {
    SignUp {
        registration,
        providers: sign_up_buttons(&f, app, code),
        passwords: !sso::is_only(app),
        f: f.sending(&form),
        form,
    }
}

/// The way to sign up: an invitation replaces approval.
pub(super) fn asked_for(registration: Registration, code: &str) -> Registration {
    match registration {
        Registration::Approval if !code.is_empty() => Registration::Invitation,
        other => other,
    }
}

/// `POST /sign-up`
pub async fn sign_up(State(app): State<App>, posted: FormPost) -> Page {
    match posted.attempt(register(&app, &posted)).await {
        Ok((id, AccountState::Active)) => {
            let signed_in = session::open(&app, id, &posted.agent).await?;
            let response = redirect_with_flash("/", "welcome")?;
            Ok(with_sign_in(response, app.site()?.is_https(), &signed_in))
        }
        Ok((_, AccountState::Pending | AccountState::Suspended | AccountState::Refused)) => {
            show(&Awaiting {
                f: posted.request.framed(Section::Me).await?,
                name: posted.fields.trimmed("name"),
                address: app
                    .mailer()
                    .is_configured()
                    .then(|| posted.fields.trimmed("address")),
                handle: format!(
                    "@{}",
                    posted.fields.trimmed("handle").trim_start_matches('@')
                ),
            })
        }
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let code = posted.fields.get("invitation");
            let registration = asked_for(posted.request.site()?.registration, code);
            let f = posted.request.framed(Section::Me).await?;
            let form = errors.show_on(
                &f,
                sign_up_form(&f, registration, app.mailer().is_configured()),
            );
            errors.respond(&page(&app, f, (registration, form), code))
        }
    }
}

async fn register(app: &App, posted: &FormPost) -> Outcome<(ActorId, AccountState)> {
    let typed = &posted.fields;
    app.limits()
        .count_ip(RateLimit::SignUp, posted.request.ip)?;
    if sso::is_only(app) {
        return Err(Error::invalid("password", Why::NotAChoice));
    }
    let mut checks = Checks::default();
    let address = app.new_address(typed.get("address"));
    if let Err(why) = address {
        checks.that(false, "address", why);
    }
    let handle = check(checks, Handle::parse(typed.get("handle")), typed)?;
    let new = NewAccount {
        handle,
        name: typed.trimmed("name"),
        password: Some(app.hash_password("password", typed.get("password")).await?),
        address: address.ok().flatten(),
        lang: posted.request.lang,
        request: typed.trimmed("reason"),
        key: app.new_key().await?,
    };
    let code = typed.trimmed("invitation");
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::register(tx, &new, Some(&code));
    app.ops().write(verb).await
}

/// Checks handle and password of a new account, together with the errors already in `checks`, before
/// the password is hashed.
///
/// # Errors
/// `Invalid` with every refused field.
pub fn check(
    mut checks: Checks,
    handle: Result<Handle, BadHandle>,
    typed: &Fields,
) -> Outcome<Handle> {
    let handle = self::handle(&mut checks, handle);
    checks.also(password::checks("password", typed.get("password")));
    checks.done()?;
    handle
}

/// Notes why a handle is refused among the other errors of its form.
///
/// # Errors
/// `Invalid(handle)`.
pub fn handle(checks: &mut Checks, parsed: Result<Handle, BadHandle>) -> Outcome<Handle> {
    parsed.map_err(|bad| {
        let why = bad.why();
        checks.that(false, "handle", why);
        Error::invalid("handle", why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Refusal;

    fn errors(handle: &str, password: &str) -> Vec<(&'static str, Why)> {
        let typed = Fields(vec![
            ("handle".into(), handle.into()),
            ("password".into(), password.into()),
        ]);
        match check(Checks::default(), Handle::parse(handle), &typed) {
            Err(Error::Refused(Refusal::Invalid(errors))) => {
                errors.into_iter().map(|e| (e.field, e.why)).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        assert_eq!(errors("ann", "heron by the river"), []);
        assert_eq!(
            errors("admin", "short"),
            [("handle", Why::Reserved), ("password", Why::TooShort)]
        );
        assert_eq!(
            errors("@", "heron by the river"),
            [("handle", Why::Required)]
        );
        assert_eq!(
            errors("", "heron by the river"),
            [("handle", Why::Required)]
        );
        let long = "a".repeat(41);
        assert_eq!(
            errors(&long, "heron by the river"),
            [("handle", Why::TooLong)]
        );
        assert_eq!(
            errors("élan", "heron by the river"),
            [("handle", Why::Characters)]
        );
    }

    #[test]
    fn an_invitation_stands_for_approval() {
        assert_eq!(
            asked_for(Registration::Approval, "heron"),
            Registration::Invitation
        );
        assert_eq!(
            asked_for(Registration::Approval, ""),
            Registration::Approval
        );
        assert_eq!(
            asked_for(Registration::Closed, "heron"),
            Registration::Closed
        );
    }
}
