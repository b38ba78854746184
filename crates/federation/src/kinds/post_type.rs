//! What differs from one type of post to the next.

use super::document_data::PostDocumentData;
use model::{PollTally, PostDetails, PostKind};
use vocab::Object;

/// A type of object that is a post.
pub(crate) trait PostType: Sync {
    /// Returns its values of `type`.
    fn types(&self) -> &'static [&'static str];

    /// Returns its kind here; `named` is the value of our own key, never a kind with details.
    fn kind(&self, named: Option<PostKind>) -> PostKind {
        named.unwrap_or_default()
    }

    /// Returns the first line of its text in a language, plain, where it has no [`Self::details`].
    fn lead(&self, _object: &Object, _lang: &str) -> Option<String> {
        None
    }

    /// Returns what warns of its content, which is then folded behind it. It may have markup.
    fn warning<'o>(&self, object: &'o Object) -> Option<&'o str> {
        let sensitive = object.sensitive == Some(true) && object.text().is_some();
        object.summary.as_deref().filter(|_| sensitive)
    }

    /// Whether its `summary` replaces a missing text.
    fn has_abstract(&self) -> bool {
        true
    }

    /// Whether a mention may name the community it belongs to.
    fn addresses_by_mention(&self) -> bool {
        false
    }

    /// Returns the details that only its kind has.
    fn details(&self, _object: &Object) -> Option<PostDetails> {
        None
    }

    /// Returns the counts of a poll.
    fn tally(&self, _object: &Object) -> Option<PollTally> {
        None
    }

    /// Renders a local post; `base` has what all posts have.
    fn render(&self, base: Object, _data: &PostDocumentData) -> Object {
        base
    }
}
