//! Watching and muting a thread.

use axum::extract::State;
use domain::Tx;
use httpkit::App;
use model::PostId;
use model::notice::ThreadNotify;

use crate::handlers::form_post::SignedInForm;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash};

/// `POST /p/{id}/watch?page=…`
pub async fn watch(app: State<App>, id: PathParam<PostId>, signed_in: SignedInForm) -> Page {
    set(&app, id.0, &signed_in, Some(ThreadNotify::Watch), "watched").await
}

/// `POST /p/{id}/mute`
pub async fn mute(app: State<App>, id: PathParam<PostId>, signed_in: SignedInForm) -> Page {
    set(&app, id.0, &signed_in, Some(ThreadNotify::Mute), "muted").await
}

/// `POST /p/{id}/usual`: neither.
pub async fn usual(app: State<App>, id: PathParam<PostId>, signed_in: SignedInForm) -> Page {
    set(&app, id.0, &signed_in, None, "usual").await
}

/// Leads back to the buttons, on the page of replies that the query names.
async fn set(
    app: &App,
    thread: PostId,
    signed_in: &SignedInForm,
    level: Option<ThreadNotify>,
    done: &'static str,
) -> Page {
    let who = signed_in.me.id();
    let verb =
        move |tx: &mut Tx<'_>| domain::notice::set_notification_level(tx, who, thread, level);
    app.ops().write(verb).await?;
    let page: Option<i64> = signed_in
        .posted
        .request
        .q("page")
        .and_then(|p| p.parse().ok());
    let page = page
        .filter(|page| *page > 1)
        .map(|page| format!("?page={page}"));
    let back = format!("/p/{thread}{}#notify", page.unwrap_or_default());
    redirect_with_flash(&back, done)
}
