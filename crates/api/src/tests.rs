//! Whole requests through the routes, on a real database, and the description of the routes.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use domain::password::Cost;
use domain::testing::{World, key};
use http::{Method, Request, StatusCode, header};
use httpkit::rate_limits::RateLimits;
use httpkit::{App, AppConfig, Remote, RemoteObject};
use media::Media;
use model::{ActorId, Refusal, Registration};
use serde_json::{Value, json};
use store::Store;
use tower::ServiceExt;

/// Fails every lookup: no other server exists in these tests.
struct Nowhere;

#[async_trait]
impl Remote for Nowhere {
    async fn look_up(&self, text: &str) -> Result<RemoteObject, Refusal> {
        Err(Refusal::Unreachable {
            host: text.to_owned(),
        })
    }

    fn home_host(&self, home: &str) -> Option<String> {
        Some(home.to_owned())
    }

    async fn follow_page(&self, home: &str, _: &str) -> Result<String, Refusal> {
        Err(Refusal::Unreachable {
            host: home.to_owned(),
        })
    }

    async fn also_known_as(&self, _: ActorId) -> Result<Vec<String>, Refusal> {
        Ok(Vec::new())
    }
}

/// A client of the API, with or without a token.
struct Program {
    router: Router,
    token: Option<String>,
    _media: tempfile::TempDir,
}

/// A response.
struct ApiResponse {
    status: StatusCode,
    kind: String,
    body: Value,
}

impl Program {
    fn new(world: &World, limits: RateLimits) -> Self {
        let app = App::new(AppConfig {
            ops: world.ops.clone(),
            remote: Arc::new(Nowhere),
            keys: Arc::new(|| Some(key())),
            cost: Cost::Least,
            limits,
            mailer: mail::Mailer::default(),
            trusted_proxies: Vec::new(),
            source_url: None,
            public_url: None,
            providers: Vec::new(),
            clock: world.clock.clone(),
            streams_max: 10,
            may_push_to: Arc::new(|_| true),
        });
        let folder = tempfile::tempdir().unwrap();
        let media = Media::open(folder.path()).unwrap();
        Self {
            router: crate::routes(app, media),
            token: None,
            _media: folder,
        }
    }

