//! Forums: NodeBB and PieFed.

use super::fixture_network::FixtureNetwork;
use super::fixture_table::{ANN, FixtureTable, WEAVERS, line};

const CATEGORY: &str = "https://nodebb.example/category/4";

/// Ann follows NodeBB's category, which announces what happens in it.
pub(super) const NODEBB: FixtureTable = FixtureTable {
    served: &["nodebb/group", "nodebb/person", "gotosocial/person"],
    followed: &["nodebb/group"],
    lines: &[
        line("nodebb/accept-follow", "nodebb/group", "done")
            .with(&[("https://snac.example/sol", ANN)])
            .looks(CATEGORY, "“Wound care” wound-care@nodebb.example: Dressings, healing and what we learned; followed by ann"),
        line("nodebb/announce-article", "nodebb/group", "done").looks(
            "https://nodebb.example/post/21",
            "“Honey dressings” by noor@nodebb.example in wound-care@nodebb.example: Has anyone compared honey with silver?",
        ),
        line("nodebb/announce-create-article", "nodebb/group", "done").looks(CATEGORY, "“Wound care” wound-care@nodebb.example: Dressings, healing and what we learned; followed by ann; has “Honey dressings”"),
        line("nodebb/announce-create-note", "nodebb/group", "done").looks(
            "https://gts.example/users/gil/statuses/01N8",
            "reply by gil@gts.example in wound-care@nodebb.example: @noor We keep notes on it, happy to share",
        ),
        line("nodebb/announce-note", "nodebb/group", "done").looks(
            "https://pasture.example/obj/7d88",
            "“Audio as Document” by pasture@pasture.example in wound-care@nodebb.example: Audio as Document the moo sound of a cow",
        ),
        line("nodebb/announce-like-article", "nodebb/group", "done").looks(
            "https://nodebb.example/post/21",
            "“Honey dressings” by noor@nodebb.example in wound-care@nodebb.example: Has anyone compared honey with silver? ♥1",
        ),
        line(
            "nodebb/create-note",
            "nodebb/person",
            "done",
        )
        .looks("https://nodebb.example/post/22", "reply by noor@nodebb.example in wound-care@nodebb.example: Our nurses have, over two winters"),
        line("nodebb/follow-by-group", "nodebb/group", "done")
            .with(&[("https://piefed.example/c/orchards", WEAVERS)])
            .looks(WEAVERS, "“weavers” weavers: We look after it together.; followed by ann; followed by wound-care@nodebb.example; has “Warping a heddle”"),
    ],
    looked: &[],
    unasked: &[],
};

/// Nobody follows the category, but Ann follows Noor, whose reply is the first post to be received.
pub(super) const MIDDLE: FixtureTable = FixtureTable {
    served: &[
        "nodebb/group",
        "nodebb/person",
        "nodebb/article",
        "nodebb/topic-collection",
    ],
    followed: &["nodebb/person"],
    lines: &[line("nodebb/create-note", "nodebb/person", "done").looks(
        "https://nodebb.example/post/21",
        "“Honey dressings” by noor@nodebb.example in wound-care@nodebb.example: Has anyone compared honey with silver?",
    )],
    looked: &[],
    unasked: &[],
};

/// The category is seen for the first time.
pub(super) const FIRST_SIGHT: FixtureTable = FixtureTable {
    served: &["nodebb/group", "nodebb/person", "nodebb/group-outbox"],
    followed: &["nodebb/group"],
    lines: &[],
    looked: &[(
        "nodebb/article",
        "https://nodebb.example/post/21",
        "“Honey dressings” by noor@nodebb.example in wound-care@nodebb.example: Has anyone compared honey with silver?",
    )],
    unasked: &[],
};

