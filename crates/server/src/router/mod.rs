//! The one place that chooses who answers: the pages, the API, or, by method, path and `Accept`, the
//! ActivityPub seam. Around all of them: a time limit, a panic's page, the security
//! headers, compression and a trace.

pub(crate) mod guard;

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use federation::seam::Federation;
use federation::serve::{Caller, wants_activity_json};
use http::header::VARY;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use httpkit::{App, ClientIp};
use media::Media;
use tower::ServiceExt;

/// Everything an instance answers.
pub fn router(app: &App, federation: &Federation, media: &Media) -> Router {
    let rooms = Rooms {
        pages: web::routes(app.clone(), media.clone()),
        api: api::routes(app.clone(), media.clone()),
        activitypub: federation::serve::routes(federation.clone()),
        app: app.clone(),
    };
    let router = Router::new()
        .route("/healthz", get(health))
        .with_state(app.clone())
        .fallback(move |request: Request| rooms.answer(request));
    guard::around(router, app)
}

#[derive(Clone)]
struct Rooms {
    pages: Router,
    api: Router,
    activitypub: Router,
    app: App,
}

/// Who answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    Pages,
    Api,
    ActivityPub,
}

impl Rooms {
    async fn answer(self, request: Request) -> Response {
        let room = choose(&request);
        let negotiated = room != Room::Api && is_read(request.method());
        let router = match room {
            Room::Pages => self.pages,
            Room::Api => self.api,
            Room::ActivityPub => self.activitypub,
        };
        let request = match room {
            Room::Pages | Room::Api => request,
            Room::ActivityPub => called(request, &self.app).await,
        };
        let mut response = match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if negotiated && !varies(response.headers()) {
            let accept = HeaderValue::from_static("accept");
            response.headers_mut().append(VARY, accept);
        }
        response
    }
}

/// The request, with the address it came from: who the proxies are is not the seam's to know.
async fn called(request: Request, app: &App) -> Request {
    let (mut parts, body) = request.into_parts();
    let Ok(ClientIp(ip)) = ClientIp::from_request_parts(&mut parts, app).await;
    parts.extensions.insert(Caller(ip));
    Request::from_parts(parts, body)
}

/// Inboxes, `/.well-known`, NodeInfo and what has no page are the seam's, whatever is accepted;
/// elsewhere whoever would rather have activity JSON than a page is a server.
fn choose(request: &Request) -> Room {
    let path = request.uri().path();
    let below = |root: &str| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if below("/api") {
        return Room::Api;
    }
    let inbox = path == "/inbox" || path.ends_with("/inbox");
    let frozen = ["/activities", "/follows", "/likes"].into_iter().any(below);
    let seam = below("/.well-known") || below("/nodeinfo") || inbox || frozen;
    let accepts = is_read(request.method()) && wants_activity_json(request.headers());
    if seam || accepts {
        Room::ActivityPub
    } else {
        Room::Pages
    }
}

/// Says already that it depends on `Accept`.
fn varies(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(VARY).iter();
    let names = lines.filter_map(|line| line.to_str().ok());
    let mut names = names.flat_map(|line| line.split(','));
    names.any(|name| name.trim().eq_ignore_ascii_case("accept"))
}

fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

/// 204 while the database answers; whatever the host.
async fn health(axum::extract::State(app): axum::extract::State<App>) -> Response {
    let read = app
        .store()
        .read(|db| store::site::get(db, "site").map_err(domain::Error::from));
    match read.await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(fault) => {
            httpkit::api_error::log_fault(&fault);
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::header::ACCEPT;

    fn room(method: &str, path: &str, accept: Option<&str>) -> Room {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(accept) = accept {
            request = request.header(ACCEPT, accept);
        }
        choose(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn a_browser_gets_pages_and_a_server_documents() {
        let browser = Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        let server = Some("application/activity+json");
        for path in ["/", "/u/ann", "/c/weavers", "/p/1"] {
            assert_eq!(room("GET", path, browser), Room::Pages, "{path}");
            assert_eq!(room("GET", path, None), Room::Pages, "{path}");
            assert_eq!(room("GET", path, server), Room::ActivityPub, "{path}");
        }
        assert_eq!(room("POST", "/u/ann", server), Room::Pages);
    }

    #[test]
    fn some_paths_are_the_seams_or_the_apis_alone() {
        for (method, path) in [
            ("POST", "/inbox"),
            ("POST", "/u/ann/inbox"),
            ("POST", "/c/weavers/inbox"),
            ("GET", "/.well-known/webfinger?resource=acct:ann@a.test"),
            ("GET", "/.well-known/nodeinfo"),
            ("GET", "/nodeinfo/2.1"),
            ("GET", "/likes/7"),
        ] {
            assert_eq!(room(method, path, Some("*/*")), Room::ActivityPub, "{path}");
        }
        let server = Some("application/activity+json");
        assert_eq!(room("GET", "/api", server), Room::Api);
        assert_eq!(room("GET", "/api/hedgerow/v1/threads", None), Room::Api);
        assert_eq!(room("GET", "/apis", None), Room::Pages);
        assert_eq!(room("GET", "/nodeinfos", None), Room::Pages);
    }
}
