//! Communities: the list, and the pages each of them has. Ours are at `/c/weavers`, those of
//! other servers at `/c/dyers@beta.test`.

mod charter;
pub mod contact;
mod discussions;
mod list;
mod spaces;
pub mod stage;
mod tags;

pub use charter::{change, edit_form, found, found_form};
pub use discussions::{discussions, see_all};
pub use list::list;
pub use spaces::{
    change as change_space, edit_form as space_form, list as spaces, make as make_space,
};
pub(super) use tags::moved_permanently;
pub use tags::{
    add as add_tag, edit_form as tag_form, list as tags, remove as remove_tag,
    remove_form as tag_remove_form, rename as rename_tag, tag,
};

use axum::response::{IntoResponse, Response};
use domain::{Error, Outcome};
use http::header;
use httpkit::paging;
use model::community::{BackfillState, Purposes};
use model::{ActorId, FollowId, Lang, LangText, Refusal, Time};
use query::community::{CommunityView, Detail};
use query::discussion::ThreadCard;
use query::row::{Actor, CommunityContact, CommunityWithActor, Follow, Membership, Milestone};
use query::{Db, Reader};

use super::page_error::PageError;
use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, redirect, show};
use super::show::{actor, community, discussion, prose};
use crate::frame::{Frame, Section};
use crate::leaf;
use crate::views::community::{
    About, CharterText, CommunityTab, Front, MemberRow, People, RoleRow,
};
use crate::views::parts::Pager;

/// Threads on the front page.
const FRONT_THREADS: i64 = 6;
const PEOPLE_PER_PAGE: usize = 50;

/// Whether the recent threads of a remote community are still being fetched.
fn is_fetching(view: &CommunityView) -> bool {
    view.place.community.backfill == BackfillState::Requested
}

/// Finds a community by its address, without the rows of its pages.
///
/// # Errors
/// `NotFound`, `Gone`.
pub async fn find(request: &PageRequest, text: &str) -> Outcome<CommunityWithActor> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read =
        move |db: &mut Db, reader: Reader| query::community::find(db, reader, &handle, &host);
    request.read(read).await
}

struct FrontRows {
    view: CommunityView,
    pinned: Vec<ThreadCard>,
    latest: Vec<ThreadCard>,
}

