//! What differs from one type of post to the next.

use super::document_data::PostDocumentData;
use model::{PostDetails, PostKind};
use vocab::Object;

/// A type of object that is a post: something somebody said, with a text of its own.
pub(crate) trait PostType: Sync {
    /// The words that stand in `type` for it.
    fn types(&self) -> &'static [&'static str];

    /// What it is here; `named` is what it calls itself in our own key, never a kind with details.
    fn kind(&self, named: Option<PostKind>) -> PostKind {
        named.unwrap_or_default()
    }

    /// A line that its text begins with, plain, where it has no [`Self::details`].
    fn lead(&self, _object: &Object) -> Option<String> {
        None
    }

    /// Its `summary` may stand for its text, where it has none.
    fn has_abstract(&self) -> bool {
        true
    }

    /// Whoever it mentions may be the community it belongs to.
    fn addresses_by_mention(&self) -> bool {
        false
    }

    /// What only its kind has.
    fn details(&self, _object: &Object) -> Option<PostDetails> {
        None
    }

    /// The document of one of ours, of which `base` has what all posts have.
    fn render(&self, base: Object, _data: &PostDocumentData) -> Object {
        base
    }
}
