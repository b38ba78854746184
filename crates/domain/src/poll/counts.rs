//! The counts of a poll: ours are sent to other servers now and then, those of a remote poll are as its server tells.

use crate::post::Draft;
use crate::{Outcome, Tx};
use model::limits::POLL_UPDATE_SECONDS;
use model::poll::SendPollCounts;
use model::{JobId, Origin, PollDetails, PollResults, PollTally, PostDetails, PostId, PostKind};
use store::row;

/// Queues the job that sends the new counts, unless one waits. Counts that nobody sees before the end are not sent before
/// it.
pub(super) fn schedule_update(
    tx: &mut Tx<'_>,
    post: &row::Post,
    poll: &PollDetails,
) -> Outcome<()> {
    if poll.results == PollResults::End || !has_readers_elsewhere(tx, post)? {
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

/// Records that the counts are sent now: votes from now on need another job.
///
/// # Errors
/// Faults only.
pub fn take_update_due(tx: &mut Tx<'_>, post: PostId) -> Outcome<()> {
    store::poll::set_update_due(tx.db, post, false)?;
    Ok(())
}

/// What a remote poll's server tells beside the text: no edit of the post.
pub(crate) struct NewCounts<'d> {
    tally: &'d PollTally,
    /// Where the poll ends at another time, and is else the same.
    moved: Option<&'d PostDetails>,
    /// Our community's followers elsewhere are told of them: at most once a minute, and at the end.
    pub is_told: bool,
}

/// The counts and the end that a remote poll's server tells, where they are others than are known, and not older.
pub(crate) fn new_counts<'d>(
    tx: &mut Tx<'_>,
    post: &row::Post,
    draft: &'d Draft,
    origin: &Origin,
) -> Outcome<Option<NewCounts<'d>>> {
    let told = draft.tally.as_ref();
    let is_theirs = post.kind == PostKind::Poll && post.peer_id.is_some() && origin.is_remote();
    let Some(told) = told.filter(|_| is_theirs) else {
        return Ok(None);
    };
    let before = store::poll::of_post(tx.db, post.id)?;
    let moved = draft
        .details
        .as_ref()
        .filter(|details| match (details, &before) {
            (PostDetails::Poll(after), Some(before)) => {
                after != before && after.asks_the_same(before)
            }
            (PostDetails::Poll(_) | PostDetails::Event(_), _) => false,
        });
    let known = store::poll::tally(tx.db, post.id)?;
    let is_older = told.changed_at.is_some() && told.changed_at < known.changed_at;
    let is_same = told.voters == known.voters && told.votes == known.votes && moved.is_none();
    let told_before = known
        .changed_at
        .map(|at| at.plus_seconds(POLL_UPDATE_SECONDS));
    let is_end = told.closed_at.is_some() && known.closed_at.is_none();
    let new = NewCounts {
        tally: told,
        moved,
        is_told: is_end || moved.is_some() || told.changed_at >= told_before,
    };
    Ok((!is_older && !is_same).then_some(new))
}

/// Writes the counts and the end that a remote poll's server tells. Once a poll is over it stays so.
pub(crate) fn write_counts(tx: &mut Tx<'_>, post: &row::Post, new: &NewCounts<'_>) -> Outcome<()> {
    let tally = PollTally {
        closed_at: store::poll::tally(tx.db, post.id)?.closed_at,
        ..new.tally.clone()
    };
    if let Some(details) = new.moved {
        store::post::put_details(tx.db, post.id, details)?;
    }
    store::poll::set_tally(tx.db, post.id, &tally)?;
    super::close(tx, post.id)
}
