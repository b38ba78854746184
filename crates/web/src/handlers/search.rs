//! Search: local content by words, remote content by address.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use model::limits::SEARCH_MAX;
use model::refusal::Rule;
use model::{Address, Refusal};
use query::account::FrameRows;
use query::search::{Named, SearchResults};
use query::{Db, Reader};

use super::page_request::PageRequest;
use super::response::{Page, PageError, redirect, show, sign_in_path};
use super::show::community::FollowStates;
use super::show::{actor, community, discussion};
use crate::frame::{Frame, Section};
use crate::views::parts::{Pager, Tab};
use crate::views::search::{AddressResult, Results};

/// Most results of each kind.
const LIMIT: i64 = 30;
const TOGETHER: usize = 5;

/// `GET /search?q=…&in=…`
pub async fn search(State(app): State<App>, request: PageRequest) -> Page {
    let query = request.q("q").unwrap_or_default().trim();
    let query: String = if is_address(query) {
        query.to_owned()
    } else {
        query.chars().take(SEARCH_MAX).collect()
    };
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
    let words = query.clone();
    let read = move |db: &mut Db, reader: Reader, frame_rows: &FrameRows| {
        rows(db, reader, frame_rows, &words)
    };
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
    if let Some(path) = known(request, text, request.me.is_none()).await? {
        return Ok(path);
    }
    let me = request.me()?.id();
    app.limits().count_actor(RateLimit::LookUp, me)?;
    match app.look_up(me, text).await {
        Ok(httpkit::RemoteObject::Post(id)) => Ok(format!("/p/{id}")),
        Ok(httpkit::RemoteObject::Actor(id)) => {
            let read = move |db: &mut Db, reader| query::actor::by_id(db, reader, id);
            Ok(actor::url(&request.read(read).await?))
        }
        Err(refusal) => Ok(known(request, text, true).await?.ok_or(refusal)?),
    }
}

/// What is here already. `loosely` also takes what has the address but not the sigil: Mastodon
/// writes communities with `@` too.
async fn known(request: &PageRequest, text: &str, loosely: bool) -> Outcome<Option<String>> {
    let (text, here) = (text.to_owned(), request.our_host());
    let read = move |db: &mut Db, reader: Reader| -> Outcome<Option<String>> {
        if Address::parse(&text).is_some() {
            let (handle, host) = actor::address(&text, &here);
            let sigil = text.chars().next();
            let found = match query::actor::by_written(db, reader, sigil, &handle, &host)? {
                None if loosely => query::actor::by_address(db, reader, &handle, &host)?,
                found => found,
            };
            return Ok(found.as_ref().map(actor::url));
        }
        let found = query::search::by_ap_id(db, reader, &text)?;
        Ok(found.map(|named| match named {
            Named::Actor(actor) => actor::url(&actor),
            Named::Post(id) => format!("/p/{id}"),
        }))
    };
    request.read(read).await
}

/// Maps an error of a lookup to the result shown.
fn explain(request: &PageRequest, query: &str, error: Error) -> Result<AddressResult, PageError> {
    let address = query.to_owned();
    match error {
        Error::Refused(Refusal::NotFound(_) | Refusal::Invalid(_)) => {
            Ok(AddressResult::Nothing { address })
        }
        Error::Refused(Refusal::Unreachable { host }) => Ok(AddressResult::Unreachable { host }),
        Error::Refused(Refusal::NotAllowed(Rule::PeerRefused)) => {
            Ok(AddressResult::Refused { address })
        }
        Error::Refused(Refusal::NotAllowed(_)) if request.me.is_none() => {
            Ok(AddressResult::SignIn {
                url: sign_in_path(&request.here()),
            })
        }
        Error::Refused(Refusal::NotAllowed(_) | Refusal::Gone(_) | Refusal::TooLarge) => {
            Ok(AddressResult::NotShown { address })
        }
        other @ (Error::Refused(Refusal::TooMany { .. }) | Error::Fault(_)) => Err(other.into()),
    }
}

#[derive(Default)]
struct SearchRows {
    found: SearchResults,
    follow_states: FollowStates,
}

fn rows(db: &mut Db, reader: Reader, frame_rows: &FrameRows, words: &str) -> Outcome<SearchRows> {
    if words.is_empty() {
        return Ok(SearchRows::default());
    }
    Ok(SearchRows {
        found: query::search::find(db, reader, words, LIMIT)?,
        follow_states: FollowStates::of(frame_rows),
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

fn results(
    f: Frame,
    query: String,
    rows: &SearchRows,
    found: Option<AddressResult>,
    tab: InTab,
) -> Results {
    let communities = rows
        .found
        .communities
        .iter()
        .take(tab.shown(InTab::Communities));
    let people = rows.found.people.iter().take(tab.shown(InTab::People));
    let threads = rows.found.threads.iter().take(tab.shown(InTab::Threads));
    Results {
        tabs: tabs(&f, &query, rows, tab),
        found,
        communities: communities
            .map(|place| community::card(place, f.lang, &rows.follow_states))
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

fn tabs(f: &Frame, query: &str, rows: &SearchRows, here: InTab) -> Vec<Tab> {
    let counts = [
        rows.found.communities.len(),
        rows.found.people.len(),
        rows.found.threads.len(),
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
