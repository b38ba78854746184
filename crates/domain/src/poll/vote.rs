//! Voting. Somebody here may change their ballot until the end; a vote that came from or went to another server stays.

use super::counts::schedule_update;
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::id::first_of;
use model::limits::POLL_PEER_VOTES_PER_HOUR;
use model::refusal::Rule;
use model::{
    ActorId, Fact, Origin, PollDetails, PollWay, PostDetails, PostId, PostKind, PostState, Why,
};
use store::row::{self, PollVote};

const HOUR: i64 = 3_600;

/// A poll in which somebody may vote now.
struct OpenPoll {
    post: row::Post,
    details: PollDetails,
}

/// A vote as a peer sends it: one choice of a ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerVote {
    /// The choice, in any of its languages.
    pub name: String,
    /// Its place in the ballot of a ranked poll, from 1, where it is told.
    pub place: Option<i32>,
}

/// Loads a poll that is open to somebody: whoever may reply to it may vote.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(Banned | ActiveAccount | Closed | PollOver)`.
fn open_poll(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<OpenPoll> {
    let post = access::require(tx, by, Action::Reply, id, origin)?;
    if post.kind != PostKind::Poll || post.state != PostState::Live {
        return Err(Error::not_found("post"));
    }
    let details = store::poll::of_post(tx.db, id)?.ok_or(Error::not_found("post"))?;
    let tally = store::poll::tally(tx.db, id)?;
    if details.is_over(&tally, tx.now) {
        return Err(Error::not_allowed(Rule::PollOver));
    }
    Ok(OpenPoll { post, details })
}

/// Votes in a poll: `ballot` has the indexes of the choices, of a ranked poll the most important first. It replaces the
/// ballot that was cast before. The same one again does nothing.
///
/// # Errors
/// `NotFound`, `Gone`, `Invalid(choice)`, `NotAllowed(Banned | ActiveAccount | Closed | PollOver)`; `Voted` for another
/// ballot in a poll of another server.
pub fn vote(tx: &mut Tx<'_>, by: ActorId, id: PostId, ballot: &[i32]) -> Outcome<()> {
    let poll = open_poll(tx, by, id, &Origin::Local)?;
    let mut ballot = ballot.to_vec();
    if poll.details.way != PollWay::Ranked {
        ballot.sort_unstable();
    }
    let checked = poll.details.check_ballot(&ballot);
    checked.map_err(|why| Error::invalid("choice", why))?;
    let before = store::poll::ballot(tx.db, id, by)?;
    if before
        .iter()
        .map(|vote| vote.number)
        .eq(ballot.iter().copied())
    {
        return Ok(());
    }
    let is_remote = poll.post.peer_id.is_some();
    if is_remote && !before.is_empty() {
        return Err(Error::not_allowed(Rule::Voted));
    }
    count_off(tx, &poll, by, &before)?;
    for (place, number) in (1_i32..).zip(ballot) {
        count(tx, &poll, by, number, place)?;
    }
    let voters = i64::from(before.is_empty());
    if is_remote {
        store::poll::add_voters(tx.db, id, voters)?;
        tx.record(Fact::VotedElsewhere { post: id, by });
        return super::schedule_end(tx, &poll.post, &PostDetails::Poll(poll.details));
    }
    store::poll::set_changed(tx.db, id, voters, tx.now)?;
    schedule_update(tx, &poll.post, &poll.details)
}

/// Counts a vote that a peer sent for a poll of ours. One that is counted already does nothing; in a poll with one
/// choice the first vote stays. Without a place, a choice of a ranked poll has the first that is free.
///
/// # Errors
/// As [`vote`]; `Invalid(choice)` for a choice that is missing, or one too many.
pub fn vote_from_peer(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    vote: &PeerVote,
    origin: &Origin,
) -> Outcome<()> {
    let poll = open_poll(tx, by, id, origin)?;
    if poll.post.peer_id.is_some() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    let number = poll.details.number_of(&vote.name);
    let number = number.ok_or(Error::invalid("choice", Why::NotAChoice))?;
    let before = store::poll::ballot(tx.db, id, by)?;
    if before.iter().any(|vote| vote.number == number) {
        return Ok(());
    }
    if poll.details.way == PollWay::One && !before.is_empty() {
        return Err(Error::not_allowed(Rule::Voted));
    }
    if let Origin::Remote { peer, .. } = origin {
        let since = first_of(tx.now.plus_seconds(-HOUR));
        if store::poll::count_votes(tx.db, id, *peer, since)? >= POLL_PEER_VOTES_PER_HOUR {
            return Err(Error::too_many(HOUR));
        }
    }
    let is_free = |place: &i32| before.iter().all(|vote| vote.place != *place);
    let mut places = vote.place.into_iter().chain(1..=poll.details.places);
    let place = places.find(|place| (1..=poll.details.places).contains(place) && is_free(place));
    let place = place.ok_or(Error::invalid("choice", Why::TooLong))?;
    count(tx, &poll, by, number, place)?;
    store::poll::set_changed(tx.db, id, i64::from(before.is_empty()), tx.now)?;
    schedule_update(tx, &poll.post, &poll.details)
}

/// Inserts and counts one choice of a ballot.
fn count(tx: &mut Tx<'_>, poll: &OpenPoll, by: ActorId, number: i32, place: i32) -> Outcome<()> {
    let vote = PollVote {
        post_id: poll.post.id,
        actor_id: by,
        number,
        place,
        vote_id: tx.id(),
    };
    if store::poll::insert_vote(tx.db, &vote)? {
        let (votes, points) = poll.details.weight(place);
        // The server of a remote poll does not tell the points of the others.
        let points = if poll.post.peer_id.is_some() {
            0
        } else {
            points
        };
        store::poll::count(tx.db, poll.post.id, number, votes, points)?;
    }
    Ok(())
}

/// Takes a ballot back.
fn count_off(tx: &mut Tx<'_>, poll: &OpenPoll, by: ActorId, ballot: &[PollVote]) -> Outcome<()> {
    for vote in ballot {
        let (votes, points) = poll.details.weight(vote.place);
        store::poll::count(tx.db, poll.post.id, vote.number, -votes, -points)?;
    }
    if !ballot.is_empty() {
        store::poll::delete_ballot(tx.db, poll.post.id, by)?;
    }
    Ok(())
}
