//! Polls: what they ask, their counts, and who voted. Who may see them is decided by their post; which counts a reader
//! sees, by `query`.

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::post::recount::Whose;
use crate::row::PollVote;
use crate::schema::{account, actor, community_ban, poll, poll_choice, poll_vote, post};
use crate::visible;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamp};
use model::{
    ActorId, LangText, PeerId, PollDetails, PollResults, PollTally, PollWay, PostId, Time, VoteId,
};
use std::collections::HashMap;

/// What a poll asks, beside its choices.
#[derive(Queryable, Selectable)]
#[diesel(table_name = poll)]
struct PollRow {
    post_id: PostId,
    way: PollWay,
    places: i32,
    results: PollResults,
    shows_names: bool,
    ends_at: Option<Time>,
}

/// Writes what a poll asks, over what it asked before. Choices that keep their index keep their counts.
pub(crate) fn put(db: &mut Db, post_id: PostId, details: &PollDetails) -> QueryResult<()> {
    let asked = (
        poll::way.eq(details.way),
        poll::places.eq(details.places),
        poll::results.eq(details.results),
        poll::shows_names.eq(details.shows_names),
        poll::ends_at.eq(details.ends_at),
    );
    each!(db, c => diesel::insert_into(poll::table)
        .values((poll::post_id.eq(post_id), asked, poll::voters.eq(0_i64), poll::is_update_due.eq(false)))
        .on_conflict(poll::post_id)
        .do_update()
        .set(asked)
        .execute(c))?;
    let count = i32::try_from(details.choices.len()).unwrap_or(i32::MAX);
    let beyond = poll_choice::post_id
        .eq(post_id)
        .and(poll_choice::number.ge(count));
    diesel::delete(poll_choice::table.filter(beyond)).execute(db)?;
    for (number, name) in (0_i32..).zip(&details.choices) {
        let row = (
            poll_choice::post_id.eq(post_id),
            poll_choice::number.eq(number),
            poll_choice::name.eq(name),
            poll_choice::votes.eq(0_i64),
            poll_choice::points.eq(0_i64),
        );
        each!(db, c => diesel::insert_into(poll_choice::table)
            .values(row)
            .on_conflict((poll_choice::post_id, poll_choice::number))
            .do_update()
            .set(poll_choice::name.eq(name))
            .execute(c))?;
    }
    Ok(())
}

/// Removes a poll with its choices and votes.
pub(crate) fn delete(db: &mut Db, post_id: PostId) -> QueryResult<()> {
    diesel::delete(poll_vote::table.filter(poll_vote::post_id.eq(post_id))).execute(db)?;
    diesel::delete(poll_choice::table.filter(poll_choice::post_id.eq(post_id))).execute(db)?;
    diesel::delete(poll::table.find(post_id)).execute(db)?;
    Ok(())
}

/// What polls ask.
pub(crate) fn details(db: &mut Db, posts: &[PostId]) -> QueryResult<Vec<(PostId, PollDetails)>> {
    let rows: Vec<PollRow> = each!(db, c => poll::table
        .filter(among(poll::post_id, posts.iter().copied()))
        .select(PollRow::as_select())
        .load(c))?;
    let choices: Vec<(PostId, LangText)> = each!(db, c => poll_choice::table
        .filter(among(poll_choice::post_id, posts.iter().copied()))
        .order(poll_choice::number)
        .select((poll_choice::post_id, poll_choice::name))
        .load(c))?;
    let mut of_posts: HashMap<PostId, Vec<LangText>> = HashMap::new();
    for (post, name) in choices {
        of_posts.entry(post).or_default().push(name);
    }
    let details = |row: PollRow| {
        let asked = PollDetails {
            way: row.way,
            places: row.places,
            choices: of_posts.remove(&row.post_id).unwrap_or_default(),
            results: row.results,
            shows_names: row.shows_names,
            ends_at: row.ends_at,
        };
        (row.post_id, asked)
    };
    Ok(rows.into_iter().map(details).collect())
}

/// What one poll asks; `None` where the post is no poll.
pub fn of_post(db: &mut Db, post: PostId) -> QueryResult<Option<PollDetails>> {
    Ok(details(db, &[post])?.pop().map(|(_, details)| details))
}

