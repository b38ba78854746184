//! Responses of handlers: pages and redirects. A handler fails with a [`PageError`].

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use domain::Error;
use http::{HeaderValue, StatusCode, header};
use httpkit::session::NewSignIn;
use model::{Lang, PostId, Refusal};

use super::flash;
use super::page_error::PageError;
use super::page_request::LANG_COOKIE;
use crate::frame::Frame;

/// The result of a handler.
pub type Page = Result<Response, PageError>;

/// Renders a page.
pub fn show(view: &impl Template) -> Page {
    show_with_status(StatusCode::OK, view)
}

/// Renders a form again with its errors: 422.
pub fn show_invalid(view: &impl Template) -> Page {
    show_with_status(StatusCode::UNPROCESSABLE_ENTITY, view)
}

/// Renders a form again that a rate limit refused: 429.
pub fn show_too_many(view: &impl Template, retry_after: u64) -> Page {
    let shown = show_with_status(StatusCode::TOO_MANY_REQUESTS, view)?;
    Ok(with_retry_after(shown, retry_after))
}

pub fn with_retry_after(mut response: Response, seconds: u64) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Says when to try again after too many requests.
pub fn wait(f: &Frame, seconds: u64) -> String {
    let message = f.message("error-too-many-text");
    message.arg("count", minutes(seconds)).to_string()
}

/// Renders a page with another status than 200.
pub fn show_with_status(status: StatusCode, view: &impl Template) -> Page {
    match view.render() {
        Ok(html) => Ok((status, Html(html)).into_response()),
        Err(error) => Err(PageError::from(Error::fault(error.to_string()))),
    }
}

/// Redirects to another page of this instance: 303.
pub fn redirect(path: &str) -> Response {
    let location = HeaderValue::from_bytes(path.as_bytes());
    let location = location.unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Redirects to a page that confirms what was done: `word` is one of [`flash`].
pub fn redirect_with_flash(path: &str, word: &str) -> Page {
    redirect_naming(path, word, "")
}

/// Like [`redirect_with_flash`], for a confirmation that names a person, a community or a host.
pub fn redirect_naming(path: &str, word: &str, name: &str) -> Page {
    Ok(with_cookie(
        redirect(path),
        &flash::cookie(word, name, None),
    ))
}

/// Redirects to a post, inside which is confirmed what was done with it.
pub fn redirect_to_post(id: PostId, word: &str, name: &str) -> Page {
    let cookie = flash::cookie(word, name, Some(id));
    Ok(with_cookie(redirect(&format!("/p/{id}")), &cookie))
}

/// Adds a cookie to a response.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Adds the cookies of somebody who has just signed in.
pub fn with_sign_in(response: Response, https: bool, sign_in: &NewSignIn) -> Response {
    let cookies = sign_in.cookies(https);
    cookies.fold(response, |response, cookie| with_cookie(response, &cookie))
}

/// Accepts a path as the target of a redirect if it stays on this instance: no host, no scheme, no
/// control characters or backslashes.
pub fn local_path(next: &str) -> Option<&str> {
    let plain = next.chars().all(|c| !c.is_control() && c != '\\');
    (plain && next.starts_with('/') && !next.starts_with("//")).then_some(next)
}

/// Builds the URL of the sign-in page that redirects to `next`.
pub fn sign_in_path(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("/sign-in?{query}")
}

/// Builds the URL of the sign-in page that follows the actor whose page is at `url`.
pub fn sign_in_to_follow(url: &str) -> String {
    format!("{}&then=follow", sign_in_path(url))
}

/// Answers 404.
pub async fn not_found() -> PageError {
    PageError::from(Refusal::NotFound("page"))
}

/// Seconds as minutes, rounded up.
pub fn minutes(seconds: u64) -> i64 {
    i64::try_from(seconds.div_ceil(60)).unwrap_or(i64::MAX)
}

/// Builds the `Set-Cookie` header of a guest's language.
pub fn lang_cookie(lang: Lang) -> String {
    format!("{LANG_COOKIE}={lang}; Path=/; SameSite=Lax; Max-Age=31536000")
}

/// Whether a response is an HTML page.
pub fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Whether a response is an Atom feed.
pub fn is_feed(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/atom+xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_lead_to_our_own_pages_only() {
        for good in ["/", "/c/weavers", "/p/1?page=2#p3", "/search?q=//"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: a=b",
        ] {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_way_back_survives_the_sign_in_page() {
        assert_eq!(
            sign_in_path("/p/1?page=2&in=fr"),
            "/sign-in?next=%2Fp%2F1%3Fpage%3D2%26in%3Dfr"
        );
    }

    #[test]
    fn the_wait_is_rounded_up_to_minutes() {
        assert_eq!(minutes(1), 1);
        assert_eq!(minutes(61), 2);
    }
}
