//! Content-addressed storage: a file is named by the SHA-256 of its bytes in to_hex, in folders
//! named by the first four digits. Equal bytes are stored once. A file appears under its name only when
//! it is complete.

use std::path::Path;

use bytes::Bytes;
use opendal::services::Fs;
use opendal::{ErrorKind, Operator};
use openssl::sha::sha256;

use crate::MediaError;

/// The folder in which incomplete files are written.
const PARTIAL: &str = ".partial";

#[derive(Clone, Debug)]
pub(crate) struct Blobs {
    folder: Operator,
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
        })
    }

    /// Stores the bytes and returns their digest.
    pub(crate) async fn put(&self, bytes: Vec<u8>) -> Result<String, MediaError> {
        let digest = to_hex(&sha256(&bytes));
        let path = path(&digest).ok_or(MediaError::NotFound)?;
        if !self
            .folder
            .exists(&path)
            .await
            .map_err(|e| media_error(&e))?
        {
            self.folder
                .write(&path, bytes)
                .await
                .map_err(|e| media_error(&e))?;
        }
        Ok(digest)
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
