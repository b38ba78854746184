//! Peers: remote servers, their health, and the effect of the rules on them.

pub mod apply_rule;
pub mod blocked_follow;
pub mod discarded;
pub mod last_failure;
pub mod refused_form;
pub mod rule;

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::row::Peer;
use crate::schema::{actor, delivery, peer};
use diesel::prelude::*;
use model::peer::policy::PeerStanding;
use model::peer::{DeliveryState, PeerState, SILENT_SECONDS, SignatureForm};
use model::{ActivityId, ActorId, PeerId, Time};
use std::collections::{HashMap, HashSet};

/// Finds a peer by its host, with its port where it has one.
pub fn by_host(db: &mut Db, host: &str) -> QueryResult<Option<Peer>> {
    peer::table
        .filter(peer::host.eq(host))
        .select(Peer::as_select())
        .first(db)
        .optional()
}

/// Finds a peer by its id.
pub fn by_id(db: &mut Db, id: PeerId) -> QueryResult<Option<Peer>> {
    peer::table
        .find(id)
        .select(Peer::as_select())
        .first(db)
        .optional()
}

/// Returns the peer of a host; inserts it with the given id if it is new.
pub fn get_or_insert(db: &mut Db, id: PeerId, host: &str, now: Time) -> QueryResult<PeerId> {
    if let Some(known) = by_host(db, host)? {
        return Ok(known.id);
    }
    let long_ago = Time::from_unix_millis(0);
    let row = Peer {
        id,
        host: host.to_owned(),
        name: None,
        software: None,
        version: None,
        state: PeerState::Active,
        first_seen: now,
        last_seen: now,
        failures: 0,
        last_error: None,
        retry_at: long_ago,
        lane_until: long_ago,
        lane_holder: 0,
        accepted_at: None,
        parked_at: None,
        standing: rule::standing_by_rules(db, host)?,
        signature_form: None,
        asked_until: None,
        missed_from: None,
    };
    each!(db, c => diesel::insert_into(peer::table).values(&row).on_conflict(peer::host).do_nothing().execute(c))?;
    peer::table
        .filter(peer::host.eq(host))
        .select(peer::id)
        .first(db)
}

/// Records a successful answer and resets the failures. A parked peer stays parked until what it
/// missed is queued: returns whether that starts now.
pub fn record_answer(db: &mut Db, id: PeerId, now: Time) -> QueryResult<bool> {
    let revived = may_revive(db, id)?;
    diesel::update(peer::table.find(id))
        .set((
            peer::last_seen.eq(now),
            peer::failures.eq(0),
            peer::last_error.eq(None::<String>),
        ))
        .execute(db)?;
    Ok(revived)
}

/// Records that the peer sent something. Whether it accepts deliveries, the next attempt shows: the
/// retry is moved forward where the peer had been silent, but not before the time it asked for.
/// Returns whether it was parked and what it missed is to be queued now.
pub fn record_contact(db: &mut Db, id: PeerId, now: Time) -> QueryResult<bool> {
    let Some(known) = by_id(db, id)? else {
        return Ok(false);
    };
    let revived = may_revive(db, id)?;
    let was_silent = known.last_seen.plus_seconds(SILENT_SECONDS) <= now;
    if revived || (known.failures > 0 && was_silent) {
        let soonest = known
            .asked_until
            .map_or(now, |wait_until| wait_until.max(now));
        diesel::update(peer::table.find(id))
            .set(peer::retry_at.eq(known.retry_at.min(soonest)))
            .execute(db)?;
    }
    if revived {
        diesel::update(peer::table.find(id))
            .set(peer::failures.eq(0))
            .execute(db)?;
    }
    diesel::update(peer::table.find(id))
        .set(peer::last_seen.eq(now))
        .execute(db)?;
    Ok(revived)
}

