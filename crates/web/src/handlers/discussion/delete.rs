//! Deleting a post, after a page that says what happens.

use axum::extract::State;
use domain::{Outcome, Tx};
use httpkit::App;
use model::{Origin, PostId};
use query::post::PostInThread;
use query::{Action, Db, Reader};

use super::place;
use crate::frame::Section;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::discussion::{PostPage, post, title};
use crate::views::discussion::Delete;

/// `GET /p/{id}/delete`
pub async fn delete_form(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    request.me()?;
    let (f, found) = request.page(Section::Elsewhere, removable(id)).await?;
    let page = PostPage {
        lang: f.lang,
        here: &[],
        whole: Some(id),
        number: 1,
        host: None,
        reply_top: 2,
        prefix: "p",
    };
    let row = &found.view.post;
    show(&Delete {
        place: place(&found, f.lang),
        post: post(&page, &found.view, None),
        title: found.is_thread().then(|| title(&f, row, f.lang)),
        replies: i64::from(row.reply_count),
        action: format!("/p/{id}/delete"),
        back_url: format!("/p/{id}"),
        f,
    })
}

/// Reads a post that the reader may remove.
fn removable(id: PostId) -> impl FnOnce(&mut Db, Reader) -> Outcome<PostInThread> + Send {
    move |db, reader| query::post::require(db, reader, id, Action::Remove)
}

/// `POST /p/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let by = signed_in.me.id();
    let found = signed_in.posted.request.read(removable(id)).await?;
    let verb = move |tx: &mut Tx<'_>| domain::post::remove(tx, by, id, &Origin::Local);
    app.ops().write(verb).await?;
    if found.is_thread() {
        redirect_with_flash(&place(&found, signed_in.posted.request.lang).url, "deleted")
    } else {
        redirect_with_flash(&format!("/p/{}", found.root.id), "deleted")
    }
}
