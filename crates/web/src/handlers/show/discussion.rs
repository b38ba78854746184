//! Threads as rows of a list, posts on a thread page.

use chrono::{DateTime, Utc};
use model::limits::SHOWN_BYTES_MAX;
use model::peer::DeliveryState;
use model::{DeletedBy, Lang, LangText, PostId, PostState};
use query::discussion::ThreadCard;
use query::post::PostView;
use query::row::{Post, Revision};

use super::{actor, community, prose, space, tag};
use crate::frame::Frame;
use crate::views::discussion::{self as views, Like, Picture, Version};
use crate::views::parts::ThreadRow;
use crate::views::tag::TagLink;

/// A thread in a list; `placed` names its community, where threads of several stand together.
pub fn row(card: &ThreadCard, lang: Lang, placed: bool) -> ThreadRow {
    let head = &card.head;
    let author = actor::person(&card.author);
    let shown = head.title.shown(lang);
    ThreadRow {
        title: shown.map_or_else(|| author.name.clone(), |(_, title)| title.to_owned()),
        lang: shown.map(|(tag, _)| tag.to_owned()).unwrap_or_default(),
        url: match card.resume {
            true => format!("/p/{}?new", head.id),
            false => format!("/p/{}", head.id),
        },
        kind: head.kind,
        answered: head.answer_count > 0,
        author,
        place: card
            .community
            .as_ref()
            .filter(|_| placed)
            .map(|place| community::place(place, lang)),
        at: head.published_at.utc(),
        last: card
            .last
            .as_ref()
            .map(|last| (actor::name(&last.author), last.at.utc())),
        replies: i64::from(head.reply_count),
        unread: card.unread,
        only_in: head.title.only_in(lang),
        tags: tag_links(card, lang),
        space: card
            .space
            .as_ref()
            .zip(card.community.as_ref())
            .map(|(space, place)| space::label(space, &place.actor, lang)),
    }
}

fn tag_links(card: &ThreadCard, lang: Lang) -> Vec<TagLink> {
    let place = card.community.as_ref();
    place.map_or_else(Vec::new, |place| tag::links(&card.tags, &place.actor, lang))
}

/// The first of our languages that a text has besides the one it is shown in.
fn other_language(text: &LangText, wanted: Lang) -> Option<Lang> {
    let (shown, _) = text.shown(wanted)?;
    let shown = Lang::from_tag(shown);
    let ours = text.tags().filter_map(Lang::from_tag);
    ours.into_iter().find(|lang| Some(*lang) != shown)
}

/// The texts of a post that a reader is shown: in their language, else in the author's.
pub struct Text<'p> {
    /// Title of a thread.
    pub title: &'p str,
    /// Language tag of the title; empty where it is unknown or there is no title.
    pub title_lang: &'p str,
    /// Clean HTML.
    pub html: &'p str,
    /// Language tag of the body; empty where it is unknown.
    pub lang: &'p str,
    /// The warning about its content, plain.
    pub warning: Option<&'p str>,
    /// Another of our languages in which it can be read.
    pub other: Option<Lang>,
}

/// The text in the wanted language, else in the author's.
pub fn text(post: &Post, wanted: Lang) -> Text<'_> {
    let (title_lang, title) = post.title.shown(wanted).unwrap_or_default();
    let (lang, html) = post.html.shown(wanted).unwrap_or_default();
    Text {
        title,
        title_lang,
        html,
        lang,
        warning: post.warning.get_or_first(lang),
        other: other_language(&post.html, wanted),
    }
}

/// The title of a thread; its first words where it has none.
pub fn title(f: &Frame, post: &Post, wanted: Lang) -> String {
    if post.state == PostState::Tombstone {
        return f.text("post-deleted").to_owned();
    }
    let text = text(post, wanted);
    if text.title.is_empty() {
        domain::prose::excerpt(text.warning, text.html, 80)
    } else {
        text.title.to_owned()
    }
}

/// The language tag of what [`title`] answers; empty where it is unknown.
pub fn title_lang(post: &Post, wanted: Lang) -> &str {
    let text = text(post, wanted);
    match (post.state, text.title) {
        (PostState::Tombstone, _) => "",
        (_, "") => text.lang,
        _ => text.title_lang,
    }
}

