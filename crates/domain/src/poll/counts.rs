//! The counts of a poll of ours: counted anew where ballots no longer count, and sent to other servers now and then.

use crate::{Outcome, Tx};
use model::limits::POLL_UPDATE_SECONDS;
use model::poll::SendPollCounts;
use model::{JobId, PollDetails, PostId};
use store::post::recount::Whose;
use store::row;

/// Polls counted anew in one transaction.
const CHUNK: i64 = 50;

/// Queues the job that sends the new counts, unless one waits. Counts that not everybody sees before the end are not sent
/// before it.
pub(super) fn schedule_update(
    tx: &mut Tx<'_>,
    post: &row::Post,
    poll: &PollDetails,
) -> Outcome<()> {
    let is_over = store::poll::tally(tx.db, post.id)?.closed_at.is_some();
    if !poll.shows_counts(false, is_over) || !has_readers_elsewhere(tx, post)? {
        return Ok(());
    }
    if store::poll::set_update_due(tx.db, post.id, true)? {
        let job = SendPollCounts { post: post.id };
        let due = tx.now.plus_seconds(POLL_UPDATE_SECONDS);
        store::queue::jobs::insert(tx.db, tx.id::<JobId>(), &job, due, tx.now)?;
    }
    Ok(())
}

/// Whether other servers have the post: those of the followers of its author or community.
fn has_readers_elsewhere(tx: &mut Tx<'_>, post: &row::Post) -> Outcome<bool> {
    if store::follow::has_remote_followers(tx.db, post.author_id)? {
        return Ok(true);
    }
    let Some(community) = post.community_id else {
        return Ok(false);
    };
    Ok(!store::raw::actor::is_ours(tx.db, community)?
        || store::follow::has_remote_followers(tx.db, community)?)
}

/// Records that the counts are sent now: votes from now on need another job. Of a remote poll, that its next counts are
/// passed on again.
///
/// # Errors
/// Faults only.
pub fn take_update_due(tx: &mut Tx<'_>, post: PostId) -> Outcome<()> {
    store::poll::set_update_due(tx.db, post, false)?;
    Ok(())
}

/// Counts the ballots of some polls of ours anew, after a cursor, in which an actor or the people of a peer have voted:
/// those of whoever is withheld, or banned from the poll's community, do not count. Returns the next cursor, if there
/// are more.
///
/// # Errors
/// Faults only.
pub fn recount(tx: &mut Tx<'_>, whose: Whose, after: PostId) -> Outcome<Option<PostId>> {
    let polls = store::poll::voted_in(tx.db, whose, after, CHUNK)?;
    for id in &polls {
        let before = store::poll::tally(tx.db, *id)?;
        store::poll::recount(tx.db, *id, tx.now)?;
        let after = store::poll::tally(tx.db, *id)?;
        if before == after {
            continue;
        }
        store::poll::set_changed(tx.db, *id, 0, tx.now)?;
        let post = store::raw::post::by_id(tx.db, *id)?;
        if let (Some(post), Some(details)) = (post, store::poll::of_post(tx.db, *id)?) {
            schedule_update(tx, &post, &details)?;
        }
    }
    Ok(polls.last().copied())
}
