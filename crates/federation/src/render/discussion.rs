//! A thread is a Page, a reply a Note, and what was taken away a Tombstone.

use super::actor::address;
use super::words::language;
use super::{Written, summary::summary};
use model::{Urls, Visibility};
use vocab::{LangMap, Object, PUBLIC, Source, Tag};

/// The Page or Note of a post that stands.
#[must_use]
pub fn object(urls: &Urls, written: &Written) -> Object {
    let base = common(urls, written);
    if written.parent.is_none() {
        page(base, written)
    } else {
        base
    }
}

/// The mark where a post was.
#[must_use]
pub fn tombstone(written: &Written) -> Object {
    let post = &written.post;
    let deleted = post.deleted_at.map(model::Time::utc);
    Object::tombstone(&post.ap_id, Some(former_type(written)), deleted)
}

const fn former_type(written: &Written) -> &'static str {
    if written.parent.is_none() {
        "Page"
    } else {
        "Note"
    }
}

/// What a Page and a Note have both.
fn common(urls: &Urls, written: &Written) -> Object {
    let post = &written.post;
    let (to, cc) = addresses(written);
    Object {
        id: Some(post.ap_id.clone()),
        kind: former_type(written).to_owned(),
        attributed_to: Some(written.author.ap_id.clone()),
        to,
        cc,
        audience: written.community.iter().map(|c| c.ap_id.clone()).collect(),
        content: Some(post.body_html.clone()),
        content_map: texts(written, &post.body_html, &post.alt_html),
        media_type: Some("text/html".to_owned()),
        source: (!post.body_md.is_empty()).then(|| Source::markdown(&post.body_md)),
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
        language: language(&post.lang),
        ..Object::default()
    }
}

fn page(base: Object, written: &Written) -> Object {
    let post = &written.post;
    let bilingual = post.alt_lang.is_some();
    Object {
        name: Some(post.title.clone()),
        name_map: if bilingual {
            texts(written, &post.title, &post.alt_title)
        } else {
            LangMap::new()
        },
        summary: Some(summary(written)),
        hedgerow_kind: Some(post.kind.to_string()),
        ..base
    }
}

/// A text by language, the author's first: Mastodon takes a post's language from the first entry.
fn texts(written: &Written, first: &str, second: &str) -> LangMap {
    let mut map = LangMap::new();
    if !written.post.lang.is_empty() {
        map.set(&written.post.lang, first);
    }
    if let Some(lang) = &written.post.alt_lang {
        map.set(lang, second);
    }
    map
}

/// `to` and `cc`. A thread is addressed to its community, a reply copies it in; whoever is
/// answered or named, and the author's followers, are copied in. Public stands in `to`, or for
/// an unlisted post in `cc`. `to` is never empty.
fn addresses(written: &Written) -> (Vec<String>, Vec<String>) {
    let community = written.community.iter().map(|c| c.ap_id.clone());
    let (mut to, mut cc): (Vec<String>, Vec<String>) = if written.parent.is_none() {
        (community.collect(), Vec::new())
    } else {
        (Vec::new(), community.collect())
    };
    cc.extend(written.addressed().map(|actor| actor.ap_id.clone()));
    cc.extend(written.author.followers_url.clone());
    match written.post.visibility {
        Visibility::Public => to.push(PUBLIC.to_owned()),
        Visibility::Unlisted => {
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

/// A Mention for each one named, and for the author of what is answered: Mastodon-like servers
/// tell nobody without.
fn tags(urls: &Urls, written: &Written) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for actor in written.addressed() {
        let tag = Tag::mention(&actor.ap_id, &address(urls, actor));
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}
