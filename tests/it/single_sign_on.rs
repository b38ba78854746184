//! Signing in with an institution, against a certified provider.

mod factors;
mod owner;
mod registration;
mod safety;
mod settings;

use domain::account::Principal;
use serde_json::{Value, json};
use testkit::{Browser, Instance, Network, OidcProvider, Person, Visited};

const PASSWORD: &str = domain::testing::PASSWORD;
const CONFIRM: &str = "/settings/single-sign-on/confirm";
const CONNECT: &str = "/settings/single-sign-on/institution/connect";
const GUEST: &str = "/sign-in?next=%2Fme";

/// An instance that signs in with a provider; `None` where there is no node.
async fn world(more: &str) -> Option<(Network, Instance, OidcProvider)> {
    let provider = OidcProvider::start("alpha.test")?;
    let net = Network::new();
    net.configure(&provider.section(more));
    let alpha = net.instance("alpha.test").await;
    Some((net, alpha, provider))
}

fn ann() -> Value {
    json!({ "sub": "s-1", "claims": {
        "preferred_username": "a.levesque.1982@larchmere.example", "name": "Ann Lévesque",
        "email": "ann@larchmere.example", "email_verified": true,
    }})
}

/// Presses the button of the sign-in page.
async fn leave(browser: &mut Browser) -> Visited {
    browser
        .submit("/sign-in/with/institution", &[("next", "/people")])
        .await
}

/// Goes to the provider and comes back.
async fn sign_in(browser: &mut Browser, provider: &OidcProvider) -> Visited {
    let left = leave(browser).await;
    assert_eq!(left.status, 200, "{}", left.body);
    assert_eq!(leaving(&left), left.refresh, "with and without a click");
    let back = provider.sign_in(&left.refresh).await;
    browser.open(&back).await
}

/// The address of the link that leads to the provider.
fn leaving(page: &Visited) -> String {
    let link = page
        .body
        .split("href=\"")
        .find(|rest| rest.contains("code_challenge"));
    let link = link.and_then(|rest| rest.split('"').next());
    let link = link.unwrap_or_else(|| panic!("no link: {}", page.body));
    link.replace("&#38;", "&").replace("&amp;", "&")
}

/// Comes from the provider for the first time, and makes an account.
async fn register(browser: &mut Browser, provider: &OidcProvider, handle: &str) -> Visited {
    let came = sign_in(browser, provider).await;
    assert_eq!(came.location, "/sign-up/with", "{}", came.body);
    let typed = [("handle", handle), ("name", "Ann Lévesque")];
    browser.submit("/sign-up/with", &typed).await
}

/// Signs in with the password.
async fn by_password(alpha: &Instance, handle: &str) -> Browser {
    let mut browser = Browser::new(alpha);
    let typed = [("handle", handle), ("password", PASSWORD)];
    let done = browser.submit("/sign-in", &typed).await;
    assert_eq!(done.status, 303, "{}", done.body);
    browser
}

/// Connects the account of whoever is signed in, without the last word.
async fn prove(browser: &mut Browser, provider: &OidcProvider) -> Visited {
    let left = browser.submit(CONNECT, &[("current", PASSWORD)]).await;
    assert_eq!(left.status, 200, "{}", left.body);
    assert!(left.refresh.contains("prompt=login"), "{}", left.refresh);
    let back = provider.sign_in(&left.refresh).await;
    browser.open(&back).await
}

/// Somebody whose address is known.
async fn person_at(alpha: &Instance, handle: &str, address: &str) -> Person {
    let person = alpha.person(handle).await;
    let (id, address) = (person.id(), address.parse().unwrap());
    let verb = move |tx: &mut domain::Tx<'_>| {
        domain::account::assign_address(tx, Principal::Operator, id, &address)
    };
    alpha.ops().write(verb).await.unwrap();
    person
}

