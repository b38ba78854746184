//! What HTTP expects of the answers of every front end: one address for a page, 405 for a wrong method,
//! a challenge with 401, and documents that scripts of other origins may read.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW,
    CACHE_CONTROL, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE,
};
use http::{HeaderValue, Method, StatusCode};

use super::{Frontend, is_read};

/// Leads from the address of a page with slashes at its end to the one without; `None` for others. A path
/// that a browser would take for another host's is left alone, and so is `/api/docs/`: its files are relative to it.
pub(super) fn without_slash(request: &Request) -> Option<Response> {
    let uri = request.uri();
    let path = uri.path().trim_end_matches('/');
    let is_other = path.len() == uri.path().len() || path.is_empty() || uri.path() == "/api/docs/";
    if is_other || path.contains('\\') || path.contains("//") || !is_read(request.method()) {
        return None;
    }
    let to = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let to = HeaderValue::try_from(to).ok()?;
    response.headers_mut().insert(LOCATION, to);
    Some(response)
}

/// Answers a browser that asks whether a script of another origin may send a request to the API; it needs
/// a token, as cookies are not read there.
pub(super) fn preflight(request: &Request) -> Option<Response> {
    let methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
    let headers = "authorization, content-type, idempotency-key";
    is_preflight(request).then(|| allowed(methods, headers))
}

/// The same of a request that reads a document of ActivityPub. Whether it asks for one is not known yet: `Accept` comes
/// with the request itself, and a page is not shown to such a script.
pub(super) fn preflight_of_reading(request: &Request) -> Option<Response> {
    is_preflight(request).then(|| allowed("GET, HEAD", "accept"))
}

fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn allowed(methods: &'static str, names: &'static str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, methods),
        (ACCESS_CONTROL_ALLOW_HEADERS, names),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Completes an answer: its status where a page has no such method, and the headers that are missing.
pub(super) fn complete(frontend: Frontend, response: &mut Response) {
    let wrong_method =
        response.status() == StatusCode::NOT_FOUND && response.headers().contains_key(ALLOW);
    if wrong_method {
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    }
    let challenge = match frontend {
        Frontend::Pages => return,
        Frontend::Api => "Bearer",
        Frontend::ActivityPub => "Signature",
    };
    let is_refused = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    if is_refused {
        headers
            .entry(WWW_AUTHENTICATE)
            .or_insert(HeaderValue::from_static(challenge));
    }
    let media_type = headers
        .get(CONTENT_TYPE)
        .map_or(&b"json"[..], HeaderValue::as_bytes);
    if frontend == Frontend::Api && media_type.ends_with(b"json") {
        // Data depends on whose token it was, or that there was none; the page that describes the API does not.
        headers
            .entry(CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("private, no-store"));
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("etag, link, retry-after"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, path: &str) -> Request {
        let request = Request::builder().method(method).uri(path);
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn a_slash_at_the_end_leads_to_the_page() {
        let to = |method: &str, path: &str| {
            let response = without_slash(&request(method, path))?;
            assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
            Some(response.headers()[LOCATION].to_str().unwrap().to_owned())
        };
        assert_eq!(
            to("GET", "/communities/?show=here").unwrap(),
            "/communities?show=here"
        );
        assert_eq!(to("HEAD", "/c/weavers//").unwrap(), "/c/weavers");
        for path in ["/", "//", "/communities", "//evil.test/", "/api/docs/"] {
            assert_eq!(to("GET", path), None, "{path}");
        }
        assert_eq!(to("POST", "/sign-in/"), None);
    }

    #[test]
    fn a_wrong_method_is_not_a_missing_page() {
        let answer = |allow: bool| {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_FOUND;
            if allow {
                let methods = HeaderValue::from_static("GET,HEAD");
                response.headers_mut().insert(ALLOW, methods);
            }
            complete(Frontend::Pages, &mut response);
            response.status()
        };
        assert_eq!(answer(true), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer(false), StatusCode::NOT_FOUND);
    }

    #[test]
    fn scripts_of_other_origins_read_documents_and_are_told_how_to_sign_in() {
        for (frontend, challenge) in [
            (Frontend::Pages, None),
            (Frontend::Api, Some("Bearer")),
            (Frontend::ActivityPub, Some("Signature")),
        ] {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            complete(frontend, &mut response);
            let headers = response.headers();
            let told = headers
                .get(WWW_AUTHENTICATE)
                .map(|told| told.to_str().unwrap());
            assert_eq!(told, challenge, "{frontend:?}");
            let is_open = headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!(is_open, frontend != Frontend::Pages, "{frontend:?}");
        }
        assert!(preflight(&request("OPTIONS", "/api/hedgerow/v1/me")).is_none());
        let mut asked = request("OPTIONS", "/p/7");
        let method = HeaderValue::from_static("GET");
        asked
            .headers_mut()
            .insert(ACCESS_CONTROL_REQUEST_METHOD, method);
        let answer = preflight_of_reading(&asked).unwrap();
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_METHODS], "GET, HEAD");
    }
}
