//! Texts in several languages: which one a reader is shown, and what an edit leaves alone.

use super::browser::Browser;
use domain::Error;
use domain::post::{Draft, Wording};
use domain::testing::{World, draft};
use http::StatusCode;
use model::access::{Reader, Viewer};
use model::community::Charter;
use model::{ActorId, Clock, LangText, Origin, PostId};
use store::Store;
use store::testing::on_sqlite;

/// How a text with a warning begins, in the language of the page.
fn fold(label: &str, warning: &str) -> String {
    format!(
        "<details class=\"content-warning\"><summary>{label} <span dir=\"auto\">{warning}</span></summary>\
         <div class=\"prose\""
    )
}

/// A thread by somebody, in the languages of the wordings.
async fn thread(world: &World, by: ActorId, community: ActorId, texts: &[[&str; 3]]) -> PostId {
    let wording = |[lang, title, body]: &[&str; 3]| Wording {
        lang: (*lang).to_owned(),
        title: (*title).to_owned(),
        body: domain::prose::render(body, &[]),
        ..Wording::default()
    };
    let draft = Draft {
        wordings: texts.iter().map(wording).collect(),
        ..draft("", "")
    };
    let start = move |tx: &mut domain::Tx<'_>| {
        domain::discussion::start(tx, by, Some(community), &draft, &Origin::Local)
    };
    world.ops.write(start).await.unwrap()
}

/// The title and the source of a post.
async fn texts(world: &World, id: PostId) -> (LangText, LangText) {
    let reader = Reader {
        viewer: Viewer::Guest,
        now: world.clock.now(),
    };
    let read = move |db: &mut store::Db| store::post::by_id(db, reader, id).map_err(Error::from);
    let post = world.ops.store().read(read).await.unwrap().unwrap();
    (post.title, post.source)
}

#[test]
fn an_edit_keeps_the_languages_that_the_form_does_not_have() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let written = [
            ["fr-CA", "Ourdir", "Un piquet."],
            ["de", "Zetteln", "Ein Pflock."],
        ];
        let id = thread(&world, ann, weavers, &written).await;
        browser.sign_in(&world, ann).await;
        let form = browser.get(&format!("/p/{id}/edit")).await;
        assert!(form.says("value=\"Ourdir\"") && form.says("Un piquet."));
        let sent = [
            ("lang", "fr"),
            ("title", "Ourdir un peigne"),
            ("body", "Un piquet."),
            ("title2", "Warping"),
            ("body2", "A peg."),
        ];
        let saved = browser.post(&format!("/p/{id}/edit"), &sent).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        let (title, source) = texts(&world, id).await;
        let expected = LangText::new([
            ("fr-CA", "Ourdir un peigne"),
            ("en", "Warping"),
            ("de", "Zetteln"),
        ]);
        assert_eq!(title, expected);
        assert_eq!(source.get("de"), Some("Ein Pflock."));
        let page = browser.get(&format!("/p/{id}")).await;
        assert!(page.says("<h1 dir=\"auto\">Warping</h1>") && page.says("?in=fr"));
    });
}

