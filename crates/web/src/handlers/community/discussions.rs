//! The threads of a community.

use axum::extract::State;
use domain::Outcome;
use httpkit::read::discussion::ThreadCard;
use httpkit::{App, paging, read};
use model::discussion::THREADS_PER_PAGE;
use model::{ActorId, PostKind};
use store::Db;
use store::discussion::{Browse, ThreadCursor, ThreadHead, ThreadOrder};

use super::{Rows, find, rows};
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, discussion};
use crate::views::community::{CommunityTab, Discussions};
use crate::views::parts::{Empty, Pager, Tab};

/// Most threads marked as seen by one request.
const SEEN_AT_ONCE: i64 = 300;

/// Filter and sort order of the thread list, as the URL has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    kind: Option<PostKind>,
    unread: bool,
    order: ThreadOrder,
}

impl Asked {
    fn read(request: &PageRequest) -> Self {
        Self {
            kind: request.q("kind").and_then(|kind| kind.parse().ok()),
            unread: request.me.is_some() && request.q("show") == Some("unread"),
            order: match request.q("sort") {
                Some("newest") => ThreadOrder::Newest,
                Some(_) | None => ThreadOrder::Active,
            },
        }
    }

    /// The query string of this filter and order; empty for the defaults.
    fn query(self, before: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(kind) = self.kind {
            query.append_pair("kind", kind.as_str());
        }
        if self.unread {
            query.append_pair("show", "unread");
        }
        if self.order == ThreadOrder::Newest {
            query.append_pair("sort", "newest");
        }
        if let Some(before) = before {
            query.append_pair("before", before);
        }
        match query.finish() {
            text if text.is_empty() => text,
            text => format!("?{text}"),
        }
    }

    fn is_filtered(self) -> bool {
        self.kind.is_some() || self.unread
    }

    /// The cursor of a thread in this order.
    fn cursor(self, head: &ThreadHead) -> String {
        let at = match self.order {
            ThreadOrder::Active => head.active_at,
            ThreadOrder::Newest => head.published_at,
        };
        paging::thread_cursor(at, head.id)
    }
}

struct ThreadRows {
    rows: Rows,
    cards: Vec<ThreadCard>,
}

/// `GET /c/{handle}/discussions?kind=…&show=unread&sort=newest&before=…`
pub async fn discussions(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let reader = request.me.as_ref().map(httpkit::Me::id);
    let address = actor::address(&text, &request.our_host());
    let asked = Asked::read(&request);
    let below = paging::read_thread_cursor(request.q("before"));
    let read = move |db: &mut Db| -> Outcome<ThreadRows> {
        let rows = rows(db, reader, &address, CommunityTab::Discussions)?;
        let heads = heads(db, reader, &rows, asked, below)?;
        let cards = read::discussion::cards(db, reader, heads)?;
        Ok(ThreadRows { rows, cards })
    };
    let (f, read) = request.page(Section::Communities, read).await?;
    show(&page(f, &read, asked))
}

fn heads(
    db: &mut Db,
    reader: Option<ActorId>,
    rows: &Rows,
    asked: Asked,
    below: Option<ThreadCursor>,
) -> Outcome<Vec<ThreadHead>> {
    let follow = rows.view.follow.as_ref().map(|follow| follow.id);
    let unread_by = match (asked.unread, reader.zip(follow)) {
        (false, _) => None,
        (true, Some(by)) => Some(by),
        // Nothing is new to somebody who does not follow.
        (true, None) => return Ok(Vec::new()),
    };
    let browse = Browse {
        kind: asked.kind,
        unread_by,
        order: asked.order,
        below,
    };
    let id = rows.view.place.1.id;
    Ok(store::discussion::browse(
        db,
        id,
        &browse,
        THREADS_PER_PAGE,
    )?)
}

