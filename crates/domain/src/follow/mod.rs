//! Following: by button, by name, and by peers. Following is not membership.

mod correct;
mod moved;
#[cfg(test)]
mod tests;

pub use correct::{FollowCorrection, correct};
pub use moved::{carry_over, moved};

use crate::{Error, Outcome, Tx, actor};
use model::actor::ActorState;
use model::fact::FollowSeen;
use model::refusal::Rule;
use model::{ActorId, ActorKind, Fact, FollowId, MemberRole, Time};
use store::row;

/// Seconds after which a follow request without an answer is repeated: one day.
pub const REPEAT_AFTER_SECONDS: i64 = 86_400;

fn seen(row: &row::Follow) -> FollowSeen {
    FollowSeen {
        follow: row.id,
        ap_id: row.ap_id.clone(),
        follower: row.follower_id,
        target: row.target_id,
    }
}

/// Makes a local person follow an actor. A local target accepts at once; a remote one is sent a
/// request, and the follow is pending until its `Accept`. Idempotent.
///
/// # Errors
/// `NotFound`, `NotAllowed(Oneself | ActiveAccount | PeerRefused | PrivateElsewhere)`.
pub fn follow(tx: &mut Tx<'_>, follower: ActorId, target: ActorId) -> Outcome<row::Follow> {
    if follower == target {
        return Err(Error::not_allowed(Rule::Oneself));
    }
    actor::active(tx, follower)?;
    let to = actor::active(tx, target)?;
    // The host of its address may be another one than its server's.
    let policy = tx.policy();
    let refused = policy.refuses(&to.host).or(policy.refuses_url(&to.ap_id));
    if to.peer_id.is_some() && refused.is_some() {
        return Err(Error::not_allowed(Rule::PeerRefused));
    }
    if let Some(known) = store::follow::between(tx.db, follower, target)? {
        return Ok(known);
    }
    if to.kind == ActorKind::Group && to.peer_id.is_some() {
        prepare_remote(tx, target)?;
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
        tx.record(Fact::FollowRequested(seen(&row)));
    }
    Ok(row)
}

/// Has the recent threads of a community of another server imported. What one that is private there sends
/// its followers is not kept here.
fn prepare_remote(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    let Some(place) = store::raw::community::by_id(tx.db, id)? else {
        return Ok(());
    };
    if place.community.private {
        return Err(Error::not_allowed(Rule::PrivateElsewhere));
    }
    crate::community::request_backfill_of(tx, place)
}

/// Ends the follow of a local person, or withdraws their request. Idempotent.
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

