//! Search: local content by words, remote content by address.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::rate_limits::RateLimit;
use httpkit::read::account::FrameRows;
use httpkit::read::discussion::ThreadCard;
use httpkit::{App, Me, read};
use model::refusal::Rule;
use model::{ActorId, ActorState, Address, Refusal};
use store::Db;
use store::community::Place;
use store::row::Actor;

use super::page_request::PageRequest;
use super::response::{Page, PageError, redirect, show, sign_in_path};
use super::show::community::Standings;
use super::show::{actor, community, discussion};
use crate::frame::{Frame, Section};
use crate::views::parts::{Pager, Tab};
use crate::views::search::{Found, Results};

/// Most results of each kind.
const LIMIT: i64 = 30;
const TOGETHER: usize = 5;

/// `GET /search?q=…&in=…`
pub async fn search(State(app): State<App>, request: PageRequest) -> Page {
    let query = request.q("q").unwrap_or_default().trim().to_owned();
    let mut found = None;
    if is_address(&query) {
        match look_up(&app, &request, &query).await {
            Ok(path) => return Ok(redirect(&path)),
            Err(error) => found = Some(explain(&request, &query, error)?),
        }
    }
    if !query.is_empty() {
        app.limits().count_ip(RateLimit::Search, request.ip)?;
    }
    let (reader, words) = (request.me.as_ref().map(Me::id), query.clone());
    let read = move |db: &mut Db, around: &FrameRows| rows(db, reader, around, &words);
    let (f, rows) = request.page_with_frame_rows(Section::Search, read).await?;
    let tab = InTab::read(request.q("in"));
    show(&results(f, query, &rows, found, tab))
}

/// Whether the text is `!name@host`, `@name@host`, `name@host` or a URL.
fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://") || Address::parse(text).is_some()
}

/// Finds the local page of an address. Other servers are asked only for signed-in people.
async fn look_up(app: &App, request: &PageRequest, text: &str) -> Outcome<String> {
    // Guests cannot have other servers asked: for them a loose match is good enough.
    if let Some(path) = known(app, request, text, request.me.is_none()).await? {
        return Ok(path);
    }
    let me = request.me()?.id();
    app.limits().count_actor(RateLimit::LookUp, me)?;
    match app.remote().look_up(text).await {
        Ok(httpkit::Found::Post(id)) => Ok(format!("/p/{id}")),
        Ok(httpkit::Found::Actor(id)) => {
            let read = move |db: &mut Db| store::actor::by_id(db, id).map_err(Error::from);
            let actor = app.store().read(read).await?;
            Ok(actor::url(&actor.ok_or(Error::not_found("actor"))?))
        }
        Err(refusal) => Ok(known(app, request, text, true).await?.ok_or(refusal)?),
    }
}

/// What is here already. `loosely` also takes what has the address but not the sigil: Mastodon
/// writes communities with `@` too.
async fn known(
    app: &App,
    request: &PageRequest,
    text: &str,
    loosely: bool,
) -> Outcome<Option<String>> {
    let (text, here) = (text.to_owned(), request.our_host());
    let reader = request.me.as_ref().map(Me::id);
    let read = move |db: &mut Db| -> Outcome<Option<String>> {
        let found = if Address::parse(&text).is_some() {
            let (handle, host) = actor::address(&text, &here);
            match store::actor::by_written(db, text.chars().next(), &handle, &host)? {
                None if loosely => store::actor::by_address(db, &handle, &host)?,
                found => found,
            }
        } else {
            store::actor::by_ap_id(db, &text)?
        };
        if let Some(actor) = found.filter(|who| who.state != ActorState::Pending) {
            let seen = read::peer::check(db, reader, actor.peer_id, "actor").is_ok();
            return Ok(seen.then(|| actor::url(&actor)));
        }
        let Some(post) = store::discussion::by_ap_id(db, &text)? else {
            return Ok(None);
        };
        let seen = read::peer::check_post(db, reader, &post).is_ok();
        Ok(seen.then(|| format!("/p/{}", post.id)))
    };
    app.store().read(read).await
}

