//! The documents of local posts, and a thread's conversation as a collection (FEP-f228).

use super::answer::{DocumentError, DocumentResult, document};
use crate::ap_traits::Post;
use crate::context::Federation;
use crate::kinds::{self, PostDocumentData};
use activitypub_federation::config::Data;
use activitypub_federation::traits::Object;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use domain::{Error, Outcome};
use model::PostId;
use model::access::{Reader, Viewer};
use store::{Db, row};

/// Posts on a page of a conversation, and in one that has no pages.
const PAGE: i64 = 200;

/// Returns the reader of documents: a guest. What a guest may not see is answered 404.
pub(super) fn guest_reader(federation: &Federation) -> Reader {
    Reader {
        viewer: Viewer::Guest,
        now: federation.ops().now(),
    }
}

/// `GET /p/{id}`: a Page or Note, a Tombstone with 410, or a redirect to the server of a peer's post.
pub(super) async fn post(
    data: Data<Federation>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> DocumentResult {
    let post = Post::of(get(&data, &id).await?)?;
    if post.data.post.peer_id.is_some() {
        return Err(DocumentError::Redirect(post.data.post.ap_id));
    }
    if post.is_deleted() {
        return Err(DocumentError::Gone(Box::new(kinds::tombstone(&post.data))));
    }
    document(&headers, post.into_json(&data).await?)
}

async fn get(federation: &Federation, id: &str) -> Result<PostDocumentData, DocumentError> {
    let id: PostId = id
        .parse()
        .map_err(|_no_number: std::num::ParseIntError| DocumentError::NOT_FOUND)?;
    let reader = guest_reader(federation);
    let found = federation
        .store()
        .read(move |db| kinds::visible_post_data(db, reader, id))
        .await?;
    found.ok_or(DocumentError::NOT_FOUND)
}

/// `GET /p/{id}/context`: the posts of a thread that began here, by id, oldest first.
pub(super) async fn context(
    State(federation): State<Federation>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> DocumentResult {
    let data = get(&federation, &id).await?;
    if !data.root_here || data.parent.is_some() {
        return Err(DocumentError::NOT_FOUND);
    }
    let (urls, root) = (federation.urls()?, &data.post);
    let after = after_cursor(query.as_deref().unwrap_or_default())?;
    let (total, posts) = read(&federation, root, after.unwrap_or_default()).await?;
    let ids: Vec<String> = posts.iter().map(|(_, ap_id)| ap_id.clone()).collect();
    if let Some(after) = after {
        let full = i64::try_from(posts.len()).unwrap_or(0) >= PAGE;
        let next = posts.last().filter(|_| full).map(|(id, _)| id.0);
        return document(
            &headers,
            kinds::context_page(&urls, root, after.0, &ids, next),
        );
    }
    let owner = data.community.as_ref().unwrap_or(&data.author);
    let whole = (total <= PAGE).then_some(ids.as_slice());
    document(&headers, kinds::context(&urls, root, owner, total, whole))
}

/// Returns the cursor of the requested page; `None` for the collection itself.
///
/// # Errors
/// 404 for a malformed one.
fn after_cursor(query: &str) -> Result<Option<PostId>, DocumentError> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let Some((_, after)) = pairs.find(|(key, _)| key == "after") else {
        return Ok(None);
    };
    let after = after.parse().ok().filter(|after| *after >= 0);
    after
        .map(|after| Some(PostId(after)))
        .ok_or(DocumentError::NOT_FOUND)
}

async fn read(
    federation: &Federation,
    root: &row::Post,
    after: PostId,
) -> Result<(i64, Vec<(PostId, String)>), Error> {
    let (root, reader) = (root.id, guest_reader(federation));
    let read = move |db: &mut Db| -> Outcome<_> {
        let total = store::post::thread_len(db, reader, root)?;
        let posts = store::post::thread_ap_ids(db, reader, root, after, PAGE)?;
        Ok((total, posts))
    };
    federation.store().read(read).await
}
