//! Caches pages and feeds for guests. All guests of one language get the same, so it is rendered once
//! and reused until something is written here, for two seconds at most: another process may have
//! written, and pages say how long ago things were. No page of a signed-in person is cached.

use axum::body::{Body, Bytes, to_bytes};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use httpkit::{App, session};
use lru::LruCache;
use model::{Lang, Time};
use std::num::NonZeroUsize;
use std::sync::Mutex;

use super::flash;
use super::page_request;
use super::response::{is_feed, is_html};

/// Number of pages cached.
const PAGES: NonZeroUsize = NonZeroUsize::new(128).unwrap();
/// Largest page cached, in bytes: 32 MB in total at most, usually a tenth of it.
const PAGE_MAX: usize = 256 << 10;
/// Longest age of a cached page, in milliseconds.
const MAX_AGE_MS: i64 = 2_000;

/// The key of a cached page: its path with query, and its language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheKey {
    address: String,
    lang: Lang,
}

impl CacheKey {
    /// The key of a request; `None` where the response depends on more than the key.
    pub fn of(app: &App, parts: &Parts) -> Option<Self> {
        let site = app.ops().site()?;
        let own = session::cookie(&parts.headers, session::cookie_name(site.is_https())).is_some();
        let has_flash = flash::read(&parts.headers).is_some();
        if parts.method != Method::GET || own || has_flash || !is_shared(parts.uri.path()) {
            return None;
        }
        Some(Self {
            address: parts.uri.path_and_query()?.as_str().to_owned(),
            lang: page_request::guest_language(&parts.headers, parts.uri.query(), &site),
        })
    }
}

/// Whether a page is cached: home, communities, people, threads, and the feeds of these. Searches are too
/// many, and forms carry keys.
fn is_shared(path: &str) -> bool {
    let prefixes = ["/c/", "/u/", "/p/"];
    matches!(path, "/" | "/communities" | "/people")
        || prefixes.iter().any(|prefix| path.starts_with(prefix))
}

struct CachedPage {
    headers: HeaderMap,
    html: Bytes,
    changes: u64,
    at: Time,
}

/// A cache of rendered pages for guests.
pub struct GuestPageCache(Mutex<LruCache<CacheKey, CachedPage>>);

impl Default for GuestPageCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(PAGES)))
    }
}

impl GuestPageCache {
    /// Returns a cached page if nothing was written since; `changes` is the write counter of `Ops`.
    pub fn get(&self, key: &CacheKey, changes: u64, now: Time) -> Option<Response> {
        let mut pages = self.0.lock().ok()?;
        let cached = pages.get(key)?;
        let age = now.unix_millis() - cached.at.unix_millis();
        if cached.changes != changes || !(0..MAX_AGE_MS).contains(&age) {
            return None;
        }
        let mut response = Response::new(Body::from(cached.html.clone()));
        *response.headers_mut() = cached.headers.clone();
        Some(response)
    }

    /// Caches a page that was rendered at `changes`, and returns the response unchanged.
    pub async fn insert(
        &self,
        key: CacheKey,
        changes: u64,
        now: Time,
        response: Response,
    ) -> Response {
        let cookie = response.headers().contains_key(header::SET_COOKIE);
        let kept = is_html(&response) || is_feed(&response);
        if response.status() != StatusCode::OK || cookie || !kept {
            return response;
        }
        let (parts, body) = response.into_parts();
        let Ok(html) = to_bytes(body, usize::MAX).await else {
            return Response::default();
        };
        if html.len() <= PAGE_MAX
            && let Ok(mut pages) = self.0.lock()
        {
            let cached = CachedPage {
                headers: parts.headers.clone(),
                html: html.clone(),
                changes,
                at: now,
            };
            pages.put(key, cached);
        }
        Response::from_parts(parts, Body::from(html))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::{Html, IntoResponse};

    fn key() -> CacheKey {
        CacheKey {
            address: "/".to_owned(),
            lang: Lang::En,
        }
    }

    fn at(ms: i64) -> Time {
        Time::from_unix_millis(1_800_000_000_000 + ms)
    }

    #[tokio::test]
    async fn a_page_is_cached_until_something_changes() {
        let cache = GuestPageCache::default();
        let page = Html("<p>one</p>").into_response();
        cache.insert(key(), 7, at(0), page).await;
        let again = cache.get(&key(), 7, at(100)).unwrap();
        let html = to_bytes(again.into_body(), 100).await.unwrap();
        assert_eq!(html, "<p>one</p>");
        assert!(cache.get(&key(), 8, at(100)).is_none());
        assert!(cache.get(&key(), 7, at(MAX_AGE_MS)).is_none());
        let french = CacheKey {
            lang: Lang::Fr,
            ..key()
        };
        assert!(cache.get(&french, 7, at(100)).is_none());
    }

    #[tokio::test]
    async fn only_plain_pages_are_cached() {
        let cache = GuestPageCache::default();
        let has_flash = ([(header::SET_COOKIE, "a=b")], Html("x")).into_response();
        let lost = (StatusCode::NOT_FOUND, Html("x")).into_response();
        for response in [has_flash, lost, "text".into_response()] {
            let status = response.status();
            let answer = cache.insert(key(), 1, at(0), response).await;
            assert_eq!(answer.status(), status);
            assert!(cache.get(&key(), 1, at(0)).is_none());
        }
    }
}