fn page(f: Frame, ThreadRows { rows, cards }: &ThreadRows, asked: Asked) -> Discussions {
    let c = rows.head(&f, CommunityTab::Discussions);
    let full = i64::try_from(cards.len()) == Ok(THREADS_PER_PAGE);
    let next = cards.last().filter(|_| full);
    let any_unread = cards.iter().any(|card| card.unread);
    Discussions {
        filters: filters(&f, &c.url, asked, rows.view.follow.is_some()),
        sorts: if cards.is_empty() {
            Vec::new()
        } else {
            sorts(&f, &c.url, asked)
        },
        threads: cards
            .iter()
            .map(|card| discussion::row(card, f.lang, false))
            .collect(),
        pager: Pager {
            next: next.map(|card| asked.query(Some(&asked.cursor(&card.head)))),
            ..Pager::default()
        },
        empty: cards.is_empty().then(|| empty(&f, rows, &c.url, asked)),
        seen_url: any_unread.then(|| format!("{}/seen", c.url)),
        c,
        f,
    }
}

fn link(url: &str, asked: Asked) -> String {
    format!("{url}/discussions{}", asked.query(None))
}

/// Builds the filters: all, unread (for followers), and each kind.
fn filters(f: &Frame, url: &str, asked: Asked, follows: bool) -> Vec<Tab> {
    let tab = |key: &str, kind: Option<PostKind>, unread: bool| {
        let one = Asked {
            kind,
            unread,
            ..asked
        };
        Tab::new(f.text(key), link(url, one), one == asked)
    };
    let mut tabs = vec![tab("filter-all", None, false)];
    if follows || asked.unread {
        tabs.push(tab("filter-unread", None, true));
    }
    tabs.extend(
        PostKind::ALL
            .iter()
            .map(|kind| tab(&format!("filter-{kind}"), Some(*kind), false)),
    );
    tabs
}

fn sorts(f: &Frame, url: &str, asked: Asked) -> Vec<Tab> {
    let orders = [
        (ThreadOrder::Active, "sort-active"),
        (ThreadOrder::Newest, "sort-newest"),
    ];
    orders
        .map(|(order, key)| {
            let one = Asked { order, ..asked };
            Tab::new(f.text(key), link(url, one), one == asked)
        })
        .to_vec()
}

fn empty(f: &Frame, rows: &Rows, url: &str, asked: Asked) -> Empty {
    let words = |icon, title: &str, text: &str| Empty {
        icon,
        title: f.text(title).to_owned(),
        text: f.text(text).to_owned(),
        example: None,
        action: None,
    };
    if asked.is_filtered() {
        let all = (
            f.text("threads-show-all").to_owned(),
            format!("{url}/discussions"),
        );
        let (icon, title, text) = if asked.unread {
            ("check", "threads-none-unread", "threads-none-unread-text")
        } else {
            (
                "discussion",
                "threads-none-filter",
                "threads-none-filter-text",
            )
        };
        return Empty {
            action: Some(all),
            ..words(icon, title, text)
        };
    }
    if rows.fetching() {
        return words("clock", "threads-none", "front-fetching");
    }
    if rows.moved.is_some() {
        return words("discussion", "threads-none", "threads-none-text");
    }
    Empty {
        example: Some(f.text("threads-none-example").to_owned()),
        action: Some((f.text("ask").to_owned(), format!("{url}/new?kind=question"))),
        ..words("discussion", "threads-none", "threads-none-text")
    }
}

/// `POST /c/{handle}/seen`: what is unread in it is marked as seen, the latest first.
pub async fn see_all(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let place = find(&signed_in.posted.request, &text).await?;
    let (me, id) = (signed_in.me.id(), place.1.id);
    let unread = move |db: &mut Db| read::discussion::unread(db, me, id, SEEN_AT_ONCE);
    let unread = app.store().read(unread).await?;
    let verb = move |tx: &mut domain::Tx<'_>| {
        unread
            .iter()
            .try_for_each(|(thread, seen)| domain::discussion::mark_read(tx, me, *thread, *seen))
    };
    app.ops().write(verb).await?;
    redirect_with_flash(&format!("{}/discussions", actor::url(&place.1)), "seen")
}
