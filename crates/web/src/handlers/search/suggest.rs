//! `GET /search/suggest`: what is offered while somebody types, for the script.

use axum::extract::State;
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use model::limits::SEARCH_MAX;
use query::search::Suggestion;
use query::{Db, Reader};

use super::super::page_request::PageRequest;
use super::super::response::{Page, show};
use super::super::show::{actor, community};
use super::segments;
use crate::frame::Frame;
use crate::views::search::{SuggestedItem, Suggestions};

/// `GET /search/suggest?q=…`
pub async fn suggest(State(app): State<App>, request: PageRequest) -> Page {
    app.limits().count_ip(RateLimit::Suggest, request.ip)?;
    let typed = request.q("q").unwrap_or_default();
    let typed: String = typed.chars().take(SEARCH_MAX).collect();
    let lang = request.lang;
    let read = move |db: &mut Db, reader: Reader| query::search::suggest(db, reader, &typed, lang);
    let found = request.read(read).await?;
    let f = request.bare();
    show(&Suggestions {
        items: found
            .iter()
            .map(|suggestion| item(&f, suggestion))
            .collect(),
        f,
    })
}

fn item(f: &Frame, suggestion: &Suggestion) -> SuggestedItem {
    match suggestion {
        Suggestion::Community(place) => {
            let (name, lang) = community::name(place, f.lang);
            SuggestedItem {
                icon: "communities",
                url: community::place(place, f.lang).url,
                text: vec![(name, false)],
                lang,
                note: actor::host(&place.actor),
            }
        }
        Suggestion::Person(person) => SuggestedItem {
            icon: "person",
            url: actor::url(person),
            text: vec![(actor::name(person), false)],
            lang: String::new(),
            note: Some(actor::person(person).handle),
        },
        Suggestion::Thread { id, title, lang } => SuggestedItem {
            icon: "discussion",
            url: format!("/p/{id}"),
            text: segments(title),
            lang: lang.clone(),
            note: None,
        },
    }
}