/// The page a post is shown on.
#[derive(Clone, Copy)]
pub struct PostPage<'p> {
    /// The wanted language.
    pub lang: Lang,
    /// The posts on this page.
    pub here: &'p [PostId],
    /// The reply that is shown whole, however long.
    pub whole: Option<PostId>,
    /// The number of this page of the thread.
    pub number: i64,
    /// The server of its community, where that is not ours.
    pub host: Option<&'p str>,
    /// The highest level of a heading in a reply: 3 under the heading of the replies, 2 where it is alone.
    pub reply_top: usize,
    /// Begins the prefix of the ids in its posts: another one where they are shown a second time.
    pub prefix: &'p str,
}

/// The HTML to show of a text that may be long, and whether it is only the beginning.
fn shown_html(html: &str, whole: bool) -> (String, bool) {
    if whole {
        return (html.to_owned(), false);
    }
    match domain::prose::beginning(html, SHOWN_BYTES_MAX) {
        Some(beginning) => (beginning, true),
        None => (html.to_owned(), false),
    }
}

impl PostPage<'_> {
    /// This page with one of its replies shown whole.
    fn whole_url(&self, reply: &Post) -> String {
        let (root, id) = (reply.root_id, reply.id);
        format!("/p/{root}?page={}&whole={id}#p{id}", self.number)
    }
}

/// Builds the view of a post. `before` is the post above it, which it may reply to.
pub fn post(page: &PostPage<'_>, view: &PostView, before: Option<PostId>) -> views::Post {
    let row = &view.post;
    let text = text(row, page.lang);
    let at = format!("/p/{}", row.id);
    let allowed = view.allowed;
    let whole = row.parent_id.is_none() || page.whole == Some(row.id);
    let (body_html, cut) = shown_html(text.html, whole);
    let top = match row.parent_id {
        None => 2,
        Some(_) => page.reply_top,
    };
    let body_html = prose::fitted(
        &body_html,
        &format!("{}{}-", page.prefix, row.id),
        top,
        page.lang,
    );
    views::Post {
        id: row.id.0,
        depth: u8::try_from((row.depth - 1).clamp(0, 2)).unwrap_or(0),
        author: actor::person(&view.author),
        published: row.published_at.utc(),
        edited: row
            .edited_at
            .map(|when| (when.utc(), format!("{at}/history"))),
        body_html: body_html.into_owned(),
        warning: text.warning.map(str::to_owned),
        pictures: pictures(view),
        read_on: cut.then(|| page.whole_url(row)),
        lang: text.lang.to_owned(),
        like: like(view, &at),
        permalink: at.clone(),
        reply_url: allowed.reply.then(|| format!("?to={}#compose", row.id)),
        edit_url: allowed.edit.then(|| format!("{at}/edit")),
        // Moderators remove what others wrote with a reason.
        delete_url: (allowed.remove && (view.own || !allowed.moderate))
            .then(|| format!("{at}/delete")),
        report_url: (allowed.report && !allowed.moderate).then(|| format!("{at}/report")),
        moderate_url: allowed.moderate.then(|| format!("{at}/moderate")),
        removed_for: view.removed_for.clone(),
        appeal_url: is_removed_own(view).then(|| format!("{at}/appeal")),
        held: held_note(view),
        in_reply_to: context(page, view, before),
        accepted: row.accepted_at.is_some(),
        accept_url: accept_url(view, &at),
        unread: view.new,
        origin_url: row.peer_id.map(|_| row.url.clone()),
        deleted: deleted_at(row),
        removed: row.deleted_at.is_some() && row.state == PostState::Hidden,
        undelivered: undelivered(view, page.host),
        flash: None,
    }
}

/// Where a reply is accepted as an answer, or is one no longer.
fn accept_url(view: &PostView, at: &str) -> Option<String> {
    let way = match view.post.accepted_at {
        Some(_) => "unaccept",
        None => "accept",
    };
    view.allowed.accept.then(|| format!("{at}/{way}"))
}

/// When a post was deleted of which only a placeholder is shown: also one that was never published, by its author.
fn deleted_at(row: &Post) -> Option<DateTime<Utc>> {
    let withdrawn = row.state == PostState::Hidden && row.deleted_by == Some(DeletedBy::Author);
    let gone = row.state == PostState::Tombstone || withdrawn;
    row.deleted_at.filter(|_| gone).map(model::Time::utc)
}

