//! Question: a poll, whose choices are not stored.

use super::post_type::PostType;
use model::PostKind;

pub(crate) struct Question;

impl PostType for Question {
    fn types(&self) -> &'static [&'static str] {
        &["Question"]
    }

    fn kind(&self, named: Option<PostKind>) -> PostKind {
        named.unwrap_or(PostKind::Question)
    }
}
