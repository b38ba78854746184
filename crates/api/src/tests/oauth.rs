//! Applications: they register, exchange codes, and do what the scopes of their tokens allow.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::oauth::{NewCode, OwnToken};
use domain::secret;
use http::HeaderMap;
use model::OauthAppId;
use model::oauth::{CODE_SECONDS, OUT_OF_BAND, Scope, Scopes};

const CALLBACK: &str = "https://loom.example/cb";
const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters-0123";

/// An application that has registered.
struct Client {
    id: OauthAppId,
    client_id: String,
    secret: String,
}

impl Program {
    /// Has a token of these scopes from now on.
    async fn hold(&mut self, world: &World, who: ActorId, scopes: &str) {
        let token = secret::token();
        let own = OwnToken {
            scopes: Scopes::parse(scopes).unwrap(),
            ..domain::testing::own_token(&secret::digest(&token))
        };
        let verb = move |tx: &mut domain::Tx<'_>| domain::oauth::make_own_token(tx, who, &own);
        world.ops.write(verb).await.unwrap();
        self.token = Some(token);
    }

    /// Sends a form to a path outside of our own API.
    async fn form(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        basic: Option<&str>,
    ) -> (StatusCode, HeaderMap, Value) {
        let encoded = fields.iter().map(|(name, value)| {
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            format!("{name}={value}")
        });
        let body = encoded.collect::<Vec<_>>().join("&");
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(pair) = basic {
            let header = format!("Basic {}", STANDARD.encode(pair));
            request = request.header(header::AUTHORIZATION, header);
        }
        let answer = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        (
            parts.status,
            parts.headers,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }

    async fn register(&self, more: &[(&str, &str)]) -> Client {
        let mut fields = vec![
            ("client_name", "Loom"),
            ("redirect_uris", CALLBACK),
            ("scopes", "read write"),
        ];
        fields.extend(more);
        let (status, _, made) = self.form("/api/v1/apps", &fields, None).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        Client {
            id: text("id").parse().unwrap(),
            client_id: text("client_id"),
            secret: text("client_secret"),
        }
    }

    /// Asks for a token; returns status and body.
    async fn exchange(&self, client: &Client, code: &str, more: &[(&str, &str)]) -> (u16, Value) {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("client_id", client.client_id.as_str()),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ];
        fields.extend(more);
        let (status, headers, body) = self.form("/oauth/token", &fields, None).await;
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        (status.as_u16(), body)
    }
}

/// Somebody lets an application act for them.
async fn grant(world: &World, who: ActorId, app: OauthAppId, code: &str, challenge: Option<&str>) {
    let new = NewCode {
        code_hash: secret::digest(code),
        app,
        redirect: CALLBACK.into(),
        scopes: Scopes::parse("read").unwrap(),
        challenge: challenge.map(secret::digest),
    };
    world
        .ops
        .write(move |tx| domain::oauth::grant(tx, who, &new))
        .await
        .unwrap();
}

async fn a_token_does_what_its_scopes_allow_on_every_route(store: Store) {
    let world = World::new(store).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.hold(&world, world.admin, "push").await;
    for (path, operations) in described() {
        for (method, operation) in operations.as_object().unwrap() {
            let at = format!("{method} {path}");
            let ways = operation["security"].as_array();
            let ways = ways.unwrap_or_else(|| panic!("{at} names no scope"));
            let named = ways
                .iter()
                .filter_map(|way| way["oauth"].as_array())
                .flatten();
            let named: Vec<&str> = named.map(|scope| scope.as_str().unwrap()).collect();
            assert!(
                named.iter().all(|scope| Scope::named(scope).is_some()),
                "{at}: {named:?}"
            );
            let short = path.strip_prefix("/api/hedgerow/v1").unwrap();
            if named.is_empty() {
                assert!(
                    ["/instance", "/accounts"].contains(&short),
                    "{at} takes no token"
                );
                continue;
            }
            let parts = short
                .split('/')
                .map(|part| if part.starts_with('{') { "1" } else { part });
            let filled = parts.collect::<Vec<_>>().join("/");
            let method = method.to_uppercase().parse().unwrap();
            let answer = program
                .send_as(method, &filled, "application/json", b"{}".to_vec())
                .await;
            assert_eq!(
                (answer.status.as_u16(), &answer.body["rule"]),
                (403, &json!("scope")),
                "{at}"
            );
        }
    }
}

async fn a_scope_includes_its_parts_only(store: Store) {
    let world = World::new(store).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    for (scopes, path, status) in [
        ("read:statuses", "/me/home", 200),
        ("read:statuses", "/me", 403),
        ("profile", "/me", 200),
        ("read", "/me/tokens", 403),
        ("read", "/admin/settings", 403),
        ("admin:read", "/admin/settings", 200),
        ("admin:read:accounts", "/admin/settings", 403),
        ("admin:read:accounts", "/admin/accounts", 200),
    ] {
        program.hold(&world, world.admin, scopes).await;
        let answer = program.ask(Method::GET, path, None).await;
        assert_eq!(answer.status.as_u16(), status, "{scopes}: {path}");
    }
}

