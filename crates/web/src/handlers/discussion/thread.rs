//! Reading a thread, and replying to it.

use axum::Extension;
use axum::extract::State;
use domain::{Outcome, Tx};
use http::{Method, StatusCode};
use httpkit::compose::Composed;
use httpkit::{App, paging};
use media::Media;
use model::{ActorId, Audience, Lang, Origin, PostId, PostState, Time, Why};
use query::discussion::ThreadPage;
use query::post::PostView;
use query::{Action, Db, Reader};

use super::compose::redirect_to_written;
use super::picture::{choose_again, draft};
use super::poll::places as chosen_places;
use super::post_form::{of_new_post, typed};
use super::tags;
use crate::frame::{Frame, LinkPreview, Section};
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_error::field_error;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect, show, show_invalid, sign_in_path};
use crate::handlers::show::discussion::{PostPage, excerpt, post, text, title};
use crate::handlers::show::{actor, community, details, poll, space};
use crate::views::discussion::{self as views, Reply, Thread, reply_form};
use crate::views::parts::{Pager, PlaceLink};
use crate::views::space::SpaceLabel;

/// The parameters of a thread page.
#[derive(Clone, Copy)]
struct ThreadParams {
    id: PostId,
    page: Option<i64>,
    /// The post to reply to.
    to: Option<PostId>,
    /// Whether to lead to what is new to the reader.
    new: bool,
    /// The reply to show whole, however long.
    whole: Option<PostId>,
}

fn rows(db: &mut Db, reader: Reader, params: ThreadParams) -> Outcome<ThreadPage> {
    let target = match params.to {
        Some(to) => query::post::in_thread_of(db, reader, to, params.id)?,
        None if params.new => query::discussion::oldest_new(db, reader, params.id)?,
        None => None,
    };
    query::discussion::thread(db, reader, target.unwrap_or(params.id), params.page)
}

/// `GET /p/{id}?page=…&to=…&in=…`: the thread; the id of a reply redirects to its page, `?new` to the
/// first post there that is new to the reader.
pub async fn thread(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    method: Method,
    request: PageRequest,
) -> Page {
    let params = ThreadParams {
        id,
        page: paging::read_number(request.q("page"))?,
        to: request.q("to").and_then(|to| to.parse().ok()),
        new: request.q("new").is_some(),
        whole: request.q("whole").and_then(|id| id.parse().ok()),
    };
    let shown_at = app.ops().now();
    let (f, rows) = request
        .page(Section::Elsewhere, move |db, reader| {
            rows(db, reader, params)
        })
        .await?;
    let root = rows.root.post.id;
    let lang = request.q("in").and_then(Lang::from_tag).unwrap_or(f.lang);
    if is_tombstone(&rows, id) {
        // 410 for every Accept: WordPress (ActivityPub 4.0) believes a Delete only then.
        let mut gone = show(&page(f, &rows, lang, params))?;
        *gone.status_mut() = StatusCode::GONE;
        return Ok(gone);
    }
    if root != id {
        return Ok(redirect(&place_of_reply(&rows, id)));
    }
    if params.new {
        let new = first_new(&rows).map(|new| place_of_reply(&rows, new));
        return Ok(redirect(&new.unwrap_or_else(|| format!("/p/{root}"))));
    }
    // A HEAD shows nothing.
    if method == Method::GET
        && let Some(reader) = request.reader()
    {
        mark_shown(&app, reader, &rows, (shown_at, f.notices > 0)).await?;
    }
    show(&page(f, &rows, lang, params))
}

/// Whether a post of the page was deleted.
fn is_tombstone(page: &ThreadPage, id: PostId) -> bool {
    let mut shown = std::iter::once(&page.root).chain(&page.replies);
    shown.any(|view| view.post.id == id && view.post.state == PostState::Tombstone)
}

/// The first post on the page that is new to the reader.
fn first_new(page: &ThreadPage) -> Option<PostId> {
    let new = page.replies.iter().find(|view| view.new);
    new.map(|view| view.post.id)
}

