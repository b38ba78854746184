//! Blobs: bytes under their SHA-256 in hexadecimal, in folders named by its first four digits.
//! The same bytes are kept once. A half-written file is never seen under its name.

use std::path::Path;

use bytes::Bytes;
use opendal::services::Fs;
use opendal::{ErrorKind, Operator};
use openssl::sha::sha256;

use crate::MediaError;

/// Where files are written before they get their name, within the folder.
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
            folder: Operator::new(service).map_err(|e| failed(&e))?,
        })
    }

    /// Keeps the bytes and answers their digest.
    pub(crate) async fn put(&self, bytes: Vec<u8>) -> Result<String, MediaError> {
        let digest = hexadecimal(&sha256(&bytes));
        let path = path(&digest).ok_or(MediaError::NotFound)?;
        if !self.folder.exists(&path).await.map_err(|e| failed(&e))? {
            self.folder
                .write(&path, bytes)
                .await
                .map_err(|e| failed(&e))?;
        }
        Ok(digest)
    }

    pub(crate) async fn get(&self, digest: &str) -> Result<Bytes, MediaError> {
        let path = path(digest).ok_or(MediaError::NotFound)?;
        let buffer = self.folder.read(&path).await.map_err(|e| failed(&e))?;
        Ok(buffer.to_bytes())
    }
}

/// `ab/cd/abcd…`; `None` for what is no digest, so that no other path can be asked for.
fn path(digest: &str) -> Option<String> {
    let plain = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    let (first, second) = (digest.get(..2)?, digest.get(2..4)?);
    plain.then(|| format!("{first}/{second}/{digest}"))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn failed(error: &opendal::Error) -> MediaError {
    if error.kind() == ErrorKind::NotFound {
        MediaError::NotFound
    } else {
        MediaError::Folder(error.to_string())
    }
}
