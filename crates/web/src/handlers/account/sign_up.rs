//! Creating an account, as the instance allows: at once, on approval, with an invitation, or not.

use axum::extract::State;
use domain::account::NewAccount;
use domain::{Error, Outcome, password};
use httpkit::limits::Act;
use httpkit::{App, session};
use model::handle::BadHandle;
use model::refusal::Checks;
use model::{AccountState, ActorId, Handle, Registration, Why};

use crate::frame::Section;
use crate::handlers::answer::{Page, done, onward, refused, show, with_cookie};
use crate::handlers::ask::Ask;
use crate::handlers::sent::{Fields, Sent};
use crate::views::account::{Awaiting, SignUp, sign_up_form};

/// `GET /sign-up?invitation=…`
pub async fn form(ask: Ask) -> Page {
    if ask.me.is_some() {
        return Ok(onward("/"));
    }
    let code = ask.q("invitation").unwrap_or_default();
    let registration = asked_for(ask.site()?.registration, code);
    let f = ask.framed(Section::Me).await?;
    let mut form = sign_up_form(&f, registration);
    form.set("invitation", code);
    show(&SignUp {
        registration,
        form,
        f,
    })
}

/// Whoever holds an invitation is asked for nothing else.
fn asked_for(registration: Registration, code: &str) -> Registration {
    match registration {
        Registration::Approval if !code.is_empty() => Registration::Invitation,
        other => other,
    }
}

/// `POST /sign-up`
pub async fn sign_up(State(app): State<App>, sent: Sent) -> Page {
    match register(&app, &sent).await {
        Ok((id, AccountState::Active)) => {
            let token = session::open(&app, id, &sent.agent).await?;
            let cookie = session::set_cookie(app.site()?.is_https(), Some(&token));
            Ok(with_cookie(done("/", "welcome")?, &cookie))
        }
        Ok((_, AccountState::Pending | AccountState::Suspended)) => show(&Awaiting {
            f: sent.ask.framed(Section::Me).await?,
            name: sent.fields.trimmed("name"),
            handle: format!("@{}", sent.fields.trimmed("handle").trim_start_matches('@')),
        }),
        Err(error) => {
            let faults = sent.faults(error)?;
            let code = sent.fields.get("invitation");
            let registration = asked_for(sent.ask.site()?.registration, code);
            let f = sent.ask.framed(Section::Me).await?;
            let form = faults.mark(&f, sign_up_form(&f, registration));
            refused(&SignUp {
                registration,
                form,
                f,
            })
        }
    }
}

async fn register(app: &App, sent: &Sent) -> Outcome<(ActorId, AccountState)> {
    let typed = &sent.fields;
    app.limits().count_ip(Act::SignUp, sent.ask.ip)?;
    let handle = check(Checks::default(), Handle::parse(typed.get("handle")), typed)?;
    let new = NewAccount {
        handle,
        name: typed.trimmed("name"),
        password: app.hash_password("password", typed.get("password")).await?,
        lang: sent.ask.lang,
        request: typed.trimmed("reason"),
        key: app.new_key().await?,
    };
    let code = typed.trimmed("invitation");
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::register(tx, &new, Some(&code));
    app.ops().write(verb).await
}

/// The handle of a new account, where it and the password are well: all that is wrong with them,
/// and what `checks` found before, is told at once, and before any work for the CPU.
///
/// # Errors
/// `Invalid` with the fields at fault.
pub fn check(
    mut checks: Checks,
    handle: Result<Handle, BadHandle>,
    typed: &Fields,
) -> Outcome<Handle> {
    let why = |bad| why(bad, typed.get("handle"));
    if let Err(bad) = &handle {
        checks.that(false, "handle", why(*bad));
    }
    checks.also(password::checks("password", typed.get("password")));
    checks.done()?;
    handle.map_err(|bad| Error::invalid("handle", why(bad)))
}

/// Why a handle is refused.
pub fn why(bad: BadHandle, typed: &str) -> Why {
    match bad {
        BadHandle::Length if typed.trim().is_empty() => Why::Required,
        BadHandle::Length if typed.trim().chars().count() < 4 => Why::TooShort,
        BadHandle::Length => Why::TooLong,
        BadHandle::Characters => Why::Characters,
        BadHandle::Reserved => Why::Reserved,
    }
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
            [("handle", Why::TooShort)]
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