/// `GET /c/{handle}`
pub async fn front(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let (handle, host) = actor::address(&text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| -> Outcome<FrontRows> {
        let view = query::community::view(db, reader, &handle, &host, Detail::Full)?;
        let id = view.place.id();
        let (pinned, latest) = query::discussion::front(db, reader, id, FRONT_THREADS)?;
        Ok(FrontRows {
            view,
            pinned,
            latest,
        })
    };
    match request.page(Section::Communities, read).await {
        Ok((f, rows)) => show(&front_page(f, &rows)),
        Err(error) => look_elsewhere(&request, '!', &text, error),
    }
}

/// A text of a charter as the reader is shown it, with a prefix for the ids in it.
fn charter_text(text: &LangText, prefix: &str, lang: Lang) -> CharterText {
    let (tag, md) = text.shown(lang).unwrap_or_default();
    CharterText {
        html: prose::html(md, prefix, 3, lang),
        lang: tag.to_owned(),
    }
}

fn front_page(f: Frame, rows: &FrontRows) -> Front {
    let FrontRows { view, .. } = rows;
    let row_of = |card: &ThreadCard| discussion::row(card, f.lang, false);
    let pinned = rows.pinned.iter().map(row_of).collect();
    let latest = rows.latest.iter().map(row_of).collect();
    let preview = community::preview(&f, &view.place, "");
    let f = f.previewed(preview);
    let row = &view.place.community;
    let unwritten = [&row.domain, &row.community, &row.practice]
        .iter()
        .all(|text| text.is_empty());
    // What our own kind of server sends as a summary is the purpose, which the header shows.
    let summary = || CharterText {
        html: match row.purpose.is_empty() {
            true => prose::fitted(&view.place.actor.summary_html, "s-", 2, f.lang).into_owned(),
            false => String::new(),
        },
        lang: String::new(),
    };
    Front {
        c: community::head(&f, view, CommunityTab::Front),
        domain: charter_text(&row.domain, "domain-", f.lang),
        community: charter_text(&row.community, "community-", f.lang),
        practice: charter_text(&row.practice, "practice-", f.lang),
        pinned,
        latest,
        facilitators: view.facilitators.iter().map(actor::person).collect(),
        summary: (view.peer.is_some() && unwritten).then(summary),
        followed: view.follow.is_some(),
        fetching: is_fetching(view),
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
    view: CommunityView,
    members: Vec<(Membership, Actor)>,
    /// Whether the reader invites.
    invites: bool,
    followers: Vec<(Follow, Actor)>,
}

/// The cursor of a page of members: since when the last of the page before is one, and who it is.
fn read_member_cursor(text: Option<&str>) -> Outcome<Option<(Time, ActorId)>> {
    let Some(text) = text else {
        return Ok(None);
    };
    let cursor = text.split_once('-').and_then(|(since, id)| {
        let since = since.parse().ok().and_then(Time::from_unix_micros)?;
        Some((since, id.parse().ok()?))
    });
    cursor.map(Some).ok_or(Error::not_found("page"))
}

fn member_cursor((member, _): &(Membership, Actor)) -> String {
    let since = member.since.utc().timestamp_micros();
    format!("?after={since}-{}", member.actor_id)
}

fn role_row((member, who): &(Membership, Actor), view: &CommunityView) -> RoleRow {
    let url = actor::url(&view.place.actor);
    RoleRow {
        person: actor::person(who),
        role: member.role,
        since: member.since.utc(),
        change_url: (view.allowed.manage && view.peer.is_none())
            .then(|| format!("{url}/members/{}", who.id)),
    }
}

/// Who has a part in a community, and who follows it, each after a cursor.
fn read_people(
    db: &mut Db,
    reader: Reader,
    view: CommunityView,
    (before, after): (FollowId, Option<(Time, ActorId)>),
) -> Outcome<PeopleRows> {
    let id = view.place.id();
    let ours = view.names_members && view.peer.is_none();
    let members = match ours {
        true => query::membership::members(db, reader, id, after, PEOPLE_PER_PAGE as i64)?,
        false => Vec::new(),
    };
    let followers = match view.names_followers {
        true => query::community::followers(db, reader, id, before, PEOPLE_PER_PAGE as i64)?,
        false => Vec::new(),
    };
    Ok(PeopleRows {
        invites: ours && query::invitation::is_inviting(db, &view)?,
        view,
        members,
        followers,
    })
}

/// `GET /c/{handle}/people`
pub async fn people(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let (handle, host) = actor::address(&text, &request.our_host());
    let before: FollowId = paging::read_id(request.q("before"))?;
    let after = read_member_cursor(request.q("after"))?;
    let read = move |db: &mut Db, reader: Reader| {
        let view = query::community::view(db, reader, &handle, &host, Detail::Full)?;
        read_people(db, reader, view, (before, after))
    };
    let (f, rows) = request.page(Section::Communities, read).await?;
    let PeopleRows {
        view,
        members,
        invites,
        followers,
    } = rows;
    let last_member = members.last().filter(|_| members.len() == PEOPLE_PER_PAGE);
    let next = followers
        .last()
        .filter(|_| followers.len() == PEOPLE_PER_PAGE);
    let facilitators = &view.facilitators;
    let f = Frame { noindex: true, ..f };
    show(&People {
        c: community::head(&f, &view, CommunityTab::People),
        facilitators: facilitators.iter().map(actor::person).collect(),
        followers: followers
            .iter()
            .map(|(follow, who)| MemberRow {
                person: actor::person(who),
                facilitator: facilitators.iter().any(|one| one.id == who.id),
                since: follow.asked_at.utc(),
            })
            .collect(),
        members: members.iter().map(|row| role_row(row, &view)).collect(),
        invitations_url: invites.then(|| format!("{}/invitations", actor::url(&view.place.actor))),
        more_members: last_member.map(member_cursor),
        named: view.names_followers,
        elsewhere: 0,
        pager: Pager {
            next: next.map(|(follow, _)| format!("?before={}", follow.id)),
            ..Pager::default()
        },
        f,
    })
}

struct AboutRows {
    view: CommunityView,
    founder: Option<Actor>,
    timeline: Vec<Milestone>,
    contacts: Vec<CommunityContact>,
}

/// `GET /c/{handle}/about`
pub async fn about(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let (handle, host) = actor::address(&text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| -> Outcome<AboutRows> {
        let view = query::community::view(db, reader, &handle, &host, Detail::Full)?;
        let founder = query::community::founder(db, reader, &view.place)?;
        let timeline = query::community::timeline(db, &view.place)?;
        let contacts = query::community::contacts(db, &view.place)?;
        Ok(AboutRows {
            view,
            founder,
            timeline,
            contacts,
        })
    };
    let (f, rows) = request.page(Section::Communities, read).await?;
    let AboutRows {
        view,
        founder,
        timeline,
        contacts,
    } = rows;
    let preview = community::preview(&f, &view.place, "/about");
    let f = f.previewed(preview);
    let group = &view.place.actor;
    show(&About {
        c: community::head(&f, &view, CommunityTab::About),
        started: view.peer.is_none().then(|| group.created_at.utc()),
        founder: founder.as_ref().map(actor::person),
        threads: i64::from(group.post_count),
        purposes: {
            let purposes = Purposes::stored(&view.place.community.purposes);
            stage::purposes_in_words(&f, &purposes)
        },
        contacts: contact::lines(&contacts, f.lang),
        timeline: stage::lines(&f, &timeline, None),
        // Of a remote community's followers we know only ours.
        organizations: match view.peer {
            Some(_) => 0,
            None => view.organizations,
        },
        other: other_language(&view.place, f.lang),
        ap_id: group.ap_id.clone(),
        software: view.peer.as_ref().and_then(community::software),
        f,
    })
}

/// Name and purpose in the other language of the interface, where the name is in both.
fn other_language(place: &CommunityWithActor, lang: Lang) -> Option<(Lang, String, String)> {
    let (name, purpose) = (&place.community.name, &place.community.purpose);
    let other = lang.other();
    name.in_lang(lang)?;
    Some((
        other,
        name.in_lang(other)?.to_owned(),
        purpose.in_lang(other).unwrap_or_default().to_owned(),
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
