//! Content-addressed storage: a file is named by the SHA-256 of its bytes in to_hex, in folders
//! named by the first four digits. Equal bytes are stored once. A file appears under its name only when
//! it is complete.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use model::Time;
use opendal::services::Fs;
use opendal::{ErrorKind, Operator};
use openssl::sha::sha256;
use tokio::sync::Mutex;

use crate::MediaError;

/// The folder in which incomplete files are written.
const PARTIAL: &str = ".partial";

#[derive(Clone, Debug)]
pub(crate) struct Blobs {
    folder: Operator,
    /// Held while a file is written or deleted, so that none is deleted that is being stored again.
    writing: Arc<Mutex<()>>,
}

impl Blobs {
    pub(crate) fn open(folder: &Path) -> Result<Self, MediaError> {
        let at = |path: &Path| match path.to_str() {
            Some(path) => Ok(path.to_owned()),
            None => Err(MediaError::Folder(format!(
                "{} is not a UTF-8 path",
                path.display()
            ))),
        };
        let service = Fs::default()
            .root(&at(folder)?)
            .atomic_write_dir(&at(&folder.join(PARTIAL))?);
        Ok(Self {
            folder: Operator::new(service).map_err(|e| media_error(&e))?,
            writing: Arc::default(),
        })
    }

    /// Stores the bytes and returns their digest. Those that are there are written again: when a file was
    /// last stored decides whether it may be deleted.
    pub(crate) async fn put(&self, bytes: Vec<u8>) -> Result<String, MediaError> {
        let digest = to_hex(&sha256(&bytes));
        let path = path(&digest).ok_or(MediaError::NotFound)?;
        let _writing = self.writing.lock().await;
        let written = self.folder.write(&path, bytes).await;
        written.map_err(|e| media_error(&e))?;
        Ok(digest)
    }

    /// Lists the digests of the files that were last stored before a moment.
    pub(crate) async fn stored_before(&self, moment: Time) -> Result<Vec<String>, MediaError> {
        let listed = self.folder.list_with("").recursive(true).await;
        let mut digests = Vec::new();
        for entry in listed.map_err(|e| media_error(&e))? {
            let name = entry.name();
            let is_file = path(name).is_some_and(|path| path == entry.path());
            if is_file && self.is_older(entry.path(), moment).await? {
                digests.push(name.to_owned());
            }
        }
        Ok(digests)
    }

    /// Deletes a file, unless it was stored again since a moment.
    pub(crate) async fn delete(&self, digest: &str, unless_since: Time) -> Result<(), MediaError> {
        let path = path(digest).ok_or(MediaError::NotFound)?;
        let _writing = self.writing.lock().await;
        if self.is_older(&path, unless_since).await? {
            let deleted = self.folder.delete(&path).await;
            deleted.map_err(|e| media_error(&e))?;
        }
        Ok(())
    }

    /// Whether a file was last stored before a moment; `false` where it is gone already.
    async fn is_older(&self, path: &str, moment: Time) -> Result<bool, MediaError> {
        let metadata = match self.folder.stat(path).await {
            Ok(metadata) => metadata,
            Err(gone) if gone.kind() == ErrorKind::NotFound => return Ok(false),
            Err(other) => return Err(media_error(&other)),
        };
        let stored = metadata.last_modified().map(SystemTime::from);
        let since_epoch = stored.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        Ok(since_epoch.is_some_and(|since| {
            i64::try_from(since.as_millis()).is_ok_and(|millis| millis < moment.unix_millis())
        }))
    }

    pub(crate) async fn get(&self, digest: &str) -> Result<Bytes, MediaError> {
        let path = path(digest).ok_or(MediaError::NotFound)?;
        let buffer = self.folder.read(&path).await.map_err(|e| media_error(&e))?;
        Ok(buffer.to_bytes())
    }
}

/// Returns `ab/cd/abcd…`; `None` for anything but a digest, so that no other path can be read.
fn path(digest: &str) -> Option<String> {
    let plain = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    let (first, second) = (digest.get(..2)?, digest.get(2..4)?);
    plain.then(|| format!("{first}/{second}/{digest}"))
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn media_error(error: &opendal::Error) -> MediaError {
    if error.kind() == ErrorKind::NotFound {
        MediaError::NotFound
    } else {
        MediaError::Folder(error.to_string())
    }
}
