//! The processes that write to this database. Each leases a number that its ids contain, so that two
//! processes never mint the same id.

use crate::connection::Db;
use crate::each;
use crate::schema::process;
use diesel::prelude::*;
use model::Time;
use std::collections::HashSet;

/// The number of process numbers: an id has eight bits for one.
const PROCESS_NUMBERS: i16 = 256;

/// Renews the lease of a number; returns false where this holder does not have it.
pub fn renew(db: &mut Db, number: i16, holder: i64, until: Time) -> QueryResult<bool> {
    let held = process::table.find(number);
    let renewed = diesel::update(held.filter(process::holder.eq(holder)))
        .set(process::lease_until.eq(until))
        .execute(db)?;
    Ok(renewed == 1)
}

/// Leases a free number, `wanted` if it is free; `None` where all are leased. Needs READ COMMITTED:
/// a concurrent claim waits for this one, and takes the next number.
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
    let numbers = (0..PROCESS_NUMBERS).map(|step| (wanted + step) % PROCESS_NUMBERS);
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

/// Releases the lease of a number.
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
        store.write_read_committed(claim).await.unwrap()
    }

    async fn renewed(store: &Store, number: i16, holder: i64, seconds: i64) -> bool {
        let renew = move |db: &mut Db| Ok::<_, StoreError>(renew(db, number, holder, at(seconds))?);
        store.write_read_committed(renew).await.unwrap()
    }

    both! {
        async fn a_number_has_one_holder_while_its_lease_lasts(store: Store) {
            assert_eq!(claimed(&store, 1, 255, 0).await, Some(255));
            assert_eq!(claimed(&store, 2, 255, 0).await, Some(0), "the next one");
            assert!(renewed(&store, 255, 1, 120).await);
            assert!(!renewed(&store, 255, 2, 120).await);
            assert_eq!(claimed(&store, 3, 0, 61).await, Some(0), "its lease has ended");
            assert!(!renewed(&store, 0, 2, 120).await, "it is another's now");
            assert_eq!(claimed(&store, 4, 255, 61).await, Some(1), "this one was held on");
            let release = |db: &mut Db| Ok::<_, StoreError>(release(db, 255, 1)?);
            store.write_read_committed(release).await.unwrap();
            assert_eq!(claimed(&store, 5, 255, 61).await, Some(255));
        }

        async fn there_are_256_and_no_more(store: Store) {
            let all = |db: &mut Db| {
                for holder in 0..256 {
                    assert!(claim(db, holder, 7, at(0), at(60))?.is_some());
                }
                Ok::<_, StoreError>(claim(db, 256, 7, at(0), at(60))?)
            };
            assert_eq!(store.write_read_committed(all).await.unwrap(), None);
        }
    }
}
