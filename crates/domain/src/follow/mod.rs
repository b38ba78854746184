//! Following: by button, by name, and by peers. Following is not membership.

mod mend;
mod moved;
#[cfg(test)]
mod tests;

pub use mend::{Mend, mend};
pub use moved::{carry_over, moved};

use crate::{Error, Outcome, Tx, actor};
use model::actor::ActorState;
use model::fact::FollowSeen;
use model::refusal::Rule;
use model::{ActorId, ActorKind, Fact, FollowId, MemberRole, Time};
use store::row;

/// Seconds after which a follow without an answer is asked again: one day.
pub const ASK_AGAIN_SECONDS: i64 = 86_400;

fn seen(row: &row::Follow) -> FollowSeen {
    FollowSeen {
        follow: row.id,
        ap_id: row.ap_id.clone(),
        follower: row.follower_id,
        target: row.target_id,
    }
}

/// A local person follows somebody or some community. One of ours says yes at once; a peer's
/// is asked, and the follow is pending until its `Accept`. Twice is once.
///
/// # Errors
/// `NotFound`, `NotAllowed(Oneself | ActiveAccount | PeerRefused)`.
pub fn follow(tx: &mut Tx<'_>, follower: ActorId, target: ActorId) -> Outcome<row::Follow> {
    if follower == target {
        return Err(Error::not_allowed(Rule::Oneself));
    }
    actor::active(tx, follower)?;
    let to = actor::active(tx, target)?;
    if to.peer_id.is_some() && tx.policy().refuses(&to.host).is_some() {
        return Err(Error::not_allowed(Rule::PeerRefused));
    }
    if let Some(known) = store::follow::between(tx.db, follower, target)? {
        return Ok(known);
    }
    let id: FollowId = tx.id();
    let row = row::Follow {
        id,
        follower_id: follower,
        target_id: target,
        ap_id: tx.urls()?.follow(id),
        accepted: to.peer_id.is_none(),
        asked_at: tx.now,
    };
    store::follow::insert(tx.db, &row)?;
    if row.accepted {
        store::actor::add_followers(tx.db, target, 1)?;
        record_followed(tx, follower, &to)?;
    } else {
        tx.record(Fact::FollowAsked(seen(&row)));
    }
    Ok(row)
}

/// A local person no longer follows, or cancels what was asked. Nothing to end is no fault.
///
/// # Errors
/// Faults only.
pub fn unfollow(tx: &mut Tx<'_>, follower: ActorId, target: ActorId) -> Outcome<()> {
    let Some(row) = store::follow::between(tx.db, follower, target)? else {
        return Ok(());
    };
    end(tx, &row)?;
    if actor::get(tx, target)?.peer_id.is_some() {
        tx.record(Fact::FollowWithdrawn(seen(&row)));
    }
    Ok(())
}

pub(crate) fn end(tx: &mut Tx<'_>, row: &row::Follow) -> Outcome<()> {
    store::follow::delete(tx.db, row.id)?;
    if row.accepted {
        store::actor::add_followers(tx.db, row.target_id, -1)?;
    }
    Ok(())
}

/// A peer's actor follows one of ours: yes at once, also when it asks again. An actor of ours
/// that is suspended or gone says no.
///
/// # Errors
/// `NotFound`.
pub fn asked_by_peer(
    tx: &mut Tx<'_>,
    follower: ActorId,
    target: ActorId,
    ap_id: &str,
) -> Outcome<()> {
    actor::get(tx, follower)?;
    let to = actor::get(tx, target)?;
    if to.state == ActorState::Pending {
        return Err(Error::not_found("actor"));
    }
    let id: FollowId = tx.id();
    let asked = row::Follow {
        id,
        follower_id: follower,
        target_id: target,
        ap_id: ap_id.to_owned(),
        accepted: true,
        asked_at: tx.now,
    };
    if to.state != ActorState::Active || to.kind == ActorKind::Application {
        tx.record(Fact::FollowRefused(seen(&asked)));
        return Ok(());
    }
    if let Some(known) = store::follow::between(tx.db, follower, target)? {
        if known.ap_id != ap_id {
            store::follow::set_ap_id(tx.db, known.id, ap_id)?;
        }
        tx.record(Fact::FollowGranted(FollowSeen {
            ap_id: ap_id.to_owned(),
            ..seen(&known)
        }));
        return Ok(());
    }
    if store::follow::insert(tx.db, &asked)? {
        store::actor::add_followers(tx.db, target, 1)?;
        record_followed(tx, follower, &to)?;
    }
    tx.record(Fact::FollowGranted(seen(&asked)));
    Ok(())
}

/// A peer's actor no longer follows.
///
/// # Errors
/// Faults only.
pub fn withdrawn_by_peer(tx: &mut Tx<'_>, follower: ActorId, target: ActorId) -> Outcome<bool> {
    let Some(row) = store::follow::between(tx.db, follower, target)? else {
        return Ok(false);
    };
    end(tx, &row)?;
    Ok(true)
}

