//! Puts a backup in the place of an instance's data.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use store::Store;
use tempfile::{NamedTempFile, TempPath};

use crate::archive::{Part, read, verify};
use crate::create::{folder_of, sync_folder};
use crate::error::at;
use crate::header::title;
use crate::{BackupError, Contents, Location, Progress, media, postgres};

/// What becomes of a database that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Nothing is restored.
    Keep,
    /// An SQLite file is renamed to `NAME.replaced-N`; what is in a PostgreSQL database is dropped.
    Replace,
}

/// Restores a backup while no server runs. It is read and checked whole before anything is changed; then
/// the pictures are added, and the database takes its place in one step.
///
/// # Errors
/// Those of [`verify`]; a backup that is newer, or of the other kind of database; a running server; a
/// database that is there already.
pub fn restore(
    file: &Path,
    location: &Location,
    existing: Existing,
    progress: Progress<'_>,
) -> Result<Contents, BackupError> {
    let contents = verify(file, &|done, all| progress(done, all * 2))?;
    let header = &contents.header;
    let theirs = header.backend();
    let Some(theirs) = theirs else {
        return Err(BackupError::NotABackup(file.to_owned()));
    };
    let url = &location.database_url;
    let ours = Store::backend_of(url)?;
    if theirs != ours {
        return Err(BackupError::OtherDatabase {
            theirs: title(theirs),
            ours: title(ours),
        });
    }
    let known = Store::newest_known_migration(ours)?;
    if header.migration > known {
        return Err(BackupError::Newer {
            program: header.program.clone(),
            theirs: header.migration.clone(),
            ours: known,
        });
    }
    let claim = Store::claim_for_restore(url)?;
    if claim.has_data && existing == Existing::Keep {
        return Err(BackupError::DatabaseExists(claim.shown.clone()));
    }
    let folder = match &claim.file {
        Some(database) => folder_of(database),
        None => location.media.clone(),
    };
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let copy = unpack(file, &folder, &location.media, &|done, all| {
        progress(all + done, all * 2);
    })?;
    match &claim.file {
        Some(database) => {
            Store::check_file(&copy)?;
            put_in_place(copy, database)?;
        }
        None => postgres::restore(url, &copy, claim.has_data)?,
    }
    Ok(contents)
}

/// Adds the pictures to their folder, and writes the database to a file beside its place.
fn unpack(
    file: &Path,
    folder: &Path,
    media_folder: &Path,
    progress: Progress<'_>,
) -> Result<TempPath, BackupError> {
    let mut database = NamedTempFile::new_in(folder).map_err(at(folder))?;
    read(file, progress, &mut |part, data| match part {
        Part::Database => {
            io::copy(data, &mut database).map_err(at(folder))?;
            database.as_file().sync_all().map_err(at(folder))
        }
        Part::Picture(digest) => media::store(media_folder, digest, data),
    })?;
    Ok(database.into_temp_path())
}

/// Renames the file to the database's name, after what is there, which nobody but its owner reads from then on, like
/// the new one. The log of a former database must not stay beside the new one: SQLite would read it into the new one.
fn put_in_place(copy: TempPath, database: &Path) -> Result<(), BackupError> {
    let aside = free_name(database);
    for suffix in ["-shm", "-wal", ""] {
        let (from, to) = (with_suffix(database, suffix), with_suffix(&aside, suffix));
        match fs::rename(&from, &to) {
            Ok(()) => {
                let private = fs::Permissions::from_mode(0o600);
                fs::set_permissions(&to, private).map_err(at(&to))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(&from)(error)),
        }
    }
    let placed = copy.persist(database);
    placed.map_err(|error| at(database)(error.error))?;
    sync_folder(&folder_of(database));
    Ok(())
}

/// The first name `NAME.replaced-N` that is free.
fn free_name(database: &Path) -> PathBuf {
    let names = (1u32..).map(|n| with_suffix(database, &format!(".replaced-{n}")));
    names
        .into_iter()
        .find(|name| !name.exists() && !with_suffix(name, "-wal").exists())
        .unwrap_or_else(|| with_suffix(database, ".replaced"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
