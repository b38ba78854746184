//! The documents of tags of local communities.

use super::actor::{get_community, is_suspended};
use super::answer::{DocumentError, DocumentResult, document};
use crate::context::Federation;
use crate::kinds;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::Outcome;
use model::TagId;
use store::Db;

/// `GET /c/{handle}/tags/{id}`. A tag is seen by who sees its community.
pub(super) async fn tag(
    State(federation): State<Federation>,
    Path((handle, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> DocumentResult {
    let id: TagId = id.parse().map_err(|_bad| DocumentError::NOT_FOUND)?;
    let group = get_community(&federation, handle).await?;
    if is_suspended(&group) {
        return Err(DocumentError::NOT_FOUND);
    }
    let read = move |db: &mut Db| -> Outcome<_> { Ok(store::tag::by_id(db, id)?) };
    let tag = federation.store().read(read).await?;
    let tag = tag.filter(|tag| tag.community_id == group.id);
    let tag = tag.ok_or(DocumentError::NOT_FOUND)?;
    document(&headers, kinds::community_tag(&tag))
}
