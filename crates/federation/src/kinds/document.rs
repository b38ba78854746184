//! Renders posts: a thread is a Page, a reply a Note, a deleted post a Tombstone.

use super::actor::address;
use super::document_data::PostDocumentData;
use super::page::Page;
use super::post_type::PostType;
use super::question;
use super::registry::rendered_as;
use super::tag;
use super::text_map::{by_language, first};
use super::warning;
use super::words::language;
use model::{Audience, Urls};
use store::row;
use vocab::{Attachment, LangMap, Object, PUBLIC, Source, Tag};

/// The largest object that is sent, in bytes: NodeBB (4.11) refuses activities over 100 KB.
const OBJECT_MAX: usize = 90_000;

/// Renders the Page or Note of a post.
#[must_use]
pub fn object(urls: &Urls, data: &PostDocumentData) -> Object {
    within_size(post_type(data).render(common(urls, data), data))
}

/// Renders a poll as a Page with its choices in the text, for software that does not read a Question (Lemmy 1.0).
#[must_use]
pub fn poll_as_page(urls: &Urls, data: &PostDocumentData) -> Object {
    let base = Object {
        kind: "Page".to_owned(),
        ..common(urls, data)
    };
    within_size(question::with_choices_in_text(
        Page.render(base, data),
        data,
    ))
}

/// Leaves out of a large object what it says twice: the map of one language, which repeats `content`, and
/// then the Markdown.
fn within_size(mut object: Object) -> Object {
    if size(&object) <= OBJECT_MAX {
        return object;
    }
    let repeats = {
        let mut texts = object.content_map.iter();
        let first = texts.next().map(|(_, text)| text);
        first.is_some() && first == object.content.as_deref() && texts.next().is_none()
    };
    if repeats {
        object.content_map = LangMap::new();
    }
    if size(&object) > OBJECT_MAX {
        object.source = None;
    }
    object
}

/// Its size as JSON, in bytes.
fn size(object: &Object) -> usize {
    serde_json::to_vec(object).map_or(0, |json| json.len())
}

fn post_type(data: &PostDocumentData) -> &'static dyn PostType {
    rendered_as(data.post.kind, data.parent.is_none())
}

/// Renders the Tombstone of a deleted post.
#[must_use]
pub fn tombstone(data: &PostDocumentData) -> Object {
    let post = &data.post;
    let deleted = post.deleted_at.map(model::Time::utc);
    Object::tombstone(&post.ap_id, Some(former_type(data)), deleted)
}

/// Returns the `type`, also of a deleted post.
fn former_type(data: &PostDocumentData) -> &'static str {
    let words = post_type(data).types();
    words.first().copied().unwrap_or_default()
}

/// Renders what all posts have.
fn common(urls: &Urls, data: &PostDocumentData) -> Object {
    let post = &data.post;
    let (to, cc) = addresses(data);
    let (texts, warnings) = (&post.html, warning::as_html(&post.warning));
    Object {
        id: Some(post.ap_id.clone()),
        kind: former_type(data).to_owned(),
        attributed_to: Some(data.author.ap_id.clone()),
        to,
        cc,
        audience: data.community.iter().map(|c| c.ap_id.clone()).collect(),
        content: Some(first(texts).to_owned()),
        content_map: by_language(texts),
        summary: warnings.first().map(|(_, warning)| warning.to_owned()),
        summary_map: match warnings.iter().count() {
            0 | 1 => LangMap::new(),
            _ => by_language(&warnings),
        },
        sensitive: (!warnings.is_empty()).then_some(true),
        media_type: Some("text/html".to_owned()),
        source: source(post),
        answer: post.accepted_at.map(|_| true),
        in_reply_to: data.parent.as_ref().map(|(parent, _)| parent.ap_id.clone()),
        context: if data.root_here {
            Some(urls.context(post.root_id))
        } else {
            data.conversation.clone()
        },
        // NodeBB takes a `url` that is the id for a post of its own.
        url: (post.url != post.ap_id).then(|| post.url.clone()),
        published: Some(post.published_at.utc()),
        updated: post.edited_at.max(data.tagged_at).map(model::Time::utc),
        tag: tags(urls, data),
        attachment: data.pictures.iter().map(|p| attachment(urls, p)).collect(),
        language: post.html.first().and_then(|(tag, _)| language(tag)),
        ..Object::default()
    }
}

/// Renders a picture. Lemmy (0.19) rejects a whole Page with an attachment of another shape than `Link` with
/// `href`, or `Image` or `Document` with `url`.
fn attachment(urls: &Urls, picture: &row::PostPicture) -> Attachment {
    let pixels = |side: i32| u64::try_from(side).ok();
    Attachment {
        kind: "Image".to_owned(),
        url: Some(urls.at(&picture.path())),
        media_type: Some(picture.file.media_type.clone()),
        name: Some(picture.alt.clone()),
        width: pixels(picture.file.width),
        height: pixels(picture.file.height),
        ..Attachment::default()
    }
}

/// Returns the Markdown of the author's text, if it is known.
fn source(post: &row::Post) -> Option<Source> {
    let (tag, _) = post.html.first()?;
    let (_, md) = post.source.iter().find(|(other, _)| *other == tag)?;
    Some(Source::markdown(md))
}

/// Returns `to` and `cc`. The community is in `to` of a thread and in `cc` of a reply; the author of the parent,
/// those mentioned, and the author's followers are in `cc`. Public is in `to`, or for an unlisted post in
/// `cc`. `to` is never empty.
fn addresses(data: &PostDocumentData) -> (Vec<String>, Vec<String>) {
    let community = data.community.iter().map(|c| c.ap_id.clone());
    let (mut to, mut cc): (Vec<String>, Vec<String>) = if data.parent.is_none() {
        (community.collect(), Vec::new())
    } else {
        (Vec::new(), community.collect())
    };
    cc.extend(data.addressed().map(|actor| actor.ap_id.clone()));
    cc.extend(data.author.followers_url.clone());
    match data.post.audience {
        Audience::Public => to.push(PUBLIC.to_owned()),
        Audience::Unlisted => {
            if to.is_empty() && !cc.is_empty() {
                to.push(cc.remove(0));
            }
            cc.insert(0, PUBLIC.to_owned());
        }
    }
    let mut seen = to.clone();
    cc.retain(|address| {
        let new = !seen.contains(address);
        seen.push(address.clone());
        new
    });
    (to, cc)
}

/// Returns Mentions of the community, of those mentioned, and of the author of the parent, and the tags of a thread:
/// Mastodon-like servers notify nobody without a Mention. Mastodon copies mentions into replies, which so reach the community (Lemmy does
/// the same since 2026-03).
fn tags(urls: &Urls, data: &PostDocumentData) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for actor in data.addressed().chain(&data.community) {
        let tag = Tag::mention(&actor.ap_id, &address(urls, actor));
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if let Some(community) = &data.community {
        tags.extend(tag::of_thread(urls, community, &data.tags));
    }
    tags
}
