//! How a hostile peer sends a response body: at once, byte by byte, or without end.

use crate::hostile::PeerResponse;
use axum::body::{Body, Bytes};
use futures::stream;
use serde_json::Value;
use std::convert::Infallible;
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How a body is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flow {
    /// At once.
    #[default]
    Whole,
    /// One byte at a time, with a pause before each.
    Slow(Duration),
    /// Once, then repeated from this byte on for as long as the client reads.
    Endless(usize),
}

impl Flow {
    /// Builds the body and counts its bytes as they are sent.
    pub(crate) fn body(self, bytes: Vec<u8>, sent: &Arc<AtomicU64>) -> Body {
        let (bytes, sent) = (Bytes::from(bytes), Arc::clone(sent));
        let count = move |piece: Bytes| {
            let length = u64::try_from(piece.len()).unwrap();
            sent.fetch_add(length, Ordering::SeqCst);
            Ok::<_, Infallible>(piece)
        };
        match self {
            Self::Whole => Body::from(bytes),
            Self::Slow(pause) => Body::from_stream(stream::unfold(0, move |at| {
                let (bytes, count) = (bytes.clone(), count.clone());
                async move {
                    tokio::time::sleep(pause).await;
                    let drop = bytes.slice(at..(at + 1).min(bytes.len()));
                    (!drop.is_empty()).then(|| (count(drop), at + 1))
                }
            })),
            Self::Endless(from) => {
                let again = bytes.slice(from..);
                let pieces = iter::once(bytes).chain(iter::repeat(again));
                Body::from_stream(stream::iter(pieces.map(count)))
            }
        }
    }
}

impl PeerResponse {
    /// Builds an endless gzip document that expands to blanks, 158 times its size.
    #[must_use]
    pub fn bomb() -> Self {
        let (body, again) = gzip_of_blanks();
        let mut answer = Self::activity(&Value::Null);
        answer.headers.push(("content-encoding", "gzip".to_owned()));
        Self {
            body,
            flow: Flow::Endless(again),
            ..answer
        }
    }
}

/// Builds a gzip stream of blanks and returns the byte from which it may be repeated: RFC 1952 §2.3 without flags
/// or time, then RFC 1951 §3.2.6 in one block that is not the last: a blank, and "258 times what
/// stood before". That takes 13 bits, so that eight of them fill thirteen bytes.
fn gzip_of_blanks() -> (Vec<u8>, usize) {
    const BLANK: [u8; 11] = [0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0];
    const AGAIN: [u8; 13] = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    let mut bits = BLANK.to_vec();
    bits.extend(AGAIN.repeat(8 * 1_001));
    let byte = |eight: &[u8]| eight.iter().rev().fold(0_u8, |byte, bit| (byte << 1) | bit);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    bytes.extend(bits.chunks_exact(8).map(byte));
    let again = 11;
    bytes.truncate(again + 13_000);
    (bytes, again)
}