/// Whether somebody else has removed a post of the reader.
fn is_removed_own(view: &PostView) -> bool {
    let by_others = !matches!(view.post.deleted_by, None | Some(DeletedBy::Author));
    view.own && view.post.state == PostState::Tombstone && by_others
}

/// The key of what is said of a post that waits for a moderator.
fn held_note(view: &PostView) -> Option<&'static str> {
    match (view.post.state, view.own) {
        (PostState::Held, true) => Some("post-held"),
        (PostState::Held, false) => Some("post-held-moderator"),
        _ => None,
    }
}

/// What is said under a post that has not reached the server of its community: the key, and the server.
fn undelivered(view: &PostView, host: Option<&str>) -> Option<(&'static str, String)> {
    let key = match view.undelivered? {
        DeliveryState::Waiting => "post-waiting",
        DeliveryState::Failed => "post-not-accepted",
    };
    Some((key, host?.to_owned()))
}

/// The pictures of a post. Their alternative texts are in the author's language.
pub fn pictures(view: &PostView) -> Vec<Picture> {
    let lang = view.post.html.first().map_or("", |(tag, _)| tag);
    let pictures = view.pictures.iter();
    pictures
        .map(|row| Picture {
            number: row.number,
            url: row.path(),
            alt: row.alt.clone(),
            lang: lang.to_owned(),
            width: row.file.width,
            height: row.file.height,
        })
        .collect()
}

fn like(view: &PostView, at: &str) -> Like {
    let way = if view.liked { "unlike" } else { "like" };
    Like {
        count: i64::from(view.post.like_count),
        mine: view.liked,
        url: view.allowed.react.then(|| format!("{at}/{way}")),
    }
}

/// The post that a reply answers, where the nesting does not show it.
fn context(
    page: &PostPage<'_>,
    view: &PostView,
    before: Option<PostId>,
) -> Option<(String, String)> {
    let parent = view
        .post
        .parent_id
        .filter(|parent| *parent != view.post.root_id)?;
    let here = page.here.contains(&parent);
    let shown = before == Some(parent) || (view.post.depth <= 2 && here);
    let author = view.parent_author.as_ref().filter(|_| !shown)?;
    let link = if here {
        format!("#p{parent}")
    } else {
        format!("/p/{parent}")
    };
    Some((actor::name(author), link))
}

/// Former versions of a post, each cut where it is long unless `whole`.
pub fn versions(post: &Post, revisions: &[Revision], wanted: Lang, whole: bool) -> Vec<Version> {
    let version = |old: &Revision| {
        let url = format!("/p/{}/history?version={}", post.id, old.id);
        let parts = (&old.title, &old.html, &old.warning);
        version(post, parts, old.written_at, wanted, (whole, url))
    };
    revisions.iter().map(version).collect()
}

/// The present version of a post.
pub fn present_version(post: &Post, wanted: Lang) -> Version {
    let at = post.written_at();
    let url = format!("/p/{}", post.id);
    let parts = (&post.title, &post.html, &post.warning);
    Version {
        current: true,
        ..version(post, parts, at, wanted, (false, url))
    }
}

fn version(
    post: &Post,
    (title, html, warning): (&LangText, &LangText, &LangText),
    at: model::Time,
    wanted: Lang,
    (whole, url): (bool, String),
) -> Version {
    let (lang, html) = html.shown(wanted).unwrap_or_default();
    let (body_html, cut) = shown_html(html, whole);
    let prefix = format!("v{}-", at.unix_millis());
    let title = post
        .parent_id
        .is_none()
        .then(|| title.read(wanted).to_owned());
    // Under the time of the version, and the title in it.
    let top = if title.is_some() { 4 } else { 3 };
    Version {
        at: at.utc(),
        title,
        body_html: prose::fitted(&body_html, &prefix, top, wanted).into_owned(),
        read_on: cut.then_some(url),
        warning: warning.get_or_first(lang).map(str::to_owned),
        lang: lang.to_owned(),
        current: false,
    }
}

/// The first words of a post; of one with a warning about its content, that.
pub fn excerpt(post: &Post, wanted: Lang) -> String {
    let text = text(post, wanted);
    match text.warning {
        Some(warning) => format!("{} {warning}", words::text(wanted, "content-warning")),
        None => prose::excerpt(text.html),
    }
}
