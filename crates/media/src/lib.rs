//! Pictures: taken in as people and peers give them, made safe and small, and kept as blobs in a
//! folder under the digest of their bytes. It refuses what is no picture, and what is too large to
//! look at safely. What we know of a blob is a row of `store`; its bytes are here.
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
use store::row::Blob;
use tokio::sync::Semaphore;

use blobs::Blobs;
pub use picture::{MAX_BYTES, MAX_SIDE, SIDE};

/// Why a picture is not taken in, or not found.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// More than [`MAX_BYTES`], or wider or higher than [`MAX_SIDE`].
    #[error("the picture is too large")]
    TooLarge,
    /// Neither PNG, JPEG, WebP nor GIF, by its first bytes.
    #[error("this is no PNG, JPEG, WebP or GIF picture")]
    NotAPicture,
    /// It begins as a picture and then does not hold what it says.
    #[error("the picture is broken: {0}")]
    Broken(String),
    /// No bytes are kept under this digest.
    #[error("there is no such picture")]
    NotFound,
    /// The folder cannot be read or written.
    #[error("the media folder: {0}")]
    Folder(String),
    /// The machine is shutting down.
    #[error("pictures are no longer taken in")]
    Closed,
}

impl MediaError {
    /// What whoever chose the picture is told, at the form's field; `None` where it is our fault.
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

/// The media folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Media {
    blobs: Blobs,
    /// One picture at a time is decoded: a large one takes a quarter of a gigabyte meanwhile.
    decoding: Arc<Semaphore>,
}

impl Media {
    /// Opens the folder, made where it is missing.
    ///
    /// # Errors
    /// [`MediaError::Folder`] when it cannot be made.
    pub fn open(folder: &Path) -> Result<Self, MediaError> {
        Ok(Self {
            blobs: Blobs::open(folder)?,
            decoding: Arc::new(Semaphore::new(1)),
        })
    }

    /// Takes a picture in: decoded, cropped to a square of at most [`SIDE`] pixels, encoded anew
    /// without its metadata, and kept. The row it answers is for the caller's verb to insert. The
    /// work is done off the async threads.
    ///
    /// # Errors
    /// [`MediaError`] says what is wrong with it.
    pub async fn store_picture(
        &self,
        bytes: Bytes,
        now: Time,
        id: BlobId,
    ) -> Result<Blob, MediaError> {
        if bytes.len() > MAX_BYTES {
            return Err(MediaError::TooLarge);
        }
        let turn = Arc::clone(&self.decoding).acquire_owned().await;
        let turn = turn.map_err(|_closed| MediaError::Closed)?;
        let work = tokio::task::spawn_blocking(move || {
            let square = picture::square(&bytes);
            drop(turn);
            square
        });
        let square = work
            .await
            .map_err(|e| MediaError::Broken(e.to_string()))??;
        let length = i64::try_from(square.bytes.len()).unwrap_or(i64::MAX);
        let digest = self.blobs.put(square.bytes).await?;
        Ok(Blob {
            id,
            digest,
            media_type: square.media_type.to_owned(),
            bytes: length,
            width: i32::try_from(square.side).unwrap_or(i32::MAX),
            height: i32::try_from(square.side).unwrap_or(i32::MAX),
            created_at: now,
        })
    }

    /// The bytes kept under a digest, as [`Blob::digest`] names it.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], [`MediaError::Folder`].
    pub async fn read(&self, digest: &str) -> Result<Bytes, MediaError> {
        self.blobs.get(digest).await
    }
}
