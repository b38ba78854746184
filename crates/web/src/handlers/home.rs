//! Home: the welcome page for guests, "Today" for signed-in people.

use domain::Outcome;
use httpkit::read::account::{FrameRows, NoticeView};
use httpkit::read::discussion::ThreadCard;
use httpkit::{Me, read};
use model::notice::NoticeKind;
use model::{AccountState, ActorId, Lang, NoticeId};
use store::Db;
use store::community::Place;

use super::page_request::PageRequest;
use super::response::{Page, show};
use super::show::community::Standings;
use super::show::{actor, community, discussion, prose};
use crate::frame::{Frame, Section};
use crate::views::home::{Answer, Group, Today, Welcome};
use crate::views::parts::Empty;

/// `GET /`
pub async fn home(request: PageRequest) -> Page {
    match request.me.clone() {
        Some(me) => today(request, me).await,
        None => welcome(request).await,
    }
}

/// `GET /leaf.svg`: the banner of the home page.
pub async fn leaf_pattern(request: PageRequest) -> axum::response::Response {
    super::community::leaf_pattern_file(&request.our_host())
}

struct WelcomeRows {
    communities: Vec<Place>,
    latest: Vec<ThreadCard>,
    people: i64,
    community_count: i64,
}

async fn welcome(request: PageRequest) -> Page {
    let rows = |db: &mut Db| -> Outcome<WelcomeRows> {
        Ok(WelcomeRows {
            communities: store::community::list(db, None, true, ActorId(i64::MAX), 6)?,
            latest: read::home::latest(db, None, None, 8)?,
            people: store::account::count(db, AccountState::Active)?,
            community_count: store::community::count_local(db)?,
        })
    };
    let (f, rows) = request.page(Section::Home, rows).await?;
    let site = request.site()?;
    let follows_nothing = Standings::default();
    let cards = rows.communities.iter();
    show(&Welcome {
        description_html: prose::html(site.description.read(f.lang)),
        communities: cards
            .map(|place| community::card(place, f.lang, &follows_nothing))
            .collect(),
        latest: rows
            .latest
            .iter()
            .map(|card| discussion::row(card, f.lang, true))
            .collect(),
        people: rows.people,
        community_count: rows.community_count,
        leaf_url: "/leaf.svg".to_owned(),
        f,
    })
}

struct TodayRows {
    groups: Vec<Group>,
    answers: Vec<Answer>,
    suggestions: Vec<Place>,
    follows_any: bool,
}

async fn today(request: PageRequest, me: Me) -> Page {
    let (lang, name) = (request.lang, actor::name(&me.actor));
    let rows = move |db: &mut Db, around: &FrameRows| today_rows(db, &me, around, lang);
    let (f, rows) = request.page_with_frame_rows(Section::Home, rows).await?;
    let follows_nothing = Standings::default();
    let suggestions = rows.suggestions.iter();
    show(&Today {
        name,
        answers: rows.answers,
        groups: rows.groups,
        suggestions: suggestions
            .map(|place| community::card(place, lang, &follows_nothing))
            .collect(),
        empty: (!rows.follows_any).then(|| begin(&f)),
        f,
    })
}

fn today_rows(db: &mut Db, me: &Me, around: &FrameRows, lang: Lang) -> Outcome<TodayRows> {
    const LOOKED_AT: i64 = 120;
    const PER_COMMUNITY: i64 = 20;
    let standings = Standings::of(around);
    let followed: Vec<ActorId> = around
        .communities
        .iter()
        .map(|(place, _, _)| place.1.id)
        .collect();
    let latest = read::home::today(db, me.id(), &followed, LOOKED_AT, PER_COMMUNITY)?;
    let groups = latest.iter().filter_map(|group| {
        let (_, _, unread) = around
            .communities
            .iter()
            .find(|(place, _, _)| place.1.id == group.place.1.id)?;
        group_of(group, *unread, lang)
    });
    let groups = groups.collect();
    let answers = read::account::notices(db, me, NoticeId(i64::MAX), 20)?;
    let local = store::community::list(db, None, true, ActorId(i64::MAX), 20)?;
    let unknown = local
        .into_iter()
        .filter(|place| !standings.follows(place.1.id));
    Ok(TodayRows {
        groups,
        answers: answers
            .iter()
            .filter_map(|n| answer(n, lang))
            .take(4)
            .collect(),
        suggestions: unknown.take(4).collect(),
        follows_any: !followed.is_empty(),
    })
}

/// The unread threads of one community.
fn group_of(group: &read::home::Group, unread: i64, lang: Lang) -> Option<Group> {
    const SHOWN: usize = 5;
    let new = group.threads.iter().filter(|card| card.unread);
    let threads: Vec<_> = new
        .take(SHOWN)
        .map(|card| discussion::row(card, lang, false))
        .collect();
    let shown = i64::try_from(threads.len()).unwrap_or(0);
    (shown > 0).then(|| Group {
        place: community::place(&group.place, lang),
        more: (unread - shown).max(0),
        threads,
    })
}

fn answer(view: &NoticeView, lang: Lang) -> Option<Answer> {
    let post = view
        .post
        .as_ref()
        .filter(|post| post.deleted_at.is_none())?;
    let thread = view.thread.as_ref()?;
    (view.notice.kind == NoticeKind::Reply).then(|| Answer {
        person: actor::person(&view.from),
        thread: discussion::text(thread, lang).title.to_owned(),
        url: format!("/p/{}", post.id),
        excerpt: discussion::excerpt(post, lang),
        at: view.notice.created_at.utc(),
        unread: view.new,
    })
}

fn begin(f: &Frame) -> Empty {
    Empty {
        icon: "sprout",
        title: f.text("today-empty").to_owned(),
        text: f.text("today-empty-text").to_owned(),
        example: Some(f.text("today-empty-example").to_owned()),
        action: Some((
            f.text("communities-see").to_owned(),
            "/communities".to_owned(),
        )),
    }
}
