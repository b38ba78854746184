//! Roles of members, and how memberships end.

use crate::{Error, Outcome, Tx, access, actor};
use model::access::Action;
use model::refusal::Rule;
use model::{ActorId, Fact, MemberRole};
use store::row;

/// Gives a member another role. Whoever facilitates may give their own away, but the last facilitator cannot.
///
/// # Errors
/// `NotFound` for who is no member; `NotAllowed(Facilitator | NotOurs | LastFacilitator | ActiveAccount | Banned)`.
pub fn set_role(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    who: ActorId,
    role: MemberRole,
) -> Outcome<()> {
    access::require_in(tx, by, Action::Manage, community)?;
    let before = member(tx, community, who)?;
    if before.role == role {
        return Ok(());
    }
    if role != MemberRole::Member {
        actor::active(tx, who)?;
        if store::moderation::ban_of(tx.db, community, who, tx.now)?.is_some() {
            return Err(Error::not_allowed(Rule::Banned));
        }
    }
    require_successor(tx, &before)?;
    store::community::put_member(tx.db, community, who, role, tx.now)?;
    record(tx, &before, Some(role), by)
}

/// Ends the membership of somebody; what they wrote stays, and so does their follow.
///
/// # Errors
/// `NotFound` for who is no member; `NotAllowed(Facilitator | NotOurs | LastFacilitator)`.
pub fn remove(tx: &mut Tx<'_>, by: ActorId, community: ActorId, who: ActorId) -> Outcome<()> {
    access::require_in(tx, by, Action::Manage, community)?;
    let before = member(tx, community, who)?;
    end(tx, &before, by)
}

/// Leaves a community; what one wrote stays, and so does one's follow. Nothing for who is no member.
///
/// # Errors
/// `NotAllowed(LastFacilitator | NotOurs)`.
pub fn leave(tx: &mut Tx<'_>, who: ActorId, community: ActorId) -> Outcome<()> {
    super::get_local(tx, community)?;
    match store::membership::membership(tx.db, community, who)? {
        Some(before) => end(tx, &before, who),
        None => Ok(()),
    }
}

fn member(tx: &mut Tx<'_>, community: ActorId, who: ActorId) -> Outcome<row::Membership> {
    super::get_local(tx, community)?;
    store::membership::membership(tx.db, community, who)?.ok_or(Error::not_found("member"))
}

fn end(tx: &mut Tx<'_>, before: &row::Membership, by: ActorId) -> Outcome<()> {
    require_successor(tx, before)?;
    store::community::remove_member(tx.db, before.community_id, before.actor_id)?;
    store::space::remove_from_spaces(tx.db, before.community_id, before.actor_id, tx.now)?;
    record(tx, before, None, by)
}

/// What somebody may read changes at once, also on pages that are open. Other servers are sent the roles of those who
/// moderate, with the community's actor.
fn record(
    tx: &mut Tx<'_>,
    before: &row::Membership,
    after: Option<MemberRole>,
    by: ActorId,
) -> Outcome<()> {
    let (community, who) = (before.community_id, before.actor_id);
    tx.outdate(who);
    let moderates = |role: Option<MemberRole>| role.is_some_and(|role| role != MemberRole::Member);
    if moderates(Some(before.role)) || moderates(after) {
        let mut group = super::get_local(tx, community)?.actor;
        group.updated_at = tx.now;
        store::actor::update(tx.db, &group)?;
        tx.record(Fact::ActorChanged { actor: community });
    }
    tx.record(Fact::RoleChanged { community, who, by });
    Ok(())
}

/// A facilitator who stops being one leaves another one behind.
fn require_successor(tx: &mut Tx<'_>, before: &row::Membership) -> Outcome<()> {
    if before.role != MemberRole::Facilitator {
        return Ok(());
    }
    let all = store::community::active_facilitators(tx.db, before.community_id)?;
    match all.iter().any(|other| *other != before.actor_id) {
        true => Ok(()),
        false => Err(Error::not_allowed(Rule::LastFacilitator)),
    }
}
