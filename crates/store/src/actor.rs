//! Actors: their rows, by id, by address and by ActivityPub id.

pub mod alias;

use crate::connection::Db;
use crate::each;
use crate::fragment::{Value, among, statement};
use crate::id_collision;
use crate::row::{Actor, AssertionKey, ProfileEntry, SigningKey};
use crate::schema::{account, actor, assertion_key, profile_entry, signing_key};
use crate::visible::{self, for_viewer};
use diesel::prelude::*;
use model::access::Reader;
use model::profile::{EntryKind, PeopleFilter};
use model::search::fold_line;
use model::{AccountState, ActorId, ActorKind, ActorState};
use std::collections::{HashMap, HashSet};

/// One actor, by its id, as its own page would answer for it.
pub fn by_id(db: &mut Db, reader: Reader, id: ActorId) -> QueryResult<Option<Actor>> {
    each!(db, c => actor::table
        .find(id)
        .filter(visible::known_actor(reader))
        .select(Actor::as_select())
        .first(c)
        .optional())
}

/// Whether an actor has an address, in whichever case its letters A to Z are written: one name is one's, as on most
/// servers. Where two from before differ in case only, the caller takes the one that is written like that first.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn is_at<'a>(handle: &'a str, host: &'a str) -> _ {
    let folded: String = handle.to_ascii_lowercase();
    actor::handle_folded.eq(folded).and(actor::host.eq(host))
}

/// By handle, in any letter case; `host` is empty for ours. Where a person and a community of a peer share it, the
/// person. One of a peer that is blocked is not found.
pub fn by_address(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
) -> QueryResult<Option<Actor>> {
    actor::table
        .filter(is_at(handle, host))
        .filter(visible::known_actor(reader))
        .order((
            actor::kind.eq(ActorKind::Group),
            actor::handle.eq(handle).desc(),
            actor::id,
        ))
        .select(Actor::as_select())
        .first(db)
        .optional()
}

/// As people write it: with `!` a community, with `@` anybody else, without either as [`by_address`].
/// Here one name is one's alone, however it is written.
pub fn by_written(
    db: &mut Db,
    reader: Reader,
    sigil: Option<char>,
    handle: &str,
    host: &str,
) -> QueryResult<Option<Actor>> {
    match sigil {
        Some('!') if !host.is_empty() => by_address_of(db, reader, handle, host, true),
        Some('@') if !host.is_empty() => by_address_of(db, reader, handle, host, false),
        Some(_) | None => by_address(db, reader, handle, host),
    }
}

