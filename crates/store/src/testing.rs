//! Databases for tests: a fresh copy of a migrated template for each, on SQLite and on PostgreSQL.
//!
//! `both! { async fn name(store: Store) { … } }` runs one test on the two of them. PostgreSQL is
//! the server named by `HEDGEROW_TEST_POSTGRES` (an administrator's URL), else one that the test
//! process starts for itself, else the test is skipped with a line that says so; with `CI=true` a
//! skip is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test database that cannot be made ends its test"
)]

mod cache;
#[path = "../../xtask/src/postgres.rs"]
mod cluster;
pub mod rows;
pub mod statements;

use std::collections::BTreeMap;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use url::Url;

use crate::{OpenOptions, Store, Synchronous};
pub use cache::cached;
pub use cluster::Cluster;

/// Names the set of migrations, so that an old template is never copied.
const DIGEST: &str = env!("MIGRATIONS_DIGEST");

const OPTIONS: OpenOptions = OpenOptions {
    readers: 2,
    synchronous: Synchronous::Off,
    create: true,
};

/// Defines a test twice: `name::sqlite` and `name::postgres`, each with a fresh migrated store.
#[macro_export]
macro_rules! both {
    ($($(#[$attribute:meta])* async fn $name:ident($store:ident: $type:ty) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn story($store: $type) $body
            $(#[$attribute])*
            #[test]
            fn sqlite() {
                $crate::testing::on_sqlite(story);
            }
            $(#[$attribute])*
            #[test]
            fn postgres() {
                $crate::testing::on_postgres(story);
            }
        }
    )+};
}

/// A store whose database goes with it.
pub struct Fresh {
    store: Store,
    url: String,
    _home: Home,
}

impl Fresh {
    /// Where its database is, as `Store::open` takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Deref for Fresh {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// What is removed at the end.
enum Home {
    Folder { _folder: tempfile::TempDir },
    Database { name: String },
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Self::Database { name } = self
            && let Some(admin) = server()
            && let Ok(mut admin) = PgConnection::establish(admin)
        {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = sql_query(drop).execute(&mut admin);
        }
    }
}

/// Runs a test on a fresh SQLite store, on a runtime with a single thread.
pub fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Store) -> F) {
    run(&sqlite(), test);
}

/// Runs a test on a fresh PostgreSQL store, or skips it, see the module.
pub fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Store) -> F) {
    if let Some(fresh) = postgres() {
        run(&fresh, test);
    }
}

fn run<F: Future<Output = ()>>(fresh: &Fresh, test: impl FnOnce(Store) -> F) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        test(fresh.store.clone()).await;
        fresh.close().await;
    });
}

/// A fresh SQLite store: a copy of a template that is migrated once in a build, without sync.
pub fn sqlite() -> Fresh {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hedgerow.sqlite");
    let bytes = TEMPLATE.get_or_init(|| {
        cached(&format!("template-{DIGEST}.sqlite"), || {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("template.sqlite");
            crate::engine::migrate_new(path.to_str().unwrap(), OPTIONS).unwrap();
            std::fs::read(path).unwrap()
        })
    });
    std::fs::write(&path, bytes).unwrap();
    let url = path.to_str().unwrap().to_owned();
    Fresh {
        store: Store::open(&url, OPTIONS).unwrap(),
        url,
        _home: Home::Folder { _folder: folder },
    }
}

/// Rows that this connection has written since it was opened, SQLite only.
///
/// # Errors
/// On PostgreSQL, and where the database fails.
pub fn changes(db: &mut crate::Db) -> Result<i64, crate::SqlError> {
    #[derive(QueryableByName)]
    struct Changed {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let row: Changed = sql_query("SELECT total_changes() AS n").get_result(db)?;
    Ok(row.n)
}

/// Runs words of SQL, to break something on purpose.
///
/// # Errors
/// Where the database fails.
pub fn run_sql(db: &mut crate::Db, words: &str) -> Result<(), crate::SqlError> {
    sql_query(words).execute(db).map(drop)
}

/// Runs a statement as another process does that uses the same database.
///
/// # Errors
/// Where the database fails.
pub async fn run_sql_elsewhere(store: &Store, words: &str) -> Result<(), crate::StoreError> {
    let words = words.to_owned();
    let run = move |db: &mut crate::Db| Ok::<_, crate::StoreError>(run_sql(db, &words)?);
    store.write(run).await
}

/// Describes every table, column, index and constraint, one per line; those of the migrations' own
/// bookkeeping are left out.
pub async fn schema(store: &Store) -> Vec<String> {
    const SQLITE: &str = "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS line \
        FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
        ORDER BY line";
    const POSTGRES: &str = "SELECT line FROM ( \
        SELECT table_name || '.' || column_name || ': ' || data_type || ' ' || is_nullable AS line \
        FROM information_schema.columns WHERE table_schema = 'public' \
            AND table_name NOT LIKE '\\_\\_diesel%' \
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
            AND tablename NOT LIKE '\\_\\_diesel%' \
        UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
            WHERE connamespace = 'public'::regnamespace \
            AND conrelid::regclass::text NOT LIKE '\\_\\_diesel%' \
        ) AS lines ORDER BY line";
    lines(store, SQLITE, POSTGRES).await
}

