//! The followers of a local actor on one server (FEP-8fcf), served to that server only, which its signature
//! proves, and not cached.

use super::actor::{get_community, get_person, is_suspended};
use super::answer::{DocumentResult, document};
use super::inbox::{Caller, refused};
use crate::context::Federation;
use crate::inbox::verified_signer;
use crate::sync;
use axum::Extension;
use axum::extract::{OriginalUri, Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, Method};
use domain::Outcome;
use serde_json::Value;
use store::row;
use vocab::Collection;

/// What the handlers need to verify who signed a request.
type SignedRequest = (
    State<Federation>,
    Option<Extension<Caller>>,
    Method,
    OriginalUri,
    HeaderMap,
);

/// `GET /u/{handle}/followers_synchronization`.
pub(super) async fn person(Path(handle): Path<String>, request: SignedRequest) -> DocumentResult {
    let row = get_person(&request.0, handle).await?;
    list(request, &row).await
}

/// `GET /c/{handle}/followers_synchronization`.
pub(super) async fn community(
    Path(handle): Path<String>,
    request: SignedRequest,
) -> DocumentResult {
    let row = get_community(&request.0, handle).await?;
    list(request, &row).await
}

async fn list(request: SignedRequest, row: &row::Actor) -> DocumentResult {
    let (State(federation), caller, method, OriginalUri(uri), headers) = request;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let from = caller.map(|Extension(Caller(ip))| ip);
    let signer = match verified_signer(&federation, from, (method.as_str(), path), &headers).await {
        Ok(signer) => signer,
        Err(response) => return Ok(refused(&response)),
    };
    let members = match signer.peer {
        Some(peer) if !is_suspended(row) => {
            let (id, limit) = (row.id, i64::try_from(sync::MAX_LISTED).unwrap_or(i64::MAX));
            let read = move |db: &mut store::Db| -> Outcome<_> {
                Ok(store::follow::followers_of_peer(db, id, peer, limit)?)
            };
            federation.store().read(read).await?
        }
        Some(_) | None => Vec::new(),
    };
    let members = members.into_iter().map(Value::from).collect();
    let mut answer = document(
        &headers,
        Collection::listed(&sync::url(&row.ap_id), members),
    )?;
    let private = HeaderValue::from_static("private, no-store");
    answer.headers_mut().insert(CACHE_CONTROL, private);
    Ok(answer)
}
