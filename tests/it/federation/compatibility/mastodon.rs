//! Mastodon and those like it: they address no community, and reach it by a mention, by what they
//! answer, and by what they like.

use super::table::{ANN, Stage, Table, WEAVERS, line};

const MAE: &str = "https://mastodon.example/users/mae";
const NOTE: &str = "https://mastodon.example/users/mae/statuses/1150";

pub(super) const MASTODON: Table = Table {
    served: &["mastodon/person"],
    followed: &[],
    lines: &[
        line("mastodon/follow", "mastodon/person", "done"),
        line("mastodon/create-note", "mastodon/person", "done").looks(NOTE, "“Which reed for linen? #weaving” by mae@mastodon.example in weavers@alpha.example: @weavers Which reed for linen? #weaving A reed and a ruler"),
        line("mastodon/create-reply", "mastodon/person", "done")
            .looks("https://mastodon.example/users/mae/statuses/1154", "reply by mae@mastodon.example in weavers@alpha.example: @ann Twelve to the inch."),
        line("mastodon/like", "mastodon/person", "done").looks("https://alpha.example/p/1", "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think? ♥1"),
        line("mastodon/undo-like", "mastodon/person", "done")
            .looks("https://alpha.example/p/1", "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think?"),
        line("mastodon/announce", "mastodon/person", "ignored: boost"),
        line(
            "mastodon/undo-announce",
            "mastodon/person",
            "ignored: an announcement taken back",
        ),
        line("mastodon/update-note", "mastodon/person", "done").looks(NOTE, "“Which reed for 20/2 linen? #weaving” by mae@mastodon.example in weavers@alpha.example: @weavers Which reed for 20/2 linen? #weaving A reed and a ruler"),
        line("mastodon/update-person", "mastodon/person", "done"),
        line("mastodon/create-unlisted-note", "mastodon/person", "done"),
        line(
            "mastodon/create-followers-note",
            "mastodon/person",
            "ignored: not public",
        ),
        line(
            "mastodon/create-direct-note",
            "mastodon/person",
            "ignored: not public",
        ),
        line("mastodon/delete-note", "mastodon/person", "done").looks(NOTE, "taken away"),
    ],
    looked: &[],
    unasked: &[
        ("mastodon/nodeinfo", "stands behind /.well-known/nodeinfo"),
        ("mastodon/webfinger", "is asked where a handle is typed"),
    ],
};

/// Where somebody leaves, or moves on.
pub(super) const GONE: Table = Table {
    served: &["mastodon/person"],
    followed: &["mastodon/person"],
    lines: &[
        line("mastodon/move", "mastodon/person", "done"),
        line("mastodon/delete-person", "mastodon/person", "done"),
    ],
    looked: &[],
    unasked: &[],
};

/// GoToSocial, snac and Mitra.
pub(super) const SMALL: Table = Table {
    served: &["gotosocial/person", "snac/person", "mitra/person"],
    followed: &["snac/person"],
    lines: &[
        line("snac/accept-follow", "snac/person", "done")
            .with(&[("https://gts.example/users/gil", ANN)]),
        line("snac/follow", "snac/person", "done").with(TO_US),
        line("mitra/follow", "mitra/person", "done").with(TO_US),
        line("mitra/undo-follow", "mitra/person", "done").with(TO_US),
        line("gotosocial/follow", "gotosocial/person", "done")
            .with(&[("https://snac.example/sol", WEAVERS)]),
        line("gotosocial/create-note", "gotosocial/person", "done")
            .with(TO_US)
            .looks("https://gts.example/users/gil/statuses/01N8", "reply by gil@gts.example in weavers@alpha.example: Has anyone compared honey with silver? @noor We keep notes on it, happy to share"),
        line("gotosocial/like", "gotosocial/person", "done")
            .with(TO_US)
            .looks("https://alpha.example/p/1", "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think? ♥1"),
        line("gotosocial/announce", "gotosocial/person", "ignored: boost").with(TO_US),
        line("gotosocial/undo-follow", "gotosocial/person", "done").with(TO_US),
    ],
    looked: &[],
    unasked: &[],
};

