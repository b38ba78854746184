//! An application asks to act for somebody, who answers on a page.

use super::browser::Browser;
use domain::oauth::{Exchange, NewApp, exchange, register_app};
use domain::testing::World;
use domain::{Tx, secret};
use http::{StatusCode, header};
use model::OauthAppId;
use model::oauth::{OUT_OF_BAND, Scopes};
use store::Store;
use store::testing::on_sqlite;

const CALLBACK: &str = "https://loom.example/cb";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An application that may ask for `read` and `write`; without a secret where it is public.
async fn app(world: &World, client_id: &str, is_public: bool) -> OauthAppId {
    let new = NewApp {
        client_id: client_id.into(),
        secret_hash: (!is_public).then(|| "secret".into()),
        name: "Loom & Co".into(),
        website: "https://loom.example".into(),
        redirects: vec![
            CALLBACK.into(),
            OUT_OF_BAND.into(),
            "com.example.loom:/cb".into(),
        ],
        scopes: Scopes::parse("read write").unwrap(),
    };
    let verb = move |tx: &mut Tx<'_>| register_app(tx, &new);
    world.ops.write(verb).await.unwrap().id
}

/// The path of a request, in which `changes` replace parameters.
fn path(changes: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", "loom"),
        ("redirect_uri", CALLBACK),
        ("scope", "read write:statuses"),
        ("state", "a b"),
    ];
    let kept = usual
        .iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .extend_pairs(changes)
        .finish();
    format!("/oauth/authorize?{query}")
}

/// The value of a parameter of an address.
fn parameter(address: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(address).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// The fields of the page's form.
fn fields(answer: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("response_type", "code"),
        ("client_id", "loom"),
        ("redirect_uri", CALLBACK),
        ("scope", "read write:statuses"),
        ("state", "a b"),
        ("answer", answer),
    ]
}

#[test]
fn the_page_says_who_asks_for_what_and_leads_there_only() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        app(&world, "loom", false).await;
        let asked = browser.get(&path(&[])).await;
        assert!(
            asked
                .location
                .starts_with("/sign-in?next=%2Foauth%2Fauthorize%3F"),
            "{}",
            asked.location
        );
        browser.sign_in(&world, ann).await;
        let page = browser.get(&path(&[])).await;
        for words in [
            "Loom &#38; Co",
            "@ann",
            "read everything you can see",
            "write, edit and delete",
            "loom.example",
        ] {
            assert!(page.says(words), "{words}: {}", page.html);
        }
        let policy = page.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.contains("form-action 'self' https://loom.example;"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(
            browser
                .get(&path(&[("lang", "fr")]))
                .await
                .says("lire tout ce que vous pouvez voir")
        );
    });
}

#[test]
fn somebody_lets_an_application_act_for_them_and_takes_it_back() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let app = app(&world, "loom", false).await;
        browser.sign_in(&world, ann).await;
        let allowed = browser.post("/oauth/authorize", &fields("allow")).await;
        assert_eq!(allowed.status, StatusCode::SEE_OTHER, "{}", allowed.html);
        assert!(
            allowed.location.starts_with(CALLBACK),
            "{}",
            allowed.location
        );
        assert_eq!(
            parameter(&allowed.location, "state").as_deref(),
            Some("a b")
        );
        assert_eq!(
            parameter(&allowed.location, "iss").as_deref(),
            Some("https://alpha.test")
        );
        let by = Exchange {
            app,
            code_hash: secret::digest(&parameter(&allowed.location, "code").unwrap()),
            redirect: CALLBACK.into(),
            verifier: None,
            token_hash: "token".into(),
        };
        let made = world
            .ops
            .write(move |tx: &mut Tx<'_>| exchange(tx, &by))
            .await
            .unwrap();
        assert_eq!(made.unwrap().scopes, "read write:statuses");
        assert!(browser.get("/settings/tokens").await.says("Loom &#38; Co"));
        browser
            .post(&format!("/settings/apps/{app}/end"), &[])
            .await;
        assert!(
            browser
                .get("/settings/tokens")
                .await
                .says("No application has access")
        );
    });
}

