//! Communities: the list, and the pages each of them has. Ours are at `/c/weavers`, those of
//! other servers at `/c/dyers@beta.test`.

mod charter;
mod discussions;
mod list;

pub use charter::{change, edit_form, found, found_form};
pub use discussions::{discussions, see_all};
pub use list::list;

use axum::response::{IntoResponse, Response};
use domain::{Error, Outcome};
use http::header;
use httpkit::read::community::CommunityView;
use httpkit::read::discussion::ThreadCard;
use httpkit::{paging, read};
use model::{ActorId, ActorState, Bilingual, FollowId, Lang, Refusal};
use store::Db;
use store::community::Place;
use store::row::{Actor, Follow, Peer};

use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, PageError, redirect, show};
use super::show::{actor, community, discussion, prose};
use crate::frame::{Frame, Section};
use crate::leaf;
use crate::views::community::{About, CommunityTab, Front, Head, MemberRow, People};
use crate::views::parts::Pager;

/// The rows of a community page.
pub struct Rows {
    view: CommunityView,
    peer: Option<Peer>,
    /// The new address after a move.
    moved: Option<Place>,
}

impl Rows {
    fn head(&self, f: &Frame, tab: CommunityTab) -> Head {
        community::head(f, &self.view, self.peer.as_ref(), self.moved.as_ref(), tab)
    }

    /// Whether its recent threads are still being fetched.
    fn fetching(&self) -> bool {
        self.peer.is_some() && self.view.place.0.backfilled_at.is_none()
    }
}

/// Reads a community by its address, with the rows that the tab needs.
fn rows(
    db: &mut Db,
    reader: Option<ActorId>,
    (handle, host): &(String, String),
    tab: CommunityTab,
) -> Outcome<Rows> {
    let place = store::community::by_address(db, handle, host)?;
    let place = place.ok_or(Error::not_found("community"))?;
    check_state(&place)?;
    read::peer::check(db, reader, place.1.peer_id, "community")?;
    let peer = match place.1.peer_id {
        Some(id) => store::peer::by_id(db, id)?,
        None => None,
    };
    let moved = match read::peer::moved_to(db, reader, &place.1)? {
        Some(to) => store::community::by_id(db, to.id)?,
        None => None,
    };
    let view = match tab {
        CommunityTab::Discussions => head_only(db, reader, place)?,
        CommunityTab::Front | CommunityTab::People | CommunityTab::About => {
            read::community::view(db, reader, place)?
        }
    };
    Ok(Rows { view, peer, moved })
}

/// Reads only the rows of the header: the most read page does not show the facilitators.
fn head_only(db: &mut Db, reader: Option<ActorId>, place: Place) -> Outcome<CommunityView> {
    let id = place.1.id;
    let (follow, role) = match reader {
        Some(reader) => (
            store::follow::between(db, reader, id)?,
            store::community::role(db, id, reader)?,
        ),
        None => (None, None),
    };
    Ok(CommunityView {
        place,
        follow,
        role,
        facilitators: Vec::new(),
        peers: 0,
    })
}

fn check_state(place: &Place) -> Outcome<()> {
    match place.1.state {
        ActorState::Active => Ok(()),
        ActorState::Pending => Err(Error::not_found("community")),
        ActorState::Suspended | ActorState::Deleted => Err(Refusal::Gone("community").into()),
    }
}

/// Finds a community by its address, without the rows of its pages.
///
/// # Errors
/// `NotFound`, `Gone`.
pub async fn find(request: &PageRequest, text: &str) -> Outcome<Place> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db| -> Outcome<Place> {
        let place = store::community::by_address(db, &handle, &host)?;
        let place = place.ok_or(Error::not_found("community"))?;
        check_state(&place)?;
        Ok(place)
    };
    request.app.store().read(read).await
}

struct FrontRows {
    rows: Rows,
    latest: Vec<ThreadCard>,
}

/// `GET /c/{handle}`
pub async fn front(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let reader = request.me.as_ref().map(httpkit::Me::id);
    let address = actor::address(&text, &request.our_host());
    let read = move |db: &mut Db| -> Outcome<FrontRows> {
        let rows = rows(db, reader, &address, CommunityTab::Front)?;
        let heads = store::discussion::in_community(
            db,
            rows.view.place.1.id,
            store::discussion::ThreadFilter {
                kind: None,
                unanswered: false,
            },
            None,
            6,
        )?;
        let latest = read::discussion::cards(db, reader, heads)?;
        Ok(FrontRows { rows, latest })
    };
    match request.page(Section::Communities, read).await {
        Ok((f, rows)) => show(&front_page(f, &rows)),
        Err(error) => look_elsewhere(&request, '!', &text, error),
    }
}

