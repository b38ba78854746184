//! Finding a post helpful, and no longer.

use axum::extract::State;
use domain::Tx;
use httpkit::App;
use model::{Origin, PostId};

use crate::handlers::answer::{Page, onward};
use crate::handlers::at::At;
use crate::handlers::sent::Signed;

/// `POST /p/{id}/like`
pub async fn like(State(app): State<App>, At(id): At<PostId>, signed: Signed) -> Page {
    let by = signed.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::discussion::like(tx, by, id, &Origin::Local);
    app.ops().write(verb).await?;
    Ok(onward(&format!("/p/{id}")))
}

/// `POST /p/{id}/unlike`
pub async fn unlike(State(app): State<App>, At(id): At<PostId>, signed: Signed) -> Page {
    let by = signed.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::discussion::unlike(tx, by, id, &Origin::Local);
    app.ops().write(verb).await?;
    Ok(onward(&format!("/p/{id}")))
}
