//! The language switch of every page with a form: what was typed is there in the other language, and nothing
//! was done. The pages are those of the routes that answer both GET and POST.

use super::browser::Browser;
use super::too_many::make_links;
use crate::tests::markup;
use domain::account::Principal;
use domain::testing::World;
use domain::{Tx, secret};
use http::StatusCode;
use model::access::{SpaceAccess, SpacePosting};
use model::membership::JoinGuest;
use model::{ActorId, JoinRequestId, Lang, LangText, OrganizationId, PostId, SpaceId, TagId};
use store::Store;
use store::testing::on_sqlite;

/// Routes with a form into which nothing is typed.
const NOTHING_TYPED: &[&str] = &[
    "/admin/organizations/{id}/remove",
    "/c/{handle}/invitations/lists/{id}",
    "/c/{handle}/leave",
    "/c/{handle}/tags/{id}/remove",
    "/invitations",
    "/mail/unsubscribe",
    "/oauth/authorize",
    "/p/{id}/delete",
    "/search",
    "/settings/single-sign-on/confirm",
    // Only after an answer of a provider; it is tested with one.
    "/sign-up/with",
];
/// Routes whose page is the answer to another form; asked for by its address, they lead to that form.
const AFTER_A_FORM: &[&str] = &[
    "/settings/notices/push",
    "/settings/confirm/{key}",
    "/settings/single-sign-on/{key}/connect",
    "/settings/single-sign-on/{key}/disconnect",
    "/p/{id}/vote",
    "/sign-in/code",
    "/sign-in/passkey",
    "/sign-in/with/{key}",
];
/// Routes whose form only a guest gets.
const OF_GUESTS: &[&str] = &[
    "/c/{handle}/join",
    "/forgotten-password",
    "/join/invited",
    "/join/link",
    "/join/request",
    "/mail/cancel",
    "/mail/confirm",
    "/reset-password",
    "/sign-in",
    "/sign-in/link",
    "/sign-up",
];

/// The routes that answer GET and POST, as they are written down.
fn routes_with_forms() -> Vec<&'static str> {
    let routes = include_str!("../mod.rs").split(".route(").skip(1);
    routes
        .filter(|route| route.contains("get(") && route.contains("post("))
        .filter_map(|route| route.split('"').nth(1))
        .collect()
}

struct Scene {
    admin: ActorId,
    bea: ActorId,
    thread: PostId,
    /// Of the admin; a moderator has removed it.
    removed: PostId,
    /// Of Bea.
    report: PostId,
    tag: TagId,
    /// Bea's, to join the community.
    request: JoinRequestId,
    space: SpaceId,
    organization: OrganizationId,
}

/// Makes a private space of a community of the admin.
async fn add_space(world: &World, community: ActorId) -> SpaceId {
    let (by, name) = (world.admin, LangText::single("en", "Hard cases"));
    let kind = (SpaceAccess::Private, SpacePosting::All);
    let verb =
        move |tx: &mut Tx<'_>| domain::community::space::create(tx, by, community, &name, kind);
    world.ops.write(verb).await.unwrap()
}

/// Names whom visitors of a community of the admin can write to.
async fn name_contact(world: &World, community: ActorId) {
    let by = world.admin;
    let contact = model::community::contact::Contact {
        name: "Ann".to_owned(),
        about: LangText::default(),
        address: "ann@example.org".parse().unwrap(),
        lang: Lang::En,
    };
    let contacts = [contact];
    let verb = move |tx: &mut Tx<'_>| domain::community::contact::set(tx, by, community, &contacts);
    world.ops.write(verb).await.unwrap();
}

/// One that people can say they belong to.
async fn list_organization(world: &World) -> OrganizationId {
    let by = world.admin;
    let new = domain::organization::NewOrganization {
        name: LangText::single("en", "Old Mill"),
        ..Default::default()
    };
    let verb = move |tx: &mut Tx<'_>| domain::organization::add(tx, by, &new);
    world.ops.write(verb).await.unwrap()
}

