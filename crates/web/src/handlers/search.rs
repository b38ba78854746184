//! Search: what is known here by its words, and by address what is on another server.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::limits::Act;
use httpkit::read::account::FrameRows;
use httpkit::read::discussion::ThreadCard;
use httpkit::{App, Me, read};
use model::refusal::Rule;
use model::{ActorId, ActorState, Address, Refusal};
use store::Db;
use store::community::Place;
use store::row::Actor;

use super::answer::{Fail, Page, onward, show, sign_in_path};
use super::ask::Ask;
use super::show::community::Standings;
use super::show::{actor, community, discussion};
use crate::frame::{Frame, Section};
use crate::views::parts::{Pager, Tab};
use crate::views::search::{Found, Results};

/// Of each kind at most so many are shown, and of everything together so many of each.
const LIMIT: i64 = 30;
const TOGETHER: usize = 5;

/// `GET /search?q=…&in=…`
pub async fn search(State(app): State<App>, ask: Ask) -> Page {
    let query = ask.q("q").unwrap_or_default().trim().to_owned();
    let mut found = None;
    if is_address(&query) {
        match look_up(&app, &ask, &query).await {
            Ok(path) => return Ok(onward(&path)),
            Err(error) => found = Some(explain(&ask, &query, error)?),
        }
    }
    if !query.is_empty() {
        app.limits().count_ip(Act::Search, ask.ip)?;
    }
    let (reader, words) = (ask.me.as_ref().map(Me::id), query.clone());
    let read = move |db: &mut Db, around: &FrameRows| rows(db, reader, around, &words);
    let (f, rows) = ask.page_around(Section::Search, read).await?;
    let tab = InTab::read(ask.q("in"));
    show(&results(f, query, &rows, found, tab))
}

/// `!name@host`, `@name@host`, `name@host` or a URL.
fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://") || Address::parse(text).is_some()
}

/// The page here of what an address names. Other servers are asked for signed-in people only.
async fn look_up(app: &App, ask: &Ask, text: &str) -> Outcome<String> {
    // Guests cannot look up: for them whatever is known by that address will do.
    if let Some(path) = known(app, ask, text, ask.me.is_none()).await? {
        return Ok(path);
    }
    let me = ask.me()?.id();
    app.limits().count_actor(Act::LookUp, me)?;
    match app.remote().look_up(text).await {
        Ok(httpkit::Found::Post(id)) => Ok(format!("/p/{id}")),
        Ok(httpkit::Found::Actor(id)) => {
            let read = move |db: &mut Db| store::actor::by_id(db, id).map_err(Error::from);
            let actor = app.store().read(read).await?;
            Ok(actor::url(&actor.ok_or(Error::not_found("actor"))?))
        }
        Err(refusal) => Ok(known(app, ask, text, true).await?.ok_or(refusal)?),
    }
}

/// What is here already. `loosely` also takes what has the address but not the sigil: Mastodon
/// writes communities with `@` too.
async fn known(app: &App, ask: &Ask, text: &str, loosely: bool) -> Outcome<Option<String>> {
    let (text, here) = (text.to_owned(), ask.our_host());
    let reader = ask.me.as_ref().map(Me::id);
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

/// Why an address led nowhere, as the page tells it.
fn explain(ask: &Ask, query: &str, error: Error) -> Result<Found, Fail> {
    let address = query.to_owned();
    match error {
        Error::Refused(Refusal::NotFound(_) | Refusal::Invalid(_)) => {
            Ok(Found::Nothing { address })
        }
        Error::Refused(Refusal::Unreachable { host }) => Ok(Found::Unreachable { host }),
        Error::Refused(Refusal::NotAllowed(Rule::PeerRefused)) => Ok(Found::Refused { address }),
        Error::Refused(Refusal::NotAllowed(_)) if ask.me.is_none() => Ok(Found::SignIn {
            url: sign_in_path(&ask.here()),
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

    /// How many of a kind the tab shows.
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