/// Counts the rows of every table; of the index for searching, not those that SQLite keeps it in.
pub async fn row_counts(store: &Store) -> BTreeMap<String, i64> {
    const SQLITE: &str = "SELECT name AS line FROM sqlite_master WHERE type = 'table' \
        AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
        AND name NOT LIKE 'search\\_index\\_%' ESCAPE '\\' \
        AND name NOT LIKE 'search\\_name\\_%' ESCAPE '\\'";
    const POSTGRES: &str = "SELECT table_name AS line FROM information_schema.tables \
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'";
    let tables = lines(store, SQLITE, POSTGRES).await;
    let count = move |db: &mut crate::Db| {
        let counts = tables.iter().map(|table| {
            let sql = format!("SELECT count(*) || '' AS line FROM {table}");
            let row: Line = sql_query(sql).get_result(db)?;
            Ok((table.clone(), row.line.parse().unwrap()))
        });
        counts.collect::<Result<_, crate::StoreError>>()
    };
    store.read(count).await.unwrap()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

async fn lines(store: &Store, sqlite: &'static str, postgres: &'static str) -> Vec<String> {
    let read = move |db: &mut crate::Db| -> Result<Vec<Line>, crate::StoreError> {
        let sql = match db {
            crate::Db::Sqlite(_) => sqlite,
            crate::Db::Pg(_) => postgres,
        };
        Ok(sql_query(sql).load(db)?)
    };
    let rows = store.read(read).await.unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// Moves a thread with its replies into another space of its community, past the verbs.
///
/// # Errors
/// Where the database fails.
pub fn move_to_space(
    db: &mut crate::Db,
    root: model::PostId,
    space: model::SpaceId,
) -> Result<(), crate::SqlError> {
    use crate::schema::post;
    use diesel::ExpressionMethods;
    diesel::update(post::table)
        .filter(post::root_id.eq(root))
        .set(post::space_id.eq(space))
        .execute(db)
        .map(drop)
}

/// A fresh PostgreSQL store, or none where there is no PostgreSQL; then a line says so.
pub fn postgres() -> Option<Fresh> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let admin = server()?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let salt = RandomState::new().hash_one(number);
    let name = format!("hedgerow_test_{salt:016x}");
    let mut connection = PgConnection::establish(admin).unwrap();
    let template = template(admin, &mut connection);
    command(
        &mut connection,
        &format!("CREATE DATABASE {name} TEMPLATE {template}"),
    );
    let home = Home::Database { name: name.clone() };
    let url = within(admin, &name);
    Some(Fresh {
        store: Store::open(&url, OPTIONS).unwrap(),
        url,
        _home: home,
    })
}

/// Whether there is a PostgreSQL; where there is none, a line says so.
#[must_use]
pub fn has_postgres() -> bool {
    server().is_some()
}

/// The migrated template on the server, made by the first who asks. Processes wait for each other.
fn template(admin: &str, connection: &mut PgConnection) -> String {
    #[derive(QueryableByName)]
    struct TemplateExists {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        found: bool,
    }
    let template = format!("hedgerow_template_{DIGEST}");
    command(connection, "SELECT pg_advisory_lock(20261122)");
    let exists =
        format!("SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{template}') AS found");
    let row: TemplateExists = sql_query(exists).get_result(connection).unwrap();
    if !row.found {
        let draft = format!("{template}_draft");
        command(
            connection,
            &format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)"),
        );
        command(
            connection,
            &format!("CREATE DATABASE {draft} TEMPLATE template0"),
        );
        crate::engine::migrate_new(&within(admin, &draft), OPTIONS).unwrap();
        // The migrating session may take a moment to leave, and a rename does not wait for it.
        command(
            connection,
            &format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{draft}'"
            ),
        );
        command(
            connection,
            &format!("ALTER DATABASE {draft} RENAME TO {template}"),
        );
    }
    command(connection, "SELECT pg_advisory_unlock(20261122)");
    template
}

fn command(connection: &mut PgConnection, sql: &str) {
    sql_query(sql).execute(connection).expect(sql);
}

/// The administrator's URL with another database's name.
fn within(admin: &str, database: &str) -> String {
    let mut url = Url::parse(admin).expect("HEDGEROW_TEST_POSTGRES is a URL");
    url.set_path(database);
    url.into()
}

/// The administrator's URL of a server, found or started once in a process.
fn server() -> Option<&'static str> {
    static SERVER: OnceLock<Option<(String, Option<Cluster>)>> = OnceLock::new();
    let found = SERVER.get_or_init(|| {
        if let Ok(url) = std::env::var("HEDGEROW_TEST_POSTGRES") {
            return Some((url, None));
        }
        own_server().map(|cluster| (cluster.url.clone(), Some(cluster)))
    });
    found.as_ref().map(|(url, _)| url.as_str())
}

/// A server of a test's own, which it may ruin; or none, see the module.
#[must_use]
pub fn own_server() -> Option<Cluster> {
    match Cluster::start(&folder()) {
        Ok(cluster) => Some(cluster),
        Err(why) => {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "no PostgreSQL to test on: {why}");
            eprintln!("skipped: no PostgreSQL ({why})");
            None
        }
    }
}

/// A short path: a socket's name may have 107 bytes.
fn folder() -> PathBuf {
    let salt = RandomState::new().hash_one("postgres");
    std::env::temp_dir().join(format!("hedgerow-postgres-{salt:016x}"))
}
