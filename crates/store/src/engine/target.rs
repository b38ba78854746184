//! The database that a store uses, chosen by the URL's prefix, and the setup of its connections.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use super::StoreError;
use crate::connection::Db;

/// The supported databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in the data folder, opened by this process.
    Sqlite,
    /// A database server.
    Postgres,
}

/// Whether a commit waits until it is on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// An answered write survives a power failure.
    #[default]
    Full,
    /// For tests: an answered write survives a crash of the process, not a power failure.
    Off,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Queries only; the database itself refuses to write.
    Reader,
    /// Write transactions.
    Writer,
    /// Migrations; foreign keys are off on SQLite, so that a table can be rebuilt.
    Migrator,
}

/// The database of a store, and how to connect to it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    location: Location,
    synchronous: Synchronous,
}

#[derive(Clone, Debug)]
enum Location {
    File(PathBuf),
    Server(String),
}

impl Target {
    /// Parses a URL: `postgres://…` and `postgresql://…` are PostgreSQL, `sqlite:PATH` and a plain
    /// path are an SQLite file. diesel's own guess would lose the real connection error.
    pub(super) fn parse(url: &str, synchronous: Synchronous) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let location = Location::Server(url.to_owned());
            return Ok(Self {
                location,
                synchronous,
            });
        }
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.contains("://") || path.starts_with(':') {
            return Err(StoreError::Connect(format!(
                "`{}` is neither postgres://…, sqlite:PATH nor a path",
                url.split('@').next_back().unwrap_or_default()
            )));
        }
        let location = Location::File(PathBuf::from(path));
        Ok(Self {
            location,
            synchronous,
        })
    }

    pub(super) fn backend(&self) -> Backend {
        match self.location {
            Location::File(_) => Backend::Sqlite,
            Location::Server(_) => Backend::Postgres,
        }
    }

    /// The path of an SQLite file.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.location {
            Location::File(path) => Some(path),
            Location::Server(_) => None,
        }
    }

    /// The URL as [`Target::parse`] takes it; of an SQLite file, its path.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn url(&self) -> String {
        match &self.location {
            Location::File(path) => path.display().to_string(),
            Location::Server(url) => url.clone(),
        }
    }

    /// Checks an SQLite file: that it can be created, or that it exists when `create` is false.
    pub(super) fn prepare(&self, create: bool) -> Result<(), StoreError> {
        let Location::File(path) = &self.location else {
            return Ok(());
        };
        if !create {
            return match path.is_file() {
                true => check_writable(path),
                false => Err(StoreError::Connect(format!(
                    "there is no database at {}",
                    path.display()
                ))),
            };
        }
        check_writable(path)?;
        let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else {
            return Ok(());
        };
        std::fs::create_dir_all(folder)
            .map_err(|e| StoreError::Connect(format!("{}: {e}", folder.display())))
    }

    /// Opens a connection and sets it up for its role.
    pub(super) fn connect(&self, role: Role) -> Result<Db, StoreError> {
        match &self.location {
            Location::File(path) => connect_sqlite(path, role, self.synchronous).map(Db::Sqlite),
            Location::Server(url) => connect_postgres(url, role, self.synchronous).map(Db::Pg),
        }
    }
}

/// Checks early that an existing file is writable; SQLite reports it only at the first write.
fn check_writable(path: &Path) -> Result<(), StoreError> {
    let opened = std::fs::OpenOptions::new().append(true).open(path);
    match opened {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let why = format!("{} cannot be written: {error}", path.display());
            Err(StoreError::Connect(why))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Opens an SQLite file with a write-ahead log and a lock timeout of 5 s. Readers have a small page
/// cache because they read clean pages through the memory map; the writer checkpoints the log every
/// 16 MiB, and truncates it to 64 MiB after a burst.
fn connect_sqlite(
    path: &Path,
    role: Role,
    synchronous: Synchronous,
) -> Result<SqliteConnection, StoreError> {
    let name = path
        .to_str()
        .ok_or_else(|| StoreError::Connect(format!("{} is not a UTF-8 path", path.display())))?;
    // `./` keeps SQLite from reading a name such as `file:x` as a URI.
    let name = match path.is_absolute() {
        true => name.to_owned(),
        false => format!("./{name}"),
    };
    let failed = |why: String| StoreError::Connect(format!("{}: {why}", path.display()));
    let mut connection = SqliteConnection::establish(&name).map_err(|e| failed(e.to_string()))?;
    let common = "PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; \
                  PRAGMA mmap_size = 268435456;";
    let for_role = match role {
        Role::Reader => "PRAGMA cache_size = -4096; PRAGMA query_only = ON;",
        Role::Writer => {
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4096; \
             PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384; \
             PRAGMA foreign_keys = ON;"
        }
        Role::Migrator => "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF;",
    };
    let level = match synchronous {
        Synchronous::Full => "PRAGMA synchronous = FULL;",
        Synchronous::Off => "PRAGMA synchronous = OFF;",
    };
    for pragmas in [common, for_role, level] {
        connection
            .batch_execute(pragmas)
            .map_err(|e| failed(e.to_string()))?;
    }
    Ok(connection)
}

fn connect_postgres(
    url: &str,
    role: Role,
    synchronous: Synchronous,
) -> Result<PgConnection, StoreError> {
    let failed = |why: String| StoreError::Connect(why.trim_end().to_owned());
    let mut connection = PgConnection::establish(url).map_err(|e| failed(e.to_string()))?;
    let mut setup = String::from("SET timezone = 'UTC';");
    match role {
        Role::Reader => setup.push_str("SET default_transaction_read_only = on;"),
        // A write finds its rows by their keys: the plan for one value suits the next.
        Role::Writer => setup.push_str("SET plan_cache_mode = force_generic_plan;"),
        Role::Migrator => {}
    }
    if synchronous == Synchronous::Off {
        setup.push_str("SET synchronous_commit = off;");
    }
    connection
        .batch_execute(&setup)
        .map_err(|e| failed(e.to_string()))?;
    Ok(connection)
}
