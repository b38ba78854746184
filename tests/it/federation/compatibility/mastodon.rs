//! Mastodon and similar software: they do not address communities, and reach them by mentions, replies and
//! likes.

use super::fixture_network::FixtureNetwork;
use super::fixture_table::{ANN, FixtureTable, WEAVERS, line};

const FOLLOWERS_NOTE: &str = "https://mastodon.example/users/mae/statuses/1152";
const DIRECT_NOTE: &str = "https://mastodon.example/users/mae/statuses/1151";
const MAE: &str = "https://mastodon.example/users/mae";
const QUESTION: &str = "https://mastodon.example/users/mae/statuses/1170";
const NOTE: &str = "https://mastodon.example/users/mae/statuses/1150";

pub(super) const MASTODON: FixtureTable = FixtureTable {
    served: &["mastodon/person"],
    followed: &[],
    lines: &[
        line("mastodon/follow", "mastodon/person", "done").looks(WEAVERS, "“weavers” weavers: We look after it together.; followed by ann; followed by mae@mastodon.example; has “Warping a heddle”"),
        line("mastodon/create-note", "mastodon/person", "done").looks(NOTE, "“Which reed for linen? #weaving” by mae@mastodon.example in weavers@alpha.example: @weavers Which reed for linen? #weaving A reed and a ruler"),
        line("mastodon/create-reply", "mastodon/person", "done")
            .looks("https://mastodon.example/users/mae/statuses/1154", "reply by mae@mastodon.example in weavers@alpha.example: @ann Twelve to the inch."),
        line("mastodon/create-question", "mastodon/person", "done")
            .looks(QUESTION, "“Which fibre for a first warp?” by mae@mastodon.example in weavers@alpha.example: [one of Cotton | Linen | Wool] @weavers Which fibre for a first warp?"),
        line("mastodon/update-question", "mastodon/person", "done")
            .looks(QUESTION, "“Which fibre for a first warp?” by mae@mastodon.example in weavers@alpha.example: [one of Cotton | Linen | Wool] @weavers Which fibre for a first warp?"),
        // A vote in what is no poll.
        line("mastodon/create-vote", "mastodon/person", "ignored: a vote")
            .looks("https://mastodon.example/users/mae#votes/17", "not here"),
        line("mastodon/like", "mastodon/person", "done").looks("https://alpha.example/p/1", "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think? ♥1"),
        line("mastodon/undo-like", "mastodon/person", "done")
            .looks("https://alpha.example/p/1", "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think?"),
        line("mastodon/announce", "mastodon/person", "ignored: boost"),
        line(
            "mastodon/undo-announce",
            "mastodon/person",
            "ignored: undo of an announcement that was not stored",
        ),
        line("mastodon/update-note", "mastodon/person", "done").looks(NOTE, "“Which reed for 20/2 linen? #weaving” by mae@mastodon.example in weavers@alpha.example: @weavers Which reed for 20/2 linen? #weaving A reed and a ruler"),
        line("mastodon/update-person", "mastodon/person", "done").looks(MAE, "“Mae B.” mae@mastodon.example: <p>Midwife, she/her</p>; follows weavers"),
        line("mastodon/create-unlisted-note", "mastodon/person", "done")
            .looks("https://mastodon.example/users/mae/statuses/1153", "reply by mae@mastodon.example in weavers@alpha.example, not listed: Quietly: a size 60."),
        line(
            "mastodon/create-followers-note",
            "mastodon/person",
            "ignored: not public",
        )
        .looks(FOLLOWERS_NOTE, "not here"),
        line(
            "mastodon/create-direct-note",
            "mastodon/person",
            "ignored: not public",
        )
        .looks(DIRECT_NOTE, "not here"),
        line("mastodon/delete-note", "mastodon/person", "done").looks(NOTE, "taken away"),
    ],
    looked: &[],
    unasked: &[
        ("mastodon/nodeinfo", "stands behind /.well-known/nodeinfo"),
        ("mastodon/webfinger", "is asked where a handle is typed"),
    ],
};

/// Deletions and moves of accounts.
pub(super) const GONE: FixtureTable = FixtureTable {
    served: &["mastodon/person"],
    followed: &["mastodon/person"],
    lines: &[
        line("mastodon/move", "mastodon/person", "done").looks(
            "https://gts.example/users/gil",
            "“Gil” gil@gts.example; asked by ann",
        ),
        line("mastodon/delete-person", "mastodon/person", "done").looks(MAE, "gone"),
    ],
    looked: &[],
    unasked: &[],
};

