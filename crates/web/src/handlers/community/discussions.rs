//! The threads of a community.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::{App, paging};
use model::limits::THREADS_PER_PAGE;
use model::{PostKind, SpaceId};
use query::community::space::SpaceView;
use query::community::{CommunityView, Detail};
use query::discussion::ThreadCard;
use query::row::Tag;
use query::row::{ThreadCursor, ThreadHead, ThreadList, ThreadOrder, Within};
use query::tag::TagBySlug;
use query::{Db, Reader};

use super::{find, is_fetching, moved_permanently};
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community, discussion, tag};
use crate::views::community::{CommunityTab, Discussions};
use crate::views::parts::{Empty, Pager, Tab};

/// Longest slug that is looked for; no tag has a longer one.
const SLUG_MAX: usize = 100;
/// Most threads marked as seen by one request.
const SEEN_AT_ONCE: i64 = 300;

/// Filter and sort order of the thread list, as the URL has them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ThreadFilter {
    kind: Option<PostKind>,
    space: Option<SpaceId>,
    /// The slug of a tag.
    tag: Option<String>,
    unread: bool,
    unanswered: bool,
    order: ThreadOrder,
}

impl ThreadFilter {
    fn read(request: &PageRequest) -> Self {
        Self {
            kind: request.q("kind").and_then(|kind| kind.parse().ok()),
            space: request.q("space").and_then(|id| id.parse().ok()),
            tag: request
                .q("tag")
                .map(|slug| slug.trim().chars().take(SLUG_MAX).collect())
                .filter(|slug: &String| !slug.is_empty()),
            unread: request.me.is_some() && request.q("show") == Some("unread"),
            unanswered: request.q("show") == Some("unanswered"),
            order: match request.q("sort") {
                Some("newest") => ThreadOrder::Newest,
                Some(_) | None => ThreadOrder::Active,
            },
        }
    }