/// As [`by_address`], but of those who share the address the one that is a community, or that is not.
fn by_address_of(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
    community: bool,
) -> QueryResult<Option<Actor>> {
    actor::table
        .filter(is_at(handle, host))
        .filter(actor::kind.eq(ActorKind::Group).eq(community))
        .filter(visible::known_actor(reader))
        .order((actor::handle.eq(handle).desc(), actor::id))
        .select(Actor::as_select())
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

/// Inserts an actor. Returns `false` where the address or the ActivityPub id is taken.
pub fn insert(db: &mut Db, row: &Actor) -> QueryResult<bool> {
    let added = each!(db, c => diesel::insert_into(actor::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        id_collision::check(crate::raw::actor::by_id(db, row.id)?.is_some())?;
    }
    Ok(added == 1)
}

/// Updates all columns of an actor.
pub fn update(db: &mut Db, row: &Actor) -> QueryResult<()> {
    each!(db, c => diesel::update(actor::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// Gives an actor an address that nobody can look up, because its server gave the old one to another
/// actor.
pub fn release_address(db: &mut Db, id: ActorId) -> QueryResult<()> {
    diesel::update(actor::table.find(id))
        .set(actor::handle.eq(format!("~{id}")))
        .execute(db)?;
    Ok(())
}

/// Stores where an actor has moved; `None` cancels it.
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
    let counted = statement!(
        "UPDATE actor SET post_count = post_count + ? WHERE id = ?",
        [Value::BigInt(by.into()), Value::BigInt(id.0)]
    );
    each!(db, c => counted.execute(c))?;
    Ok(())
}

/// These actors, by their ids, each with as much of its profile as the reader sees. Never written back: what they do not
/// see is left empty.
pub fn by_ids(
    db: &mut Db,
    reader: Reader,
    ids: &[ActorId],
) -> QueryResult<HashMap<ActorId, Actor>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<(Actor, bool)> = for_viewer!(visible::profile(reader), seen => {
        each!(db, c => actor::table
            .filter(among(actor::id, ids.iter().copied()))
            .select((Actor::as_select(), seen))
            .load(c))
    })?;
    let shown = rows.into_iter().map(|(row, seen)| match seen {
        true => row,
        false => row.without_profile(),
    });
    Ok(shown.map(|row| (row.id, row)).collect())
}

/// Those of these actors whose whole profile a reader sees.
pub fn with_profile(db: &mut Db, reader: Reader, ids: &[ActorId]) -> QueryResult<HashSet<ActorId>> {
    let seen: Vec<ActorId> = each!(db, c => actor::table
        .filter(among(actor::id, ids.iter().copied()))
        .filter(visible::profile(reader))
        .select(actor::id)
        .load(c))?;
    Ok(seen.into_iter().collect())
}

/// Local people with an active account whom the reader may find, newest first, below the cursor.
pub fn local_people(
    db: &mut Db,
    reader: Reader,
    filter: &PeopleFilter,
    before: ActorId,
    limit: i64,
) -> QueryResult<Vec<Actor>> {
    let entries: Vec<(EntryKind, String)> = filter
        .entries()
        .map(|(kind, text)| (kind, format!("%{}%", escaped(&fold_line(text)))))
        .collect();
    let lang = escaped(&filter.lang);
    each!(db, c => {
        let mut query = account::table
            .inner_join(actor::table)
            .filter(account::state.eq(AccountState::Active))
            .filter(actor::state.eq(ActorState::Active))
            .filter(visible::findable_actor(reader))
            .filter(actor::id.lt(before))
            .order(actor::id.desc())
            .limit(limit)
            .select(Actor::as_select())
            .into_boxed();
        for (kind, like) in entries {
            let with = profile_entry::table
                .filter(profile_entry::kind.eq(kind).and(profile_entry::folded.like(like).escape('\\')))
                .select(profile_entry::actor_id);
            // A narrowed list shows what it was narrowed by.
            query = query
                .filter(actor::id.eq_any(with))
                .filter(visible::profile(reader));
        }
        if !filter.lang.is_empty() {
            let first = actor::languages.like(format!("{lang}%")).escape('\\');
            let later = actor::languages.like(format!("% {lang}%")).escape('\\');
            query = query
                .filter(first.or(later))
                .filter(visible::profile(reader));
        }
        query.load(c)
    })
}

/// A text as part of a pattern of `LIKE`.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// What somebody says of themselves that others can look for, in its order.
pub fn entries(db: &mut Db, id: ActorId) -> QueryResult<Vec<ProfileEntry>> {
    each!(db, c => profile_entry::table
        .filter(profile_entry::actor_id.eq(id))
        .order((profile_entry::kind, profile_entry::number))
        .select(ProfileEntry::as_select())
        .load(c))
}

/// The entries of somebody's profile are now these.
pub fn set_entries(db: &mut Db, id: ActorId, rows: &[ProfileEntry]) -> QueryResult<()> {
    diesel::delete(profile_entry::table.filter(profile_entry::actor_id.eq(id))).execute(db)?;
    for row in rows {
        each!(db, c => diesel::insert_into(profile_entry::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Adds a signing key.
pub fn insert_key(db: &mut Db, row: &SigningKey) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(signing_key::table).values(row).execute(c))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rows;
    use crate::{Store, StoreError, both};
    use model::Time;
    use model::access::Viewer;

    both! {
        async fn a_handle_is_found_in_either_case_of_a_to_z_only(store: Store) {
            let read = |db: &mut Db| {
                let remote = Actor {
                    handle: "Élise".to_owned(),
                    ..rows::person(ActorId(1), ActorState::Active)
                };
                insert(db, &remote)?;
                let reader = Reader {
                    viewer: Viewer::System,
                    now: Time::from_unix_millis(1_798_761_600_000),
                };
                let mut found = Vec::new();
                for written in ["Élise", "ÉLISE", "élise"] {
                    found.push(by_address(db, reader, written, "")?.is_some());
                }
                Ok::<_, StoreError>(found)
            };
            assert_eq!(store.write(read).await.unwrap(), [true, true, false]);
        }
    }
}
