//! Reading a thread, and replying to it.

use axum::extract::State;
use domain::{Outcome, Tx};
use httpkit::read::discussion::{PostView, ThreadPage};
use httpkit::{App, Me, compose, read};
use model::{ActorId, Lang, Origin, PostId};
use store::Db;

use super::typed;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{
    Page, redirect, redirect_with_flash, show, show_invalid, sign_in_path,
};
use crate::handlers::show::discussion::{Setting, excerpt, post, text, title};
use crate::handlers::show::{actor, community};
use crate::views::discussion::{Reply, Thread, reply_form};
use crate::views::parts::Pager;

/// The rows of a page of a thread.
struct Rows {
    page: ThreadPage,
    /// Whether the reader has unread posts in it.
    unread: bool,
}

/// The parameters of a thread page.
#[derive(Clone, Copy)]
struct Asked {
    id: PostId,
    page: Option<i64>,
    /// The post to reply to.
    to: Option<PostId>,
    reader: Option<ActorId>,
}

fn rows(db: &mut Db, asked: Asked) -> Outcome<Rows> {
    let Asked {
        id,
        page,
        to,
        reader,
    } = asked;
    let target = match to {
        Some(to) => store::discussion::by_id(db, to)?.filter(|post| post.root_id == id),
        None => None,
    };
    let on_page_of = target.map_or(id, |post| post.id);
    let page = read::discussion::thread(db, reader, on_page_of, page)?;
    let root = &page.root.post;
    let unread = match reader {
        Some(reader) => store::discussion::read_marks(db, reader, &[root.id])?
            .get(&root.id)
            .is_none_or(|seen| *seen < root.last_post_id),
        None => false,
    };
    Ok(Rows { page, unread })
}

/// `GET /p/{id}?page=…&to=…&in=…`: the thread; the id of a reply redirects to its page.
pub async fn thread(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    request: PageRequest,
) -> Page {
    let asked = Asked {
        id,
        page: request.q("page").and_then(|page| page.parse().ok()),
        to: request.q("to").and_then(|to| to.parse().ok()),
        reader: request.me.as_ref().map(Me::id),
    };
    let (f, rows) = request
        .page(Section::Elsewhere, move |db| rows(db, asked))
        .await?;
    let root = rows.page.root.post.id;
    if root != id {
        return Ok(redirect(&place_of_reply(&rows.page, id)));
    }
    if let (true, Some(reader)) = (rows.unread, asked.reader) {
        let seen = rows.page.root.post.last_post_id;
        let verb = move |tx: &mut Tx<'_>| domain::discussion::mark_read(tx, reader, root, seen);
        app.ops().write(verb).await?;
    }
    let lang = request.q("in").and_then(Lang::from_tag).unwrap_or(f.lang);
    show(&page(f, &rows.page, lang, asked))
}

fn place_of_reply(page: &ThreadPage, reply: PostId) -> String {
    let root = page.root.post.id;
    match page.page {
        1 => format!("/p/{root}#p{reply}"),
        n => format!("/p/{root}?page={n}#p{reply}"),
    }
}

fn page(f: Frame, rows: &ThreadPage, lang: Lang, Asked { to, reader, .. }: Asked) -> Thread {
    let root = &rows.root.post;
    let at = format!("/p/{}", root.id);
    let text = text(root, lang);
    let admin = f.me.as_ref().is_some_and(|me| me.admin);
    let here: Vec<PostId> = rows.replies.iter().map(|view| view.post.id).collect();
    let setting = Setting {
        lang,
        moderates: rows.moderates || admin,
        reader,
        here: &here,
    };
    let before = std::iter::once(None).chain(here.iter().copied().map(Some));
    let replies = rows.replies.iter().zip(before);
    let place = match &rows.community {
        Some(place) => community::place(place, f.lang),
        None => community::no_place(&rows.root.author),
    };
    Thread {
        in_community: rows.community.is_some(),
        title: title(&f, root, lang),
        lang: text.lang.to_owned(),
        kind: root.kind,
        root: post(&setting, &rows.root, None),
        replies: replies
            .map(|(view, before)| post(&setting, view, before))
            .collect(),
        reply_count: i64::from(root.reply_count),
        servers: i64::try_from(rows.organizations).unwrap_or(0),
        pager: pager(rows),
        other_language: text.other.map(|other| (other, format!("{at}?in={other}"))),
        reply: reply_box(&f, rows, to),
        sign_in_url: f.me.is_none().then(|| sign_in_path(&at)),
        place,
        f,
    }
}

fn pager(rows: &ThreadPage) -> Pager {
    let at = |page: i64| format!("/p/{}?page={page}", rows.root.post.id);
    Pager {
        prev: (rows.page > 1).then(|| at(rows.page - 1)),
        next: (rows.page < rows.pages).then(|| at(rows.page + 1)),
        page: rows.page,
        pages: rows.pages,
    }
}

/// The reply form, for signed-in readers. A deleted thread takes no direct replies any more, but its
/// replies do.
fn reply_box(f: &Frame, rows: &ThreadPage, to: Option<PostId>) -> Option<Reply> {
    f.me.as_ref()?;
    let mut posts = std::iter::once(&rows.root).chain(&rows.replies);
    let target: Option<&PostView> =
        posts.find(|view| Some(view.post.id) == to && view.post.deleted_at.is_none());
    if target.is_none() && rows.root.post.deleted_at.is_some() {
        return None;
    }
    let root = rows.root.post.id;
    let aimed = target.filter(|view| view.post.id != root);
    let id = aimed
        .map(|view| view.post.id.to_string())
        .unwrap_or_default();
    Some(Reply {
        form: reply_form(f, &format!("/p/{root}/reply"), &id),
        to: aimed.map(|view| (actor::name(&view.author), excerpt(&view.post, f.lang))),
        cancel_url: format!("/p/{root}#compose"),
    })
}

/// `POST /p/{id}/reply`
pub async fn reply(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    match write(&app, &signed_in, id).await {
        Ok(reply) => redirect_with_flash(&format!("/p/{reply}"), "replied"),
        Err(error) => {
            let errors = signed_in.posted.field_errors(error)?;
            let asked = Asked {
                id,
                page: None,
                to: signed_in.posted.fields.choice("to"),
                reader: Some(signed_in.me.id()),
            };
            let request = &signed_in.posted.request;
            let read = request
                .page(Section::Elsewhere, move |db| rows(db, asked))
                .await;
            let (f, rows) = read.map_err(|error| signed_in.posted.fail(error))?;
            let lang = f.lang;
            let mut view = page(f, &rows.page, lang, asked);
            if let Some(reply) = &mut view.reply {
                reply.form = errors.mark(&view.f, reply.form.clone());
            }
            show_invalid(&view)
        }
    }
}

async fn write(
    app: &App,
    SignedInForm { posted, me }: &SignedInForm,
    thread: PostId,
) -> Outcome<PostId> {
    let draft = compose::draft(app, me.id(), typed(&posted.fields)).await?;
    let (by, parent) = (me.id(), posted.fields.choice("to").unwrap_or(thread));
    let verb =
        move |tx: &mut Tx<'_>| domain::discussion::reply(tx, by, parent, &draft, &Origin::Local);
    app.ops().write(verb).await
}

/// `GET /p/{id}/reply`: the target of a reload or language switch after a refused reply.
pub async fn reply_page(PathParam(id): PathParam<PostId>) -> Page {
    Ok(redirect(&format!("/p/{id}#compose")))
}