/// Changes what the site allows.
async fn change_site(alpha: &Instance, change: fn(&mut model::Site)) {
    let verb = move |tx: &mut domain::Tx<'_>| {
        let mut site = (*tx.site()?).clone();
        change(&mut site);
        domain::site::change(tx, Principal::Operator, &site)
    };
    alpha.ops().write(verb).await.unwrap();
    alpha.ops().refresh_site().await.unwrap();
}

/// Sets an authenticator app up for somebody; returns its secret.
async fn set_up_app(alpha: &Instance, person: &Person) -> String {
    let (id, secret) = (person.id(), domain::totp::new_secret());
    let own = secret.clone();
    let verb = move |tx: &mut domain::Tx<'_>| {
        domain::account::begin_app(tx, id, &domain::account::Proof::None, &own)?;
        let now = domain::totp::code(&own, tx.now.unix_millis() / 1_000);
        domain::account::confirm_app(tx, id, &now, &[])
    };
    alpha.ops().write(verb).await.unwrap();
    secret
}

fn field(page: &Visited, name: &str) -> String {
    let start = format!("name=\"{name}\"");
    let input = page
        .body
        .split("<input")
        .find(|rest| rest.split('>').next().unwrap().contains(&start));
    let input = input.unwrap_or_else(|| panic!("no {name}: {}", page.body));
    let value = input.split('>').next().unwrap().split("value=\"").nth(1);
    value
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_first_sign_in_makes_an_account_and_a_second_finds_it() {
    let Some((_net, alpha, provider)) = world("").await else {
        return;
    };
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    let page = browser.open("/sign-in").await.body;
    assert!(page.contains("Sign in with Larchmere"), "{page}");
    let came = sign_in(&mut browser, &provider).await;
    assert_eq!(came.location, "/sign-up/with", "{}", came.body);
    assert_eq!(browser.signed_in_as().await, GUEST, "nothing is made yet");
    let page = browser.open("/sign-up/with").await;
    assert!(page.body.contains("ann@larchmere.example"), "{}", page.body);
    assert!(!page.body.contains("name=\"password\""));
    assert_eq!(
        field(&page, "handle"),
        "ann-levesque",
        "of the name, and not of the address"
    );
    let refused = browser
        .submit("/sign-up/with", &[("handle", "admin"), ("name", "Ann")])
        .await;
    assert_eq!(refused.status, 422, "and it can be tried again");
    let typed = [("handle", "ann"), ("name", "Ann Lévesque")];
    let welcome = browser.submit("/sign-up/with", &typed).await;
    assert_eq!(welcome.location, "/people", "{}", welcome.body);
    assert_eq!(browser.signed_in_as().await, "/u/ann");
    let mail = browser.open("/settings/mail").await.body;
    assert!(mail.contains("ann@larchmere.example"), "{mail}");
    let again = Browser::new(&alpha).open("/sign-up/with").await;
    assert_eq!(again.status, 400, "the step is used up");

    // Whatever she is called there by now.
    let mut renamed = ann();
    renamed["claims"]["preferred_username"] = json!("someone-else");
    renamed["claims"]["email"] = json!("other@larchmere.example");
    provider.says(&renamed).await;
    let mut second = Browser::new(&alpha);
    assert_eq!(sign_in(&mut second, &provider).await.location, "/people");
    assert_eq!(second.signed_in_as().await, "/u/ann");

    // As with a password, a suspended account is told so.
    let owner = alpha.actor("ann@alpha.test").await.expect("Ann").id;
    let verb = move |tx: &mut domain::Tx<'_>| {
        domain::account::suspend(tx, Principal::Operator, owner, "Adverts")
    };
    alpha.ops().write(verb).await.unwrap();
    let refused = sign_in(&mut Browser::new(&alpha), &provider).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.body.contains("This account is suspended"),
        "{}",
        refused.body
    );
}

