//! Bans from a community: whoever is banned reads only what is open, writes nothing, and their votes do not count.

use super::get_local;
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::job::Recount;
use model::{ActorId, Fact, JobId, MemberRole, Time, Why};
use store::row;

/// Bans somebody from a community, until a time or for good, in place of an earlier ban. Their open pages are told of
/// nothing more that they may not see.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | NotOurs)`; `Invalid(person: NotAChoice)` for a moderator or facilitator of it,
/// `Invalid(until: Expired)`.
pub fn ban(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    who: ActorId,
    until: Option<Time>,
) -> Outcome<()> {
    get_local(tx, id)?;
    let (space, _) = access::require_in(tx, by, Action::Moderate, id)?;
    store::raw::actor::by_id(tx.db, who)?.ok_or(Error::not_found("person"))?;
    let standing = store::space::standing(tx.db, space, who, tx.now)?;
    let role = standing.and_then(|standing| standing.role);
    if matches!(role, Some(MemberRole::Moderator | MemberRole::Facilitator)) {
        return Err(Error::invalid("person", Why::NotAChoice));
    }
    if until.is_some_and(|until| until <= tx.now) {
        return Err(Error::invalid("until", Why::Expired));
    }
    let row = row::CommunityBan {
        community_id: id,
        actor_id: who,
        until,
    };
    store::space::put_ban(tx.db, &row)?;
    if let Some(until) = until {
        // Their votes count again.
        let job = Recount { actor: who };
        store::queue::jobs::insert(tx.db, tx.id::<JobId>(), &job, until, tx.now)?;
    }
    changed(tx, id, who);
    Ok(())
}

/// Lifts a ban. Idempotent.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | NotOurs)`.
pub fn lift_ban(tx: &mut Tx<'_>, by: ActorId, id: ActorId, who: ActorId) -> Outcome<()> {
    get_local(tx, id)?;
    access::require_in(tx, by, Action::Moderate, id)?;
    if store::space::delete_ban(tx.db, id, who)? {
        changed(tx, id, who);
    }
    Ok(())
}

fn changed(tx: &mut Tx<'_>, community: ActorId, who: ActorId) {
    tx.outdate(who);
    tx.record(Fact::BanChanged {
        community,
        actor: who,
    });
}
