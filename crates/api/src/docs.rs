//! The routes and what describes them: `openapi.json`, and a readable page at `/api`.

use crate::extract::problem;
use crate::post_body::POST_FORM_MAX;
use crate::scopes::{self, SCHEME, ScopeTable};
use crate::{
    account, actor, admin, community, discussion, follow, invitation, membership, moderation,
    notice, oauth, poll, search, site,
};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{Redirect, Response};
use axum::{Extension, Router};
use httpkit::App;
use media::Media;
use model::oauth::SCOPES;
use utoipa::openapi::security::{AuthorizationCode, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::{Config, SwaggerUi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hedgerow",
        description = "The REST API of a Hedgerow instance. Make a token in your settings, or with `hedgerow user token HANDLE`, or have people grant your application one by OAuth 2, and send it as `Authorization: Bearer …`. Reading public things needs none. Ids are strings. Lists are paged: send `next` back as `before`. Errors are `application/problem+json` with a stable `code`; an `invalid` one lists its fields under `errors`.",
        license(name = "AGPL-3.0-only")
    ),
    modifiers(&Oauth)
)]
struct Description;

struct Oauth;

impl Modify for Oauth {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scopes = Scopes::from_iter(SCOPES.iter().map(|scope| (*scope, "")));
        let code = AuthorizationCode::new("/oauth/authorize", "/oauth/token", scopes);
        let scheme = OAuth2::new([Flow::AuthorizationCode(code)]);
        api.components
            .get_or_insert_default()
            .add_security_scheme(SCHEME, SecurityScheme::OAuth2(scheme));
    }
}

pub(crate) fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi()).nest(
        "/api/hedgerow/v1",
        OpenApiRouter::new()
            .routes(routes!(site::show))
            .routes(routes!(account::me, account::set_profile))
            .merge(pictures())
            .routes(routes!(account::home))
            .routes(routes!(account::tokens, account::make_token))
            .routes(routes!(account::drop_token))
            .routes(routes!(account::sign_up))
            .routes(routes!(account::sessions, account::end_sessions))
            .routes(routes!(account::end_session))
            .routes(routes!(account::set_password))
            .routes(routes!(account::set_lang))
            .routes(routes!(follow::list))
            .routes(routes!(notice::list))
            .routes(routes!(notice::see))
            .routes(routes!(community::list, community::found))
            .routes(routes!(community::show, community::describe))
            .merge(posts())
            .routes(routes!(community::followers))
            .routes(routes!(community::spaces))
            .routes(routes!(community::tags))
            .routes(routes!(community::see))
            .merge(members())
            .merge(moderators())
            .merge(invitations())
            .routes(routes!(actor::list))
            .routes(routes!(actor::show))
            .routes(routes!(actor::posts))
            .routes(routes!(follow::follow, follow::unfollow))
            .routes(routes!(discussion::thread))
            .routes(routes!(discussion::history))
            .routes(routes!(discussion::like, discussion::unlike))
            .routes(routes!(discussion::accept, discussion::unaccept))
            .routes(routes!(poll::vote))
            .routes(routes!(discussion::read))
            .routes(routes!(discussion::notifications))
            .routes(routes!(search::search))
            .routes(routes!(search::look_up))
            .merge(administration()),
    )
}

/// Joining communities, and their members.
fn members() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(
            membership::show,
            membership::ask,
            membership::leave
        ))
        .routes(routes!(membership::answer))
        .routes(routes!(membership::requests))
        .routes(routes!(membership::request, membership::decide))
        .routes(routes!(membership::members))
        .routes(routes!(membership::set_role, membership::remove))
}

/// Reports, and what the moderators of communities do.
fn moderators() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(moderation::report))
        .routes(routes!(moderation::act))
        .routes(routes!(moderation::appeal))
        .routes(routes!(moderation::queue))
        .routes(routes!(moderation::log))
        .routes(routes!(moderation::bans))
        .routes(routes!(moderation::act_on_person))
        .routes(routes!(moderation::instance_queue))
}

/// Invitations to communities.
fn invitations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(invitation::sent, invitation::invite))
        .routes(routes!(invitation::change))
        .routes(routes!(invitation::links, invitation::make_link))
        .routes(routes!(invitation::revoke_link))
        .routes(routes!(invitation::mine))
        .routes(routes!(invitation::answer))
}

/// What an administrator does.
fn administration() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(admin::accounts))
        .routes(routes!(admin::account))
        .routes(routes!(admin::judge))
        .routes(routes!(admin::sign_in_link))
        .routes(routes!(admin::end_account_sessions))
        .routes(routes!(admin::end_account_session))
        .routes(routes!(admin::communities_without_facilitator))
        .routes(routes!(admin::give_community))
        .routes(routes!(admin::invites, admin::invite))
        .routes(routes!(admin::withdraw_invite))
        .routes(routes!(admin::settings, admin::set_settings))
        .routes(routes!(admin::peers))
        .routes(routes!(admin::retry_peer))
        .routes(routes!(admin::policy, admin::set_policy))
        .routes(routes!(admin::rules))
        .routes(routes!(admin::import_rules))
        .routes(routes!(admin::export_rules))
        .routes(routes!(admin::set_rule, admin::lift_rule))
        .routes(routes!(admin::inbound))
        .routes(routes!(admin::deliveries))
        .routes(routes!(admin::retry_delivery))
        .routes(routes!(admin::jobs))
        .routes(routes!(admin::retry_job))
        .routes(routes!(admin::retry_all))
}

/// The routes of posts that take pictures with them.
fn posts() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(community::threads, community::start))
        .routes(routes!(
            discussion::show,
            discussion::edit,
            discussion::delete
        ))
        .routes(routes!(discussion::reply))
        .layer(DefaultBodyLimit::max(POST_FORM_MAX))
}

/// The routes that take a file.
fn pictures() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(account::set_picture, account::drop_picture))
        .layer(DefaultBodyLimit::max(media::MAX_BYTES))
}

/// Everything below `/api`, and what `/oauth` has for applications.
pub fn routes(app: App, media: Media) -> Router {
    let (api, description) = described().split_for_parts();
    let api = api.layer(from_fn_with_state(
        ScopeTable::of(&description),
        scopes::add,
    ));
    let readable = SwaggerUi::new("/api/docs")
        .url("/api/hedgerow/v1/openapi.json", description)
        .config(Config::default().try_it_out_enabled(false));
    let readable: Router<App> = Router::from(readable).layer(map_response(relax_csp));
    let unknown = || async {
        problem(
            StatusCode::NOT_FOUND,
            "not-found",
            "there is no such endpoint",
        )
    };
    let wrong = || async {
        problem(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "this endpoint does not speak that method",
        )
    };
    api.method_not_allowed_fallback(wrong)
        .route(
            "/api",
            axum::routing::get(|| async { Redirect::to("/api/docs/index.html") }),
        )
        .route("/api/hedgerow/{*rest}", axum::routing::any(unknown))
        .merge(readable)
        .merge(oauth::router())
        .layer(Extension(media))
        .layer(from_fn_with_state(app.clone(), httpkit::body::limit))
        .with_state(app)
}

/// The readable page styles itself inline; it is ours, vendored, and reaches nothing else.
async fn relax_csp(mut response: Response) -> Response {
    response.headers_mut().insert(
        http::header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    );
    response
}
