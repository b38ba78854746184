//! The edit history of a post.

use domain::Outcome;
use model::PostId;
use store::Db;
use store::row::Revision;

use super::{One, one};
use crate::frame::Section;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, show};
use crate::handlers::show::{actor, discussion};
use crate::views::discussion::History;

/// `GET /p/{id}/history`
pub async fn history(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    let read = move |db: &mut Db| -> Outcome<(One, Vec<Revision>)> {
        Ok((one(db, id)?, store::discussion::revisions(db, id)?))
    };
    let (f, (one, revisions)) = request.page(Section::Elsewhere, read).await?;
    show(&History {
        place: one.place(f.lang),
        author: actor::person(&one.view.author),
        versions: discussion::versions(&one.view.post, &revisions, f.lang),
        back_url: format!("/p/{id}"),
        f,
    })
}
