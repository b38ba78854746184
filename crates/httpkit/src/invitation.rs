//! Lists of people to invite, as pages and API take them.

use domain::membership::invitation::{LIST_CHUNK, add_list_rows, begin_list, finish_list};
use domain::{Error, Ops, Outcome, Tx};
use model::invitation::list::{self, ListRow};
use model::{ActorId, InvitationListId, Lang};
use std::sync::Arc;

/// Reads an uploaded list and stores it, 500 rows in a transaction, to be confirmed. Where a row names no language, it
/// has `lang`.
///
/// # Errors
/// `Invalid(rows)`; `NotFound`, `NotAllowed(Facilitator | Closed)`, `TooMany` for too many lists in a day.
pub async fn store_list(
    ops: &Ops,
    by: ActorId,
    community: ActorId,
    bytes: Vec<u8>,
    lang: Lang,
) -> Outcome<InvitationListId> {
    let read = tokio::task::spawn_blocking(move || list::read(&bytes, lang)).await;
    let read = read.map_err(|crash| Error::Fault(store::StoreError::Panic(crash.to_string())))?;
    let rows = read.map_err(|why| Error::invalid("rows", why))?;
    let begin = move |tx: &mut Tx<'_>| begin_list(tx, by, community);
    let id = ops.write(begin).await?;
    for chunk in rows.chunks(LIST_CHUNK) {
        let chunk: Arc<[ListRow]> = chunk.into();
        let add = move |tx: &mut Tx<'_>| add_list_rows(tx, by, community, id, &chunk);
        ops.write(add).await?;
    }
    let finish = move |tx: &mut Tx<'_>| finish_list(tx, by, community, id);
    ops.write(finish).await?;
    Ok(id)
}
