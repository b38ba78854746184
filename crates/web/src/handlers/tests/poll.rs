//! Polls on the pages: asking, voting without a script, and what is shown to whom.

use super::browser::Browser;
use domain::testing::World;
use http::StatusCode;
use store::Store;
use store::testing::on_sqlite;

const NEW: &str = "/c/weavers/new";

/// The fields of a poll, with others instead.
fn fields<'f>(instead: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut fields = vec![
        ("kind", "poll"),
        ("title", "What do you need?"),
        ("body", "So that we plan the winter."),
        ("lang", "en"),
        ("choices", "Training\r\n\r\nTime\nTemplates"),
        ("choices2", ""),
        ("way", "one"),
        ("places", "2"),
        ("results", "voted"),
        ("ends", "7"),
    ];
    fields.retain(|(name, _)| instead.iter().all(|(other, _)| other != name));
    fields.extend(instead);
    fields
}

/// Ann, who is signed in, and a community.
async fn scene(store: Store) -> (Browser, World) {
    let (mut browser, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    world.person("bea").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    browser.sign_in(&world, ann).await;
    (browser, world)
}

#[test]
fn a_poll_is_asked_and_answered() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = scene(store).await;
        let form = browser.get(&format!("{NEW}?kind=poll")).await;
        assert!(form.says("One on each line"), "{}", form.html);
        assert!(
            browser
                .get(&format!("{NEW}?kind=tip"))
                .await
                .says("Start a poll")
        );
        let done = browser.post(NEW, &fields(&[])).await;
        let at = done.location.clone();
        assert!(at.starts_with("/p/"), "{} {}", done.status, done.html);
        let page = browser.get(&at).await;
        assert!(page.says("Choose one") && page.says("Templates"));
        assert!(page.says("You see the results once you have voted."));
        assert!(!page.says("0 votes"));

        let vote = format!("{at}/vote");
        let none = browser.post(&vote, &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.says("Choose at least one"), "{}", none.html);
        let gone = browser.post(&vote, &[("choice", "7")]).await;
        assert!(gone.says("This poll has no such choice"));
        let done = browser.post(&vote, &[("choice", "1")]).await;
        let there = format!("{at}#poll");
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert_eq!(done.location, there, "to what one has voted in");
        let page = browser.get(&at).await;
        assert!(
            page.says("100%") && page.says("1 person voted"),
            "{}",
            page.html
        );
        assert!(page.says("Change my vote") && page.says("Your choice"));

        browser.sign_out();
        let page = browser.get(&at).await;
        assert!(page.says("Templates") && !page.says("100%"));
        let list = browser.get("/c/weavers/discussions?kind=poll").await;
        assert!(list.says("What do you need?"));
        let id = at.trim_start_matches("/p/").parse().unwrap();
        world.clock.pass(7 * 86_400);
        world
            .ops
            .write(move |tx| domain::poll::close(tx, id))
            .await
            .unwrap();
        let page = browser.get(&at).await;
        assert!(
            page.says("Result of the poll") && page.says("100%"),
            "{}",
            page.html
        );
    });
}

#[test]
fn needs_are_put_in_order_in_two_languages() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _) = scene(store).await;
        let ranked = fields(&[
            ("way", "ranked"),
            ("title2", "De quoi avez-vous besoin?"),
            ("body2", "Pour planifier l’hiver."),
            ("choices2", "Formation\nTemps\nModèles"),
        ]);
        let at = browser.post(NEW, &ranked).await.location;
        let page = browser.get(&format!("{at}?lang=fr")).await;
        assert!(page.text().contains("Formation"), "{}", page.html);
        let vote = format!("{at}/vote");
        let places = |all: [&'static str; 3]| {
            [
                ("place-0", all[0]),
                ("place-1", all[1]),
                ("place-2", all[2]),
            ]
        };
        let twice = browser.post(&vote, &places(["1", "1", ""])).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            twice
                .text()
                .contains("Give each number to one choice only."),
            "{}",
            twice.html
        );
        browser.post(&vote, &places(["2", "", "1"])).await;
        let page = browser.get(&format!("{at}?lang=fr")).await;
        let text = page.text();
        let order: Vec<usize> = ["Modèles", "Formation", "Temps"]
            .iter()
            .map(|name| text.rfind(name).unwrap())
            .collect();
        assert!(order.is_sorted(), "{text}");
        assert!(text.contains("2 points") && text.contains("premier choix de 1 personne"));
    });
}

