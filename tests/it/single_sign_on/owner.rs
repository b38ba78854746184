//! Somebody without a password shows that it is them, and what is opened by a provider ends with it.

use super::*;

const SETTINGS: &str = "/settings/single-sign-on";
const AT_PROVIDER: &str = "/settings/confirm/institution";

/// Goes to the provider to show that it is the owner, and comes back.
async fn confirm(browser: &mut Browser, provider: &OidcProvider, next: &str) -> Visited {
    let left = browser.submit(AT_PROVIDER, &[("next", next)]).await;
    assert_eq!(left.status, 200, "{}", left.body);
    assert!(left.refresh.contains("prompt=login"), "{}", left.refresh);
    let back = provider.sign_in(&left.refresh).await;
    browser.open(&back).await
}

/// The path that disconnects the only identity.
async fn disconnect_path(browser: &mut Browser) -> String {
    let page = browser.open(SETTINGS).await.body;
    let start = page.split("formaction=\"").find(|rest| {
        rest.split('"')
            .next()
            .is_some_and(|path| path.ends_with("/disconnect"))
    });
    let path = start.and_then(|rest| rest.split('"').next());
    path.unwrap_or_else(|| panic!("nothing is connected: {page}"))
        .to_owned()
}

/// The settings say why the last way to sign in stays, and what to do first, where people may have a password.
fn expect_last_way(page: &str, may_have_password: bool) {
    assert!(page.contains("the only way"), "{page}");
    assert!(page.contains("/disconnect\""), "the page itself: {page}");
    let advice = page.contains("Set a password first");
    assert_eq!(advice, may_have_password, "{page}");
}

async fn log_out(alpha: &Instance, provider: &OidcProvider) -> u16 {
    let token = provider.logout_token("s-1", "").await;
    let form = format!("logout_token={token}");
    let path = "/sign-in/with/institution/logout";
    alpha.send_form(path, &form).await.status
}

#[tokio::test]
async fn without_a_password_the_owner_signs_in_at_the_provider_again() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    register(&mut browser, &provider, "ann").await;
    for page in ["password", "second-factor", "single-sign-on", "moving/ann"] {
        let path = format!("/settings/{page}");
        let body = browser.open(&path).await.body;
        assert!(!body.contains("name=\"current\""), "{body}");
        assert!(body.contains("/settings/confirm?next="), "{page}: {body}");
    }
    // A session that somebody else has come by changes nothing.
    let password = [("password", "a heron at the weir")];
    let app = "/settings/second-factor/app";
    for (path, form) in [("/settings/password", &password[..]), (app, &[])] {
        let refused = browser.submit(path, form).await;
        assert_eq!(refused.status, 422, "{path}");
        assert!(refused.body.contains("Confirm first"), "{}", refused.body);
    }
    // Nor does an identity that is not hers.
    let mut other = ann();
    other["sub"] = json!("s-2");
    provider.says(&other).await;
    let wrong = confirm(&mut browser, &provider, "/settings/password").await;
    assert_eq!(wrong.status, 403, "{}", wrong.body);
    assert!(wrong.body.contains("as somebody else"), "{}", wrong.body);
    assert_eq!(browser.submit(app, &[]).await.status, 422);

    provider.says(&ann()).await;
    let done = confirm(&mut browser, &provider, "/settings/second-factor").await;
    assert_eq!(done.location, "/settings/second-factor", "{}", done.body);
    let page = browser.open(&done.location).await.body;
    assert!(page.contains("no password is needed"), "{page}");
    assert_eq!(browser.submit(app, &[]).await.status, 303);
    browser.submit(&format!("{app}/cancel"), &[]).await;
    // In no other session.
    let mut second = Browser::new(&alpha);
    sign_in(&mut second, &provider).await;
    assert_eq!(second.submit(app, &[]).await.status, 422);

    // What she signs in with stays until there is something else.
    let path = disconnect_path(&mut browser).await;
    let refused = browser.submit(&path, &[]).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    expect_last_way(&refused.body, true);
    let changed = browser.submit("/settings/password", &password).await;
    assert_eq!(changed.status, 303, "{}", changed.body);
    let typed = [("current", "a heron at the weir")];
    assert_eq!(browser.submit(&path, &[]).await.status, 422);
    assert_eq!(browser.submit(&path, &typed).await.status, 303);
    assert_eq!(browser.signed_in_as().await, "/u/ann", "in her own session");
    let came = sign_in(&mut Browser::new(&alpha), &provider).await;
    assert!(came.body.contains("the account @ann"), "{}", came.body);
}