/// Adds a tag to the list of a community of the admin.
async fn add_tag(world: &World, community: ActorId) -> TagId {
    let by = world.admin;
    let name = LangText::single("en", "Looms");
    let verb = move |tx: &mut Tx<'_>| domain::tag::add(tx, by, community, &name);
    world.ops.write(verb).await.unwrap()
}

/// Bea asks to join, and so does a guest, who is asked something and has the link `join`.
async fn ask_to_join(world: &World, community: ActorId, bea: ActorId) -> JoinRequestId {
    let answers = ["", "", "To weave"].map(str::to_owned);
    let by = world.admin;
    let ask = move |tx: &mut Tx<'_>| {
        domain::membership::ask(tx, bea, community, &answers)?;
        let guest = JoinGuest {
            name: "Zoe".to_owned(),
            address: "zoe@example.org".parse().unwrap(),
        };
        domain::membership::ask_as_guest(tx, community, &guest, Lang::En, &answers)?;
        let asked = store::membership::of_address(tx.db, community, "zoe@example.org")?;
        let (id, digest) = (asked.unwrap().id, secret::digest("join"));
        let until = tx.now.plus_seconds(3_600);
        store::membership::insert_link(tx.db, &digest, id, until)?;
        domain::membership::confirm(tx, &digest)?;
        domain::membership::ask_back(tx, by, id, "Which loom?")?;
        Ok(store::membership::of_actor(tx.db, community, bea)?
            .unwrap()
            .id)
    };
    world.ops.write(ask).await.unwrap()
}

/// A post of the admin that Bea, then a moderator, has removed, and a post of hers.
async fn add_posts(world: &World, community: ActorId, bea: ActorId) -> (PostId, PostId) {
    let removed = world.thread(world.admin, community, "Adverts").await;
    let removed = removed.unwrap();
    let report = world.thread(bea, community, "Looms").await.unwrap();
    let verb = move |tx: &mut Tx<'_>| {
        let role = model::MemberRole::Moderator;
        store::community::put_member(tx.db, community, bea, role, tx.now)?;
        let words = model::moderation::ModerationWords::default();
        domain::moderation::remove(tx, bea, removed, &words)?;
        Ok(store::community::remove_member(tx.db, community, bea)?)
    };
    world.ops.write(verb).await.unwrap();
    (removed, report)
}

/// Somebody is invited by mail, with the link `invited`, and a link `admit` admits.
async fn invite(world: &World, community: ActorId) {
    use domain::membership::invitation;
    let by = world.admin;
    let invite = move |tx: &mut Tx<'_>| {
        let life = model::invitation::LinkLife::Week;
        invitation::make_link(tx, by, community, &secret::digest("admit"), life, 5)?;
        let typed = invitation::TypedAddresses {
            addresses: "eve@example.org".to_owned(),
            words: String::new(),
            lang: Lang::En,
        };
        let all = invitation::read_addresses(&typed)?;
        invitation::invite_by_mail(tx, by, community, &all)?;
        let row = store::invitation::of_address(tx.db, community, "eve@example.org")?.unwrap();
        Ok(store::invitation::insert_token(
            tx.db,
            &secret::digest("invited"),
            row.id,
        )?)
    };
    world.ops.write(invite).await.unwrap();
}

