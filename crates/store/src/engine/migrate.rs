//! Runs the embedded migrations, on a connection of their own, in one transaction.

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;
use super::target::{Role, Target};
use crate::connection::Db;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The lock held while migrating, so that two servers starting at once do not both migrate. The
/// number is "hedge" in ASCII.
const LOCK: &str = "SELECT pg_advisory_xact_lock(448378203493)";

/// What to do with the migrations.
#[derive(Clone, Copy)]
pub(super) enum Action {
    /// Run the pending ones.
    Up,
    /// Revert all, newest first.
    Down,
    /// Revert the newest.
    DownOne,
    /// List the pending ones.
    Pending,
    /// List those that have run.
    Applied,
}

/// Runs the action; returns names (of the pending) or versions (of the others), in order.
pub(super) fn migrate(target: &Target, action: Action) -> Result<Vec<String>, StoreError> {
    let mut db = target.connect(Role::Migrator)?;
    match &mut db {
        Db::Sqlite(c) => c.immediate_transaction(|c| sqlite(c, action)),
        Db::Pg(c) => c.transaction(|c| postgres(c, action)),
    }
}

fn sqlite(c: &mut SqliteConnection, action: Action) -> Result<Vec<String>, StoreError> {
    refuse_newer(c, &SQLITE, action)?;
    match action {
        Action::Up => versions(c.run_pending_migrations(SQLITE)),
        Action::Down => versions(c.revert_all_migrations(SQLITE)),
        Action::DownOne => versions(c.revert_last_migration(SQLITE).map(|one| vec![one])),
        Action::Pending => names(c.pending_migrations(SQLITE)),
        Action::Applied => versions(c.applied_migrations()),
    }
}

fn postgres(c: &mut PgConnection, action: Action) -> Result<Vec<String>, StoreError> {
    c.batch_execute(LOCK)?;
    refuse_newer(c, &POSTGRES, action)?;
    match action {
        Action::Up => versions(c.run_pending_migrations(POSTGRES)),
        Action::Down => versions(c.revert_all_migrations(POSTGRES)),
        Action::DownOne => versions(c.revert_last_migration(POSTGRES).map(|one| vec![one])),
        Action::Pending => names(c.pending_migrations(POSTGRES)),
        Action::Applied => versions(c.applied_migrations()),
    }
}

/// Refuses a database that a newer program has migrated: this one does not know its tables.
fn refuse_newer<C, B>(
    c: &mut C,
    known: &EmbeddedMigrations,
    action: Action,
) -> Result<(), StoreError>
where
    C: MigrationHarness<B>,
    B: Backend,
    EmbeddedMigrations: MigrationSource<B>,
{
    if matches!(action, Action::Down | Action::DownOne) {
        return Ok(());
    }
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| StoreError::Migration(e.to_string());
    let known = versions_of::<B>(known)?;
    let newest = known.iter().max().cloned().unwrap_or_default();
    let applied = c.applied_migrations().map_err(failed)?;
    let unknown = applied.iter().map(ToString::to_string);
    match unknown.filter(|version| !known.contains(version)).max() {
        Some(version) => Err(StoreError::Migration(format!(
            "the database has migration {version}, which Hedgerow {} does not know (its newest is \
             {newest}): a newer version has used it; install that version",
            env!("CARGO_PKG_VERSION")
        ))),
        None => Ok(()),
    }
}

/// The version of the newest migration that this program has for a database.
pub(super) fn newest_known(backend: super::Backend) -> Result<String, StoreError> {
    let known = match backend {
        super::Backend::Sqlite => versions_of::<diesel::sqlite::Sqlite>(&SQLITE)?,
        super::Backend::Postgres => versions_of::<diesel::pg::Pg>(&POSTGRES)?,
    };
    Ok(known.into_iter().max().unwrap_or_default())
}

fn versions_of<B: Backend>(known: &EmbeddedMigrations) -> Result<Vec<String>, StoreError>
where
    EmbeddedMigrations: MigrationSource<B>,
{
    let migrations = known.migrations();
    let migrations: Vec<Box<dyn Migration<B>>> =
        migrations.map_err(|e| StoreError::Migration(e.to_string()))?;
    let versions = migrations.iter();
    Ok(versions
        .map(|migration| migration.name().version().to_string())
        .collect())
}

type MigrationResult<T> = diesel::migration::Result<Vec<T>>;

fn versions(
    run: MigrationResult<diesel::migration::MigrationVersion<'_>>,
) -> Result<Vec<String>, StoreError> {
    let run = run.map_err(|e| StoreError::Migration(e.to_string()))?;
    Ok(run.iter().map(ToString::to_string).collect())
}

fn names<B: Backend>(
    pending: MigrationResult<Box<dyn Migration<B>>>,
) -> Result<Vec<String>, StoreError> {
    let pending = pending.map_err(|e| StoreError::Migration(e.to_string()))?;
    Ok(pending.iter().map(|m| m.name().to_string()).collect())
}