    /// The query string of this filter and order; empty for the defaults.
    fn query(&self, before: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(kind) = self.kind {
            query.append_pair("kind", kind.as_str());
        }
        if let Some(space) = self.space {
            query.append_pair("space", &space.to_string());
        }
        if let Some(tag) = &self.tag {
            query.append_pair("tag", tag);
        }
        if self.unread {
            query.append_pair("show", "unread");
        }
        if self.unanswered {
            query.append_pair("show", "unanswered");
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

    const fn is_filtered(&self) -> bool {
        self.kind.is_some()
            || self.space.is_some()
            || self.tag.is_some()
            || self.unread
            || self.unanswered
    }

    /// The cursor of a thread in this order.
    fn cursor(&self, head: &ThreadHead) -> String {
        let at = match self.order {
            ThreadOrder::Active => head.active_at,
            ThreadOrder::Newest => head.published_at,
        };
        paging::thread_cursor(at, head.id)
    }
}

struct ThreadRows {
    view: CommunityView,
    cards: Vec<ThreadCard>,
    /// How many questions wait for an answer.
    unanswered: i64,
    tags: Vec<Tag>,
    /// Those that the reader sees.
    spaces: Vec<SpaceView>,
    /// What the slug of the filter stands for.
    tag: Option<TagBySlug>,
}

/// `GET /c/{handle}/discussions?kind=…&tag=…&show=unread|unanswered&sort=newest&before=…`
pub async fn discussions(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let (handle, host) = actor::address(&text, &request.our_host());
    let filter = ThreadFilter::read(&request);
    let below = paging::read_thread_cursor(request.q("before"))?;
    let asked = filter.clone();
    let read = move |db: &mut Db, reader: Reader| -> Outcome<ThreadRows> {
        let view = query::community::view(db, reader, &handle, &host, Detail::Head)?;
        let id = view.place.id();
        let tag = match &asked.tag {
            Some(slug) => Some(query::tag::by_slug(db, id, slug)?),
            None => None,
        };
        Ok(ThreadRows {
            cards: cards(db, reader, &view, (&asked, tag.as_ref()), below)?,
            unanswered: query::discussion::count_unanswered(db, reader, id)?,
            tags: query::tag::of_community(db, id)?,
            spaces: spaces(db, reader, &view, asked.space)?,
            view,
            tag,
        })
    };
    let (f, rows) = request.page(Section::Communities, read).await?;
    if let Some(TagBySlug::Former(tag)) = &rows.tag {
        let now = ThreadFilter {
            tag: Some(tag.slug.clone()),
            ..filter
        };
        return moved_permanently(&link(&actor::url(&rows.view.place.actor), &now));
    }
    show(&page(f, &rows, &filter))
}

/// The spaces that the reader sees; one that they do not is not there.
fn spaces(
    db: &mut Db,
    reader: Reader,
    view: &CommunityView,
    asked: Option<SpaceId>,
) -> Outcome<Vec<SpaceView>> {
    let all = query::community::space::of_view(db, reader, view)?;
    let is_there = |id| all.iter().any(|one| one.space.id == id);
    match asked.is_none_or(is_there) {
        true => Ok(all),
        false => Err(Error::not_found("page")),
    }
}

fn cards(
    db: &mut Db,
    reader: Reader,
    view: &CommunityView,
    (filter, tag): (&ThreadFilter, Option<&TagBySlug>),
    below: Option<ThreadCursor>,
) -> Outcome<Vec<ThreadCard>> {
    let unread_since = match (filter.unread, &view.follow) {
        (false, _) => None,
        (true, Some(follow)) => Some(follow.id),
        // Nothing is new to somebody who does not follow.
        (true, None) => return Ok(Vec::new()),
    };
    let tag = match tag {
        None => None,
        Some(TagBySlug::Current(tag)) => Some(tag.id),
        // The list stands at another address, or no thread has the tag.
        Some(TagBySlug::Former(_) | TagBySlug::Unknown) => return Ok(Vec::new()),
    };
    let list = ThreadList {
        kind: filter.kind,
        space: filter.space,
        tag,
        unread_since,
        unanswered: filter.unanswered,
        order: filter.order,
        below,
        ..ThreadList::new(Within::Community(view.place.id()), THREADS_PER_PAGE)
    };
    query::discussion::list(db, reader, &list)
}

fn page(f: Frame, rows: &ThreadRows, current: &ThreadFilter) -> Discussions {
    let ThreadRows {
        view,
        cards,
        unanswered,
        tags,
        ..
    } = rows;
    let preview = community::preview(&f, &view.place, "/discussions");
    let f = f.previewed(preview);
    let c = community::head(&f, view, CommunityTab::Discussions);
    let full = i64::try_from(cards.len()) == Ok(THREADS_PER_PAGE);
    let next = cards.last().filter(|_| full);
    let any_unread = cards.iter().any(|card| card.unread);
    Discussions {
        filters: filters(&f, &c.url, current, (view.follow.is_some(), *unanswered)),
        space_filters: space_filters(&f, &c.url, current, &rows.spaces),
        tag_filters: tag_filters(&f, &c.url, current, tags),
        sorts: if cards.is_empty() {
            Vec::new()
        } else {
            sorts(&f, &c.url, current)
        },
        threads: cards
            .iter()
            .map(|card| discussion::row(card, f.lang, false))
            .collect(),
        pager: Pager {
            next: next.map(|card| current.query(Some(&current.cursor(&card.head)))),
            ..Pager::default()
        },
        empty: cards.is_empty().then(|| empty(&f, rows, &c.url, current)),
        seen_url: any_unread.then(|| format!("{}/seen", c.url)),
        c,
        f,
    }
}

fn link(url: &str, current: &ThreadFilter) -> String {
    format!("{url}/discussions{}", current.query(None))
}

/// Builds the filters by space; none where the reader sees the common one only.
fn space_filters(f: &Frame, url: &str, current: &ThreadFilter, spaces: &[SpaceView]) -> Vec<Tab> {
    if spaces.len() < 2 {
        return Vec::new();
    }
    let tab = |label: String, space: Option<SpaceId>| {
        let one = ThreadFilter {
            space,
            ..current.clone()
        };
        Tab::new(label, link(url, &one), one.space == current.space)
    };
    let named = spaces.iter().filter(|view| !view.is_common()).map(|view| {
        let (_, name) = view.space.name.shown(f.lang).unwrap_or_default();
        tab(name.to_owned(), Some(view.space.id))
    });
    std::iter::once(tab(f.text("spaces-all").to_owned(), None))
        .chain(named)
        .collect()
}

/// Builds the filters: all, unread (for followers), unanswered, and each kind.
fn filters(
    f: &Frame,
    url: &str,
    current: &ThreadFilter,
    (follows, unanswered): (bool, i64),
) -> Vec<Tab> {
    let all = ThreadFilter {
        kind: None,
        unread: false,
        unanswered: false,
        ..current.clone()
    };
    let tab = |key: &str, one: &ThreadFilter| Tab::new(f.text(key), link(url, one), one == current);
    let mut tabs = vec![tab("filter-all", &all)];
    if follows || current.unread {
        let unread = true;
        let one = ThreadFilter {
            unread,
            ..all.clone()
        };
        tabs.push(tab("filter-unread", &one));
    }
    if unanswered > 0 || current.unanswered {
        let one = ThreadFilter {
            unanswered: true,
            ..all.clone()
        };
        tabs.push(tab("filter-unanswered", &one).count(unanswered));
    }
    tabs.extend(PostKind::COMPOSED.iter().map(|kind| {
        let one = ThreadFilter {
            kind: Some(*kind),
            ..all.clone()
        };
        tab(&format!("filter-{kind}"), &one)
    }));
    tabs
}

/// Builds the choice of a tag, beside the other filters.
fn tag_filters(f: &Frame, url: &str, current: &ThreadFilter, tags: &[Tag]) -> Vec<Tab> {
    let mut tags: Vec<&Tag> = tags.iter().collect();
    tag::sort_by_name(&mut tags, f.lang, |tag| *tag);
    let with = |tag: Option<String>| ThreadFilter {
        tag,
        ..current.clone()
    };
    let tab = |label: &str, one: &ThreadFilter| Tab::new(label, link(url, one), one == current);
    let all = tab(f.text("tags-all"), &with(None));
    let each = tags.into_iter().map(|tag| {
        let one = with(Some(tag.slug.clone()));
        tab(tag.name.read(f.lang), &one)
    });
    std::iter::once(all).chain(each).collect()
}

fn sorts(f: &Frame, url: &str, current: &ThreadFilter) -> Vec<Tab> {
    let orders = [
        (ThreadOrder::Active, "sort-active"),
        (ThreadOrder::Newest, "sort-newest"),
    ];
    orders
        .map(|(order, key)| {
            let one = ThreadFilter {
                order,
                ..current.clone()
            };
            Tab::new(f.text(key), link(url, &one), one == *current)
        })
        .to_vec()
}

fn empty(f: &Frame, rows: &ThreadRows, url: &str, current: &ThreadFilter) -> Empty {
    let view = &rows.view;
    if let (Some(slug), Some(TagBySlug::Unknown)) = (&current.tag, &rows.tag) {
        return no_such_tag(f, slug, url);
    }
    let words = |icon, title: &str, text: &str| Empty {
        icon,
        title: f.text(title).to_owned(),
        text: f.text(text).to_owned(),
        example: None,
        action: None,
    };
    if current.is_filtered() {
        let all = (
            f.text("threads-show-all").to_owned(),
            format!("{url}/discussions"),
        );
        let (icon, title, text) = if current.unread {
            ("check", "threads-none-unread", "threads-none-unread-text")
        } else if current.unanswered {
            (
                "check",
                "threads-none-unanswered",
                "threads-none-unanswered-text",
            )
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
    if is_fetching(view) {
        return words("clock", "threads-none", "front-fetching");
    }
    if view.place.community.private {
        return words("shield", "threads-none", "threads-none-private");
    }
    if view.moved.is_some() {
        return words("discussion", "threads-none", "threads-none-text");
    }
    Empty {
        example: Some(f.text("threads-none-example").to_owned()),
        action: Some((
            f.text("compose-ask").to_owned(),
            format!("{url}/new?kind=question"),
        )),
        ..words("discussion", "threads-none", "threads-none-text")
    }
}

/// Says that a community has no tag of this slug.
fn no_such_tag(f: &Frame, slug: &str, url: &str) -> Empty {
    let text = f.message("threads-none-tag-text").arg("tag", slug);
    Empty {
        icon: "discussion",
        title: f.text("threads-none-tag").to_owned(),
        text: text.to_string(),
        example: None,
        action: Some((
            f.text("threads-show-all").to_owned(),
            format!("{url}/discussions"),
        )),
    }
}

/// `POST /c/{handle}/seen`: what is unread in it is marked as seen, the latest first.
pub async fn see_all(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let place = find(&signed_in.posted.request, &text).await?;
    let (me, id) = (signed_in.me.id(), place.id());
    let unread = move |db: &mut Db, reader| query::discussion::unread(db, reader, id, SEEN_AT_ONCE);
    let unread = signed_in.posted.request.read(unread).await?;
    let verb = move |tx: &mut domain::Tx<'_>| domain::post::mark_all_read(tx, me, &unread);
    app.ops().write(verb).await?;
    redirect_with_flash(&format!("{}/discussions", actor::url(&place.actor)), "seen")
}
