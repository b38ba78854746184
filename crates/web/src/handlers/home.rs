//! Home: the welcome page for guests, "Today" for signed-in people.

use axum::extract::State;
use domain::{Outcome, Tx};
use httpkit::{App, Me};
use model::notice::NoticeKind;
use model::{AccountState, ActorId, Lang, NoticeId, PostState};
use query::account::FrameRows;
use query::community::Narrow;
use query::discussion::ThreadCard;
use query::home::{PersonalThread, TodayGroup, TodayLimits};
use query::notice::NoticeGroup;
use query::row::{CommunityWithActor, NewestLimits};
use query::{Db, Reader};

use super::form_post::SignedInForm;
use super::notice;
use super::page_request::PageRequest;
use super::response::{Page, redirect_with_flash, show};
use super::show::community::FollowStates;
use super::show::{actor, community, discussion, prose};
use crate::frame::{Frame, LinkPreview, Section};
use crate::views::home::{Group, PersonalPost, Today, Welcome};
use crate::views::parts::{Empty, ThreadRow};

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
    communities: Vec<CommunityWithActor>,
    latest: Vec<ThreadCard>,
    people: i64,
    community_count: i64,
}

async fn welcome(request: PageRequest) -> Page {
    let rows = |db: &mut Db, reader: Reader| -> Outcome<WelcomeRows> {
        Ok(WelcomeRows {
            communities: query::community::list(
                db,
                reader,
                true,
                Narrow::default(),
                ActorId(i64::MAX),
                6,
            )?,
            latest: query::home::latest(db, reader, None, 8)?,
            people: query::account::count(db, AccountState::Active)?,
            community_count: query::community::count_local(db)?,
        })
    };
    let (f, rows) = request.page(Section::Home, rows).await?;
    let site = request.site()?;
    let follows_nothing = FollowStates::default();
    let cards = rows.communities.iter();
    let description_html = prose::html(site.description.read(f.lang), "about-", 2, f.lang);
    let about = prose::excerpt(&description_html);
    let preview = LinkPreview::new(f.site.name.clone(), about, "/");
    let f = f.previewed(preview);
    show(&Welcome {
        description_html,
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

/// The first word of a name, to greet somebody by; the whole name where the first word is a title.
fn first_name(name: &str) -> &str {
    const TITLES: &[&str] = &[
        "dr", "dre", "m", "me", "mlle", "mme", "mr", "mrs", "ms", "mx", "prof", "pr", "pre",
    ];
    let first = name.split_whitespace().next().unwrap_or(name);
    let plain = first.trim_end_matches('.').to_lowercase();
    if TITLES.contains(&plain.as_str()) || first.ends_with('.') {
        name
    } else {
        first
    }
}

struct TodayRows {
    groups: Vec<Group>,
    waiting: Vec<ThreadRow>,
    personal: Vec<PersonalPost>,
    notices: Vec<NoticeGroup>,
    suggestions: Vec<CommunityWithActor>,
    follows_any: bool,
}

async fn today(request: PageRequest, me: Me) -> Page {
    const ANSWERS: usize = 4;
    let lang = request.lang;
    let name = first_name(&actor::name(&me.actor)).to_owned();
    let rows = move |db: &mut Db, reader: Reader, frame_rows: &FrameRows| {
        today_rows(db, reader, &me, frame_rows, lang)
    };
    let (f, rows) = request.page_with_frame_rows(Section::Home, rows).await?;
    let follows_nothing = FollowStates::default();
    let suggestions = rows.suggestions.iter();
    let answers = rows.notices.iter().filter(|group| is_answer(group));
    show(&Today {
        name,
        answers: answers
            .take(ANSWERS)
            .map(|group| notice::line(&f, group))
            .collect(),
        waiting: rows.waiting,
        groups: rows.groups,
        personal: rows.personal,
        suggestions: suggestions
            .map(|place| community::card(place, lang, &follows_nothing))
            .collect(),
        empty: (!rows.follows_any).then(|| begin(&f)),
        f,
    })
}

fn today_rows(
    db: &mut Db,
    reader: Reader,
    me: &Me,
    frame_rows: &FrameRows,
    lang: Lang,
) -> Outcome<TodayRows> {
    const LIMITS: TodayLimits = TodayLimits {
        newest: NewestLimits { each: 20, all: 120 },
        waiting: 4,
        personal: (10, 3),
    };
    const NOTICES: (usize, i64) = (12, 100);
    let follow_states = FollowStates::of(frame_rows);
    let latest = query::home::today(db, reader, me.id(), LIMITS)?;
    let groups = latest.groups.iter().filter_map(|group| {
        let mut communities = frame_rows.communities.iter();
        let followed = communities.find(|one| one.id == group.place.id())?;
        group_of(group, followed.unread, lang)
    });
    let groups = groups.collect();
    let all = NoticeId(i64::MAX);
    let notices = query::notice::page(db, me.id(), reader.now, all, NOTICES)?;
    let local = query::community::list(db, reader, true, Narrow::default(), ActorId(i64::MAX), 20)?;
    let unknown = local
        .into_iter()
        .filter(|place| !follow_states.follows(place.id()));
    let waiting = latest.waiting.iter();
    Ok(TodayRows {
        groups,
        waiting: waiting
            .map(|card| discussion::row(card, lang, true))
            .collect(),
        personal: latest
            .personal
            .iter()
            .map(|thread| personal(thread, lang))
            .collect(),
        notices: notices.groups,
        suggestions: unknown.take(4).collect(),
        follows_any: !frame_rows.communities.is_empty(),
    })
}

/// Whether notices are of replies to the reader that can still be read.
fn is_answer(group: &NoticeGroup) -> bool {
    let post = group.newest.post.as_ref();
    group.newest.notice.kind == NoticeKind::Reply
        && post.is_some_and(|post| post.state != PostState::Tombstone)
}

fn personal(thread: &PersonalThread, lang: Lang) -> PersonalPost {
    let head = &thread.card.head;
    let text = discussion::text(&thread.post, lang);
    let title = (!text.title.is_empty()).then(|| (text.title.into(), text.title_lang.into()));
    PersonalPost {
        person: actor::person(&thread.card.author),
        kind: head.kind,
        excerpt: (
            discussion::excerpt(&thread.post, lang),
            text.lang.to_owned(),
        ),
        title,
        url: format!("/p/{}", head.id),
        at: head.published_at.utc(),
        only_in: thread.post.html.only_in(lang),
    }
}

/// `POST /people/seen`: what the people whom one follows wrote outside of communities is marked as read.
pub async fn see_people(State(app): State<App>, signed_in: SignedInForm) -> Page {
    const SEEN_AT_ONCE: i64 = 300;
    let me = signed_in.me.id();
    let read = move |db: &mut Db, reader: Reader| {
        query::home::unread_of_people(db, reader, me, SEEN_AT_ONCE)
    };
    let unread = signed_in.posted.request.read(read).await?;
    let verb = move |tx: &mut Tx<'_>| domain::post::mark_all_read(tx, me, &unread);
    app.ops().write(verb).await?;
    redirect_with_flash("/", "seen")
}

/// The unread threads of one community.
fn group_of(group: &TodayGroup, unread: i64, lang: Lang) -> Option<Group> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_greeted_by_their_first_name() {
        assert_eq!(first_name("Amira Benali"), "Amira");
        assert_eq!(first_name("Marie-Ève Roy"), "Marie-Ève");
        assert_eq!(first_name("Dre Roy"), "Dre Roy");
        assert_eq!(first_name("J. Tran"), "J. Tran");
        assert_eq!(first_name("wren"), "wren");
    }
}
