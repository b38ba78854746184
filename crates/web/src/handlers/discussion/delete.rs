//! Deleting a post, after a page that says what happens.

use axum::extract::State;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::refusal::Rule;
use model::{MemberRole, Origin, PostId};
use store::Db;

use super::{One, find, one};
use crate::frame::Section;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::discussion::{Setting, post, title};
use crate::views::discussion::Delete;

/// `GET /p/{id}/delete`
pub async fn delete_form(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    let (me, admin) = (request.me()?.id(), request.me()?.is_admin());
    let read = move |db: &mut Db| -> Outcome<One> {
        let one = one(db, id)?;
        let role = match one.view.post.community_id {
            Some(community) => store::community::role(db, community, me)?,
            None => None,
        };
        let moderates = role.is_some_and(|role| role != MemberRole::Member);
        if one.view.post.author_id == me || moderates || admin {
            Ok(one)
        } else {
            Err(Error::not_allowed(Rule::AuthorOrModerator))
        }
    };
    let (f, one) = request.page(Section::Elsewhere, read).await?;
    let setting = Setting {
        lang: f.lang,
        moderates: true,
        reader: Some(me),
        here: &[],
    };
    let row = &one.view.post;
    show(&Delete {
        place: one.place(f.lang),
        post: post(&setting, &one.view, None),
        title: one.is_thread().then(|| title(&f, row, f.lang)),
        replies: i64::from(row.reply_count),
        action: format!("/p/{id}/delete"),
        back_url: format!("/p/{id}"),
        f,
    })
}

/// `POST /p/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let by = signed_in.me.id();
    let one = find(&app, id).await?;
    let verb = move |tx: &mut Tx<'_>| domain::discussion::delete(tx, by, id, &Origin::Local);
    app.ops().write(verb).await?;
    if one.is_thread() {
        redirect_with_flash(&one.place(signed_in.posted.request.lang).url, "deleted")
    } else {
        redirect_with_flash(&format!("/p/{}", one.root.id), "deleted")
    }
}