async fn a_token_makes_none_that_does_more(store: Store) {
    let world = World::new(store).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program
        .hold(&world, world.admin, "hedgerow:account read")
        .await;
    let more = json!({"name": "x", "scopes": "read write"});
    let refused = program
        .refused(Method::POST, "/me/tokens", Some(more))
        .await;
    assert_eq!(refused, (422, "invalid".to_owned()));
    let same = program
        .ask(Method::POST, "/me/tokens", Some(json!({"name": "x"})))
        .await;
    assert_eq!(same.body["scopes"], "hedgerow:account read");
    let short = json!({"name": "x", "scopes": "read:statuses", "days": 1});
    let short = program.ask(Method::POST, "/me/tokens", Some(short)).await;
    program.token = Some(short.body["token"].as_str().unwrap().to_owned());
    assert_eq!(
        program.ask(Method::GET, "/me/home", None).await.status,
        StatusCode::OK
    );
    world.clock.pass(86_401);
    assert_eq!(
        program.ask(Method::GET, "/me/home", None).await.status,
        StatusCode::UNAUTHORIZED
    );
}

async fn a_code_becomes_a_token_once(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    let client = program.register(&[]).await;
    let secret = [("client_secret", client.secret.as_str())];
    let proved = [secret[0], ("code_verifier", VERIFIER)];
    grant(&world, ann, client.id, "one", Some(VERIFIER)).await;
    let (status, made) = program.exchange(&client, "one", &proved).await;
    assert_eq!(
        (status, &made["token_type"], &made["scope"]),
        (200, &json!("Bearer"), &json!("read"))
    );
    assert_eq!(made["expires_in"], 31_536_000, "a year");
    program.token = Some(made["access_token"].as_str().unwrap().to_owned());
    assert_eq!(
        program.ask(Method::GET, "/me", None).await.body["handle"],
        "ann"
    );
    let put = program
        .ask(Method::PUT, "/me/lang", Some(json!({"lang": "fr"})))
        .await;
    assert_eq!(
        (put.status.as_u16(), &put.body["rule"]),
        (403, &json!("scope"))
    );
    let (status, again) = program.exchange(&client, "one", &proved).await;
    assert_eq!((status, &again["error"]), (400, &json!("invalid_grant")));
    let ended = program.ask(Method::GET, "/me", None).await.status;
    assert_eq!(
        ended,
        StatusCode::UNAUTHORIZED,
        "somebody else has the code"
    );
}

