//! Runs the embedded migrations, on a connection of their own, in one transaction.

use diesel::connection::SimpleConnection;
use diesel::migration::Migration;
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
    /// List the pending ones.
    Pending,
}

/// Runs the action; returns names (of the pending) or versions (of those run or reverted), in order.
pub(super) fn migrate(target: &Target, action: Action) -> Result<Vec<String>, StoreError> {
    let mut db = target.connect(Role::Migrator)?;
    match &mut db {
        Db::Sqlite(c) => c.immediate_transaction(|c| sqlite(c, action)),
        Db::Pg(c) => c.transaction(|c| postgres(c, action)),
    }
}

fn sqlite(c: &mut SqliteConnection, action: Action) -> Result<Vec<String>, StoreError> {
    match action {
        Action::Up => versions(c.run_pending_migrations(SQLITE)),
        Action::Down => versions(c.revert_all_migrations(SQLITE)),
        Action::Pending => names(c.pending_migrations(SQLITE)),
    }
}

fn postgres(c: &mut PgConnection, action: Action) -> Result<Vec<String>, StoreError> {
    c.batch_execute(LOCK)?;
    match action {
        Action::Up => versions(c.run_pending_migrations(POSTGRES)),
        Action::Down => versions(c.revert_all_migrations(POSTGRES)),
        Action::Pending => names(c.pending_migrations(POSTGRES)),
    }
}

type MigrationResult<T> = diesel::migration::Result<Vec<T>>;

fn versions(
    run: MigrationResult<diesel::migration::MigrationVersion<'_>>,
) -> Result<Vec<String>, StoreError> {
    let run = run.map_err(|e| StoreError::Migration(e.to_string()))?;
    Ok(run.iter().map(ToString::to_string).collect())
}

fn names<B: diesel::backend::Backend>(
    pending: MigrationResult<Box<dyn Migration<B>>>,
) -> Result<Vec<String>, StoreError> {
    let pending = pending.map_err(|e| StoreError::Migration(e.to_string()))?;
    Ok(pending.iter().map(|m| m.name().to_string()).collect())
}
