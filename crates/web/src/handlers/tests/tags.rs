//! Tags of a community: the list that its facilitators keep, the choice for a thread, and the filters.

use super::browser::{Browser, PageResponse};
use domain::testing::World;
use http::StatusCode;
use model::{ActorId, LangText, PostId, TagId};
use store::Store;
use store::testing::on_sqlite;

const LIST: &str = "/c/weavers/tags";
const THREADS: &str = "/c/weavers/discussions";

/// Ann, who is signed in, and the weavers, whom the admin facilitates.
async fn scene(store: Store) -> (Browser, World, ActorId, ActorId) {
    let (mut browser, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(world.admin, "weavers").await.unwrap();
    browser.sign_in(&world, ann).await;
    (browser, world, ann, weavers)
}

async fn add(world: &World, community: ActorId, en: &str, fr: &str) -> TagId {
    let (by, name) = (world.admin, LangText::new([("en", en), ("fr", fr)]));
    let verb = move |tx: &mut domain::Tx<'_>| domain::tag::add(tx, by, community, &name);
    world.ops.write(verb).await.unwrap()
}

/// Starts a thread by the form.
async fn start(browser: &mut Browser, title: &str, tags: &[TagId], body: &str) -> PageResponse {
    let ids: Vec<String> = tags.iter().map(TagId::to_string).collect();
    let mut fields = vec![
        ("kind", "question"),
        ("title", title),
        ("body", body),
        ("lang", "en"),
    ];
    fields.extend(ids.iter().map(|id| ("tags", id.as_str())));
    browser.post("/c/weavers/new", &fields).await
}

fn id_of(page: &PageResponse) -> PostId {
    let id = page.location.strip_prefix("/p/");
    id.and_then(|id| id.parse().ok())
        .unwrap_or_else(|| panic!("{} {}", page.status, page.html))
}

#[test]
fn names_that_are_too_long_or_turn_the_writing_are_refused() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _, _) = scene(store).await;
        browser.sign_in(&world, world.admin).await;
        for long in ["a".repeat(200), "\u{5d0}".repeat(200)] {
            let again = browser.post(LIST, &[("tag_en", &long)]).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(again.says("at most 40 characters") && again.says(&long));
        }
        let yarn = "\u{1f9f6}".repeat(200);
        let yarn = browser.post(LIST, &[("tag_en", &yarn)]).await;
        assert_eq!(yarn.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Hebrew is a name as any, a change of direction is none.
        let turned = browser.post(LIST, &[("tag_en", "\u{202e}smool")]).await;
        assert_eq!(
            turned.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            turned.html
        );
        assert!(!browser.get(LIST).await.html.contains('\u{202e}'));
        let hebrew = "\u{5d0}\u{5e8}\u{5d9}\u{5d2}\u{5d4}";
        assert_eq!(
            browser.post(LIST, &[("tag_fr", hebrew)]).await.location,
            LIST
        );
        assert!(browser.get(LIST).await.says(hebrew));
    });
}

#[test]
fn a_facilitator_keeps_the_list() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _, weavers) = scene(store).await;
        assert_eq!(browser.get(LIST).await.status, StatusCode::FORBIDDEN);
        browser.sign_in(&world, world.admin).await;
        assert!(browser.get("/c/weavers/edit").await.says(LIST));

        let page = browser.post(LIST, &[("tag_en", ""), ("tag_fr", " ")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Enter a name in at least one language"));
        let page = browser
            .post(LIST, &[("tag_en", "<b>Looms</b>"), ("tag_fr", "Métiers")])
            .await;
        assert_eq!(page.location, LIST, "{}", page.html);
        let page = browser.get(LIST).await;
        assert!(
            page.says("Looms") && !page.says("<b>Looms"),
            "{}",
            page.html
        );
        let page = browser.get(&format!("{LIST}?lang=fr")).await;
        assert!(page.text().contains("Métiers") && page.text().contains("Renommer"));
        let again = browser.post(LIST, &[("tag_en", "MÉTIERS")]).await;
        assert!(again.says("Tags can’t be merged"), "{}", again.html);
        let read = move |db: &mut query::Db| query::tag::of_community(db, weavers);
        let id = world.ops.store().read(read).await.unwrap()[0].id;
        start(&mut browser, "Warping", &[id], "A peg?").await;
        let remove = format!("{LIST}/{id}/remove");
        let page = browser.get(&remove).await;
        assert!(page.says("1 discussion has this tag"), "{}", page.html);
        assert_eq!(browser.post(&remove, &[]).await.location, LIST);
        for gone in [
            &remove,
            &format!("{LIST}/{id}/edit"),
            &format!("{LIST}/{id}"),
        ] {
            assert_eq!(browser.get(gone).await.status, StatusCode::NOT_FOUND);
        }
    });
}

#[test]
fn a_former_name_leads_to_the_tag() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _, weavers) = scene(store).await;
        let id = add(&world, weavers, "Old looms", "Métiers").await;
        browser.sign_in(&world, world.admin).await;
        let edit = format!("{LIST}/{id}/edit");
        let revision = browser.get(&edit).await.hidden("revision");
        let fields = |name: &'static str| {
            [
                ("tag_en", name),
                ("tag_fr", "Métiers"),
                ("revision", revision.as_str()),
            ]
        };
        assert_eq!(browser.post(&edit, &fields("Looms")).await.location, LIST);
        let stale = browser.post(&edit, &fields("Reeds")).await;
        assert!(stale.says("Someone else renamed"), "{}", stale.html);
        assert_ne!(stale.hidden("revision"), revision);

        for (former, now) in [
            (
                format!("{THREADS}?kind=question&tag=old-looms&sort=newest"),
                format!("{THREADS}?kind=question&tag=looms&sort=newest"),
            ),
            (
                "/c/weavers/feed.atom?tag=old-looms".to_owned(),
                "/c/weavers/feed.atom?tag=looms".to_owned(),
            ),
        ] {
            let moved = browser.get(&former).await;
            assert_eq!(moved.status, StatusCode::MOVED_PERMANENTLY);
            assert_eq!(moved.location, now);
        }
        let object = browser.get(&format!("{LIST}/{id}")).await;
        assert_eq!(object.location, format!("{THREADS}?tag=looms"));
    });
}

