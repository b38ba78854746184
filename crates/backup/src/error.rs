//! Why a backup is not made or not restored, each with its remedy.

use std::io;
use std::path::{Path, PathBuf};

use store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{} exists already; name another file", .0.display())]
    Exists(PathBuf),
    #[error("{}: {why}", path.display())]
    Io { path: PathBuf, why: io::Error },
    #[error("cannot copy the database to {}: {why}", folder.display())]
    Copy { folder: PathBuf, why: String },
    #[error("{} is not a backup of Hedgerow", .0.display())]
    NotABackup(PathBuf),
    #[error("{} is damaged: {why}; nothing was changed", path.display())]
    Damaged { path: PathBuf, why: String },
    #[error(
        "the backup was made by a newer version ({program}, database {theirs}; this version knows {ours}); install that version"
    )]
    Newer {
        program: String,
        theirs: String,
        ours: String,
    },
    #[error("the backup is of {theirs}, and database.url names {ours}")]
    OtherDatabase {
        theirs: &'static str,
        ours: &'static str,
    },
    #[error("there is a database at {0} already; add --replace to put the backup in its place")]
    DatabaseExists(String),
    #[error(
        "{name} cannot be run: {why}; install PostgreSQL's client programs (Debian: postgresql-client)"
    )]
    NoProgram { name: &'static str, why: String },
    #[error("{name} failed: {why}")]
    Program { name: &'static str, why: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds the path to an error of the file system.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    move |why| BackupError::Io {
        path: path.to_owned(),
        why,
    }
}
