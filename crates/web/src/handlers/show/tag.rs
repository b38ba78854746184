//! Tags: the link that a thread shows, and their order.

use model::tag::{folded_name, query_value};
use model::{Lang, TagId};
use query::row::{Actor, Tag};

use super::actor;
use crate::form::Field;
use crate::frame::Frame;
use crate::views::tag::{TagLink, tags_field};

/// The page of the threads with a tag, below the address of its community.
pub fn url(community_url: &str, slug: &str) -> String {
    format!("{community_url}/discussions?tag={}", query_value(slug))
}

/// A tag as a link, by its name in the reader's language.
pub fn link(tag: &Tag, community_url: &str, lang: Lang) -> TagLink {
    let (tag_lang, name) = tag.name.shown(lang).unwrap_or_default();
    TagLink {
        name: name.to_owned(),
        lang: tag_lang.to_owned(),
        url: url(community_url, &tag.slug),
    }
}

/// Sorts by the names that the reader is shown.
pub fn sort_by_name<T>(tags: &mut [T], lang: Lang, tag: impl Fn(&T) -> &Tag) {
    tags.sort_by_cached_key(|one| folded_name(tag(one).name.read(lang)));
}

/// The tags of a thread as links, by name.
pub fn links(tags: &[Tag], community: &Actor, lang: Lang) -> Vec<TagLink> {
    let mut tags: Vec<&Tag> = tags.iter().collect();
    sort_by_name(&mut tags, lang, |tag| *tag);
    let url = actor::url(community);
    tags.into_iter().map(|tag| link(tag, &url, lang)).collect()
}

/// The choice among the tags of a community, by name; those that a thread has are chosen.
pub fn field(f: &Frame, all: &[Tag], chosen: &[Tag]) -> Field {
    let mut all: Vec<&Tag> = all.iter().collect();
    sort_by_name(&mut all, f.lang, |tag| *tag);
    let has = |id: TagId| chosen.iter().any(|tag| tag.id == id);
    let choices: Vec<(String, TagLink, bool)> = all
        .into_iter()
        .map(|tag| (tag.id.to_string(), link(tag, "", f.lang), has(tag.id)))
        .collect();
    tags_field(f, &choices)
}