#[tokio::test]
async fn a_confirmation_holds_for_ten_minutes() {
    let Some((net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    register(&mut browser, &provider, "ann").await;
    confirm(&mut browser, &provider, SETTINGS).await;
    let app = "/settings/second-factor/app";
    net.advance(599);
    assert_eq!(browser.submit(app, &[]).await.status, 303);
    net.advance(2);
    assert_eq!(browser.submit(app, &[]).await.status, 422);
}

#[tokio::test]
async fn an_old_sign_in_at_the_provider_confirms_nothing() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    register(&mut browser, &provider, "ann").await;
    // Her browser is signed in there since an hour. Whoever has it now sees to it that the provider does not ask.
    let mut stale = ann();
    stale["signed_in_before"] = json!(3_600);
    provider.says(&stale).await;
    for asked in [&["&prompt=login"][..], &["&prompt=login", "&max_age=0"]] {
        let mut url = browser.submit(AT_PROVIDER, &[]).await.refresh;
        for part in asked {
            assert!(url.contains(part), "{url}");
            url = url.replace(part, "");
        }
        let back = provider.sign_in(&url).await;
        let refused = browser.open(&back).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
    let app = "/settings/second-factor/app";
    assert_eq!(browser.submit(app, &[]).await.status, 422);
}

#[tokio::test]
async fn a_logout_at_the_provider_ends_what_was_proved_and_what_it_opened() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    person_at(&alpha, "ann", "ann@larchmere.example").await;
    provider.says(&ann()).await;
    let form = [
        ("handle", "ann"),
        ("password", PASSWORD),
        ("then", "connect"),
    ];
    let mut browser = Browser::new(&alpha);
    sign_in(&mut browser, &provider).await;
    let right = browser.submit("/sign-in", &form).await;
    assert_eq!(right.location, CONFIRM, "{}", right.body);
    assert_eq!(log_out(&alpha, &provider).await, 200);
    assert_eq!(browser.submit(CONFIRM, &[]).await.status, 400);
    assert_eq!(browser.signed_in_as().await, "/u/ann", "by her password");

    let mut browser = Browser::new(&alpha);
    sign_in(&mut browser, &provider).await;
    browser.submit("/sign-in", &form).await;
    assert_eq!(browser.submit(CONFIRM, &[]).await.status, 303);
    assert_eq!(browser.signed_in_as().await, "/u/ann");
    assert_eq!(log_out(&alpha, &provider).await, 200);
    assert_eq!(browser.signed_in_as().await, GUEST, "it began there");
}

#[tokio::test]
async fn where_the_provider_is_the_only_way_a_password_opens_the_connection_only() {
    let Some((net, alpha, provider)) = world("only = true").await else {
        return;
    };
    person_at(&alpha, "ann", "ann@larchmere.example").await;
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    sign_in(&mut browser, &provider).await;
    let form = [
        ("handle", "ann"),
        ("password", PASSWORD),
        ("then", "connect"),
    ];
    let done = browser.submit("/sign-in", &form).await;
    assert_eq!(done.location, CONFIRM, "{}", done.body);
    assert_eq!(browser.signed_in_as().await, GUEST, "nowhere else");
    let name = [("name", "Somebody")];
    browser.submit("/settings/profile", &name).await;
    let together = [
        ("sign_in_handle", "ann"),
        ("sign_in_password", PASSWORD),
        ("name", "Somebody"),
    ];
    browser.submit("/settings/profile", &together).await;
    let actor = alpha.actor("ann@alpha.test").await.expect("Ann");
    assert_ne!(actor.name, "Somebody");
    assert_eq!(browser.open(CONFIRM).await.status, 200);
    // Whoever stops here can sign out, and leaves nothing to the next one.
    let mut stopped = Browser::new(&alpha);
    sign_in(&mut stopped, &provider).await;
    stopped.submit("/sign-in", &form).await;
    let page = stopped.open(CONFIRM).await.body;
    let (_, key) = page.split_once("name=\"csrf\" value=\"").unwrap();
    let key = format!("csrf={}", key.split('"').next().unwrap());
    let out = stopped
        .submit_from("http://alpha.test", "/sign-out", &key)
        .await;
    assert_eq!(out.status, 303, "{}", out.body);
    assert_ne!(stopped.open(CONFIRM).await.status, 200);

    // It is over with the step, and connecting makes it a session as any other.
    let mut late = Browser::new(&alpha);
    sign_in(&mut late, &provider).await;
    late.submit("/sign-in", &form).await;
    assert_eq!(browser.submit(CONFIRM, &[]).await.status, 303);
    assert_eq!(browser.signed_in_as().await, "/u/ann");
    // Her former password is no way in, so that what is connected stays.
    let settings = confirm(&mut browser, &provider, SETTINGS).await;
    assert_eq!(settings.location, SETTINGS, "{}", settings.body);
    let path = disconnect_path(&mut browser).await;
    let refused = browser.submit(&path, &[]).await;
    expect_last_way(&refused.body, false);
    assert_eq!(log_out(&alpha, &provider).await, 200);
    assert_eq!(browser.signed_in_as().await, GUEST);
    net.advance(601);
    assert_ne!(late.open(CONFIRM).await.status, 200);
}

#[tokio::test]
async fn an_administrator_disconnects_an_account() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    register(&mut browser, &provider, "ann").await;
    let id = alpha.actor("ann@alpha.test").await.expect("Ann").id;
    alpha.admin().await;
    let path = format!("/admin/accounts/{id}");
    let disconnect = format!("{path}/disconnect");
    let refused = browser.submit(&disconnect, &[]).await;
    assert_eq!(refused.status, 403, "not her");
    let mut admin = by_password(&alpha, "admin").await;
    let page = admin.open(&path).await.body;
    assert!(page.contains("a.levesque.1982@larchmere.example"), "{page}");
    assert!(
        !page.contains(&format!("formaction=\"{disconnect}\"")),
        "{page}"
    );
    let asked = admin.open(&disconnect).await;
    assert!(
        asked.status == 200 && asked.body.contains("account?"),
        "{}",
        asked.body
    );
    let done = admin.submit(&disconnect, &[]).await;
    assert_eq!(done.location, path, "{}", done.body);
    assert_eq!(browser.signed_in_as().await, GUEST);
    let page = admin.open(&path).await.body;
    assert!(
        !page.contains("a.levesque.1982@larchmere.example"),
        "{page}"
    );
    let recorded = page.matches("Disconnected from its institutions").count();
    assert_eq!(recorded, 1, "{page}");
    // Once more there is nothing to disconnect, and nothing to record.
    let again = admin.submit(&disconnect, &[]).await;
    assert_eq!(again.location, path, "{}", again.body);
    let page = admin.open(&path).await.body;
    let recorded = page.matches("Disconnected from its institutions").count();
    assert_eq!(recorded, 1, "{page}");
}