/// Records that somebody was shown a page of a thread. Where nothing in it is left to read, its notices
/// are seen, also those about what is on another page or was deleted.
async fn mark_shown(
    app: &App,
    who: ActorId,
    rows: &ThreadPage,
    (now, has_notices): (Time, bool),
) -> Outcome<()> {
    let root = rows.root.post.id;
    let of_thread = move |db: &mut Db, _| query::notice::has_unseen(db, who, root);
    let has_notices = has_notices && app.read(Some(who), of_thread).await?;
    if rows.read_up_to.is_none() && !has_notices {
        return Ok(());
    }
    let (up_to, is_read) = (rows.read_up_to, rows.is_read);
    let views = std::iter::once(&rows.root).chain(&rows.replies);
    let shown: Vec<PostId> = views.map(|view| view.post.id).collect();
    let verb = move |tx: &mut Tx<'_>| {
        if let Some(up_to) = up_to {
            domain::post::mark_read(tx, who, root, up_to)?;
        }
        match is_read {
            true => domain::notice::see_thread(tx, who, root, now),
            false => domain::notice::see_posts(tx, who, &shown),
        }
    };
    app.ops().write(verb).await
}

fn place_of_reply(page: &ThreadPage, reply: PostId) -> String {
    let root = page.root.post.id;
    match page.page {
        1 => format!("/p/{root}#p{reply}"),
        n => format!("/p/{root}?page={n}#p{reply}"),
    }
}

/// Whether search engines may show a thread: it is public, and its author and its community let it be
/// found.
fn is_indexable(rows: &ThreadPage) -> bool {
    let community = rows.community.as_ref();
    rows.root.post.audience == Audience::Public
        && rows.root.author.indexable
        && community.is_none_or(|place| place.actor.indexable && !place.community.private)
}

fn page(f: Frame, rows: &ThreadPage, lang: Lang, params: ThreadParams) -> Thread {
    let root = &rows.root.post;
    let at = format!("/p/{}", root.id);
    let text = text(root, lang);
    let f = Frame {
        noindex: !is_indexable(rows),
        preview: (root.state == PostState::Live).then(|| preview(&f, rows, lang)),
        ..f
    };
    let place = place_of(rows, f.lang);
    let here: Vec<PostId> = rows.replies.iter().map(|view| view.post.id).collect();
    let shown = PostPage {
        lang,
        here: &here,
        whole: params.whole,
        number: rows.page,
        host: place.host.as_deref(),
        reply_top: 3,
        prefix: "p",
    };
    let mut replies = replies(&shown, rows);
    let reply = reply_box(&f, rows, params.to);
    let mut f = match &reply {
        Some(reply) => f.sending_at(&reply.form, "compose"),
        None => f,
    };
    move_flash(&mut f, &mut replies);
    Thread {
        in_community: rows.community.is_some(),
        locked: rows.root.post.locked_at.is_some(),
        space: space_label(rows, f.lang),
        title: title(&f, root, lang),
        lang: text.title_lang.to_owned(),
        kind: root.kind,
        details: details::lines(&f, &rows.root),
        poll: poll::poll(&f, &rows.root, lang, place.host.as_deref()),
        tags: tags::links(rows, f.lang),
        tags_form: tags::form(&f, rows),
        root: post(&shown, &rows.root, None),
        answers: answers(&shown, rows),
        replies,
        reply_count: i64::from(root.reply_count),
        // Those of one page would be taken for those of the thread.
        organizations: match rows.pages {
            1 => i64::try_from(rows.organizations).unwrap_or(0),
            _ => 0,
        },
        notify: rows.notify,
        url: at.clone(),
        new: link_to_new(rows, &at),
        pager: pager(rows),
        only_in: root.html.only_in(f.lang),
        other_language: text.other.map(|other| (other, format!("{at}?in={other}"))),
        reply,
        sign_in_url: f.me.is_none().then(|| sign_in_path(&at)),
        place,
        f,
    }
}

/// The community of a thread; its author, where it is in none.
fn place_of(rows: &ThreadPage, lang: Lang) -> PlaceLink {
    match &rows.community {
        Some(place) => community::place(place, lang),
        None => community::no_place(&rows.root.author),
    }
}

