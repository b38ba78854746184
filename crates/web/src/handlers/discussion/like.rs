//! The "found helpful" button.

use axum::extract::State;
use domain::Tx;
use httpkit::App;
use model::{Origin, PostId};

use crate::handlers::form_post::SignedInForm;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect};

/// `POST /p/{id}/like`
pub async fn like(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let by = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::post::like(tx, by, id, &Origin::Local);
    app.ops().write(verb).await?;
    Ok(redirect(&format!("/p/{id}")))
}

/// `POST /p/{id}/unlike`
pub async fn unlike(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let by = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::post::unlike(tx, by, id, &Origin::Local);
    app.ops().write(verb).await?;
    Ok(redirect(&format!("/p/{id}")))
}
