//! The first entry of a backup: what made it, and of what.

use model::Time;
use serde::{Deserialize, Serialize};
use store::Backend;

/// The form of the archive that this version writes, and the newest that it reads.
pub(crate) const FORMAT: u32 = 1;

/// What a backup says about itself, in `backup.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The form of the archive: 1.
    pub format: u32,
    /// Name and version of the program that wrote it.
    pub program: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// The version of the newest migration of its database.
    pub migration: String,
    /// When the copy of the database was begun (RFC 3339, UTC).
    pub created_at: String,
}

impl Header {
    pub(crate) fn new(backend: Backend, migration: String, now: Time) -> Self {
        Self {
            format: FORMAT,
            program: format!("Hedgerow {}", env!("CARGO_PKG_VERSION")),
            database: name_of(backend).to_owned(),
            migration,
            created_at: now.to_rfc3339(),
        }
    }

    pub(crate) fn backend(&self) -> Option<Backend> {
        let known = [Backend::Sqlite, Backend::Postgres];
        known
            .into_iter()
            .find(|&backend| name_of(backend) == self.database)
    }
}

const fn name_of(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    }
}

/// The name of a database for people.
pub(crate) const fn title(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "SQLite",
        Backend::Postgres => "PostgreSQL",
    }
}

/// The name of the archive's entry that holds a database.
pub(crate) const fn entry(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "database.sqlite",
        Backend::Postgres => "database.pgdump",
    }
}
