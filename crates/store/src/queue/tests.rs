//! Whose lane is free, and what waits for whom, on both databases.

use super::{activity, delivery};
use crate::row::{Activity, Delivery};
use crate::{Db, Store, StoreError, both, peer};
use diesel::{RunQueryDsl, sql_query};
use model::peer::DeliveryState;
use model::{ActivityId, ActorId, DeliveryId, PeerId, Time};

const NOW: i64 = 1_798_761_600_000;

fn now() -> Time {
    Time::from_unix_millis(NOW)
}

/// An actor, an activity of theirs, and three peers: 1, 2 and 3.
fn begin(db: &mut Db) -> Result<(), StoreError> {
    sql_query(
        "INSERT INTO actor (id, kind, handle, host, state, ap_id, url, inbox, delivery_inbox, \
         name, summary_md, summary_html, pronouns, job_title, organization, languages, \
         picture_alt, indexable, created_at, updated_at, follower_count, post_count) \
         VALUES (1, 'person', 'ann', '', 'active', 'a', 'a', '', '', '', '', '', '', '', '', '', \
         '', TRUE, '2027-01-01 00:00:00', '2027-01-01 00:00:00', 0, 0)",
    )
    .execute(db)?;
    let frozen = Activity {
        id: ActivityId(1),
        ap_id: "x".into(),
        actor_id: ActorId(1),
        kind: "Create".into(),
        once_key: "x".into(),
        order_key: "x".into(),
        public: true,
        json: "{}".into(),
        created_at: now(),
    };
    activity::freeze(db, &frozen)?;
    for id in 1..=3 {
        peer::meet(db, PeerId(id), &format!("p{id}.test"), now())?;
    }
    Ok(())
}

fn waiting(id: i64, peer: i64, next_at: Time) -> Delivery {
    Delivery {
        id: DeliveryId(id),
        activity_id: ActivityId(1),
        peer_id: PeerId(peer),
        inbox: format!("inbox {id}"),
        order_key: format!("key {id}"),
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at,
        last_error: None,
        created_at: now(),
    }
}

both! {
    async fn a_lane_is_free_where_something_is_due(store: Store) {
        let lanes = store.write(|db| {
            begin(db)?;
            let none = delivery::free_lanes(db, now(), 10)?;
            let later = now().plus_seconds(60);
            let mut refused = waiting(5, 2, now());
            refused.state = DeliveryState::Failed;
            let rows = [waiting(1, 1, now()), waiting(2, 1, now()), waiting(3, 2, later), waiting(4, 3, now()), refused];
            delivery::enqueue(db, &rows)?;
            peer::failed(db, PeerId(3), "away", later, false)?;
            let due = delivery::free_lanes(db, now(), 10)?;
            let mut all = delivery::free_lanes(db, later, 10)?;
            all.sort_unstable();
            Ok::<_, StoreError>([none, due, all])
        }).await.unwrap();
        let [none, due, all] = lanes;
        assert_eq!(none, []);
        assert_eq!(due, [PeerId(1)]);
        assert_eq!(all, [PeerId(1), PeerId(2), PeerId(3)]);
        let listed = store
            .read(|db| Ok::<_, StoreError>(peer::list(db, PeerId(i64::MAX), 10)?))
            .await.unwrap();
        let counts: Vec<_> = listed.iter().map(|(row, waits, failed)| (row.id.0, *waits, *failed)).collect();
        assert_eq!(counts, [(3, 1, 0), (2, 1, 1), (1, 2, 0)]);
    }
}
