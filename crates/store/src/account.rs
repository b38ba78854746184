//! Accounts, sessions and invitations.

pub mod admin_action;
pub mod credential;
pub mod mail;
pub mod oidc_step;
pub mod passkey_challenge;
pub mod provider_logout;
pub mod sign_in_link;
pub mod sign_in_step;

use crate::connection::Db;
use crate::each;
use crate::retention::{DAY, Retention};
use crate::row::{Account, Actor, Invite, Session};
use crate::schema::{account, actor, invite, session};
use diesel::prelude::*;
use model::{
    AccountName, AccountState, ActorId, ActorState, InviteId, Lang, SessionId, SiteRole, Time,
};

/// An account and its actor.
pub type Member = (Account, Actor);

/// Adds an account.
pub fn insert(db: &mut Db, row: &Account) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(account::table).values(row).execute(c))?;
    Ok(())
}

/// One account.
pub fn by_id(db: &mut Db, id: ActorId) -> QueryResult<Option<Member>> {
    each!(db, c => account::table
        .inner_join(actor::table)
        .filter(account::actor_id.eq(id))
        .select((Account::as_select(), Actor::as_select()))
        .first(c)
        .optional())
}

/// What is true of a person everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct PersonStanding {
    /// The state of the actor.
    pub state: ActorState,
    /// The role and the state of their account here, if they have one.
    pub account: Option<(SiteRole, AccountState)>,
}

/// Returns what is true of a person everywhere.
pub fn standing(db: &mut Db, id: ActorId) -> QueryResult<Option<PersonStanding>> {
    each!(db, c => actor::table
        .left_join(account::table)
        .filter(actor::id.eq(id))
        .select((actor::state, (account::role, account::state).nullable()))
        .first(c)
        .optional())
}

/// Whether somebody has an account here.
pub fn exists(db: &mut Db, id: ActorId) -> QueryResult<bool> {
    let row = diesel::dsl::exists(account::table.find(id));
    each!(db, c => diesel::select(row).get_result(c))
}

/// By handle, which is in lower case.
pub fn by_handle(db: &mut Db, handle: &str) -> QueryResult<Option<Member>> {
    account::table
        .inner_join(actor::table)
        .filter(actor::handle.eq(handle).and(actor::host.eq("")))
        .select((Account::as_select(), Actor::as_select()))
        .first(db)
        .optional()
}

/// By what somebody types to name an account: a confirmed address, else a handle.
pub fn by_name(db: &mut Db, name: &AccountName) -> QueryResult<Option<Account>> {
    let found = match name.address() {
        Some(address) => mail::by_address(db, address)?,
        None => None,
    };
    match (found, name.handle()) {
        (None, Some(handle)) => Ok(by_handle(db, handle.as_str())?.map(|(account, _)| account)),
        (found, _) => Ok(found),
    }
}

/// Accounts, those that wait first, then newest first.
pub fn list(
    db: &mut Db,
    state: Option<AccountState>,
    before: ActorId,
    limit: i64,
) -> QueryResult<Vec<Member>> {
    let rows = account::table
        .inner_join(actor::table)
        .filter(account::actor_id.lt(before))
        .order(account::actor_id.desc())
        .limit(limit)
        .select((Account::as_select(), Actor::as_select()));
    match state {
        Some(state) => rows.filter(account::state.eq(state)).load(db),
        None => rows.load(db),
    }
}

/// How many accounts are in a state.
pub fn count(db: &mut Db, state: AccountState) -> QueryResult<i64> {
    account::table
        .filter(account::state.eq(state))
        .count()
        .get_result(db)
}

/// The admins that may sign in.
pub fn admins(db: &mut Db) -> QueryResult<Vec<ActorId>> {
    account::table
        .filter(
            account::role
                .eq(SiteRole::Admin)
                .and(account::state.eq(AccountState::Active)),
        )
        .select(account::actor_id)
        .load(db)
}