fn front_page(f: Frame, FrontRows { rows, latest }: &FrontRows) -> Front {
    let (row, group) = &rows.view.place;
    let texts = [
        Bilingual::new(&row.domain_en, &row.domain_fr),
        Bilingual::new(&row.community_en, &row.community_fr),
        Bilingual::new(&row.practice_en, &row.practice_fr),
    ];
    let written = texts.iter().find(|text| !text.is_empty());
    let lang = written.map_or(f.lang, |text| text.shown_lang(f.lang));
    let [domain_html, community_html, practice_html] =
        texts.each_ref().map(|t| prose::html(t.read(lang)));
    Front {
        c: rows.head(&f, CommunityTab::Front),
        domain_html,
        community_html,
        practice_html,
        text_lang: lang.to_string(),
        latest: latest
            .iter()
            .map(|card| discussion::row(card, f.lang, false))
            .collect(),
        facilitators: rows.view.facilitators.iter().map(actor::person).collect(),
        // What our own kind of server sends as a summary is the purpose, which stands above.
        summary_html: (rows.peer.is_some() && written.is_none()).then(|| {
            let said = !Bilingual::new(&row.purpose_en, &row.purpose_fr).is_empty();
            if said {
                String::new()
            } else {
                group.summary_html.clone()
            }
        }),
        fetching: rows.fetching(),
        f,
    }
}

/// Redirects a signed-in reader from an unknown remote address to its lookup.
pub fn look_elsewhere(request: &PageRequest, sigil: char, text: &str, error: Error) -> Page {
    let unknown = matches!(error, Error::Refused(Refusal::NotFound(_)));
    let (_, host) = actor::address(text, &request.our_host());
    if !unknown || host.is_empty() || request.me.is_none() {
        return Err(PageError::from(error));
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &format!("{sigil}{text}"))
        .finish();
    Ok(redirect(&format!("/search?{query}")))
}

struct PeopleRows {
    rows: Rows,
    followers: Vec<(Follow, Actor)>,
}

const PEOPLE_PER_PAGE: usize = 50;

/// `GET /c/{handle}/people`
pub async fn people(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let reader = request.me.as_ref().map(httpkit::Me::id);
    let address = actor::address(&text, &request.our_host());
    let before: FollowId = paging::read_id(request.q("before"));
    let read = move |db: &mut Db| -> Outcome<PeopleRows> {
        let rows = rows(db, reader, &address, CommunityTab::People)?;
        let id = rows.view.place.1.id;
        let followers = read::community::followers(db, id, before, PEOPLE_PER_PAGE as i64)?;
        Ok(PeopleRows { rows, followers })
    };
    let (f, PeopleRows { rows, followers }) = request.page(Section::Communities, read).await?;
    let next = followers
        .last()
        .filter(|_| followers.len() == PEOPLE_PER_PAGE);
    let facilitators = &rows.view.facilitators;
    show(&People {
        c: rows.head(&f, CommunityTab::People),
        facilitators: facilitators.iter().map(actor::person).collect(),
        followers: followers
            .iter()
            .map(|(follow, who)| MemberRow {
                person: actor::person(who),
                facilitator: facilitators.iter().any(|one| one.id == who.id),
                since: follow.asked_at.utc(),
            })
            .collect(),
        elsewhere: 0,
        pager: Pager {
            next: next.map(|(follow, _)| format!("?before={}", follow.id)),
            ..Pager::default()
        },
        f,
    })
}

struct AboutRows {
    rows: Rows,
    founder: Option<Actor>,
}

/// `GET /c/{handle}/about`
pub async fn about(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let reader = request.me.as_ref().map(httpkit::Me::id);
    let address = actor::address(&text, &request.our_host());
    let read = move |db: &mut Db| -> Outcome<AboutRows> {
        let rows = rows(db, reader, &address, CommunityTab::About)?;
        let founder = match rows.view.place.0.founded_by {
            Some(id) => store::actor::by_id(db, id)?,
            None => None,
        };
        Ok(AboutRows { rows, founder })
    };
    let (f, AboutRows { rows, founder }) = request.page(Section::Communities, read).await?;
    let group = &rows.view.place.1;
    show(&About {
        c: rows.head(&f, CommunityTab::About),
        founded: rows.peer.is_none().then(|| group.created_at.utc()),
        founder: founder.as_ref().map(actor::person),
        threads: i64::from(group.post_count),
        servers: rows.view.peers,
        other: other_language(&rows.view.place, f.lang),
        ap_id: group.ap_id.clone(),
        software: rows.peer.as_ref().and_then(community::software),
        f,
    })
}

/// Name and purpose in the other language, where both are written.
fn other_language((row, _): &Place, lang: Lang) -> Option<(Lang, String, String)> {
    let name = Bilingual::new(&row.name_en, &row.name_fr);
    let purpose = Bilingual::new(&row.purpose_en, &row.purpose_fr);
    let other = lang.other();
    name.get(lang)?;
    let there = name.get(other)?;
    Some((
        other,
        there.to_owned(),
        purpose.get(other).unwrap_or_default().to_owned(),
    ))
}

/// `GET /c/{handle}/leaf.svg`
pub async fn leaf_pattern(PathParam(text): PathParam<String>, request: PageRequest) -> Response {
    let here = request.our_host();
    let (handle, host) = actor::address(&text, &here);
    let host = if host.is_empty() { &here } else { &host };
    leaf_pattern_file(&format!("{handle}@{host}"))
}

/// The banner of an address as an SVG file, cached by browsers for a day.
pub fn leaf_pattern_file(address: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, leaf::pattern(address)).into_response()
}
