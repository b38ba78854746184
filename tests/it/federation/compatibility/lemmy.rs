//! Lemmy, from a community of its own and in one of ours.

use super::table::{ANN, Stage, Table, WEAVERS, line};

const POST: &str = "https://lemmy.example/post/44";

/// Ann follows Lemmy's community, which announces what happens in it.
pub(super) const LEMMY: Table = Table {
    served: &[
        "lemmy/group",
        "lemmy/person",
        "lemmy/moderator",
        "lemmy/moderators",
    ],
    followed: &["lemmy/group"],
    lines: &[
        line("lemmy/accept-follow", "lemmy/group", "done")
            .with(&[("https://lemmy.example/u/lou", ANN)]),
        line("lemmy/announce-create-page", "lemmy/group", "done").looks(POST, "“Listening in pairs” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening"),
        line("lemmy/announce-page", "lemmy/group", "done"),
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
        line("lemmy/add-moderator", "lemmy/group", "done"),
        line("lemmy/remove-moderator", "lemmy/group", "done"),
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
        line("lemmy/update-group", "lemmy/group", "done"),
        line("lemmy/delete", "lemmy/group", "done").looks(POST, "taken away"),
        line("lemmy/undo-delete", "lemmy/group", "done").looks(POST, "“Listening in pairs” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening"),
        line("lemmy/delete-by-moderator", "lemmy/group", "done").looks(POST, "taken away"),
        line("lemmy/undo-delete-by-moderator", "lemmy/group", "done").looks(POST, "“Listening in pairs” by lou@lemmy.example in dialogue@lemmy.example: Two minutes each, no questions. https://reading.example/listening"),
    ],
    looked: &[],
    unasked: &[
        ("lemmy/nodeinfo", "stands behind /.well-known/nodeinfo"),
        ("lemmy/webfinger", "is asked where a handle is typed"),
        ("lemmy/featured", "pins and other lists are not kept"),
        ("lemmy/followers", "only tells how many"),
    ],
};

/// Somebody at Lemmy takes part in a community of ours.
pub(super) const OURS: Table = Table {
    served: &["lemmy/person"],
    followed: &[],
    lines: &[
        line("lemmy/follow", "lemmy/person", "done").with(IN_OURS),
        line("lemmy/create-comment", "lemmy/person", "done")
            .with(IN_OURS)
            .looks("https://lemmy.example/comment/77", "reply by lou@lemmy.example in weavers@alpha.example: We tried it with three."),
        line("lemmy/like", "lemmy/person", "done")
            .with(IN_OURS)
            .looks("https://alpha.example/p/1", "“Warping a heddle” by ann@alpha.example in weavers@alpha.example: What do you think? ♥1"),
        line(
            "lemmy/dislike",
            "lemmy/person",
            "ignored: dislikes are not counted here",
        )
        .with(IN_OURS),
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
        .with(IN_OURS),
    ],
    looked: &[],
    unasked: &[],
};

const IN_OURS: &[(&str, &str)] = &[
    ("https://lemmy.example/c/dialogue", WEAVERS),
    (POST, "https://alpha.example/p/1"),
];

#[tokio::test]
async fn a_followed_community_of_lemmy() {
    let stage = Stage::set().await;
    stage.part("lemmy/announce-page");
    stage.play(&LEMMY).await;
}

#[tokio::test]
async fn lemmy_in_a_community_of_ours() {
    Stage::set().await.play(&OURS).await;
}

testkit::on_postgres_too! {
    a_followed_community_of_lemmy
    lemmy_in_a_community_of_ours
}
