//! People: the list, and a person's page, wherever they are from. Ours are at `/u/ann`, those of
//! other servers at `/u/bea@beta.test`.

use domain::Outcome;
use httpkit::paging;
use model::{ActorId, ActorKind, FollowId, Lang};
use query::Db;
use query::actor::PersonView;
use query::row::{Actor, Post};

use super::community::look_elsewhere;
use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, redirect, show};
use super::show::{actor, community, discussion, prose};
use crate::frame::{Frame, LinkPreview, Section};
use crate::views::actor::{PeopleList, PersonPage, PostSummary};
use crate::views::parts::{Empty, Pager, Person, Tab};

const PER_PAGE: usize = 48;

/// `GET /me`
pub async fn me(request: PageRequest) -> Page {
    let url = actor::url(&request.me()?.actor);
    Ok(redirect(&url))
}

/// `GET /u/{handle}`
pub async fn person(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let (handle, host) = actor::address(&text, &request.our_host());
    let read = move |db: &mut Db, reader| query::actor::view(db, reader, &handle, &host);
    let (f, rows) = match request.page(Section::People, read).await {
        Ok(read) => read,
        Err(error) => return look_elsewhere(&request, '@', &text, error),
    };
    if rows.actor.kind == ActorKind::Group {
        return Ok(redirect(&actor::url(&rows.actor)));
    }
    show(&person_page(f, &rows))
}

fn person_page(f: Frame, rows: &PersonView) -> PersonPage {
    let row = &rows.actor;
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let person = Person {
        role: given(&row.job_title),
        ..actor::person(row)
    };
    let accepted = rows.follow.as_ref().map(|follow| follow.accepted);
    let f = Frame {
        noindex: !(row.indexable && row.discoverable),
        preview: Some(preview(&person, row)),
        ..f
    };
    PersonPage {
        avatar_alt: row.picture_alt.clone(),
        pronouns: given(&row.pronouns),
        organization: given(&row.organization),
        languages: actor::languages(&row.languages, f.lang),
        biography_html: prose::fitted(&row.summary_html, "b-", 3, f.lang).into_owned(),
        origin_url: person.host.is_some().then(|| row.url.clone()),
        follow: community::follow(&f, row, accepted, rows.moved.is_some()),
        followers: i64::from(row.follower_count),
        since: person.host.is_none().then(|| row.created_at.utc()),
        places: rows
            .follows
            .iter()
            .map(|place| community::place(place, f.lang))
            .collect(),
        places_private: !row.show_follows,
        posts: rows
            .posts
            .iter()
            .filter_map(|post| post_summary(&f, rows, post))
            .collect(),
        mine: f.me.as_ref().is_some_and(|me| me.url == person.url),
        moved: rows.moved.as_ref().map(actor::person),
        person,
        f,
    }
}

/// What other sites are told of a person's page: no more than their name where they do not want to be
/// found.
fn preview(person: &Person, row: &Actor) -> LinkPreview {
    let found = row.indexable && row.discoverable;
    let role = actor::person(row).role.filter(|_| found);
    LinkPreview {
        kind: "profile",
        origin_url: person.host.is_some().then(|| row.url.clone()),
        activity_url: Some(row.ap_id.clone()),
        feed: (person.host.is_none()).then(|| format!("{}/feed.atom", person.url)),
        ..LinkPreview::new(person.name.clone(), role.unwrap_or_default(), &person.url)
    }
}

fn post_summary(f: &Frame, rows: &PersonView, post: &Post) -> Option<PostSummary> {
    let lang: Lang = f.lang;
    // A reply of the reader's own, in a thread that is withheld, stands alone.
    let root = rows.roots.get(&post.root_id).unwrap_or(post);
    let place = match root.community_id {
        Some(id) => community::place(rows.places.get(&id)?, lang),
        None => community::no_place(&rows.actor),
    };
    Some(PostSummary {
        title: discussion::title(f, root, lang),
        url: format!("/p/{}", post.id),
        title_lang: discussion::title_lang(root, lang).to_owned(),
        lang: discussion::text(post, lang).lang.to_owned(),
        excerpt: discussion::excerpt(post, lang),
        place,
        at: post.published_at.utc(),
        reply: post.parent_id.is_some(),
    })
}

/// `GET /people?show=here|mine`
pub async fn list(request: PageRequest) -> Page {
    let mine = request.q("show") == Some("mine");
    let (f, people, next) = if mine {
        followed(&request).await?
    } else {
        local(&request).await?
    };
    let show_word = if mine { "mine" } else { "here" };
    show(&PeopleList {
        filters: filters(&f, mine),
        people: people.iter().map(actor::person).collect(),
        pager: Pager {
            next: next.map(|id| format!("?show={show_word}&before={id}")),
            ..Pager::default()
        },
        empty: people.is_empty().then(|| empty(&f, mine)),
        f,
    })
}

/// A page of people and the cursor of the next page.
type People = (Frame, Vec<Actor>, Option<i64>);

async fn local(request: &PageRequest) -> Outcome<People> {
    let before: ActorId = paging::read_id(request.q("before"))?;
    let read =
        move |db: &mut Db, reader| query::actor::local_people(db, reader, before, PER_PAGE as i64);
    let (f, people) = request.page(Section::People, read).await?;
    let next = people.last().filter(|_| people.len() == PER_PAGE);
    let next = next.map(|person| person.id.0);
    Ok((f, people, next))
}

async fn followed(request: &PageRequest) -> Outcome<People> {
    let me = request.me()?.id();
    let before: FollowId = paging::read_id(request.q("before"))?;
    let read =
        move |db: &mut Db, reader| query::actor::following(db, reader, me, before, PER_PAGE as i64);
    let (f, rows) = request.page(Section::People, read).await?;
    let next = rows.last().filter(|_| rows.len() == PER_PAGE);
    let next = next.map(|(follow, _)| follow.id.0);
    let people = rows.into_iter().map(|(_, actor)| actor);
    let people = people.filter(|actor| actor.kind != ActorKind::Group);
    Ok((f, people.collect(), next))
}

fn filters(f: &Frame, mine: bool) -> Vec<Tab> {
    let mut tabs = vec![Tab::new(f.text("people-filter-here"), "/people", !mine)];
    if f.me.is_some() {
        tabs.push(Tab::new(
            f.text("people-filter-mine"),
            "/people?show=mine",
            mine,
        ));
    }
    tabs
}

fn empty(f: &Frame, mine: bool) -> Empty {
    let (title, text) = if mine {
        ("people-none-mine", "people-none-mine-text")
    } else {
        ("people-none", "people-none-text")
    };
    Empty {
        icon: "people",
        title: f.text(title).to_owned(),
        text: f.text(text).to_owned(),
        example: None,
        action: None,
    }
}
