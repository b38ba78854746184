//! Activities that remote communities announce, and what others may not do in their name.

use super::*;
use model::MemberRole;

const MOD: &str = "https://beta.test/u/mod";

/// Ann follows the dyers, who have announced a page of bea's; mod moderates them.
async fn dyers_with_a_moderator() -> Scene {
    let scene = Scene::new().await;
    scene.ann_follows(scene.dyers).await;
    assert_eq!(scene.dyers(page()).await, "done");
    let moderator = scene
        .instance
        .stranger("beta.test", ActorKind::Person, "mod");
    let (moderator, dyers) = (moderator.await, scene.dyers);
    scene
        .instance
        .does(move |tx| domain::community::set_remote_moderators(tx, dyers, &[moderator]))
        .await;
    scene
}

async fn is_gone(scene: &Scene) -> bool {
    scene.post(NOTE).await.unwrap().deleted_at.is_some()
}

#[tokio::test]
async fn a_moderator_removes_what_another_wrote() {
    let scene = dyers_with_a_moderator().await;
    scene
        .instance
        .stranger("beta.test", ActorKind::Person, "mal")
        .await;
    let stranger = scene.send(MAL, "Delete", json!(NOTE)).await;
    assert_eq!(stranger, "rejected: not allowed: author-or-moderator");
    assert!(!is_gone(&scene).await);
    let mut removal = by(MOD, "Delete", json!(NOTE));
    removal["summary"] = json!("Off topic");
    assert_eq!(scene.receive(MOD, removal).await, "done");
    assert!(is_gone(&scene).await);
}

#[tokio::test]
async fn a_community_removes_what_is_in_it() {
    for announced in [true, false] {
        let scene = dyers_with_a_moderator().await;
        let removal = by(DYERS, "Delete", json!(NOTE));
        let outcome = if announced {
            scene.dyers(removal).await
        } else {
            scene.receive(DYERS, removal).await
        };
        assert_eq!(outcome, "done", "announced: {announced}");
        assert!(is_gone(&scene).await);
    }
    let scene = dyers_with_a_moderator().await;
    let spinners = scene
        .instance
        .stranger("gamma.test", ActorKind::Group, "spinners");
    scene.ann_follows(spinners.await).await;
    let spinners = "https://gamma.test/c/spinners";
    let outcome = scene.send(spinners, "Announce", by(spinners, "Delete", json!(NOTE)));
    assert_eq!(outcome.await, "rejected: not allowed: author-or-moderator");
    assert!(!is_gone(&scene).await);
}

#[tokio::test]
async fn new_words_are_the_authors_or_nobodys() {
    let scene = dyers_with_a_moderator().await;
    scene
        .instance
        .stranger("beta.test", ActorKind::Person, "mal")
        .await;
    let mut forged = page();
    forged["content"] = json!("<p>Buy.</p>");
    let stranger = scene.send(MAL, "Update", forged.clone()).await;
    assert_eq!(stranger, "rejected: the author is somebody else");
    // A moderator's hint sends us to look: what they send along is not looked at.
    let hint = scene.send(MOD, "Update", forged).await;
    assert_eq!(hint, "waiting: could not be fetched: unreachable");
    let post = scene.post(NOTE).await.unwrap();
    assert_eq!(post.html.first().unwrap().1, "<p>Which reed?</p>");
}

#[tokio::test]
async fn only_whoever_removed_it_may_bring_it_back() {
    let scene = dyers_with_a_moderator().await;
    assert_eq!(scene.bea("Delete", json!(NOTE)).await, "done");
    let undo = |actor: &str| by(actor, "Delete", json!(NOTE));
    let foreign = scene.send(MOD, "Undo", undo(BEA)).await;
    assert_eq!(foreign, "rejected: takes back what somebody else did");
    // Its words would come from its own server, which nobody reaches here.
    let asked = scene.bea("Undo", undo(BEA)).await;
    assert_eq!(asked, "waiting: could not be fetched: unreachable");
    let ours = scene.thread_by_ann().await;
    let mut delete = undo(BEA);
    delete["object"] = json!(ours);
    let standing = scene.bea("Undo", delete).await;
    assert_eq!(standing, "done", "it stands");
}

#[tokio::test]
async fn several_things_are_announced_at_once() {
    let scene = dyers_with_a_moderator().await;
    let votes = json!([
        by(BEA, "Like", json!(NOTE)),
        by(MOD, "Dislike", json!(NOTE)),
        by(MOD, "Like", json!(NOTE)),
        by(ANN, "Like", json!(NOTE)),
    ]);
    assert_eq!(scene.dyers(votes).await, "done");
    assert_eq!(scene.post(NOTE).await.unwrap().like_count, 2);
    let none = json!([
        by(MOD, "Dislike", json!(NOTE)),
        by(BEA, "Lock", json!(NOTE))
    ]);
    let outcome = scene.dyers(none).await;
    assert_eq!(outcome, "ignored: dislikes are not counted here");
}

