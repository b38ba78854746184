//! Backups: one file that holds the database and the pictures of an instance, made while it serves.
//!
//! The file is a gzipped tar archive, so that standard tools open it: `backup.json` (the [`Header`]), the
//! database (`database.sqlite`, or `database.pgdump` in the custom format of `pg_dump`), the pictures in
//! `media/`, and last `SHA256SUMS`, which `sha256sum --check` reads. The database is copied first: a
//! picture that came later is harmless, one that is missing is not. Everything here blocks.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod archive;
mod create;
mod digest;
mod error;
mod folder;
mod header;
mod media;
mod postgres;
mod restore;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use serde::Serialize;

pub use archive::verify;
pub use create::create;
pub use error::BackupError;
pub use folder::Plan;
pub use header::Header;
pub use restore::{Existing, restore};

/// The data of an instance, as its configuration names them.
#[derive(Debug, Clone)]
pub struct Location {
    /// URL or path of the database, as [`store::Store::open`] takes it.
    pub database_url: String,
    /// The folder of the pictures.
    pub media: PathBuf,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contents {
    #[serde(flatten)]
    pub header: Header,
    /// Number of pictures.
    pub pictures: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// How far the work is: bytes done and bytes in all. The total is an estimate.
pub type Progress<'a> = &'a dyn Fn(u64, u64);
