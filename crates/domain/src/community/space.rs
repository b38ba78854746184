//! The spaces of a community of ours, besides the one that is open to everybody: who reads them, who begins threads in
//! them, and who is in a private one. Who may read a space is settled when it is made.

use crate::{Error, Outcome, Tx, access};
use model::access::{Action, SpaceAccess, SpacePosting};
use model::limits::{SPACE_MEMBERS_MAX, SPACE_NAME_MAX, SPACES_PER_COMMUNITY};
use model::refusal::Checks;
use model::{ActorId, Lang, LangText, SpaceId, Why};
use store::row;

/// Notes what is wrong with the name of a space.
#[must_use]
pub fn checks(name: &LangText) -> Checks {
    let mut checks = Checks::default();
    checks.that(!name.is_empty(), "space_en", Why::Required);
    for (tag, text) in name.iter() {
        let field = match Lang::from_tag(tag) {
            Some(Lang::Fr) => "space_fr",
            Some(Lang::En) | None => "space_en",
        };
        checks
            .at_most(field, text, SPACE_NAME_MAX)
            .readable(field, text);
    }
    checks
}

/// Makes a space. Whoever makes a private one is its first member.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount)`, `Invalid` with the fields at fault.
pub fn create(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    name: &LangText,
    (access, posting): (SpaceAccess, SpacePosting),
) -> Outcome<SpaceId> {
    access::require_in(tx, by, Action::Manage, community)?;
    checks(name).done()?;
    let known = store::space::of_community(tx.db, community, by)?;
    if known.len() >= SPACES_PER_COMMUNITY {
        return Err(Error::invalid("space_en", Why::TooLong));
    }
    let row = row::Space {
        id: tx.id::<SpaceId>(),
        community_id: community,
        access,
        name: name.clone(),
        created_at: tx.now,
        posting,
        closed_at: None,
    };
    store::space::insert(tx.db, &row)?;
    if access == SpaceAccess::Private {
        put_member(tx, row.id, by)?;
    }
    Ok(row.id)
}

/// Loads a space that somebody may change: a facilitator, who sees it.
fn manageable(tx: &mut Tx<'_>, by: ActorId, at: (ActorId, SpaceId)) -> Outcome<row::Space> {
    access::require_in_space(tx, by, Action::See, at)?;
    let (row, _) = access::require_in_space(tx, by, Action::Manage, at)?;
    match row.name.is_empty() {
        // The space in which posts stand that name no other is the community itself.
        true => Err(Error::not_found("space")),
        false => Ok(row),
    }
}

/// Changes the name of a space, and who begins threads in it.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount)`, `Invalid` with the fields at fault.
pub fn change(
    tx: &mut Tx<'_>,
    by: ActorId,
    at: (ActorId, SpaceId),
    name: &LangText,
    posting: SpacePosting,
) -> Outcome<()> {
    let row = manageable(tx, by, at)?;
    checks(name).done()?;
    let row = row::Space {
        name: name.clone(),
        posting,
        ..row
    };
    Ok(store::space::update(tx.db, &row)?)
}

/// Closes a space, in which nobody writes any more while those who read it still do; or opens it again to the same
/// readers.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount)`.
pub fn set_closed(
    tx: &mut Tx<'_>,
    by: ActorId,
    at: (ActorId, SpaceId),
    closed: bool,
) -> Outcome<()> {
    let row = manageable(tx, by, at)?;
    let row = row::Space {
        closed_at: closed.then_some(row.closed_at.unwrap_or(tx.now)),
        ..row
    };
    Ok(store::space::update(tx.db, &row)?)
}

/// Lets a member of the community into a private space.
///
/// # Errors
/// `NotFound` also for who is no member, `NotAllowed(Facilitator | NotOurs | ActiveAccount)`, `Invalid(member)` for a
/// space that has no members of its own, or is full.
pub fn add_member(
    tx: &mut Tx<'_>,
    by: ActorId,
    at: (ActorId, SpaceId),
    who: ActorId,
) -> Outcome<()> {
    let row = manageable(tx, by, at)?;
    if row.access != SpaceAccess::Private {
        return Err(Error::invalid("member", Why::NotAChoice));
    }
    if store::membership::membership(tx.db, at.0, who)?.is_none() {
        return Err(Error::invalid("member", Why::Unknown));
    }
    let known = store::space::members(tx.db, row.id, SPACE_MEMBERS_MAX)?;
    if i64::try_from(known.len()).is_ok_and(|count| count >= SPACE_MEMBERS_MAX) {
        return Err(Error::invalid("member", Why::TooLong));
    }
    put_member(tx, row.id, who)
}

fn put_member(tx: &mut Tx<'_>, space_id: SpaceId, who: ActorId) -> Outcome<()> {
    let row = row::SpaceMember {
        space_id,
        actor_id: who,
        since: tx.now,
    };
    tx.outdate(who);
    Ok(store::space::put_member(tx.db, &row)?)
}

/// Takes somebody out of a private space. The last one stays: closing the space is another matter.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount)`, `Invalid(member: Required)` for the last one.
pub fn remove_member(
    tx: &mut Tx<'_>,
    by: ActorId,
    at: (ActorId, SpaceId),
    who: ActorId,
) -> Outcome<()> {
    let row = manageable(tx, by, at)?;
    let known = store::space::members(tx.db, row.id, 2)?;
    if known.iter().all(|member| member.id == who) {
        return Err(Error::invalid("member", Why::Required));
    }
    tx.outdate(who);
    Ok(store::space::remove_member(tx.db, row.id, who)?)
}

#[cfg(test)]
mod tests;