/// The counts of polls, whoever may see them.
pub fn tallies(db: &mut Db, posts: &[PostId]) -> QueryResult<HashMap<PostId, PollTally>> {
    type Counts = (PostId, i64, Option<Time>, Option<Time>);
    let rows: Vec<Counts> = each!(db, c => poll::table
        .filter(among(poll::post_id, posts.iter().copied()))
        .select((poll::post_id, poll::voters, poll::closed_at, poll::changed_at))
        .load(c))?;
    let of_poll = |(post, voters, closed_at, changed_at): Counts| {
        let tally = PollTally {
            voters,
            closed_at,
            changed_at,
            ..PollTally::default()
        };
        (post, tally)
    };
    let mut tallies: HashMap<PostId, PollTally> = rows.into_iter().map(of_poll).collect();
    let choices: Vec<(PostId, i64, i64)> = each!(db, c => poll_choice::table
        .filter(among(poll_choice::post_id, posts.iter().copied()))
        .order(poll_choice::number)
        .select((poll_choice::post_id, poll_choice::votes, poll_choice::points))
        .load(c))?;
    for (post, votes, points) in choices {
        if let Some(tally) = tallies.get_mut(&post) {
            tally.votes.push(votes);
            tally.points.push(points);
        }
    }
    Ok(tallies)
}

/// The counts of one poll, whoever may see them; empty where the post is no poll.
pub fn tally(db: &mut Db, post: PostId) -> QueryResult<PollTally> {
    Ok(tallies(db, &[post])?.remove(&post).unwrap_or_default())
}

