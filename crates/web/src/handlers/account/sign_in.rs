//! Signing in and out.

use axum::extract::State;
use domain::Error;
use httpkit::{App, session};
use model::refusal::Rule;
use model::{AccountState, Refusal};

use crate::frame::Section;
use crate::handlers::answer::{Page, done, local_path, onward, refused, show, with_cookie};
use crate::handlers::ask::Ask;
use crate::handlers::sent::{Sent, Signed};
use crate::handlers::show::actor;
use crate::views::account::{Awaiting, SignIn, sign_in_form};

/// `GET /sign-in?next=…`
pub async fn form(ask: Ask) -> Page {
    let next = ask.q("next").and_then(local_path).unwrap_or("/").to_owned();
    if ask.me.is_some() {
        return Ok(onward(&next));
    }
    let f = ask.framed(Section::Me).await?;
    show(&SignIn {
        form: sign_in_form(&f, &next),
        reason: None,
        f,
    })
}

/// `POST /sign-in`
pub async fn sign_in(State(app): State<App>, sent: Sent) -> Page {
    let typed = &sent.fields;
    let next = local_path(typed.get("next")).unwrap_or("/");
    let (handle, password) = (typed.get("handle"), typed.get("password"));
    match session::sign_in(&app, sent.ask.ip, handle, password, &sent.agent).await {
        Ok((token, _)) => {
            let cookie = session::set_cookie(app.site()?.is_https(), Some(&token));
            Ok(with_cookie(onward(next), &cookie))
        }
        Err(Error::Refused(Refusal::NotAllowed(Rule::ActiveAccount))) => {
            not_open(&app, &sent).await
        }
        Err(error) => {
            let faults = sent.faults(error)?;
            let f = sent.ask.framed(Section::Me).await?;
            let form = faults.mark(&f, sign_in_form(&f, next));
            refused(&SignIn {
                form,
                reason: None,
                f,
            })
        }
    }
}

/// The password is right and the account is not open: it waits for approval, or was suspended.
async fn not_open(app: &App, sent: &Sent) -> Page {
    let handle = sent.fields.trimmed("handle");
    let handle = handle.trim_start_matches('@').to_lowercase();
    let read =
        move |db: &mut store::Db| store::account::by_handle(db, &handle).map_err(Error::from);
    match app.store().read(read).await? {
        Some((account, person)) if account.state == AccountState::Pending => {
            let person = actor::person(&person);
            show(&Awaiting {
                f: sent.ask.framed(Section::Me).await?,
                name: person.name,
                handle: person.handle,
            })
        }
        Some(_) | None => Err(sent.fail(Refusal::NotAllowed(Rule::ActiveAccount))),
    }
}

/// `POST /sign-out`
pub async fn sign_out(State(app): State<App>, signed: Signed) -> Page {
    let me = signed.me.id();
    if let Some(id) = signed.me.session {
        let verb = move |tx: &mut domain::Tx<'_>| domain::account::close_session(tx, me, id);
        app.ops().write(verb).await?;
    }
    let cookie = session::set_cookie(app.site()?.is_https(), None);
    Ok(with_cookie(done("/", "signed-out")?, &cookie))
}
