//! Chooses the front end of a request by method, path and `Accept`: the pages, the API, or ActivityPub.
//! The layers around all of them are in `layers`.

mod health;
mod http_rules;
pub(crate) mod layers;

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::response::Response;
use axum::routing::get;
use federation::context::Federation;
use federation::serve::{Caller, wants_activity_json};
use health::Health;
use http::header::VARY;
use http::{HeaderMap, HeaderValue, Method};
use httpkit::{App, ClientIp};
use media::Media;
use std::time::Instant;
use tower::ServiceExt;

use crate::metrics::{Metrics, record_request};

/// Builds the router of an instance.
pub(crate) fn router(
    app: &App,
    federation: &Federation,
    media: &Media,
    metrics: Option<&Metrics>,
) -> Router {
    let frontends = Frontends {
        pages: web::routes(app.clone(), media.clone()),
        api: api::routes(app.clone(), media.clone()),
        activitypub: federation::serve::routes(federation.clone()),
        app: app.clone(),
    };
    let health = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .with_state(Health::new(app.clone()));
    let metrics = metrics.and_then(|metrics| metrics.shared_router(app));
    let router = health
        .merge(metrics.unwrap_or_default())
        .fallback(move |request: Request| frontends.handle(request));
    layers::apply(router, app)
}

#[derive(Clone)]
struct Frontends {
    pages: Router,
    api: Router,
    activitypub: Router,
    app: App,
}

/// The part of the server that handles a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frontend {
    Pages,
    Api,
    ActivityPub,
}

impl Frontends {
    async fn handle(self, request: Request) -> Response {
        let (frontend, method, began) =
            (choose(&request), request.method().clone(), Instant::now());
        let response = self.respond(frontend, request).await;
        record_request(frontend, &method, response.status(), began.elapsed());
        response
    }

    async fn respond(self, frontend: Frontend, request: Request) -> Response {
        let early = match frontend {
            Frontend::Api => http_rules::preflight(&request),
            Frontend::Pages | Frontend::ActivityPub => http_rules::preflight_of_reading(&request),
        };
        let early = early.or_else(|| http_rules::without_slash(&request));
        if let Some(response) = early {
            return response;
        }
        let negotiated = frontend != Frontend::Api && is_read(request.method());
        let router = match frontend {
            Frontend::Pages => self.pages,
            Frontend::Api => self.api,
            Frontend::ActivityPub => self.activitypub,
        };
        let request = match frontend {
            Frontend::Pages | Frontend::Api => request,
            Frontend::ActivityPub => with_caller(request, &self.app).await,
        };
        let mut response = match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        http_rules::complete(frontend, &mut response);
        if negotiated && !varies_by_accept(response.headers()) {
            let accept = HeaderValue::from_static("accept");
            response.headers_mut().append(VARY, accept);
        }
        response
    }
}

/// Adds the client's address to the request; `federation` does not know the trusted proxies.
async fn with_caller(request: Request, app: &App) -> Request {
    let (mut parts, body) = request.into_parts();
    let Ok(ClientIp(ip)) = ClientIp::from_request_parts(&mut parts, app).await;
    parts.extensions.insert(Caller(ip));
    Request::from_parts(parts, body)
}

/// Chooses ActivityPub for inboxes, `/.well-known`, NodeInfo and ids without a page, whatever `Accept` says;
/// for other paths if `Accept` prefers activity JSON to HTML.
fn choose(request: &Request) -> Frontend {
    let path = request.uri().path();
    let below = |root: &str| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let for_applications = [
        "/oauth/token",
        "/oauth/revoke",
        "/.well-known/oauth-authorization-server",
    ];
    if below("/api") || for_applications.contains(&path) {
        return Frontend::Api;
    }
    let inbox = path == "/inbox" || path.ends_with("/inbox");
    let stored = ["/activities", "/follows", "/likes"].into_iter().any(below);
    // Collections of actors, which have no page.
    let of_actor = path.strip_prefix("/c/").or(path.strip_prefix("/u/"));
    let (_, name) = of_actor
        .and_then(|rest| rest.split_once('/'))
        .unwrap_or_default();
    let collections = ["outbox", "followers", "following", "featured", "moderators"];
    let collection = collections.contains(&name);
    let well_known = below("/.well-known") && path != "/.well-known/change-password";
    let conversation = path.starts_with("/p/") && path.ends_with("/context");
    let activitypub =
        well_known || below("/nodeinfo") || inbox || stored || collection || conversation;
    let accepts = is_read(request.method()) && wants_activity_json(request.headers());
    if activitypub || accepts {
        Frontend::ActivityPub
    } else {
        Frontend::Pages
    }
}

/// Returns whether `Vary` already contains `Accept`.
fn varies_by_accept(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(VARY).iter();
    let names = lines.filter_map(|line| line.to_str().ok());
    let mut names = names.flat_map(|line| line.split(','));
    names.any(|name| name.trim().eq_ignore_ascii_case("accept"))
}

fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::header::ACCEPT;

    fn frontend(method: &str, path: &str, accept: Option<&str>) -> Frontend {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(accept) = accept {
            request = request.header(ACCEPT, accept);
        }
        choose(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn a_browser_gets_pages_and_a_server_gets_documents() {
        let browser = Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        let server = Some("application/activity+json");
        for path in ["/", "/u/ann", "/c/weavers", "/p/1"] {
            assert_eq!(frontend("GET", path, browser), Frontend::Pages, "{path}");
            assert_eq!(frontend("GET", path, None), Frontend::Pages, "{path}");
            assert_eq!(
                frontend("GET", path, server),
                Frontend::ActivityPub,
                "{path}"
            );
        }
        assert_eq!(frontend("POST", "/u/ann", server), Frontend::Pages);
    }

    #[test]
    fn some_paths_are_always_activitypub_or_the_api() {
        for (method, path) in [
            ("POST", "/inbox"),
            ("POST", "/u/ann/inbox"),
            ("POST", "/c/weavers/inbox"),
            ("GET", "/.well-known/webfinger?resource=acct:ann@a.test"),
            ("GET", "/.well-known/nodeinfo"),
            ("GET", "/nodeinfo/2.1"),
            ("GET", "/likes/7"),
            ("GET", "/c/weavers/outbox"),
            ("GET", "/u/ann/followers"),
            ("GET", "/p/7/context"),
        ] {
            assert_eq!(
                frontend(method, path, Some("*/*")),
                Frontend::ActivityPub,
                "{path}"
            );
        }
        let server = Some("application/activity+json");
        assert_eq!(frontend("GET", "/api", server), Frontend::Api);
        assert_eq!(
            frontend("GET", "/api/hedgerow/v1/threads", None),
            Frontend::Api
        );
        for path in ["/oauth/token", "/.well-known/oauth-authorization-server"] {
            assert_eq!(frontend("POST", path, None), Frontend::Api);
        }
        assert_eq!(frontend("GET", "/oauth/authorize", None), Frontend::Pages);
        let for_people = "/.well-known/change-password";
        assert_eq!(frontend("GET", for_people, None), Frontend::Pages);
        assert_eq!(frontend("GET", "/apis", None), Frontend::Pages);
        assert_eq!(frontend("GET", "/u/outbox", None), Frontend::Pages);
        assert_eq!(frontend("GET", "/nodeinfos", None), Frontend::Pages);
    }
}