/// Writes the counts that a poll's own server tells.
pub fn set_tally(db: &mut Db, post: PostId, tally: &PollTally) -> QueryResult<()> {
    diesel::update(poll::table.find(post))
        .set((
            poll::voters.eq(tally.voters),
            poll::closed_at.eq(tally.closed_at),
            poll::changed_at.eq(tally.changed_at),
        ))
        .execute(db)?;
    let points = tally.points.iter().copied().chain(std::iter::repeat(0));
    for ((number, votes), points) in (0_i32..).zip(&tally.votes).zip(points) {
        diesel::update(poll_choice::table.find((post, number)))
            .set((
                poll_choice::votes.eq(*votes),
                poll_choice::points.eq(points),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// Counts one choice of a ballot, or counts it off where the numbers are negative.
pub fn count(db: &mut Db, post: PostId, number: i32, votes: i64, points: i64) -> QueryResult<()> {
    diesel::update(poll_choice::table.find((post, number)))
        .set((
            poll_choice::votes.eq(poll_choice::votes + votes),
            poll_choice::points.eq(poll_choice::points + points),
        ))
        .execute(db)?;
    Ok(())
}

/// Counts more voters of a remote poll, until its server tells how many there are.
pub fn add_voters(db: &mut Db, post: PostId, voters: i64) -> QueryResult<()> {
    diesel::update(poll::table.find(post))
        .set(poll::voters.eq(poll::voters + voters))
        .execute(db)?;
    Ok(())
}

/// The counts of a poll of ours have changed, by so many voters more.
pub fn set_changed(db: &mut Db, post: PostId, voters: i64, at: Time) -> QueryResult<()> {
    diesel::update(poll::table.find(post))
        .set((
            poll::voters.eq(poll::voters + voters),
            poll::changed_at.eq(at),
        ))
        .execute(db)?;
    Ok(())
}

/// Marks that a job waits that sends the counts, or that none does. Returns `false` where that was so already.
pub fn set_update_due(db: &mut Db, post: PostId, due: bool) -> QueryResult<bool> {
    let other = poll::table.find(post).filter(poll::is_update_due.ne(due));
    let changed = diesel::update(other)
        .set(poll::is_update_due.eq(due))
        .execute(db)?;
    Ok(changed == 1)
}

/// Closes a poll, which changes it at `changed` where it is ours: of others their server says when they changed.
pub fn close(db: &mut Db, post: PostId, at: Time, changed: Option<Time>) -> QueryResult<()> {
    diesel::update(poll::table.find(post))
        .set(poll::closed_at.eq(at))
        .execute(db)?;
    if let Some(changed) = changed {
        diesel::update(poll::table.find(post))
            .set(poll::changed_at.eq(changed))
            .execute(db)?;
    }
    Ok(())
}

/// How many choices the people of a peer have made in a poll since an id.
pub fn count_votes(db: &mut Db, post: PostId, peer: PeerId, since: VoteId) -> QueryResult<i64> {
    each!(db, c => poll_vote::table
        .inner_join(actor::table.on(actor::id.eq(poll_vote::actor_id)))
        .filter(poll_vote::post_id.eq(post).and(poll_vote::vote_id.ge(since)))
        .filter(actor::peer_id.eq(peer))
        .count()
        .get_result(c))
}

/// The polls of ours in which they have voted, after a cursor.
pub fn voted_in(db: &mut Db, whose: Whose, after: PostId, limit: i64) -> QueryResult<Vec<PostId>> {
    let rows = poll_vote::table
        .inner_join(actor::table.on(actor::id.eq(poll_vote::actor_id)))
        .inner_join(post::table.on(post::id.eq(poll_vote::post_id)))
        .filter(post::peer_id.is_null().and(poll_vote::post_id.gt(after)))
        .order(poll_vote::post_id.asc())
        .select(poll_vote::post_id)
        .distinct()
        .limit(limit);
    match whose {
        Whose::Peer(id) => rows.filter(actor::peer_id.eq(id)).load(db),
        Whose::Actor(id) => rows.filter(actor::id.eq(id)).load(db),
    }
}

/// A ballot `v` that counts at a time, with its voter `r`, its poll `p` and the poll's post `q`: of nobody who is withheld,
/// or banned from the community.
macro_rules! counted_ballots {
    () => {
        "FROM poll_vote v JOIN actor r ON r.id = v.actor_id JOIN poll p ON p.post_id = v.post_id \
         JOIN post q ON q.id = v.post_id WHERE NOT EXISTS (SELECT 1 FROM community_ban b \
         WHERE b.community_id = q.community_id AND b.actor_id = v.actor_id \
         AND (b.until IS NULL OR b.until > "
    };
}

/// Counts the ballots of a poll of ours anew, see `visible::SHOWN_ACTOR_R`.
pub fn recount(db: &mut Db, id: PostId, now: Time) -> QueryResult<()> {
    let count = |what: &str, of: &str| {
        (
            format!("(SELECT {what} {}", counted_ballots!()),
            format!(")) AND {} AND {of})", visible::SHOWN_ACTOR_R),
        )
    };
    let of_choice = "v.post_id = poll_choice.post_id AND v.number = poll_choice.number";
    let (votes, votes_end) = count(
        "COALESCE(SUM(CASE WHEN p.way = 'ranked' AND v.place > 1 THEN 0 ELSE 1 END), 0)",
        of_choice,
    );
    let (points, points_end) = count(
        "COALESCE(SUM(CASE WHEN p.way = 'ranked' AND v.place <= p.places \
         THEN p.places - v.place + 1 ELSE 0 END), 0)",
        of_choice,
    );
    let (voters, voters_end) = count("COUNT(DISTINCT v.actor_id)", "v.post_id = poll.post_id");
    each!(db, c => diesel::update(poll_choice::table.filter(poll_choice::post_id.eq(id)))
        .set((
            poll_choice::votes
                .eq(sql::<BigInt>(&votes).bind::<Timestamp, _>(now).sql(&votes_end)),
            poll_choice::points
                .eq(sql::<BigInt>(&points).bind::<Timestamp, _>(now).sql(&points_end)),
        ))
        .execute(c))?;
    each!(db, c => diesel::update(poll::table.find(id))
        .set(poll::voters.eq(sql::<BigInt>(&voters).bind::<Timestamp, _>(now).sql(&voters_end)))
        .execute(c))?;
    Ok(())
}

/// Whether anybody has cast a ballot here that is kept, whether it counts now or not.
pub fn has_ballots(db: &mut Db, post: PostId) -> QueryResult<bool> {
    let any = diesel::dsl::exists(poll_vote::table.filter(poll_vote::post_id.eq(post)));
    each!(db, c => diesel::select(any).get_result(c))
}

/// The oldest of the votes that are kept; one that its voter has changed since is as old as the change.
pub fn oldest_vote(db: &mut Db, post: PostId) -> QueryResult<Option<VoteId>> {
    poll_vote::table
        .filter(poll_vote::post_id.eq(post))
        .select(diesel::dsl::min(poll_vote::vote_id))
        .first(db)
}

/// Deletes every ballot of a poll, and what was counted.
pub fn forget_votes(db: &mut Db, post: PostId) -> QueryResult<()> {
    diesel::delete(poll_vote::table.filter(poll_vote::post_id.eq(post))).execute(db)?;
    diesel::update(poll_choice::table.filter(poll_choice::post_id.eq(post)))
        .set((poll_choice::votes.eq(0_i64), poll_choice::points.eq(0_i64)))
        .execute(db)?;
    diesel::update(poll::table.find(post))
        .set(poll::voters.eq(0_i64))
        .execute(db)?;
    Ok(())
}

/// The ballot of somebody, its first place first; empty where they have not voted.
pub fn ballot(db: &mut Db, post: PostId, who: ActorId) -> QueryResult<Vec<PollVote>> {
    each!(db, c => poll_vote::table
        .filter(poll_vote::post_id.eq(post).and(poll_vote::actor_id.eq(who)))
        .order(poll_vote::place)
        .select(PollVote::as_select())
        .load(c))
}

/// The ballots of somebody in several polls, each its first place first.
pub fn ballots(
    db: &mut Db,
    posts: &[PostId],
    who: ActorId,
) -> QueryResult<HashMap<PostId, Vec<i32>>> {
    let rows: Vec<PollVote> = each!(db, c => poll_vote::table
        .filter(poll_vote::actor_id.eq(who).and(among(poll_vote::post_id, posts.iter().copied())))
        .order(poll_vote::place)
        .select(PollVote::as_select())
        .load(c))?;
    let mut ballots: HashMap<PostId, Vec<i32>> = HashMap::new();
    for row in rows {
        ballots.entry(row.post_id).or_default().push(row.number);
    }
    Ok(ballots)
}

/// Inserts a choice of a ballot. Returns `false` where the ballot names it already.
pub fn insert_vote(db: &mut Db, row: &PollVote) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(poll_vote::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Deletes the ballot of somebody.
pub fn delete_ballot(db: &mut Db, post: PostId, who: ActorId) -> QueryResult<()> {
    let own = poll_vote::post_id.eq(post).and(poll_vote::actor_id.eq(who));
    diesel::delete(poll_vote::table.filter(own)).execute(db)?;
    Ok(())
}

/// Those who voted here, after a cursor.
pub fn voters_here(
    db: &mut Db,
    post: PostId,
    after: ActorId,
    limit: i64,
) -> QueryResult<Vec<ActorId>> {
    poll_vote::table
        .inner_join(account::table.on(account::actor_id.eq(poll_vote::actor_id)))
        .filter(
            poll_vote::post_id
                .eq(post)
                .and(poll_vote::actor_id.gt(after)),
        )
        .order(poll_vote::actor_id.asc())
        .select(poll_vote::actor_id)
        .distinct()
        .limit(limit)
        .load(db)
}

/// Those who chose each choice here, at most `limit` of each; nobody who is banned from its community.
pub fn named_voters(
    db: &mut Db,
    id: PostId,
    choices: i32,
    (limit, now): (i64, Time),
) -> QueryResult<Vec<Vec<ActorId>>> {
    let banned = || {
        diesel::dsl::exists(
            community_ban::table
                .inner_join(
                    post::table.on(post::community_id.eq(community_ban::community_id.nullable())),
                )
                .filter(post::id.eq(poll_vote::post_id))
                .filter(community_ban::actor_id.eq(poll_vote::actor_id))
                .filter(
                    community_ban::until
                        .is_null()
                        .or(community_ban::until.gt(now)),
                ),
        )
    };
    let of_choice = |number: i32, db: &mut Db| {
        poll_vote::table
            .inner_join(account::table.on(account::actor_id.eq(poll_vote::actor_id)))
            .filter(poll_vote::post_id.eq(id).and(poll_vote::number.eq(number)))
            .filter(diesel::dsl::not(banned()))
            .order((poll_vote::place.asc(), poll_vote::actor_id.asc()))
            .select(poll_vote::actor_id)
            .limit(limit)
            .load(db)
    };
    (0..choices).map(|number| of_choice(number, db)).collect()
}

/// Whether anybody here has voted in a poll.
pub fn has_voters_here(db: &mut Db, post: PostId) -> QueryResult<bool> {
    Ok(!voters_here(db, post, ActorId(0), 1)?.is_empty())
}
