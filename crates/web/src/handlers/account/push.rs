//! Turning push messages on and off in the browser of a session.

use axum::extract::State;
use domain::notice::push::NewSubscription;
use domain::{Error, Tx};
use httpkit::App;
use model::Why;
use model::refusal::Rule;

use crate::handlers::form_post::SignedInForm;
use crate::handlers::response::{Page, redirect_with_flash};

/// `POST /settings/notices/push`: what the browser answered is in `endpoint`, `p256dh` and `auth`.
pub async fn subscribe(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let fields = &signed_in.posted.fields;
    let read = |name| fields.get(name);
    let new = NewSubscription::read(read("endpoint"), read("p256dh"), read("auth"))?;
    if !app.may_push_to(new.endpoint()) {
        return Err(Error::invalid("push", Why::NotAChoice).into());
    }
    let session = signed_in.me.session;
    let session = session.ok_or(Error::not_allowed(Rule::SignedIn))?;
    let me = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::notice::push::subscribe(tx, me, session, &new);
    app.ops().write(verb).await?;
    redirect_with_flash("/settings/notices", "saved")
}

/// `POST /settings/notices/push/end`
pub async fn unsubscribe(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let session = signed_in.me.session;
    let session = session.ok_or(Error::not_allowed(Rule::SignedIn))?;
    let me = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::notice::push::unsubscribe(tx, me, session);
    app.ops().write(verb).await?;
    redirect_with_flash("/settings/notices", "saved")
}