/// A peer's inbox is gone (410): whoever had it to themselves follows nobody here any more, and
/// nothing more waits for it. Answers `false` where it is nobody's own.
///
/// # Errors
/// Faults only.
pub fn inbox_gone(tx: &mut Tx<'_>, inbox: &str) -> Outcome<bool> {
    let Some(follower) = store::raw::actor::by_own_inbox(tx.db, inbox)? else {
        return Ok(false);
    };
    for row in store::follow::touching(tx.db, follower.id)? {
        if row.follower_id == follower.id {
            end(tx, &row)?;
        }
    }
    store::queue::delivery::drop_inbox(tx.db, inbox)?;
    Ok(true)
}

/// A peer's actor has answered a follow of ours. Answers whether we had asked.
///
/// # Errors
/// Faults only.
pub fn answered(tx: &mut Tx<'_>, follower: ActorId, target: ActorId, yes: bool) -> Outcome<bool> {
    let Some(row) = store::follow::between(tx.db, follower, target)? else {
        return Ok(false);
    };
    if !yes {
        end(tx, &row)?;
    } else if !row.accepted {
        store::follow::accept(tx.db, row.id)?;
        store::actor::add_followers(tx.db, target, 1)?;
    }
    Ok(true)
}

/// Asks once more where no answer came for a day, under a new name: servers drop the repeat of an
/// activity whose id they know. Answers how many.
///
/// # Errors
/// Faults only.
pub fn ask_again(tx: &mut Tx<'_>, asked_before: Time) -> Outcome<usize> {
    let rows = store::follow::unanswered(tx.db, asked_before, 500)?;
    for row in &rows {
        store::follow::asked_again(tx.db, row.id, tx.now)?;
        asked_anew(tx, row);
    }
    Ok(rows.len())
}

fn asked_anew(tx: &mut Tx<'_>, row: &row::Follow) {
    tx.record(Fact::FollowAsked(FollowSeen {
        ap_id: format!("{}#{}", row.ap_id, tx.now.unix_millis()),
        ..seen(row)
    }));
}

/// Somebody of ours is back: their suspension took back their follows of other servers' actors,
/// so each of them is asked again, and pending until its answer.
///
/// # Errors
/// `NotFound`.
pub(crate) fn ask_all_again(tx: &mut Tx<'_>, follower: ActorId) -> Outcome<()> {
    for row in store::follow::touching(tx.db, follower)? {
        if row.follower_id != follower || actor::get(tx, row.target_id)?.peer_id.is_none() {
            continue;
        }
        ask_once_more(tx, &row)?;
    }
    Ok(())
}

/// A follow that a block had ended, and that block is lifted. A peer's actor was never told, so its
/// follow stands; ours is asked again, and pending until its answer: a suspended account's once it is
/// back. Nothing comes of it where either is gone, or where they follow anew.
pub(crate) fn resume(tx: &mut Tx<'_>, kept: &row::SuspendedFollow) -> Outcome<()> {
    let (from, to) = (
        actor::get(tx, kept.follower_id)?,
        actor::get(tx, kept.target_id)?,
    );
    let gone = |who: &row::Actor| matches!(who.state, ActorState::Deleted | ActorState::Pending);
    if gone(&from) || gone(&to) {
        return Ok(());
    }
    let theirs = from.peer_id.is_some();
    let row = row::Follow {
        id: kept.id,
        follower_id: from.id,
        target_id: to.id,
        ap_id: kept.ap_id.clone(),
        accepted: theirs,
        asked_at: tx.now,
    };
    if !store::follow::insert(tx.db, &row)? {
        return Ok(());
    }
    if theirs {
        store::actor::add_followers(tx.db, to.id, 1)?;
    } else if from.state == ActorState::Active {
        asked_anew(tx, &row);
    }
    Ok(())
}

/// A follow of a peer's actor that does not stand there: asked again, and pending until its answer.
fn ask_once_more(tx: &mut Tx<'_>, row: &row::Follow) -> Outcome<()> {
    store::follow::set_pending(tx.db, row.id, tx.now)?;
    if row.accepted {
        store::actor::add_followers(tx.db, row.target_id, -1)?;
    }
    asked_anew(tx, row);
    Ok(())
}

/// Records that an actor of ours has a new follower.
fn record_followed(tx: &mut Tx<'_>, follower: ActorId, target: &row::Actor) -> Outcome<()> {
    let facilitators = match target.kind {
        ActorKind::Group => {
            let (reader, roles) = (tx.reader(target.id), [MemberRole::Facilitator]);
            let rows = store::community::members(tx.db, reader, target.id, &roles, 20)?;
            Some(rows.into_iter().map(|(_, actor)| actor.id).collect())
        }
        ActorKind::Person
        | ActorKind::Service
        | ActorKind::Application
        | ActorKind::Organization => None,
    };
    tx.record(Fact::ActorFollowed {
        follower,
        target: target.id,
        facilitators,
    });
    Ok(())
}