/// Stores the state of an account.
pub fn set_state(db: &mut Db, id: ActorId, state: AccountState) -> QueryResult<()> {
    diesel::update(account::table.find(id))
        .set(account::state.eq(state))
        .execute(db)?;
    Ok(())
}

/// What an account may do.
pub fn set_role(db: &mut Db, id: ActorId, role: SiteRole) -> QueryResult<()> {
    diesel::update(account::table.find(id))
        .set(account::role.eq(role))
        .execute(db)?;
    Ok(())
}

/// The language of the interface and of mails.
pub fn set_lang(db: &mut Db, id: ActorId, lang: Lang) -> QueryResult<()> {
    diesel::update(account::table.find(id))
        .set(account::lang.eq(lang))
        .execute(db)?;
    Ok(())
}

/// Sets the time zone of pages and mails.
pub fn set_zone(db: &mut Db, id: ActorId, zone: &str) -> QueryResult<()> {
    diesel::update(account::table.find(id))
        .set(account::zone.eq(zone))
        .execute(db)?;
    Ok(())
}

/// Records when somebody was here.
pub fn set_seen(db: &mut Db, id: ActorId, now: Time) -> QueryResult<()> {
    diesel::update(account::table.find(id))
        .set(account::seen_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Adds a session.
pub fn insert_session(db: &mut Db, row: &Session) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(session::table).values(row).execute(c))?;
    Ok(())
}

/// The session a token opens, with its account and actor.
pub fn session(db: &mut Db, token_hash: &str) -> QueryResult<Option<(Session, Account, Actor)>> {
    each!(db, c => session::table
        .inner_join(account::table.inner_join(actor::table))
        .filter(session::token_hash.eq(token_hash))
        .select((
            Session::as_select(),
            Account::as_select(),
            Actor::as_select(),
        ))
        .first(c)
        .optional())
}

/// The sessions of an account, newest first.
pub fn sessions(db: &mut Db, id: ActorId) -> QueryResult<Vec<Session>> {
    session::table
        .filter(session::actor_id.eq(id))
        .order(session::id.desc())
        .select(Session::as_select())
        .load(db)
}

/// A session of an account that is active.
pub fn live_session(db: &mut Db, owner: ActorId, id: SessionId) -> QueryResult<Option<Session>> {
    each!(db, c => session::table
        .inner_join(account::table)
        .filter(session::id.eq(id).and(session::actor_id.eq(owner)))
        .filter(account::state.eq(AccountState::Active))
        .select(Session::as_select())
        .first(c)
        .optional())
}

/// The session was used, and its owner was here.
pub fn touch_session(db: &mut Db, id: SessionId, now: Time) -> QueryResult<()> {
    diesel::update(session::table.find(id))
        .set(session::seen_at.eq(now))
        .execute(db)?;
    let owner = session::table.filter(session::id.eq(id));
    let owner: Option<ActorId> = owner.select(session::actor_id).first(db).optional()?;
    match owner {
        Some(owner) => set_seen(db, owner, now),
        None => Ok(()),
    }
}