impl Scene {
    async fn new(world: &World) -> Self {
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let thread = world.thread(world.admin, weavers, "Warping").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let cleo = world.person("cleo").await.unwrap();
        world.community(cleo, "dyers").await.unwrap();
        // Nobody can look after the community of somebody who is suspended.
        let suspend = move |tx: &mut Tx<'_>| {
            domain::account::suspend(tx, Principal::Operator, cleo, "Adverts")
        };
        world.ops.write(suspend).await.unwrap();
        make_links(world, bea).await;
        let tag = add_tag(world, weavers).await;
        let (removed, report) = add_posts(world, weavers, bea).await;
        invite(world, weavers).await;
        name_contact(world, weavers).await;
        Self {
            admin: world.admin,
            request: ask_to_join(world, weavers, bea).await,
            space: add_space(world, weavers).await,
            organization: list_organization(world).await,
            bea,
            thread,
            removed,
            report,
            tag,
        }
    }

    /// A page of the route.
    fn path(&self, route: &str) -> String {
        let id = match route {
            "/p/{id}/appeal" => self.removed.to_string(),
            "/p/{id}/report" => self.report.to_string(),
            one if one.contains("/moderation/people/") => self.bea.to_string(),
            post if post.starts_with("/p/") => self.thread.to_string(),
            one if one.starts_with("/c/{handle}/requests/") => self.request.to_string(),
            one if one.starts_with("/c/{handle}/spaces/") => self.space.to_string(),
            one if one.starts_with("/c/{handle}/members/") => self.admin.to_string(),
            one if one.starts_with("/admin/organizations/") => self.organization.to_string(),
            tag if tag.starts_with("/c/") => self.tag.to_string(),
            _ => self.bea.to_string(),
        };
        let handle = if route.starts_with("/c/") {
            "weavers"
        } else {
            "root"
        };
        let key = match route {
            "/join/request" => "?key=join",
            "/join/invited" => "?key=invited",
            "/join/link" => "?key=admit",
            "/mail/cancel" => "?key=cancel",
            "/mail/confirm" => "?key=confirm",
            "/reset-password" => "?key=reset",
            "/sign-in/link" => "?key=link",
            _ => "",
        };
        let path = route
            .replace("{handle}", handle)
            .replace("{id}", &id)
            .replace("{page}", "privacy");
        // The form to reply is on the page of its discussion.
        path.trim_end_matches("/reply").to_owned() + key
    }
}