#[tokio::test]
async fn several_institutions_are_told_apart() {
    let Some(provider) = OidcProvider::start("alpha.test") else {
        return;
    };
    let other = OidcProvider::start_as("alpha.test", "oakley").expect("node");
    let net = Network::new();
    net.configure(&provider.section(""));
    net.configure(&other.section(""));
    let alpha = net.instance("alpha.test").await;
    provider.says(&ann()).await;
    let mut browser = Browser::new(&alpha);
    let page = browser.open("/sign-in").await.body;
    assert!(page.contains("Sign in with Larchmere") && page.contains("Sign in with oakley"));
    register(&mut browser, &provider, "ann").await;
    // The same subject at another issuer is somebody else.
    let mut same = ann();
    same["claims"]["email"] = json!("ann@oakley.example");
    other.says(&same).await;
    let mut second = Browser::new(&alpha);
    let left = second.submit("/sign-in/with/oakley", &[]).await;
    let back = other.sign_in(&left.refresh).await;
    assert!(back.starts_with("/sign-in/with/oakley/back"), "{back}");
    assert_eq!(second.open(&back).await.location, "/sign-up/with");
    // An answer is taken by the one that was asked.
    let left = second.submit("/sign-in/with/oakley", &[]).await;
    let back = other.sign_in(&left.refresh).await;
    let mixed = back.replace("/oakley/", "/institution/");
    assert_eq!(second.open(&mixed).await.status, 400);
}

#[tokio::test]
async fn a_provider_that_refuses_or_is_down_is_said_in_words() {
    let Some((_net, alpha, mut provider)) = world("").await else {
        return;
    };
    let mut no = ann();
    no["refuses"] = json!(true);
    provider.says(&no).await;
    let refused = sign_in(&mut Browser::new(&alpha), &provider).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.body.contains("Larchmere didn’t sign you in"),
        "{}",
        refused.body
    );

    let beta_net = Network::new();
    beta_net.configure(&provider.section(""));
    provider.stop();
    let beta = beta_net.instance("beta.test").await;
    let down = leave(&mut Browser::new(&beta)).await;
    assert_eq!(down.status, 502);
    assert!(
        down.body.contains("Larchmere can’t be reached right now"),
        "{}",
        down.body
    );
}

#[tokio::test]
async fn only_a_group_signs_in_and_the_provider_signs_out() {
    let Some((net, alpha, provider)) = world("require_group = \"weavers\"").await else {
        return;
    };
    provider.says(&ann()).await;
    let refused = sign_in(&mut Browser::new(&alpha), &provider).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.body.contains("is not in the group"),
        "{}",
        refused.body
    );
    let mut member = ann();
    member["claims"]["groups"] = json!(["dyers", "weavers"]);
    provider.says(&member).await;
    let mut browser = Browser::new(&alpha);
    register(&mut browser, &provider, "ann").await;
    assert_eq!(browser.signed_in_as().await, "/u/ann");

    let send = async |token: &str| {
        let path = "/sign-in/with/institution/logout";
        let form = format!("logout_token={token}");
        alpha.send_form(path, &form).await.status
    };
    assert_eq!(send("a.b.c").await, 400);
    assert_eq!(send(&provider.logout_token("s-2", "").await).await, 200);
    assert_eq!(
        browser.signed_in_as().await,
        "/u/ann",
        "it was somebody else"
    );
    let token = provider.logout_token("s-1", "").await;
    let mut changed = token.clone();
    changed.truncate(token.len() - 4);
    assert_eq!(send(&format!("{changed}AAAA")).await, 400);
    assert_eq!(send(&token).await, 200);
    assert_eq!(browser.signed_in_as().await, GUEST);

    // It ends no later session.
    sign_in(&mut browser, &provider).await;
    assert_eq!(send(&token).await, 400, "used before");
    assert_eq!(browser.signed_in_as().await, "/u/ann");
    let late = provider.logout_token("s-1", "").await;
    net.advance(900);
    assert_eq!(send(&late).await, 400, "too late");
    assert_eq!(browser.signed_in_as().await, "/u/ann");
}