/// Whether it is parked, and what it missed is not being queued yet.
fn may_revive(db: &mut Db, id: PeerId) -> QueryResult<bool> {
    let parked = peer::state.eq(PeerState::Parked).and(peer::failures.gt(0));
    let parked: i64 = peer::table
        .filter(peer::id.eq(id).and(parked))
        .count()
        .get_result(db)?;
    Ok(parked > 0)
}

/// Records that these peers accepted a delivery.
pub fn record_accepted(db: &mut Db, ids: &[PeerId], now: Time) -> QueryResult<()> {
    if !ids.is_empty() {
        each!(db, c => diesel::update(peer::table.filter(among(peer::id, ids.iter().copied())))
            .set((peer::accepted_at.eq(now), peer::last_seen.eq(now)))
            .execute(c))?;
    }
    Ok(())
}

/// Records a failed delivery and when to retry. If `park`, nothing is queued for it from `now` on.
pub fn record_failure(
    db: &mut Db,
    id: PeerId,
    why: &str,
    retry_at: Time,
    park: bool,
    now: Time,
) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set((
            peer::failures.eq(peer::failures + 1),
            peer::last_error.eq(why),
            peer::retry_at.eq(retry_at),
        ))
        .execute(db)?;
    if park {
        let active = peer::id.eq(id).and(peer::state.eq(PeerState::Active));
        diesel::update(peer::table.filter(active))
            .set((peer::state.eq(PeerState::Parked), peer::parked_at.eq(now)))
            .execute(db)?;
    }
    Ok(())
}

/// Stores until when the peer asked us to wait, and when to retry.
pub fn set_wait(db: &mut Db, id: PeerId, until: Time, retry_at: Time) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set((peer::asked_until.eq(until), peer::retry_at.eq(retry_at)))
        .execute(db)?;
    Ok(())
}

/// Records, for those of the peers that are parked, that nothing was queued for them from activity
/// `from` on.
pub fn record_missed(db: &mut Db, ids: &[PeerId], from: ActivityId) -> QueryResult<()> {
    let unknown = peer::missed_from
        .is_null()
        .or(peer::missed_from.gt(from))
        .assume_not_null();
    each!(db, c => diesel::update(peer::table.filter(among(peer::id, ids.iter().copied())))
        .filter(peer::state.eq(PeerState::Parked).and(unknown))
        .set(peer::missed_from.eq(from))
        .execute(c))?;
    Ok(())
}

/// Returns and clears the first activity that a peer missed; `None` where it missed nothing.
pub fn take_missed(db: &mut Db, id: PeerId) -> QueryResult<Option<ActivityId>> {
    let from: Option<Option<ActivityId>> = peer::table
        .find(id)
        .select(peer::missed_from)
        .first(db)
        .optional()?;
    diesel::update(peer::table.find(id))
        .set(peer::missed_from.eq(None::<ActivityId>))
        .execute(db)?;
    Ok(from.flatten())
}

/// Ends the parking of a peer: deliveries are queued for it again.
pub fn unpark(db: &mut Db, id: PeerId) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set((
            peer::state.eq(PeerState::Active),
            peer::parked_at.eq(None::<Time>),
        ))
        .execute(db)?;
    Ok(())
}

/// Returns the hosts with a known signature form, most recently seen first.
pub fn signature_forms(db: &mut Db, limit: i64) -> QueryResult<Vec<(String, SignatureForm)>> {
    let forms: Vec<(String, Option<SignatureForm>)> = peer::table
        .filter(peer::signature_form.is_not_null())
        .order(peer::last_seen.desc())
        .limit(limit)
        .select((peer::host, peer::signature_form))
        .load(db)?;
    let named = |(host, form): (_, Option<_>)| Some((host, form?));
    Ok(forms.into_iter().filter_map(named).collect())
}

/// Stores the signature form that a host accepts. Returns `false` where the host is no peer.
pub fn set_signature_form(db: &mut Db, host: &str, form: SignatureForm) -> QueryResult<bool> {
    let known = diesel::update(peer::table.filter(peer::host.eq(host)))
        .set(peer::signature_form.eq(form))
        .execute(db)?;
    Ok(known == 1)
}

