//! The edit history of a post.

use domain::Outcome;
use model::PostId;
use query::post::PostInThread;
use query::row::Revision;
use query::{Db, Reader};

use super::place;
use crate::frame::Section;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, show};
use crate::handlers::show::{actor, discussion};
use crate::views::discussion::History;

/// `GET /p/{id}/history`
pub async fn history(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    let read = move |db: &mut Db, reader: Reader| -> Outcome<(PostInThread, Vec<Revision>)> {
        let found = query::post::in_thread(db, reader, id)?;
        Ok((found, query::post::revisions(db, reader, id)?))
    };
    let (f, (found, revisions)) = request.page(Section::Elsewhere, read).await?;
    show(&History {
        place: place(&found, f.lang),
        author: actor::person(&found.view.author),
        versions: discussion::versions(&found.view.post, &revisions, f.lang),
        back_url: format!("/p/{id}"),
        f,
    })
}
