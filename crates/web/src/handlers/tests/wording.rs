//! What pages say to whom: errors that name what is missing, confirmations that name what was done,
//! badges for the language that is missing, dates in the reader's time zone.

use super::browser::Browser;
use domain::Error;
use domain::testing::World;
use http::StatusCode;
use model::access::{Reader, Viewer};
use model::{ActorId, Clock, LangText, PostId};
use store::Store;
use store::testing::on_sqlite;

/// A browser in which bea is signed in, and ann's community.
async fn scene(store: Store) -> (Browser, World, ActorId) {
    let (mut browser, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    let bea = world.person("bea").await.unwrap();
    browser.sign_in(&world, bea).await;
    (browser, world, bea)
}

async fn source(world: &World, id: PostId) -> LangText {
    let reader = Reader {
        viewer: Viewer::Guest,
        now: world.clock.now(),
    };
    let read = move |db: &mut store::Db| store::post::by_id(db, reader, id).map_err(Error::from);
    let post = world.ops.store().read(read).await.unwrap().unwrap();
    post.source
}

#[test]
fn everything_missing_is_named_in_one_round_and_in_the_readers_language() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, _) = scene(store).await;
        bea.post("/language?next=/", &[("lang", "fr")]).await;
        let page = bea.post("/communities/new", &[("handle", "")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in [
            "<title>Erreur\u{a0}: Créer une communauté",
            r##"<a href="#f-name_fr">Nom en français</a><span>Donnez un nom dans au moins une langue</span>"##,
            "Donnez une raison d’être dans au moins une langue",
            "Choisissez un nom court",
            "Choisissez au moins une langue",
        ] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
        assert!(!page.says("e-name_en"), "{}", page.html);
    });
}

#[test]
fn a_confirmation_names_what_is_followed() {
    on_sqlite(|store: Store| async move {
        let (mut bea, _world, _) = scene(store).await;
        bea.post("/c/weavers/follow", &[]).await;
        let page = bea.get("/c/weavers").await;
        assert!(page.says("You’re following weavers."), "{}", page.html);
        assert!(!bea.get("/c/weavers").await.says("You’re following"));
        bea.post("/c/weavers/unfollow", &[]).await;
        let page = bea.get("/c/weavers").await;
        assert!(page.says("You’ve stopped following weavers."));
    });
}

#[test]
fn the_language_of_a_text_is_read_from_it_and_its_absence_is_told() {
    on_sqlite(|store: Store| async move {
        let (mut bea, world, _) = scene(store).await;
        let sent = [
            ("kind", "question"),
            ("lang", ""),
            ("title", "Comment ourdir un peigne?"),
            ("body", "Je cherche une façon de le faire sans aide."),
        ];
        let posted = bea.post("/c/weavers/new", &sent).await;
        assert_eq!(posted.status, StatusCode::SEE_OTHER, "{}", posted.html);
        let id: PostId = posted.location["/p/".len()..].parse().unwrap();
        assert_eq!(source(&world, id).await.first().unwrap().0, "fr");
        for page in ["/c/weavers", "/c/weavers/discussions", &posted.location] {
            let english = bea.get(&format!("{page}?lang=en")).await;
            assert!(english.says("In French only"), "{page}");
            let french = bea.get(&format!("{page}?lang=fr")).await;
            assert!(
                !french.says("En français seulement"),
                "{page}: {}",
                french.html
            );
        }
    });
}

#[test]
fn dates_are_in_the_time_zone_that_the_reader_has_chosen() {
    on_sqlite(|store: Store| async move {
        let (mut bea, world, bea_id) = scene(store).await;
        let before = bea.get("/settings/profile").await;
        assert!(before.says("<html lang=\"en\">") && before.says("Same as the site"));
        // The clock of the tests starts at midnight, UTC.
        let since =
            |day: &str| format!(r#"<time datetime="2027-01-01T00:00:00Z" data-day>{day}</time>"#);
        let person = bea.get("/u/bea").await;
        assert!(person.says(&since("1 January 2027")), "{}", person.html);
        let verb = move |tx: &mut domain::Tx<'_>| {
            domain::account::set_zone(tx, bea_id, "America/St_Johns")
        };
        world.ops.write(verb).await.unwrap();
        let after = bea.get("/settings/profile").await;
        assert!(after.says("<html lang=\"en\" data-zone>"));
        assert!(after.says(r#"value="America/St_Johns" selected"#));
        let person = bea.get("/u/bea").await;
        assert!(person.says(&since("31 December 2026")), "{}", person.html);
        let bad =
            move |tx: &mut domain::Tx<'_>| domain::account::set_zone(tx, bea_id, "\"><script>");
        assert!(world.ops.write(bad).await.is_err());
    });
}
