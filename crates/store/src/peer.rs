//! Peers: the servers we have met, and how they answer.

use crate::connection::Db;
use crate::each;
use crate::row::Peer;
use crate::schema::{delivery, peer};
use diesel::prelude::*;
use model::peer::{DeliveryState, PeerState};
use model::{PeerId, Time};
use std::collections::HashMap;

/// By host (with its port, where it has one).
pub fn by_host(db: &mut Db, host: &str) -> QueryResult<Option<Peer>> {
    peer::table
        .filter(peer::host.eq(host))
        .select(Peer::as_select())
        .first(db)
        .optional()
}

/// One peer.
pub fn by_id(db: &mut Db, id: PeerId) -> QueryResult<Option<Peer>> {
    peer::table
        .find(id)
        .select(Peer::as_select())
        .first(db)
        .optional()
}

/// The peer of a host, made with the id offered if it is new.
pub fn meet(db: &mut Db, id: PeerId, host: &str, now: Time) -> QueryResult<PeerId> {
    if let Some(known) = by_host(db, host)? {
        return Ok(known.id);
    }
    let long_ago = Time::from_unix_millis(0);
    let row = Peer {
        id,
        host: host.to_owned(),
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
    };
    each!(db, c => diesel::insert_into(peer::table).values(&row).on_conflict_do_nothing().execute(c))?;
    peer::table
        .filter(peer::host.eq(host))
        .select(peer::id)
        .first(db)
}

/// A sign of life: it sent us something good, or took what we sent. Revives a parked peer.
pub fn seen(db: &mut Db, id: PeerId, now: Time) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set((
            peer::last_seen.eq(now),
            peer::failures.eq(0),
            peer::last_error.eq(None::<String>),
            peer::retry_at.eq(now),
            peer::state.eq(PeerState::Active),
        ))
        .execute(db)?;
    Ok(())
}

/// It did not take what we sent: leave it alone until `retry_at`.
pub fn failed(db: &mut Db, id: PeerId, why: &str, retry_at: Time, park: bool) -> QueryResult<()> {
    let state = if park {
        PeerState::Parked
    } else {
        PeerState::Active
    };
    diesel::update(peer::table.find(id))
        .set((
            peer::failures.eq(peer::failures + 1),
            peer::last_error.eq(why),
            peer::retry_at.eq(retry_at),
            peer::state.eq(state),
        ))
        .execute(db)?;
    Ok(())
}

/// Tries it again at once.
pub fn retry_now(db: &mut Db, id: PeerId, now: Time) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set((peer::retry_at.eq(now), peer::state.eq(PeerState::Active)))
        .execute(db)?;
    Ok(())
}

/// What its NodeInfo says it runs.
pub fn set_software(db: &mut Db, id: PeerId, software: &str, version: &str) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set((peer::software.eq(software), peer::version.eq(version)))
        .execute(db)?;
    Ok(())
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
        .filter(delivery::peer_id.eq_any(&ids))
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
