//! Pages as guests are shown them. Whoever has no session is shown the same page as everybody else
//! who reads its language, so it is made once and kept until something changes here, for two
//! seconds at most: another process may have changed something, and pages tell how long ago things
//! were. Nothing of a signed-in person ever comes here.

use axum::body::{Body, Bytes, to_bytes};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use httpkit::{App, session};
use lru::LruCache;
use model::{Lang, Time};
use std::num::NonZeroUsize;
use std::sync::Mutex;

use super::answer::is_html;
use super::ask;
use super::flash;

/// Pages kept.
const PAGES: NonZeroUsize = NonZeroUsize::new(128).unwrap();
/// Largest page kept, in bytes: together at most 32 MB, mostly a tenth of it.
const PAGE_MAX: usize = 256 << 10;
/// For how long, in milliseconds.
const KEEP_MS: i64 = 2_000;

/// Which page: its address, and the language it is read in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    address: String,
    lang: Lang,
}

impl Place {
    /// The page a guest asks for, where all guests are shown the same.
    pub fn of(app: &App, asked: &Parts) -> Option<Self> {
        let site = app.ops().site()?;
        let own = session::cookie(&asked.headers, session::cookie_name(site.is_https())).is_some();
        let told = flash::read(&asked.headers).is_some();
        if asked.method != Method::GET || own || told || !is_shared(asked.uri.path()) {
            return None;
        }
        Some(Self {
            address: asked.uri.path_and_query()?.as_str().to_owned(),
            lang: ask::guest_language(&asked.headers, asked.uri.query(), &site),
        })
    }
}

/// Home, communities, people, threads. Searches are too many, and forms are nobody's to share.
fn is_shared(path: &str) -> bool {
    let rooms = ["/c/", "/u/", "/p/"];
    matches!(path, "/" | "/communities" | "/people")
        || rooms.iter().any(|room| path.starts_with(room))
}

struct Kept {
    headers: HeaderMap,
    html: Bytes,
    changes: u64,
    at: Time,
}

/// The pages kept.
pub struct Shelf(Mutex<LruCache<Place, Kept>>);

impl Default for Shelf {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(PAGES)))
    }
}

impl Shelf {
    /// The page, if nothing has changed since it was made; `changes` as `Ops` counts them.
    pub fn find(&self, place: &Place, changes: u64, now: Time) -> Option<Response> {
        let mut pages = self.0.lock().ok()?;
        let kept = pages.get(place)?;
        let age = now.unix_millis() - kept.at.unix_millis();
        if kept.changes != changes || !(0..KEEP_MS).contains(&age) {
            return None;
        }
        let mut response = Response::new(Body::from(kept.html.clone()));
        *response.headers_mut() = kept.headers.clone();
        Some(response)
    }

    /// Keeps a page that was made when so many changes had been; gives it back as it was.
    pub async fn keep(
        &self,
        place: Place,
        changes: u64,
        now: Time,
        response: Response,
    ) -> Response {
        let cookie = response.headers().contains_key(header::SET_COOKIE);
        if response.status() != StatusCode::OK || cookie || !is_html(&response) {
            return response;
        }
        let (parts, body) = response.into_parts();
        let Ok(html) = to_bytes(body, usize::MAX).await else {
            return Response::default();
        };
        if html.len() <= PAGE_MAX
            && let Ok(mut pages) = self.0.lock()
        {
            let kept = Kept {
                headers: parts.headers.clone(),
                html: html.clone(),
                changes,
                at: now,
            };
            pages.put(place, kept);
        }
        Response::from_parts(parts, Body::from(html))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::{Html, IntoResponse};

    fn place() -> Place {
        Place {
            address: "/".to_owned(),
            lang: Lang::En,
        }
    }

    fn at(ms: i64) -> Time {
        Time::from_unix_millis(1_800_000_000_000 + ms)
    }

    #[tokio::test]
    async fn a_page_is_kept_until_something_changes() {
        let shelf = Shelf::default();
        let page = Html("<p>one</p>").into_response();
        shelf.keep(place(), 7, at(0), page).await;
        let again = shelf.find(&place(), 7, at(100)).unwrap();
        let html = to_bytes(again.into_body(), 100).await.unwrap();
        assert_eq!(html, "<p>one</p>");
        assert!(shelf.find(&place(), 8, at(100)).is_none());
        assert!(shelf.find(&place(), 7, at(KEEP_MS)).is_none());
        let french = Place {
            lang: Lang::Fr,
            ..place()
        };
        assert!(shelf.find(&french, 7, at(100)).is_none());
    }

    #[tokio::test]
    async fn only_plain_pages_are_kept() {
        let shelf = Shelf::default();
        let told = ([(header::SET_COOKIE, "a=b")], Html("x")).into_response();
        let lost = (StatusCode::NOT_FOUND, Html("x")).into_response();
        for response in [told, lost, "text".into_response()] {
            let status = response.status();
            let answer = shelf.keep(place(), 1, at(0), response).await;
            assert_eq!(answer.status(), status);
            assert!(shelf.find(&place(), 1, at(0)).is_none());
        }
    }
}