/// Its space, where that is another than the common one of its community.
fn space_label(rows: &ThreadPage, lang: Lang) -> Option<SpaceLabel> {
    let found = rows.space.as_ref().zip(rows.community.as_ref());
    found.map(|(space, place)| space::label(space, &place.actor, lang))
}

/// The accepted answers above the replies, which they are among as well: their ids have another prefix here.
fn answers(page: &PostPage<'_>, rows: &ThreadPage) -> Vec<views::Post> {
    let page = PostPage {
        prefix: "answer",
        ..*page
    };
    let answers = rows.answers.iter();
    answers.map(|view| post(&page, view, None)).collect()
}

/// How many replies are new, and where the first of them is.
fn link_to_new(rows: &ThreadPage, at: &str) -> Option<(i64, String)> {
    let here = first_new(rows).map(|new| format!("#p{new}"));
    (rows.new > 0).then(|| (rows.new, here.unwrap_or_else(|| format!("{at}?new"))))
}

/// What other sites are told of a thread.
fn preview(f: &Frame, rows: &ThreadPage, lang: Lang) -> LinkPreview {
    let root = &rows.root.post;
    let mut path = format!("/p/{}", root.id);
    let feed = format!("{path}/feed.atom");
    if rows.page > 1 {
        path = format!("{path}?page={}", rows.page);
    }
    // Other sites and search engines are guests; the text of a page is long to read again for members.
    let description = match f.me {
        None => excerpt(root, lang),
        Some(_) => String::new(),
    };
    LinkPreview {
        kind: "article",
        origin_url: (root.peer_id.is_some() && rows.page == 1).then(|| root.url.clone()),
        activity_url: Some(root.ap_id.clone()),
        feed: Some(feed),
        ..LinkPreview::new(title(f, root, lang), description, &path)
    }
}

/// The replies of a page, each with the one above it.
fn replies(shown: &PostPage<'_>, rows: &ThreadPage) -> Vec<views::Post> {
    let before = std::iter::once(None).chain(shown.here.iter().copied().map(Some));
    let replies = rows.replies.iter().zip(before);
    replies
        .map(|(view, before)| post(shown, view, before))
        .collect()
}

/// Moves a confirmation into the reply that it is about.
fn move_flash(f: &mut Frame, replies: &mut [views::Post]) {
    let about = f.flash.as_ref().and_then(|flash| flash.at);
    if let Some(reply) = replies.iter_mut().find(|reply| Some(reply.id) == about) {
        reply.flash = f.flash.take();
    }
}

fn pager(rows: &ThreadPage) -> Pager {
    let root = rows.root.post.id;
    Pager::numbered(rows.page, rows.pages, |page| {
        format!("/p/{root}?page={page}")
    })
}

/// The reply form, where the reader may reply to the post asked for, or to the thread. A deleted
/// thread takes no direct replies any more, but its replies do.
fn reply_box(f: &Frame, rows: &ThreadPage, to: Option<PostId>) -> Option<Reply> {
    let mut posts = std::iter::once(&rows.root).chain(&rows.replies);
    let target: Option<&PostView> =
        posts.find(|view| Some(view.post.id) == to && view.allowed.reply);
    if target.is_none() && !rows.root.allowed.reply {
        return None;
    }
    let root = rows.root.post.id;
    let aimed = target.filter(|view| view.post.id != root);
    let id = aimed
        .map(|view| view.post.id.to_string())
        .unwrap_or_default();
    Some(Reply {
        form: of_new_post(f, reply_form(f, &format!("/p/{root}/reply"), &id)),
        to: aimed.map(|view| (actor::name(&view.author), excerpt(&view.post, f.lang))),
        back_url: format!("/p/{}", if id.is_empty() { root.to_string() } else { id }),
        cancel_url: format!("/p/{root}#compose"),
    })
}