/// The owner of a session has shown at a provider that it is them.
pub fn confirm_session(db: &mut Db, owner: ActorId, id: SessionId, now: Time) -> QueryResult<()> {
    let own = session::table.filter(session::id.eq(id).and(session::actor_id.eq(owner)));
    diesel::update(own)
        .set(session::confirmed_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// When the owner of a session has last shown, otherwise than by a password, that it is them.
pub fn session_confirmed_at(db: &mut Db, id: SessionId) -> QueryResult<Option<Time>> {
    let at = session::table
        .find(id)
        .select(session::confirmed_at)
        .first(db)
        .optional()?;
    Ok(at.flatten())
}

/// Forgets in every session of an account that its owner has shown that it is them.
pub fn unconfirm_sessions(db: &mut Db, owner: ActorId) -> QueryResult<()> {
    diesel::update(session::table.filter(session::actor_id.eq(owner)))
        .set(session::confirmed_at.eq(None::<Time>))
        .execute(db)?;
    Ok(())
}

/// A session that no provider opened connects the account with one, and does nothing else.
pub fn limit_session(db: &mut Db, token_hash: &str) -> QueryResult<()> {
    let own = session::table
        .filter(session::token_hash.eq(token_hash))
        .filter(session::oidc_subject.eq(""));
    diesel::update(own)
        .set(session::only_connects.eq(true))
        .execute(db)?;
    Ok(())
}

/// From now on a session ends with the provider's, as if an identity had opened it.
pub fn set_session_identity(
    db: &mut Db,
    (owner, id): (ActorId, SessionId),
    subject: &str,
    provider_session: &str,
) -> QueryResult<()> {
    let own = session::table.filter(session::id.eq(id).and(session::actor_id.eq(owner)));
    diesel::update(own)
        .set((
            session::oidc_subject.eq(subject),
            session::oidc_session.eq(provider_session),
            session::only_connects.eq(false),
        ))
        .execute(db)?;
    Ok(())
}

/// A session that this identity opened no longer ends with the provider's.
pub fn clear_session_identity(
    db: &mut Db,
    (owner, id): (ActorId, SessionId),
    subject: &str,
) -> QueryResult<()> {
    let own = session::table
        .filter(session::id.eq(id).and(session::actor_id.eq(owner)))
        .filter(session::oidc_subject.eq(subject.to_owned()));
    diesel::update(own)
        .set((session::oidc_subject.eq(""), session::oidc_session.eq("")))
        .execute(db)?;
    Ok(())
}

/// Ends one session of an account. Returns whether there was one.
pub fn end_session(db: &mut Db, owner: ActorId, id: SessionId) -> QueryResult<bool> {
    let gone =
        diesel::delete(session::table.filter(session::id.eq(id).and(session::actor_id.eq(owner))))
            .execute(db)?;
    Ok(gone > 0)
}

/// Ends every session of an account but `keep`.
pub fn end_sessions(db: &mut Db, owner: ActorId, keep: Option<SessionId>) -> QueryResult<usize> {
    let keep = keep.unwrap_or_default();
    diesel::delete(session::table.filter(session::actor_id.eq(owner).and(session::id.ne(keep))))
        .execute(db)
}

/// A session ends that was not used for a month.
pub(crate) const SESSION_RETENTION: Retention = Retention {
    name: "sessions",
    keep_seconds: 30 * DAY,
    delete: end_stale_sessions,
};

/// Ends all sessions unused since `before`.
pub fn end_stale_sessions(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(session::table.filter(session::seen_at.lt(before))).execute(db)?;
    Ok(false)
}

/// Adds an invitation.
pub fn insert_invite(db: &mut Db, row: &Invite) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(invite::table).values(row).execute(c))?;
    Ok(())
}

/// Uses an invitation once. Returns whether it was valid.
pub fn use_invite(db: &mut Db, code: &str, now: Time) -> QueryResult<bool> {
    let used = diesel::update(
        invite::table.filter(
            invite::code
                .eq(code)
                .and(invite::uses_left.gt(0))
                .and(invite::expires_at.gt(now)),
        ),
    )
    .set(invite::uses_left.eq(invite::uses_left - 1))
    .execute(db)?;
    Ok(used == 1)
}

/// Deletes an invitation.
pub fn end_invite(db: &mut Db, id: InviteId) -> QueryResult<()> {
    diesel::delete(invite::table.find(id)).execute(db)?;
    Ok(())
}

/// Invitations that still let somebody in, newest first.
pub fn invites(db: &mut Db, now: Time) -> QueryResult<Vec<Invite>> {
    invite::table
        .filter(invite::uses_left.gt(0).and(invite::expires_at.gt(now)))
        .order(invite::id.desc())
        .limit(200)
        .select(Invite::as_select())
        .load(db)
}
