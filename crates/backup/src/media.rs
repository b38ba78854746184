//! The pictures in their folder, each named by the SHA-256 of its bytes in folders named by the first four
//! digits (`ab/cd/abcd…`), as crate `media` stores them; and their names in an archive.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::BackupError;
use crate::digest::digest;
use crate::error::at;

/// A picture in the folder.
pub(crate) struct PictureFile {
    /// The name in the archive.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// Size in bytes.
    pub(crate) bytes: u64,
}

/// Lists the pictures of a folder, sorted; none where the folder is missing.
pub(crate) fn list(folder: &Path) -> Result<Vec<PictureFile>, BackupError> {
    let mut pictures = Vec::new();
    for first in folders(folder)? {
        for second in folders(&first)? {
            for entry in fs::read_dir(&second).map_err(at(&second))? {
                let entry = entry.map_err(at(&second))?;
                let name = entry.file_name();
                let Some(digest) = name.to_str().filter(|name| is_digest(name)) else {
                    continue;
                };
                // One that was deleted since it was listed is of no more use.
                if let Ok(metadata) = entry.metadata() {
                    pictures.push(PictureFile {
                        name: format!("media/{}", relative(digest)),
                        path: entry.path(),
                        bytes: metadata.len(),
                    });
                }
            }
        }
    }
    pictures.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(pictures)
}

/// Lists the folders in a folder whose names are two digits.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(folder)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(at(folder))?;
        let name = entry.file_name();
        if name.len() == 2 && entry.path().is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// The digest in the name of an archive's entry; `None` for any other name, so that nothing is written
/// outside the folder.
pub(crate) fn digest_of(name: &str) -> Option<&str> {
    let (_folders, digest) = name.rsplit_once('/')?;
    let whole = is_digest(digest) && name == format!("media/{}", relative(digest));
    whole.then_some(digest)
}

/// Stores a picture from a backup, unless the folder has it whole.
pub(crate) fn store(folder: &Path, digest: &str, data: &mut dyn Read) -> Result<(), BackupError> {
    let path = folder.join(relative(digest));
    if is_whole(&path, digest) {
        return Ok(());
    }
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(at(parent))?;
    let mut file = NamedTempFile::new_in(parent).map_err(at(parent))?;
    io::copy(data, &mut file).map_err(at(&path))?;
    file.as_file().sync_all().map_err(at(&path))?;
    let kept = file.persist(&path);
    kept.map_err(|error| at(&path)(error.error))?;
    Ok(())
}

/// Whether a file is the picture with this digest.
fn is_whole(path: &Path, named: &str) -> bool {
    let found = File::open(path).and_then(digest);
    found.is_ok_and(|found| found == named)
}

/// Opens a picture; `None` where it was deleted since it was listed.
pub(crate) fn open(picture: &PictureFile) -> Result<Option<File>, BackupError> {
    match File::open(&picture.path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(&picture.path)(error)),
    }
}

fn is_digest(text: &str) -> bool {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == 64 && text.bytes().all(digit)
}

/// `ab/cd/abcd…` of a digest.
fn relative(digest: &str) -> String {
    let first = digest.get(..2).unwrap_or_default();
    let second = digest.get(2..4).unwrap_or_default();
    format!("{first}/{second}/{digest}")
}
