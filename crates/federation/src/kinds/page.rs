//! Page and Article: a thread with a title. Ours are Pages.

use super::document_data::PostDocumentData;
use super::post_type::PostType;
use super::summary::summary;
use super::text_map::{by_language, first};
use vocab::{LangMap, Object};

/// A Page or an Article.
pub(crate) struct Page;

impl PostType for Page {
    fn types(&self) -> &'static [&'static str] {
        &["Page", "Article"]
    }

    fn render(&self, base: Object, data: &PostDocumentData) -> Object {
        let post = &data.post;
        Object {
            name: Some(first(&post.title).to_owned()),
            name_map: if post.html.iter().count() > 1 {
                by_language(&post.title)
            } else {
                LangMap::new()
            },
            // A warning is all that is shown before its text.
            summary: base.summary.or_else(|| Some(summary(data))),
            hedgerow_kind: Some(post.kind.to_string()),
            ..base
        }
    }
}
