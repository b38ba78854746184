//! What other sites and programs get of a page that is linked: its card, its feed, and where one follows it.

use model::peer::policy::Severity;
use testkit::{Instance, Network};

async fn page(alpha: &Instance, path: &str) -> String {
    let (status, _, body) = alpha.get(path, &[("accept", "text/html")]).await;
    assert_eq!(status, 200, "{path}");
    body
}

#[tokio::test]
async fn a_link_to_a_page_shows_a_card_and_leads_to_its_other_forms() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let weavers = ann.found_community("weavers").await;
    let thread = ann
        .start_with(&weavers, "Warping <a> heddle", "Use a *peg*.")
        .await;
    net.settle().await;
    let html = page(&alpha, &format!("/p/{}", thread.id)).await;
    for part in [
        r#"<meta property="og:title" content="Warping &#60;a&#62; heddle">"#.to_owned(),
        r#"<meta name="description" content="Use a peg.">"#.to_owned(),
        r#"<meta property="og:type" content="article">"#.to_owned(),
        r#"<meta property="og:locale" content="en_CA">"#.to_owned(),
        format!(
            r#"<link rel="canonical" href="http://alpha.test/p/{}">"#,
            thread.id
        ),
        format!(
            r#"type="application/activity+json" href="{}">"#,
            thread.ap_id()
        ),
    ] {
        assert!(html.contains(&part), "{part}\n{html}");
    }
    let image = html.split(r#"property="og:image" content="http://alpha.test"#);
    let image = image.into_iter().nth(1).unwrap().split('"').next().unwrap();
    let (status, headers, _) = alpha.get(image, &[]).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (200, &"image/png".parse().unwrap())
    );

    let french = page(&alpha, "/c/weavers?lang=fr").await;
    assert!(french.contains(r#"href="http://alpha.test/c/weavers?lang=fr""#));
    let manifest = page(&alpha, "/manifest.webmanifest?lang=fr").await;
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    for icon in manifest["icons"].as_array().unwrap() {
        let (status, ..) = alpha.get(icon["src"].as_str().unwrap(), &[]).await;
        assert_eq!(status, 200, "{icon}");
    }
    let (_, icon, _) = alpha.get("/favicon.ico", &[]).await;
    assert_eq!(icon["content-type"], "image/vnd.microsoft.icon");
    for (path, to) in [
        ("/settings", "/settings/profile"),
        ("/.well-known/change-password", "/settings/password"),
    ] {
        let (status, headers, _) = alpha.get(path, &[]).await;
        assert_eq!((status, &headers["location"]), (303, &to.parse().unwrap()));
    }
}

#[tokio::test]
async fn communities_threads_and_people_have_feeds() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let weavers = ann.found_community("weavers").await;
    let mut threads = Vec::new();
    for n in 0..32 {
        net.advance(60);
        threads.push(
            ann.start_discussion(&weavers, &format!("Thread {n}."))
                .await,
        );
    }
    let last = threads.last().unwrap();
    let reply = ann.reply(last, "A *peg* helps.").await;
    net.settle().await;
    let (status, headers, feed) = alpha.get("/c/weavers/feed.atom?lang=fr", &[]).await;
    assert_eq!(status, 200);
    assert_eq!(
        headers["content-type"],
        "application/atom+xml; charset=utf-8"
    );
    assert_eq!(headers["cache-control"], "public, max-age=300");
    assert!(!headers.contains_key("set-cookie"));
    assert_eq!(feed.matches("<entry>").count(), 30);
    assert!(feed.contains(r#"xml:lang="fr""#), "{feed}");
    let first = feed.split("<entry>").nth(1).unwrap();
    assert!(first.contains("<title>Thread 31.</title>"), "{first}");
    let etag = headers["etag"].to_str().unwrap();
    let (status, _, body) = alpha
        .get("/c/weavers/feed.atom?lang=fr", &[("if-none-match", etag)])
        .await;
    assert_eq!((status, body.as_str()), (304, ""));

    let (_, _, feed) = alpha.get(&format!("/p/{}/feed.atom", last.id), &[]).await;
    assert!(feed.contains("Ann replied: Thread 31."), "{feed}");
    assert!(feed.contains("&#60;em&#62;peg&#60;/em&#62;"), "{feed}");
    let (_, _, feed) = alpha.get("/u/ann/feed.atom", &[]).await;
    assert!(feed.contains(reply.ap_id()), "{feed}");
    for path in [
        "/u/nobody/feed.atom",
        "/c/ann/feed.atom",
        "/c/dyers@beta.test/feed.atom",
    ] {
        assert_eq!(alpha.get(path, &[]).await.0, 404, "{path}");
    }
    let reply = format!("/p/{}/feed.atom", reply.id);
    assert_eq!(alpha.get(&reply, &[]).await.0, 404);

    ann.delete(last).await;
    let (_, _, feed) = alpha.get("/c/weavers/feed.atom", &[]).await;
    assert!(!feed.contains("Thread 31."), "{feed}");
    let gone = alpha.get(&format!("/p/{}/feed.atom", last.id), &[]).await;
    assert_eq!(gone.0, 410);
}

#[tokio::test]
async fn a_guest_follows_from_their_own_server() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    let ann = alpha.person("ann").await;
    ann.found_community("weavers").await;
    beta.person("bea").await;
    net.settle().await;
    let front = page(&alpha, "/c/weavers").await;
    assert!(
        front.contains(r#"href="/c/weavers/follow-from""#),
        "{front}"
    );
    // Of an account that it does not have, the server names no page: then it is where Mastodon has it.
    let page = "beta.test/authorize_interaction?uri=http%3A%2F%2Falpha.test%2Fc%2Fweavers";
    for (home, scheme) in [
        ("bea%40beta.test", "http"),
        ("beta.test", "http"),
        ("nobody%40beta.test", "https"),
    ] {
        let form = format!("server={home}");
        let sent = alpha.send_form("/c/weavers/follow-from", &form).await;
        assert_eq!(sent.status, 200, "{}", sent.body);
        let there = format!("{scheme}://{page}");
        assert!(sent.body.contains(&there), "{home}: {}", sent.body);
    }
    for (typed, said) in [
        ("", "Enter a server"),
        ("my+server", "Enter a server"),
        ("nowhere.test", "nowhere.test didn"),
    ] {
        let form = format!("server={typed}");
        let sent = alpha.send_form("/c/weavers/follow-from", &form).await;
        assert_eq!(sent.status, 422, "{typed}");
        assert!(sent.body.contains(said), "{typed}: {}", sent.body);
    }
    alpha.rule("beta.test", Severity::Block).await;
    let sent = alpha
        .send_form("/c/weavers/follow-from", "server=beta.test")
        .await;
    assert_eq!(sent.status, 422, "{}", sent.body);
}

#[tokio::test]
async fn somebody_sent_by_another_server_finds_what_to_follow() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    alpha.person("ann").await.found_community("weavers").await;
    let bea = beta.person("bea").await;
    let path = "/authorize_interaction?uri=http%3A%2F%2Falpha.test%2Fc%2Fweavers";
    let (status, headers, _) = beta.get(path, &[("accept", "text/html")]).await;
    assert_eq!(status, 303);
    let to = headers["location"].to_str().unwrap();
    assert!(
        to.starts_with("/sign-in?next=%2Fauthorize_interaction"),
        "{to}"
    );
    let session = bea.sign_in().await;
    let cookie = format!("hedgerow={session}");
    let asked = [("accept", "text/html"), ("cookie", cookie.as_str())];
    let (_, headers, _) = beta.get(path, &asked).await;
    let search = headers["location"].to_str().unwrap().to_owned();
    // A link on another site has nothing fetched: she is asked first.
    let mut linked = asked.to_vec();
    linked.push(("sec-fetch-site", "cross-site"));
    let (status, _, page) = beta.get(&search, &linked).await;
    assert!(status == 200 && page.contains("Look it up"), "{page}");
    assert!(beta.actor("weavers@alpha.test").await.is_none());
    let csrf = testkit::form_key(&session);
    let form = format!("csrf={csrf}&q=http%3A%2F%2Falpha.test%2Fc%2Fweavers");
    let headers = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "http://beta.test"),
    ];
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let found = beta
        .send("POST".parse().unwrap(), "/search", headers, form)
        .await;
    assert_eq!(found.location, "/c/weavers@alpha.test", "{}", found.body);
}