pub(super) const PIEFED: FixtureTable = FixtureTable {
    served: &[
        "piefed/group",
        "piefed/person",
        "piefed/moderators",
        "lemmy/person",
    ],
    followed: &["piefed/group"],
    lines: &[
        line("piefed/accept-follow", "piefed/group", "done")
            .with(&[("https://gts.example/users/gil", ANN)])
            .looks("https://piefed.example/c/orchards", "“Orchard keepers” orchards@piefed.example: Old varieties, new grafts; followed by ann; looked after by pim@piefed.example"),
        line("piefed/announce-create-question", "piefed/group", "done").looks(
            "https://piefed.example/c/orchards/p/21/when-to-meet",
            "“When to meet?” by pim@piefed.example in orchards@piefed.example: [several of Saturday | Sunday] When to meet? For the grafting day.",
        ),
        line("piefed/announce-create-page", "piefed/group", "done")
            .looks("https://piefed.example/c/orchards/p/12/pruning-quince", "“Pruning quince” by pim@piefed.example in orchards@piefed.example: When do you prune a quince?"),
        line("piefed/announce-create-article", "piefed/group", "done")
            .looks("https://pasture.example/obj/693f", "“bold” by pasture@pasture.example in orchards@piefed.example: bold"),
        line("piefed/announce-create-note", "piefed/group", "done")
            .looks("https://pasture.example/obj/6ff3", "“Image” by pasture@pasture.example in orchards@piefed.example: Image a cow"),
        line("piefed/announce-votes", "piefed/group", "done")
            .looks("https://piefed.example/c/orchards/p/12/pruning-quince", "“Pruning quince” by pim@piefed.example in orchards@piefed.example: When do you prune a quince? ♥2"),
        line("piefed/follow", "piefed/person", "done")
            .with(&[("https://nodebb.example/category/4", WEAVERS)])
            .looks(WEAVERS, "“weavers” weavers: We look after it together.; followed by ann; followed by pim@piefed.example; has “Warping a heddle”"),
        line("piefed/create-note", "piefed/person", "done")
            .with(&[
                ("https://nodebb.example/category/4", WEAVERS),
                (
                    "https://nodebb.example/post/21",
                    "https://alpha.example/p/1",
                ),
                ("https://nodebb.example/uid/7", ANN),
            ])
            .looks("https://piefed.example/comment/31", "reply by pim@piefed.example in weavers@alpha.example: Bees would like to know too"),
        line("piefed/like", "piefed/person", "done")
            .with(&[
                ("https://nodebb.example/category/4", WEAVERS),
                (
                    "https://nodebb.example/post/21",
                    "https://alpha.example/p/1",
                ),
            ])
            .looks("https://alpha.example/p/1", "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think? ♥1"),
    ],
    looked: &[],
    unasked: &[],
};

#[tokio::test]
async fn activities_of_a_followed_nodebb_category() {
    let network = FixtureNetwork::new().await;
    network.part("gotosocial/create-note");
    network.part("nodebb/announce-note");
    network.send_all(&NODEBB).await;
}

#[tokio::test]
async fn a_nodebb_topic_is_completed_from_a_reply() {
    let network = FixtureNetwork::new().await;
    network.send_all(&MIDDLE).await;
    assert_eq!(
        network.ann.notices().await,
        [""; 0],
        "what is fetched is no news"
    );
    let topic = network.localize("https://nodebb.example/post/21");
    let topic = network.ann.find(&topic).await.unwrap();
    network.ann.reply(&topic, "We did.").await;
    network.net.settle().await;
    let sent = network.last_posted("nodebb.example");
    let context = network.localize("https://nodebb.example/topic/9");
    assert_eq!(sent["object"]["context"], context.as_str());
}

/// Fetches a Note that names the category, by an author on another server.
async fn fetch_without_community(network: &FixtureNetwork) -> String {
    network.part("nodebb/announce-note");
    network.prepare(&FIRST_SIGHT).await;
    let note = network.localize("https://pasture.example/obj/7d88");
    assert!(network.ann.look_up(&note).await.is_some());
    network.net.settle().await;
    network.looks("https://pasture.example/obj/7d88").await
}

#[tokio::test]
async fn a_post_cannot_claim_a_community() {
    let network = FixtureNetwork::new().await;
    let alone = fetch_without_community(&network).await;
    assert_eq!(
        alone,
        "“Audio as Document” by pasture@pasture.example: Audio as Document the moo sound of a cow"
    );
    // The category's own announcement confirms it.
    let announce = NODEBB.line("nodebb/announce-note");
    assert_eq!(network.sent(announce).await, "done");
    let (at, like) = announce.looks.unwrap();
    assert_eq!(network.looks(at).await, like);
}

#[tokio::test]
async fn a_communitys_outbox_confirms_its_posts() {
    let network = FixtureNetwork::new().await;
    let mut outbox = network.fixture("nodebb/group-outbox", &[]);
    let note = network.localize("https://pasture.example/obj/7d88");
    let kept = outbox["orderedItems"].as_array_mut().unwrap();
    kept.push(serde_json::json!({ "type": "Announce", "id": format!("{note}#a"), "actor": "x:g", "object": note }));
    network.prepare(&FIRST_SIGHT).await;
    network.publish(outbox);
    network.part("nodebb/announce-note");
    assert!(network.ann.look_up(&note).await.is_some());
    network.net.settle().await;
    let (at, like) = NODEBB.line("nodebb/announce-note").looks.unwrap();
    assert_eq!(network.looks(at).await, like);
}

#[tokio::test]
async fn first_sight_of_a_nodebb_category() {
    let network = FixtureNetwork::new().await;
    network.send_all(&FIRST_SIGHT).await;
    let (reply, like) = NODEBB.line("nodebb/create-note").looks.unwrap();
    assert_eq!(network.looks(reply).await, like);
}

#[tokio::test]
async fn activities_of_a_followed_piefed_community() {
    let network = FixtureNetwork::new().await;
    network.part("piefed/announce-create-article");
    network.part("piefed/announce-create-note");
    network.send_all(&PIEFED).await;
}
