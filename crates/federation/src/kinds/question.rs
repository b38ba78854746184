//! Question: a poll, whose choices are not stored.

use super::post_type::PostType;
use model::PostKind;
use vocab::Object;

pub(crate) struct Question;

impl PostType for Question {
    fn types(&self) -> &'static [&'static str] {
        &["Question"]
    }

    fn kind(&self, named: Option<PostKind>) -> PostKind {
        named.unwrap_or(PostKind::Question)
    }

    /// As of a Note, where there is a text that it warns of (Mastodon's polls). With a title, the summary is one,
    /// unless the post is sensitive.
    fn warning<'o>(&self, object: &'o Object) -> Option<&'o str> {
        object.text()?;
        let is_warning = object.title().is_none() || object.sensitive == Some(true);
        object.summary.as_deref().filter(|_| is_warning)
    }
}
