//! People: the list, and a person's page, wherever they are from. Ours are at `/u/ann`, those of
//! other servers at `/u/bea@beta.test`.

use domain::Outcome;
use httpkit::paging;
use model::profile::{EntryKind, PeopleFilter};
use model::{ActorId, ActorKind, FollowId, Lang, SeenBy};
use query::Db;
use query::actor::PersonView;
use query::row::{Actor, Post, ProfileEntry};

use super::community::look_elsewhere;
use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, redirect, show};
use super::show::{actor, community, discussion, organization, prose};
use crate::frame::{Frame, LinkPreview, Section};
use crate::views::actor::{DirectoryForm, EntryLine, PeopleList, PersonPage, PostSummary};
use crate::views::parts::{Empty, Pager, Person, Tab};
use crate::views::search::SelectOption;

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
        noindex: !(row.indexable && row.seen_by == SeenBy::Everyone),
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
        entries: entry_lines(&f, &rows.entries),
        organizations: rows
            .organizations
            .iter()
            .map(|one| organization::affiliation(&f, one))
            .collect(),
        profile: rows.profile,
        mine: f.me.as_ref().is_some_and(|me| me.url == person.url),
        moved: rows.moved.as_ref().map(actor::person),
        person,
        f,
    }
}

/// Parameters of a URL, without those that are empty.
fn query_of(pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(given)
        .finish()
}

/// What somebody says of themselves that others can look for, by what it is about.
fn entry_lines(f: &Frame, rows: &[ProfileEntry]) -> Vec<EntryLine> {
    let kinds = [EntryKind::Ask, EntryKind::System, EntryKind::Region];
    let line = |kind: EntryKind| {
        let own = rows.iter().filter(|row| row.kind == kind);
        let name = match kind {
            EntryKind::Ask => "ask",
            EntryKind::System => "system",
            EntryKind::Region => "region",
            EntryKind::Organization => "organization",
        };
        let link = |row: &ProfileEntry| {
            (
                row.text.clone(),
                format!("/people?{}", query_of(&[(name, row.text.as_str())])),
            )
        };
        EntryLine {
            label: f.text(kind.label()).to_owned(),
            links: own.map(link).collect(),
        }
    };
    let lines = kinds.into_iter().map(line);
    lines.filter(|line| !line.links.is_empty()).collect()
}

/// What other sites are told of a person's page: no more than their name where they do not want to be
/// found.
fn preview(person: &Person, row: &Actor) -> LinkPreview {
    let found = row.indexable && row.seen_by == SeenBy::Everyone;
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
    let filter = match mine {
        true => PeopleFilter::default(),
        false => people_filter(&request),
    };
    let (f, people, next) = if mine {
        followed(&request).await?
    } else {
        local(&request, filter.clone()).await?
    };
    let pairs = [
        ("show", if mine { "mine" } else { "" }),
        ("ask", filter.ask.as_str()),
        ("system", &filter.system),
        ("region", &filter.region),
        ("organization", &filter.organization),
        ("lang", &filter.lang),
    ];
    let next = next.map(|id| id.to_string()).unwrap_or_default();
    let next = (!next.is_empty()).then(|| {
        let all = [&pairs[..], &[("before", next.as_str())]].concat();
        format!("?{}", query_of(&all))
    });
    show(&PeopleList {
        filters: filters(&f, mine),
        people: people.iter().map(actor::person).collect(),
        pager: Pager {
            next,
            ..Pager::default()
        },
        empty: people.is_empty().then(|| empty(&f, mine, &filter)),
        directory: (!mine && f.me.is_some()).then(|| directory(&f, &filter)),
        f,
    })
}

/// A page of people and the cursor of the next page.
type People = (Frame, Vec<Actor>, Option<i64>);

/// Longest text that is looked for, as typed.
const TYPED_MAX: usize = 80;

fn people_filter(request: &PageRequest) -> PeopleFilter {
    let text = |name: &str| -> String {
        let typed = request.q(name).unwrap_or_default().trim();
        typed.chars().take(TYPED_MAX).collect()
    };
    let lang = text("lang");
    PeopleFilter {
        lang: match model::lang::is_tag(&lang) {
            true => model::lang::primary(&lang),
            false => String::new(),
        },
        ask: text("ask"),
        system: text("system"),
        region: text("region"),
        organization: text("organization"),
    }
}

/// The form that narrows the list.
fn directory(f: &Frame, filter: &PeopleFilter) -> DirectoryForm {
    let option = |value: &str, label: &str| SelectOption {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: value == filter.lang,
    };
    let langs = f
        .langs()
        .map(|lang: Lang| (lang.as_str(), words::own_name(lang)));
    let langs = [("", f.text("search-any-language"))]
        .into_iter()
        .chain(langs);
    DirectoryForm {
        open: !filter.is_empty(),
        langs: langs.map(|(value, label)| option(value, label)).collect(),
        filter: filter.clone(),
    }
}

async fn local(request: &PageRequest, filter: PeopleFilter) -> Outcome<People> {
    let before: ActorId = paging::read_id(request.q("before"))?;
    let read = move |db: &mut Db, reader| {
        query::actor::local_people(db, reader, &filter, before, PER_PAGE as i64)
    };
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
    let mut tabs = vec![
        Tab::new(f.text("people-filter-here"), "/people", !mine),
        Tab::new(f.text("organizations"), "/organizations", false),
    ];
    if f.me.is_some() {
        tabs.push(Tab::new(
            f.text("people-filter-mine"),
            "/people?show=mine",
            mine,
        ));
    }
    tabs
}

fn empty(f: &Frame, mine: bool, filter: &PeopleFilter) -> Empty {
    let (title, text) = if !filter.is_empty() {
        ("people-none-found", "people-none-found-text")
    } else if mine {
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
