//! The number of this process, part of each id it mints. Processes on the same database lease different
//! numbers there.

use super::Ops;
use crate::{Error, Outcome};
use store::{Db, StoreError};

impl Ops {
    /// Leases a number for so many seconds: the current one if it is free, else another. Call it before
    /// the first id is minted, and again before the lease expires. Without a lease the number is random.
    ///
    /// # Errors
    /// Faults; also where 256 processes hold one.
    pub async fn lease_number(&self, seconds: i64) -> Outcome<()> {
        let mint = &self.0.config.ids;
        let (holder, wanted, now) = (mint.holder(), mint.number(), self.now());
        let until = now.plus_seconds(seconds);
        let hold = move |db: &mut Db| -> Outcome<Option<i16>> {
            if store::process::renew(db, wanted, holder, until)? {
                return Ok(Some(wanted));
            }
            Ok(store::process::claim(db, holder, wanted, now, until)?)
        };
        let held = self.store().write_read_committed(hold).await?;
        let Some(number) = held else {
            let why = "256 processes hold a number in this database".to_owned();
            return Err(Error::Fault(StoreError::Internal(why)));
        };
        mint.set_number(number);
        Ok(())
    }

    /// Corrects what a clock that was ahead has left behind: ids to come are greater than those in the
    /// database, and what the queues hold until a time that they never set is due now. Call it before the
    /// queues start, and again from time to time.
    ///
    /// # Errors
    /// Faults.
    pub async fn correct_clock(&self) -> Outcome<()> {
        let now = self.now();
        let correct = move |db: &mut Db| -> Outcome<(usize, i64)> {
            let rows = store::queue::clock::bring_forward(db, now)?;
            Ok((rows, store::queue::clock::greatest_id(db)?))
        };
        let (rows, greatest) = self.store().write_read_committed(correct).await?;
        self.0.config.ids.raise_to(greatest);
        if rows > 0 {
            tracing::warn!(rows, "queued times were ahead of the clock; due now");
        }
        Ok(())
    }

    /// Releases the number. This process must mint no more ids.
    ///
    /// # Errors
    /// Faults.
    pub async fn release_number(&self) -> Outcome<()> {
        let mint = &self.0.config.ids;
        let (holder, number) = (mint.holder(), mint.number());
        let release =
            move |db: &mut Db| -> Outcome<()> { Ok(store::process::release(db, number, holder)?) };
        self.store().write_read_committed(release).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OpsConfig;
    use crate::testing::StillClock;
    use model::PostId;
    use model::id::IdMint;
    use std::sync::Arc;
    use store::Store;

    fn process(store: &Store, clock: &Arc<StillClock>, holder: i64) -> Ops {
        Ops::new(OpsConfig {
            store: store.clone(),
            clock: Arc::clone(clock) as Arc<dyn model::Clock>,
            ids: IdMint::held_by(holder),
            wake: Box::new(|| {}),
        })
    }

    store::both! {
        async fn after_a_restart_with_the_clock_set_back_ids_still_grow(store: Store) {
            let clock = Arc::new(StillClock::new());
            let ahead = process(&store, &clock, 7);
            clock.pass(40 * 86_400);
            let now = ahead.now();
            let waiting = model::job::IndexPost { post: ahead.id() };
            let newest = ahead.id::<model::JobId>();
            let insert = move |db: &mut Db| -> Outcome<()> {
                Ok(store::queue::jobs::insert(db, newest, &model::job::NewJob::from(waiting.clone()), now, now)?)
            };
            store.write(insert).await.unwrap();
            clock.pass(-40 * 86_400);
            let restarted = process(&store, &clock, 8);
            assert!(restarted.id::<PostId>().0 < newest.0);
            restarted.correct_clock().await.unwrap();
            assert!(restarted.id::<PostId>().0 > newest.0);
            let (now, lease) = (restarted.now(), restarted.now().plus_seconds(60));
            let claim = move |db: &mut Db| -> Outcome<usize> {
                Ok(store::queue::jobs::claim(db, now, lease, (10, &[]))?.len())
            };
            assert_eq!(store.write(claim).await.unwrap(), 1, "the job is due now");
        }

        async fn two_processes_that_begin_alike_mint_different_ids(store: Store) {
            let clock = Arc::new(StillClock::new());
            // The lowest eight bits are where a number begins: those of both are the same.
            let (one, two) = (process(&store, &clock, 7), process(&store, &clock, 7 + 256));
            assert_eq!(one.id::<PostId>(), two.id::<PostId>());
            for process in [&one, &two, &one] {
                process.lease_number(60).await.unwrap();
            }
            assert_ne!(one.id::<PostId>(), two.id::<PostId>());
            // Whoever slept through its lease takes another number when it wakes.
            clock.pass(61);
            let three = process(&store, &clock, 7 + 512);
            three.lease_number(60).await.unwrap();
            for process in [&one, &two] {
                process.lease_number(60).await.unwrap();
            }
            let ids: [PostId; 3] = [one.id(), two.id(), three.id()];
            assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
        }
    }
}