#[test]
fn an_application_is_told_of_a_refusal_and_of_its_mistakes() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        app(&world, "loom", false).await;
        app(&world, "public", true).await;
        browser.sign_in(&world, world.admin).await;
        let denied = browser.post("/oauth/authorize", &fields("deny")).await;
        assert_eq!(
            parameter(&denied.location, "error").as_deref(),
            Some("access_denied")
        );
        assert_eq!(parameter(&denied.location, "code"), None);
        for (changes, error) in [
            (
                vec![("response_type", "token")],
                "unsupported_response_type",
            ),
            (vec![("scope", "read everything")], "invalid_scope"),
            (vec![("scope", "admin:read")], "invalid_scope"),
            (
                vec![
                    ("code_challenge", CHALLENGE),
                    ("code_challenge_method", "plain"),
                ],
                "invalid_request",
            ),
            (
                vec![
                    ("code_challenge", "short"),
                    ("code_challenge_method", "S256"),
                ],
                "invalid_request",
            ),
            (vec![("client_id", "public")], "invalid_request"),
        ] {
            let told = browser.get(&path(&changes)).await;
            assert_eq!(
                parameter(&told.location, "error").as_deref(),
                Some(error),
                "{changes:?}"
            );
            assert_eq!(parameter(&told.location, "state").as_deref(), Some("a b"));
        }
        let proved = [
            ("client_id", "public"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        assert_eq!(browser.get(&path(&proved)).await.status, StatusCode::OK);
    });
}

#[test]
fn an_address_that_is_not_registered_is_never_led_to() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        app(&world, "loom", false).await;
        browser.sign_in(&world, world.admin).await;
        for change in [
            ("redirect_uri", "https://evil.test/cb"),
            ("redirect_uri", ""),
            ("client_id", "unknown"),
        ] {
            let page = browser.get(&path(&[change])).await;
            assert_eq!(
                (page.status, page.location.as_str()),
                (StatusCode::BAD_REQUEST, ""),
                "{change:?}"
            );
            let kept = fields("allow")
                .into_iter()
                .filter(|(name, _)| *name != change.0);
            let sent: Vec<_> = kept.chain([change]).collect();
            let page = browser.post("/oauth/authorize", &sent).await;
            assert_eq!(
                (page.status, page.location.as_str()),
                (StatusCode::BAD_REQUEST, ""),
                "{change:?}"
            );
        }
        let foreign = browser
            .post_from("https://evil.test", "/oauth/authorize", &fields("allow"))
            .await;
        assert_eq!(
            (foreign.status, foreign.location.as_str()),
            (StatusCode::FORBIDDEN, "")
        );
        let keyless = browser
            .post_from("https://alpha.test", "/oauth/authorize", &fields("allow"))
            .await;
        assert_eq!(
            (keyless.status, keyless.location.as_str()),
            (StatusCode::FORBIDDEN, "")
        );
    });
}

#[test]
fn the_switch_shows_the_same_request_in_the_other_language() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        app(&world, "loom", false).await;
        browser.sign_in(&world, world.admin).await;
        let asked = path(&[("state", "a&b=c")]);
        let page = browser.get(&asked).await;
        let (_, switch) = page.html.split_once("formaction=\"/language?").unwrap();
        let switch = switch.split('"').next().unwrap_or_default();
        let switch = format!("/language?{}", switch.replace("&amp;", "&"));
        let switched = browser.post(&switch, &[("lang", "fr")]).await;
        assert_eq!(switched.location, asked);
        let french = browser.get(&asked).await;
        assert!(
            french.says("<html lang=\"fr\"") && french.says("Autoriser"),
            "{}",
            french.html
        );
        for name in [
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "code_challenge",
        ] {
            assert_eq!(french.hidden(name), page.hidden(name), "{name}");
        }
    });
}

#[test]
fn a_program_that_cannot_be_led_to_is_shown_the_code() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        app(&world, "loom", false).await;
        browser.sign_in(&world, world.admin).await;
        let out_of_band = [("redirect_uri", OUT_OF_BAND)];
        assert!(
            browser
                .get(&path(&out_of_band))
                .await
                .says("you get a code to copy")
        );
        let kept = fields("allow")
            .into_iter()
            .filter(|(name, _)| *name != "redirect_uri");
        let sent: Vec<_> = kept.chain(out_of_band).collect();
        let shown = browser.post("/oauth/authorize", &sent).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(
            shown.says("<h1>Code for ")
                && shown.says("data-copy=\"code\"")
                && shown.says("id=\"code\""),
            "{}",
            shown.html
        );
        assert_eq!(shown.headers[header::CACHE_CONTROL], "no-store");
        let own = browser
            .get(&path(&[("redirect_uri", "com.example.loom:/cb")]))
            .await;
        let policy = own.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.contains("form-action 'self' com.example.loom:;"),
            "{policy}"
        );
    });
}
