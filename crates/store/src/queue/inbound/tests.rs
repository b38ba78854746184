//! Tests of claims, order, retries and pruning, on both databases.

use super::*;
use crate::queue::hold::{self, retry_later};
use crate::{Backend, Store, StoreError, both};
use model::id::IdMint;

const NOW: i64 = 1_798_761_600_000;

fn now() -> Time {
    Time::from_unix_millis(NOW)
}

fn row(id: i64, host: &str, key: &str) -> Inbound {
    Inbound {
        id: InboundId(id),
        guard: id.to_string(),
        signer: String::new(),
        host: host.to_owned(),
        kind: "Like".to_owned(),
        order_key: key.to_owned(),
        body: Some("{}".to_owned()),
        state: InboundState::Waiting,
        reason: None,
        attempts: 0,
        run_at: now(),
        lease_until: Time::from_unix_millis(0),
        received_at: now(),
    }
}

fn claim_of(after: &str, limit: usize) -> Claim {
    Claim {
        now: now(),
        lease: None,
        held: HashMap::new(),
        after: after.to_owned(),
        limit,
        bytes: usize::MAX,
        per_host: Share {
            rows: 100,
            bytes: 1 << 20,
        },
        excluded_hosts: HashSet::new(),
    }
}

fn ids(rows: &[Inbound]) -> Vec<i64> {
    rows.iter().map(|row| row.id.0).collect()
}

async fn insert_all(store: &Store, rows: Vec<Inbound>) {
    let inserted = store.write(move |db| {
        for row in &rows {
            assert!(insert(db, row)?);
        }
        Ok::<(), StoreError>(())
    });
    inserted.await.unwrap();
}

async fn claimed(store: &Store, request: Claim) -> (Vec<Inbound>, String) {
    let claimed = store.write_read_committed(move |db| Ok::<_, StoreError>(claim(db, &request)?));
    claimed.await.unwrap()
}