/// Ends the follows of local people of an actor, and tells its server.
pub(crate) fn withdraw_all(tx: &mut Tx<'_>, target: ActorId) -> Outcome<()> {
    let rows = store::follow::of_target_by_locals(tx.db, target)?;
    let ids: Vec<FollowId> = rows.iter().map(|row| row.id).collect();
    store::follow::delete_all(tx.db, &ids)?;
    let accepted = rows.iter().filter(|row| row.accepted).count();
    let accepted = i32::try_from(accepted).unwrap_or(i32::MAX);
    store::actor::add_followers(tx.db, target, -accepted)?;
    for row in &rows {
        tx.record(Fact::FollowWithdrawn(seen(row)));
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

/// Handles the follow request of a remote actor: accepted at once, also when repeated. Rejected where
/// the target is suspended or deleted.
///
/// # Errors
/// `NotFound`.
pub fn requested_by_peer(
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
    let row = row::Follow {
        id,
        follower_id: follower,
        target_id: target,
        ap_id: ap_id.to_owned(),
        accepted: true,
        asked_at: tx.now,
    };
    if to.state != ActorState::Active || to.kind == ActorKind::Application {
        tx.record(Fact::FollowRejected(seen(&row)));
        return Ok(());
    }
    if let Some(known) = store::follow::between(tx.db, follower, target)? {
        if known.ap_id != ap_id {
            store::follow::set_ap_id(tx.db, known.id, ap_id)?;
        }
        tx.record(Fact::FollowAccepted(FollowSeen {
            ap_id: ap_id.to_owned(),
            ..seen(&known)
        }));
        return Ok(());
    }
    if store::follow::insert(tx.db, &row)? {
        store::actor::add_followers(tx.db, target, 1)?;
        record_followed(tx, follower, &to)?;
    }
    tx.record(Fact::FollowAccepted(seen(&row)));
    Ok(())
}

/// Ends the follow of a remote actor. Returns whether there was one.
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

/// Handles an inbox that is gone (410): ends the follows of the actor that owns it and drops its
/// deliveries. Returns `false` for a shared or unknown inbox.
///
/// # Errors
/// Faults only.
pub fn inbox_gone(tx: &mut Tx<'_>, inbox: &str) -> Outcome<bool> {
    let Some(follower) = store::raw::actor::by_own_inbox(tx.db, inbox)? else {
        return Ok(false);
    };
    for row in store::follow::of_actor(tx.db, follower.id)? {
        if row.follower_id == follower.id {
            end(tx, &row)?;
        }
    }
    store::queue::delivery::drop_inbox(tx.db, inbox)?;
    Ok(true)
}

/// Handles the answer of a remote actor to a follow request. Returns whether there was a request.
///
/// # Errors
/// Faults only.
pub fn answered_by_peer(
    tx: &mut Tx<'_>,
    follower: ActorId,
    target: ActorId,
    yes: bool,
) -> Outcome<bool> {
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

/// The seconds after a first request at which it is repeated, before the daily rhythm: Lemmy (1.0-beta) loses
/// the Accept of a server's first contact, and is ready a minute later.
const EARLY_REPEATS: [i64; 3] = [90, 300, 1_800];

/// Whether a request that was first made at `first`, and last at `asked`, is to be repeated.
fn is_repeat_due(first: Time, asked: Time, now: Time) -> bool {
    let mut early = EARLY_REPEATS.iter().map(|after| first.plus_seconds(*after));
    early.any(|at| asked < at && at <= now) || asked.plus_seconds(REPEAT_AFTER_SECONDS) <= now
}

/// Repeats the requests that have had no answer for long enough, each with a new id: servers drop the
/// repeat of an activity whose id they know. Returns how many.
///
/// # Errors
/// Faults only.
pub fn repeat_unanswered(tx: &mut Tx<'_>, now: Time) -> Outcome<usize> {
    let mut rows = store::follow::unanswered(tx.db, now, 500)?;
    rows.retain(|row| is_repeat_due(model::id::minted_at(row.id.0), row.asked_at, now));
    for row in &rows {
        store::follow::set_asked_at(tx.db, row.id, now)?;
        record_request(tx, row);
    }
    Ok(rows.len())
}

fn record_request(tx: &mut Tx<'_>, row: &row::Follow) {
    tx.record(Fact::FollowRequested(FollowSeen {
        ap_id: format!("{}#{}", row.ap_id, tx.now.unix_millis()),
        ..seen(row)
    }));
}

/// Restores a follow that a block had ended. A remote follower was not notified, so its follow is
/// valid; that of a local one is requested again, for a suspended account by [`repeat_unanswered`]
/// once it is restored. Does nothing where either actor is gone, or where they follow again already.
pub(crate) fn resume(tx: &mut Tx<'_>, kept: &row::BlockedFollow) -> Outcome<()> {
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
        record_request(tx, &row);
    }
    Ok(())
}

/// Repeats a request to a remote actor; the follow is pending until its answer.
fn repeat(tx: &mut Tx<'_>, row: &row::Follow) -> Outcome<()> {
    store::follow::set_pending(tx.db, row.id, tx.now)?;
    if row.accepted {
        store::actor::add_followers(tx.db, row.target_id, -1)?;
    }
    record_request(tx, row);
    Ok(())
}

/// Records that a local actor has a new follower.
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
