//! Uploaded and fetched pictures: decoded, cropped, re-encoded without metadata, and stored as blobs in a
//! folder by the digest of their bytes. It refuses files that are not pictures, and pictures that are too
//! large to decode safely. The row of a blob is in `store`; its bytes are here.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod blobs;
mod picture;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use model::{BlobId, Refusal, Time, Why};
use store::row::{Blob, PictureFile};
use tokio::sync::Semaphore;

use blobs::Blobs;
use picture::Encoded;
pub use picture::{MAX_BYTES, MAX_SIDE, POST_SIDE, SIDE};

/// The reason why a picture is not stored or not found.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Larger than [`MAX_BYTES`], or wider or higher than [`MAX_SIDE`].
    #[error("the picture is too large")]
    TooLarge,
    /// Neither PNG, JPEG, WebP nor GIF, according to its first bytes.
    #[error("the file is not a PNG, JPEG, WebP or GIF picture")]
    NotAPicture,
    /// It begins as a picture and cannot be decoded.
    #[error("the picture cannot be decoded: {0}")]
    Broken(String),
    /// There is no blob with this digest.
    #[error("there is no such picture")]
    NotFound,
    /// The folder cannot be read or written.
    #[error("the media folder: {0}")]
    Folder(String),
    /// The machine is shutting down.
    #[error("the server is shutting down")]
    Closed,
}

impl MediaError {
    /// Returns the refusal for the form's field, or `None` for an internal fault.
    #[must_use]
    pub fn refusal(&self, field: &'static str) -> Option<Refusal> {
        match self {
            Self::TooLarge => Some(Refusal::invalid(field, Why::TooLong)),
            Self::NotAPicture | Self::Broken(_) => Some(Refusal::invalid(field, Why::Malformed)),
            Self::NotFound => Some(Refusal::NotFound("picture")),
            Self::Folder(_) | Self::Closed => None,
        }
    }
}

/// Converts an upload to what is stored.
type Convert = fn(&[u8]) -> Result<Encoded, MediaError>;

/// The media folder. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Media {
    blobs: Blobs,
    /// Allows one decoding at a time, because a large picture takes 250 MB of memory.
    decoding: Arc<Semaphore>,
}

impl Media {
    /// Opens the folder, and creates it if it is missing.
    ///
    /// # Errors
    /// [`MediaError::Folder`] when it cannot be created.
    pub fn open(folder: &Path) -> Result<Self, MediaError> {
        Ok(Self {
            blobs: Blobs::open(folder)?,
            decoding: Arc::new(Semaphore::new(1)),
        })
    }

    /// Decodes a picture, crops it to a square of at most [`SIDE`] pixels, encodes it without metadata and
    /// stores it, on a blocking thread. The caller inserts the returned row.
    ///
    /// # Errors
    /// [`MediaError`] says why the picture is not stored.
    pub async fn store_picture(
        &self,
        bytes: Bytes,
        now: Time,
        id: BlobId,
    ) -> Result<Blob, MediaError> {
        let file = self.store(bytes, picture::square).await?;
        Ok(Blob {
            id,
            digest: file.digest,
            media_type: file.media_type,
            bytes: file.bytes,
            width: file.width,
            height: file.height,
            created_at: now,
        })
    }

    /// As [`Media::store_picture`], for a picture of a post: it is not cropped, and its sides are at most
    /// [`POST_SIDE`] pixels. Until a post has it, nobody can see it; [`Media::delete`] removes what no post
    /// takes.
    ///
    /// # Errors
    /// [`MediaError`] says why the picture is not stored.
    pub async fn store_post_picture(&self, bytes: Bytes) -> Result<PictureFile, MediaError> {
        self.store(bytes, picture::whole).await
    }

    async fn store(&self, bytes: Bytes, convert: Convert) -> Result<PictureFile, MediaError> {
        if bytes.len() > MAX_BYTES {
            return Err(MediaError::TooLarge);
        }
        let permit = Arc::clone(&self.decoding).acquire_owned().await;
        let permit = permit.map_err(|_closed| MediaError::Closed)?;
        let work = tokio::task::spawn_blocking(move || {
            let encoded = convert(&bytes);
            drop(permit);
            encoded
        });
        let encoded = work
            .await
            .map_err(|e| MediaError::Broken(e.to_string()))??;
        let length = i64::try_from(encoded.bytes.len()).unwrap_or(i64::MAX);
        Ok(PictureFile {
            digest: self.blobs.put(encoded.bytes).await?,
            media_type: encoded.media_type.to_owned(),
            bytes: length,
            width: i32::try_from(encoded.width).unwrap_or(i32::MAX),
            height: i32::try_from(encoded.height).unwrap_or(i32::MAX),
        })
    }

    /// Lists the digests of the files that were last stored before a moment.
    ///
    /// # Errors
    /// [`MediaError::Folder`].
    pub async fn stored_before(&self, moment: Time) -> Result<Vec<String>, MediaError> {
        self.blobs.stored_before(moment).await
    }

    /// Deletes a file, unless it was stored again since a moment.
    ///
    /// # Errors
    /// [`MediaError::Folder`].
    pub async fn delete(&self, digest: &str, unless_since: Time) -> Result<(), MediaError> {
        self.blobs.delete(digest, unless_since).await
    }

    /// Reads the blob with a digest ([`Blob::digest`]).
    ///
    /// # Errors
    /// [`MediaError::NotFound`], [`MediaError::Folder`].
    pub async fn read(&self, digest: &str) -> Result<Bytes, MediaError> {
        self.blobs.get(digest).await
    }
}
