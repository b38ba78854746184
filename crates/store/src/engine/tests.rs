//! The promises of the engine, on both databases: who is answered what, and what is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::result::Error;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use futures::future::join_all;

use super::*;
use crate::both;

/// What the closures of these tests may return.
#[derive(Debug)]
enum Trouble {
    Refused,
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl From<Error> for Trouble {
    fn from(e: Error) -> Self {
        Self::Store(e.into())
    }
}

impl WriteError for Trouble {
    fn is_database(&self) -> bool {
        matches!(self, Self::Store(e) if e.is_database())
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn number(db: &mut Db, sql: &str) -> Result<i64, Trouble> {
    Ok(sql_query(sql).get_result::<Number>(db)?.n)
}

fn put(db: &mut Db, key: i64) -> Result<(), Trouble> {
    let insert = sql_query(format!("INSERT INTO pebble (id, n) VALUES ({key}, 0)"));
    insert.execute(db)?;
    Ok(())
}

async fn beach(store: &Store) {
    let make = "CREATE TABLE pebble (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)";
    let made = store
        .write(|db| Ok::<_, Trouble>(db.batch_execute(make)?))
        .await;
    made.unwrap();
}

async fn count(store: &Store) -> i64 {
    let counted = store.read(|db| number(db, "SELECT count(*) AS n FROM pebble"));
    counted.await.unwrap()
}

both! {
    async fn what_is_submitted_is_run_in_order(store: Store) {
        beach(&store).await;
        store.write(|db| put(db, 0)).await.unwrap();
        let steps: Vec<_> = (1..=200).map(|n| store.submit(move |db| {
            let step = format!("UPDATE pebble SET n = n * 3 % 1000003 + {n} WHERE id = 0");
            sql_query(step).execute(db)?;
            Ok::<(), Trouble>(())
        })).collect();
        for step in join_all(steps).await {
            step.unwrap();
        }
        let one_by_one = (1..=200).fold(0_i64, |n, step| n * 3 % 1_000_003 + step);
        let found = store.read(|db| number(db, "SELECT n FROM pebble WHERE id = 0")).await.unwrap();
        if store.keeps_order() {
            assert_eq!(found, one_by_one);
        }
    }

    async fn refusals_change_neither_the_order_nor_what_the_others_do(store: Store) {
        beach(&store).await;
        store.write(|db| put(db, 0)).await.unwrap();
        let refused = |n: i64| n % 7 == 3;
        let steps: Vec<_> = (1..=200).map(|n| {
            let step = store.submit(move |db| {
                let step = format!("UPDATE pebble SET n = n * 3 % 1000003 + {n} WHERE id = 0");
                sql_query(step).execute(db)?;
                if refused(n) { Err(Trouble::Refused) } else { Ok(()) }
            });
            (n, step, store.keep(move |db| put(db, n)))
        }).collect();
        for (n, step, kept) in steps {
            kept.await.unwrap();
            assert_eq!(step.await.is_err(), refused(n));
        }
        let by_hand = (1..=200)
            .filter(|n| !refused(*n))
            .fold(0_i64, |n, step| n * 3 % 1_000_003 + step);
        let found = store.read(|db| number(db, "SELECT n FROM pebble WHERE id = 0")).await.unwrap();
        if store.keeps_order() {
            assert_eq!(found, by_hand);
        }
        assert_eq!(count(&store).await, 201);
    }
}

both! {
    async fn every_write_of_a_crowd_is_answered_and_kept(store: Store) {
        beach(&store).await;
        let writes = (0..500).map(|key| {
            store.write(move |db| put(db, key).map(|()| key))
        });
        for (key, answer) in (0..).zip(join_all(writes).await) {
            assert_eq!(answer.unwrap(), key);
        }
        assert_eq!(count(&store).await, 500);
    }

    async fn a_refusal_undoes_itself_only(store: Store) {
        beach(&store).await;
        let writes = (0..100).map(|key| {
            store.write(move |db| {
                put(db, key)?;
                if key % 2 == 0 { Ok(()) } else { Err(Trouble::Refused) }
            })
        });
        for (key, answer) in (0..).zip(join_all(writes).await) {
            assert_eq!(answer.is_ok(), key % 2 == 0);
            assert!(!matches!(answer, Err(Trouble::Store(_))));
        }
        assert_eq!(count(&store).await, 50);
    }

    async fn a_panic_fails_its_own_request_only(store: Store) {
        beach(&store).await;
        let writes = (0..40).map(|key| {
            store.write(move |db| {
                put(db, key)?;
                assert!(key != 17, "seventeen");
                Ok(())
            })
        });
        for (key, answer) in (0..).zip(join_all(writes).await) {
            match answer {
                Ok(()) => assert_ne!(key, 17),
                Err(Trouble::Store(StoreError::Panic(why))) => {
                    assert_eq!((key, why.as_str()), (17, "seventeen"));
                }
                Err(other) => panic!("{key}: {other:?}"),
            }
        }
        assert_eq!(count(&store).await, 39);
    }

    async fn a_database_error_fails_its_own_request_only(store: Store) {
        beach(&store).await;
        store.write(|db| put(db, 7)).await.unwrap();
        let writes = (0..40).map(|key| store.write(move |db| put(db, key)));
        for (key, answer) in (0..).zip(join_all(writes).await) {
            match answer {
                Ok(()) => assert_ne!(key, 7),
                Err(Trouble::Store(StoreError::Diesel(Error::DatabaseError(_, _)))) => assert_eq!(key, 7),
                Err(other) => panic!("{key}: {other:?}"),
            }
        }
        assert_eq!(count(&store).await, 40);
    }

    async fn going_on_after_a_failed_statement_is_refused(store: Store) {
        beach(&store).await;
        store.write(|db| put(db, 1)).await.unwrap();
        let answer = store.write(|db| {
            put(db, 2)?;
            let _ = put(db, 1);
            Ok::<_, Trouble>(())
        });
        assert!(matches!(answer.await, Err(Trouble::Store(StoreError::Unheeded(_)))));
        assert_eq!(count(&store).await, 1);
    }

    async fn a_refusal_made_of_a_violation_stays_a_refusal(store: Store) {
        beach(&store).await;
        store.write(|db| put(db, 1)).await.unwrap();
        let answer = store.write(|db| put(db, 1).or(Err(Trouble::Refused))).await;
        assert!(matches!(answer, Err(Trouble::Refused)));
        store.write(|db| put(db, 2)).await.unwrap();
        assert_eq!(count(&store).await, 2);
    }

    async fn racing_read_modify_writes_lose_nothing(store: Store) {
        beach(&store).await;
        store.write(|db| put(db, 1)).await.unwrap();
        let runs = Arc::new(AtomicU32::new(0));
        let increments = (0..60).map(|_| {
            let runs = runs.clone();
            store.write(move |db| {
                runs.fetch_add(1, Ordering::Relaxed);
                let n = number(db, "SELECT n FROM pebble WHERE id = 1")?;
                sql_query(format!("UPDATE pebble SET n = {} WHERE id = 1", n + 1)).execute(db)?;
                Ok::<_, Trouble>(())
            })
        });
        for answer in join_all(increments).await {
            answer.unwrap();
        }
        let sum = store.read(|db| number(db, "SELECT n FROM pebble WHERE id = 1")).await;
        assert_eq!(sum.unwrap(), 60);
        assert!(runs.load(Ordering::Relaxed) >= 60);
    }

    async fn readers_cannot_write(store: Store) {
        beach(&store).await;
        assert!(store.read(|db| put(db, 1)).await.is_err());
        assert_eq!(count(&store).await, 0);
    }

    async fn a_panicking_read_leaves_the_reader_usable(store: Store) {
        beach(&store).await;
        for _ in 0..4 {
            let answer: Result<(), Trouble> = store.read(|_| panic!("oh")).await;
            assert!(matches!(answer, Err(Trouble::Store(StoreError::Panic(_)))));
        }
        assert_eq!(count(&store).await, 0);
    }

    async fn relaxed_writes_commit_too(store: Store) {
        beach(&store).await;
        let writes = (0..20).map(|key| store.write_relaxed(move |db| put(db, key)));
        for answer in join_all(writes).await {
            answer.unwrap();
        }
        assert_eq!(count(&store).await, 20);
    }

    async fn what_waits_is_done_before_the_store_closes(store: Store) {
        beach(&store).await;
        let writes: Vec<_> = (0..100)
            .map(|key| {
                let store = store.clone();
                tokio::spawn(async move { store.write(move |db| put(db, key)).await })
            })
            .collect();
        tokio::task::yield_now().await;
        store.close().await;
        let mut done = 0;
        for write in writes {
            match write.await.unwrap() {
                Ok(()) => done += 1,
                Err(Trouble::Store(StoreError::Closed)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert!(done > 0);
        let late = store.write(|db| put(db, 1000)).await;
        assert!(matches!(late, Err(Trouble::Store(StoreError::Closed))));
    }

    async fn migrations_are_run_once_and_can_be_undone(store: Store) {
        assert!(store.migrate().unwrap().is_empty());
        assert!(store.pending_migrations().unwrap().is_empty());
        let undone = store.revert_all().unwrap();
        assert_eq!(store.pending_migrations().unwrap().len(), undone.len());
        assert_eq!(store.migrate().unwrap().len(), undone.len());
        assert!(store.pending_migrations().unwrap().is_empty());
    }
}

#[test]
fn a_postgres_connection_that_died_is_replaced() {
    crate::testing::on_postgres(|store| async move {
        beach(&store).await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        for key in 0..6 {
            let wrote = store.write(move |db| {
                sql_query(end).execute(db)?;
                put(db, key)
            });
            wrote.await.unwrap();
        }
        let mut failures = 0;
        for _ in 0..4 {
            let read = store.read(|db| number(db, "SELECT count(*) AS n FROM pebble"));
            failures += u32::from(read.await.is_err());
        }
        // A dead connection costs at most the read that finds it.
        assert!(failures <= 2, "{failures}");
        assert_eq!(count(&store).await, 6);
    });
}

#[test]
fn a_deadlock_on_postgres_is_tried_again() {
    crate::testing::on_postgres(|store| async move {
        beach(&store).await;
        store.write(|db| put(db, 1).and(put(db, 2))).await.unwrap();
        let runs = Arc::new(AtomicU32::new(0));
        let crossing = [(1, 2), (2, 1)].map(|(first, second)| {
            let runs = runs.clone();
            store.write_relaxed(move |db| {
                runs.fetch_add(1, Ordering::Relaxed);
                for key in [first, second] {
                    let add = format!("UPDATE pebble SET n = n + 1 WHERE id = {key}");
                    sql_query(add).execute(db)?;
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
                Ok::<_, Trouble>(())
            })
        });
        for answer in join_all(crossing).await {
            answer.unwrap();
        }
        assert!(runs.load(Ordering::Relaxed) > 2, "no deadlock came about");
        let sum = store.read(|db| number(db, "SELECT sum(n)::bigint AS n FROM pebble"));
        assert_eq!(sum.await.unwrap(), 4);
    });
}

#[test]
fn urls_choose_the_database() {
    let backend = |url| Target::parse(url, Synchronous::Off).map(|target| target.backend());
    for url in ["postgres://a@b/c", "postgresql:///c?host=/run"] {
        assert_eq!(backend(url).unwrap(), Backend::Postgres);
    }
    for url in [
        "sqlite:data/x.db",
        "sqlite:///x.db",
        "data/x.sqlite",
        "/x.db",
    ] {
        assert_eq!(backend(url).unwrap(), Backend::Sqlite);
    }
    for url in ["", "mysql://a@b/c", "sqlite::memory:", ":memory:"] {
        assert!(backend(url).is_err(), "{url}");
    }
}

#[test]
fn a_missing_file_is_named_where_none_may_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/hedgerow.sqlite");
    let path = path.to_str().unwrap();
    let careful = OpenOptions {
        create: false,
        ..OpenOptions::default()
    };
    let why = Store::open(path, careful).err().unwrap().to_string();
    assert!(
        why.contains("there is no database at") && why.contains(path),
        "{why}"
    );
    Store::open(path, OpenOptions::default()).unwrap();
    Store::open(path, careful).unwrap();
}

#[test]
fn an_unreachable_server_is_reported_in_its_own_words() {
    let url = "postgres://nobody@127.0.0.1:1/none";
    let why = Store::open(url, OpenOptions::default()).err().unwrap();
    assert!(why.to_string().contains("127.0.0.1"), "{why}");
}
