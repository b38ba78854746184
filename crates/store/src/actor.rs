//! Actors: found by id, by address, by what the world calls them.

pub mod alias;

use crate::clash;
use crate::connection::Db;
use crate::each;
use crate::fragment::among;
use crate::peer::shown;
use crate::row::{Actor, AssertionKey, SigningKey};
use crate::schema::{account, actor, assertion_key, signing_key};
use diesel::prelude::*;
use model::actor::KeyKind;
use model::{AccountState, ActorId, ActorKind, ActorState, Time};
use std::collections::HashMap;

/// One actor.
pub fn by_id(db: &mut Db, id: ActorId) -> QueryResult<Option<Actor>> {
    each!(db, c => actor::table
        .find(id)
        .select(Actor::as_select())
        .first(c)
        .optional())
}

/// Whether this is an actor of ours.
pub fn is_ours(db: &mut Db, id: ActorId) -> QueryResult<bool> {
    let ours = actor::table.find(id).select(actor::peer_id.is_null());
    Ok(ours.first(db).optional()?.unwrap_or(false))
}

/// Several actors, by id; those that do not exist are absent.
pub fn by_ids(db: &mut Db, ids: &[ActorId]) -> QueryResult<HashMap<ActorId, Actor>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<Actor> = each!(db, c => actor::table
        .filter(among(actor::id, ids.iter().copied()))
        .select(Actor::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// By what the world calls it.
pub fn by_ap_id(db: &mut Db, ap_id: &str) -> QueryResult<Option<Actor>> {
    each!(db, c => actor::table
        .filter(actor::ap_id.eq(ap_id))
        .select(Actor::as_select())
        .first(c)
        .optional())
}

/// Those of the given names that we know.
pub fn by_ap_ids(db: &mut Db, ap_ids: &[String]) -> QueryResult<Vec<Actor>> {
    each!(db, c => actor::table
        .filter(actor::ap_id.eq_any(ap_ids))
        .select(Actor::as_select())
        .load(c))
}

/// By handle; `host` is empty for ours. Where a person and a community of a peer share it, the
/// person. One of a peer that is blocked is not found.
pub fn by_address(db: &mut Db, handle: &str, host: &str) -> QueryResult<Option<Actor>> {
    actor::table
        .filter(actor::handle.eq(handle).and(actor::host.eq(host)))
        .filter(shown::actor())
        .order(actor::kind.eq(ActorKind::Group))
        .select(Actor::as_select())
        .first(db)
        .optional()
}

/// As people write it: with `!` a community, with `@` anybody else, without either as [`by_address`].
/// Here one name is one's alone, however it is written.
pub fn by_written(
    db: &mut Db,
    sigil: Option<char>,
    handle: &str,
    host: &str,
) -> QueryResult<Option<Actor>> {
    match sigil {
        Some('!') if !host.is_empty() => by_address_of(db, handle, host, true),
        Some('@') if !host.is_empty() => by_address_of(db, handle, host, false),
        Some(_) | None => by_address(db, handle, host),
    }
}

/// As [`by_address`], but of those who share the address the one that is a community, or that is not.
fn by_address_of(
    db: &mut Db,
    handle: &str,
    host: &str,
    community: bool,
) -> QueryResult<Option<Actor>> {
    actor::table
        .filter(actor::handle.eq(handle).and(actor::host.eq(host)))
        .filter(actor::kind.eq(ActorKind::Group).eq(community))
        .filter(shown::actor())
        .select(Actor::as_select())
        .first(db)
        .optional()
}

/// Who of a peer has this address, as a community or not, whatever may be seen of that peer.
pub fn holder(
    db: &mut Db,
    handle: &str,
    host: &str,
    community: bool,
) -> QueryResult<Option<ActorId>> {
    actor::table
        .filter(actor::handle.eq(handle).and(actor::host.eq(host)))
        .filter(actor::kind.eq(ActorKind::Group).eq(community))
        .select(actor::id)
        .first(db)
        .optional()
}

/// By the id of a key its document names, with that key as it stands there. Most have one key, the
/// one in `publicKey`, so that is looked for first.
pub fn by_key_id(db: &mut Db, key_id: &str) -> QueryResult<Option<(Actor, String)>> {
    let main: Option<Actor> = actor::table
        .filter(actor::key_id.eq(key_id))
        .filter(actor::key_pem.is_not_null())
        .select(Actor::as_select())
        .first(db)
        .optional()?;
    if let Some((row, pem)) = main.and_then(|row| Some((row.clone(), row.key_pem?))) {
        return Ok(Some((row, pem)));
    }
    assertion_key::table
        .inner_join(actor::table)
        .filter(assertion_key::key_id.eq(key_id))
        .select((Actor::as_select(), assertion_key::multibase))
        .first(db)
        .optional()
}

/// A further key of an actor, by its id.
pub fn assertion_key(db: &mut Db, id: ActorId, key_id: &str) -> QueryResult<Option<String>> {
    assertion_key::table
        .find((id, key_id))
        .select(assertion_key::multibase)
        .first(db)
        .optional()
}

/// The further keys of an actor are now these; costs one query where they are the same.
pub fn set_assertion_keys(db: &mut Db, id: ActorId, rows: &[AssertionKey]) -> QueryResult<()> {
    let held = assertion_key::table.filter(assertion_key::actor_id.eq(id));
    let known: Vec<AssertionKey> = held.select(AssertionKey::as_select()).load(db)?;
    if known.len() == rows.len() && rows.iter().all(|row| known.contains(row)) {
        return Ok(());
    }
    diesel::delete(held).execute(db)?;
    for row in rows {
        each!(db, c => diesel::insert_into(assertion_key::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Whose own inbox this is; `None` where it is nobody's, or shared.
pub fn by_own_inbox(db: &mut Db, inbox: &str) -> QueryResult<Option<Actor>> {
    let mut behind: Vec<Actor> = actor::table
        .filter(actor::delivery_inbox.eq(inbox))
        .filter(actor::peer_id.is_not_null())
        .limit(2)
        .select(Actor::as_select())
        .load(db)?;
    let one = behind.pop().filter(|_| behind.is_empty());
    Ok(one.filter(|actor| actor.inbox == inbox))
}

/// The instance's own actor.
pub fn instance(db: &mut Db) -> QueryResult<Option<Actor>> {
    actor::table
        .filter(
            actor::kind
                .eq(ActorKind::Application)
                .and(actor::peer_id.is_null()),
        )
        .select(Actor::as_select())
        .first(db)
        .optional()
}

/// Adds an actor. A taken address or name in the world changes nothing and answers `false`.
pub fn insert(db: &mut Db, row: &Actor) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(actor::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        clash::none(by_id(db, row.id)?.is_some())?;
    }
    Ok(added == 1)
}

/// Writes a whole actor over what stood.
pub fn update(db: &mut Db, row: &Actor) -> QueryResult<()> {
    each!(db, c => diesel::update(actor::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// A peer gave an address of its to another actor: the former holder keeps its rows under a
/// name nobody can ask for.
pub fn release_address(db: &mut Db, id: ActorId) -> QueryResult<()> {
    diesel::update(actor::table.find(id))
        .set(actor::handle.eq(format!("~{id}")))
        .execute(db)?;
    Ok(())
}

/// It has moved to another address, or is back.
pub fn set_moved_to(db: &mut Db, id: ActorId, to: Option<ActorId>) -> QueryResult<()> {
    diesel::update(actor::table.find(id))
        .set(actor::moved_to.eq(to))
        .execute(db)?;
    Ok(())
}

/// Adds to the number of followers shown.
pub fn add_followers(db: &mut Db, id: ActorId, by: i32) -> QueryResult<()> {
    diesel::update(actor::table.find(id))
        .set(actor::follower_count.eq(actor::follower_count + by))
        .execute(db)?;
    Ok(())
}

/// Adds to the number of threads and replies shown.
pub fn add_posts(db: &mut Db, id: ActorId, by: i32) -> QueryResult<()> {
    each!(db, c => diesel::update(actor::table.find(id))
        .set(actor::post_count.eq(actor::post_count + by))
        .execute(c))?;
    Ok(())
}

/// Local people with an active account, newest first, below the cursor.
pub fn local_people(db: &mut Db, before: ActorId, limit: i64) -> QueryResult<Vec<Actor>> {
    account::table
        .inner_join(actor::table)
        .filter(account::state.eq(AccountState::Active))
        .filter(actor::state.eq(ActorState::Active))
        .filter(actor::id.lt(before))
        .order(actor::id.desc())
        .limit(limit)
        .select(Actor::as_select())
        .load(db)
}

/// Adds a signing key.
pub fn insert_key(db: &mut Db, row: &SigningKey) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(signing_key::table).values(row).execute(c))?;
    Ok(())
}

/// The newest key of a kind of a local actor.
pub fn key(db: &mut Db, actor_id: ActorId, kind: KeyKind) -> QueryResult<Option<SigningKey>> {
    signing_key::table
        .filter(signing_key::actor_id.eq(actor_id))
        .filter(signing_key::kind.eq(kind))
        .order(signing_key::id.desc())
        .select(SigningKey::as_select())
        .first(db)
        .optional()
}

/// Local actors that have no key of a kind, oldest first.
pub fn without_key(db: &mut Db, kind: KeyKind, limit: i64) -> QueryResult<Vec<ActorId>> {
    let has = signing_key::table
        .filter(signing_key::actor_id.eq(actor::id))
        .filter(signing_key::kind.eq(kind));
    actor::table
        .filter(actor::peer_id.is_null())
        .filter(actor::state.ne(ActorState::Deleted))
        .filter(diesel::dsl::not(diesel::dsl::exists(has)))
        .order(actor::id.asc())
        .limit(limit)
        .select(actor::id)
        .load(db)
}

/// Remembers that a remote actor was looked at and found the same.
pub fn touch(db: &mut Db, id: ActorId, now: Time) -> QueryResult<()> {
    diesel::update(actor::table.find(id))
        .set(actor::fetched_at.eq(now))
        .execute(db)?;
    Ok(())
}