#[tokio::test]
async fn a_thread_without_a_place_finds_it_by_its_communitys_word() {
    let scene = Scene::new().await;
    scene.ann_follows(scene.bea).await;
    let mut lone = page();
    lone["audience"] = json!(null);
    lone["to"] = json!([PUBLIC]);
    assert_eq!(scene.bea("Create", lone).await, "done");
    assert_eq!(scene.post(NOTE).await.unwrap().community_id, None);
    let reply = note("https://beta.test/n/2", json!({"inReplyTo": NOTE}));
    assert_eq!(scene.bea("Create", reply).await, "done");
    scene.ann_follows(scene.dyers).await;
    assert_eq!(scene.dyers(json!(NOTE)).await, "done");
    for id in [NOTE, "https://beta.test/n/2"] {
        let place = scene.post(id).await.unwrap().community_id;
        assert_eq!(place, Some(scene.dyers), "{id}");
    }
}

#[tokio::test]
async fn lists_are_the_communitys_to_change() {
    let scene = dyers_with_a_moderator().await;
    let add = |target: &str| {
        let mut add = by(MOD, "Add", json!(BEA));
        add["target"] = json!(target);
        add
    };
    let pins = scene.dyers(add("https://beta.test/c/dyers/featured")).await;
    assert_eq!(pins, "ignored: pins and other lists are not kept");
    let direct = scene.receive(MOD, add("https://beta.test/c/dyers/moderators"));
    assert_eq!(direct.await, "ignored: its community will announce it");
    let dyers = scene.dyers;
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::community::members(
            db,
            domain::testing::reader(None),
            dyers,
            &[MemberRole::Moderator],
            9,
        )?)
    };
    let kept = scene.instance.fed.store().read(read).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn a_move_takes_more_than_a_word() {
    let scene = Scene::new().await;
    let moving = |object: &str, target: Value| {
        let mut moving = by(BEA, "Move", json!(object));
        moving["target"] = target;
        moving
    };
    for (object, target, answer) in [
        (BEA, json!(null), "rejected: no target"),
        (MAL, json!(GIL), "rejected: moves somebody else"),
        (BEA, json!(BEA), "rejected: moves nowhere"),
        (BEA, json!(GIL), "ignored: nobody here follows"),
    ] {
        assert_eq!(scene.receive(BEA, moving(object, target)).await, answer);
    }
    scene.ann_follows(scene.bea).await;
    let to_us = scene.receive(BEA, moving(BEA, json!(ANN))).await;
    let unknown = "rejected: the new address does not know the old one";
    assert_eq!(to_us, unknown);
    let nobody = "https://alpha.test/u/nobody";
    let nowhere = scene.receive(BEA, moving(BEA, json!(nobody))).await;
    assert_eq!(nowhere, "rejected: nobody here has the new address");
    let unproven = scene.receive(BEA, moving(BEA, json!(GIL))).await;
    assert_eq!(unproven, "waiting: could not be fetched: unreachable");
}

#[tokio::test]
async fn a_second_community_shares_a_thread_and_takes_only_its_own_share_back() {
    const SPINNERS: &str = "https://gamma.test/c/spinners";
    const ANNOUNCE: &str = "https://gamma.test/announce/1";
    let scene = dyers_with_a_moderator().await;
    let spinners = scene
        .instance
        .stranger("gamma.test", ActorKind::Group, "spinners")
        .await;
    scene.ann_follows(spinners).await;
    let owner = scene.post(NOTE).await.unwrap();
    let shared = || {
        let thread = owner.id;
        scene
            .instance
            .does(move |tx| Ok(store::post::shared_by(tx.db, thread)?))
    };
    let mut announce = by(SPINNERS, "Announce", json!(NOTE));
    announce["id"] = json!(ANNOUNCE);
    for _ in 0..2 {
        assert_eq!(scene.receive(SPINNERS, announce.clone()).await, "done");
    }
    assert_eq!(shared().await, [spinners]);
    assert_eq!(
        scene.post(NOTE).await.unwrap().community_id,
        owner.community_id,
        "it stays where it stands"
    );
    let left = "ignored: undo of an announcement that was not stored";
    let foreign = json!({"type": "Announce", "id": ANNOUNCE, "object": NOTE});
    assert_eq!(scene.send(BEA, "Undo", foreign.clone()).await, left);
    assert_eq!(scene.send(SPINNERS, "Undo", foreign.clone()).await, "done");
    assert_eq!(shared().await, Vec::<ActorId>::new());
    assert_eq!(scene.send(SPINNERS, "Undo", foreign).await, left);
    let ours = scene.thread_by_ann().await;
    assert_eq!(
        scene.send(SPINNERS, "Announce", json!(ours)).await,
        "done",
        "ours may be shared too"
    );
}