/// Types into every field of a page's form, switches to French, and looks for what was typed.
async fn switch(browser: &mut Browser, path: &str) {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let form = markup::typed_form(path, &page.html);
    let form = form.unwrap_or_else(|| panic!("{path}: no form"));
    let typed = form.typed.iter();
    let mut fields: Vec<(String, String)> = typed
        .map(|name| (name.clone(), format!("typed as {name}")))
        .collect();
    let words: Vec<String> = fields.iter().map(|(_, words)| words.clone()).collect();
    fields.extend(form.given.into_iter().filter(|(name, _)| name != "csrf"));
    fields.push(("redraw".into(), "form".into()));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    let french = browser.post(&form.action, &fields).await;
    let said = french.text();
    assert_eq!(
        french.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{path}: {said}"
    );
    assert!(french.says(r#"<html lang="fr""#), "{path}: {said}");
    for words in words {
        let kept =
            french.says(&format!(r#"value="{words}""#)) || french.says(&format!("\n{words}<"));
        assert!(kept, "{path}: {words} is lost");
    }
    let again = markup::typed_form(path, &french.html);
    assert!(again.is_some(), "{path}: back to English");
    let english = browser.post("/language?next=/", &[("lang", "en")]).await;
    assert_eq!(english.status, StatusCode::SEE_OTHER);
}

/// Without mail, and without a community that nobody looks after, some pages have no form.
#[test]
fn the_switch_sends_no_form_that_is_not_there() {
    on_sqlite(|store: Store| async move {
        let (mut guest, world) = Browser::new(store).await;
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let (removed, report) = add_posts(&world, weavers, bea).await;
        let scene = Scene {
            admin: world.admin,
            removed,
            report,
            request: ask_to_join(&world, weavers, bea).await,
            space: add_space(&world, weavers).await,
            organization: list_organization(&world).await,
            bea,
            thread: world.thread(world.admin, weavers, "Warping").await.unwrap(),
            tag: add_tag(&world, weavers).await,
        };
        let mut admin = guest.another();
        admin.sign_in(&world, world.admin).await;
        for route in routes_with_forms() {
            let path = scene.path(route);
            for browser in [&mut guest, &mut admin] {
                let page = browser.get(&path).await;
                if !page.html.is_empty() {
                    markup::typed_form(&path, &page.html);
                }
            }
        }
    });
}

#[test]
fn every_form_keeps_what_is_typed() {
    on_sqlite(|store: Store| async move {
        let (mut guest, world) = Browser::with_mail(store).await;
        let scene = Scene::new(&world).await;
        let mut admin = guest.another();
        admin.sign_in(&world, world.admin).await;
        let routes = routes_with_forms();
        assert!(routes.len() > 25, "{routes:?}");
        for route in routes {
            let path = scene.path(route);
            if route == "/setup" {
                continue;
            }
            if AFTER_A_FORM.contains(&route) || route.starts_with("/settings/second-factor/") {
                assert_eq!(
                    admin.get(&path).await.status,
                    StatusCode::SEE_OTHER,
                    "{route}"
                );
            } else if NOTHING_TYPED.contains(&route) {
                let page = admin.get(&path).await;
                assert!(!page.says(r#"id="typed""#), "{route}");
            } else if OF_GUESTS.contains(&route) {
                switch(&mut guest, &path).await;
            } else {
                switch(&mut admin, &path).await;
            }
        }
    });
}

#[test]
fn the_setup_keeps_what_is_typed() {
    on_sqlite(|store: Store| async move {
        let (mut browser, ops) = Browser::before_setup(store);
        let digest = secret::digest("key");
        let put = move |tx: &mut Tx<'_>| Ok(store::site::put(tx.db, "setup_key", &digest)?);
        ops.write(put).await.unwrap();
        switch(&mut browser, "/setup?key=key").await;
        assert!(ops.site().is_none(), "nothing is set up yet");
    });
}

#[test]
fn the_switch_writes_no_rule_and_an_edited_one_stays_the_same() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        browser.sign_in(&world, world.admin).await;
        let rule = [
            ("redraw", "form"),
            ("domain", "loud.example"),
            ("severity", "silence"),
            ("note", "Seen twice"),
        ];
        let french = browser.post("/admin/peers/rules?lang=fr", &rule).await;
        assert!(french.says("Seen twice") && french.says(r#"value="loud.example""#));
        let along = [("mode", "allow-list"), ("publish", "on")];
        let both = rule.iter().chain(&along).copied().collect::<Vec<_>>();
        let both = browser.post("/admin/peers/rules?lang=fr", &both).await;
        assert!(
            both.says(r#"name="mode" value="allow-list" checked"#),
            "{}",
            both.html
        );
        assert!(both.says(r#"name="publish" checked"#), "{}", both.html);
        let written = browser
            .post("/admin/peers/rules", rule.get(1..).unwrap())
            .await;
        assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.html);
        let edit = "/admin/peers/rules?domain=loud.example";
        let page = browser.get(edit).await;
        assert!(page.says(&format!(r#"action="{edit}""#)), "{}", page.html);
        let switched = browser.post(&format!("{edit}&lang=en"), &rule).await;
        assert!(switched.says("Edit this rule"), "{}", switched.text());
    });
}

#[test]
fn the_switch_asks_again_whether_a_post_is_erased() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let weavers = world.community(world.admin, "weavers").await.unwrap();
        let post = world.thread(world.admin, weavers, "Wool").await.unwrap();
        browser.sign_in(&world, world.admin).await;
        let address = format!("https://alpha.test/p/{post}");
        let typed = [("address", address.as_str()), ("reason", "A court order")];
        let asked = browser.post("/admin/erase", &typed).await;
        assert!(
            asked.says("Wool") && asked.says("A court order"),
            "{}",
            asked.html
        );
        let id = post.to_string();
        let confirmed = [&typed[..], &[("confirmed", &id)]].concat();
        let switch = [&confirmed[..], &[("redraw", "form")]].concat();
        let french = browser.post("/admin/erase?lang=fr", &switch).await;
        assert!(
            french.says("Effacer ce message pour de bon"),
            "{}",
            french.html
        );
        assert_eq!(french.hidden("confirmed"), id);
        assert!(
            browser.get(&format!("/p/{post}")).await.says("Wool"),
            "nothing is erased yet"
        );
        let erased = browser.post("/admin/erase", &confirmed).await;
        assert_eq!(erased.status, StatusCode::SEE_OTHER, "{}", erased.html);
    });
}