/// Makes a peer due for a retry at `now`.
pub fn retry_now(db: &mut Db, id: PeerId, now: Time) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set(peer::retry_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Returns those of the peers for which nothing is queued: the parked and the blocked.
pub fn excluded(db: &mut Db, ids: &[PeerId]) -> QueryResult<HashSet<PeerId>> {
    let excluded = peer::state
        .eq(PeerState::Parked)
        .or(peer::standing.eq(PeerStanding::Blocked));
    let found: Vec<PeerId> = each!(db, c => peer::table
        .filter(among(peer::id, ids.iter().copied()))
        .filter(excluded)
        .select(peer::id)
        .load(c))?;
    Ok(found.into_iter().collect())
}

/// Stores what a peer's NodeInfo says: its organization's name, and what it runs.
pub fn set_node_info(
    db: &mut Db,
    id: PeerId,
    name: Option<&str>,
    software: &str,
    version: &str,
) -> QueryResult<()> {
    let node_info = (
        peer::name.eq(name),
        peer::software.eq(software),
        peer::version.eq(version),
    );
    diesel::update(peer::table.find(id))
        .set(node_info)
        .execute(db)?;
    Ok(())
}

/// Some actor of each peer whose software is unknown and that was seen after a moment.
pub fn unidentified(db: &mut Db, after: Time, limit: i64) -> QueryResult<Vec<ActorId>> {
    let peers: Vec<PeerId> = each!(db, c => peer::table
        .filter(peer::software.is_null())
        .filter(peer::state.eq(PeerState::Active))
        .filter(peer::standing.ne(PeerStanding::Blocked))
        .filter(peer::last_seen.gt(after))
        .order(peer::last_seen.desc())
        .limit(limit)
        .select(peer::id)
        .load(c))?;
    let mut actors = Vec::new();
    for id in peers {
        let some: Option<ActorId> = each!(db, c => actor::table
            .filter(actor::peer_id.eq(id))
            .order(actor::id.asc())
            .select(actor::id)
            .first(c)
            .optional())?;
        actors.extend(some);
    }
    Ok(actors)
}

/// The hosts of the peers that took something last, after a moment, newest first.
pub fn reachable(db: &mut Db, after: Time, limit: i64) -> QueryResult<Vec<String>> {
    each!(db, c => peer::table
        .filter(peer::accepted_at.gt(after).and(peer::failures.eq(0)))
        .filter(peer::standing.ne(PeerStanding::Blocked))
        .order(peer::accepted_at.desc())
        .limit(limit)
        .select(peer::host)
        .load(c))
}

/// Peers, newest first, below the cursor, each with how many deliveries wait and failed.
pub fn list(db: &mut Db, before: PeerId, limit: i64) -> QueryResult<Vec<(Peer, i64, i64)>> {
    let peers: Vec<Peer> = peer::table
        .filter(peer::id.lt(before))
        .order(peer::id.desc())
        .limit(limit)
        .select(Peer::as_select())
        .load(db)?;
    let ids: Vec<PeerId> = peers.iter().map(|row| row.id).collect();
    let counts: Vec<(PeerId, DeliveryState, i64)> = each!(db, c => delivery::table
        .filter(among(delivery::peer_id, ids.iter().copied()))
        .group_by((delivery::peer_id, delivery::state))
        .select((delivery::peer_id, delivery::state, diesel::dsl::count_star()))
        .load(c))?;
    let counts: HashMap<_, _> = counts
        .into_iter()
        .map(|(id, state, n)| ((id, state.as_str()), n))
        .collect();
    let count = |id, state: DeliveryState| counts.get(&(id, state.as_str())).copied().unwrap_or(0);
    Ok(peers
        .into_iter()
        .map(|row| {
            let waiting = count(row.id, DeliveryState::Waiting);
            let failed = count(row.id, DeliveryState::Failed);
            (row, waiting, failed)
        })
        .collect())
}
