//! Lemmy: from its own community, and in a local one.

use super::fixture_network::FixtureNetwork;
use super::fixture_table::{ANN, FixtureTable, WEAVERS, line};

const GROUP: &str = "https://lemmy.example/c/dialogue";
const POST: &str = "https://lemmy.example/post/44";

/// Ann follows Lemmy's community, which announces what happens in it.
pub(super) const LEMMY: FixtureTable = FixtureTable {
    served: &[
        "lemmy/group",
        "lemmy/person",
        "lemmy/moderator",
        "lemmy/moderators",
    ],
    followed: &["lemmy/group"],
    lines: &[
        line("lemmy/accept-follow", "lemmy/group", "done")
            .with(&[("https://lemmy.example/u/lou", ANN)])
            .looks(GROUP, "“Dialogue” dialogue@lemmy.example; followed by ann; looked after by mod@lemmy.example"),
        line("lemmy/announce-create-page", "lemmy/group", "done").looks(POST, "“Listening in pairs” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening"),
        line("lemmy/announce-page", "lemmy/group", "done").looks(GROUP, "“Dialogue” dialogue@lemmy.example; followed by ann; looked after by mod@lemmy.example; has “Listening in pairs”"),
        line("lemmy/create-comment", "lemmy/group", "done")
            .looks("https://lemmy.example/comment/77", "reply by lou@lemmy.example in dialogue@lemmy.example: We tried it with three."),
        line("lemmy/like", "lemmy/group", "done").looks(POST, "“Listening in pairs” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening ♥1"),
        line("lemmy/undo-like", "lemmy/group", "done").looks(POST, "“Listening in pairs” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening"),
        line(
            "lemmy/dislike",
            "lemmy/group",
            "ignored: dislikes are not counted here",
        ),
        line(
            "lemmy/undo-dislike",
            "lemmy/group",
            "ignored: dislikes are not counted here",
        ),
        line("lemmy/update-page", "lemmy/group", "done").looks(POST, "“Listening in threes” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening"),
        line(
            "lemmy/lock",
            "lemmy/group",
            "ignored: threads are not locked here",
        ),
        line(
            "lemmy/undo-lock",
            "lemmy/group",
            "ignored: threads are not locked here",
        ),
        line(
            "lemmy/add-featured",
            "lemmy/group",
            "ignored: pins and other lists are not kept",
        ),
        line(
            "lemmy/remove-featured",
            "lemmy/group",
            "ignored: pins and other lists are not kept",
        ),
        line("lemmy/add-moderator", "lemmy/group", "done")
            .meanwhile("lemmy/moderators", "orderedItems", r#"["https://lemmy.example/u/mod", "https://lemmy.example/u/lou"]"#)
            .looks(GROUP, "“Dialogue” dialogue@lemmy.example; followed by ann; looked after by lou@lemmy.example; looked after by mod@lemmy.example; has “Listening in threes”"),
        line("lemmy/remove-moderator", "lemmy/group", "done")
            .meanwhile("lemmy/moderators", "orderedItems", r#"["https://lemmy.example/u/mod"]"#)
            .looks(GROUP, "“Dialogue” dialogue@lemmy.example; followed by ann; looked after by mod@lemmy.example; has “Listening in threes”"),
        line(
            "lemmy/block",
            "lemmy/group",
            "ignored: bans are kept by the community that made them",
        ),
        line(
            "lemmy/undo-block",
            "lemmy/group",
            "ignored: bans are kept by the community that made them",
        ),
        line(
            "lemmy/warn",
            "lemmy/group",
            "ignored: warnings are between a community and its member",
        ),
        line("lemmy/update-group", "lemmy/group", "done").looks(GROUP, "“Dialogue and listening” dialogue@lemmy.example: How we listen to one another.; followed by ann; looked after by mod@lemmy.example; has “Listening in threes”"),
        line("lemmy/delete", "lemmy/group", "done").looks(POST, "taken away"),
        line("lemmy/undo-delete", "lemmy/group", "done").looks(POST, "“Listening in threes” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening"),
        line("lemmy/delete-by-moderator", "lemmy/group", "done").looks(POST, "taken away"),
        line("lemmy/undo-delete-by-moderator", "lemmy/group", "done").looks(POST, "“Listening in threes” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening"),
        line("lemmy/delete-by-community", "lemmy/group", "done").looks(POST, "taken away"),
    ],
    looked: &[],
    unasked: &[
        ("lemmy/nodeinfo", "stands behind /.well-known/nodeinfo"),
        ("lemmy/webfinger", "is asked where a handle is typed"),
        ("lemmy/featured", "pins and other lists are not kept"),
        ("lemmy/followers", "only tells how many"),
    ],
};

/// A person at Lemmy takes part in a local community.
pub(super) const OURS: FixtureTable = FixtureTable {
    served: &["lemmy/person"],
    followed: &[],
    lines: &[
        line("lemmy/follow", "lemmy/person", "done")
            .with(IN_OURS)
            .looks(WEAVERS, "“weavers” weavers: We look after it together.; followed by ann; followed by lou@lemmy.example; has “Warping a heddle”"),
        line("lemmy/create-comment", "lemmy/person", "done")
            .with(IN_OURS)
            .looks(
                "https://lemmy.example/comment/77",
                "reply by lou@lemmy.example in weavers@alpha.example: We tried it with three.",
            ),
        line("lemmy/like", "lemmy/person", "done")
            .with(IN_OURS)
            .looks("https://alpha.example/p/1", LIKED),
        line(
            "lemmy/dislike",
            "lemmy/person",
            "ignored: dislikes are not counted here",
        )
        .with(IN_OURS)
        .looks("https://alpha.example/p/1", LIKED),
        line(
            "lemmy/flag",
            "lemmy/person",
            "ignored: reports of other servers are not taken yet",
        )
        .with(IN_OURS),
        line(
            "lemmy/delete",
            "lemmy/person",
            "rejected: not allowed: author-or-moderator",
        )
        .with(IN_OURS)
        .looks("https://alpha.example/p/1", LIKED),
    ],
    looked: &[],
    unasked: &[],
};

const LIKED: &str =
    "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think? ♥1";

const IN_OURS: &[(&str, &str)] = &[
    ("https://lemmy.example/c/dialogue", WEAVERS),
    (POST, "https://alpha.example/p/1"),
];

#[tokio::test]
async fn activities_of_a_followed_lemmy_community() {
    let network = FixtureNetwork::new().await;
    network.part("lemmy/announce-page");
    network.send_all(&LEMMY).await;
}

#[tokio::test]
async fn activities_of_lemmy_in_a_local_community() {
    FixtureNetwork::new().await.send_all(&OURS).await;
}

/// Builds a Page of Lou's in Lemmy's community, which Mod moderates.
async fn lous_page() -> FixtureNetwork {
    let network = FixtureNetwork::new().await;
    network.prepare(&LEMMY).await;
    for file in ["lemmy/accept-follow", "lemmy/announce-create-page"] {
        assert_eq!(network.sent(LEMMY.line(file)).await, "done");
    }
    network
}

/// Sends Mod's Update of Lou's Page. Its server has the text `at_home`; the embedded object has another.
async fn send_as_moderator(
    network: &FixtureNetwork,
    number: usize,
    at_home: &str,
    announced: bool,
) -> String {
    let mut update = network.fixture("lemmy/update-page", &[]);
    let mut page = update["object"].clone();
    page["name"] = at_home.into();
    network.publish(page);
    update["actor"] = network.localize("https://lemmy.example/u/mod").into();
    update["id"] = network.localize(&format!("{POST}/update/{number}")).into();
    update["object"]["name"] = "Buy".into();
    let group = network.fixture("lemmy/group", &[]);
    let moderator = network.fixture("lemmy/moderator", &[]);
    if announced {
        let announced = network.announced(&group, &update);
        network.send(&group, &announced).await
    } else {
        network.send(&moderator, &update).await
    }
}

#[tokio::test]
async fn a_moderators_edit_is_fetched_from_the_authors_server() {
    let network = lous_page().await;
    for (number, name) in ["Listening in fours", "Listening in fives"]
        .into_iter()
        .enumerate()
    {
        assert_eq!(
            send_as_moderator(&network, number, name, number == 0).await,
            "done"
        );
        let (_, before) = LEMMY.line("lemmy/update-page").looks.unwrap();
        let after = before.replace("Listening in threes", name);
        assert_eq!(network.looks(POST).await, after);
        let page = network.ann.page(&network.page_of(POST).await).await;
        assert!(page.contains(name) && !page.contains("Buy"), "{page}");
    }
}

#[tokio::test]
async fn a_moderators_removal_is_applied() {
    for announced in [true, false] {
        let network = lous_page().await;
        let removal = network.fixture("lemmy/delete-by-moderator", &[]);
        let ended = if announced {
            let group = network.fixture("lemmy/group", &[]);
            let announced = network.announced(&group, &removal);
            network.send(&group, &announced).await
        } else {
            let moderator = network.fixture("lemmy/moderator", &[]);
            network.send(&moderator, &removal).await
        };
        assert_eq!(ended, "done", "announced: {announced}");
        assert_eq!(network.looks(POST).await, "taken away");
        let html = [("accept", "text/html")];
        let (_, _, page) = network.alpha.get(&network.page_of(POST).await, &html).await;
        assert!(!page.contains("Two minutes each"), "{page}");
    }
}

testkit::on_postgres_too! {
    activities_of_a_followed_lemmy_community
    activities_of_lemmy_in_a_local_community
    a_moderators_edit_is_fetched_from_the_authors_server
    a_moderators_removal_is_applied
}
