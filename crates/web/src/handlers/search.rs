//! Search: local content by words, remote content by address. Another server is asked only where a page of
//! ours led here, or its form was sent: a link elsewhere must not make a member's server ask any other.

use axum::extract::State;
use domain::{Error, Outcome};
use httpkit::rate_limits::RateLimit;
use httpkit::{App, paging};
use model::limits::SEARCH_MAX;
use model::refusal::Rule;
use model::search::Segment;
use model::{Address, Lang, Refusal};
use query::account::FrameRows;
use query::search::{Named, PostHit, SearchRequest, SearchResults};
use query::{Db, Reader};

use super::form_post::SignedInForm;
use super::page_error::PageError;
use super::page_request::PageRequest;
use super::response::{Page, redirect, show, sign_in_path};
use super::show::community::FollowStates;
use super::show::{actor, community};
use crate::frame::{Frame, Section};
use crate::views::parts::{Pager, Tab};
use crate::views::search::{AddressResult, FoundPost, Results};
use filter::Filters;
pub use suggest::suggest;

mod filter;
mod suggest;

/// Most results of each kind.
const LIMIT: i64 = 30;
const TOGETHER: usize = 5;

/// `GET /search?q=…&in=…&page=…`, with the parameters of [`Filters`].
pub async fn search(State(app): State<App>, request: PageRequest) -> Page {
    let query = request.q("q").unwrap_or_default().to_owned();
    let asks = request.from_our_page;
    respond(&app, request, &query, asks).await
}

/// `POST /search`: looks an address up on its own server.
pub async fn look_up(State(app): State<App>, form: SignedInForm) -> Page {
    let posted = form.posted;
    let query = posted.fields.get("q").to_owned();
    respond(&app, posted.request, &query, true).await
}

/// Redirects to what an address names, or shows what is found here; `asks` is whether its server may be asked.
async fn respond(app: &App, request: PageRequest, typed: &str, asks: bool) -> Page {
    let typed = typed.trim();
    let query: String = if is_address(typed) {
        typed.to_owned()
    } else {
        typed.chars().take(SEARCH_MAX).collect()
    };
    let mut address = None;
    if is_address(&query) {
        match find_address(app, &request, &query, asks).await {
            Ok(Some(path)) => return Ok(redirect(&path)),
            Ok(None) => {
                address = Some(AddressResult::NotAsked {
                    address: query.clone(),
                });
            }
            Err(error) => address = Some(explain(&request, &query, error)?),
        }
    }
    let asked = Asked {
        filters: Filters::read(&request),
        tab: InTab::read(request.q("in")),
        query,
    };
    if asked.looks() {
        app.limits().count_ip(RateLimit::Search, request.ip)?;
    }
    let (words, lang) = (asked.query.clone(), request.lang);
    let (filter, order) = (
        asked.filters.filter(&request.our_host()),
        asked.filters.order(),
    );
    let page = paging::read_number(request.q("page"))?.unwrap_or(1);
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    let read = move |db: &mut Db, reader: Reader, frame_rows: &FrameRows| {
        let wanted = SearchRequest {
            filter: filter.clone(),
            order,
            page,
            limit: LIMIT,
            ..SearchRequest::new(&words, lang)
        };
        Ok(SearchRows {
            found: query::search::find(db, reader, &wanted)?,
            follow_states: FollowStates::of(frame_rows),
        })
    };
    let (f, rows) = request.page_with_frame_rows(Section::Search, read).await?;
    show(&results(f, asked, &rows, address))
}

/// Whether the text is `!name@host`, `@name@host`, `name@host` or a URL.
fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://") || Address::parse(text).is_some()
}

/// Finds the local page of an address; `None` where its server knows more and is not asked.
async fn find_address(
    app: &App,
    request: &PageRequest,
    text: &str,
    asks: bool,
) -> Outcome<Option<String>> {
    let asks = asks && request.me.is_some();
    let stored = known(request, text, false).await?;
    if stored.is_some() && !(asks && is_link_elsewhere(request, text)) {
        return Ok(stored);
    }
    let asked = match asks {
        true => ask(app, request, text).await.map(Some),
        false => request.me().map(|_| None).map_err(Error::from),
    };
    match asked {
        Ok(Some(path)) => Ok(Some(path)),
        // Where nobody can be asked, a loose match is good enough.
        other => match known(request, text, true).await? {
            Some(path) => Ok(Some(path)),
            None => other,
        },
    }
}

