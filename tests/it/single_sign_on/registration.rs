//! Accounts that are made of what a provider says, as the site's registration allows.

use super::*;
use model::Registration;

#[tokio::test]
async fn accounts_are_made_in_the_way_that_the_site_allows() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    change_site(&alpha, |site| site.registration = Registration::Closed).await;
    let closed = sign_in(&mut Browser::new(&alpha), &provider).await;
    assert_eq!(closed.status, 403);
    assert!(
        closed.body.contains("No account here is connected"),
        "{}",
        closed.body
    );

    change_site(&alpha, |site| site.registration = Registration::Invitation).await;
    let mut browser = Browser::new(&alpha);
    let refused = register(&mut browser, &provider, "ann").await;
    assert_eq!(refused.status, 422, "without an invitation");
    let admin = alpha.admin().await.id();
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::invite(tx, admin, "heron", 1, 1);
    alpha.ops().write(verb).await.unwrap();
    let page = browser.open("/sign-up?invitation=heron").await;
    assert!(
        page.body.contains("Sign in with Larchmere"),
        "{}",
        page.body
    );
    let along = [("invitation", "heron")];
    let left = browser.submit("/sign-in/with/institution", &along).await;
    let back = provider.sign_in(&left.refresh).await;
    assert_eq!(browser.open(&back).await.location, "/sign-up/with");
    let page = browser.open("/sign-up/with").await;
    assert_eq!(field(&page, "invitation"), "heron", "it came along");
    let typed = [("handle", "ann"), ("name", "Ann"), ("invitation", "heron")];
    let done = browser.submit("/sign-up/with", &typed).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(browser.signed_in_as().await, "/u/ann");
}

#[tokio::test]
async fn an_account_that_is_asked_for_waits_and_is_not_doubled() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    change_site(&alpha, |site| site.registration = Registration::Approval).await;
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    sign_in(&mut browser, &provider).await;
    let typed = [
        ("handle", "ann"),
        ("name", "Ann Lévesque"),
        ("reason", "I weave."),
    ];
    let asked = browser.submit("/sign-up/with", &typed).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    assert!(asked.body.contains("@ann"), "{}", asked.body);
    assert_eq!(browser.signed_in_as().await, GUEST);
    // Neither by the identity nor by the address.
    let waits = sign_in(&mut browser, &provider).await;
    assert_eq!(waits.status, 200);
    assert!(waits.body.contains("@ann"), "{}", waits.body);
    let mut other = ann();
    other["sub"] = json!("s-2");
    provider.says(&other).await;
    let waits = sign_in(&mut browser, &provider).await;
    assert_eq!(waits.status, 200);
    assert!(waits.body.contains("@ann"), "{}", waits.body);

    let id = alpha.actor("ann@alpha.test").await.expect("Ann").id;
    let verb = move |tx: &mut domain::Tx<'_>| domain::account::approve(tx, Principal::Operator, id);
    alpha.ops().write(verb).await.unwrap();
    provider.says(&ann()).await;
    sign_in(&mut browser, &provider).await;
    assert_eq!(browser.signed_in_as().await, "/u/ann");
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_checked_counts_for_nothing() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    person_at(&alpha, "ann", "ann@larchmere.example").await;
    let mut unverified = ann();
    unverified["claims"]["email_verified"] = json!(false);
    provider.says(&unverified).await;
    let mut browser = Browser::new(&alpha);
    let done = register(&mut browser, &provider, "ann-2").await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(browser.signed_in_as().await, "/u/ann-2");
    let mail = browser.open("/settings/mail").await.body;
    assert!(!mail.contains("ann@larchmere.example"), "{mail}");
}

#[tokio::test]
async fn where_the_provider_is_the_only_way_nobody_else_has_a_password() {
    let Some((_net, alpha, provider)) = world("only = true").await else {
        return;
    };
    person_at(&alpha, "ann", "ann@larchmere.example").await;
    let mut browser = Browser::new(&alpha);
    for page in ["/sign-in", "/sign-up"] {
        let page = browser.open(page).await.body;
        assert!(!page.contains("name=\"password\""), "{page}");
        assert!(page.contains("Sign in with Larchmere"), "{page}");
    }
    let form = |handle| [("handle", handle), ("password", PASSWORD)];
    let refused = browser.submit("/sign-in", &form("ann")).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("you sign in with your institution"),
        "{}",
        refused.body
    );
    // Nor together with a form.
    let together = [
        ("sign_in_handle", "ann"),
        ("sign_in_password", PASSWORD),
        ("name", "Ann"),
    ];
    browser.submit("/settings/profile", &together).await;
    assert_eq!(browser.signed_in_as().await, GUEST);
    let typed = [("handle", "bea"), ("name", "Bea"), ("password", PASSWORD)];
    assert_eq!(browser.submit("/sign-up", &typed).await.status, 422);
    assert!(alpha.actor("bea@alpha.test").await.is_none());
    assert_eq!(browser.submit("/sign-in", &form("admin")).await.status, 303);

    // She connects her account by the password, once.
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
    assert_eq!(browser.submit(CONFIRM, &[]).await.status, 303);
    assert_eq!(browser.signed_in_as().await, "/u/ann");
    let change = [("current", PASSWORD), ("password", "a heron at the weir")];
    let refused = browser.submit("/settings/password", &change).await;
    assert_eq!(refused.status, 422, "she needs none");
}
