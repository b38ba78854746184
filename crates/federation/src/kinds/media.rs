//! Video, Audio, Image and Document: threads with their text and a link.

use super::post_type::PostType;

/// A medium with a text.
pub(crate) struct Media;

impl PostType for Media {
    fn types(&self) -> &'static [&'static str] {
        &["Video", "Audio", "Image", "Document"]
    }
}
