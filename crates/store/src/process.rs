//! The processes that write to this database: each holds a number by a lease, and the ids it mints
//! carry it, so that two of them never mint the same.

use crate::connection::Db;
use crate::each;
use crate::schema::process;
use diesel::prelude::*;
use model::Time;
use std::collections::HashSet;

/// How many numbers there are: an id has room for eight bits of them.
const NUMBERS: i16 = 256;

/// Holds a number on; `false` where this holder does not have it.
pub fn keep(db: &mut Db, number: i16, holder: i64, until: Time) -> QueryResult<bool> {
    let held = process::table.find(number);
    let kept = diesel::update(held.filter(process::holder.eq(holder)))
        .set(process::lease_until.eq(until))
        .execute(db)?;
    Ok(kept == 1)
}

/// Takes a number that nobody holds, `wanted` if it is free; `None` where all are held. Not under
/// `SERIALIZABLE`: who comes second waits for the first, and takes the next.
pub fn claim(
    db: &mut Db,
    holder: i64,
    wanted: i16,
    now: Time,
    until: Time,
) -> QueryResult<Option<i16>> {
    diesel::delete(process::table.filter(process::lease_until.le(now))).execute(db)?;
    let held: Vec<i16> = process::table.select(process::number).load(db)?;
    let held: HashSet<i16> = held.into_iter().collect();
    let numbers = (0..NUMBERS).map(|step| (wanted + step) % NUMBERS);
    for number in numbers.filter(|number| !held.contains(number)) {
        let row = (
            process::number.eq(number),
            process::holder.eq(holder),
            process::lease_until.eq(until),
        );
        let added = each!(db, c => diesel::insert_into(process::table)
            .values(row)
            .on_conflict(process::number)
            .do_nothing()
            .execute(c))?;
        if added == 1 {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Gives a number back.
pub fn release(db: &mut Db, number: i16, holder: i64) -> QueryResult<()> {
    let held = process::table.find(number);
    diesel::delete(held.filter(process::holder.eq(holder))).execute(db)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreError, both};

    const NOW: i64 = 1_798_761_600_000;

    fn at(seconds: i64) -> Time {
        Time::from_unix_millis(NOW).plus_seconds(seconds)
    }

    async fn claimed(store: &Store, holder: i64, wanted: i16, seconds: i64) -> Option<i16> {
        let claim = move |db: &mut Db| {
            let until = at(seconds + 60);
            Ok::<_, StoreError>(claim(db, holder, wanted, at(seconds), until)?)
        };
        store.write_relaxed(claim).await.unwrap()
    }

    async fn kept(store: &Store, number: i16, holder: i64, seconds: i64) -> bool {
        let keep = move |db: &mut Db| Ok::<_, StoreError>(keep(db, number, holder, at(seconds))?);
        store.write_relaxed(keep).await.unwrap()
    }

    both! {
        async fn a_number_is_one_holders_while_its_lease_lasts(store: Store) {
            assert_eq!(claimed(&store, 1, 255, 0).await, Some(255));
            assert_eq!(claimed(&store, 2, 255, 0).await, Some(0), "the next one");
            assert!(kept(&store, 255, 1, 120).await);
            assert!(!kept(&store, 255, 2, 120).await);
            assert_eq!(claimed(&store, 3, 0, 61).await, Some(0), "its lease has ended");
            assert!(!kept(&store, 0, 2, 120).await, "it is another's now");
            assert_eq!(claimed(&store, 4, 255, 61).await, Some(1), "this one was held on");
            let release = |db: &mut Db| Ok::<_, StoreError>(release(db, 255, 1)?);
            store.write_relaxed(release).await.unwrap();
            assert_eq!(claimed(&store, 5, 255, 61).await, Some(255));
        }

        async fn there_are_256_and_no_more(store: Store) {
            let all = |db: &mut Db| {
                for holder in 0..256 {
                    assert!(claim(db, holder, 7, at(0), at(60))?.is_some());
                }
                Ok::<_, StoreError>(claim(db, 256, 7, at(0), at(60))?)
            };
            assert_eq!(store.write_relaxed(all).await.unwrap(), None);
        }
    }
}