    async fn sign_in(&mut self, world: &World, who: ActorId) {
        let token = domain::secret::token();
        let own = domain::testing::own_token(&domain::secret::digest(&token));
        let verb = move |tx: &mut domain::Tx<'_>| domain::oauth::make_own_token(tx, who, &own);
        world.ops.write(verb).await.unwrap();
        self.token = Some(token);
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> ApiResponse {
        let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        self.send(method, path, body).await
    }

    async fn send(&self, method: Method, path: &str, body: Vec<u8>) -> ApiResponse {
        self.send_as(method, path, "", body).await
    }

    /// Sends a body of a content type.
    async fn send_as(&self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> ApiResponse {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/hedgerow/v1{path}"))
            .header(header::CONTENT_TYPE, kind);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let answer = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap());
        let answer = answer.await.unwrap();
        let kind = answer.headers().get(header::CONTENT_TYPE);
        let kind = kind.map_or("", |kind| kind.to_str().unwrap()).to_owned();
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        ApiResponse {
            status,
            kind,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    /// Asks for something that is refused, and gives the problem's code.
    async fn refused(&self, method: Method, path: &str, body: Option<Value>) -> (u16, String) {
        let response = self.ask(method, path, body).await;
        assert_eq!(response.kind, "application/problem+json", "{path}");
        assert_eq!(response.body["status"], response.status.as_u16(), "{path}");
        let code = response.body["code"].as_str().unwrap().to_owned();
        (response.status.as_u16(), code)
    }
}

fn described() -> serde_json::Map<String, Value> {
    let (_, api) = crate::docs::described().split_for_parts();
    let api = serde_json::to_value(api).unwrap();
    api["paths"].as_object().unwrap().clone()
}

#[test]
fn every_operation_has_a_tag_a_summary_and_an_answer_for_success() {
    let paths = described();
    assert!(paths.len() >= 40, "{} paths", paths.len());
    for (path, operations) in &paths {
        for (method, operation) in operations.as_object().unwrap() {
            let at = format!("{method} {path}");
            assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{at}");
            assert!(operation["summary"].is_string(), "{at}");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|code| code.starts_with('2')), "{at}");
        }
    }
}

async fn every_path_is_routed(store: Store) {
    let world = World::new(store).await.unwrap();
    let program = Program::new(&world, RateLimits::unlimited());
    for path in described().keys() {
        let path = path.strip_prefix("/api/hedgerow/v1").unwrap();
        let response = program.refused(Method::PATCH, path, None).await;
        assert_eq!(response, (405, "method".to_owned()), "{path}");
    }
    let response = program.refused(Method::GET, "/nowhere", None).await;
    assert_eq!(response, (404, "not-found".to_owned()));
}

async fn mistakes_are_problems(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    let response = program.refused(Method::GET, "/me", None).await;
    assert_eq!(response, (401, "not-allowed".to_owned()));
    program.sign_in(&world, ann).await;
    let response = program.refused(Method::GET, "/posts/1", None).await;
    assert_eq!(response, (404, "not-found".to_owned()));
    let response = program.refused(Method::GET, "/people/%ff", None).await;
    assert_eq!(response, (400, "path".to_owned()));
    let response = program.refused(Method::GET, "/admin/inbound", None).await;
    assert_eq!(response, (403, "not-allowed".to_owned()));
    let response = program.refused(Method::PUT, "/me/lang", Some(json!([])));
    assert_eq!(response.await, (400, "body".to_owned()));
    let typed = json!({"old": "not the one", "new": "a long new password"});
    let response = program.ask(Method::PUT, "/me/password", Some(typed)).await;
    assert_eq!(response.status, 422);
    assert_eq!(response.body["errors"][0]["field"], "old");
}

async fn people_register_as_the_instance_allows(store: Store) {
    let world = World::new(store).await.unwrap();
    let program = Program::new(&world, RateLimits::unlimited());
    let ask = |invitation: &str| {
        Some(json!({
            "handle": "bea", "password": "a long password", "lang": "fr",
            "request": "I weave.", "invitation": invitation,
        }))
    };
    let allow = |registration| world.set_registration(registration);
    allow(Registration::Closed).await.unwrap();
    let response = program.refused(Method::POST, "/accounts", ask("")).await;
    assert_eq!(response.0, 403);
    allow(Registration::Invitation).await.unwrap();
    let response = program.ask(Method::POST, "/accounts", ask("")).await;
    assert_eq!(response.body["errors"][0]["field"], "invitation");
    allow(Registration::Approval).await.unwrap();
    let response = program.ask(Method::POST, "/accounts", ask("")).await;
    assert_eq!(
        (response.status.as_u16(), &response.body["state"]),
        (201, &json!("pending"))
    );
    let bad = json!({"handle": "?", "password": "short"});
    let response = program.ask(Method::POST, "/accounts", Some(bad)).await;
    assert_eq!(response.status, 422);
    assert_eq!(response.body["errors"].as_array().unwrap().len(), 2);
}

async fn a_picture_is_set_and_taken_away(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    let put =
        |path: &'static str, body: &'static [u8]| program.send(Method::PUT, path, body.to_vec());
    let pixel = include_bytes!("tests/pixel.png");
    let wordless = put("/me/picture?alt=%20", pixel).await;
    assert_eq!(wordless.status, 422);
    assert_eq!(wordless.body["errors"][0]["field"], "alt");
    let text = put("/me/picture?alt=A%20loom", b"no picture").await;
    assert_eq!(text.body["errors"][0]["field"], "picture");
    let large = put("/me/picture?alt=A%20loom", &[0; media::MAX_BYTES + 1]).await;
    assert_eq!(
        (large.status.as_u16(), large.kind.as_str()),
        (413, "application/problem+json")
    );
    let set = put("/me/picture?alt=A%20loom", pixel).await;
    assert_eq!(set.status, 200);
    let url = set.body["picture"].as_str().unwrap();
    assert!(url.starts_with("https://alpha.test/media/"), "{url}");
    let gone = program.ask(Method::DELETE, "/me/picture", None).await;
    assert_eq!(
        (gone.status.as_u16(), &gone.body["picture"]),
        (200, &Value::Null)
    );
}

async fn following_is_listed_and_threads_name_their_community(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(world.admin, "weavers").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    program.ask(Method::PUT, "/follows/weavers", None).await;
    world.thread(world.admin, weavers, "Warping").await.unwrap();
    let response = program.ask(Method::GET, "/me/follows", None).await;
    assert_eq!(response.body["items"][0]["handle"], "weavers");
    assert_eq!(response.body["items"][0]["follow"], "accepted");
    let path = "/communities/weavers/followers";
    let response = program.ask(Method::GET, path, None).await;
    assert_eq!(response.body["items"][0]["handle"], "ann");
    let path = "/communities/weavers/threads";
    let response = program.ask(Method::GET, path, None).await;
    assert_eq!(response.body["items"][0]["community"]["address"], "weavers");
    assert_eq!(response.body["items"][0]["unread"], true);
    let seen = program.ask(Method::PUT, "/communities/weavers/seen", None);
    assert_eq!(seen.await.status, 204);
    let response = program.ask(Method::GET, path, None).await;
    assert_eq!(response.body["items"][0]["unread"], false);
}

async fn a_thread_is_read_up_to_a_post(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(world.admin, "weavers").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    program.ask(Method::PUT, "/follows/weavers", None).await;
    world.clock.pass(60);
    let thread = world.thread(world.admin, weavers, "Warping").await.unwrap();
    let first = world.reply(world.admin, thread, "A peg.").await.unwrap();
    let last = world.reply(world.admin, thread, "Or two.").await.unwrap();
    let list = "/communities/weavers/threads";
    for (post, unread) in [(thread, true), (first, true), (last, false), (first, false)] {
        let path = format!("/posts/{post}/read");
        assert_eq!(program.ask(Method::PUT, &path, None).await.status, 204);
        let response = program.ask(Method::GET, list, None).await;
        assert_eq!(response.body["items"][0]["unread"], unread, "{post}");
        assert_eq!(response.body["items"][0]["last_post"], last.to_string());
    }
}

async fn a_community_elsewhere_is_followed_as_mastodon_writes_it(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let dyers = domain::actor::RemoteActor {
        kind: model::ActorKind::Group,
        charter: Some(model::community::Charter::default()),
        ..domain::testing::stranger("dyers", "beta.test")
    };
    let store_remote = move |tx: &mut domain::Tx<'_>| domain::actor::store_remote(tx, &dyers);
    world.ops.write(store_remote).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    let path = "/follows/@dyers@beta.test";
    let response = program.ask(Method::PUT, path, None).await;
    assert_eq!(response.body["follow"], "pending", "{}", response.body);
}

async fn where_somebody_has_moved_to_is_told_unless_it_is_blocked(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let bea = world.stranger("bea", "beta.test").await.unwrap();
    let leave = move |tx: &mut domain::Tx<'_>| domain::actor::moving::leave(tx, ann, ann, bea);
    world.ops.write(leave).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    let response = program.ask(Method::GET, "/people/ann", None).await;
    assert_eq!(response.body["moved_to"]["handle"], "bea");
    program.sign_in(&world, world.admin).await;
    let block = json!({"severity": "block"});
    let path = "/admin/rules/beta.test";
    assert_eq!(
        program.ask(Method::PUT, path, Some(block)).await.status,
        200
    );
    let response = program.ask(Method::GET, "/people/ann", None).await;
    assert_eq!(
        (response.status.as_u16(), &response.body["moved_to"]),
        (200, &Value::Null)
    );
}

async fn a_session_that_has_run_out_is_not_listed(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    for agent in ["old", "new"] {
        let new = domain::account::NewSession {
            identity: None,
            account: ann,
            token_hash: agent.to_owned(),
            agent: agent.to_owned(),
        };
        let verb = move |tx: &mut domain::Tx<'_>| domain::account::open_session(tx, &new);
        world.ops.write(verb).await.unwrap();
        world.clock.pass(httpkit::session::SESSION_SECONDS - 60);
    }
    let response = program.ask(Method::GET, "/me/sessions", None).await;
    assert_eq!(response.body.as_array().unwrap().len(), 1);
    assert_eq!(response.body[0]["agent"], "new");
}

async fn everything_written_is_counted(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let mut program = Program::new(&world, RateLimits::normal());
    program.sign_in(&world, ann).await;
    for _ in 0..60 {
        program.ask(Method::PUT, "/me/notices/seen", None).await;
    }
    let mut last = StatusCode::OK;
    for _ in 0..10 {
        last = program.ask(Method::DELETE, "/posts/1", None).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let response = program.ask(Method::GET, "/me", None).await;
    assert_eq!(response.status, 200);
}

async fn a_post_is_written_in_several_languages(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    let typed = json!({
        "lang": "fr", "title": "Ourdir", "body": "Un piquet.",
        "second": {"lang": "en", "title": "Warping", "body": "A peg."},
        "more": [{"lang": "de", "title": "Schären", "body": "Ein Pflock."}],
    });
    let path = "/communities/weavers/threads";
    let response = program.ask(Method::POST, path, Some(typed)).await;
    assert_eq!(response.status, 201, "{}", response.body);
    assert_eq!(response.body["lang"], "fr");
    assert_eq!(response.body["second"]["title"], "Warping");
    assert_eq!(response.body["more"][0]["body"], "Ein Pflock.");
    let listed = program.ask(Method::GET, path, None).await;
    assert_eq!(listed.body["items"][0]["title"], "Ourdir");
    assert_eq!(listed.body["items"][0]["second_title"], "Warping");
    let charter = json!({
        "name": {"en": "Weavers", "de": "Weber"}, "purpose": {"en": "We weave."},
        "languages": ["en", "de"],
    });
    let path = "/communities/weavers";
    let response = program.ask(Method::PUT, path, Some(charter)).await;
    let names = json!({"en": "Weavers", "de": "Weber"});
    assert_eq!(response.body["names"], names, "{}", response.body);
}

async fn a_warning_stays_until_an_edit_takes_it_away(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    let typed = json!({
        "lang": "en", "title": "A hard night", "body": "We lost a patient.", "warning": "Death",
        "second": {"lang": "fr", "title": "Une nuit difficile", "body": "Nous avons perdu une patiente."},
    });
    let path = "/communities/weavers/threads";
    let response = program.ask(Method::POST, path, Some(typed)).await;
    assert_eq!(response.status, 201, "{}", response.body);
    assert_eq!(response.body["warning"], "Death");
    assert_eq!(response.body["sensitive"], true);
    assert_eq!(response.body["body"], "We lost a patient.");
    assert_eq!(
        response.body["second"]["warning"], "Death",
        "no text is left without"
    );
    let path = format!("/posts/{}", response.body["id"].as_str().unwrap());
    for (warning, kept) in [
        (None, Some("Death")),
        (Some("Grief"), Some("Grief")),
        (Some(""), None),
    ] {
        let mut edit = json!({"lang": "en", "title": "A hard night", "body": "We lost somebody."});
        if let Some(warning) = warning {
            edit["warning"] = json!(warning);
        }
        let response = program.ask(Method::PUT, &path, Some(edit)).await;
        assert_eq!(response.status, 200, "{}", response.body);
        assert_eq!(response.body.get("warning").and_then(|w| w.as_str()), kept);
        let html = response.body["body_html"].as_str().unwrap();
        assert_eq!(html, "<p>We lost somebody.</p>");
        assert_eq!(response.body["sensitive"], kept.is_some());
    }
    let long = json!({"lang": "en", "body": "x", "warning": "x".repeat(201), "title": "x"});
    let response = program.ask(Method::PUT, &path, Some(long)).await;
    assert_eq!(response.status, 422);
    assert!(
        response.body.to_string().contains("warning"),
        "{}",
        response.body
    );
}

async fn a_suspended_person_and_community_are_gone(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    let suspend = move |tx: &mut domain::Tx<'_>| {
        for id in [ann, weavers] {
            let actor = store::raw::actor::by_id(tx.db, id)?.unwrap();
            let actor = store::row::Actor {
                state: model::ActorState::Suspended,
                ..actor
            };
            store::actor::update(tx.db, &actor)?;
        }
        Ok(())
    };
    world.ops.write(suspend).await.unwrap();
    let program = Program::new(&world, RateLimits::unlimited());
    for path in [
        "/people/ann",
        "/people/ann/posts",
        "/communities/weavers",
        "/communities/weavers/threads",
        "/communities/weavers/followers",
    ] {
        let response = program.refused(Method::GET, path, None).await;
        assert_eq!(response, (410, "gone".to_owned()), "{path}");
    }
}

macro_rules! stories {
    ($($story:ident as $name:ident),+ $(,)?) => {$(
        #[test]
        fn $name() {
            store::testing::on_sqlite($story);
        }
    )+};
}

mod account;
mod invitation;
mod oauth;
mod poll;
mod post_picture;
mod rule;
mod tag;

stories!(
    every_path_is_routed as paths_are_routed,
    mistakes_are_problems as mistakes,
    people_register_as_the_instance_allows as registering,
    a_picture_is_set_and_taken_away as pictures,
    following_is_listed_and_threads_name_their_community as following,
    a_thread_is_read_up_to_a_post as reading,
    a_session_that_has_run_out_is_not_listed as sessions,
    a_community_elsewhere_is_followed_as_mastodon_writes_it as groups,
    where_somebody_has_moved_to_is_told_unless_it_is_blocked as moves,
    a_post_is_written_in_several_languages as languages,
    a_warning_stays_until_an_edit_takes_it_away as warnings,
    a_suspended_person_and_community_are_gone as suspended,
    everything_written_is_counted as counting,
);