/// GoToSocial, snac and Mitra.
pub(super) const SMALL: FixtureTable = FixtureTable {
    served: &["gotosocial/person", "snac/person", "mitra/person"],
    followed: &["snac/person"],
    lines: &[
        line("snac/accept-follow", "snac/person", "done")
            .with(&[("https://gts.example/users/gil", ANN)])
            .looks("https://snac.example/sol", "“sol” sol@snac.example: <br>; followed by ann"),
        line("snac/follow", "snac/person", "done")
            .with(TO_US)
            .looks("https://snac.example/sol", "“sol” sol@snac.example: <br>; followed by ann; follows weavers"),
        line("mitra/follow", "mitra/person", "done")
            .with(TO_US)
            .looks("https://mitra.example/users/mio", "“mio” mio@mitra.example; follows weavers"),
        line("mitra/create-note", "mitra/person", "done")
            .with(TO_US)
            .looks(SOAKED, "reply by mio@mitra.example in weavers@alpha.example: We soak them first."),
        line("mitra/undo-follow", "mitra/person", "done")
            .with(TO_US)
            .looks("https://mitra.example/users/mio", "“mio” mio@mitra.example"),
        line("gotosocial/follow", "gotosocial/person", "done")
            .with(&[("https://snac.example/sol", WEAVERS)])
            .looks("https://gts.example/users/gil", "“Gil” gil@gts.example; follows weavers"),
        line("gotosocial/create-note", "gotosocial/person", "done")
            .with(TO_US)
            .looks("https://gts.example/users/gil/statuses/01N8", "reply by gil@gts.example in weavers@alpha.example: [Has anyone compared honey with silver?] @noor We keep notes on it, happy to share"),
        line("gotosocial/like", "gotosocial/person", "done")
            .with(TO_US)
            .looks("https://alpha.example/p/1", "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think? ♥1"),
        line("gotosocial/announce", "gotosocial/person", "ignored: boost").with(TO_US),
        line("gotosocial/undo-follow", "gotosocial/person", "done")
            .with(TO_US)
            .looks("https://gts.example/users/gil", "“Gil” gil@gts.example"),
    ],
    looked: &[],
    unasked: &[],
};

/// A Move that only one side confirms.
pub(super) const ONE_SIDED: [&str; 2] = [
    "rejected: the old address does not say that it moved",
    "rejected: the new address does not know the old one",
];
/// A Delete of an actor that its server still serves.
pub(super) const STILL_THERE: &str = "ignored: it is still there";
/// A Delete by another actor, where the server answers 404.
pub(super) const NOT_CONFIRMED: &str = "ignored: its server does not say that it is gone";

const SOAKED: &str = "https://mitra.example/objects/01a20194-7710-7b02-9a61-5e0c7be3a1f3";

const TO_US: &[(&str, &str)] = &[
    ("https://nodebb.example/category/4", WEAVERS),
    (
        "https://nodebb.example/post/21",
        "https://alpha.example/p/1",
    ),
    ("https://nodebb.example/uid/7", ANN),
];

#[tokio::test]
async fn activities_of_mastodon() {
    FixtureNetwork::new().await.send_all(&MASTODON).await;
}

#[tokio::test]
async fn activities_of_gotosocial_snac_and_mitra() {
    FixtureNetwork::new().await.send_all(&SMALL).await;
}

#[tokio::test]
async fn a_person_moves_from_mastodon_to_gotosocial() {
    let network = FixtureNetwork::new().await;
    network.prepare(&GONE).await;
    let moving = &GONE.lines[0];
    let refused = network.sent(moving).await;
    assert_eq!(refused, ONE_SIDED[0]);

    let (old, new) = ("mastodon/person", "gotosocial/person");
    network.publish_with(old, "movedTo", "https://gts.example/users/gil");
    network.publish_with(new, "name", "Gil");
    let refused = network.sent_again(moving, "2").await;
    assert_eq!(refused, ONE_SIDED[1]);

    network.publish_with(new, "alsoKnownAs", MAE);
    let _ = network.net.wire_since();
    assert_eq!(network.sent_again(moving, "3").await, moving.ends);
    let (at, like) = moving.looks.unwrap();
    assert_eq!(network.looks(at).await, like);
    assert_eq!(network.ann.follows("@mae@mastodon.example").await, None);
    assert_eq!(
        network.ann.follows("@gil@gts.example").await,
        Some(false),
        "asked, and not answered yet"
    );
    assert_eq!(network.posted("gts.example"), ["Follow"]);
    assert_eq!(network.posted("mastodon.example"), ["Follow", "Undo"]);
    assert_eq!(network.ann.notices().await, ["moved by gil@gts.example"]);
    let page = network.ann.page("/u/mae@mastodon.example").await;
    assert!(page.contains("/u/gil@gts.example"), "{page}");
}

