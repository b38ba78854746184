//! Invitations to communities: by mail and by links, who came by them, and what facilitators choose of them. Who may
//! see them is decided by `query`: the community's facilitators, whoever invites, and the owner of an address.

mod list;

pub(crate) use list::RETENTION as LIST_RETENTION;
pub use list::{
    delete_rows, insert_list, insert_rows, list_by_id, lists_since, problem_counts, rows_after,
    update_list,
};

use crate::connection::Db;
use crate::each;
use crate::fragment::{Value, among_texts, statement};
use crate::retention::{DAY, Retention};
use crate::row::{Invitation, InvitationLink, InvitedMember, JoinSetting};
use crate::schema::{
    invitation, invitation_link, invitation_token, invited_member, join_request, join_request_link,
    join_setting, membership, uninvitable_address,
};
use diesel::prelude::*;
use model::id::first_of;
use model::invitation::InvitationState;
use model::membership::JoinState;
use model::{ActorId, InvitationId, InvitationLinkId, JoinRequestId, Time};

/// The states in which an invitation can be accepted.
const OPEN: [InvitationState; 3] = [
    InvitationState::Queued,
    InvitationState::Sent,
    InvitationState::Refused,
];

/// What facilitators have chosen; the usual where they have chosen nothing.
pub fn setting(db: &mut Db, community: ActorId) -> QueryResult<JoinSetting> {
    let found: Option<JoinSetting> = each!(db, c => join_setting::table
        .find(community)
        .select(JoinSetting::as_select())
        .first(c)
        .optional())?;
    Ok(found.unwrap_or(JoinSetting {
        community_id: community,
        members_invite: false,
        domains: String::new(),
    }))
}

/// Writes what facilitators choose.
pub fn put_setting(db: &mut Db, row: &JoinSetting) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(join_setting::table)
        .values(row)
        .on_conflict(join_setting::community_id)
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

/// Stores a link.
pub fn insert_link(db: &mut Db, row: &InvitationLink) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(invitation_link::table).values(row).execute(c))?;
    Ok(())
}

/// The link of a token, while it can be opened, though it may be used up.
pub fn link_by_token(
    db: &mut Db,
    token_hash: &str,
    now: Time,
) -> QueryResult<Option<InvitationLink>> {
    each!(db, c => invitation_link::table
        .filter(invitation_link::token_hash.eq(token_hash))
        .filter(invitation_link::revoked_at.is_null())
        .filter(invitation_link::expires_at.gt(now))
        .select(InvitationLink::as_select())
        .first(c)
        .optional())
}

/// One link, by its id.
pub fn link_by_id(db: &mut Db, id: InvitationLinkId) -> QueryResult<Option<InvitationLink>> {
    each!(db, c => invitation_link::table
        .find(id)
        .select(InvitationLink::as_select())
        .first(c)
        .optional())
}

/// The links of a community that have not expired long ago, the newest first.
pub fn links(db: &mut Db, community: ActorId, since: Time) -> QueryResult<Vec<InvitationLink>> {
    each!(db, c => invitation_link::table
        .filter(invitation_link::community_id.eq(community))
        .filter(invitation_link::expires_at.gt(since))
        .order(invitation_link::id.desc())
        .limit(200)
        .select(InvitationLink::as_select())
        .load(c))
}

/// How many links of a community can be used.
pub fn count_links(db: &mut Db, community: ActorId, now: Time) -> QueryResult<i64> {
    each!(db, c => invitation_link::table
        .filter(invitation_link::community_id.eq(community))
        .filter(invitation_link::revoked_at.is_null())
        .filter(invitation_link::expires_at.gt(now).and(invitation_link::uses_left.gt(0)))
        .count()
        .get_result(c))
}

