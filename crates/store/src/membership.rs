//! Joining a community: the questions it asks, requests with their answers and messages, the links in mails about
//! them, and lists of members. Who may see a request is decided by `query`: its community's facilitators, and whoever
//! asked.

use crate::connection::Db;
use crate::each;
use crate::fragment::among_texts;
use crate::retention::{DAY, Retention};
use crate::row::{Actor, JoinMessage, JoinRequest, Membership};
use crate::schema::{
    actor, join_answer, join_link, join_message, join_question, join_request, membership,
};
use crate::visible::{self, for_viewer};
use diesel::prelude::*;
use model::access::Reader;
use model::membership::{JoinAnswer, JoinQuestion, JoinState};
use model::{ActorId, JoinRequestId, LangText, Time};

/// The questions that the facilitators of a community have chosen, in their order; empty where they have chosen none.
pub fn questions(db: &mut Db, community: ActorId) -> QueryResult<Vec<JoinQuestion>> {
    let rows: Vec<(LangText, bool)> = each!(db, c => join_question::table
        .filter(join_question::community_id.eq(community))
        .order(join_question::number)
        .select((join_question::text, join_question::is_required))
        .load(c))?;
    let question = |(text, required)| JoinQuestion { text, required };
    Ok(rows.into_iter().map(question).collect())
}

