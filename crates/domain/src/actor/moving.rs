//! Moving, of people and communities of ours (FEP-7628): by which other addresses they are known,
//! so that their former ones can send their followers here, and their leave for another address.

use super::active;
use crate::access::require_in;
use crate::{Error, Outcome, Tx};
use model::access::Action;
use model::actor::ActorKind;
use model::refusal::Rule;
use model::{ActorId, Fact, Why};
use store::row;

/// How many other addresses one may name.
pub const OTHERS_MAX: usize = 10;

/// An actor of ours that `by` may speak for: oneself, or a community one facilitates.
///
/// # Errors
/// `NotFound`, `NotAllowed(ActiveAccount | Facilitator | NotOurs | Author)`.
pub fn spoken_for(tx: &mut Tx<'_>, by: ActorId, id: ActorId) -> Outcome<row::Actor> {
    let row = active(tx, id)?;
    if row.peer_id.is_some() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    match row.kind {
        ActorKind::Group => {
            require_in(tx, by, Action::Manage, id)?;
        }
        ActorKind::Person | ActorKind::Service | ActorKind::Organization if by == id => {}
        ActorKind::Person
        | ActorKind::Service
        | ActorKind::Organization
        | ActorKind::Application => return Err(Error::not_allowed(Rule::Author)),
    }
    Ok(row)
}

/// Another address is the same person's or community's; who follows it may be sent here. Twice is
/// once.
///
/// # Errors
/// As [`spoken_for`]; `NotFound`; `Invalid(known: NotAChoice)` for itself, and for a person where a
/// community is meant; `Invalid(known: TooLong)` for more than [`OTHERS_MAX`].
pub fn also_known_as(tx: &mut Tx<'_>, by: ActorId, id: ActorId, other: ActorId) -> Outcome<()> {
    let row = spoken_for(tx, by, id)?;
    let named = active(tx, other)?;
    if !alike(&row, &named) {
        return Err(Error::invalid("known", Why::NotAChoice));
    }
    let known = store::actor::alias::of(tx.db, id)?;
    if known.iter().any(|one| one.id == other) {
        return Ok(());
    }
    if known.len() >= OTHERS_MAX {
        return Err(Error::invalid("known", Why::TooLong));
    }
    let added_at = tx.now;
    store::actor::alias::insert(
        tx.db,
        &row::AlsoKnownAs {
            actor_id: id,
            other_id: other,
            added_at,
        },
    )?;
    changed(tx, row)
}

/// Another address is theirs no more. One that was not named changes nothing.
///
/// # Errors
/// As [`spoken_for`].
pub fn no_longer_known_as(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    other: ActorId,
) -> Outcome<()> {
    let row = spoken_for(tx, by, id)?;
    if store::actor::alias::delete(tx.db, id, other)? {
        changed(tx, row)?;
    }
    Ok(())
}

/// Leaves for another address, which must know this one: the caller has asked it, now. Its
/// followers are taken along, and it stays where it is for whoever comes by.
///
/// # Errors
/// As [`spoken_for`]; `NotFound`; `Invalid(new_home: NotAChoice)` as in [`also_known_as`].
pub fn leave(tx: &mut Tx<'_>, by: ActorId, id: ActorId, to: ActorId) -> Outcome<()> {
    let mut row = spoken_for(tx, by, id)?;
    let new = active(tx, to)?;
    if !alike(&row, &new) {
        return Err(Error::invalid("new_home", Why::NotAChoice));
    }
    row.moved_to = Some(to);
    row.updated_at = tx.now;
    store::actor::update(tx.db, &row)?;
    tx.record(Fact::ActorMoved { actor: id, to });
    Ok(())
}

/// Is back, or has not left after all. Followers who have gone do not come back by themselves.
///
/// # Errors
/// As [`spoken_for`].
pub fn stay(tx: &mut Tx<'_>, by: ActorId, id: ActorId) -> Outcome<()> {
    let mut row = spoken_for(tx, by, id)?;
    if row.moved_to.take().is_some() {
        changed(tx, row)?;
    }
    Ok(())
}

/// A community is one with communities, and a person with whatever else acts.
fn alike(one: &row::Actor, other: &row::Actor) -> bool {
    let group = |row: &row::Actor| row.kind == ActorKind::Group;
    let bare = |row: &row::Actor| row.kind == ActorKind::Application;
    one.id != other.id && group(one) == group(other) && !bare(other)
}

fn changed(tx: &mut Tx<'_>, mut row: row::Actor) -> Outcome<()> {
    row.updated_at = tx.now;
    store::actor::update(tx.db, &row)?;
    tx.record(Fact::ActorChanged { actor: row.id });
    Ok(())
}
