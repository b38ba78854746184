//! Makes a backup while the instance serves.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use model::Time;
use store::{Backend, Store};
use tempfile::NamedTempFile;

use crate::archive::{ArchiveWriter, verify};
use crate::error::at;
use crate::header::{Header, entry};
use crate::{BackupError, Contents, Location, Progress, media, postgres};

/// How the names of incomplete files begin.
const PARTIAL: &str = ".hedgerow-partial-";

/// Writes a backup to a new file, which only its owner may read, and checks it. Needs as much room beside
/// the file as the database takes, for its copy. A file appears under its name only when it is complete.
///
/// # Errors
/// [`BackupError::Exists`], and those of the file system and the database; then nothing is left behind.
pub fn create(
    store: &Store,
    location: &Location,
    file: &Path,
    now: Time,
    progress: Progress<'_>,
) -> Result<Contents, BackupError> {
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let folder = folder_of(file);
    // Deleted when it is dropped, as long as it has not been given its name.
    let partial = partial_file(&folder)?;
    let header = Header::new(store.backend(), store.newest_migration()?, now);
    let database = copy_database(store, location, &folder)?;
    let pictures = media::list(&location.media)?;
    let database_bytes = fs::metadata(&database).map_err(at(&database))?.len();
    let total = pictures.iter().map(|p| p.bytes).sum::<u64>() + database_bytes;
    let writable = partial.as_file().try_clone().map_err(at(file))?;
    let seconds = u64::try_from(now.unix_millis() / 1_000).unwrap_or_default();
    let mut archive = ArchiveWriter::begin(writable, &header, seconds).map_err(at(file))?;
    let mut done = 0;
    {
        let mut copy = fs::File::open(&database).map_err(at(&database))?;
        archive
            .add(entry(store.backend()), database_bytes, &mut copy)
            .map_err(at(file))?;
        done += database_bytes;
        progress(done, total);
    }
    drop(database);
    for picture in pictures {
        if let Some(mut data) = media::open(&picture)? {
            archive
                .add(&picture.name, picture.bytes, &mut data)
                .map_err(at(file))?;
        }
        done += picture.bytes;
        progress(done, total);
    }
    archive.finish().map_err(at(file))?;
    let contents = verify(partial.path(), &|_done, _all| {})?;
    partial
        .persist_noclobber(file)
        .map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => BackupError::Exists(file.to_owned()),
            _ => at(file)(error.error),
        })?;
    sync_folder(&folder);
    Ok(contents)
}

/// Creates a file that is deleted when it is dropped. After a crash it stays: see [`delete_partial`].
fn partial_file(folder: &Path) -> Result<NamedTempFile, BackupError> {
    let created = tempfile::Builder::new().prefix(PARTIAL).tempfile_in(folder);
    created.map_err(at(folder))
}

/// Deletes what crashes left in a folder in which no backup is being made.
pub(crate) fn delete_partial(folder: &Path) -> Result<(), BackupError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(PARTIAL)) {
            fs::remove_file(entry.path()).map_err(at(folder))?;
        }
    }
    Ok(())
}

/// Copies the database beside the backup, and checks the copy.
fn copy_database(
    store: &Store,
    location: &Location,
    folder: &Path,
) -> Result<tempfile::TempPath, BackupError> {
    let copy = partial_file(folder)?;
    let copy = copy.into_temp_path();
    match store.backend() {
        // SQLite writes into an empty file, which is private already.
        Backend::Sqlite => store.copy_to(&copy).map_err(|error| BackupError::Copy {
            folder: folder.to_owned(),
            why: error.to_string(),
        })?,
        Backend::Postgres => postgres::dump(&location.database_url, &copy)?,
    }
    let private = fs::Permissions::from_mode(0o600);
    fs::set_permissions(&copy, private).map_err(at(&copy))?;
    if store.backend() == Backend::Sqlite {
        Store::check_file(&copy)?;
    }
    Ok(copy)
}

/// The folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

/// Waits until the names in a folder are on disk, where the file system can.
pub(crate) fn sync_folder(folder: &Path) {
    let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    if let Err(error) = synced {
        tracing::debug!(%error, folder = %folder.display(), "cannot sync the folder");
    }
}