async fn what_is_wrong_with_a_request_for_a_token_is_told(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let program = Program::new(&world, RateLimits::unlimited());
    let (client, other) = (program.register(&[]).await, program.register(&[]).await);
    let secret = ("client_secret", client.secret.as_str());
    let error = |(status, body): (u16, Value)| {
        (
            status,
            body["error"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let invalid = |status, code: &str| (status, code.to_owned());
    for (code, more, wrong) in [
        (
            "a",
            vec![("client_secret", "guess")],
            invalid(401, "invalid_client"),
        ),
        ("b", vec![], invalid(401, "invalid_client")),
        ("c", vec![secret], invalid(400, "invalid_grant")),
        (
            "d",
            vec![secret, ("code_verifier", "guess")],
            invalid(400, "invalid_grant"),
        ),
        ("e", vec![secret, secret], invalid(400, "invalid_request")),
    ] {
        grant(&world, ann, client.id, code, Some(VERIFIER)).await;
        assert_eq!(
            error(program.exchange(&client, code, &more).await),
            wrong,
            "{code}"
        );
    }
    grant(&world, ann, client.id, "hers", None).await;
    let stolen = [("client_secret", other.secret.as_str())];
    assert_eq!(
        error(program.exchange(&other, "hers", &stolen).await),
        invalid(400, "invalid_grant")
    );
    world.clock.pass(CODE_SECONDS + 1);
    assert_eq!(
        error(program.exchange(&client, "hers", &[secret]).await),
        invalid(400, "invalid_grant")
    );
}

async fn an_unknown_kind_of_grant_or_client_is_refused(store: Store) {
    let world = World::new(store).await.unwrap();
    let program = Program::new(&world, RateLimits::unlimited());
    let client = program.register(&[]).await;
    let secret = ("client_secret", client.secret.as_str());
    let odd = [
        ("grant_type", "password"),
        ("client_id", &client.client_id),
        secret,
    ];
    let (status, _, body) = program.form("/oauth/token", &odd, None).await;
    assert_eq!(
        (status.as_u16(), &body["error"]),
        (400, &json!("unsupported_grant_type"))
    );
    let (status, headers, _) = program
        .form("/oauth/token", &[("grant_type", "x")], Some("who:what"))
        .await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(
        headers[header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .starts_with("Basic")
    );
}

async fn an_application_without_a_secret_proves_its_codes(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let program = Program::new(&world, RateLimits::unlimited());
    let client = program
        .register(&[("token_endpoint_auth_method", "none")])
        .await;
    assert_eq!(client.secret, "");
    grant(&world, ann, client.id, "one", Some(VERIFIER)).await;
    let (status, _) = program
        .exchange(&client, "one", &[("code_verifier", VERIFIER)])
        .await;
    assert_eq!(status, 200);
    let own = [
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
    ];
    assert_eq!(
        program.form("/oauth/token", &own, None).await.0,
        StatusCode::UNAUTHORIZED
    );
}

async fn an_application_has_a_token_of_its_own_and_ends_it(store: Store) {
    let world = World::new(store).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    let client = program.register(&[]).await;
    let basic = format!("{}:{}", client.client_id, client.secret);
    let ask = [("grant_type", "client_credentials"), ("scope", "read")];
    let (status, _, made) = program.form("/oauth/token", &ask, Some(&basic)).await;
    assert_eq!(
        (status, made["expires_in"].is_u64()),
        (StatusCode::OK, true),
        "{made}"
    );
    let token = made["access_token"].as_str().unwrap().to_owned();
    program.token = Some(token.clone());
    assert_eq!(
        program.ask(Method::GET, "/people", None).await.status,
        StatusCode::OK
    );
    assert_eq!(
        program.ask(Method::GET, "/me", None).await.status,
        StatusCode::UNAUTHORIZED
    );
    let more = [
        ("grant_type", "client_credentials"),
        ("scope", "admin:read"),
    ];
    let (_, _, refused) = program.form("/oauth/token", &more, Some(&basic)).await;
    assert_eq!(refused["error"], "invalid_scope");
    for _ in 0..2 {
        let (status, _, _) = program
            .form("/oauth/revoke", &[("token", &token)], Some(&basic))
            .await;
        assert_eq!(status, StatusCode::OK);
    }
    assert_eq!(
        program.ask(Method::GET, "/people", None).await.status,
        StatusCode::UNAUTHORIZED
    );
}

async fn an_application_registers_as_with_mastodon(store: Store) {
    let world = World::new(store).await.unwrap();
    let program = Program::new(&world, RateLimits::normal());
    for (name, value) in [
        ("redirect_uris", "http://evil.test/cb"),
        ("redirect_uris", "javascript:alert(1)"),
        ("scopes", "everything"),
        ("client_name", ""),
        ("website", "javascript:alert(1)"),
    ] {
        let fields: Vec<(&str, &str)> = [("client_name", "Loom"), ("redirect_uris", OUT_OF_BAND)]
            .into_iter()
            .filter(|(given, _)| *given != name)
            .chain([(name, value)])
            .collect();
        let (status, _, body) = program.form("/api/v1/apps", &fields, None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name}={value}");
        assert!(body["error"].is_string(), "{body}");
    }
    let body =
        json!({"client_name": "Loom", "redirect_uris": [OUT_OF_BAND, "http://127.0.0.1/cb"]});
    let request = Request::post("/api/v1/apps").header(header::CONTENT_TYPE, "application/json");
    let answer = program
        .router
        .clone()
        .oneshot(request.body(Body::from(body.to_string())).unwrap());
    let bytes = to_bytes(answer.await.unwrap().into_body(), 1 << 20)
        .await
        .unwrap();
    let made: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        made["redirect_uris"],
        json!([OUT_OF_BAND, "http://127.0.0.1/cb"]),
        "{made}"
    );
    assert_eq!(made["scopes"], json!(["read"]));
    let mut last = StatusCode::OK;
    for _ in 0..30 {
        let fields = [("client_name", "Loom"), ("redirect_uris", OUT_OF_BAND)];
        last = program.form("/api/v1/apps", &fields, None).await.0;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

stories!(
    a_token_does_what_its_scopes_allow_on_every_route as scopes,
    a_scope_includes_its_parts_only as parts,
    a_token_makes_none_that_does_more as narrower,
    a_code_becomes_a_token_once as codes,
    what_is_wrong_with_a_request_for_a_token_is_told as errors,
    an_unknown_kind_of_grant_or_client_is_refused as unknown,
    an_application_without_a_secret_proves_its_codes as public_clients,
    an_application_has_a_token_of_its_own_and_ends_it as application_tokens,
    an_application_registers_as_with_mastodon as registration,
);
