//! Appeals: the author of a post that was removed asks once for it back. The facilitators of the community decide, or
//! administrators where a facilitator or an administrator removed it.

use super::log::{Subject, write};
use super::remove::require_removed;
use super::{TOLD_MAX, check, community_of, sender};
use crate::{Error, Outcome, Tx, actor};
use model::limits::MODERATION_TEXT_MAX;
use model::moderation::{AppealState, ModerationKind, ModerationNews, ModerationWords};
use model::refusal::{Checks, Rule};
use model::{ActorId, Fact, MemberRole, PostId, Refusal};
use store::row::PostRemoval;

/// Asks for a removed post back, once.
///
/// # Errors
/// `NotFound`, also for who did not write it; `NotAllowed(Handled)` for who has asked before, `Gone` where its words are
/// deleted, `NotAllowed(ActiveAccount)`, `Invalid(text)`.
pub fn appeal(tx: &mut Tx<'_>, by: ActorId, id: PostId, text: &str) -> Outcome<()> {
    actor::active(tx, by)?;
    let reader = tx.reader(by);
    let post = store::post::by_id(tx.db, reader, id)?.filter(|post| post.author_id == by);
    let post = post.ok_or(Error::not_found("post"))?;
    let removal = store::moderation::removal(tx.db, id)?.ok_or(Error::not_found("post"))?;
    if removal.appeal_state != AppealState::None {
        return Err(Error::not_allowed(Rule::Handled));
    }
    if removal.text().is_none() {
        return Err(Refusal::Gone("post").into());
    }
    Checks::default()
        .text("text", text, MODERATION_TEXT_MAX)
        .done()?;
    let facilitators = match community_of(tx, &post)? {
        Some(id) => store::moderation::moderators(tx.db, id, &[MemberRole::Facilitator], TOLD_MAX)?,
        None => Vec::new(),
    };
    let others = facilitators.iter().filter(|who| **who != by);
    let to_admins = removal.to_admins || others.count() == 0;
    let told = match to_admins {
        true => store::account::admins(tx.db)?,
        false => facilitators,
    };
    let row = PostRemoval {
        to_admins,
        appeal_state: AppealState::Open,
        appeal: text.trim().to_owned(),
        appealed_at: Some(tx.now),
        ..removal
    };
    store::moderation::update_removal(tx.db, &row)?;
    tx.record(Fact::Moderation(ModerationNews::Appealed {
        post: id,
        by,
        told,
    }));
    Ok(())
}

/// Leaves a post removed, although its author asks for it back.
///
/// # Errors
/// `NotFound`, `NotAllowed(AuthorOrModerator | AppealToAdmin | Facilitator | OwnPost | Handled | ActiveAccount)`,
/// `Invalid(reason | note)`.
pub fn refuse_appeal(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    words: &ModerationWords,
) -> Outcome<()> {
    check(words)?;
    let reader = tx.reader(by);
    let post = store::post::by_id(tx.db, reader, id)?.ok_or(Error::not_found("post"))?;
    let access = require_removed(tx, by, &post)?;
    if post.author_id == by {
        return Err(Error::not_allowed(Rule::OwnPost));
    }
    let removal = store::moderation::removal(tx.db, id)?;
    let removal = removal.filter(|row| row.appeal_state == AppealState::Open);
    let removal = removal.ok_or(Error::not_allowed(Rule::Handled))?;
    match (removal.to_admins, access.is_admin(), access.role()) {
        (_, true, _) | (false, false, Some(MemberRole::Facilitator)) => {}
        (true, false, _) => return Err(Error::not_allowed(Rule::AppealToAdmin)),
        (false, false, _) => return Err(Error::not_allowed(Rule::Facilitator)),
    }
    let row = PostRemoval {
        appeal_state: AppealState::Refused,
        ..removal
    };
    store::moderation::update_removal(tx.db, &row)?;
    let community = community_of(tx, &post)?;
    let subject = Subject::of(&post, community);
    write(tx, by, ModerationKind::AppealRefused, subject, words)?;
    let from = sender(tx, community)?;
    tx.record(Fact::Moderation(ModerationNews::AppealDecided {
        post: id,
        author: post.author_id,
        from,
        restored: false,
    }));
    Ok(())
}
