//! Entries of the index that a former version wrote.

use super::*;
use domain::testing::{World, reader};
use model::ActorKind;
use model::search::{MatchIn, Pattern};
use store::search::{PostFilter, actors, posts};
use store::testing::run_sql;
use store::{Db, Store, StoreError};

/// The migration that gave titles and names an index of their own.
macro_rules! migration {
    ($engine:literal, $file:literal) => {
        include_str!(concat!(
            "../../../../migrations/",
            $engine,
            "/2026-11-30-000014_search_kind/",
            $file
        ))
    };
}

/// Makes the index what the former version wrote: actors are beside posts in `search_index`.
fn go_back(db: &mut Db) -> Result<(), StoreError> {
    let (down, actors) = match db {
        Db::Sqlite(_) => (
            migration!("sqlite", "down.sql"),
            "INSERT INTO search_index (rowid, title, body) \
             SELECT id, words, words FROM search_text WHERE actor_id IS NOT NULL",
        ),
        Db::Pg(_) => (
            migration!("postgres", "down.sql"),
            "INSERT INTO search_index (rowid, tokens) \
             SELECT id, array_to_tsvector(string_to_array(words, ' ')) FROM search_text \
             WHERE actor_id IS NOT NULL",
        ),
    };
    run_all(db, down)?;
    run_all(db, actors)
}

fn migrate(db: &mut Db) -> Result<(), StoreError> {
    let up = match db {
        Db::Sqlite(_) => migration!("sqlite", "up.sql"),
        Db::Pg(_) => migration!("postgres", "up.sql"),
    };
    run_all(db, up)
}

fn run_all(db: &mut Db, words: &str) -> Result<(), StoreError> {
    let statements = words.split(";\n").filter(|one| !one.trim().is_empty());
    for statement in statements {
        run_sql(db, statement)?;
    }
    Ok(())
}

/// What a guest finds, by each way in which it is looked for.
fn found(db: &mut Db) -> Result<[usize; 5], StoreError> {
    let anything = PostFilter::default();
    let mut threads = |typed: &str, within| {
        let pattern = Pattern::new(typed);
        posts(db, reader(None), (&pattern, within), &anything, 9).map(|found| found.len())
    };
    let (text, beginning, stem) = (
        threads("warping", MatchIn::Text)?,
        threads("war", MatchIn::Beginnings)?,
        threads("warps", MatchIn::Title)?,
    );
    let mut named = |typed: &str, within, kind| {
        let pattern = Pattern::new(typed);
        actors(db, reader(None), (&pattern, within), kind, 9).map(|found| found.len())
    };
    let person = named("an", MatchIn::Beginnings, ActorKind::Person)?;
    let purpose = named("learning", MatchIn::Names, ActorKind::Group)?;
    Ok([text, beginning, person, stem, purpose])
}

store::both! {
    async fn what_a_former_version_indexed_is_found_by_all_its_words_again(store: Store) {
        let world = World::new(store.clone()).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        world.thread(ann, weavers, "Warping a heddle").await.unwrap();
        world.index().await.unwrap();
        assert_eq!(store.read(found).await.unwrap(), [1, 1, 1, 1, 1]);
        let former = |tx: &mut Tx<'_>| {
            go_back(tx.db)?;
            Ok(migrate(tx.db)?)
        };
        world.ops.write(former).await.unwrap();
        // By their names they are found before the job has run.
        assert_eq!(store.read(found).await.unwrap(), [1, 1, 1, 0, 0]);
        let waiting = |db: &mut Db| {
            let jobs = store::queue::jobs::count_of_kind(db, RewriteSearchEntries::KIND)?;
            Ok::<_, StoreError>((jobs, store::search::of_former_version(db, 9)?.len()))
        };
        let (jobs, former) = store.read(waiting).await.unwrap();
        assert_eq!(jobs, 1);
        assert!(former > 2, "{former}");
        while rewrite_former(&world.ops).await.unwrap() {}
        assert_eq!(store.read(found).await.unwrap(), [1, 1, 1, 1, 1]);
        assert_eq!(store.read(waiting).await.unwrap(), (1, 0));
        rebuild(&world.ops, |_, _| {}).await.unwrap();
        assert_eq!(store.read(found).await.unwrap(), [1, 1, 1, 1, 1]);
    }

    async fn an_entry_that_cannot_be_written_keeps_no_other_waiting(store: Store) {
        let world = World::new(store.clone()).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        world.thread(ann, weavers, "Warping a heddle").await.unwrap();
        world.index().await.unwrap();
        let former = |tx: &mut Tx<'_>| {
            go_back(tx.db)?;
            migrate(tx.db)?;
            let refuse = match tx.db {
                Db::Sqlite(_) => {
                    "CREATE TRIGGER refuse BEFORE INSERT ON search_text WHEN NEW.post_id IS NOT NULL \
                     BEGIN SELECT RAISE(ABORT, 'refused'); END"
                }
                Db::Pg(_) => {
                    "ALTER TABLE search_text ADD CONSTRAINT refuse CHECK (post_id IS NULL) NOT VALID"
                }
            };
            Ok(run_sql(tx.db, refuse)?)
        };
        world.ops.write(former).await.unwrap();
        while rewrite_former(&world.ops).await.unwrap() {}
        let left = |db: &mut Db| Ok::<_, StoreError>(store::search::of_former_version(db, 9)?);
        assert!(store.read(left).await.unwrap().is_empty());
        // The thread is found by its title as before, the person and the community by all words.
        assert_eq!(store.read(found).await.unwrap(), [1, 1, 1, 0, 1]);
    }
}
