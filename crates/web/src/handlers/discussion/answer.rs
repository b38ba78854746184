//! The button that accepts a reply as an answer.

use axum::extract::State;
use domain::Tx;
use httpkit::App;
use model::{Origin, PostId};

use crate::handlers::form_post::SignedInForm;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_to_post};

/// `POST /p/{id}/accept`
pub async fn accept(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let by = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::post::accept(tx, by, id, &Origin::Local);
    app.ops().write(verb).await?;
    redirect_to_post(id, "accepted", "")
}

/// `POST /p/{id}/unaccept`
pub async fn unaccept(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let by = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::post::unaccept(tx, by, id, &Origin::Local);
    app.ops().write(verb).await?;
    redirect_to_post(id, "unaccepted", "")
}
