//! What a post said before.

use domain::Outcome;
use model::PostId;
use store::Db;
use store::row::Revision;

use super::{One, one};
use crate::frame::Section;
use crate::handlers::answer::{Page, show};
use crate::handlers::ask::Ask;
use crate::handlers::at::At;
use crate::handlers::show::{actor, discussion};
use crate::views::discussion::History;

/// `GET /p/{id}/history`
pub async fn history(At(id): At<PostId>, ask: Ask) -> Page {
    let read = move |db: &mut Db| -> Outcome<(One, Vec<Revision>)> {
        Ok((one(db, id)?, store::discussion::revisions(db, id)?))
    };
    let (f, (one, revisions)) = ask.page(Section::Elsewhere, read).await?;
    show(&History {
        place: one.place(f.lang),
        author: actor::person(&one.view.author),
        versions: discussion::versions(&one.view.post, &revisions, f.lang),
        back_url: format!("/p/{id}"),
        f,
    })
}
