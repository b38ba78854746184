//! Connecting an account that one has, and disconnecting it.

use super::*;
use testkit::MailServer;

#[tokio::test]
async fn an_account_with_the_address_is_connected_only_with_its_password() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    person_at(&alpha, "ann", "Ann@larchmere.example").await;
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    let asked = sign_in(&mut browser, &provider).await;
    assert_eq!(asked.status, 200);
    assert!(asked.body.contains("the account @ann"), "{}", asked.body);
    assert_eq!(browser.signed_in_as().await, GUEST);

    let form = |password| {
        [
            ("handle", "ann"),
            ("password", password),
            ("next", "/people"),
            ("then", "connect"),
        ]
    };
    let wrong = browser.submit("/sign-in", &form("something else")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("value=\"connect\""), "{}", wrong.body);
    let right = browser.submit("/sign-in", &form(PASSWORD)).await;
    assert_eq!(right.location, CONFIRM, "{}", right.body);
    let confirm = browser.open(CONFIRM).await.body;
    for named in ["Larchmere", "Ann Lévesque", "ann@larchmere.example", "@ann"] {
        assert!(confirm.contains(named), "{named}: {confirm}");
    }
    let settings = browser.open("/settings/single-sign-on").await.body;
    assert!(settings.contains("Not connected."), "not yet: {settings}");
    let done = browser.submit(CONFIRM, &[]).await;
    assert_eq!(done.location, "/people", "{}", done.body);
    let told = browser.open("/people").await.body;
    assert!(told.contains("you can sign in with Larchmere"), "{told}");

    let mut second = Browser::new(&alpha);
    sign_in(&mut second, &provider).await;
    assert_eq!(second.signed_in_as().await, "/u/ann");
    let settings = second.open("/settings/single-sign-on").await.body;
    assert!(
        settings.contains("a.levesque.1982@larchmere.example"),
        "{settings}"
    );

    // Disconnecting takes the password, and ends what was opened by it.
    let path = disconnect_path(&settings);
    let refused = browser.submit(&path, &[("current", "wrong")]).await;
    assert_eq!(refused.status, 422);
    browser.submit(&path, &[("current", PASSWORD)]).await;
    assert_eq!(second.signed_in_as().await, GUEST);
    assert_eq!(browser.signed_in_as().await, "/u/ann");
}

fn disconnect_path(settings: &str) -> String {
    let all = settings.split("formaction=\"").skip(1);
    let mut paths = all.filter_map(|rest| rest.split('"').next());
    let path = paths.find(|path| path.ends_with("/disconnect"));
    path.unwrap_or_else(|| panic!("a button: {settings}"))
        .to_owned()
}

#[tokio::test]
async fn another_persons_password_does_not_connect_an_address() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    person_at(&alpha, "ann", "ann@larchmere.example").await;
    alpha.person("bea").await;
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    sign_in(&mut browser, &provider).await;
    let form = [
        ("handle", "bea"),
        ("password", PASSWORD),
        ("next", "/people"),
        ("then", "connect"),
    ];
    let done = browser.submit("/sign-in", &form).await;
    assert_eq!(done.location, "/people", "{}", done.body);
    let told = browser.open("/people").await.body;
    assert!(told.contains("your account was not connected"), "{told}");
    assert_eq!(browser.submit(CONFIRM, &[]).await.status, 400);
    let settings = browser.open("/settings/single-sign-on").await.body;
    assert!(settings.contains("Not connected."), "{settings}");
}

#[tokio::test]
async fn an_account_is_connected_under_settings_once_its_owner_has_seen_with_whom() {
    let Some((_net, alpha, provider)) = world("create_accounts = false").await else {
        return;
    };
    alpha.person("ann").await;
    provider.says(&ann()).await;
    let mut guest = Browser::new(&alpha);
    let unknown = sign_in(&mut guest, &provider).await;
    assert_eq!(unknown.status, 403);
    assert!(
        unknown.body.contains("No account here is connected"),
        "{}",
        unknown.body
    );

    let mut browser = by_password(&alpha, "ann").await;
    let wrong = browser.submit(CONNECT, &[("current", "wrong")]).await;
    assert_eq!(wrong.status, 422);
    let came = prove(&mut browser, &provider).await;
    assert_eq!(came.location, CONFIRM, "{}", came.body);
    let page = browser.open(CONFIRM).await.body;
    assert!(page.contains("ann@larchmere.example"), "{page}");
    assert_eq!(sign_in(&mut guest, &provider).await.status, 403, "not yet");
    let done = browser.submit(CONFIRM, &[]).await;
    assert_eq!(done.location, "/settings/single-sign-on", "{}", done.body);
    sign_in(&mut guest, &provider).await;
    assert_eq!(guest.signed_in_as().await, "/u/ann");

    // The same identity is nobody else's.
    alpha.person("bea").await;
    let mut bea = by_password(&alpha, "bea").await;
    prove(&mut bea, &provider).await;
    let taken = bea.submit(CONFIRM, &[]).await;
    assert_eq!(taken.status, 409);
    assert!(
        taken.body.contains("connected with another account"),
        "{}",
        taken.body
    );
}

#[tokio::test]
async fn the_owner_is_told_and_a_new_password_ends_it() {
    let Some(provider) = OidcProvider::start("alpha.test") else {
        return;
    };
    let net = Network::new();
    let server = MailServer::start();
    net.send_mail_through(&server);
    net.configure(&provider.section(""));
    let alpha = net.instance("alpha.test").await;
    person_at(&alpha, "ann", "ann@example.org").await;
    provider.says(&ann()).await;
    let mut browser = by_password(&alpha, "ann").await;
    prove(&mut browser, &provider).await;
    browser.submit(CONFIRM, &[]).await;
    net.settle().await;
    let mail = server.newest_to("ann@example.org");
    assert!(
        mail.header("subject")
            .contains("connected with an institution"),
        "{}",
        mail.text
    );

    let mut guest = Browser::new(&alpha);
    guest
        .submit("/forgotten-password", &[("account", "ann")])
        .await;
    net.settle().await;
    let link = server.newest_to("ann@example.org").link().unwrap();
    let path = link.strip_prefix("http://alpha.test").unwrap();
    let page = guest.open(path).await.body;
    assert!(
        page.contains("a.levesque.1982@larchmere.example") && page.contains("name=\"disconnect\""),
        "{page}"
    );
    let (_, key) = path.split_once("key=").unwrap();
    let typed = [
        ("key", key),
        ("password", "a heron at the weir"),
        ("disconnect", "on"),
    ];
    let done = guest.submit("/reset-password", &typed).await;
    assert_eq!(done.status, 303, "{}", done.body);
    net.settle().await;
    let mail = server.newest_to("ann@example.org");
    assert!(
        mail.header("subject").contains("disconnected"),
        "{}",
        mail.text
    );
    let came = sign_in(&mut guest, &provider).await;
    assert_eq!(came.location, "/sign-up/with", "it opens nothing any more");
}