const TO_US: &[(&str, &str)] = &[
    ("https://nodebb.example/category/4", WEAVERS),
    (
        "https://nodebb.example/post/21",
        "https://alpha.example/p/1",
    ),
    ("https://nodebb.example/uid/7", ANN),
];

#[tokio::test]
async fn somebody_at_mastodon_takes_part() {
    Stage::set().await.play(&MASTODON).await;
}

#[tokio::test]
async fn the_small_ones_take_part() {
    Stage::set().await.play(&SMALL).await;
}

#[tokio::test]
async fn somebody_moves_from_mastodon_to_gotosocial() {
    let stage = Stage::set().await;
    stage.open(&GONE).await;
    let moving = &GONE.lines[0];
    let refused = stage.sent(moving).await;
    assert_eq!(
        refused,
        "rejected: the old address does not say that it moved"
    );

    let (old, new) = ("mastodon/person", "gotosocial/person");
    stage.publish_with(old, "movedTo", "https://gts.example/users/gil");
    stage.publish_with(new, "name", "Gil");
    let refused = stage.sent_again(moving, "2").await;
    assert_eq!(
        refused,
        "rejected: the new address does not know the old one"
    );

    stage.publish_with(new, "alsoKnownAs", MAE);
    let _ = stage.net.wire_since();
    assert_eq!(stage.sent_again(moving, "3").await, "done");
    assert_eq!(stage.ann.follows("@mae@mastodon.example").await, None);
    assert_eq!(
        stage.ann.follows("@gil@gts.example").await,
        Some(false),
        "asked, and not answered yet"
    );
    assert_eq!(stage.posted("gts.example"), ["Follow"]);
    assert_eq!(stage.posted("mastodon.example"), ["Follow", "Undo"]);
    assert_eq!(stage.ann.notices().await, ["moved by gil@gts.example"]);
    let page = stage.ann.page("/u/mae@mastodon.example").await;
    assert!(page.contains("/u/gil@gts.example"), "{page}");
}

/// A move to an address of ours that nobody has.
pub(super) const NOBODY_HERE: &str = "rejected: nobody here has the new address";

#[tokio::test]
async fn somebody_moves_from_mastodon_to_us() {
    const MARA: &str = "https://alpha.example/u/mara";
    let stage = Stage::set().await;
    stage.open(&GONE).await;
    let early = line("mastodon/move", "mastodon/person", NOBODY_HERE)
        .with(&[("https://gts.example/users/gil", MARA)]);
    assert_eq!(stage.sent_again(&early, "0").await, early.ends);
    let mara = stage.alpha.person("mara").await;
    let moving = line("mastodon/move", "mastodon/person", "done")
        .with(&[("https://gts.example/users/gil", MARA)]);
    stage.publish_with("mastodon/person", "movedTo", MARA);
    assert_eq!(
        stage.sent(&moving).await,
        "rejected: the new address does not know the old one"
    );

    mara.also_known_as("@mara@alpha.example", "@mae@mastodon.example")
        .await;
    assert_eq!(stage.sent_again(&moving, "2").await, "done");
    assert_eq!(stage.ann.follows("@mae@mastodon.example").await, None);
    assert_eq!(stage.ann.follows("@mara@alpha.example").await, Some(true));
    assert_eq!(stage.ann.notices().await, ["moved by mara@alpha.example"]);
}

#[tokio::test]
async fn somebody_leaves_mastodon_for_good() {
    let stage = Stage::set().await;
    stage.open(&GONE).await;
    let farewell = &GONE.lines[1];
    let there = stage.sent(farewell).await;
    assert_eq!(there, "ignored: it is still there");
    stage.bury(MAE);
    assert_eq!(stage.sent_again(farewell, "2").await, farewell.ends);
    let gone = stage.alpha.actor("mae@mastodon.example").await.unwrap();
    assert_eq!(gone.state, model::ActorState::Deleted);
}

testkit::on_postgres_too! {
    somebody_at_mastodon_takes_part
    the_small_ones_take_part
    somebody_moves_from_mastodon_to_gotosocial
    somebody_leaves_mastodon_for_good
}
