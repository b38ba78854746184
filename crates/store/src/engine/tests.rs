//! Tests of the engine's guarantees on both databases: answers, rollbacks, order, conflicts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::result::Error;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use futures::future::join_all;

use super::*;
use crate::both;

/// As many as a group is run before its requests run one at a time.
const CONFLICTS: u32 = super::group_commit::CONFLICT_ATTEMPTS;

/// The error of these tests' closures.
#[derive(Debug)]
enum TestError {
    Refused,
    Store(StoreError),
}

impl From<StoreError> for TestError {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl From<Error> for TestError {
    fn from(e: Error) -> Self {
        Self::Store(e.into())
    }
}

impl WriteError for TestError {
    fn is_database(&self) -> bool {
        matches!(self, Self::Store(e) if e.is_database())
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn number(db: &mut Db, sql: &str) -> Result<i64, TestError> {
    Ok(sql_query(sql).get_result::<Number>(db)?.n)
}

fn insert(db: &mut Db, key: i64) -> Result<(), TestError> {
    let insert = sql_query(format!("INSERT INTO item (id, n) VALUES ({key}, 0)"));
    insert.execute(db)?;
    Ok(())
}

async fn create_table(store: &Store) {
    let make = "CREATE TABLE item (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)";
    let made = store
        .write(|db| Ok::<_, TestError>(db.batch_execute(make)?))
        .await;
    made.unwrap();
}

async fn count(store: &Store) -> i64 {
    let counted = store.read(|db| number(db, "SELECT count(*) AS n FROM item"));
    counted.await.unwrap()
}

both! {
    async fn background_writes_run_in_order(store: Store) {
        create_table(&store).await;
        store.write(|db| insert(db, 0)).await.unwrap();
        let steps: Vec<_> = (1..=200).map(|n| store.write_background(move |db| {
            let step = format!("UPDATE item SET n = n * 3 % 1000003 + {n} WHERE id = 0");
            sql_query(step).execute(db)?;
            Ok::<(), TestError>(())
        })).collect();
        for step in join_all(steps).await {
            step.unwrap();
        }
        let one_by_one = (1..=200).fold(0_i64, |n, step| n * 3 % 1_000_003 + step);
        let found = store.read(|db| number(db, "SELECT n FROM item WHERE id = 0")).await.unwrap();
        assert_eq!(found, one_by_one);
    }

    async fn refusals_change_neither_the_order_nor_the_other_writes(store: Store) {
        create_table(&store).await;
        store.write(|db| insert(db, 0)).await.unwrap();
        let refused = |n: i64| n % 7 == 3;
        let steps: Vec<_> = (1..=200).map(|n| {
            let step = store.write_background(move |db| {
                let step = format!("UPDATE item SET n = n * 3 % 1000003 + {n} WHERE id = 0");
                sql_query(step).execute(db)?;
                if refused(n) { Err(TestError::Refused) } else { Ok(()) }
            });
            (n, step, store.write_inbound(move |db| insert(db, n)))
        }).collect();
        for (n, step, inbound) in steps {
            inbound.await.unwrap();
            assert_eq!(step.await.is_err(), refused(n));
        }
        let by_hand = (1..=200)
            .filter(|n| !refused(*n))
            .fold(0_i64, |n, step| n * 3 % 1_000_003 + step);
        let found = store.read(|db| number(db, "SELECT n FROM item WHERE id = 0")).await.unwrap();
        assert_eq!(found, by_hand);
        assert_eq!(count(&store).await, 201);
    }

    async fn a_database_error_fails_only_its_own_background_write(store: Store) {
        create_table(&store).await;
        store.write(|db| insert(db, 7)).await.unwrap();
        let writes: Vec<_> = (0..40)
            .map(|key| store.write_background(move |db| insert(db, key)))
            .collect();
        for (key, answer) in (0..).zip(join_all(writes).await) {
            match answer {
                Ok(()) => assert_ne!(key, 7),
                Err(TestError::Store(StoreError::Diesel(Error::DatabaseError(_, _)))) => assert_eq!(key, 7),
                Err(other) => panic!("{key}: {other:?}"),
            }
        }
        assert_eq!((count(&store).await, store.failed_writes()), (40, 1));
    }

    async fn a_background_write_sees_what_was_committed_before_it_was_queued(store: Store) {
        create_table(&store).await;
        let mut answers = Vec::new();
        for key in 1..=60 {
            let insert = move |db: &mut Db| insert(db, key);
            let committed = match key % 3 {
                0 => store.write(insert).await,
                1 => store.write_inbound(insert).await,
                _ => store.write_read_committed(insert).await,
            };
            committed.unwrap();
            // Several writes for each row, so that one group follows another without a pause.
            answers.extend((0..3).map(|_| store.write_background(move |db| {
                std::thread::sleep(std::time::Duration::from_millis(1));
                let update = format!("UPDATE item SET n = n + 1 WHERE id = {key}");
                Ok::<_, TestError>(sql_query(update).execute(db)?)
            })));
        }
        for updated in join_all(answers).await {
            assert_eq!(updated.unwrap(), 1);
        }
    }

    async fn concurrent_background_and_other_writes_lose_no_update(store: Store) {
        create_table(&store).await;
        store.write(|db| insert(db, 1)).await.unwrap();
        let increment = |db: &mut Db| {
            let n = number(db, "SELECT n FROM item WHERE id = 1")?;
            sql_query(format!("UPDATE item SET n = {} WHERE id = 1", n + 1)).execute(db)?;
            Ok::<_, TestError>(())
        };
        let background: Vec<_> = (0..60).map(|_| store.write_background(increment)).collect();
        let others = (0..20).map(|_| store.write(increment));
        let (background, others) = futures::join!(join_all(background), join_all(others));
        for answer in background.into_iter().chain(others) {
            answer.unwrap();
        }
        let sum = store.read(|db| number(db, "SELECT n FROM item WHERE id = 1")).await;
        assert_eq!(sum.unwrap(), 80);
    }
}

both! {
    async fn concurrent_writes_are_all_answered_and_committed(store: Store) {
        create_table(&store).await;
        let writes = (0..500).map(|key| {
            store.write(move |db| insert(db, key).map(|()| key))
        });
        for (key, answer) in (0..).zip(join_all(writes).await) {
            assert_eq!(answer.unwrap(), key);
        }
        assert_eq!(count(&store).await, 500);
    }

    async fn a_refusal_rolls_back_only_itself(store: Store) {
        create_table(&store).await;
        let writes = (0..100).map(|key| {
            store.write(move |db| {
                insert(db, key)?;
                if key % 2 == 0 { Ok(()) } else { Err(TestError::Refused) }
            })
        });
        for (key, answer) in (0..).zip(join_all(writes).await) {
            assert_eq!(answer.is_ok(), key % 2 == 0);
            assert!(!matches!(answer, Err(TestError::Store(_))));
        }
        assert_eq!(count(&store).await, 50);
    }

    async fn a_panic_fails_only_its_own_request(store: Store) {
        create_table(&store).await;
        let writes = (0..40).map(|key| {
            store.write(move |db| {
                insert(db, key)?;
                assert!(key != 17, "seventeen");
                Ok(())
            })
        });
        for (key, answer) in (0..).zip(join_all(writes).await) {
            match answer {
                Ok(()) => assert_ne!(key, 17),
                Err(TestError::Store(StoreError::Panic(why))) => {
                    assert_eq!((key, why.as_str()), (17, "seventeen"));
                }
                Err(other) => panic!("{key}: {other:?}"),
            }
        }
        assert_eq!(count(&store).await, 39);
    }

    async fn a_database_error_fails_only_its_own_request(store: Store) {
        create_table(&store).await;
        store.write(|db| insert(db, 7)).await.unwrap();
        let writes = (0..40).map(|key| store.write(move |db| insert(db, key)));
        for (key, answer) in (0..).zip(join_all(writes).await) {
            match answer {
                Ok(()) => assert_ne!(key, 7),
                Err(TestError::Store(StoreError::Diesel(Error::DatabaseError(_, _)))) => assert_eq!(key, 7),
                Err(other) => panic!("{key}: {other:?}"),
            }
        }
        assert_eq!(count(&store).await, 40);
    }

    async fn continuing_after_a_failed_statement_is_refused(store: Store) {
        create_table(&store).await;
        store.write(|db| insert(db, 1)).await.unwrap();
        let answer = store.write(|db| {
            insert(db, 2)?;
            let _ = insert(db, 1);
            Ok::<_, TestError>(())
        });
        assert!(matches!(answer.await, Err(TestError::Store(StoreError::IgnoredError(_)))));
        assert_eq!(count(&store).await, 1);
    }

    async fn a_refusal_made_of_a_violation_stays_a_refusal(store: Store) {
        create_table(&store).await;
        store.write(|db| insert(db, 1)).await.unwrap();
        let answer = store.write(|db| insert(db, 1).or(Err(TestError::Refused))).await;
        assert!(matches!(answer, Err(TestError::Refused)));
        store.write(|db| insert(db, 2)).await.unwrap();
        assert_eq!(count(&store).await, 2);
    }

    async fn concurrent_read_modify_writes_lose_no_update(store: Store) {
        create_table(&store).await;
        store.write(|db| insert(db, 1)).await.unwrap();
        let runs = Arc::new(AtomicU32::new(0));
        let increments = (0..60).map(|_| {
            let runs = runs.clone();
            store.write(move |db| {
                runs.fetch_add(1, Ordering::Relaxed);
                let n = number(db, "SELECT n FROM item WHERE id = 1")?;
                sql_query(format!("UPDATE item SET n = {} WHERE id = 1", n + 1)).execute(db)?;
                Ok::<_, TestError>(())
            })
        });
        for answer in join_all(increments).await {
            answer.unwrap();
        }
        let sum = store.read(|db| number(db, "SELECT n FROM item WHERE id = 1")).await;
        assert_eq!(sum.unwrap(), 60);
        assert!(runs.load(Ordering::Relaxed) >= 60);
    }

    async fn readers_cannot_write(store: Store) {
        create_table(&store).await;
        assert!(store.read(|db| insert(db, 1)).await.is_err());
        assert_eq!(count(&store).await, 0);
    }

    async fn a_read_that_panics_leaves_the_reader_usable(store: Store) {
        create_table(&store).await;
        for _ in 0..4 {
            let answer: Result<(), TestError> = store.read(|_| panic!("oh")).await;
            assert!(matches!(answer, Err(TestError::Store(StoreError::Panic(_)))));
        }
        assert_eq!(count(&store).await, 0);
    }

    async fn read_committed_writes_are_committed(store: Store) {
        create_table(&store).await;
        let writes = (0..20).map(|key| store.write_read_committed(move |db| insert(db, key)));
        for answer in join_all(writes).await {
            answer.unwrap();
        }
        assert_eq!(count(&store).await, 20);
    }

    async fn queued_writes_finish_before_the_store_closes(store: Store) {
        create_table(&store).await;
        let writes: Vec<_> = (0..100)
            .map(|key| {
                let store = store.clone();
                tokio::spawn(async move { store.write(move |db| insert(db, key)).await })
            })
            .collect();
        tokio::task::yield_now().await;
        store.close().await;
        let mut done = 0;
        for write in writes {
            match write.await.unwrap() {
                Ok(()) => done += 1,
                Err(TestError::Store(StoreError::Closed)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert!(done > 0);
        let late = store.write(|db| insert(db, 1000)).await;
        assert!(matches!(late, Err(TestError::Store(StoreError::Closed))));
    }

    async fn a_database_of_a_newer_version_is_refused_by_name(store: Store) {
        let add = |db: &mut Db| -> Result<(), StoreError> {
            let sql = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')";
            Ok(db.batch_execute(sql)?)
        };
        store.write(add).await.unwrap();
        for refused in [store.migrate(), store.pending_migrations()] {
            let why = refused.unwrap_err().to_string();
            let program = env!("CARGO_PKG_VERSION");
            assert!(why.contains("29991231000001") && why.contains(program), "{why}");
        }
    }

    async fn migrations_run_once_and_can_be_reverted(store: Store) {
        assert!(store.migrate().unwrap().is_empty());
        assert!(store.pending_migrations().unwrap().is_empty());
        let reverted = store.revert_all().unwrap();
        assert_eq!(store.pending_migrations().unwrap().len(), reverted.len());
        assert_eq!(store.migrate().unwrap().len(), reverted.len());
        assert!(store.pending_migrations().unwrap().is_empty());
    }
}

#[test]
fn a_closed_postgres_connection_is_replaced() {
    crate::testing::on_postgres(|store| async move {
        create_table(&store).await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        for key in 0..6 {
            let wrote = store.write(move |db| {
                sql_query(end).execute(db)?;
                insert(db, key)
            });
            wrote.await.unwrap();
        }
        let mut failures = 0;
        for _ in 0..4 {
            let read = store.read(|db| number(db, "SELECT count(*) AS n FROM item"));
            failures += u32::from(read.await.is_err());
        }
        // A dead connection costs at most the read that finds it.
        assert!(failures <= 2, "{failures}");
        assert_eq!(count(&store).await, 6);
    });
}

#[test]
fn a_deadlock_on_postgres_is_retried() {
    crate::testing::on_postgres(|store| async move {
        create_table(&store).await;
        store
            .write(|db| insert(db, 1).and(insert(db, 2)))
            .await
            .unwrap();
        let runs = Arc::new(AtomicU32::new(0));
        let crossing = [(1, 2), (2, 1)].map(|(first, second)| {
            let runs = runs.clone();
            store.write_read_committed(move |db| {
                runs.fetch_add(1, Ordering::Relaxed);
                for key in [first, second] {
                    let add = format!("UPDATE item SET n = n + 1 WHERE id = {key}");
                    sql_query(add).execute(db)?;
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
                Ok::<_, TestError>(())
            })
        });
        for answer in join_all(crossing).await {
            answer.unwrap();
        }
        assert!(runs.load(Ordering::Relaxed) > 2, "no deadlock came about");
        let sum = store.read(|db| number(db, "SELECT sum(n)::bigint AS n FROM item"));
        assert_eq!(sum.await.unwrap(), 4);
    });
}

/// Runs a group of ten background writes on PostgreSQL, of which the fifth conflicts with a
/// concurrent write each of the first `conflicts` times it runs.
async fn group_with_conflicts(store: Store, conflicts: u32) {
    create_table(&store).await;
    store.write(|db| insert(db, 0)).await.unwrap();
    let (reached, mut wait_reached) = tokio::sync::mpsc::unbounded_channel();
    let (resume, wait_resume) = std::sync::mpsc::channel::<()>();
    let wait_resume = std::sync::Mutex::new(wait_resume);
    let runs = Arc::new(AtomicU32::new(0));
    let counter = runs.clone();
    // While this one runs, the others are queued behind it.
    let (begin, wait_begin) = std::sync::mpsc::channel::<()>();
    let wait_begin = std::sync::Mutex::new(wait_begin);
    let first = store.write_background(move |_| {
        // An error where it runs again, and the sender is gone.
        let _ = wait_begin.lock().unwrap().recv();
        Ok::<_, TestError>(())
    });
    let step = |n: i64| {
        move |db: &mut Db| {
            let step = format!("UPDATE item SET n = n * 3 % 1000003 + {n} WHERE id = 0");
            sql_query(step).execute(db)?;
            Ok::<_, TestError>(())
        }
    };
    let mut steps: Vec<_> = (1..=4).map(|n| store.write_background(step(n))).collect();
    let fifth = store.write_background(move |db| {
        if counter.fetch_add(1, Ordering::SeqCst) < conflicts {
            // The first statement takes the snapshot.
            number(db, "SELECT n FROM item WHERE id = 99")?;
            reached.send(()).unwrap();
            wait_resume.lock().unwrap().recv().unwrap();
            // Another transaction has written this row since the group began.
            sql_query("UPDATE item SET n = n + 1 WHERE id = 99").execute(db)?;
        }
        step(5)(db)
    });
    store.write(|db| insert(db, 99)).await.unwrap();
    steps.extend((6..=9).map(|n| store.write_background(step(n))));
    drop(begin);
    let interfere = async {
        for _ in 0..conflicts {
            wait_reached.recv().await.unwrap();
            let update = "UPDATE item SET n = n + 1 WHERE id = 99";
            let write = move |db: &mut Db| Ok::<_, TestError>(sql_query(update).execute(db)?);
            store.write_read_committed(write).await.unwrap();
            resume.send(()).unwrap();
        }
    };
    let (_, first, fifth, steps) = futures::join!(interfere, first, fifth, join_all(steps));
    first.and(fifth).unwrap();
    for step in steps {
        step.unwrap();
    }
    let in_order = (1..=9).fold(0_i64, |n, step| n * 3 % 1_000_003 + step);
    let found = store
        .read(|db| number(db, "SELECT n FROM item WHERE id = 0"))
        .await;
    assert_eq!(found.unwrap(), in_order);
    assert_eq!(runs.load(Ordering::SeqCst), conflicts + 1);
    assert_eq!(store.failed_writes(), 0);
}

#[test]
fn a_group_that_conflicts_on_postgres_is_retried() {
    crate::testing::on_postgres(|store| group_with_conflicts(store, 1));
}

#[test]
fn a_group_that_conflicts_repeatedly_on_postgres_runs_one_at_a_time() {
    crate::testing::on_postgres(|store| group_with_conflicts(store, CONFLICTS));
    // Also where a request still conflicts when it runs alone.
    crate::testing::on_postgres(|store| group_with_conflicts(store, CONFLICTS + 2));
}

#[test]
fn the_url_selects_the_database() {
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
fn a_missing_file_is_named_where_it_must_not_be_created() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/hedgerow.sqlite");
    let path = path.to_str().unwrap();
    let no_create = OpenOptions {
        create: false,
        ..OpenOptions::default()
    };
    let why = Store::open(path, no_create).err().unwrap().to_string();
    assert!(
        why.contains("there is no database at") && why.contains(path),
        "{why}"
    );
    Store::open(path, OpenOptions::default()).unwrap();
    Store::open(path, no_create).unwrap();
}

#[test]
fn an_unreachable_server_is_reported_with_its_message() {
    let url = "postgres://nobody@127.0.0.1:1/none";
    let why = Store::open(url, OpenOptions::default()).err().unwrap();
    assert!(why.to_string().contains("127.0.0.1"), "{why}");
}
