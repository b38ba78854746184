//! The threads of a community.

use axum::extract::State;
use domain::Outcome;
use httpkit::read::discussion::ThreadCard;
use httpkit::{App, paging, read};
use model::discussion::THREADS_PER_PAGE;
use model::{PostId, PostKind};
use store::Db;
use store::discussion::ThreadFilter;

use super::{Rows, find, rows};
use crate::frame::{Frame, Section};
use crate::handlers::answer::{Page, done, show};
use crate::handlers::ask::Ask;
use crate::handlers::at::At;
use crate::handlers::sent::Signed;
use crate::handlers::show::{actor, discussion};
use crate::views::community::{CommunityTab, Discussions};
use crate::views::parts::{Empty, Pager, Tab};

/// At most so many threads are marked as seen at once.
const SEEN_AT_ONCE: i64 = 300;

struct ThreadRows {
    rows: Rows,
    cards: Vec<ThreadCard>,
}

/// `GET /c/{handle}/discussions?kind=…&before=…`
pub async fn discussions(At(text): At<String>, ask: Ask) -> Page {
    let reader = ask.me.as_ref().map(httpkit::Me::id);
    let address = actor::address(&text, &ask.our_host());
    let kind: Option<PostKind> = ask.q("kind").and_then(|kind| kind.parse().ok());
    let below = paging::read_thread_cursor(ask.q("before"));
    let read = move |db: &mut Db| -> Outcome<ThreadRows> {
        let rows = rows(db, reader, &address, CommunityTab::Discussions)?;
        let id = rows.view.place.1.id;
        let filter = ThreadFilter {
            kind,
            unanswered: false,
        };
        let heads = store::discussion::in_community(db, id, filter, below, THREADS_PER_PAGE)?;
        let cards = read::discussion::cards(db, reader, heads)?;
        Ok(ThreadRows { rows, cards })
    };
    let (f, read) = ask.page(Section::Communities, read).await?;
    show(&page(f, &read, kind))
}

fn page(f: Frame, ThreadRows { rows, cards }: &ThreadRows, kind: Option<PostKind>) -> Discussions {
    let c = rows.head(&f, CommunityTab::Discussions);
    let full = i64::try_from(cards.len()) == Ok(THREADS_PER_PAGE);
    let next = cards.last().filter(|_| full).map(|card| {
        let cursor = paging::thread_cursor(card.head.active_at, card.head.id);
        let kind = kind.map(|kind| format!("kind={kind}&")).unwrap_or_default();
        format!("?{kind}before={cursor}")
    });
    let any_unread = cards.iter().any(|card| card.unread);
    Discussions {
        filters: filters(&f, &c.url, kind),
        sorts: Vec::new(),
        threads: cards
            .iter()
            .map(|card| discussion::row(card, f.lang, false))
            .collect(),
        pager: Pager {
            next,
            ..Pager::default()
        },
        empty: cards.is_empty().then(|| empty(&f, rows, &c.url, kind)),
        seen_url: any_unread.then(|| format!("{}/seen", c.url)),
        c,
        f,
    }
}

fn filters(f: &Frame, url: &str, kind: Option<PostKind>) -> Vec<Tab> {
    let all = Tab::new(
        f.t("filter-all"),
        format!("{url}/discussions"),
        kind.is_none(),
    );
    let kinds = PostKind::ALL.iter().map(|one| {
        let label = f.t(&format!("filter-{one}"));
        Tab::new(
            label,
            format!("{url}/discussions?kind={one}"),
            kind == Some(*one),
        )
    });
    std::iter::once(all).chain(kinds).collect()
}

fn empty(f: &Frame, rows: &Rows, url: &str, kind: Option<PostKind>) -> Empty {
    let words = |icon, title: &str, text: &str| Empty {
        icon,
        title: f.t(title).to_owned(),
        text: f.t(text).to_owned(),
        example: None,
        action: None,
    };
    if kind.is_some() {
        let all = (
            f.t("threads-show-all").to_owned(),
            format!("{url}/discussions"),
        );
        return Empty {
            action: Some(all),
            ..words(
                "discussion",
                "threads-none-filter",
                "threads-none-filter-text",
            )
        };
    }
    if rows.fetching() {
        return words("clock", "threads-none", "front-fetching");
    }
    Empty {
        example: Some(f.t("threads-none-example").to_owned()),
        action: Some((f.t("ask").to_owned(), format!("{url}/new?kind=question"))),
        ..words("discussion", "threads-none", "threads-none-text")
    }
}

/// `POST /c/{handle}/seen`: its latest threads are marked as seen.
pub async fn see_all(State(app): State<App>, At(text): At<String>, signed: Signed) -> Page {
    let place = find(&signed.sent.ask, &text).await?;
    let (me, id) = (signed.me.id(), place.1.id);
    let latest = move |db: &mut Db| -> Outcome<Vec<(PostId, PostId)>> {
        let filter = ThreadFilter {
            kind: None,
            unanswered: false,
        };
        let heads = store::discussion::in_community(db, id, filter, None, SEEN_AT_ONCE)?;
        let cards = read::discussion::cards(db, Some(me), heads)?;
        let unread = cards.iter().filter(|card| card.unread);
        Ok(unread
            .map(|card| (card.head.id, card.head.last_post_id))
            .collect())
    };
    let unread = app.store().read(latest).await?;
    let verb = move |tx: &mut domain::Tx<'_>| {
        unread
            .iter()
            .try_for_each(|(thread, seen)| domain::discussion::mark_read(tx, me, *thread, *seen))
    };
    app.ops().write(verb).await?;
    done(&format!("{}/discussions", actor::url(&place.1)), "seen")
}
