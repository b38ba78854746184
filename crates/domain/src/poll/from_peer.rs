//! What a remote poll's server sends of it: its text is edited as that of any post; its counts and its end are no edit.

use crate::post::{self, Draft, Edited};
use crate::{Outcome, Tx};
use model::limits::POLL_UPDATE_SECONDS;
use model::poll::SendPollCounts;
use model::{ActorId, JobId, Origin, PollTally, PostDetails, PostId};
use store::row;

/// Takes in what a remote poll's server sends of it. The followers elsewhere of a community of ours are told of new
/// counts and another end once a minute at most, whatever times its server names, and of the end once.
///
/// # Errors
/// As [`post::edit`].
pub fn update_from_peer(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    draft: &Draft,
    origin: &Origin,
) -> Outcome<()> {
    match post::apply_edit(tx, by, id, draft, origin)? {
        Edited::Older => Ok(()),
        Edited::Applied { post, is_announced } => {
            if post.peer_id.is_some() && take_counts(tx, &post, draft, origin)? && !is_announced {
                post::to_followers_elsewhere(tx, origin, &post)?;
            }
            Ok(())
        }
    }
}

/// Writes the counts and the end that a remote poll's server tells, where they are others than are known, and not older;
/// once a poll is over it stays so. Returns whether the followers of its community elsewhere are to be told.
fn take_counts(tx: &mut Tx<'_>, post: &row::Post, draft: &Draft, origin: &Origin) -> Outcome<bool> {
    let Some(before) = store::poll::of_post(tx.db, post.id)? else {
        return Ok(false);
    };
    let known = store::poll::tally(tx.db, post.id)?;
    let told_at = match &draft.tally {
        Some(tally) => tally.changed_at,
        None => origin.claimed(),
    };
    if told_at.is_some() && told_at < known.changed_at {
        return Ok(false);
    }
    let moved = draft.details.as_ref().filter(|details| match details {
        PostDetails::Poll(after) => *after != before && after.asks_the_same(&before),
        PostDetails::Event(_) => false,
    });
    let counts = draft
        .tally
        .as_ref()
        .filter(|told| told.voters != known.voters || told.votes != known.votes);
    if moved.is_none() && counts.is_none() {
        return Ok(false);
    }
    let was_over = known.closed_at;
    let tally = PollTally {
        closed_at: was_over,
        changed_at: told_at.or(known.changed_at),
        ..counts.unwrap_or(&known).clone()
    };
    store::poll::set_tally(tx.db, post.id, &tally)?;
    if let Some(details) = moved {
        store::post::put_details(tx.db, post.id, details)?;
        super::schedule_end(tx, post, details)?;
    }
    super::close(tx, post.id)?;
    let is_end = was_over.is_none() && store::poll::tally(tx.db, post.id)?.closed_at.is_some();
    Ok(is_end || begin_pause(tx, post, origin)?)
}

/// Whether new counts may be passed on now; none are for a minute then.
fn begin_pause(tx: &mut Tx<'_>, post: &row::Post, origin: &Origin) -> Outcome<bool> {
    if !post::has_followers_elsewhere(tx, origin, post)?
        || !store::poll::set_update_due(tx.db, post.id, true)?
    {
        return Ok(false);
    }
    let job = SendPollCounts { post: post.id };
    let due = tx.now.plus_seconds(POLL_UPDATE_SECONDS);
    store::queue::jobs::insert(tx.db, tx.id::<JobId>(), &job, due, tx.now)?;
    Ok(true)
}
