//! Reads response bodies up to a limit. Bytes are counted after decompression, so a small response that
//! expands to a large one is cut off like any other.

use super::error::FetchError;
use bytes::{Bytes, BytesMut};
use mime::Mime;
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

/// Reads the whole body, of at most `max` bytes.
pub(super) async fn read(response: &mut Response, max: usize) -> Result<Bytes, FetchError> {
    let declared = response.content_length().unwrap_or(0);
    if usize::try_from(declared).map_or(true, |declared| declared > max) {
        return Err(FetchError::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| FetchError::of(&e))? {
        if body.len() + chunk.len() > max {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Reads the beginning of a body, of about `max` bytes.
pub(super) async fn beginning(response: &mut Response, max: usize) -> Result<Bytes, FetchError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| FetchError::of(&e))? {
        let room = max.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() >= max {
            break;
        }
    }
    Ok(body.freeze())
}

/// Reads the start of a body as one line of at most 200 characters; a part that cannot be read is left
/// out.
pub(super) async fn first_words(response: &mut Response) -> String {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() >= 800 {
            break;
        }
    }
    let text = String::from_utf8_lossy(&body);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(200).collect()
}

/// Returns the parsed media type of a response.
pub(super) fn media_type(response: &Response) -> Option<Mime> {
    let header = response.headers().get(CONTENT_TYPE)?;
    header.to_str().ok()?.parse().ok()
}
