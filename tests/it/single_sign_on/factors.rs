//! The second factor after a provider.

use super::*;

fn code(net: &Network, secret: &str) -> String {
    net.advance(60);
    domain::totp::code(secret, net.now().unix_millis() / 1_000)
}

#[tokio::test]
async fn whoever_has_a_second_factor_passes_it_after_the_provider_too() {
    let Some((net, alpha, provider)) = world("").await else {
        return;
    };
    let person = person_at(&alpha, "ann", "ann@larchmere.example").await;
    let secret = set_up_app(&alpha, &person).await;
    provider.says(&ann()).await;
    // What the provider has said outlives both steps of the sign-in that connects the account.
    let mut browser = Browser::new(&alpha);
    sign_in(&mut browser, &provider).await;
    let typed = [
        ("handle", "ann"),
        ("password", PASSWORD),
        ("then", "connect"),
    ];
    let step = browser.submit("/sign-in", &typed).await;
    let (step, then) = (field(&step, "step"), field(&step, "then"));
    let now = code(&net, &secret);
    let typed = [
        ("step", step.as_str()),
        ("then", then.as_str()),
        ("code", now.as_str()),
    ];
    let done = browser.submit("/sign-in/code", &typed).await;
    assert_eq!(done.location, CONFIRM, "{}", done.body);
    let done = browser.submit(CONFIRM, &[]).await;
    assert_eq!(done.status, 303, "{}", done.body);

    let mut second = Browser::new(&alpha);
    let asked = sign_in(&mut second, &provider).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    assert_eq!(second.signed_in_as().await, GUEST);
    let (step, next) = (field(&asked, "step"), field(&asked, "next"));
    let wrong = [("step", step.as_str()), ("code", "nothing")];
    let wrong = second.submit("/sign-in/code", &wrong).await;
    assert_eq!(wrong.status, 422);
    let now = code(&net, &secret);
    let typed = [
        ("step", step.as_str()),
        ("next", next.as_str()),
        ("code", now.as_str()),
    ];
    let done = second.submit("/sign-in/code", &typed).await;
    assert_eq!(done.location, "/people", "{}", done.body);
    assert_eq!(second.signed_in_as().await, "/u/ann");
    // The session is the provider's to end.
    let token = provider.logout_token("s-1", "").await;
    let form = format!("logout_token={token}");
    alpha
        .send_form("/sign-in/with/institution/logout", &form)
        .await;
    assert_eq!(second.signed_in_as().await, GUEST);
}

#[tokio::test]
async fn a_second_factor_there_counts_where_the_administrator_says_so() {
    let Some((_net, alpha, provider)) = world("second_factor_values = [\"mfa\"]").await else {
        return;
    };
    let person = alpha.person("ann").await;
    provider.says(&ann()).await;
    let mut browser = by_password(&alpha, "ann").await;
    prove(&mut browser, &provider).await;
    browser.submit(CONFIRM, &[]).await;
    set_up_app(&alpha, &person).await;
    let mut second = Browser::new(&alpha);
    let asked = sign_in(&mut second, &provider).await;
    assert_eq!(asked.status, 200, "the provider does not speak of one");
    let mut with_factor = ann();
    with_factor["amr"] = json!(["pwd", "mfa"]);
    provider.says(&with_factor).await;
    let done = sign_in(&mut second, &provider).await;
    assert_eq!(done.location, "/people", "{}", done.body);
    assert_eq!(second.signed_in_as().await, "/u/ann");
}

#[tokio::test]
async fn an_administrator_needs_the_second_factor_here_that_the_site_wants() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    let mut browser = by_password(&alpha, "admin").await;
    prove(&mut browser, &provider).await;
    browser.submit(CONFIRM, &[]).await;
    change_site(&alpha, |site| site.admins_need_second_factor = true).await;
    let mut second = Browser::new(&alpha);
    sign_in(&mut second, &provider).await;
    assert_eq!(second.signed_in_as().await, "/u/admin");
    assert_ne!(second.open("/admin").await.status, 200);
}