/// `POST /p/{id}/reply`
pub async fn reply(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    match posted.attempt(write(&app, &media, &signed_in, id)).await {
        Ok((reply, unknown)) => redirect_to_written(reply, "replied", &unknown),
        Err(error) => {
            let errors = signed_in.posted.field_errors(error)?;
            let params = ThreadParams {
                id,
                page: None,
                new: false,
                to: signed_in.posted.fields.choice("to"),
                whole: None,
            };
            let request = &signed_in.posted.request;
            let read = request
                .page(Section::Elsewhere, move |db, reader| {
                    rows(db, reader, params)
                })
                .await;
            let (f, rows) = read.map_err(|error| signed_in.posted.fail(error))?;
            let lang = f.lang;
            let mut view = page(f, &rows, lang, params);
            let votes = chooses_again(&mut view, posted);
            if let Some(reply) = &mut view.reply {
                if !votes && posted.switches_language_only(&reply.form) {
                    // The address of the form has a fragment, which a redirect without one keeps.
                    return Ok(redirect(&(posted.back(&format!("/p/{id}")) + "#main")));
                }
                let form = errors.show_on(&view.f, reply.form.clone());
                reply.form = choose_again(&view.f, form, posted);
            }
            errors.respond(&view)
        }
    }
}

async fn write(
    app: &App,
    media: &Media,
    signed_in: &SignedInForm,
    thread: PostId,
) -> Outcome<(PostId, Vec<String>)> {
    let (posted, by) = (&signed_in.posted, signed_in.me.id());
    let parent = posted.fields.choice("to").unwrap_or(thread);
    // Before a picture is decoded.
    let may_reply =
        move |db: &mut Db, reader| query::post::require(db, reader, parent, Action::Reply);
    posted.request.read(may_reply).await?;
    let typed = typed(&posted.fields, posted.request.lang);
    let Composed { draft, unknown } = draft(app, media, signed_in, typed, false).await?;
    let verb =
        move |tx: &mut Tx<'_>| domain::discussion::reply(tx, by, parent, &draft, &Origin::Local);
    Ok((app.ops().write(verb).await?, unknown))
}

/// Fills the form of a poll with what is chosen in it, where that came along with another form; whether it differs from
/// the reader's ballot.
fn chooses_again(view: &mut Thread, posted: &FormPost) -> bool {
    let places = chosen_places(&posted.fields);
    let Some(vote) = view.poll.as_mut().and_then(|poll| poll.vote.as_mut()) else {
        return false;
    };
    if places.is_empty() {
        return false;
    }
    let mut differs = false;
    for choice in &mut vote.choices {
        let place = places.iter().find(|(number, _)| *number == choice.number);
        let place = place.map_or(0, |(_, place)| *place);
        differs |= choice.place != place;
        choice.place = place;
    }
    vote.open |= differs;
    differs
}

/// Shows a thread again after a vote that was refused, with what was chosen.
pub(super) async fn show_refused_vote(
    signed_in: &SignedInForm,
    id: PostId,
    why: Option<Why>,
) -> Page {
    let posted = &signed_in.posted;
    let params = ThreadParams {
        id,
        page: None,
        new: false,
        to: None,
        whole: None,
    };
    let read = move |db: &mut Db, reader: Reader| rows(db, reader, params);
    let read = posted.request.page(Section::Elsewhere, read).await;
    let (f, rows) = read.map_err(|error| posted.fail(error))?;
    let lang = f.lang;
    let mut view = page(f, &rows, lang, params);
    if let Some(vote) = view.poll.as_mut().and_then(|poll| poll.vote.as_mut()) {
        vote.error = why.map(|why| field_error(&view.f, "choice", why).to_owned());
    }
    chooses_again(&mut view, posted);
    show_invalid(&view)
}

/// `GET /p/{id}/reply?to=…`: the target of a reload, a language switch or a link to reply after a refused reply.
pub async fn reply_page(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    let to: Option<PostId> = request.q("to").and_then(|to| to.parse().ok());
    let to = to.map(|to| format!("?to={to}")).unwrap_or_default();
    Ok(redirect(&format!("/p/{id}{to}#compose")))
}