both! {
    async fn a_flood_does_not_delay_other_hosts(store: Store) {
        let flood = (1..=300).map(|id| row(id, "flood", &id.to_string())).collect();
        insert_all(&store, flood).await;
        insert_all(&store, vec![row(301, "quiet", "q"), row(302, "shy", "s")]).await;
        let (first, after) = claimed(&store, claim_of("", 40)).await;
        let hosts: Vec<&str> = first.iter().map(|row| row.host.as_str()).collect();
        assert_eq!(hosts.iter().filter(|host| **host == "flood").count(), 32);
        assert_eq!(ids(&first)[..3], [1, 2, 3], "the oldest of a host come first");
        assert!(hosts.contains(&"quiet") && hosts.contains(&"shy"));
        assert_eq!(after, "shy");
        let mut next = claim_of("flood", 33);
        next.held = first.iter().map(|row| (row.id, row.host.clone())).collect();
        let (second, _) = claimed(&store, next).await;
        assert_eq!(ids(&second)[0], 33, "what is held is not given again");
    }

    async fn a_claim_limits_the_bytes_of_a_host(store: Store) {
        let large = |id: i64, host: &str| Inbound {
            body: Some("x".repeat(400_000)),
            ..row(id, host, &id.to_string())
        };
        let mut rows: Vec<Inbound> = (1..=5).map(|id| large(id, "large")).collect();
        rows.extend([row(6, "large", "6"), row(7, "other", "o"), row(8, "shunned", "s")]);
        insert_all(&store, rows).await;
        let excluded_hosts = HashSet::from(["shunned".to_owned()]);
        let (found, _) = claimed(&store, Claim { excluded_hosts, ..claim_of("", 40) }).await;
        assert_eq!(ids(&found), [1, 2, 3, 7], "and what came after them waits as well");
    }

    async fn a_row_is_not_claimed_before_its_time(store: Store) {
        let late = Inbound { run_at: now().plus_seconds(1), ..row(1, "a", "k") };
        insert_all(&store, vec![late, row(2, "a", "k")]).await;
        assert_eq!(ids(&claimed(&store, claim_of("", 9)).await.0), [2]);
        let again = store.write(|db| {
            retry_later(db, InboundId(2), "not now", now().plus_seconds(60), &[])?;
            Ok::<_, StoreError>(count_due(db, now())?)
        });
        assert_eq!(again.await.unwrap(), 0);
        assert_eq!(ids(&claimed(&store, claim_of("", 9)).await.0), Vec::<i64>::new());
    }

    async fn a_leased_row_blocks_later_rows_of_its_key(store: Store) {
        if store.backend() == Backend::Sqlite {
            // One process works on a file.
            return;
        }
        insert_all(&store, vec![row(1, "a", "k"), row(2, "a", "other")]).await;
        let lease = Some(now().plus_seconds(60));
        let (mine, _) = claimed(&store, Claim { lease, limit: 1, ..claim_of("", 1) }).await;
        assert_eq!(ids(&mine), [1]);
        insert_all(&store, vec![row(3, "a", "k")]).await;
        let (theirs, _) = claimed(&store, Claim { lease, ..claim_of("", 9) }).await;
        assert_eq!(ids(&theirs), [2], "3 follows 1, which is mine");
        let held = HashMap::from([(InboundId(1), "a".to_owned())]);
        let (more, _) = claimed(&store, Claim { lease, held, ..claim_of("", 9) }).await;
        assert_eq!(ids(&more), [3]);
        let mut later = claim_of("", 9);
        later.now = now().plus_seconds(61);
        assert_eq!(ids(&claimed(&store, later).await.0), [1, 2, 3], "whoever held them is gone");
    }

    async fn a_renewal_does_not_wait_for_a_row_that_is_being_completed(store: Store) {
        if store.backend() == Backend::Sqlite {
            return;
        }
        insert_all(&store, vec![row(1, "a", "k"), row(2, "a", "other")]).await;
        let (completed, is_completed) = tokio::sync::watch::channel(false);
        let (renewed, is_renewed) = std::sync::mpsc::channel();
        let complete = store.write(move |db| {
            finish(db, InboundId(1), InboundState::Done, None)?;
            completed.send_replace(true);
            let waited = is_renewed.recv_timeout(std::time::Duration::from_secs(20));
            Ok::<_, StoreError>(waited.is_ok())
        });
        let renew = async {
            let mut is_completed = is_completed;
            is_completed.wait_for(|completed| *completed).await.unwrap();
            let until = now().plus_seconds(60);
            let renew = move |db: &mut Db| {
                Ok::<_, StoreError>(renew_until(db, &[InboundId(1), InboundId(2)], until)?)
            };
            store.write_read_committed(renew).await.unwrap();
            renewed.send(()).unwrap();
        };
        let (was_renewed_meanwhile, ()) = tokio::join!(complete, renew);
        assert!(was_renewed_meanwhile.unwrap());
        let (theirs, _) = claimed(&store, claim_of("", 9)).await;
        assert_eq!(ids(&theirs), Vec::<i64>::new(), "2 is leased");
    }

    async fn an_ended_activity_cannot_end_again(store: Store) {
        insert_all(&store, vec![row(1, "a", "k"), row(2, "a", "k")]).await;
        let ended = store.write(|db| {
            let first = finish(db, InboundId(1), InboundState::Done, None)?;
            let second = finish(db, InboundId(1), InboundState::Rejected, Some("no"))?;
            retry_later(db, InboundId(1), "again", now(), &[])?;
            finish(db, InboundId(2), InboundState::Ignored, Some("why"))?;
            Ok::<_, StoreError>((first, second, count(db, InboundState::Done)?))
        });
        assert_eq!(ended.await.unwrap(), (true, false, 1));
        let listed = store.read(|db| {
            Ok::<_, StoreError>(list(db, InboundState::Ignored, InboundId(9), 9)?)
        });
        assert_eq!(ids(&listed.await.unwrap()), [2]);
    }

    async fn of_what_is_refused_a_host_leaves_little_on_the_disk(store: Store) {
        let of = |id: i64, host: &str, length: usize| Inbound {
            body: Some("x".repeat(length)),
            ..row(id, host, &id.to_string())
        };
        insert_all(&store, vec![of(1, "quiet", 4_096), of(2, "quiet", 4_097), of(3, "quiet", 9)]).await;
        insert_all(&store, (11..=1_210).map(|id| of(id, "flood", 4_000)).collect()).await;
        store.write(|db| {
            for id in 11..=1_210 {
                let state = if id % 2 == 0 { InboundState::Ignored } else { InboundState::Rejected };
                assert!(finish(db, InboundId(id), state, Some("why"))?);
            }
            finish(db, InboundId(1), InboundState::Rejected, Some("why"))?;
            finish(db, InboundId(2), InboundState::Rejected, Some("why"))?;
            finish(db, InboundId(3), InboundState::Done, None)?;
            Ok::<_, StoreError>(())
        }).await.unwrap();
        let kept = store.read(|db| {
            let mut kept = Vec::new();
            for state in InboundState::ALL {
                kept.extend(list(db, *state, InboundId(i64::MAX), 2_000)?);
            }
            Ok::<_, StoreError>(kept)
        }).await.unwrap();
        let (flood, quiet): (Vec<_>, Vec<_>) = kept.into_iter().partition(|row| row.host == "flood");
        assert_eq!(flood.len(), 500);
        assert_eq!(flood.iter().map(size).sum::<usize>(), 500 * 4_000);
        assert!(flood.iter().all(|row| row.id.0 > 710), "the newest");
        let mut sizes: Vec<(i64, usize)> = quiet.iter().map(|row| (row.id.0, size(row))).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [(1, 4_096), (2, 0), (3, 0)], "what took effect is remembered without its body");
    }

    async fn a_retried_activity_holds_its_names(store: Store) {
        insert_all(&store, (1..=4).map(|id| row(id, "a", "k")).collect()).await;
        let later = now().plus_seconds(60);
        let name = |name: &str| vec![name.to_owned()];
        let found = store.write(move |db| {
            assert!(!hold::any(db)?);
            retry_later(db, InboundId(2), "not now", later, &name("n"))?;
            retry_later(db, InboundId(2), "not now", later, &name("n"))?;
            assert!(hold::any(db)?);
            let first = hold::blocking(db, InboundId(3), &name("n"))?.unwrap();
            hold::retry_after(db, InboundId(3), &first, &name("m"))?;
            let second = hold::blocking(db, InboundId(4), &name("m"))?.unwrap();
            assert_eq!((first.run_at, first.clone()), (later, second));
            assert_eq!(hold::blocking(db, InboundId(4), &name("o"))?, None);
            assert_eq!(hold::blocking(db, InboundId(1), &name("n"))?, None, "it came before");
            finish(db, InboundId(2), InboundState::Done, None)?;
            let ended = hold::blocking(db, InboundId(4), &name("n"))?;
            hold::release(db, InboundId(2))?;
            hold::release(db, InboundId(3))?;
            Ok::<_, StoreError>((ended, hold::any(db)?))
        });
        assert_eq!(found.await.unwrap(), (None, false));
        let mut then = claim_of("", 9);
        then.now = later;
        let (rows, _) = claimed(&store, then).await;
        let third = rows.iter().find(|row| row.id == InboundId(3)).unwrap();
        assert_eq!((third.order_key.as_str(), third.attempts), ("retry 2", 0));
    }

    async fn the_backlog_is_counted_by_host(store: Store) {
        insert_all(&store, (1..=3).map(|id| row(id, "a", "k")).collect()).await;
        let crowded = store.write(|db| {
            let full = exceeds_backlog(db, "a", 3, i64::MAX)?;
            finish(db, InboundId(1), InboundState::Done, None)?;
            let room = exceeds_backlog(db, "a", 3, i64::MAX)?;
            Ok::<_, StoreError>([full, room, exceeds_backlog(db, "b", 1, i64::MAX)?])
        });
        assert_eq!(crowded.await.unwrap(), [true, false, false]);
        let heavy = (11..=14).map(|id| Inbound {
            body: Some("é".repeat(500_000)),
            ..row(id, "heavy", "k")
        });
        insert_all(&store, heavy.collect()).await;
        let crowded = store.write(|db| {
            let [four, five] = [4_000_000, 5 << 20].map(|bytes| exceeds_backlog(db, "heavy", 9, bytes));
            Ok::<_, StoreError>([four?, five?])
        });
        assert_eq!(crowded.await.unwrap(), [true, false], "bytes, not characters");
    }

    async fn old_rows_are_pruned_in_chunks(store: Store) {
        let mint = IdMint::new(1);
        let at = |day: i64| now().plus_seconds(day * 86_400);
        let mut rows: Vec<Inbound> = (0..10).map(|day| Inbound {
            id: mint.next(at(day)),
            state: InboundState::Done,
            ..row(day, "a", "k")
        }).collect();
        rows[1].state = InboundState::Waiting;
        insert_all(&store, rows).await;
        let bare = store.write(move |db| {
            let mut more = vec![prune_bodies(db, at(8), 5)?, prune_bodies(db, at(8), 5)?];
            more.extend([prune_bodies(db, at(8), 5)?, prune_bodies(db, at(9), 5)?]);
            let done = list(db, InboundState::Done, InboundId(i64::MAX), 20)?;
            let kept = list(db, InboundState::Waiting, InboundId(i64::MAX), 20)?;
            let with = done.iter().chain(&kept).filter(|row| row.body.is_some()).count();
            Ok::<_, StoreError>((more, with))
        });
        assert_eq!(bare.await.unwrap(), (vec![true, false, false, false], 2), "one waits, one is young");
        let left = store.write(move |db| {
            let more = [prune(db, at(8), 5)?, prune(db, at(8), 5)?];
            Ok::<_, StoreError>((more, count(db, InboundState::Done)?, count(db, InboundState::Waiting)?))
        });
        assert_eq!(left.await.unwrap(), ([true, false], 2, 1));
    }
}
