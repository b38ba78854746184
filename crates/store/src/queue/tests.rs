//! Tests of lanes and of the order of deliveries, on both databases.

use super::delivery::{Busy, Health};
use super::{activity, clock, delivery};
use crate::peer::refused_form;
use crate::row::{Activity, Delivery, Peer};
use crate::{Db, Store, StoreError, both, peer};
use diesel::{RunQueryDsl, sql_query};
use model::peer::{AnnounceForm, DeliveryState, PeerState};
use model::{ActivityId, ActorId, DeliveryId, PeerId, Time};
use std::collections::HashSet;

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
        subject: "x".into(),
        form: None,
        origin_peer_id: None,
        signing_key_id: None,
        public: true,
        post_id: None,
        json: "{}".into(),
        created_at: now(),
    };
    activity::freeze(db, &frozen)?;
    for id in 1..=3 {
        peer::get_or_insert(db, PeerId(id), &format!("p{id}.test"), now())?;
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
        subject: format!("subject {id}"),
        form: None,
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at,
        last_error: None,
        created_at: now(),
    }
}

fn ids(peers: &[Peer]) -> Vec<PeerId> {
    peers.iter().map(|peer| peer.id).collect()
}

both! {
    async fn what_a_clock_that_was_ahead_queued_is_due_now(store: Store) {
        let sent = store.write(|db| {
            begin(db)?;
            let tomorrow = now().plus_seconds(86_400);
            let mut refused = waiting(1, 1, tomorrow);
            refused.attempts = 1;
            let new = Delivery { created_at: tomorrow, ..waiting(2, 2, tomorrow) };
            // A refusal of now, which is to be repeated in five minutes as ever.
            let soon = waiting(3, 3, now().plus_seconds(300));
            delivery::enqueue(db, &[refused, new, soon])?;
            peer::record_failure(db, PeerId(1), "away", tomorrow, false, tomorrow)?;
            delivery::lease_lanes(db, &[PeerId(2)], 7, tomorrow, tomorrow.plus_seconds(60))?;
            let rows = clock::bring_forward(db, now())?;
            let again = clock::bring_forward(db, now())?;
            let mut lanes = ids(&delivery::free_lanes(db, Health::Healthy, PeerId(0), now(), 10)?);
            lanes.extend(ids(&delivery::free_lanes(db, Health::Failing, PeerId(0), now(), 10)?));
            Ok::<_, StoreError>((rows, again, lanes))
        }).await.unwrap();
        assert_eq!(sent, (4, 0, vec![PeerId(2), PeerId(1)]));
    }

    async fn free_lanes_have_waiting_deliveries(store: Store) {
        let lanes = store.write(|db| {
            begin(db)?;
            let all = PeerId(0);
            let none = delivery::free_lanes(db, Health::Healthy, all, now(), 10)?;
            let later = now().plus_seconds(60);
            let mut refused = waiting(5, 2, now());
            refused.state = DeliveryState::Failed;
            let rows = [waiting(1, 1, now()), waiting(2, 1, now()), waiting(3, 2, now()), waiting(4, 3, now()), refused];
            delivery::enqueue(db, &rows)?;
            peer::record_failure(db, PeerId(3), "away", later, false, now())?;
            let well = delivery::free_lanes(db, Health::Healthy, all, now(), 10)?;
            let first = delivery::free_lanes(db, Health::Healthy, all, now(), 1)?;
            let second = delivery::free_lanes(db, Health::Healthy, PeerId(1), now(), 1)?;
            let resting = delivery::free_lanes(db, Health::Failing, all, now(), 10)?;
            let failing = delivery::free_lanes(db, Health::Failing, all, later, 10)?;
            let early = delivery::free_lanes(db, Health::Healthy, all, now().plus_seconds(-1), 10)?;
            Ok::<_, StoreError>([none, well, first, second, resting, failing, early])
        }).await.unwrap();
        let lanes = lanes.map(|peers| ids(&peers));
        let wanted: [&[i64]; 7] = [&[], &[1, 2], &[1], &[2], &[], &[3], &[]];
        assert_eq!(lanes, wanted.map(|ids| ids.iter().copied().map(PeerId).collect::<Vec<_>>()));
        let listed = store
            .read(|db| Ok::<_, StoreError>(peer::list(db, PeerId(i64::MAX), 10)?))
            .await.unwrap();
        let counts: Vec<_> = listed.iter().map(|(row, waits, failed)| (row.id.0, *waits, *failed)).collect();
        assert_eq!(counts, [(3, 1, 0), (2, 1, 1), (1, 2, 0)]);
    }

    async fn deliveries_to_a_silent_peer_are_given_up_except_one(store: Store) {
        let (more, waits, counted) = store.write(|db| {
            begin(db)?;
            let rows: Vec<Delivery> = (1..=4).map(|id| waiting(id, 1, now())).collect();
            delivery::enqueue(db, &rows)?;
            delivery::enqueue(db, &[waiting(5, 2, now()), waiting(6, 2, now())])?;
            peer::record_failure(db, PeerId(1), "away", now(), true, now())?;
            let (early, later) = (now(), now().plus_seconds(60));
            let more = [(early, 9), (later, 2), (later, 9), (later, 9)]
                .map(|(before, limit)| peer::discarded::discard_old(db, before, limit));
            let counted = peer::discarded::of(db, &[PeerId(1), PeerId(2)])?;
            let waits: Vec<i64> = delivery::due(db, PeerId(1), now(), &Busy::default())?
                .0.iter().map(|row| row.id.0).collect();
            let left = delivery::count(db, DeliveryState::Waiting)?;
            Ok::<_, StoreError>((more.map(Result::unwrap), (waits, left), counted))
        }).await.unwrap();
        assert_eq!(more, [false, true, false, false]);
        assert_eq!(waits, (vec![1], 3), "one goes on being tried, and others lose nothing");
        assert_eq!(counted, [(PeerId(1), 3)].into());
    }

    async fn a_lane_has_one_holder(store: Store) {
        let (first, second, third) = store.write(|db| {
            begin(db)?;
            let (both, later) = ([PeerId(1), PeerId(2)], now().plus_seconds(60));
            let first = delivery::lease_lanes(db, &both[..1], 7, now(), later)?;
            let second = delivery::lease_lanes(db, &both, 8, now(), later)?;
            delivery::release_lanes(db, &both, 7)?;
            let third = delivery::lease_lanes(db, &both, 9, now(), later)?;
            Ok::<_, StoreError>((first, second, third))
        }).await.unwrap();
        assert_eq!(first, HashSet::from([PeerId(1)]));
        assert_eq!(second, HashSet::from([PeerId(2)]));
        assert_eq!(third, HashSet::from([PeerId(1)]), "only one's own is given back");
    }

    async fn a_long_conversation_does_not_delay_another(store: Store) {
        let long = i64::try_from(delivery::SCAN_ROWS).unwrap() * 3;
        let (unblocked, blocked, more) = store.write(move |db| {
            begin(db)?;
            let later = now().plus_seconds(300);
            let mut rows: Vec<Delivery> = (1..=long).map(|id| waiting(id, 1, now())).collect();
            for row in &mut rows {
                row.order_key = "long".into();
            }
            rows.push(waiting(1_000, 1, now()));
            rows.push(waiting(1_001, 1, later));
            delivery::enqueue(db, &rows)?;
            let (unblocked, more) = delivery::due(db, PeerId(1), now(), &Busy::default())?;
            delivery::record_refusal(db, DeliveryId(1), "no", Some(later), now())?;
            let (blocked, _) = delivery::due(db, PeerId(1), now(), &Busy::default())?;
            Ok::<_, StoreError>((unblocked, blocked, more))
        }).await.unwrap();
        let of = |key: &str| unblocked.iter().filter(|row| row.order_key == key).map(|row| row.id.0).collect::<Vec<_>>();
        assert_eq!(of("long")[..3], [1, 2, 3]);
        assert_eq!(of("key 1000"), [1_000]);
        assert_eq!(of("key 1001"), [0; 0], "it must wait");
        assert!(more);
        let blocked: Vec<i64> = blocked.iter().map(|row| row.id.0).collect();
        assert_eq!((blocked[0], blocked.last()), (2, Some(&1_000)), "the long one goes on");
    }

    async fn a_refused_row_blocks_what_is_about_the_same_subject(store: Store) {
        let (few, many, listed) = store.write(|db| {
            begin(db)?;
            let later = now().plus_seconds(30);
            let last = i64::try_from(delivery::SCAN_ROWS).unwrap() * 2;
            let mut rows: Vec<Delivery> = (1..=last).map(|id| waiting(id, 1, now())).collect();
            for row in &mut rows {
                row.order_key = "thread".into();
            }
            rows[2].subject = rows[0].subject.clone();
            // Beyond what is read at a time, in a conversation of its own.
            rows[99].subject = rows[0].subject.clone();
            rows[99].order_key = "other".into();
            delivery::enqueue(db, &rows)?;
            delivery::record_refusal(db, DeliveryId(1), "no", Some(later), now())?;
            let (few, _) = delivery::due(db, PeerId(1), now(), &Busy::default())?;
            let (many, _) = delivery::due(db, PeerId(1), later, &Busy::default())?;
            let listed = delivery::list(db, DeliveryState::Waiting, DeliveryId(4), 9)?;
            Ok::<_, StoreError>((few, many, listed))
        }).await.unwrap();
        let ids = |rows: &[Delivery]| rows.iter().map(|row| row.id.0).collect::<Vec<_>>();
        assert_eq!(ids(&few)[..3], [2, 4, 5], "its Undo waits, the others do not");
        assert!(!ids(&few).contains(&100));
        assert_eq!(ids(&many)[..3], [1, 2, 3]);
        let listed: Vec<_> = listed.into_iter().map(|(row, ..)| (row.id.0, row.last_error, row.next_at)).collect();
        let why = || Some("no".to_owned());
        let later = now().plus_seconds(30);
        assert_eq!(listed, [(3, why(), later), (2, None, now()), (1, why(), later)]);
    }

    async fn a_form_that_was_refused_three_times_is_refused(store: Store) {
        let (twice, thrice, again, lemmy) = store.write(|db| {
            begin(db)?;
            let (one, form) = (PeerId(1), AnnounceForm::ById);
            let after = |db: &mut Db| {
                refused_form::record(db, one, form, now())?;
                Ok::<_, StoreError>(refused_form::of(db, &[one])?)
            };
            after(db)?;
            let (twice, thrice) = (after(db)?, after(db)?);
            refused_form::forget(db, one, form)?;
            let again = refused_form::of(db, &[one])?;
            peer::set_node_info(db, PeerId(2), None, "Lemmy", "1.0")?;
            Ok::<_, StoreError>((twice, thrice, again, refused_form::of(db, &[one, PeerId(2)])?))
        }).await.unwrap();
        // Only Lemmy is sent a poll as a Page.
        let page = (PeerId(1), AnnounceForm::PollAsPage);
        assert_eq!((twice, again), (HashSet::from([page]), HashSet::from([page])));
        assert_eq!(thrice, HashSet::from([(PeerId(1), AnnounceForm::ById), page]));
        let others = AnnounceForm::ALL.iter();
        let others = others.filter(|form| **form != page.1 && **form != AnnounceForm::Like);
        assert_eq!(lemmy, others.map(|form| (PeerId(2), *form)).chain([page]).collect());
    }

    async fn busy_rows_and_keys_are_left_out(store: Store) {
        let due = store.write(|db| {
            begin(db)?;
            let mut rows: Vec<Delivery> = (1..=4).map(|id| waiting(id, 1, now())).collect();
            rows[1].order_key = rows[0].order_key.clone();
            delivery::enqueue(db, &rows)?;
            let busy = Busy {
                rows: HashSet::from([DeliveryId(1)]),
                keys: HashSet::from(["key 4".to_owned()]),
                subjects: HashSet::from(["subject 3".to_owned()]),
            };
            Ok::<_, StoreError>(delivery::due(db, PeerId(1), now(), &busy)?)
        }).await.unwrap();
        let ids: Vec<i64> = due.0.iter().map(|row| row.id.0).collect();
        assert_eq!((ids, due.1), (vec![2], false));
    }

    async fn a_parked_peer_is_parked_since_its_first_parking_failure(store: Store) {
        let (parked, revived, again, left_out, unparked) = store.write(|db| {
            begin(db)?;
            let (one, later) = (PeerId(1), now().plus_seconds(60));
            peer::record_failure(db, one, "away", later, true, now())?;
            peer::record_failure(db, one, "away", later, true, later)?;
            let parked = peer::by_id(db, one)?.unwrap();
            let left_out = peer::excluded(db, &[one, PeerId(2)])?;
            let revived = peer::record_contact(db, one, later)?;
            let again = peer::record_answer(db, one, later)?;
            peer::unpark(db, one)?;
            Ok::<_, StoreError>((parked, revived, again, left_out, peer::by_id(db, one)?.unwrap()))
        }).await.unwrap();
        assert_eq!((parked.state, parked.parked_at), (PeerState::Parked, Some(now())));
        assert_eq!((revived, again), (true, false), "it is caught up with once");
        assert_eq!(left_out, HashSet::from([PeerId(1)]));
        assert_eq!((unparked.state, unparked.parked_at), (PeerState::Active, None));
    }

    async fn a_sign_of_life_ends_the_back_off_of_a_silent_peer(store: Store) {
        let tries = store.write(|db| {
            begin(db)?;
            let (one, minute) = (PeerId(1), |n: i64| now().plus_seconds(n * 60));
            peer::record_failure(db, one, "away", minute(60), false, now())?;
            let mut tries = Vec::new();
            let mut try_at = |db: &mut Db| {
                let at = peer::by_id(db, one)?.unwrap();
                tries.push((at.retry_at, at.failures));
                Ok::<_, StoreError>(())
            };
            peer::record_contact(db, one, minute(5))?;
            try_at(db)?;
            peer::record_contact(db, one, minute(15))?;
            try_at(db)?;
            peer::set_wait(db, one, minute(40), minute(50))?;
            peer::record_contact(db, one, minute(30))?;
            try_at(db)?;
            Ok::<_, StoreError>(tries)
        }).await.unwrap();
        let minute = |n: i64| now().plus_seconds(n * 60);
        let wanted = [60, 15, 40].map(|n| (minute(n), 1));
        assert_eq!(tries, wanted, "it speaks all the time; it was silent; it asked for time");
    }

    async fn the_first_activity_that_a_parked_peer_missed_is_known(store: Store) {
        let (taken, nothing, fine) = store.write(|db| {
            begin(db)?;
            let (one, two) = (PeerId(1), PeerId(2));
            peer::record_failure(db, one, "away", now(), true, now())?;
            for id in [8, 6, 7] {
                peer::record_missed(db, &[one, two], ActivityId(id))?;
            }
            let taken = peer::take_missed(db, one)?;
            Ok::<_, StoreError>((taken, peer::take_missed(db, one)?, peer::take_missed(db, two)?))
        }).await.unwrap();
        assert_eq!(taken, Some(ActivityId(6)));
        assert_eq!((nothing, fine), (None, None), "taken once; not parked");
    }

    async fn deliveries_set_aside_are_pruned(store: Store) {
        let left = store.write(|db| {
            begin(db)?;
            let rows: Vec<Delivery> = (1..=3).map(|id| waiting(id, 1, now())).collect();
            delivery::enqueue(db, &rows)?;
            delivery::record_refusal(db, DeliveryId(1), "no", None, now())?;
            delivery::record_refusal(db, DeliveryId(2), "no", None, now().plus_seconds(60))?;
            while delivery::prune_failed(db, now().plus_seconds(60), 1)? {}
            let failed = delivery::list(db, DeliveryState::Failed, DeliveryId(9), 9)?;
            let left = failed.into_iter().map(|(row, _, _)| row.id.0).collect::<Vec<_>>();
            Ok::<_, StoreError>((left, delivery::count(db, DeliveryState::Waiting)?))
        }).await.unwrap();
        assert_eq!(left, (vec![2], 1));
    }
}