/// A Move to a local address without an account.
pub(super) const NOBODY_HERE: &str = "rejected: nobody here has the new address";

#[tokio::test]
async fn a_person_moves_from_mastodon_to_a_local_account() {
    const MARA: &str = "https://alpha.example/u/mara";
    let network = FixtureNetwork::new().await;
    network.prepare(&GONE).await;
    let early = line("mastodon/move", "mastodon/person", NOBODY_HERE)
        .with(&[("https://gts.example/users/gil", MARA)]);
    assert_eq!(network.sent_again(&early, "0").await, early.ends);
    let mara = network.alpha.person("mara").await;
    let moving = line("mastodon/move", "mastodon/person", "done")
        .with(&[("https://gts.example/users/gil", MARA)]);
    network.publish_with("mastodon/person", "movedTo", MARA);
    assert_eq!(
        network.sent(&moving).await,
        "rejected: the new address does not know the old one"
    );

    mara.also_known_as("@mara@alpha.example", "@mae@mastodon.example")
        .await;
    assert_eq!(network.sent_again(&moving, "2").await, "done");
    assert_eq!(network.ann.follows("@mae@mastodon.example").await, None);
    assert_eq!(network.ann.follows("@mara@alpha.example").await, Some(true));
    assert_eq!(network.ann.notices().await, ["moved by mara@alpha.example"]);
}

#[tokio::test]
async fn a_person_deletes_their_mastodon_account() {
    let network = FixtureNetwork::new().await;
    network.prepare(&GONE).await;
    let farewell = &GONE.lines[1];
    // Mae's server still serves Mae, as PieFed's does: Mae has signed the Delete.
    assert_eq!(network.sent(farewell).await, farewell.ends);
    let (at, like) = farewell.looks.unwrap();
    assert_eq!(network.looks(at).await, like);
    assert_eq!(network.ann.follows("@mae@mastodon.example").await, None);
}

#[tokio::test]
async fn a_deletion_that_somebody_else_reports_is_confirmed_first() {
    let network = FixtureNetwork::new().await;
    network.prepare(&GONE).await;
    let farewell = &GONE.lines[1];
    let (mae, gil) = ("mastodon/person", "gotosocial/person");
    network.publish(network.fixture(gil, &[]));
    // Anybody may send this about anybody: a 404 alone does not prove a deletion.
    let mut rumour = network.fixture(farewell.file, &[]);
    rumour["actor"] = network.localize("https://gts.example/users/gil").into();
    rumour["id"] = network.localize("https://gts.example/rumours/1").into();
    rumour["object"] = serde_json::json!({ "type": "Person", "id": network.localize(MAE) });
    let actual = network.send(&network.fixture(gil, &[]), &rumour).await;
    assert_eq!(actual, STILL_THERE);
    network.forget(MAE);
    // Its server is asked once a minute on the word of others.
    network.net.advance(61);
    rumour["id"] = network.localize("https://gts.example/rumours/2").into();
    let actual = network.send(&network.fixture(gil, &[]), &rumour).await;
    assert_eq!(actual, NOT_CONFIRMED);
    assert!(network.looks(MAE).await.starts_with("“Mae”"));
    let own = network.fixture(farewell.file, &[]);
    let actual = network.send(&network.fixture(mae, &[]), &own).await;
    assert_eq!(actual, farewell.ends);
    assert_eq!(network.looks(MAE).await, "gone");
}

testkit::on_postgres_too! {
    activities_of_mastodon
    activities_of_gotosocial_snac_and_mitra
    a_person_moves_from_mastodon_to_gotosocial
    a_person_deletes_their_mastodon_account
    a_deletion_that_somebody_else_reports_is_confirmed_first
}
