//! What other sites and other people cannot do with a sign-in.

use super::*;

#[tokio::test]
async fn a_sign_in_begins_on_our_own_page_and_leads_to_one() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    let path = "/sign-in/with/institution";
    let mut browser = Browser::new(&alpha);
    let link = browser.open(&format!("{path}?next=%2Fpeople")).await;
    assert_eq!(link.location, "/sign-in", "a link begins nothing");
    let other = browser
        .submit_from("https://evil.example", path, "next=%2Fpeople")
        .await;
    assert_eq!(other.status, 403, "{}", other.body);
    assert!(other.refresh.is_empty() && !other.body.contains("code_challenge"));
    register(&mut browser, &provider, "ann").await;
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let mut browser = Browser::new(&alpha);
        let typed = [("next", next), ("then", "https://evil.example/")];
        let left = browser.submit(path, &typed).await;
        let back = provider.sign_in(&left.refresh).await;
        assert_eq!(browser.open(&back).await.location, "/", "{next}");
    }
    // What is remembered meanwhile is short.
    let mut browser = Browser::new(&alpha);
    let long = format!("/{}", "a".repeat(2_048));
    let left = browser.submit(path, &[("next", long.as_str())]).await;
    let back = provider.sign_in(&left.refresh).await;
    assert_eq!(browser.open(&back).await.location, "/");
    let long = "a".repeat(44);
    let mut browser = Browser::new(&alpha);
    let left = browser.submit(path, &[("invitation", long.as_str())]).await;
    assert!((400..500).contains(&left.status), "{}", left.status);
    assert!(left.refresh.is_empty(), "no code is as long");
}

#[tokio::test]
async fn an_answer_that_this_browser_did_not_ask_for_signs_nobody_in() {
    let Some((net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    let refused = async |browser: &mut Browser, back: &str, words: &str| {
        let page = browser.open(back).await;
        assert_eq!(page.status, 400, "{}", page.body);
        assert!(page.body.contains(words), "{words}: {}", page.body);
        assert_eq!(browser.signed_in_as().await, GUEST);
    };
    let mut browser = Browser::new(&alpha);
    let left = leave(&mut browser).await;
    let back = provider.sign_in(&left.refresh).await;
    // Somebody else's browser.
    let mut other = Browser::new(&alpha);
    refused(&mut other, &back, "started in another browser").await;
    // Nor by what the address says, in place of its cookie.
    let (_, state) = back.split_once("state=").expect("a state");
    let state = state.split('&').next().unwrap();
    for made_up in [state.to_owned(), format!("{state}."), format!("{state}.a")] {
        other.keep("hedgerow-sso", &made_up);
        refused(&mut other, &back, "started in another browser").await;
    }
    // Another issuer's answer.
    let mixed = back.replace("iss=", "iss=https%3A%2F%2Fevil.example%3F");
    assert_ne!(mixed, back);
    let words = "The answer didn’t come from Larchmere";
    refused(&mut browser, &mixed, words).await;
    // That has used the step up.
    refused(&mut browser, &back, "started in another browser").await;

    // An ID token for another nonce: what was asked for is changed on the way.
    let left = leave(&mut browser).await;
    let (head, rest) = left.refresh.split_once("nonce=").expect("a nonce");
    let (_, tail) = rest.split_once('&').unwrap_or((rest, ""));
    let changed = format!("{head}nonce=another&{tail}");
    let back = provider.sign_in(&changed).await;
    let words = "The answer doesn’t belong to this sign-in";
    refused(&mut browser, &back, words).await;

    // Ten minutes later.
    let left = leave(&mut browser).await;
    let back = provider.sign_in(&left.refresh).await;
    net.advance(601);
    refused(&mut browser, &back, "This sign-in is too old").await;

    // By now the clocks differ by ten minutes, an hour later the token has expired as well.
    net.advance(7_200);
    let left = leave(&mut browser).await;
    let back = provider.sign_in(&left.refresh).await;
    refused(&mut browser, &back, "The clocks of this site").await;
}

#[tokio::test]
async fn an_identity_that_somebody_else_proved_is_not_connected() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    for handle in ["ann", "bea"] {
        alpha.person(handle).await;
    }
    let mut browser = by_password(&alpha, "ann").await;
    let left = browser.submit(CONNECT, &[("current", PASSWORD)]).await;
    let back = provider.sign_in(&left.refresh).await;
    // On the same device, Bea signs in meanwhile.
    browser.submit("/sign-out", &[]).await;
    let typed = [("handle", "bea"), ("password", PASSWORD)];
    browser.submit("/sign-in", &typed).await;
    assert_eq!(browser.open(&back).await.status, 400);
    assert_eq!(browser.open(CONFIRM).await.status, 400);
    let settings = browser.open("/settings/single-sign-on").await.body;
    assert!(settings.contains("Not connected."), "{settings}");
}

/// The same as [`world`], with the rate limits of a server in use.
async fn limited() -> Option<(Network, Instance, OidcProvider)> {
    let provider = OidcProvider::start("alpha.test")?;
    let net = Network::new();
    net.configure(&provider.section(""));
    net.limit();
    let alpha = net.instance("alpha.test").await;
    Some((net, alpha, provider))
}

#[tokio::test]
async fn pages_of_other_sites_use_no_sign_ins_of_a_network_up() {
    let Some((_net, alpha, provider)) = limited().await else {
        return;
    };
    provider.says(&ann()).await;
    let mut led = Browser::new(&alpha);
    for _ in 0..120 {
        let page = led
            .open("/sign-in/with/institution/back?state=a&code=b")
            .await;
        assert_eq!(page.status, 400, "{}", page.body);
    }
    let came = sign_in(&mut Browser::new(&alpha), &provider).await;
    assert_eq!(came.location, "/sign-up/with", "{}", came.body);
}

#[tokio::test]
async fn forged_logout_tokens_do_not_keep_the_provider_from_being_heard() {
    let Some((_net, alpha, provider)) = limited().await else {
        return;
    };
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    register(&mut browser, &provider, "ann").await;
    let send = async |token: &str| {
        let path = "/sign-in/with/institution/logout";
        let form = format!("logout_token={token}");
        alpha.send_form(path, &form).await.status
    };
    let mut statuses = Vec::new();
    for _ in 0..120 {
        statuses.push(send("a.b.c").await);
    }
    assert_eq!(statuses[0], 400);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(send(&provider.logout_token("s-1", "").await).await, 200);
    assert_eq!(browser.signed_in_as().await, GUEST);
}

#[tokio::test]
async fn accounts_of_a_provider_count_as_sign_ups() {
    let Some((_net, alpha, provider)) = limited().await else {
        return;
    };
    let mut statuses = Vec::new();
    for n in 0..11 {
        let claims = json!({ "name": "Ann" });
        let who = json!({ "sub": format!("s-{n}"), "claims": claims });
        provider.says(&who).await;
        let mut browser = Browser::new(&alpha);
        let made = register(&mut browser, &provider, &format!("ann-{n}")).await;
        statuses.push(made.status);
    }
    assert_eq!(statuses[..10], [303; 10]);
    assert_eq!(statuses[10], 429);
}