/// Writes the questions of a community in place of those before.
pub fn set_questions(db: &mut Db, community: ActorId, all: &[JoinQuestion]) -> QueryResult<()> {
    let before = join_question::table.filter(join_question::community_id.eq(community));
    diesel::delete(before).execute(db)?;
    for (number, question) in (0_i32..).zip(all) {
        let row = (
            join_question::community_id.eq(community),
            join_question::number.eq(number),
            join_question::text.eq(&question.text),
            join_question::is_required.eq(question.required),
        );
        each!(db, c => diesel::insert_into(join_question::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Inserts a request with its answers.
pub fn insert(db: &mut Db, row: &JoinRequest, answers: &[JoinAnswer]) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(join_request::table).values(row).execute(c))?;
    for (number, answer) in (0_i32..).zip(answers) {
        let values = (
            join_answer::request_id.eq(row.id),
            join_answer::number.eq(number),
            join_answer::question.eq(&answer.question),
            join_answer::answer.eq(&answer.answer),
        );
        each!(db, c => diesel::insert_into(join_answer::table).values(values).execute(c))?;
    }
    Ok(())
}

/// Writes a request over what it was.
pub fn update(db: &mut Db, row: &JoinRequest) -> QueryResult<()> {
    each!(db, c => diesel::update(join_request::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// Deletes a request with all that belongs to it.
pub fn delete(db: &mut Db, id: JoinRequestId) -> QueryResult<()> {
    crate::invitation::delete_request_link(db, id)?;
    diesel::delete(join_link::table.filter(join_link::request_id.eq(id))).execute(db)?;
    diesel::delete(join_message::table.filter(join_message::request_id.eq(id))).execute(db)?;
    diesel::delete(join_answer::table.filter(join_answer::request_id.eq(id))).execute(db)?;
    diesel::delete(join_request::table.find(id)).execute(db)?;
    Ok(())
}

/// One request, by its id.
pub fn by_id(db: &mut Db, id: JoinRequestId) -> QueryResult<Option<JoinRequest>> {
    each!(db, c => join_request::table
        .find(id)
        .select(JoinRequest::as_select())
        .first(c)
        .optional())
}

/// The newest request of somebody in a community.
pub fn of_actor(db: &mut Db, community: ActorId, who: ActorId) -> QueryResult<Option<JoinRequest>> {
    each!(db, c => join_request::table
        .filter(join_request::community_id.eq(community).and(join_request::actor_id.eq(who)))
        .order(join_request::id.desc())
        .select(JoinRequest::as_select())
        .first(c)
        .optional())
}

/// The newest request from an address, in the form in which two spellings are equal, of somebody without an account.
pub fn of_address(
    db: &mut Db,
    community: ActorId,
    address: &str,
) -> QueryResult<Option<JoinRequest>> {
    each!(db, c => join_request::table
        .filter(join_request::community_id.eq(community).and(join_request::address.eq(address)))
        .filter(join_request::actor_id.is_null())
        .order(join_request::id.desc())
        .select(JoinRequest::as_select())
        .first(c)
        .optional())
}

/// Which states a list of requests shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinFilter {
    /// Somebody is to decide: a facilitator, or whoever is invited.
    Open,
    /// They are decided, or withdrawn.
    Done,
}

impl JoinFilter {
    const fn states(self) -> &'static [JoinState] {
        match self {
            Self::Open => &[JoinState::Waiting, JoinState::Asked, JoinState::Invited],
            Self::Done => &[
                JoinState::Accepted,
                JoinState::Declined,
                JoinState::Withdrawn,
            ],
        }
    }
}

/// Requests of a community below a cursor, newest first.
pub fn list(
    db: &mut Db,
    community: ActorId,
    filter: JoinFilter,
    before: JoinRequestId,
    limit: i64,
) -> QueryResult<Vec<JoinRequest>> {
    each!(db, c => join_request::table
        .filter(join_request::community_id.eq(community))
        .filter(among_texts(join_request::state, filter.states()))
        .filter(join_request::id.lt(before))
        .order(join_request::id.desc())
        .limit(limit)
        .select(JoinRequest::as_select())
        .load(c))
}

/// How many requests of a community wait for a facilitator.
pub fn count_waiting(db: &mut Db, community: ActorId) -> QueryResult<i64> {
    each!(db, c => join_request::table
        .filter(join_request::community_id.eq(community))
        .filter(join_request::state.eq(JoinState::Waiting))
        .count()
        .get_result(c))
}

/// How many requests somebody has made to a community since a moment, which is the first id of it.
pub fn count_of_actor(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
    since: JoinRequestId,
) -> QueryResult<i64> {
    each!(db, c => join_request::table
        .filter(join_request::community_id.eq(community))
        .filter(join_request::actor_id.eq(who))
        .filter(join_request::id.ge(since))
        .select(diesel::dsl::count_star())
        .first(c))
}

/// How many requests of people without an account a community has that nobody has decided, confirmed or not.
pub fn count_guests(db: &mut Db, community: ActorId) -> QueryResult<i64> {
    let states = [JoinState::Unconfirmed, JoinState::Waiting, JoinState::Asked];
    each!(db, c => join_request::table
        .filter(join_request::community_id.eq(community).and(join_request::actor_id.is_null()))
        .filter(among_texts(join_request::state, states))
        .count()
        .get_result(c))
}

/// How many requests from an address, in any community, have changed since a moment and are not confirmed.
pub fn count_unconfirmed(db: &mut Db, address: &str, since: Time) -> QueryResult<i64> {
    each!(db, c => join_request::table
        .filter(join_request::address.eq(address).and(join_request::changed_at.gt(since)))
        .filter(join_request::state.eq(JoinState::Unconfirmed))
        .count()
        .get_result(c))
}

/// The answers of a request, in the order of the questions.
pub fn answers(db: &mut Db, id: JoinRequestId) -> QueryResult<Vec<JoinAnswer>> {
    let rows: Vec<(LangText, String)> = each!(db, c => join_answer::table
        .filter(join_answer::request_id.eq(id))
        .order(join_answer::number)
        .select((join_answer::question, join_answer::answer))
        .load(c))?;
    let answer = |(question, answer)| JoinAnswer { question, answer };
    Ok(rows.into_iter().map(answer).collect())
}

/// Adds a text to a request.
pub fn insert_message(db: &mut Db, row: &JoinMessage) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(join_message::table).values(row).execute(c))?;
    Ok(())
}

/// The texts that were added to a request, oldest first.
pub fn messages(db: &mut Db, id: JoinRequestId) -> QueryResult<Vec<JoinMessage>> {
    each!(db, c => join_message::table
        .filter(join_message::request_id.eq(id))
        .order(join_message::id)
        .select(JoinMessage::as_select())
        .load(c))
}

/// How many texts were added to a request.
pub fn count_messages(db: &mut Db, id: JoinRequestId) -> QueryResult<i64> {
    each!(db, c => join_message::table
        .filter(join_message::request_id.eq(id))
        .count()
        .get_result(c))
}

/// Stores a link of a request.
pub fn insert_link(
    db: &mut Db,
    token_hash: &str,
    request: JoinRequestId,
    expires_at: Time,
) -> QueryResult<()> {
    let row = (
        join_link::token_hash.eq(token_hash),
        join_link::request_id.eq(request),
        join_link::expires_at.eq(expires_at),
    );
    each!(db, c => diesel::insert_into(join_link::table).values(row).execute(c))?;
    Ok(())
}

/// The request of a link, while it can be used.
pub fn by_link(db: &mut Db, token_hash: &str, now: Time) -> QueryResult<Option<JoinRequest>> {
    each!(db, c => join_request::table
        .inner_join(join_link::table.on(join_link::request_id.eq(join_request::id)))
        .filter(join_link::token_hash.eq(token_hash).and(join_link::expires_at.gt(now)))
        .select(JoinRequest::as_select())
        .first(c)
        .optional())
}

/// Deletes the links of a request.
pub fn delete_links(db: &mut Db, request: JoinRequestId) -> QueryResult<()> {
    diesel::delete(join_link::table.filter(join_link::request_id.eq(request))).execute(db)?;
    Ok(())
}

/// Somebody's part in a community.
pub fn membership(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
) -> QueryResult<Option<Membership>> {
    each!(db, c => membership::table
        .find((community, who))
        .select(Membership::as_select())
        .first(c)
        .optional())
}

/// Everybody with a part in a community whom a reader may see, longest-serving first, after a member.
pub fn members(
    db: &mut Db,
    reader: Reader,
    community: ActorId,
    after: Option<(Time, ActorId)>,
    limit: i64,
) -> QueryResult<Vec<(Membership, Actor)>> {
    let (since, id) = after.unwrap_or((Time::from_unix_millis(0), ActorId(0)));
    for_viewer!(visible::actor(reader), rule => each!(db, c => membership::table
        .inner_join(actor::table.on(actor::id.eq(membership::actor_id)))
        .filter(membership::community_id.eq(community))
        .filter(membership::since.gt(since)
            .or(membership::since.eq(since).and(membership::actor_id.gt(id))))
        .filter(rule)
        .order((membership::since.asc(), membership::actor_id.asc()))
        .limit(limit)
        .select((Membership::as_select(), Actor::as_select()))
        .load(c)))
}

/// Requests without an account that are not confirmed in a week, and those that were settled ninety days ago, are
/// deleted with the address and the answers.
pub(crate) const RETENTION: Retention = Retention {
    name: "requests to join",
    keep_seconds: 7 * DAY,
    delete: delete_old,
};

/// How much longer a settled request is kept than one that nobody has confirmed, in seconds.
const SETTLED_SECONDS: i64 = 83 * DAY;

/// How much longer a request is kept on which nobody has decided, in seconds.
const OPEN_SECONDS: i64 = 173 * DAY;

fn delete_old(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let settled = before.plus_seconds(-SETTLED_SECONDS);
    let open = before.plus_seconds(-OPEN_SECONDS);
    let done = among_texts(join_request::state, JoinFilter::Done.states());
    let waiting = among_texts(join_request::state, JoinFilter::Open.states());
    let old: Vec<JoinRequestId> = each!(db, c => join_request::table
        .filter(join_request::changed_at.lt(before))
        .filter(join_request::state.eq(JoinState::Unconfirmed)
            .or(join_request::changed_at.lt(settled).and(done))
            .or(join_request::changed_at.lt(open).and(waiting)))
        .order(join_request::id)
        .limit(limit)
        .select(join_request::id)
        .load(c))?;
    for id in &old {
        delete(db, *id)?;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|count| count == limit))
}
