//! Actors, whatever may be seen of them; for verbs and for the federation engine.

use crate::connection::Db;
use crate::each;
use crate::fragment::{among, among_texts};
use crate::row::{Actor, SigningKey};
use crate::schema::{actor, assertion_key, signing_key};
use diesel::prelude::*;
use model::actor::KeyKind;
use model::{ActorId, ActorKind, ActorState, KeyId};
use std::collections::HashMap;

/// One actor.
pub fn by_id(db: &mut Db, id: ActorId) -> QueryResult<Option<Actor>> {
    each!(db, c => actor::table
        .find(id)
        .select(Actor::as_select())
        .first(c)
        .optional())
}

/// Loads several actors; those that do not exist are absent.
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

/// Whether an actor is local.
pub fn is_ours(db: &mut Db, id: ActorId) -> QueryResult<bool> {
    let ours = actor::table.find(id).select(actor::peer_id.is_null());
    Ok(ours.first(db).optional()?.unwrap_or(false))
}

/// Finds an actor by its ActivityPub id.
pub fn by_ap_id(db: &mut Db, ap_id: &str) -> QueryResult<Option<Actor>> {
    each!(db, c => actor::table
        .filter(actor::ap_id.eq(ap_id))
        .select(Actor::as_select())
        .first(c)
        .optional())
}

/// Finds actors by their ActivityPub ids; unknown ones are absent.
pub fn by_ap_ids(db: &mut Db, ap_ids: &[String]) -> QueryResult<Vec<Actor>> {
    each!(db, c => actor::table
        .filter(among_texts(actor::ap_id, ap_ids))
        .select(Actor::as_select())
        .load(c))
}

/// Returns the holder of a remote address, in any letter case: the community, or the actor of another kind; and
/// how its name is written.
pub fn holder(
    db: &mut Db,
    handle: &str,
    host: &str,
    community: bool,
) -> QueryResult<Option<(ActorId, String)>> {
    actor::table
        .filter(crate::actor::is_at(handle, host))
        .filter(actor::kind.eq(ActorKind::Group).eq(community))
        .order((actor::handle.eq(handle).desc(), actor::id))
        .select((actor::id, actor::handle))
        .first(db)
        .optional()
}

/// Finds an actor by the id of one of its keys, with that key. Most actors have only the key in
/// `publicKey`, so that is tried first.
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

/// Finds a key in an actor's `assertionMethod` by its id.
pub fn assertion_key(db: &mut Db, id: ActorId, key_id: &str) -> QueryResult<Option<String>> {
    assertion_key::table
        .find((id, key_id))
        .select(assertion_key::multibase)
        .first(db)
        .optional()
}

/// Finds the remote actor to whom alone an inbox belongs; `None` for an unknown or shared one.
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

/// Returns a key by its id.
pub fn key_by_id(db: &mut Db, id: KeyId) -> QueryResult<Option<SigningKey>> {
    signing_key::table
        .find(id)
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
