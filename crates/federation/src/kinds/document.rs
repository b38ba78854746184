//! A thread is a Page, a reply a Note, and what was taken away a Tombstone.

use super::actor::address;
use super::document_data::PostDocumentData;
use super::post_type::PostType;
use super::registry::rendered_as;
use super::text_map::{by_language, first};
use super::words::language;
use model::{Audience, Urls};
use store::row;
use vocab::{Object, PUBLIC, Source, Tag};

/// The Page or Note of a post that stands.
#[must_use]
pub fn object(urls: &Urls, written: &PostDocumentData) -> Object {
    post_type(written).render(common(urls, written), written)
}

fn post_type(written: &PostDocumentData) -> &'static dyn PostType {
    rendered_as(written.post.kind, written.parent.is_none())
}

/// The mark where a post was.
#[must_use]
pub fn tombstone(written: &PostDocumentData) -> Object {
    let post = &written.post;
    let deleted = post.deleted_at.map(model::Time::utc);
    Object::tombstone(&post.ap_id, Some(former_type(written)), deleted)
}

/// The word that stands in `type`, also of what was removed.
fn former_type(written: &PostDocumentData) -> &'static str {
    let words = post_type(written).types();
    words.first().copied().unwrap_or_default()
}

/// What a Page and a Note have both.
fn common(urls: &Urls, written: &PostDocumentData) -> Object {
    let post = &written.post;
    let (to, cc) = addresses(written);
    Object {
        id: Some(post.ap_id.clone()),
        kind: former_type(written).to_owned(),
        attributed_to: Some(written.author.ap_id.clone()),
        to,
        cc,
        audience: written.community.iter().map(|c| c.ap_id.clone()).collect(),
        content: Some(first(&post.html).to_owned()),
        content_map: by_language(&post.html),
        media_type: Some("text/html".to_owned()),
        source: source(post),
        in_reply_to: written
            .parent
            .as_ref()
            .map(|(parent, _)| parent.ap_id.clone()),
        context: if written.root_here {
            Some(urls.context(post.root_id))
        } else {
            written.conversation.clone()
        },
        url: Some(post.url.clone()),
        published: Some(post.published_at.utc()),
        updated: post.edited_at.map(model::Time::utc),
        tag: tags(urls, written),
        language: post.html.first().and_then(|(tag, _)| language(tag)),
        ..Object::default()
    }
}

/// The Markdown of the author's text, where it was written here or came along.
fn source(post: &row::Post) -> Option<Source> {
    let (tag, _) = post.html.first()?;
    let (_, md) = post.source.iter().find(|(other, _)| *other == tag)?;
    Some(Source::markdown(md))
}

/// `to` and `cc`. A thread is addressed to its community, a reply copies it in; whoever is
/// answered or named, and the author's followers, are copied in. Public stands in `to`, or for
/// an unlisted post in `cc`. `to` is never empty.
fn addresses(written: &PostDocumentData) -> (Vec<String>, Vec<String>) {
    let community = written.community.iter().map(|c| c.ap_id.clone());
    let (mut to, mut cc): (Vec<String>, Vec<String>) = if written.parent.is_none() {
        (community.collect(), Vec::new())
    } else {
        (Vec::new(), community.collect())
    };
    cc.extend(written.addressed().map(|actor| actor.ap_id.clone()));
    cc.extend(written.author.followers_url.clone());
    match written.post.audience {
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

/// A Mention of the community, of each one named, and of the author of what is answered:
/// Mastodon-like servers tell nobody without. Mastodon copies mentions into replies, so that they
/// reach the community (Lemmy does the same since 2026-03).
fn tags(urls: &Urls, written: &PostDocumentData) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for actor in written.addressed().chain(&written.community) {
        let tag = Tag::mention(&actor.ap_id, &address(urls, actor));
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}
