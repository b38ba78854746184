//! How much somebody may add and change. A peer's posts in a community of ours go out to the servers of
//! everybody who follows it, and so does each edit; a member's edits go to the servers of their followers.

use super::publish::NewPost;
use super::{Draft, Wording};
use crate::access::PlaceAccess;
use crate::{Error, Outcome, Tx};
use model::limits::{EDITS_PER_HOUR, PEER_TEXT_MAX, SERVER_POSTS_FACTOR};
use model::{ActorId, Origin, PeerId, Refusal, Time, id};
use store::{Db, row};

const HOUR: i64 = 3_600;

/// Checks that a peer's post is neither too long, nor one too many within an hour, of its author or of all people
/// of its server, for a community of ours; what was fetched as well, since anybody can have it fetched.
/// Moderators and facilitators write as they need.
///
/// # Errors
/// `TooLarge`, `TooMany`.
pub(super) fn require(tx: &mut Tx<'_>, new: &NewPost<'_>) -> Outcome<()> {
    let Some((_, community)) = new.place else {
        return Ok(());
    };
    let Origin::Remote { peer, .. } = *new.origin else {
        return Ok(());
    };
    if tx.ids_are_ahead() {
        return Ok(());
    }
    match store::post::posts_per_hour(tx.db, community)? {
        // Not a community of ours.
        None => return Ok(()),
        Some(0) => {}
        Some(_) if new.by_moderator => {}
        Some(allowed) => {
            if !is_within(tx, new, (community, peer), allowed)? {
                return Err(Error::too_many(HOUR));
            }
        }
    }
    require_length(new.draft)
}

/// Whether the author, and all people of their server together, have posted less than that within an hour.
fn is_within(
    tx: &mut Tx<'_>,
    new: &NewPost<'_>,
    (community, peer): (ActorId, PeerId),
    allowed: i64,
) -> Outcome<bool> {
    let since = id::first_of(tx.now.plus_seconds(-HOUR));
    let (author, server) = store::post::count_since(tx.db, community, new.author, peer, since)?;
    Ok(author < allowed && server < allowed.saturating_mul(SERVER_POSTS_FACTOR))
}

/// Takes one of the author's edits within an hour for a change of a post: each of them is sent to other
/// servers, a peer's as the announcement of a community of ours. A peer's moderators and facilitators write
/// as they need.
///
/// # Errors
/// `TooMany`.
pub(crate) fn require_edit(
    tx: &mut Tx<'_>,
    post: &row::Post,
    access: &PlaceAccess,
    origin: &Origin,
) -> Outcome<()> {
    if origin.is_remote() {
        let announced = match post.community_id.filter(|_| origin.is_news()) {
            Some(community) => store::raw::actor::is_ours(tx.db, community)?,
            None => false,
        };
        if !announced || access.is_moderator() {
            return Ok(());
        }
    }
    let next = after_edit(tx.db, post.author_id, tx.now)?;
    Ok(store::post::set_edits_whole_at(
        tx.db,
        post.author_id,
        next,
    )?)
}

/// Checks that an author has an edit left, before the work on a new text; [`super::edit`] takes it.
///
/// # Errors
/// `TooMany`.
pub fn require_edit_left(db: &mut Db, author: ActorId, now: Time) -> Outcome<()> {
    after_edit(db, author, now).map(|_| ())
}

/// Returns when an author will have all edits of an hour again, after one more.
fn after_edit(db: &mut Db, author: ActorId, now: Time) -> Outcome<Time> {
    let latest = now.plus_seconds(HOUR);
    let whole_at = store::post::edits_whole_at(db, author)?;
    // One later than an hour from now was written while the clock was ahead.
    let whole_at = whole_at.filter(|at| (now..=latest).contains(at));
    let next = whole_at.unwrap_or(now).plus_seconds(HOUR / EDITS_PER_HOUR);
    if next > latest {
        let millis = next.unix_millis() - latest.unix_millis();
        return Err(Error::too_many((millis + 999) / 1_000));
    }
    Ok(next)
}

/// Checks the length of what a peer writes.
///
/// # Errors
/// `TooLarge`.
pub(super) fn require_length(draft: &Draft) -> Outcome<()> {
    let long = |wording: &Wording| wording.body.html.len() > PEER_TEXT_MAX;
    match draft.wordings.iter().any(long) {
        true => Err(Refusal::TooLarge.into()),
        false => Ok(()),
    }
}