#[test]
fn a_warning_stands_before_the_text_in_both_languages() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        world.community(ann, "weavers").await.unwrap();
        browser.sign_in(&world, ann).await;
        let sent = [
            ("kind", "story"),
            ("lang", "en"),
            ("title", "A hard night"),
            ("body", "We lost a patient."),
            ("warning", "Death"),
            ("body2", "Nous avons perdu une patiente."),
            ("warning2", "Décès"),
        ];
        let saved = browser.post("/c/weavers/new", &sent).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        let page = browser.get(&saved.location).await;
        assert!(page.says(&fold("Content warning:", "Death")));
        let id = saved.location.trim_start_matches("/p/");
        let id = id.split(['?', '#']).next().unwrap_or_default();
        let french = browser.get(&format!("/p/{id}?lang=fr")).await;
        assert!(french.says(&fold("Avertissement\u{a0}:", "Décès")));
        let typed = [("body", "We lost a patient."), ("warning", "Death")];
        let preview = browser.post("/preview", &typed).await;
        assert!(preview.says(&fold("Content warning:", "Death")));
        let list = browser.get("/c/weavers/discussions").await;
        assert!(list.says("A hard night") && !list.says("lost a patient"));
        let form = browser.get(&format!("/p/{id}/edit?lang=en")).await;
        assert!(form.says("value=\"Death\"") && form.says("value=\"Décès\""));
        assert!(!form.says("&lt;details"), "the text is edited without it");
        let long = "x".repeat(model::limits::TITLE_MAX + 1);
        let edit = |warning: &str| {
            let fields = [
                ("lang", "en"),
                ("title", "A hard night"),
                ("body", "We lost a patient."),
                ("warning", warning),
                ("revision", ""),
            ];
            fields.map(|(name, value)| (name, value.to_owned()))
        };
        let edited = edit(&long);
        let edited: Vec<(&str, &str)> = edited.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let refused = browser.post(&format!("/p/{id}/edit"), &edited).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let edited = edit("");
        let edited: Vec<(&str, &str)> = edited.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let saved = browser.post(&format!("/p/{id}/edit"), &edited).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        let page = browser.get(&format!("/p/{id}")).await;
        assert!(page.says("<p>We lost a patient.</p>") && !page.says("content-warning"));
        let history = browser.get(&format!("/p/{id}/history")).await;
        assert!(history.says("<details class=\"content-warning\">"));
    });
}

#[test]
fn a_text_in_a_language_we_do_not_offer_is_shown_and_edited_alone() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let written = [
            ["de", "Zetteln", "Ein Pflock."],
            ["en", "Warping", "A peg."],
        ];
        let id = thread(&world, ann, weavers, &written).await;
        browser.sign_in(&world, ann).await;
        let edit = format!("/p/{id}/edit");
        let form = browser.get(&edit).await;
        assert!(form.says("value=\"Zetteln\"") && form.says("value=\"de\" selected>Deutsch<"));
        assert!(!form.says("title2"));
        let sent = [
            ("lang", "de"),
            ("title", "Schären"),
            ("body", "Ein Pflock."),
        ];
        let saved = browser.post(&edit, &sent).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        let (title, _) = texts(&world, id).await;
        assert_eq!(title, LangText::new([("de", "Schären"), ("en", "Warping")]));
        assert!(
            browser
                .get(&format!("/p/{id}"))
                .await
                .says("<h1 dir=\"auto\">Warping</h1>")
        );
        let french = browser.get(&format!("/p/{id}?lang=fr")).await;
        assert!(
            french.says("<h1 dir=\"auto\" lang=\"de\">Schären</h1>"),
            "{}",
            french.html
        );
    });
}

#[test]
fn a_community_keeps_its_other_languages_too() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let charter = Charter {
            name: LangText::new([("de", "Weben"), ("en", "Weavers")]),
            purpose: LangText::single("en", "We learn together."),
            domain: LangText::single("de", "Stoffe"),
            languages: vec!["en".into()],
            ..Charter::default()
        };
        let describe =
            move |tx: &mut domain::Tx<'_>| domain::community::describe(tx, ann, weavers, &charter);
        world.ops.write(describe).await.unwrap();
        browser.sign_in(&world, ann).await;
        let sent = [
            ("name_en", "Weaving"),
            ("name_fr", "Tissage"),
            ("purpose_en", "We learn."),
            ("languages", "en"),
        ];
        let saved = browser.post("/c/weavers/edit", &sent).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        let row = move |db: &mut store::Db| {
            store::raw::community::by_id(db, weavers).map_err(Error::from)
        };
        let row = world.ops.store().read(row).await.unwrap().unwrap();
        let name = LangText::new([("de", "Weben"), ("en", "Weaving"), ("fr", "Tissage")]);
        assert_eq!(row.community.name, name);
        let front = browser.get("/c/weavers").await;
        assert!(
            front.says("<div class=\"prose\" dir=\"auto\" lang=\"de\">"),
            "{}",
            front.html
        );
    });
}
