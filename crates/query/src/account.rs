//! What surrounds every page of a signed-in person, and the lists of their own account.

mod administration;
mod mail;
mod second_factor;

pub use administration::{
    AccountAllowed, AccountList, AccountPage, AccountView, count, list, page,
};

pub use mail::{addresses, link_has_expired, mail_link};
pub use second_factor::{
    SecondFactor, Stage, has_second_factor, identities, is_confirmed, member, passkey, passkeys,
    proved_step, second_factor, step_owner,
};

use crate::row::{Account, Actor, FollowedCommunity, Invite, Member, Session, UNREAD_MAX};
use domain::{Error, Outcome};
use model::access::Reader;
use model::{AccountName, AccountState, ActorId, SessionId, SiteRole, Time, Why};
use std::collections::HashMap;
use store::Db;

/// The frame of a signed-in person's page.
#[derive(Debug, Clone, Default)]
pub struct FrameRows {
    /// Notices not yet seen, up to [`UNREAD_MAX`].
    pub notices: i64,
    /// Invitations to communities that wait for them.
    pub invitations: i64,
    /// The communities they follow, with how many threads hold something unread.
    pub communities: Vec<FollowedCommunity>,
}

/// What the frame shows. A few statements, however many communities somebody follows.
///
/// # Errors
/// Faults.
pub fn frame(db: &mut Db, account: &Account, now: Time) -> Outcome<FrameRows> {
    Ok(FrameRows {
        notices: unseen_notices(db, account.actor_id, now)?,
        invitations: crate::invitation::count_mine(db, account, now)?,
        communities: store::community::followed(db, account.actor_id, now)?,
    })
}

/// How many notices somebody has not seen, up to [`UNREAD_MAX`].
///
/// # Errors
/// Faults.
pub fn unseen_notices(db: &mut Db, who: ActorId, now: Time) -> Outcome<i64> {
    Ok(store::notice::unseen(db, who, now, UNREAD_MAX)?)
}

/// The communities somebody follows, see [`FrameRows`].
///
/// # Errors
/// Faults.
pub fn followed(db: &mut Db, who: ActorId, now: Time) -> Outcome<Vec<FollowedCommunity>> {
    Ok(store::community::followed(db, who, now)?)
}

/// Where somebody is signed in, the newest first. Sessions unused since `since` have ended, though
/// their rows are there until they are cleaned up.
///
/// # Errors
/// Faults.
pub fn sessions(db: &mut Db, who: ActorId, since: Time) -> Outcome<Vec<Session>> {
    let mut rows = store::account::sessions(db, who)?;
    rows.retain(|row| row.seen_at > since);
    Ok(rows)
}

/// The session with the digest of a cookie, with whose it is.
///
/// # Errors
/// Faults.
pub fn by_session(db: &mut Db, digest: &str) -> Outcome<Option<(Session, Account, Actor)>> {
    Ok(store::account::session(db, digest)?)
}

/// A session of an account, while that is active; whether it has expired is not looked at.
///
/// # Errors
/// Faults.
pub fn live_session(db: &mut Db, owner: ActorId, id: SessionId) -> Outcome<Option<Session>> {
    Ok(store::account::live_session(db, owner, id)?)
}

/// The account of a handle, for signing in and for admins.
///
/// # Errors
/// Faults.
pub fn by_handle(db: &mut Db, handle: &str) -> Outcome<Option<Member>> {
    Ok(store::account::by_handle(db, handle)?)
}

/// The account that somebody names, for themselves and for admins.
///
/// # Errors
/// Faults.
pub fn by_name(db: &mut Db, name: &AccountName) -> Outcome<Option<Member>> {
    match store::account::by_name(db, name)? {
        Some(account) => Ok(store::account::by_id(db, account.actor_id)?),
        None => Ok(None),
    }
}

/// The account that somebody names, with the hash of its password where it has one, for signing in.
///
/// # Errors
/// Faults.
pub fn to_sign_in(db: &mut Db, name: &AccountName) -> Outcome<Option<(Account, Option<String>)>> {
    let Some(account) = store::account::by_name(db, name)? else {
        return Ok(None);
    };
    let hash = store::account::credential::password(db, account.actor_id)?;
    Ok(Some((account, hash)))
}

/// The hash of an account's password, where it has one.
///
/// # Errors
/// Faults.
pub fn password(db: &mut Db, id: ActorId) -> Outcome<Option<String>> {
    Ok(store::account::credential::password(db, id)?)
}

/// One account's actor.
///
/// # Errors
/// `NotFound`.
pub fn actor(db: &mut Db, id: ActorId) -> Outcome<Actor> {
    let (_, actor) = store::account::by_id(db, id)?.ok_or(Error::not_found("account"))?;
    Ok(actor)
}

/// The state of an account.
///
/// # Errors
/// `NotFound`.
pub fn state(db: &mut Db, id: ActorId) -> Outcome<AccountState> {
    let (account, _) = store::account::by_id(db, id)?.ok_or(Error::not_found("account"))?;
    Ok(account.state)
}

/// The role of an account.
///
/// # Errors
/// `NotFound`.
pub fn role(db: &mut Db, id: ActorId) -> Outcome<SiteRole> {
    let (account, _) = store::account::by_id(db, id)?.ok_or(Error::not_found("account"))?;
    Ok(account.role)
}

/// The person whom a sign-in link signs in.
///
/// # Errors
/// `Invalid(link: Expired)`.
pub fn by_sign_in_link(db: &mut Db, digest: &str, now: Time) -> Outcome<Actor> {
    let owner = store::account::sign_in_link::owner(db, digest, now)?;
    owner.ok_or(Error::invalid("link", Why::Expired))
}

/// The invitations that can be used, with who made them, for admins.
///
/// # Errors
/// Faults.
pub fn invites(db: &mut Db, now: Time) -> Outcome<(Vec<Invite>, HashMap<ActorId, Actor>)> {
    let invites = store::account::invites(db, now)?;
    let by: Vec<ActorId> = invites.iter().map(|invite| invite.created_by).collect();
    let by = store::actor::by_ids(db, Reader::system(now), &by)?;
    Ok((invites, by))
}
