//! Threads as rows of a list, posts on a thread page.

use httpkit::read::discussion::{PostView, ThreadCard};
use model::{Lang, PostId};
use store::row::{Post, Revision};

use super::{actor, community, prose};
use crate::frame::Frame;
use crate::views::discussion::{self as views, Like, Version};
use crate::views::parts::ThreadRow;

/// A thread in a list; `placed` names its community, where threads of several stand together.
pub fn row(card: &ThreadCard, lang: Lang, placed: bool) -> ThreadRow {
    let head = &card.head;
    let second = head
        .alt_lang
        .as_deref()
        .filter(|_| !head.alt_title.is_empty());
    let shows_second = second.is_some_and(|tag| speaks(tag, lang)) && !speaks(&head.lang, lang);
    let (title, shown) = match second {
        Some(tag) if shows_second => (&head.alt_title, tag),
        Some(_) | None => (&head.title, head.lang.as_str()),
    };
    let author = actor::person(&card.author);
    ThreadRow {
        title: if title.is_empty() {
            author.name.clone()
        } else {
            title.clone()
        },
        lang: shown.to_owned(),
        url: format!("/p/{}", head.id),
        kind: head.kind,
        author,
        place: card
            .community
            .as_ref()
            .filter(|_| placed)
            .map(|place| community::place(place, lang)),
        last_at: head.active_at.utc(),
        replies: i64::from(head.reply_count),
        unread: card.unread,
        also_in: if shows_second {
            Lang::from_tag(&head.lang)
        } else {
            second.and_then(Lang::from_tag)
        },
    }
}

fn speaks(tag: &str, lang: Lang) -> bool {
    Lang::from_tag(tag) == Some(lang)
}

/// A text of a post, in one of its languages.
pub struct Text<'p> {
    /// Title of a thread.
    pub title: &'p str,
    /// Clean HTML.
    pub html: &'p str,
    /// Language tag.
    pub lang: &'p str,
    /// The language of the other text, where there is one of ours.
    pub other: Option<Lang>,
}

/// The text in the wanted language, else the first.
pub fn text(post: &Post, wanted: Lang) -> Text<'_> {
    match post.alt_lang.as_deref() {
        Some(second) if speaks(second, wanted) && !speaks(&post.lang, wanted) => Text {
            title: &post.alt_title,
            html: &post.alt_html,
            lang: second,
            other: Lang::from_tag(&post.lang),
        },
        second => Text {
            title: &post.title,
            html: &post.body_html,
            lang: &post.lang,
            other: second.and_then(Lang::from_tag),
        },
    }
}

/// The title of a thread; its first words where it has none.
pub fn title(f: &Frame, post: &Post, wanted: Lang) -> String {
    if post.deleted_at.is_some() {
        return f.text("post-deleted").to_owned();
    }
    let text = text(post, wanted);
    if text.title.is_empty() {
        domain::prose::plain(text.html, 80)
    } else {
        text.title.to_owned()
    }
}

/// The page a post is shown on, and its reader.
pub struct Setting<'p> {
    /// The wanted language.
    pub lang: Lang,
    /// Whether the reader may delete posts of others here.
    pub moderates: bool,
    /// The signed-in reader.
    pub reader: Option<model::ActorId>,
    /// The posts on this page.
    pub here: &'p [PostId],
}

/// Builds the view of a post. `before` is the post above it, which it may reply to.
pub fn post(setting: &Setting<'_>, view: &PostView, before: Option<PostId>) -> views::Post {
    let row = &view.post;
    let text = text(row, setting.lang);
    let at = format!("/p/{}", row.id);
    let standing = row.deleted_at.is_none();
    let mine = setting.reader == Some(row.author_id);
    let may = |yes: bool, url: String| (yes && standing).then_some(url);
    views::Post {
        id: row.id.0,
        depth: u8::try_from((row.depth - 1).clamp(0, 2)).unwrap_or(0),
        author: actor::person(&view.author),
        published: row.published_at.utc(),
        edited: row
            .edited_at
            .map(|when| (when.utc(), format!("{at}/history"))),
        body_html: text.html.to_owned(),
        lang: text.lang.to_owned(),
        like: like(view, may(setting.reader.is_some(), at.clone())),
        permalink: at.clone(),
        reply_url: may(
            setting.reader.is_some(),
            format!("/p/{}?to={}#compose", row.root_id, row.id),
        ),
        edit_url: may(mine && row.peer_id.is_none(), format!("{at}/edit")),
        delete_url: may(mine || setting.moderates, format!("{at}/delete")),
        in_reply_to: context(setting, view, before),
        unread: view.new,
        origin_url: row.peer_id.map(|_| row.url.clone()),
        deleted: row.deleted_at.map(model::Time::utc),
    }
}

fn like(view: &PostView, at: Option<String>) -> Like {
    let way = if view.liked { "unlike" } else { "like" };
    Like {
        count: i64::from(view.post.like_count),
        mine: view.liked,
        url: at.map(|at| format!("{at}/{way}")),
    }
}

/// The post that a reply answers, where the nesting does not show it.
fn context(
    setting: &Setting<'_>,
    view: &PostView,
    before: Option<PostId>,
) -> Option<(String, String)> {
    let parent = view
        .post
        .parent_id
        .filter(|parent| *parent != view.post.root_id)?;
    let here = setting.here.contains(&parent);
    let shown = before == Some(parent) || (view.post.depth <= 2 && here);
    let author = view.parent_author.as_ref().filter(|_| !shown)?;
    let link = if here {
        format!("#p{parent}")
    } else {
        format!("/p/{parent}")
    };
    Some((actor::name(author), link))
}

/// The versions of a post, newest first.
pub fn versions(post: &Post, revisions: &[Revision], wanted: Lang) -> Vec<Version> {
    let thread = post.parent_id.is_none();
    let now = text(post, wanted);
    let second = now.lang != post.lang;
    let current = Version {
        at: post.edited_at.unwrap_or(post.published_at).utc(),
        title: thread.then(|| now.title.to_owned()),
        body_html: now.html.to_owned(),
        lang: now.lang.to_owned(),
        current: true,
    };
    let before = revisions.iter().rev().map(|old| {
        let (title, html) = match second && !old.alt_html.is_empty() {
            true => (&old.alt_title, &old.alt_html),
            false => (&old.title, &old.body_html),
        };
        Version {
            at: old.written_at.utc(),
            title: thread.then(|| title.clone()),
            body_html: html.clone(),
            lang: now.lang.to_owned(),
            current: false,
        }
    });
    std::iter::once(current).chain(before).collect()
}

/// The first words of a post.
pub fn excerpt(post: &Post, wanted: Lang) -> String {
    prose::excerpt(text(post, wanted).html)
}