#[test]
fn what_is_wrong_with_a_poll_is_said_beside_it() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _) = scene(store).await;
        let lots: String = (0..21).map(|n| format!("{n}\n")).collect();
        let long = "x".repeat(201) + "\nTime";
        let rtl = "\u{5d0}".repeat(201) + "\nTime";
        for (instead, words) in [
            (("choices", "Training"), "Write at least two choices"),
            (("choices", ""), "Write at least two choices"),
            (("choices", lots.as_str()), "A poll has at most 20 choices"),
            (("choices", long.as_str()), "at most 200 characters"),
            (("choices", "Time\nTime"), "Two choices are the same"),
            (
                ("choices", "Ti\u{301}me\nT\u{ed}me"),
                "Two choices are the same",
            ),
            // In whichever languages: a vote for Time could mean either.
            (
                ("choices2", "Temps\nHeures\nTime"),
                "Two choices are the same",
            ),
            (("choices", rtl.as_str()), "at most 200 characters"),
            (("ends", "-1"), "e-ends"),
            (("ends", "soon"), "e-ends"),
            (("way", "loudest"), "e-way"),
            (("results", "never"), "e-results"),
            (("choices2", "Formation"), "as many in each language"),
        ] {
            let page = browser.post(NEW, &fields(&[instead])).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(page.says(words), "{words}: {}", page.html);
            assert!(page.says("What do you need?"), "nothing typed is lost");
        }
        let many = fields(&[("way", "ranked"), ("places", "4")]);
        let page = browser.post(NEW, &many).await;
        assert!(
            page.says("not larger than the number of choices"),
            "{}",
            page.html
        );
    });
}

#[test]
fn once_somebody_has_voted_the_choices_stay() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _) = scene(store).await;
        let at = browser.post(NEW, &fields(&[])).await.location;
        let edit = format!("{at}/edit");
        assert!(browser.get(&edit).await.says("Templates"));
        let other = fields(&[("choices", "Training\nMoney"), ("ends", "same")]);
        let saved = browser.post(&edit, &other).await;
        assert_eq!(saved.location, at, "{}", saved.html);
        assert!(browser.get(&at).await.says("Money"));
        browser
            .post(&format!("{at}/vote"), &[("choice", "0")])
            .await;
        assert!(!browser.get(&at).await.says("after some votes"), "not yet");
        let later = fields(&[("choices", "Training\nMoney"), ("ends", "14")]);
        assert_eq!(browser.post(&edit, &later).await.location, at);
        let moved = browser.get(&at).await;
        assert!(!moved.says("after some votes"), "the end is no text");
        let form = browser.get(&edit).await;
        assert!(form.says("Somebody has voted") && !form.html.contains("name=\"choices\""));
        let again = fields(&[("choices", "A\nB"), ("ends", "30"), ("title", "What then?")]);
        assert_eq!(browser.post(&edit, &again).await.location, at);
        let page = browser.get(&at).await;
        assert!(
            page.says("What then?") && page.says("Money"),
            "{}",
            page.html
        );
        let reworded = "The text was changed after some votes had been cast.";
        assert!(page.says(reworded), "{}", page.html);
    });
}

#[test]
fn a_refused_vote_is_said_at_the_poll_and_its_address_leads_there() {
    on_sqlite(|store: Store| async move {
        let (mut browser, _world) = scene(store).await;
        let ranked = [("way", "ranked"), ("results", "always")];
        let at = browser.post(NEW, &fields(&ranked)).await.location;
        let vote = format!("{at}/vote");
        let none = browser.post(&vote, &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.says("<title>Error"), "{}", none.html);
        assert!(none.says("error-summary") && none.says("href=\"#choices\""));
        assert!(none.html.contains(&format!("action=\"{vote}#poll\"")));
        let to = format!("{at}#poll");
        assert_eq!(browser.get(&vote).await.location, to);

        // The language switch sends along what is chosen.
        let along = [("redraw", "form"), ("place-1", "1"), ("body", "")];
        let page = browser.post(&format!("{at}/reply"), &along).await;
        assert!(page.says("<option selected>1</option>"), "{}", page.html);

        let placed = [("place-0", "2"), ("place-2", "1")];
        assert_eq!(browser.post(&vote, &placed).await.location, to);
        let page = browser.get(&at).await;
        assert!(page.says("Your 1st choice") && page.says("Your 2nd choice"));
        assert!(!page.says("first for 0 people"));
    });
}

#[test]
fn its_author_ends_a_poll_now() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = scene(store).await;
        let at = browser.post(NEW, &fields(&[("ends", "4h")])).await.location;
        let edit = format!("{at}/edit");
        let form = browser.get(&edit).await;
        assert!(form.says("End the poll now"), "{}", form.html);
        let ended = browser.post(&edit, &fields(&[("ends", "now")])).await;
        assert_eq!(ended.location, at, "{}", ended.html);
        world.clock.pass(60);
        let page = browser.get(&at).await;
        assert!(!page.says("name=\"choice\""), "{}", page.html);
        let never = browser.post(NEW, &fields(&[("ends", "soon")])).await;
        assert_eq!(never.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}
