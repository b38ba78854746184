//! Moving local people and communities (FEP-7628): their `alsoKnownAs`, with which followers can be
//! moved here, and moves to another actor.

use super::active;
use crate::access::require_in;
use crate::{Error, Outcome, Tx};
use model::access::Action;
use model::actor::ActorKind;
use model::refusal::Rule;
use model::{ActorId, Fact, Why};
use store::row;

/// Limits the entries of `alsoKnownAs`.
pub const ALSO_KNOWN_AS_MAX: usize = 10;

/// Returns a local actor that `by` controls: oneself, or a community that one facilitates.
///
/// # Errors
/// `NotFound`, `NotAllowed(ActiveAccount | Facilitator | NotOurs | Author)`.
pub fn require_control(tx: &mut Tx<'_>, by: ActorId, id: ActorId) -> Outcome<row::Actor> {
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

/// Adds an actor to `alsoKnownAs`, from which followers may then be moved here. Idempotent.
///
/// # Errors
/// As [`require_control`]; `NotFound`; `Invalid(known: NotAChoice)` for itself, and for a person where a
/// community is meant; `Invalid(known: TooLong)` for more than [`ALSO_KNOWN_AS_MAX`].
pub fn also_known_as(tx: &mut Tx<'_>, by: ActorId, id: ActorId, other: ActorId) -> Outcome<()> {
    let row = require_control(tx, by, id)?;
    let named = active(tx, other)?;
    if !is_same_kind(&row, &named) {
        return Err(Error::invalid("known", Why::NotAChoice));
    }
    let known = store::actor::alias::of(tx.db, id)?;
    if known.iter().any(|one| one.id == other) {
        return Ok(());
    }
    if known.len() >= ALSO_KNOWN_AS_MAX {
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

/// Removes an actor from `alsoKnownAs`. Idempotent.
///
/// # Errors
/// As [`require_control`].
pub fn no_longer_known_as(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    other: ActorId,
) -> Outcome<()> {
    let row = require_control(tx, by, id)?;
    if store::actor::alias::delete(tx.db, id, other)? {
        changed(tx, row)?;
    }
    Ok(())
}

/// Moves to another actor, which must list this one in `alsoKnownAs`: the caller has checked that.
/// The followers are moved too; this actor stays visible.
///
/// # Errors
/// As [`require_control`]; `NotFound`; `Invalid(new_home: NotAChoice)` as in [`also_known_as`].
pub fn leave(tx: &mut Tx<'_>, by: ActorId, id: ActorId, to: ActorId) -> Outcome<()> {
    let mut row = require_control(tx, by, id)?;
    let new = active(tx, to)?;
    if !is_same_kind(&row, &new) {
        return Err(Error::invalid("new_home", Why::NotAChoice));
    }
    row.moved_to = Some(to);
    row.updated_at = tx.now;
    store::actor::update(tx.db, &row)?;
    tx.record(Fact::ActorMoved { actor: id, to });
    Ok(())
}

/// Cancels a move. Followers that have moved do not return by themselves.
///
/// # Errors
/// As [`require_control`].
pub fn cancel_move(tx: &mut Tx<'_>, by: ActorId, id: ActorId) -> Outcome<()> {
    let mut row = require_control(tx, by, id)?;
    if row.moved_to.take().is_some() {
        changed(tx, row)?;
    }
    Ok(())
}

/// Whether both are communities, or neither is; never true of one actor twice, or of an `Application`.
fn is_same_kind(one: &row::Actor, other: &row::Actor) -> bool {
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