#[tokio::test]
async fn a_sign_in_link_leads_back_whoever_was_disconnected() {
    let Some((_net, alpha, provider)) = world("only = true").await else {
        return;
    };
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    register(&mut browser, &provider, "ann").await;
    let id = alpha.actor("ann@alpha.test").await.expect("Ann").id;
    let verb = move |tx: &mut domain::Tx<'_>| {
        domain::account::disconnect_all(tx, Principal::Operator, id)?;
        let digest = domain::secret::digest("the link");
        domain::account::make_sign_in_link(tx, Principal::Operator, id, &digest)
    };
    alpha.ops().write(verb).await.unwrap();
    assert_eq!(browser.signed_in_as().await, GUEST);
    let opened = browser
        .submit("/sign-in/link", &[("key", "the link")])
        .await;
    assert_eq!(opened.status, 303, "{}", opened.body);
    let left = browser.submit(CONNECT, &[]).await;
    assert_eq!(left.status, 200, "{}", left.body);
    let back = provider.sign_in(&left.refresh).await;
    assert_eq!(browser.open(&back).await.location, CONFIRM);
    assert_eq!(browser.submit(CONFIRM, &[]).await.status, 303);
    let mut again = Browser::new(&alpha);
    sign_in(&mut again, &provider).await;
    assert_eq!(again.signed_in_as().await, "/u/ann");
}
