//! Erasing a post for good: an admin takes its words from this instance, whoever may see them, because the law or
//! their author asks for that.

use super::publish::count_again;
use crate::account::{Principal, check_reason, record, require_admin};
use crate::{Error, Outcome, Tx};
use model::account::AdminActionKind;
use model::refusal::Checks;
use model::urls::Local;
use model::{ActorId, DeletedBy, Fact, Origin, PostId, PostState, Why};
use store::post::Removal;
use store::row;

/// Erases the words, pictures and earlier versions of the post at an address, also of one that was hidden, or
/// that only members read. Nobody brings it back. Erasing it again does nothing.
///
/// # Errors
/// `NotAllowed(Admin)`; `Invalid(address | reason)`, `Unknown` where there is no such post.
pub fn erase(tx: &mut Tx<'_>, by: Principal, address: &str, reason: &str) -> Outcome<()> {
    require_admin(tx, by)?;
    let mut checks = Checks::default();
    checks
        .that(!address.trim().is_empty(), "address", Why::Required)
        .done()?;
    check_reason(reason)?;
    let post = find(tx, address.trim())?.ok_or(Error::invalid("address", Why::Unknown))?;
    if post.state == PostState::Tombstone {
        return Ok(());
    }
    let removal = Removal {
        by: DeletedBy::Admin,
        at: tx.now,
        before: post.state_before.unwrap_or(post.state),
    };
    store::post::tombstone(tx.db, post.id, removal)?;
    if post.deleted_at.is_none() {
        count_again(tx, &post, -1)?;
    }
    keep_reason(tx, by, &post, reason)?;
    tx.record(Fact::PostDeleted {
        post: post.id,
        thread: post.root_id,
        author: post.author_id,
        by: person(by).unwrap_or(post.author_id),
        origin: (&Origin::Local).into(),
    });
    Ok(())
}

/// Finds a post by its id, its address here, or the link to it in its discussion.
fn find(tx: &mut Tx<'_>, address: &str) -> Outcome<Option<row::Post>> {
    let urls = tx.urls()?;
    let (page, fragment) = address.split_once('#').unwrap_or((address, ""));
    let page = page.split('?').next().unwrap_or(page);
    let local = match urls.path(page).and_then(Local::parse) {
        Some(Local::Post(id)) => Some(id),
        Some(_) | None => None,
    };
    let linked = fragment
        .strip_prefix('p')
        .and_then(|id| id.parse::<PostId>().ok());
    match local {
        Some(id) => Ok(store::raw::post::by_id(tx.db, linked.unwrap_or(id))?),
        None => Ok(store::raw::post::by_ap_id(tx.db, address)?),
    }
}

/// Keeps the reason in the history of the author's account, or, where the author has none here, of the admin's.
fn keep_reason(tx: &mut Tx<'_>, by: Principal, post: &row::Post, reason: &str) -> Outcome<()> {
    let account = if post.peer_id.is_none() {
        Some(post.author_id)
    } else {
        person(by)
    };
    let Some(account) = account else {
        return Ok(());
    };
    let reason = format!("{} · {}", reason.trim(), post.ap_id);
    record(tx, by, account, AdminActionKind::PostErased, &reason)
}

const fn person(by: Principal) -> Option<ActorId> {
    match by {
        Principal::Person(id) => Some(id),
        Principal::Operator => None,
    }
}
