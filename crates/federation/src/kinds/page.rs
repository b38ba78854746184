//! Page and Article: a thread with a title. Ours are Pages.

use super::document_data::PostDocumentData;
use super::post_type::PostType;
use super::summary::summary;
use super::text_map::{by_language, first};
use store::row;
use vocab::{LangMap, Object};

/// A Page or an Article.
pub(crate) struct Page;

/// The `summary` of a thread without a warning, and its `summaryMap` where it has several languages.
fn summary_of(post: &row::Post) -> (Option<String>, LangMap) {
    let texts = summary(post);
    let first = texts.first().map(|(_, text)| text.to_owned());
    let map = match texts.iter().count() {
        0 | 1 => LangMap::new(),
        _ => by_language(&texts),
    };
    (first, map)
}

impl PostType for Page {
    fn types(&self) -> &'static [&'static str] {
        &["Page", "Article"]
    }

    fn render(&self, base: Object, data: &PostDocumentData) -> Object {
        let post = &data.post;
        let (beginning, beginnings) = match base.summary {
            // A warning is all that is shown before its text.
            Some(warning) => (Some(warning), base.summary_map),
            None => summary_of(post),
        };
        Object {
            name: Some(first(&post.title).to_owned()),
            name_map: if post.html.iter().count() > 1 {
                by_language(&post.title)
            } else {
                LangMap::new()
            },
            summary: beginning,
            summary_map: beginnings,
            hedgerow_kind: Some(post.kind.to_string()),
            ..base
        }
    }
}
