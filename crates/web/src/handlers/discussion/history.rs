//! The edit history of a post.

use domain::Outcome;
use httpkit::paging::read_id;
use model::limits::VERSIONS_PER_PAGE;
use model::{PostId, RevisionId};
use query::post::PostInThread;
use query::row::Revision;
use query::{Db, Reader};

use super::place;
use crate::frame::{Frame, Section};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, show};
use crate::handlers::show::{actor, discussion};
use crate::views::discussion::History;
use crate::views::parts::Pager;

/// `GET /p/{id}/history?before=…`, a page of versions; `?version=…`, one of them, whole.
pub async fn history(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    let one: Option<RevisionId> = request.q("version").and_then(|id| id.parse().ok());
    let (before, limit) = match one {
        Some(RevisionId(id)) => (RevisionId(id.saturating_add(1)), 1),
        None => (read_id(request.q("before"))?, VERSIONS_PER_PAGE),
    };
    let read = move |db: &mut Db, reader: Reader| -> Outcome<(PostInThread, Vec<Revision>)> {
        let found = query::post::in_thread(db, reader, id)?;
        let older = query::post::revisions(db, reader, id, before, limit + 1)?;
        Ok((found, older))
    };
    let (f, (found, mut older)) = request.page(Section::Elsewhere, read).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = older.len() > limit;
    older.truncate(limit);
    let post = &found.view.post;
    let is_newest = before.0 == i64::MAX;
    let present = is_newest.then(|| discussion::present_version(post, f.lang));
    let older_url = older.last().filter(|_| more);
    let older_url = older_url.map(|last| format!("/p/{id}/history?before={}", last.id));
    let older = discussion::versions(post, &older, f.lang, one.is_some());
    let f = Frame { noindex: true, ..f };
    show(&History {
        place: place(&found, f.lang),
        author: actor::person(&found.view.author),
        versions: present.into_iter().chain(older).collect(),
        pager: Pager {
            prev: (!is_newest).then(|| format!("/p/{id}/history")),
            next: older_url,
            ..Pager::default()
        },
        back_url: format!("/p/{id}"),
        f,
    })
}