/// Maps an error of a lookup to the result shown.
fn explain(request: &PageRequest, query: &str, error: Error) -> Result<Found, PageError> {
    let address = query.to_owned();
    match error {
        Error::Refused(Refusal::NotFound(_) | Refusal::Invalid(_)) => {
            Ok(Found::Nothing { address })
        }
        Error::Refused(Refusal::Unreachable { host }) => Ok(Found::Unreachable { host }),
        Error::Refused(Refusal::NotAllowed(Rule::PeerRefused)) => Ok(Found::Refused { address }),
        Error::Refused(Refusal::NotAllowed(_)) if request.me.is_none() => Ok(Found::SignIn {
            url: sign_in_path(&request.here()),
        }),
        Error::Refused(Refusal::NotAllowed(_) | Refusal::Gone(_) | Refusal::TooLarge) => {
            Ok(Found::NotShown { address })
        }
        other @ (Error::Refused(Refusal::TooMany { .. }) | Error::Fault(_)) => Err(other.into()),
    }
}

#[derive(Default)]
struct Rows {
    communities: Vec<Place>,
    people: Vec<Actor>,
    threads: Vec<ThreadCard>,
    standings: Standings,
}

fn rows(db: &mut Db, reader: Option<ActorId>, around: &FrameRows, words: &str) -> Outcome<Rows> {
    if words.is_empty() {
        return Ok(Rows::default());
    }
    let heads = store::search::threads(db, reader, words, LIMIT)?;
    Ok(Rows {
        communities: store::search::communities(db, reader, words, LIMIT)?,
        people: store::search::people(db, reader, words, LIMIT)?,
        threads: read::discussion::cards(db, reader, heads)?,
        standings: Standings::of(around),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum InTab {
    All,
    Communities,
    People,
    Threads,
}

impl InTab {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::All, "all", "search-all"),
        (Self::Communities, "communities", "nav-communities"),
        (Self::People, "people", "nav-people"),
        (Self::Threads, "discussions", "tab-discussions"),
    ];

    fn read(word: Option<&str>) -> Self {
        let found = Self::ALL.iter().find(|(_, name, _)| Some(*name) == word);
        found.map_or(Self::All, |(tab, _, _)| *tab)
    }

    /// Number of results of a kind on this tab.
    fn shown(self, kind: Self) -> usize {
        match self {
            Self::All => TOGETHER,
            tab if tab == kind => usize::MAX,
            Self::Communities | Self::People | Self::Threads => 0,
        }
    }
}

fn results(f: Frame, query: String, rows: &Rows, found: Option<Found>, tab: InTab) -> Results {
    let communities = rows.communities.iter().take(tab.shown(InTab::Communities));
    let people = rows.people.iter().take(tab.shown(InTab::People));
    let threads = rows.threads.iter().take(tab.shown(InTab::Threads));
    Results {
        tabs: tabs(&f, &query, rows, tab),
        found,
        communities: communities
            .map(|place| community::card(place, f.lang, &rows.standings))
            .collect(),
        people: people.map(actor::person).collect(),
        threads: threads
            .map(|card| discussion::row(card, f.lang, true))
            .collect(),
        pager: Pager::default(),
        query,
        f,
    }
}

fn tabs(f: &Frame, query: &str, rows: &Rows, here: InTab) -> Vec<Tab> {
    let counts = [
        rows.communities.len(),
        rows.people.len(),
        rows.threads.len(),
    ];
    let [communities, people, threads] = counts.map(|n| i64::try_from(n).unwrap_or(0));
    InTab::ALL
        .map(|(tab, word, key)| {
            let url = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("q", query)
                .append_pair("in", word)
                .finish();
            let made = Tab::new(f.text(key), format!("/search?{url}"), tab == here);
            match tab {
                InTab::All => made,
                InTab::Communities => made.count(communities),
                InTab::People => made.count(people),
                InTab::Threads => made.count(threads),
            }
        })
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_told_from_words() {
        for address in [
            "!weavers@alpha.test",
            "@ann@alpha.test",
            "ann@alpha.test",
            "https://alpha.test/p/1",
        ] {
            assert!(is_address(address), "{address}");
        }
        for words in ["weavers", "@ann", "!weavers", "warp @ weft", "http", ""] {
            assert!(!is_address(words), "{words}");
        }
    }
}