/// Ends a link.
pub fn revoke_link(db: &mut Db, id: InvitationLinkId, now: Time) -> QueryResult<()> {
    diesel::update(invitation_link::table.find(id))
        .set(invitation_link::revoked_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Takes one use of a link; false where none is left.
pub fn take_use(db: &mut Db, id: InvitationLinkId) -> QueryResult<bool> {
    let left = invitation_link::table.filter(
        invitation_link::id
            .eq(id)
            .and(invitation_link::uses_left.gt(0)),
    );
    let taken = diesel::update(left)
        .set(invitation_link::uses_left.eq(invitation_link::uses_left - 1))
        .execute(db)?;
    Ok(taken == 1)
}

/// Remembers by which link somebody without an account asks to join.
pub fn put_request_link(
    db: &mut Db,
    request: JoinRequestId,
    link: InvitationLinkId,
) -> QueryResult<()> {
    let row = (
        join_request_link::request_id.eq(request),
        join_request_link::link_id.eq(link),
    );
    each!(db, c => diesel::insert_into(join_request_link::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The link by which somebody without an account asks to join.
pub fn link_of_request(db: &mut Db, request: JoinRequestId) -> QueryResult<Option<InvitationLink>> {
    let link: Option<InvitationLinkId> = each!(db, c => join_request_link::table
        .find(request)
        .select(join_request_link::link_id)
        .first(c)
        .optional())?;
    match link {
        Some(link) => link_by_id(db, link),
        None => Ok(None),
    }
}

/// Forgets by which link a request came, before the request is deleted.
pub(crate) fn delete_request_link(db: &mut Db, request: JoinRequestId) -> QueryResult<()> {
    diesel::delete(join_request_link::table.find(request)).execute(db)?;
    Ok(())
}

/// Remembers who brought somebody; the first time counts.
pub fn put_invited(db: &mut Db, row: &InvitedMember) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(invited_member::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Who brought somebody to a community.
pub fn invited(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
) -> QueryResult<Option<InvitedMember>> {
    each!(db, c => invited_member::table
        .find((community, who))
        .select(InvitedMember::as_select())
        .first(c)
        .optional())
}

/// Who came to a community by links, the newest first.
pub fn came_by_links(db: &mut Db, community: ActorId) -> QueryResult<Vec<InvitedMember>> {
    each!(db, c => invited_member::table
        .filter(invited_member::community_id.eq(community))
        .filter(invited_member::link_id.is_not_null())
        .order(invited_member::since.desc())
        .limit(1_000)
        .select(InvitedMember::as_select())
        .load(c))
}

/// Stores an invitation.
pub fn insert(db: &mut Db, row: &Invitation) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(invitation::table).values(row).execute(c))?;
    Ok(())
}

/// Writes an invitation over what it was.
pub fn update(db: &mut Db, row: &Invitation) -> QueryResult<()> {
    each!(db, c => diesel::update(invitation::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// One invitation, by its id.
pub fn by_id(db: &mut Db, id: InvitationId) -> QueryResult<Option<Invitation>> {
    each!(db, c => invitation::table
        .find(id)
        .select(Invitation::as_select())
        .first(c)
        .optional())
}

/// The newest invitation of an address to a community.
pub fn of_address(
    db: &mut Db,
    community: ActorId,
    address: &str,
) -> QueryResult<Option<Invitation>> {
    each!(db, c => invitation::table
        .filter(invitation::address.eq(address).and(invitation::community_id.eq(community)))
        .order(invitation::id.desc())
        .select(Invitation::as_select())
        .first(c)
        .optional())
}

/// Invitations to a community below a cursor, the newest first; only those of `by`, where that is given.
pub fn list(
    db: &mut Db,
    community: ActorId,
    by: Option<ActorId>,
    before: InvitationId,
    limit: i64,
) -> QueryResult<Vec<Invitation>> {
    let any = by.is_none();
    let by = by.unwrap_or_default();
    each!(db, c => invitation::table
        .filter(invitation::community_id.eq(community).and(invitation::id.lt(before)))
        .filter(invitation::by_id.eq(by).or(any.into_sql::<diesel::sql_types::Bool>()))
        .order(invitation::id.desc())
        .limit(limit)
        .select(Invitation::as_select())
        .load(c))
}

/// The invitations of an address that can be accepted, the newest first, in communities in which `who` is no member and
/// not banned.
pub fn waiting_for(
    db: &mut Db,
    address: &str,
    who: ActorId,
    now: Time,
) -> QueryResult<Vec<Invitation>> {
    let rows: Vec<Invitation> = each!(db, c => invitation::table
        .filter(invitation::address.eq(address).and(invitation::expires_at.gt(now)))
        .filter(among_texts(invitation::state, OPEN))
        .order(invitation::id.desc())
        .limit(50)
        .select(Invitation::as_select())
        .load(c))?;
    let mut waiting = Vec::new();
    for row in rows {
        let known = waiting
            .iter()
            .any(|known: &Invitation| known.community_id == row.community_id);
        if !known && !is_member_or_banned(db, row.community_id, who, now)? {
            waiting.push(row);
        }
    }
    Ok(waiting)
}

/// Whether somebody is a member of a community, or banned from it.
pub fn is_member_or_banned(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
    now: Time,
) -> QueryResult<bool> {
    Ok(crate::membership::membership(db, community, who)?.is_some()
        || crate::moderation::ban_of(db, community, who, now)?.is_some())
}

/// The communities to which somebody is invited by their username, with the request that says so.
pub fn by_username(db: &mut Db, who: ActorId) -> QueryResult<Vec<(JoinRequestId, ActorId)>> {
    let member = membership::table.filter(
        membership::community_id
            .eq(join_request::community_id)
            .and(membership::actor_id.eq(who)),
    );
    each!(db, c => join_request::table
        .filter(join_request::actor_id.eq(who).and(join_request::state.eq(JoinState::Invited)))
        .filter(diesel::dsl::not(diesel::dsl::exists(member)))
        .order(join_request::id.desc())
        .limit(50)
        .select((join_request::id, join_request::community_id))
        .load(c))
}

/// How many communities invite somebody who is no member and not banned, by their username or by their address.
pub fn count_waiting(db: &mut Db, address: &str, who: ActorId, now: Time) -> QueryResult<i64> {
    let query = statement!(
        "SELECT (SELECT count(*) FROM join_request r WHERE r.actor_id = ? AND r.state = 'invited' \
         AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.community_id = r.community_id \
         AND m.actor_id = r.actor_id)) + (SELECT count(DISTINCT i.community_id) FROM invitation i \
         WHERE i.address = ? AND i.state IN ('queued', 'sent', 'refused') AND i.expires_at > ? \
         AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.community_id = i.community_id \
         AND m.actor_id = ?) AND NOT EXISTS (SELECT 1 FROM community_ban b \
         WHERE b.community_id = i.community_id AND b.actor_id = ? \
         AND (b.until IS NULL OR b.until > ?))) AS count",
        [
            Value::BigInt(who.0),
            Value::Text(address.to_owned()),
            Value::Timestamp(now),
            Value::BigInt(who.0),
            Value::BigInt(who.0),
            Value::Timestamp(now),
        ]
    );
    let row: WaitingCount = each!(db, c => query.get_result(c))?;
    Ok(row.count)
}

/// The answer of [`count_waiting`].
#[derive(QueryableByName)]
struct WaitingCount {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

/// How many mails with invitations of a community were queued since a moment; of the whole server without one.
pub fn count_queued(db: &mut Db, community: Option<ActorId>, since: Time) -> QueryResult<i64> {
    let any = community.is_none();
    let community = community.unwrap_or_default();
    each!(db, c => invitation::table
        .filter(invitation::queued_at.gt(since))
        .filter(invitation::community_id.eq(community).or(any.into_sql::<diesel::sql_types::Bool>()))
        .count()
        .get_result(c))
}

/// How many mails with invitations somebody has queued in a community since a moment.
pub fn count_by_mail(
    db: &mut Db,
    community: ActorId,
    by: ActorId,
    since: Time,
) -> QueryResult<i64> {
    each!(db, c => invitation::table
        .filter(invitation::community_id.eq(community).and(invitation::by_id.eq(by)))
        .filter(invitation::queued_at.gt(since))
        .count()
        .get_result(c))
}

/// How many people somebody has invited by their username to a community since a moment.
pub fn count_by_username(
    db: &mut Db,
    community: ActorId,
    by: ActorId,
    since: Time,
) -> QueryResult<i64> {
    each!(db, c => join_request::table
        .filter(join_request::community_id.eq(community).and(join_request::decided_by.eq(by)))
        .filter(join_request::id.ge(first_of::<JoinRequestId>(since)))
        .count()
        .get_result(c))
}

/// Stores the link of a mail.
pub fn insert_token(db: &mut Db, token_hash: &str, id: InvitationId) -> QueryResult<()> {
    let row = (
        invitation_token::token_hash.eq(token_hash),
        invitation_token::invitation_id.eq(id),
    );
    each!(db, c => diesel::insert_into(invitation_token::table).values(row).execute(c))?;
    Ok(())
}

/// The invitation of a link in a mail, whatever became of it.
pub fn by_token(db: &mut Db, token_hash: &str) -> QueryResult<Option<Invitation>> {
    let id: Option<InvitationId> = each!(db, c => invitation_token::table
        .find(token_hash)
        .select(invitation_token::invitation_id)
        .first(c)
        .optional())?;
    match id {
        Some(id) => by_id(db, id),
        None => Ok(None),
    }
}

/// Deletes the links of an invitation.
pub fn delete_tokens(db: &mut Db, id: InvitationId) -> QueryResult<()> {
    diesel::delete(invitation_token::table.filter(invitation_token::invitation_id.eq(id)))
        .execute(db)?;
    Ok(())
}

/// Remembers that the owner of an address wants no invitations.
pub fn suppress(db: &mut Db, address_hash: &str, now: Time) -> QueryResult<()> {
    let row = (
        uninvitable_address::address_hash.eq(address_hash),
        uninvitable_address::since.eq(now),
    );
    each!(db, c => diesel::insert_into(uninvitable_address::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Whether the owner of an address wants no invitations.
pub fn is_suppressed(db: &mut Db, address_hash: &str) -> QueryResult<bool> {
    let row = uninvitable_address::table.find(address_hash);
    each!(db, c => diesel::select(diesel::dsl::exists(row)).get_result(c))
}

/// Invitations that were settled or have expired ninety days ago are deleted, with the address.
pub(crate) const RETENTION: Retention = Retention {
    name: "invitations",
    keep_seconds: 90 * DAY,
    delete: delete_old,
};

fn delete_old(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let old: Vec<InvitationId> = each!(db, c => invitation::table
        .filter(invitation::changed_at.lt(before).and(invitation::expires_at.lt(before)))
        .order(invitation::id)
        .limit(limit)
        .select(invitation::id)
        .load(c))?;
    for id in &old {
        delete_tokens(db, *id)?;
        diesel::delete(invitation::table.find(*id)).execute(db)?;
    }
    Ok(i64::try_from(old.len()).is_ok_and(|count| count == limit))
}
