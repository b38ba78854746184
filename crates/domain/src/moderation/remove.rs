//! Removing a post with a reason, and putting it back: its words are kept for a while, where only those who decide and its
//! author read them.

use super::log::{Subject, write};
use super::{check, community_of, sender};
use crate::access::PlaceAccess;
use crate::{Error, Outcome, Tx, access, poll, post};
use model::access::Action;
use model::moderation::{AppealState, ModerationKind, ModerationNews, ModerationWords};
use model::refusal::Rule;
use model::{ActorId, DeletedBy, Fact, MemberRole, Origin, PostId, PostState, Refusal};
use store::row;

/// Removes a post of somebody else.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator | OwnPost | Handled | ActiveAccount)`, `Invalid(reason | note)`.
pub fn remove(tx: &mut Tx<'_>, by: ActorId, id: PostId, words: &ModerationWords) -> Outcome<()> {
    check(words)?;
    let reader = tx.reader(by);
    let found = store::post::by_id(tx.db, reader, id)?.ok_or(Error::not_found("post"))?;
    if found.author_id == by {
        return Err(Error::not_allowed(Rule::OwnPost));
    }
    access::require_on(tx, by, Action::Remove, &found, &Origin::Local)?;
    if found.deleted_at.is_some() {
        return Err(Error::not_allowed(Rule::Handled));
    }
    post::remove_for(tx, by, id, words, &Origin::Local)
}

/// Keeps the words of a post that somebody else than its author is about to remove. Returns `false` where they are not
/// kept: it is of another server, and in no community of ours.
pub(crate) fn keep_removed(
    tx: &mut Tx<'_>,
    by: ActorId,
    post: &row::Post,
    authority: DeletedBy,
    reason: &str,
) -> Outcome<bool> {
    let community = community_of(tx, post)?;
    if authority == DeletedBy::Author || (community.is_none() && post.peer_id.is_some()) {
        return Ok(false);
    }
    let role = match community {
        Some(id) => store::membership::membership(tx.db, id, by)?.map(|row| row.role),
        None => None,
    };
    let by_facilitator = role == Some(MemberRole::Facilitator);
    let text = post.text();
    let row = row::PostRemoval {
        post_id: post.id,
        removed_by: by,
        removed_at: tx.now,
        to_admins: authority == DeletedBy::Admin || by_facilitator,
        reason: reason.trim().to_owned(),
        title: text.title,
        source: text.source,
        html: text.html,
        warning: text.warning,
        appeal_state: AppealState::None,
        appeal: String::new(),
        appealed_at: None,
    };
    store::moderation::put_removal(tx.db, &row)?;
    Ok(true)
}

/// Adds the removal of a post by somebody else than its author to the log.
pub(crate) fn log_removal(
    tx: &mut Tx<'_>,
    by: ActorId,
    post: &row::Post,
    words: &ModerationWords,
) -> Outcome<()> {
    let community = community_of(tx, post)?;
    let subject = Subject::of(post, community);
    write(tx, by, ModerationKind::Removed, subject, words)
}

/// Checks that a post was removed, and that somebody may put it back.
pub(super) fn require_removed(
    tx: &mut Tx<'_>,
    by: ActorId,
    post: &row::Post,
) -> Outcome<PlaceAccess> {
    if post.deleted_at.is_none() {
        access::require_on(tx, by, Action::Remove, post, &Origin::Local)?;
        return Err(Error::not_allowed(Rule::Handled));
    }
    access::require_on(tx, by, Action::Restore, post, &Origin::Local)
}

/// Puts a post back with its words, pictures and tags. Other servers are not told.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator | OwnPost | Handled | ActiveAccount)`, `Gone` where its words are deleted,
/// `Invalid(reason | note)`.
pub fn restore(tx: &mut Tx<'_>, by: ActorId, id: PostId, words: &ModerationWords) -> Outcome<()> {
    check(words)?;
    let reader = tx.reader(by);
    let found = store::post::by_id(tx.db, reader, id)?.ok_or(Error::not_found("post"))?;
    require_removed(tx, by, &found)?;
    if found.author_id == by {
        return Err(Error::not_allowed(Rule::OwnPost));
    }
    let removal = store::moderation::removal(tx.db, id)?;
    let removal = removal.filter(|_| found.state == PostState::Tombstone);
    let removal = removal.ok_or(Error::not_allowed(Rule::Handled))?;
    let text = removal.text().ok_or(Refusal::Gone("post"))?;
    store::post::put_text(tx.db, id, &text)?;
    let details = store::post::details(tx.db, &[(id, found.kind)])?;
    if let Some(details) = details.get(&id) {
        poll::schedule_end(tx, &found, details)?;
    }
    post::put_back(tx, &found)?;
    let community = community_of(tx, &found)?;
    let subject = Subject::of(&found, community);
    write(tx, by, ModerationKind::Restored, subject, words)?;
    let from = sender(tx, community)?;
    tx.record(Fact::Moderation(ModerationNews::AppealDecided {
        post: id,
        author: found.author_id,
        from,
        restored: true,
    }));
    Ok(())
}
