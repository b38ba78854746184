//! What a backup needs of a database: a copy of one moment, whether a file is sound, and the certainty that
//! nobody uses a database that is to be replaced.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};

use super::migrate::{self, Action};
use super::target::{Role, Synchronous, Target};
use super::{Backend, ServeLock, Store, StoreError};
use crate::connection::Db;

/// A database that nobody else uses, until this is dropped.
#[derive(Debug)]
pub struct RestoreClaim {
    /// The path of an SQLite file.
    pub file: Option<PathBuf>,
    /// Whether there is a database, or a table in it.
    pub has_data: bool,
    /// The path or name, for a message.
    pub shown: String,
    _lock: Option<ServeLock>,
}

impl Store {
    /// Copies an SQLite database into an empty or missing file, as of one moment, while it is read and
    /// written; blocks. Errors: `Internal` on PostgreSQL, whose own programs do that.
    pub fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        let Db::Sqlite(mut connection) = self.inner.target.connect(Role::Migrator)? else {
            return Err(StoreError::Internal(
                "a PostgreSQL database is copied by pg_dump".to_owned(),
            ));
        };
        let name = path_text(file)?;
        sql_query("VACUUM INTO ?")
            .bind::<Text, _>(name)
            .execute(&mut connection)?;
        Ok(())
    }

    /// Checks that an SQLite file is sound and known to this version; blocks. Errors: `Internal` with what
    /// SQLite says about it, `Migration` where it is newer.
    pub fn check_file(file: &Path) -> Result<(), StoreError> {
        let url = format!("sqlite:{}", path_text(file)?);
        let target = Target::parse(&url, Synchronous::Full)?;
        if let Db::Sqlite(mut connection) = target.connect(Role::Migrator)? {
            let lines: Vec<CheckLine> = sql_query("PRAGMA quick_check(5)").load(&mut connection)?;
            let bad: Vec<&str> = lines
                .iter()
                .map(|line| line.quick_check.as_str())
                .filter(|line| *line != "ok")
                .collect();
            if !bad.is_empty() {
                return Err(StoreError::Internal(format!(
                    "the database is damaged: {}",
                    bad.join("; ")
                )));
            }
            connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
        if migrate::migrate(&target, Action::Applied)?.is_empty() {
            let why = "it holds no tables of Hedgerow".to_owned();
            return Err(StoreError::Internal(why));
        }
        migrate::migrate(&target, Action::Pending).map(|_| ())
    }

    /// The version of the newest migration that has run; empty where none has.
    pub fn newest_migration(&self) -> Result<String, StoreError> {
        let applied = migrate::migrate(&self.inner.target, Action::Applied)?;
        Ok(applied.into_iter().max().unwrap_or_default())
    }

    /// The version of the newest migration that this program knows.
    pub fn newest_known_migration(backend: Backend) -> Result<String, StoreError> {
        migrate::newest_known(backend)
    }

    /// The kind of database that a URL names.
    pub fn backend_of(url: &str) -> Result<Backend, StoreError> {
        Ok(Target::parse(url, Synchronous::Full)?.backend())
    }

    /// Claims a database, or the place of one, for a restore; blocks. Errors: `Connect` where a server uses
    /// it, or it cannot be reached.
    pub fn claim_for_restore(url: &str) -> Result<RestoreClaim, StoreError> {
        let target = Target::parse(url, Synchronous::Full)?;
        match target.file() {
            Some(file) => claim_file(file),
            None => claim_database(&target),
        }
    }
}

fn claim_file(file: &Path) -> Result<RestoreClaim, StoreError> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| StoreError::Connect(format!("{}: {e}", folder.display())))?;
    }
    let lock = ServeLock::acquire(file)?;
    Ok(RestoreClaim {
        file: Some(file.to_owned()),
        has_data: file.exists(),
        shown: file.display().to_string(),
        _lock: Some(lock),
    })
}

/// How often connections that linger are looked for again, a tenth of a second apart.
const LINGER_LOOKS: u32 = 20;

fn use_of(connection: &mut PgConnection) -> Result<DatabaseUse, StoreError> {
    Ok(sql_query(
        "SELECT current_database()::text AS name, \
         (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
          AND pid <> pg_backend_pid() AND backend_type = 'client backend') AS others, \
         EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = ANY (current_schemas(false))) AS has_data",
    )
    .get_result(connection)?)
}

fn claim_database(target: &Target) -> Result<RestoreClaim, StoreError> {
    let Db::Pg(mut connection) = target.connect(Role::Reader)? else {
        return Err(StoreError::Internal(
            "neither a file nor a server".to_owned(),
        ));
    };
    let mut database = use_of(&mut connection)?;
    // The connections of a program that has just ended are counted for a moment.
    for _ in 0..LINGER_LOOKS {
        if database.others == 0 {
            break;
        }
        sql_query("SELECT pg_sleep(0.1)").execute(&mut connection)?;
        database = use_of(&mut connection)?;
    }
    if database.others > 0 {
        return Err(StoreError::Connect(format!(
            "{} other connections use the database {}; stop `hedgerow serve` first",
            database.others, database.name
        )));
    }
    Ok(RestoreClaim {
        file: None,
        has_data: database.has_data,
        shown: database.name,
        _lock: None,
    })
}

fn path_text(file: &Path) -> Result<&str, StoreError> {
    file.to_str()
        .ok_or_else(|| StoreError::Connect(format!("{} is not a UTF-8 path", file.display())))
}

#[derive(QueryableByName)]
struct CheckLine {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

#[derive(QueryableByName)]
struct DatabaseUse {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    others: i64,
    #[diesel(sql_type = Bool)]
    has_data: bool,
}
