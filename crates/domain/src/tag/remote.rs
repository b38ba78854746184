//! The tags of remote communities, as their actors name them.

use super::numbered;
use crate::{Outcome, Tx};
use model::{ActorId, LangText, TagId};
use store::row;

/// A tag that a remote community names, checked and cut to its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteTag {
    pub ap_id: String,
    pub slug: String,
    pub name: LangText,
}

/// Stores the list of a remote community in place of the one before: threads lose the tags that it no longer has.
///
/// # Errors
/// Faults only.
pub(crate) fn store_remote(tx: &mut Tx<'_>, community: ActorId, tags: &[RemoteTag]) -> Outcome<()> {
    let mut known = store::tag::of_community(tx.db, community)?;
    if known.is_empty() && tags.is_empty() {
        return Ok(());
    }
    for gone in known.extract_if(.., |row| tags.iter().all(|tag| tag.ap_id != row.ap_id)) {
        store::tag::delete(tx.db, gone.id)?;
    }
    for tag in tags {
        put(tx, community, tag, &mut known)?;
    }
    Ok(())
}

/// Stores one tag; `known` are those that the community has.
fn put(
    tx: &mut Tx<'_>,
    community: ActorId,
    tag: &RemoteTag,
    known: &mut Vec<row::Tag>,
) -> Outcome<()> {
    let is_other = |row: &row::Tag| row.ap_id != tag.ap_id;
    let taken = |slug: &str| known.iter().any(|row| is_other(row) && row.slug == slug);
    let slug = numbered(&tag.slug, &taken);
    if let Some(row) = known.iter_mut().find(|row| row.ap_id == tag.ap_id) {
        if row.slug == slug && row.name == tag.name {
            return Ok(());
        }
        // What its own server once called it leads nowhere here.
        row.slug = slug;
        row.name = tag.name.clone();
        row.updated_at = tx.now;
        store::tag::update(tx.db, row)?;
        return Ok(());
    }
    let row = row::Tag {
        id: tx.id::<TagId>(),
        community_id: community,
        ap_id: tag.ap_id.clone(),
        slug,
        name: tag.name.clone(),
        updated_at: tx.now,
    };
    store::tag::delete_former_slug(tx.db, community, &row.slug)?;
    store::tag::insert(tx.db, &row)?;
    known.push(row);
    Ok(())
}
