//! Outboxes: the public activities of an actor, newest first, in pages. Activities are stored as they were
//! sent; the outbox shows the current version of their posts, and none that was deleted or hidden since.

use super::actor::{empty_collection, get_community, get_person, is_suspended};
use super::answer::{DocumentError, DocumentResult, document};
use super::discussion::guest_reader;
use crate::context::Federation;
use crate::json;
use crate::kinds;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use domain::Outcome;
use model::access::Reader;
use model::{ActivityId, ActorId, ActorState, PostState, Urls};
use serde_json::Value;
use store::{Db, row};
use vocab::{Activity, Collection, id_of, kind_of};

/// Activities on a page.
const PAGE: i64 = 20;

/// `GET /u/{handle}/outbox`.
pub(super) async fn person(
    State(federation): State<Federation>,
    Path(handle): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> DocumentResult {
    let row = get_person(&federation, handle).await?;
    outbox(&federation, &headers, &row, query.as_deref()).await
}

/// `GET /c/{handle}/outbox`.
pub(super) async fn community(
    State(federation): State<Federation>,
    Path(handle): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> DocumentResult {
    let row = get_community(&federation, handle).await?;
    outbox(&federation, &headers, &row, query.as_deref()).await
}

/// `GET /outbox`: the instance actor's is empty.
pub(super) async fn instance(
    State(federation): State<Federation>,
    headers: HeaderMap,
) -> DocumentResult {
    let url = federation.urls()?.at("/outbox");
    empty_collection(&headers, &url)
}

async fn outbox(
    federation: &Federation,
    headers: &HeaderMap,
    actor: &row::Actor,
    query: Option<&str>,
) -> DocumentResult {
    let url = actor.outbox.clone().unwrap_or_default();
    if is_suspended(actor) {
        return empty_collection(headers, &url);
    }
    let id = actor.id;
    let (urls, reader) = (federation.urls()?, guest_reader(federation));
    let Some(before) = page_cursor(query.unwrap_or_default())? else {
        let read = move |db: &mut Db| -> Outcome<_> {
            let total = store::queue::activity::count(db, reader, id)?;
            Ok((total, page(db, reader, &urls, id, NEWEST)?.0))
        };
        let (total, newest) = federation.store().read(read).await?;
        // Lemmy (1.0-beta) reads the collection itself and no page of it.
        return document(
            headers,
            Collection {
                ordered_items: Some(newest),
                ..kinds::totals(&url, total, Some(&format!("{url}?page=true")))
            },
        );
    };
    let read = move |db: &mut Db| page(db, reader, &urls, id, before);
    let (members, last) = federation.store().read(read).await?;
    let here = if before == NEWEST {
        format!("{url}?page=true")
    } else {
        format!("{url}?page=true&before={before}")
    };
    let next = last.map(|last| format!("{url}?page=true&before={last}"));
    document(
        headers,
        Collection::page(&here, &url, members, next.as_deref()),
    )
}

/// Reads the activities before a cursor that the reader may see, newest first, at most [`PAGE`], and the
/// cursor of the next page.
fn page(
    db: &mut Db,
    reader: Reader,
    urls: &Urls,
    actor: ActorId,
    before: ActivityId,
) -> Outcome<(Vec<Value>, Option<ActivityId>)> {
    let rows = store::queue::activity::outbox(db, actor, before, PAGE)?;
    let is_full = i64::try_from(rows.len()).unwrap_or(0) >= PAGE;
    let last = rows.last().filter(|_| is_full).map(|row| row.id);
    let mut shown = Vec::with_capacity(rows.len());
    for row in &rows {
        if let OutboxItem::Shown(activity) = current_item(db, reader, urls, row)? {
            shown.push(activity);
        }
    }
    Ok((shown, last))
}

const NEWEST: ActivityId = ActivityId(i64::MAX);

/// Returns the cursor of the requested page; `None` for the collection itself.
///
/// # Errors
/// 404 for what is no page: whoever counts pages up finds an end.
fn page_cursor(query: &str) -> Result<Option<ActivityId>, DocumentError> {
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let get = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    let page = get("page").filter(|page| !page.is_empty());
    let before = get("before").map(|id| id.parse().ok().filter(|id| *id >= 0));
    match (page.map(AsRef::as_ref), before) {
        (None | Some("true" | "1"), Some(Some(before))) => Ok(Some(ActivityId(before))),
        (Some("true" | "1"), None) => Ok(Some(NEWEST)),
        (None | Some("false"), None) => Ok(None),
        (Some(_), _) | (None, Some(None)) => Err(DocumentError::NOT_FOUND),
    }
}

/// A stored activity, according to what the reader may see of its post.
pub(super) enum OutboxItem {
    /// It has no post, or a visible one.
    Shown(Value),
    /// Its post was removed.
    Removed,
    /// Its post does not exist for the reader.
    Hidden,
}

/// Returns a stored activity with the current version of its post or actor.
///
/// # Errors
/// Faults.
pub(super) fn current_item(
    db: &mut Db,
    reader: Reader,
    urls: &Urls,
    row: &row::Activity,
) -> Outcome<OutboxItem> {
    let mut activity: Value = serde_json::from_str(&row.json).map_err(json::unwritable)?;
    if let Some(map) = activity.as_object_mut() {
        map.shift_remove("@context");
    }
    let Some(object) = embedded_post(&mut activity) else {
        return Ok(OutboxItem::Shown(activity));
    };
    let Some(id) = id_of(object).map(str::to_owned) else {
        return Ok(OutboxItem::Shown(activity));
    };
    if let Some(actor) = store::raw::actor::by_ap_id(db, &id)?.filter(|row| row.peer_id.is_none()) {
        if actor.state == ActorState::Deleted {
            return Ok(OutboxItem::Removed);
        }
        *object = json::part(&kinds::actor(urls, &kinds::actor_data(db, actor.id)?))?;
        return Ok(OutboxItem::Shown(activity));
    }
    let Some(post) = store::raw::post::id_of(db, &id)? else {
        return Ok(OutboxItem::Shown(activity));
    };
    let Some(data) = kinds::visible_post_data(db, reader, post)? else {
        return Ok(OutboxItem::Hidden);
    };
    if data.post.state == PostState::Tombstone {
        return Ok(OutboxItem::Removed);
    }
    // What was forwarded of a peer stays as it was sent, with its proof, until its text changes.
    if data.post.peer_id.is_none() || data.post.edited_at.is_some() {
        *object = json::part(&kinds::object(urls, &data))?;
        without_proof(&mut activity);
    }
    Ok(OutboxItem::Shown(activity))
}

/// Returns an activity that is in no outbox (a like that a community announces, an Undo), if it is about a
/// post that the reader may see. Of a removed post there are only the Delete and what is undone.
///
/// # Errors
/// Faults.
pub(super) fn item_about_post(
    db: &mut Db,
    reader: Reader,
    urls: &Urls,
    row: &row::Activity,
) -> Outcome<OutboxItem> {
    let mut inner: Activity = serde_json::from_str(&row.json).map_err(json::unwritable)?;
    let mut takes_back = matches!(inner.kind.as_str(), "Delete" | "Undo");
    while let Some(wrapped) = inner.embedded_activity().filter(|_| inner.wraps_activity()) {
        takes_back |= matches!(wrapped.kind.as_str(), "Delete" | "Undo");
        inner = wrapped;
    }
    let post = match inner.object_id() {
        Some(id) => store::raw::post::id_of(db, id)?,
        None => None,
    };
    let Some(post) = post else {
        return Ok(OutboxItem::Hidden);
    };
    match kinds::visible_post_data(db, reader, post)? {
        Some(data) if data.post.state == PostState::Tombstone && !takes_back => {
            Ok(OutboxItem::Removed)
        }
        Some(_) => current_item(db, reader, urls, row),
        None => Ok(OutboxItem::Hidden),
    }
}

/// Removes the proofs of an activity, and of one inside it, whose bytes have changed.
fn without_proof(activity: &mut Value) {
    let Some(map) = activity.as_object_mut() else {
        return;
    };
    map.shift_remove("proof");
    map.shift_remove("signature");
    if let Some(inside) = map.get_mut("object") {
        without_proof(inside);
    }
}

/// Returns the post in a Create or Update, or in an announced one.
fn embedded_post(activity: &mut Value) -> Option<&mut Value> {
    let inside = match kind_of(activity)? {
        "Announce" => activity.get_mut("object")?,
        _ => activity,
    };
    let says = matches!(kind_of(inside)?, "Create" | "Update");
    inside.get_mut("object").filter(|_| says)
}
