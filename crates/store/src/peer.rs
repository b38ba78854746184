//! Peers: the servers we have met, how they answer, and how we stand with them.

pub mod given_up;
pub mod rule;
pub mod settle;
pub mod suspended;

use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::row::Peer;
use crate::schema::{delivery, peer};
use diesel::prelude::*;
use model::peer::policy::Standing;
use model::peer::{DeliveryState, PeerState, SILENT_SECONDS, SignatureForm};
use model::{ActivityId, PeerId, Time};
use std::collections::{HashMap, HashSet};

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
        took_at: None,
        parked_at: None,
        standing: rule::standing_of(db, host)?,
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

/// It took something, or answered as one that is well. A parked peer stays so until what it missed
/// is queued: answers whether that is to begin now.
pub fn answered(db: &mut Db, id: PeerId, now: Time) -> QueryResult<bool> {
    let revived = wakes(db, id)?;
    diesel::update(peer::table.find(id))
        .set((
            peer::last_seen.eq(now),
            peer::failures.eq(0),
            peer::last_error.eq(None::<String>),
        ))
        .execute(db)?;
    Ok(revived)
}

/// It has sent something itself. Whether it takes anything, the next try will tell: that is brought
/// forward where it had been silent, but no further than to what it asked for. A parked one is
/// woken: answers whether what it missed is to be queued now.
pub fn heard(db: &mut Db, id: PeerId, now: Time) -> QueryResult<bool> {
    let Some(known) = by_id(db, id)? else {
        return Ok(false);
    };
    let revived = wakes(db, id)?;
    let was_silent = known.last_seen.plus_seconds(SILENT_SECONDS) <= now;
    if revived || (known.failures > 0 && was_silent) {
        let soonest = known.asked_until.map_or(now, |asked| asked.max(now));
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

/// It is parked, and nobody is queueing what it missed.
fn wakes(db: &mut Db, id: PeerId) -> QueryResult<bool> {
    let parked = peer::state.eq(PeerState::Parked).and(peer::failures.gt(0));
    let parked: i64 = peer::table
        .filter(peer::id.eq(id).and(parked))
        .count()
        .get_result(db)?;
    Ok(parked > 0)
}

/// These took what we sent.
pub fn took(db: &mut Db, ids: &[PeerId], now: Time) -> QueryResult<()> {
    if !ids.is_empty() {
        each!(db, c => diesel::update(peer::table.filter(among(peer::id, ids.iter().copied())))
            .set((peer::took_at.eq(now), peer::last_seen.eq(now)))
            .execute(c))?;
    }
    Ok(())
}

/// It did not take what we sent: leave it alone until `retry_at`. Where it is parked, what is
/// frozen from `now` on is what it misses.
pub fn failed(
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

/// It asked us to wait until then; it is left alone until `retry_at`.
pub fn asks_to_wait(db: &mut Db, id: PeerId, until: Time, retry_at: Time) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set((peer::asked_until.eq(until), peer::retry_at.eq(retry_at)))
        .execute(db)?;
    Ok(())
}

/// Nothing was queued for those of them that are parked, of what was frozen from `from` on.
pub fn missed(db: &mut Db, ids: &[PeerId], from: ActivityId) -> QueryResult<()> {
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

/// What it missed so far is being queued: from where on, where it missed anything.
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

/// It has what it missed, or will get it: queued for like every other from now on.
pub fn unpark(db: &mut Db, id: PeerId) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set((
            peer::state.eq(PeerState::Active),
            peer::parked_at.eq(None::<Time>),
        ))
        .execute(db)?;
    Ok(())
}

/// The hosts that last took a signature in another form than the draft's, or did once.
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

/// Remembers the form in which a host takes signatures. One that is no peer is not made one, and
/// answers `false`.
pub fn set_signature_form(db: &mut Db, host: &str, form: SignatureForm) -> QueryResult<bool> {
    let known = diesel::update(peer::table.filter(peer::host.eq(host)))
        .set(peer::signature_form.eq(form))
        .execute(db)?;
    Ok(known == 1)
}

/// Tries it again at once.
pub fn retry_now(db: &mut Db, id: PeerId, now: Time) -> QueryResult<()> {
    diesel::update(peer::table.find(id))
        .set(peer::retry_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Those of them that nothing is queued for: the parked and the blocked.
pub fn left_out(db: &mut Db, ids: &[PeerId]) -> QueryResult<HashSet<PeerId>> {
    let left_out = peer::state
        .eq(PeerState::Parked)
        .or(peer::standing.eq(Standing::Blocked));
    let found: Vec<PeerId> = each!(db, c => peer::table
        .filter(among(peer::id, ids.iter().copied()))
        .filter(left_out)
        .select(peer::id)
        .load(c))?;
    Ok(found.into_iter().collect())
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