/// Asks the server of an address, for somebody who is signed in.
async fn ask(app: &App, request: &PageRequest, text: &str) -> Outcome<String> {
    let me = request.me()?.id();
    app.limits().count_actor(RateLimit::LookUp, me)?;
    match app.look_up(me, text).await? {
        httpkit::RemoteObject::Post(id) => Ok(format!("/p/{id}")),
        httpkit::RemoteObject::Actor(id) => {
            let read = move |db: &mut Db, reader| query::actor::by_id(db, reader, id);
            Ok(actor::url(&request.read(read).await?))
        }
    }
}

/// Whether the text is a link to another server. What it leads to may be here already, and its server have
/// more replies.
fn is_link_elsewhere(request: &PageRequest, text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let host = url
        .port()
        .map_or(host.to_owned(), |port| format!("{host}:{port}"));
    host != request.our_host()
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum InTab {
    All,
    Communities,
    People,
    Posts,
}

impl InTab {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::All, "all", "search-all"),
        (Self::Communities, "communities", "nav-communities"),
        (Self::People, "people", "nav-people"),
        (Self::Posts, "discussions", "tab-discussions"),
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
            Self::Communities | Self::People | Self::Posts => 0,
        }
    }
}

/// What the URL asks for.
struct Asked {
    query: String,
    filters: Filters,
    tab: InTab,
}

impl Asked {
    /// Whether anything is looked for: by words, or by filters alone.
    fn looks(&self) -> bool {
        !self.query.is_empty() || self.filters.narrow()
    }

    /// The URL of the same search with other parameters.
    fn url(&self, others: &[(&str, &str)]) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", &self.query)
            .extend_pairs(self.filters.pairs())
            .extend_pairs(others)
            .finish();
        format!("/search?{query}")
    }
}

fn results(f: Frame, asked: Asked, rows: &SearchRows, address: Option<AddressResult>) -> Results {
    let (found, tab) = (&rows.found, asked.tab);
    let communities = found.communities.iter().take(tab.shown(InTab::Communities));
    let people = found.people.iter().take(tab.shown(InTab::People));
    // With filters, posts are all there is.
    let posts = if asked.filters.narrow() {
        usize::MAX
    } else {
        tab.shown(InTab::Posts)
    };
    let whole = posts == usize::MAX;
    Results {
        tabs: if asked.filters.narrow() {
            Vec::new()
        } else {
            tabs(&f, &asked, found)
        },
        found: address,
        communities: communities
            .map(|place| community::card(place, f.lang, &rows.follow_states))
            .collect(),
        people: people.map(actor::person).collect(),
        posts: found
            .posts
            .iter()
            .take(posts)
            .map(|hit| post(hit, f.lang))
            .collect(),
        all_posts: (!whole && found.post_count > TOGETHER)
            .then(|| asked.url(&[("in", "discussions")])),
        corrected: found.corrected,
        pager: if whole {
            pager(&asked, found)
        } else {
            Pager::default()
        },
        filters: asked.filters.form(&f),
        looks: asked.looks(),
        query: asked.query,
        f,
    }
}

/// A post that was found.
fn post(hit: &PostHit, lang: Lang) -> FoundPost {
    FoundPost {
        url: format!("/p/{0}", hit.id),
        title: segments(&hit.title),
        title_lang: hit.title_lang.clone(),
        excerpt: segments(&hit.excerpt),
        is_warned: hit.is_warned,
        lang: hit.lang.clone(),
        kind: (!hit.is_reply).then_some(hit.kind),
        author: actor::person(&hit.author),
        place: hit
            .community
            .as_ref()
            .map(|place| community::place(place, lang)),
        at: hit.published_at.utc(),
    }
}

fn segments(all: &[Segment]) -> Vec<(String, bool)> {
    all.iter()
        .map(|segment| (segment.text.clone(), segment.marked))
        .collect()
}

fn pager(asked: &Asked, found: &SearchResults) -> Pager {
    let url = |page: i64| {
        let page = page.to_string();
        asked.url(&[("in", "discussions"), ("page", &page)])
    };
    let count = |pages: usize| i64::try_from(pages).unwrap_or(1);
    Pager::numbered(count(found.page), count(found.pages), url)
}

fn tabs(f: &Frame, asked: &Asked, found: &SearchResults) -> Vec<Tab> {
    let counts = [
        found.communities.len(),
        found.people.len(),
        found.post_count,
    ];
    let [communities, people, posts] = counts.map(|n| i64::try_from(n).unwrap_or(0));
    InTab::ALL
        .map(|(tab, word, key)| {
            let url = asked.url(&[("in", word)]);
            let made = Tab::new(f.text(key), url, tab == asked.tab);
            match tab {
                InTab::All => made,
                InTab::Communities => made.count(communities),
                InTab::People => made.count(people),
                InTab::Posts => made.count(posts),
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
