//! Detects an id that was minted twice. An insert that adds nothing is correct where the same thing was
//! stored before. Where only the id is the same, it is a defect: ignoring it would lose the new row
//! silently.

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error};

/// Checks an insert that added nothing; `taken` is whether another row has the id.
///
/// # Errors
/// `UniqueViolation` where one has.
pub(crate) fn check(taken: bool) -> QueryResult<()> {
    if taken {
        let why = Box::new("an id was minted twice".to_owned());
        return Err(Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation,
            why,
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::queue::{activity, delivery, inbound};
    use crate::row::{Activity, Delivery, Inbound};
    use crate::{Db, Store, StoreError, both, peer};
    use diesel::{RunQueryDsl, sql_query};
    use model::peer::{DeliveryState, InboundState};
    use model::{ActivityId, ActorId, DeliveryId, InboundId, PeerId, Time};

    fn now() -> Time {
        Time::from_unix_millis(1_798_761_600_000)
    }

    fn received(id: i64, guard: &str) -> Inbound {
        Inbound {
            id: InboundId(id),
            guard: guard.to_owned(),
            signer: String::new(),
            host: "beta.test".to_owned(),
            kind: "Like".to_owned(),
            order_key: String::new(),
            body: Some("{}".to_owned()),
            state: InboundState::Waiting,
            reason: None,
            attempts: 0,
            run_at: now(),
            lease_until: Time::from_unix_millis(0),
            received_at: now(),
        }
    }

    fn frozen(id: i64, once: &str) -> Activity {
        Activity {
            id: ActivityId(id),
            ap_id: once.to_owned(),
            actor_id: ActorId(1),
            kind: "Create".to_owned(),
            once_key: once.to_owned(),
            order_key: String::new(),
            subject: String::new(),
            form: None,
            origin_peer_id: None,
            signing_key_id: None,
            public: true,
            post_id: None,
            json: "{}".to_owned(),
            created_at: now(),
        }
    }

    fn owed(id: i64, inbox: &str) -> Delivery {
        Delivery {
            id: DeliveryId(id),
            activity_id: ActivityId(1),
            peer_id: PeerId(1),
            inbox: inbox.to_owned(),
            order_key: String::new(),
            subject: String::new(),
            form: None,
            state: DeliveryState::Waiting,
            attempts: 0,
            next_at: now(),
            last_error: None,
            created_at: now(),
        }
    }

    fn begin(db: &mut Db) -> Result<(), StoreError> {
        sql_query(
            "INSERT INTO actor (id, kind, handle, host, state, ap_id, url, inbox, delivery_inbox, \
             name, summary_md, summary_html, pronouns, job_title, organization, languages, \
             picture_alt, indexable, created_at, updated_at, follower_count, post_count) \
             VALUES (1, 'person', 'ann', '', 'active', 'a', 'a', '', '', '', '', '', '', '', '', \
             '', '', TRUE, '2027-01-01 00:00:00', '2027-01-01 00:00:00', 0, 0)",
        )
        .execute(db)?;
        peer::get_or_insert(db, PeerId(1), "beta.test", now())?;
        activity::freeze(db, &frozen(1, "one"))?;
        delivery::enqueue(db, &[owed(1, "a")])?;
        assert!(inbound::insert(db, &received(1, "a"))?);
        Ok(())
    }

    type Write = fn(&mut Db) -> Result<(), StoreError>;

    both! {
        async fn a_repeat_is_recognised_by_its_key_and_not_by_its_id(store: Store) {
            store.write(begin).await.unwrap();
            let repeats = store.write(|db| {
                assert!(!inbound::insert(db, &received(2, "a"))?);
                assert_eq!(activity::freeze(db, &frozen(2, "one"))?, ActivityId(1));
                delivery::enqueue(db, &[owed(2, "a"), owed(3, "b")])?;
                Ok::<_, StoreError>(())
            });
            repeats.await.unwrap();
            let collisions: [Write; 4] = [
                |db| Ok(inbound::insert(db, &received(1, "b")).map(|_| ())?),
                |db| Ok(activity::freeze(db, &frozen(1, "two")).map(|_| ())?),
                |db| Ok(delivery::enqueue(db, &[owed(4, "c"), owed(3, "d")])?),
                |db| Ok(peer::get_or_insert(db, PeerId(1), "gamma.test", now()).map(|_| ())?),
            ];
            for (number, collision) in collisions.into_iter().enumerate() {
                assert!(store.write(collision).await.is_err(), "{number}");
            }
            let left = store.write(|db| Ok::<_, StoreError>((
                inbound::count(db, InboundState::Waiting)?,
                delivery::count(db, DeliveryState::Waiting)?,
            )));
            assert_eq!(left.await.unwrap(), (1, 2));
        }
    }
}
