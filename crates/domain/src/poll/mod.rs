//! Polls: voting, counting, and the end. A poll is published and edited as any post is; what it asks are its details.

mod close;
mod counts;
mod from_peer;
#[cfg(test)]
mod tests;
mod vote;

pub use close::{close, tell_voters};
pub use counts::{recount, take_update_due};
pub use from_peer::update_from_peer;
pub use vote::{PeerVote, vote, vote_from_peer};

use crate::{Error, Outcome, Tx};
use model::limits::{
    POLL_CHOICE_MAX, POLL_CHOICES_MAX, POLL_CHOICES_MIN, POLL_DAYS_MAX, POLL_PLACES_MAX,
};
use model::poll::ClosePoll;
use model::refusal::Checks;
use model::{JobId, Origin, PollDetails, PollWay, PostDetails, Time, Why};
use store::row;

/// Notes what is wrong with what a poll asks, but for its end.
pub(crate) fn check(checks: &mut Checks, poll: &PollDetails) {
    let number = poll.choices.len();
    checks.that(number >= POLL_CHOICES_MIN, "choices", Why::TooShort);
    checks.that(number <= POLL_CHOICES_MAX, "choices", Why::TooLong);
    let mut choices = poll.choices.iter();
    let fit = choices.all(|choice| !choice.is_empty() && choice.longest() <= POLL_CHOICE_MAX);
    checks.that(fit, "choices", Why::Malformed);
    checks.that(!poll.has_ambiguous_names(), "choices", Why::Taken);
    if poll.way == PollWay::Ranked {
        let can_be_filled = usize::try_from(poll.places).is_ok_and(|places| places <= number);
        let good = (1..=POLL_PLACES_MAX).contains(&poll.places) && can_be_filled;
        checks.that(good, "places", Why::NotAChoice);
    }
}

/// Checks that the end of a poll is still to come, and not too far away.
///
/// # Errors
/// `Invalid(ends)`.
fn check_end(poll: &PollDetails, now: Time) -> Outcome<()> {
    let Some(end) = poll.ends_at else {
        return Ok(());
    };
    let mut checks = Checks::default();
    checks.that(end > now, "ends", Why::Expired);
    let latest = now.plus_seconds(POLL_DAYS_MAX * 86_400);
    checks.that(end <= latest, "ends", Why::TooLong);
    Ok(checks.done()?)
}

/// Checks what somebody here asks in a new poll.
///
/// # Errors
/// `Invalid` with the field at fault.
pub(crate) fn check_new(tx: &Tx<'_>, details: Option<&PostDetails>) -> Outcome<()> {
    match details {
        Some(PostDetails::Poll(poll)) => check_end(poll, tx.now),
        Some(PostDetails::Event(_)) | None => Err(Error::invalid("choices", Why::Required)),
    }
}

/// Checks that a poll may be changed as its author here wants. Once somebody has voted, it asks the same to the end;
/// only the end may be moved, until it has come.
///
/// # Errors
/// `Invalid` with the field at fault.
pub(crate) fn check_change(
    tx: &mut Tx<'_>,
    post: &row::Post,
    before: &PollDetails,
    after: &PollDetails,
) -> Outcome<()> {
    let tally = store::poll::tally(tx.db, post.id)?;
    // Of a ballot that does not count now, which may count again, as well.
    let has_votes = store::poll::has_ballots(tx.db, post.id)?;
    if has_votes && !after.asks_the_same(before) {
        return Err(Error::invalid("choices", Why::Settled));
    }
    if after.ends_at == before.ends_at {
        return Ok(());
    }
    if before.is_over(&tally, tx.now) {
        return Err(Error::invalid("ends", Why::Settled));
    }
    check_end(after, tx.now)
}

/// Queues the job that closes a poll at its end, or moves the one that waits. That of a remote poll only tells people
/// here: where nobody has voted here there is none.
pub(crate) fn schedule_end(
    tx: &mut Tx<'_>,
    post: &row::Post,
    details: &PostDetails,
) -> Outcome<()> {
    let PostDetails::Poll(poll) = details else {
        return Ok(());
    };
    let Some(end) = poll.ends_at else {
        return Ok(());
    };
    if post.peer_id.is_none() || store::poll::has_voters_here(tx.db, post.id)? {
        let job = ClosePoll { post: post.id };
        store::queue::jobs::insert_or_move(tx.db, tx.id::<JobId>(), &job, end, tx.now)?;
    }
    Ok(())
}

/// Writes other details over those of a post that has been published. Where a remote poll asks something else, the
/// votes that were cast for what it asked before are gone.
pub(crate) fn replace(
    tx: &mut Tx<'_>,
    post: &row::Post,
    details: &PostDetails,
    origin: &Origin,
) -> Outcome<()> {
    if let (PostDetails::Poll(after), true) = (details, origin.is_remote())
        && store::poll::of_post(tx.db, post.id)?
            .is_some_and(|before| before.choices != after.choices)
    {
        store::poll::forget_votes(tx.db, post.id)?;
    }
    store::post::put_details(tx.db, post.id, details)?;
    schedule_end(tx, post, details)
}
