//! CommunityPostTag: a tag of a community (Lemmy 1.0), named by the Group and by each Page that has it. Beside it a
//! Page has a Hashtag, for software that knows only those.

use crate::identity::ID_MAX;
use crate::text::{one_line, tag as language_tag};
use client::same_origin_text;
use domain::tag::RemoteTag;
use model::lang::UNKNOWN;
use model::limits::{TAG_NAME_MAX, TAGS_PER_COMMUNITY};
use model::tag::{HASHTAGS_MAX, WantedTags, key, query_value, slug, slug_of};
use model::{LangText, Urls};
use store::row;
use vocab::{Actor, Object, Tag};

use super::text_map::{by_language, first};

/// The `type` of a tag of a community.
const COMMUNITY_POST_TAG: &str = "CommunityPostTag";
const HASHTAG: &str = "Hashtag";

/// Renders a tag of a community of ours: on its Group, at its own id, and on a Page.
#[must_use]
pub fn community_tag(tag: &row::Tag) -> Tag {
    Tag {
        kind: COMMUNITY_POST_TAG.to_owned(),
        id: Some(tag.ap_id.clone()),
        preferred_username: Some(tag.slug.clone()),
        name: Some(first(&tag.name).to_owned()),
        name_map: match tag.name.iter().count() {
            0 | 1 => vocab::LangMap::new(),
            _ => by_language(&tag.name),
        },
        ..Tag::default()
    }
}

/// Renders the tags of a thread: each as the tag of its community, and as a hashtag that leads to our list of the
/// threads with it.
pub(super) fn of_thread(urls: &Urls, community: &row::Actor, tags: &[row::Tag]) -> Vec<Tag> {
    let both = |tag: &row::Tag| {
        let hashtag = Tag {
            kind: HASHTAG.to_owned(),
            href: Some(list_url(urls, community, &tag.slug)),
            name: Some(format!("#{}", tag.slug)),
            ..Tag::default()
        };
        [community_tag(tag), hashtag]
    };
    tags.iter().flat_map(both).collect()
}

/// The page of the threads with a tag on this instance.
fn list_url(urls: &Urls, community: &row::Actor, slug: &str) -> String {
    let address = match community.peer_id {
        None => community.handle.clone(),
        Some(_) => format!("{}@{}", community.handle, community.host),
    };
    urls.at(&format!(
        "/c/{address}/discussions?tag={}",
        query_value(slug)
    ))
}

/// Reads the tags that a remote Group names: those with an id on its origin and a name that makes a slug, each id once,
/// at most [`TAGS_PER_COMMUNITY`].
pub(crate) fn read_of_group(document: &Actor) -> Vec<RemoteTag> {
    let mut tags: Vec<RemoteTag> = Vec::new();
    for tag in document.tag.iter().filter_map(|tag| read(document, tag)) {
        if tags.iter().all(|known| known.ap_id != tag.ap_id) {
            tags.push(tag);
        }
        if tags.len() == TAGS_PER_COMMUNITY {
            break;
        }
    }
    tags
}

/// Reads one tag of a Group.
fn read(document: &Actor, tag: &Tag) -> Option<RemoteTag> {
    let id = tag
        .id
        .as_deref()
        .filter(|_| tag.kind == COMMUNITY_POST_TAG)?;
    if id.len() > ID_MAX || !same_origin_text(id, &document.id) {
        return None;
    }
    let name = name(tag);
    let named = tag.preferred_username.as_deref().map(slug);
    let slug = named.filter(|slug| !slug.is_empty());
    let slug = slug.unwrap_or_else(|| slug_of(&name));
    (!name.is_empty() && !slug.is_empty()).then(|| RemoteTag {
        ap_id: id.to_owned(),
        slug,
        name,
    })
}

/// Its name in each language, else the one name in no known language, else what its address says.
fn name(tag: &Tag) -> LangText {
    let entries: Vec<(String, String)> = tag
        .name_map
        .iter()
        .map(|(lang, text)| {
            let lang = language_tag(lang).unwrap_or_else(|| UNKNOWN.to_owned());
            (lang, one_line(text, TAG_NAME_MAX))
        })
        .collect();
    let map = LangText::new(
        entries
            .iter()
            .map(|(lang, text)| (lang.as_str(), text.as_str())),
    );
    if !map.is_empty() {
        return map;
    }
    let names = [tag.name.as_deref(), tag.preferred_username.as_deref()];
    let lines = names.into_iter().flatten();
    let mut lines = lines.map(|name| one_line(name, TAG_NAME_MAX));
    let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
    LangText::single(UNKNOWN, &line)
}

/// Reads which tags a peer's post asks for.
pub(super) fn wanted(object: &Object) -> WantedTags {
    let of_kind = |kind: &'static str| object.tag.iter().filter(move |tag| tag.kind == kind);
    let named = of_kind(COMMUNITY_POST_TAG).filter_map(|tag| tag.id.clone());
    let hashtags = of_kind(HASHTAG).filter_map(|tag| tag.name.as_deref());
    let hashtags = hashtags.map(key).filter(|key| !key.is_empty());
    WantedTags {
        chosen: None,
        named: named.take(TAGS_PER_COMMUNITY).collect(),
        hashtags: hashtags.take(HASHTAGS_MAX).collect(),
    }
}
