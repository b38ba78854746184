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

use super::answer::{Fail, Page, onward, show};
use super::ask::Ask;
use super::at::At;
use super::show::{actor, community, discussion, prose};
use crate::frame::{Frame, Section};
use crate::leaf;
use crate::views::community::{About, CommunityTab, Front, Head, MemberRow, People};
use crate::views::parts::Pager;

/// A community, and the server of a remote one.
pub struct Rows {
    view: CommunityView,
    peer: Option<Peer>,
    /// Where it has moved to.
    moved: Option<Place>,
}

impl Rows {
    fn head(&self, f: &Frame, tab: CommunityTab) -> Head {
        community::head(f, &self.view, self.peer.as_ref(), self.moved.as_ref(), tab)
    }

    /// Its recent threads are on their way from its server.
    fn fetching(&self) -> bool {
        self.peer.is_some() && self.view.place.0.backfilled_at.is_none()
    }
}

/// Reads a community by its address, for whoever reads, with what the tab shows of it.
fn rows(
    db: &mut Db,
    reader: Option<ActorId>,
    (handle, host): &(String, String),
    tab: CommunityTab,
) -> Outcome<Rows> {
    let place = store::community::by_address(db, handle, host)?;
    let place = place.ok_or(Error::not_found("community"))?;
    standing(&place)?;
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

/// What the head shows and no more: the page most often read need not know who facilitates.
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

fn standing(place: &Place) -> Outcome<()> {
    match place.1.state {
        ActorState::Active => Ok(()),
        ActorState::Pending => Err(Error::not_found("community")),
        ActorState::Suspended | ActorState::Deleted => Err(Refusal::Gone("community").into()),
    }
}

/// The community of an address, without what its pages show.
///
/// # Errors
/// `NotFound`, `Gone`.
pub async fn find(ask: &Ask, text: &str) -> Outcome<Place> {
    let (handle, host) = actor::address(text, &ask.our_host());
    let read = move |db: &mut Db| -> Outcome<Place> {
        let place = store::community::by_address(db, &handle, &host)?;
        let place = place.ok_or(Error::not_found("community"))?;
        standing(&place)?;
        Ok(place)
    };
    ask.app.store().read(read).await
}

struct FrontRows {
    rows: Rows,
    latest: Vec<ThreadCard>,
}

/// `GET /c/{handle}`
pub async fn front(At(text): At<String>, ask: Ask) -> Page {
    let reader = ask.me.as_ref().map(httpkit::Me::id);
    let address = actor::address(&text, &ask.our_host());
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
    match ask.page(Section::Communities, read).await {
        Ok((f, rows)) => show(&front_page(f, &rows)),
        Err(error) => look_elsewhere(&ask, '!', &text, error),
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

/// An address nobody here has looked up yet: whoever is signed in looks now.
pub fn look_elsewhere(ask: &Ask, sigil: char, text: &str, error: Error) -> Page {
    let unknown = matches!(error, Error::Refused(Refusal::NotFound(_)));
    let (_, host) = actor::address(text, &ask.our_host());
    if !unknown || host.is_empty() || ask.me.is_none() {
        return Err(Fail::from(error));
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &format!("{sigil}{text}"))
        .finish();
    Ok(onward(&format!("/search?{query}")))
}

struct PeopleRows {
    rows: Rows,
    followers: Vec<(Follow, Actor)>,
}

const PEOPLE_PER_PAGE: usize = 50;

/// `GET /c/{handle}/people`
pub async fn people(At(text): At<String>, ask: Ask) -> Page {
    let reader = ask.me.as_ref().map(httpkit::Me::id);
    let address = actor::address(&text, &ask.our_host());
    let before: FollowId = paging::read_id(ask.q("before"));
    let read = move |db: &mut Db| -> Outcome<PeopleRows> {
        let rows = rows(db, reader, &address, CommunityTab::People)?;
        let id = rows.view.place.1.id;
        let followers = read::community::followers(db, id, before, PEOPLE_PER_PAGE as i64)?;
        Ok(PeopleRows { rows, followers })
    };
    let (f, PeopleRows { rows, followers }) = ask.page(Section::Communities, read).await?;
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
pub async fn about(At(text): At<String>, ask: Ask) -> Page {
    let reader = ask.me.as_ref().map(httpkit::Me::id);
    let address = actor::address(&text, &ask.our_host());
    let read = move |db: &mut Db| -> Outcome<AboutRows> {
        let rows = rows(db, reader, &address, CommunityTab::About)?;
        let founder = match rows.view.place.0.founded_by {
            Some(id) => store::actor::by_id(db, id)?,
            None => None,
        };
        Ok(AboutRows { rows, founder })
    };
    let (f, AboutRows { rows, founder }) = ask.page(Section::Communities, read).await?;
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

/// Name and purpose in the language the page is not in, where they are written.
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
pub async fn hedge(At(text): At<String>, ask: Ask) -> Response {
    let here = ask.our_host();
    let (handle, host) = actor::address(&text, &here);
    let host = if host.is_empty() { &here } else { &host };
    hedge_file(&format!("{handle}@{host}"))
}

/// The hedge of an address, as a file that browsers may keep for a day.
pub fn hedge_file(address: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, leaf::hedge(address)).into_response()
}
