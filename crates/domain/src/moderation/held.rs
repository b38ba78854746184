//! Posts that wait for a moderator before they are published: nobody but their author and the moderators sees them, and
//! nothing follows from them until one lets them pass.

use super::log::{Subject, write};
use super::{MODERATORS, TOLD_MAX, check, decidable, who_see};
use crate::{Error, Outcome, Tx, access, actor, post};
use model::access::{Action, SpacePosting};
use model::fact::{FactOrigin, Relay};
use model::moderation::{ModerationKind, ModerationNews, ModerationWords};
use model::refusal::Rule;
use model::{ActorId, DeletedBy, Fact, Origin, PostId, PostState, Why};
use store::row;

/// Tells the moderators that a post waits. The activity of a peer's is kept for its announcement.
pub(crate) fn hold(tx: &mut Tx<'_>, post: &row::Post, origin: &Origin) -> Outcome<()> {
    let community = post.community_id.ok_or(Error::not_found("community"))?;
    if let Origin::Remote {
        activity: Some(activity),
        ..
    } = origin
    {
        store::moderation::put_held_activity(tx.db, post.id, activity)?;
    }
    let people = store::moderation::moderators(tx.db, community, &MODERATORS, TOLD_MAX)?;
    let told = who_see(tx, people, post.id, &[post.author_id])?;
    tx.record(Fact::Moderation(ModerationNews::Held { community, told }));
    Ok(())
}

/// Loads a post that waits, for a moderator of its community.
fn waiting(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    words: &ModerationWords,
) -> Outcome<(row::Post, ActorId)> {
    check(words)?;
    let (post, _) = decidable(tx, by, Action::Moderate, id)?;
    let community = post.community_id.ok_or(Error::not_found("post"))?;
    match post.state {
        PostState::Held => Ok((post, community)),
        PostState::Live | PostState::Hidden | PostState::Draft | PostState::Tombstone => {
            Err(Error::not_allowed(Rule::Handled))
        }
    }
}

/// Publishes a post that waits, as if it were written now: it is announced, noticed and found.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | OwnPost | Handled | ActiveAccount)`, also where its author may not act any more;
/// `Invalid(reason | note)`.
pub fn release(tx: &mut Tx<'_>, by: ActorId, id: PostId, words: &ModerationWords) -> Outcome<()> {
    let (held, community) = waiting(tx, by, id, words)?;
    actor::active(tx, held.author_id)?;
    store::moderation::publish_held(tx.db, id, tx.now)?;
    let activity = store::moderation::take_held_activity(tx.db, id)?;
    let origin = match held.peer_id {
        None => FactOrigin::Local,
        Some(_) if activity.is_some() => FactOrigin::Received,
        Some(_) => FactOrigin::Fetched,
    };
    let published = row::Post {
        state: PostState::Live,
        published_at: tx.now,
        ..held
    };
    post::tell_of_released(tx, &published, origin)?;
    if let Some(activity) = activity {
        tx.record(Fact::PeerActed {
            relay: Relay {
                community,
                thread: published.root_id,
                activity,
            },
            new_thread: published.parent_id.is_none().then_some(id),
        });
    }
    let subject = Subject::of(&published, Some(community));
    write(tx, by, ModerationKind::Released, subject, words)?;
    record_decided(tx, &published, community, true);
    Ok(())
}

fn record_decided(tx: &mut Tx<'_>, post: &row::Post, community: ActorId, released: bool) {
    tx.record(Fact::Moderation(ModerationNews::HeldDecided {
        post: post.id,
        community,
        author: post.author_id,
        released,
    }));
}

/// Does not publish a post that waits; its author keeps the words and is told why.
///
/// # Errors
/// As [`release`].
pub fn refuse(tx: &mut Tx<'_>, by: ActorId, id: PostId, words: &ModerationWords) -> Outcome<()> {
    let (held, community) = waiting(tx, by, id, words)?;
    store::moderation::refuse_held(tx.db, id, DeletedBy::Moderator, tx.now)?;
    store::moderation::take_held_activity(tx.db, id)?;
    let subject = Subject::of(&held, Some(community));
    write(tx, by, ModerationKind::Refused, subject, words)?;
    record_decided(tx, &held, community, false);
    Ok(())
}

/// Does not publish what waits of somebody who is banned.
pub(super) fn refuse_all_of(tx: &mut Tx<'_>, community: ActorId, who: ActorId) -> Outcome<()> {
    let held = [PostState::Held];
    for id in store::moderation::posts_of(tx.db, community, who, &held, 500)? {
        store::moderation::refuse_held(tx.db, id, DeletedBy::Moderator, tx.now)?;
        store::moderation::take_held_activity(tx.db, id)?;
    }
    Ok(())
}

/// Removes a post that waits, or that was not published: nobody else has seen it, so that nothing is left in its place.
pub(crate) fn remove_held(tx: &mut Tx<'_>, post: &row::Post, authority: DeletedBy) -> Outcome<()> {
    let removal = store::post::Removal {
        by: authority,
        at: tx.now,
        before: PostState::Held,
    };
    store::post::tombstone(tx.db, post.id, removal)?;
    store::moderation::refuse_held(tx.db, post.id, authority, tx.now)?;
    store::moderation::take_held_activity(tx.db, post.id)?;
    Ok(())
}

/// Chooses whether posts in the common space of a community wait for a moderator.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount)`, `Invalid(posting)`: everybody begins threads there.
pub fn set_review(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    posting: SpacePosting,
) -> Outcome<()> {
    let (space, _) = access::require_in(tx, by, Action::Manage, community)?;
    if posting == SpacePosting::Moderators {
        return Err(Error::invalid("posting", Why::NotAChoice));
    }
    let row = store::space::by_id(tx.db, space)?.ok_or(Error::not_found("space"))?;
    let row = row::Space { posting, ..row };
    Ok(store::space::update(tx.db, &row)?)
}
