//! Erasing a post for good: an admin takes its words from this instance, whoever may see them, because the law or
//! their author asks for that.

use super::publish::count_again;
use crate::account::{Principal, check_reason, record, require_admin};
use crate::{Error, Outcome, Tx};
use model::account::AdminActionKind;
use model::urls::{Local, Urls};
use model::{DeletedBy, Fact, Origin, PostId, PostState};
use store::post::Removal;
use store::{Db, row};

/// Erases the words, pictures and earlier versions of a post, also of one that was hidden, that only members
/// read, or that its author has deleted; and what waits to be sent of it. Nobody brings it back. Erasing it
/// again does nothing.
///
/// # Errors
/// `NotAllowed(Admin)`, `Invalid(reason)`, `NotFound`.
pub fn erase(tx: &mut Tx<'_>, by: Principal, id: PostId, reason: &str) -> Outcome<()> {
    require_admin(tx, by)?;
    check_reason(reason)?;
    let post = store::raw::post::by_id(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if is_erased(&post) {
        return Ok(());
    }
    let removal = Removal {
        by: DeletedBy::Admin,
        at: tx.now,
        before: post.state_before.unwrap_or(post.state),
    };
    store::post::tombstone(tx.db, id, removal)?;
    store::queue::activity::erase(tx.db, id, &post.ap_id)?;
    if post.deleted_at.is_none() {
        count_again(tx, &post, -1)?;
    }
    keep_reason(tx, by, &post, reason)?;
    // Also of one that was deleted before: the activity that told others may be among those dropped here.
    tx.record(Fact::PostDeleted {
        post: id,
        thread: post.root_id,
        author: post.author_id,
        by: by.person().unwrap_or(post.author_id),
        origin: (&Origin::Local).into(),
    });
    Ok(())
}

/// Whether nothing is left to erase of a post, and nobody may bring it back.
#[must_use]
pub fn is_erased(post: &row::Post) -> bool {
    post.state == PostState::Tombstone && post.deleted_by == Some(DeletedBy::Admin)
}

/// Finds a post, whatever may be seen of it, by its ActivityPub id, the page of its server, its page here, or
/// the link to it in its discussion.
///
/// # Errors
/// Faults.
pub fn at_address(db: &mut Db, urls: &Urls, address: &str) -> Outcome<Option<row::Post>> {
    let (page, fragment) = address.split_once('#').unwrap_or((address, ""));
    let page = page.split('?').next().unwrap_or(page);
    let path = urls.path(page).unwrap_or(page);
    let linked = fragment
        .strip_prefix('p')
        .and_then(|id| id.parse::<PostId>().ok());
    if let Some(Local::Post(id)) = Local::parse(path) {
        return Ok(store::raw::post::by_id(db, linked.unwrap_or(id))?);
    }
    match store::raw::post::by_ap_id(db, address)? {
        Some(post) => Ok(Some(post)),
        None => Ok(store::raw::post::by_url(db, address)?),
    }
}

/// Keeps the reason in the history of the author's account, or, where the author has none here, of the admin's.
fn keep_reason(tx: &mut Tx<'_>, by: Principal, post: &row::Post, reason: &str) -> Outcome<()> {
    let account = match post.peer_id {
        None => Some(post.author_id),
        Some(_) => by.person(),
    };
    let Some(account) = account else {
        return Ok(());
    };
    let reason = format!("{} · {}", reason.trim(), post.ap_id);
    record(tx, by, account, AdminActionKind::PostErased, &reason)
}
