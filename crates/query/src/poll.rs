//! Polls: what a reader may see of the counts, and whether they may vote.

use crate::post::shared;
use crate::row::{Actor, Post};
use domain::Outcome;
use domain::access::PlaceAccess;
use model::access::{Action, Reader};
use model::limits::POLL_NAMES_MAX;
use model::poll::{percent, result_order};
use model::{ActorId, PollDetails, PollTally, PollWay, PostId, PostState, Time};
use std::collections::HashMap;
use std::sync::Arc;
use store::Db;

/// A poll as its reader sees it.
#[derive(Debug, Clone)]
pub struct PollView {
    pub details: PollDetails,
    /// The choices that the reader has voted for, by their index; of a ranked poll the most important first.
    pub mine: Vec<i32>,
    pub is_over: bool,
    /// When it was closed or ended, where it is over.
    pub ended_at: Option<Time>,
    /// Somebody has voted: only its end can be changed now. Not for readers.
    pub has_votes: bool,
    /// Its text was changed after somebody had voted; of a remote poll, perhaps after that. Not said in lists.
    pub is_reworded: bool,
    /// It is a poll of another server: a vote in it cannot be changed.
    pub is_remote: bool,
    /// The reader may vote now, or change their vote.
    pub may_vote: bool,
    /// The counts; `None` where the reader does not see them yet.
    pub results: Option<PollCounts>,
}

/// How many voted, and for what, as far as the reader may know.
#[derive(Debug, Clone)]
pub struct PollCounts {
    pub voters: i64,
    /// In the order of the result.
    pub choices: Vec<ChoiceCount>,
}

/// The count of one choice.
#[derive(Debug, Clone)]
pub struct ChoiceCount {
    /// The index of the choice.
    pub number: usize,
    /// How many have chosen it; of a ranked poll, how many name it first.
    pub votes: i64,
    /// Borda points of a ranked poll.
    pub points: i64,
    /// Share of those who have voted; of a ranked poll, share of the points that a choice can have.
    pub percent: i64,
    /// Those who chose it here, some of them, where their names are shown.
    pub voters: Vec<Arc<Actor>>,
}

/// The polls among some posts that the reader was found to see, as far as the reader sees them. `access` is `None` in a
/// list, where nobody votes.
pub(crate) fn views(
    db: &mut Db,
    reader: Reader,
    access: Option<&PlaceAccess>,
    posts: &[Post],
    mut details: HashMap<PostId, PollDetails>,
) -> Outcome<HashMap<PostId, PollView>> {
    let ids: Vec<PostId> = details.keys().copied().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut tallies = store::poll::tallies(db, &ids)?;
    let mut ballots = match reader.viewer.person() {
        Some(me) => store::poll::ballots(db, &ids, me)?,
        None => HashMap::new(),
    };
    let is_page = access.is_some();
    let mut views = HashMap::new();
    for post in posts {
        let Some(details) = details.remove(&post.id) else {
            continue;
        };
        let tally = tallies.remove(&post.id).unwrap_or_default();
        let mine = ballots.remove(&post.id).unwrap_or_default();
        let is_over = details.is_over(&tally, reader.now);
        let is_remote = post.peer_id.is_some();
        let is_allowed = access.is_some_and(|access| {
            post.state == PostState::Live && access.may_on(Action::Reply, post).is_ok()
        });
        let counts = details.shows_counts(!mine.is_empty(), is_over);
        let results = match counts {
            true => {
                // Names stand on the poll's own page, not in lists.
                let named = access.is_some() && details.shows_names;
                Some(self::counts(
                    db,
                    post.id,
                    (&details, named),
                    &tally,
                    reader,
                )?)
            }
            false => None,
        };
        let view = PollView {
            may_vote: is_allowed && !is_over && (mine.is_empty() || !is_remote),
            has_votes: is_page && store::poll::has_ballots(db, post.id)?,
            is_reworded: is_page && is_reworded(db, post, &tally)?,
            ended_at: tally.closed_at.or(details.ends_at).filter(|_| is_over),
            results,
            details,
            mine,
            is_over,
            is_remote,
        };
        views.insert(post.id, view);
    }
    Ok(views)
}

/// Whether the text was changed after somebody had voted. When people elsewhere voted in a remote poll is not known.
fn is_reworded(db: &mut Db, post: &Post, tally: &PollTally) -> Outcome<bool> {
    let Some(changed) = store::raw::post::newest_revision(db, post.id)? else {
        return Ok(false);
    };
    if post.peer_id.is_some() && !tally.is_empty() {
        return Ok(true);
    }
    let first = store::poll::oldest_vote(db, post.id)?;
    Ok(first.is_some_and(|vote| vote.0 < changed.0))
}

/// The counts of a poll, in the order of the result.
fn counts(
    db: &mut Db,
    id: PostId,
    (poll, named): (&PollDetails, bool),
    tally: &PollTally,
    reader: Reader,
) -> Outcome<PollCounts> {
    let voters = match named {
        true => named_voters(db, id, poll, reader)?,
        false => Vec::new(),
    };
    let of = |counts: &[i64], number: usize| counts.get(number).copied().unwrap_or(0);
    let most = tally.voters * i64::from(poll.places);
    let choice = |number: usize| {
        let (votes, points) = (of(&tally.votes, number), of(&tally.points, number));
        ChoiceCount {
            number,
            votes,
            points,
            percent: match poll.way {
                PollWay::Ranked if points > 0 => percent(points, most),
                PollWay::One | PollWay::Several | PollWay::Ranked => percent(votes, tally.voters),
            },
            voters: voters.get(number).cloned().unwrap_or_default(),
        }
    };
    let order = result_order(poll.way, tally, poll.choices.len());
    Ok(PollCounts {
        voters: tally.voters,
        choices: order.into_iter().map(choice).collect(),
    })
}

/// Those who chose each choice here.
fn named_voters(
    db: &mut Db,
    id: PostId,
    poll: &PollDetails,
    reader: Reader,
) -> Outcome<Vec<Vec<Arc<Actor>>>> {
    let choices = i32::try_from(poll.choices.len()).unwrap_or(0);
    let voters = store::poll::named_voters(db, id, choices, (POLL_NAMES_MAX, reader.now))?;
    let ids: Vec<ActorId> = voters.iter().flatten().copied().collect();
    let people = shared(store::actor::by_ids(db, reader, &ids)?);
    let active = |id: &ActorId| {
        let actor = people.get(id)?;
        (actor.state == model::ActorState::Active).then(|| Arc::clone(actor))
    };
    let named = voters
        .iter()
        .map(|ids| ids.iter().filter_map(active).collect());
    Ok(named.collect())
}