#[test]
fn whoever_writes_chooses_tags() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _, weavers) = scene(store).await;
        let page = browser.get("/c/weavers/new").await;
        assert!(!page.says("name=\"tags\""), "no tags, no choice");
        let looms = add(&world, weavers, "Looms", "Métiers").await;
        add(&world, weavers, "Warm wool", "Laine chaude").await;
        let page = browser.get("/c/weavers/new?lang=fr").await;
        assert!(page.says("name=\"tags\"") && page.says("Laine chaude"));
        let many: Vec<TagId> = (1..7).map(TagId).collect();
        let refused = start(&mut browser, "Weld", &many, "Kept words").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("up to five tags") && refused.says("Kept words"));

        let warping = id_of(&start(&mut browser, "Warping", &[looms], "With #WarmWool.").await);
        let page = browser.get(&format!("/p/{warping}")).await;
        for slug in ["looms", "warm-wool"] {
            assert!(page.says(&format!("{THREADS}?tag={slug}")), "{}", page.html);
        }
        let edit = format!("/p/{warping}/edit");
        let form = browser.get(&edit).await;
        let ticked = format!("value=\"{looms}\" checked");
        assert!(form.says(&ticked), "{}", form.html);
        let revision = form.hidden("revision");
        let fields = [
            ("title", "Warping"),
            ("body", "Without."),
            ("lang", "en"),
            ("revision", revision.as_str()),
        ];
        browser.post(&edit, &fields).await;
        let page = browser.get(&format!("/p/{warping}")).await;
        assert!(!page.says(&format!("{THREADS}?tag=")), "{}", page.html);
    });
}

#[test]
fn a_facilitator_changes_the_tags_of_a_thread() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _, weavers) = scene(store).await;
        let wool = add(&world, weavers, "Warm wool", "Laine chaude").await;
        let warping = id_of(&start(&mut browser, "Warping", &[], "A peg?").await);
        let (thread, choose) = (format!("/p/{warping}"), format!("/p/{warping}/tags"));
        let wool = wool.to_string();
        browser.sign_in(&world, world.admin).await;
        assert!(browser.get(&thread).await.says("Change the tags"));
        assert!(browser.get(&choose).await.says("Warm wool"));
        let page = browser.post(&choose, &[("tags", &wool)]).await;
        assert_eq!(page.location, thread);
        let page = browser.get(&format!("{THREADS}?tag=warm-wool")).await;
        assert!(page.says("Warping"), "{}", page.html);
        let page = browser.post(&choose, &[("tags", "7")]).await;
        assert!(page.says("no longer exists"), "{}", page.html);
        let sam = world.person("sam").await.unwrap();
        browser.sign_in(&world, sam).await;
        assert_eq!(browser.get(&choose).await.status, StatusCode::FORBIDDEN);
        let page = browser.post(&choose, &[]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        browser.forget();
        let page = browser.get(&thread).await;
        assert!(!page.says("Change the tags") && page.says("Warm wool"));
    });
}

#[test]
fn everybody_filters_by_tag() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _, weavers) = scene(store).await;
        let looms = add(&world, weavers, "Looms", "Métiers").await;
        add(&world, weavers, "Warm wool", "Laine chaude").await;
        id_of(&start(&mut browser, "Warping", &[looms], "With #WarmWool.").await);
        id_of(&start(&mut browser, "Woad", &[], "`#looms` is code.").await);
        browser.forget();
        let page = browser.get(&format!("{THREADS}?tag=warm-wool")).await;
        assert!(page.says("Warping") && !page.says("Woad"), "{}", page.html);
        assert!(page.says("tag=warm-wool&#38;sort=newest"), "{}", page.html);
        assert!(
            page.text().contains("All tags Looms Warm wool"),
            "{}",
            page.text()
        );
        let page = browser
            .get(&format!("{THREADS}?tag=warm-wool&kind=tip"))
            .await;
        assert!(page.says("No matching discussions"));
        let long = "x".repeat(200);
        for unknown in ["nothing", "%E2%80%AE", "%3Cb%3E", &long] {
            let page = browser.get(&format!("{THREADS}?tag={unknown}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.says("No such tag"), "{unknown}: {}", page.html);
            assert!(!page.says("Warping") && !page.says("<b>x") && !page.says("“<b>"));
        }
        let page = browser.get(&format!("{THREADS}?tag=nothing&lang=fr")).await;
        assert!(page.says("Étiquette introuvable"), "{}", page.html);
        let feed = browser.get("/c/weavers/feed.atom?tag=looms").await;
        assert!(feed.says("Warping") && !feed.says("Woad"), "{}", feed.html);

        world.index().await.unwrap();
        for tag in ["looms", "%23Looms", "Warm+wool"] {
            let page = browser.get(&format!("/search?q=with&tag={tag}")).await;
            assert!(page.text().contains("Warping"), "{tag}: {}", page.text());
        }
        let page = browser.get("/search?q=with&tag=other").await;
        assert!(!page.text().contains("Warping"), "{}", page.text());
    });
}
