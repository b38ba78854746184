//! Activities of peers taken in by an instance without a network: what is done, and what is left
//! alone or refused with which reason. The journeys between whole instances are told elsewhere.

use super::process;
use crate::house::House;
use domain::Outcome;
use model::peer::InboundState;
use model::{ActorId, ActorKind, InboundId, PostId, Time};
use serde_json::{Value, json};
use store::row;

const BEA: &str = "https://beta.test/u/bea";
const DYERS: &str = "https://beta.test/c/dyers";
const WEAVERS: &str = "https://alpha.test/c/weavers";
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

struct Scene {
    house: House,
    weavers: ActorId,
    bea: ActorId,
    dyers: ActorId,
}

impl Scene {
    async fn new() -> Self {
        let house = House::new().await;
        let weavers = house.community("weavers").await;
        let bea = house.stranger("beta.test", ActorKind::Person, "bea").await;
        let dyers = house.stranger("beta.test", ActorKind::Group, "dyers").await;
        house.run().await;
        Self {
            house,
            weavers,
            bea,
            dyers,
        }
    }

    /// What becomes of an activity signed by somebody.
    async fn hears(&self, signer: &str, activity: Value) -> String {
        let ops = self.house.fed.ops();
        let (id, now): (InboundId, Time) = (ops.id(), ops.now());
        let row = row::Inbound {
            id,
            guard: id.to_string(),
            signer: signer.to_owned(),
            host: "beta.test".to_owned(),
            kind: activity["type"].as_str().unwrap_or_default().to_owned(),
            order_key: id.to_string(),
            body: Some(activity.to_string()),
            state: InboundState::Waiting,
            reason: None,
            attempts: 0,
            run_at: now,
            lease_until: now,
            received_at: now,
        };
        let kept = row.clone();
        self.house
            .does(move |tx| Ok(store::queue::inbound::insert(tx.db, &kept)?))
            .await;
        process(&self.house.fed, row).await;
        let read = move |db: &mut store::Db| -> Outcome<String> {
            for state in InboundState::ALL {
                let rows = store::queue::inbound::list(db, *state, InboundId(i64::MAX), 1_000)?;
                if let Some(row) = rows.into_iter().find(|row| row.id == id) {
                    let why = row.reason.map(|why| format!(": {why}")).unwrap_or_default();
                    return Ok(format!("{state}{why}"));
                }
            }
            Ok("lost".to_owned())
        };
        self.house.fed.store().read(read).await.unwrap()
    }

    async fn bea_says(&self, kind: &str, object: Value) -> String {
        let id = format!(
            "https://beta.test/{}",
            self.house.fed.ops().id::<InboundId>()
        );
        self.hears(
            BEA,
            json!({"id": id, "type": kind, "actor": BEA, "to": [PUBLIC], "object": object}),
        )
        .await
    }

    async fn dyers_announce(&self, object: Value) -> String {
        let id = format!(
            "https://beta.test/{}",
            self.house.fed.ops().id::<InboundId>()
        );
        self.hears(
            DYERS,
            json!({"id": id, "type": "Announce", "actor": DYERS, "to": [PUBLIC], "object": object}),
        )
        .await
    }

    async fn post(&self, ap_id: &str) -> Option<row::Post> {
        let ap_id = ap_id.to_owned();
        let read = move |db: &mut store::Db| -> Outcome<_> {
            Ok(store::discussion::by_ap_id(db, &ap_id)?)
        };
        self.house.fed.store().read(read).await.unwrap()
    }

    /// Ann follows a remote community.
    async fn ann_follows(&self, target: ActorId) {
        let ann = self.house.ann;
        self.house
            .does(move |tx| domain::follow::follow(tx, ann, target).map(|_| ()))
            .await;
        self.house.run().await;
        self.house.deliver().await;
    }
}

fn note(id: &str, more: Value) -> Value {
    let mut note = json!({"id": id, "type": "Note", "attributedTo": BEA, "to": [PUBLIC], "content": "<p>Which reed?</p>"});
    for (key, value) in more.as_object().unwrap() {
        note[key] = value.clone();
    }
    note
}

fn by(actor: &str, kind: &str, object: Value) -> Value {
    json!({"id": format!("{actor}#{kind}"), "type": kind, "actor": actor, "to": [PUBLIC], "object": object})
}

#[tokio::test]
async fn a_follow_is_asked_accepted_and_taken_back() {
    let scene = Scene::new().await;
    let follow =
        json!({"id": "https://beta.test/f/1", "type": "Follow", "actor": BEA, "object": WEAVERS});
    assert_eq!(scene.hears(BEA, follow.clone()).await, "done");
    assert_eq!(
        scene.house.sent().await,
        ["Accept(Follow) alpha.test/c/weavers → beta.test/inbox"]
    );
    assert_eq!(scene.bea_says("Undo", follow).await, "done");
    let again = json!({"type": "Follow", "actor": BEA, "object": WEAVERS});
    assert_eq!(
        scene.bea_says("Undo", again).await,
        "ignored: there was no such follow"
    );
    assert_eq!(
        scene
            .bea_says("Follow", json!("https://alpha.test/u/nobody"))
            .await,
        "ignored: follows nobody of ours"
    );
}

#[tokio::test]
async fn an_answer_is_matched_by_the_pair() {
    let scene = Scene::new().await;
    assert_eq!(
        scene
            .hears(
                DYERS,
                by(
                    DYERS,
                    "Accept",
                    json!({"type": "Follow", "actor": "https://alpha.test/u/ann", "object": DYERS})
                )
            )
            .await,
        "ignored: we had not asked"
    );
    scene.ann_follows(scene.dyers).await;
    let asked = |of: &str| json!({"id": "odd:1", "type": "Follow", "actor": "https://alpha.test/u/ann", "object": of});
    assert_eq!(
        scene.bea_says("Accept", asked(DYERS)).await,
        "rejected: answers for somebody else"
    );
    assert_eq!(
        scene.hears(DYERS, by(DYERS, "Accept", asked(DYERS))).await,
        "done"
    );
    let (ann, dyers) = (scene.house.ann, scene.dyers);
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::follow::between(db, ann, dyers)?) };
    assert!(
        scene
            .house
            .fed
            .store()
            .read(read)
            .await
            .unwrap()
            .unwrap()
            .accepted
    );
    let join = json!({"type": "Join", "actor": "https://alpha.test/u/ann", "object": DYERS});
    let answer = scene.hears(DYERS, by(DYERS, "Accept", join)).await;
    assert_eq!(answer, "ignored: not spoken yet: Accept of Join");
}

#[tokio::test]
async fn a_mention_opens_a_thread_that_is_announced_unchanged() {
    let scene = Scene::new().await;
    let gil = scene
        .house
        .stranger("gamma.test", ActorKind::Person, "gil")
        .await;
    scene.house.followed(gil, scene.weavers).await;
    let first = note(
        "https://beta.test/n/1",
        json!({"tag": {"type": "Mention", "href": WEAVERS}}),
    );
    assert_eq!(scene.bea_says("Create", first.clone()).await, "done");
    assert_eq!(
        scene.bea_says("Create", first).await,
        "done",
        "twice is once"
    );
    let thread = scene.post("https://beta.test/n/1").await.unwrap();
    assert_eq!(
        (thread.community_id, thread.title.as_str()),
        (Some(scene.weavers), "Which reed?")
    );
    let sent = scene.house.sent().await;
    assert_eq!(
        sent,
        [
            "Announce(Create) alpha.test/c/weavers → gamma.test/inbox",
            "Announce(id) alpha.test/c/weavers → gamma.test/inbox"
        ]
    );
    let reply = note(
        "https://beta.test/n/2",
        json!({"inReplyTo": "https://beta.test/n/1"}),
    );
    assert_eq!(scene.bea_says("Create", reply).await, "done");
    let reply = scene.post("https://beta.test/n/2").await.unwrap();
    assert_eq!(
        (reply.parent_id, reply.community_id),
        (Some(thread.id), Some(scene.weavers))
    );
    assert_eq!(
        scene.bea_says("Like", json!("https://beta.test/n/2")).await,
        "done"
    );
    let edited = note(
        "https://beta.test/n/2",
        json!({"inReplyTo": "https://beta.test/n/1", "content": "<p>This one.</p>"}),
    );
    assert_eq!(scene.bea_says("Update", edited).await, "done");
    assert_eq!(
        scene
            .bea_says("Undo", by(BEA, "Like", json!("https://beta.test/n/2")))
            .await,
        "done"
    );
    let reply = scene.post("https://beta.test/n/2").await.unwrap();
    assert_eq!(
        (reply.body_html.as_str(), reply.like_count),
        ("<p>This one.</p>", 0)
    );
    assert_eq!(
        scene
            .bea_says(
                "Delete",
                json!({"type": "Tombstone", "id": "https://beta.test/n/2"})
            )
            .await,
        "done"
    );
    assert!(
        scene
            .post("https://beta.test/n/2")
            .await
            .unwrap()
            .deleted_at
            .is_some()
    );
    let kinds: Vec<String> = scene
        .house
        .sent()
        .await
        .iter()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        kinds,
        [
            "Announce(Create)",
            "Announce(Like)",
            "Announce(Update)",
            "Announce(Undo)",
            "Announce(Delete)"
        ]
    );
}

#[tokio::test]
async fn nobody_speaks_for_another() {
    let scene = Scene::new().await;
    let thread = scene
        .house
        .thread(scene.house.ann, scene.weavers, "Warping")
        .await;
    let ours = format!("https://alpha.test/p/{thread}");
    let forged = json!({"type": "Note", "id": "https://beta.test/n/9", "attributedTo": "https://beta.test/u/mal", "to": [PUBLIC], "content": "x", "inReplyTo": ours});
    assert_eq!(
        scene.bea_says("Create", forged).await,
        "rejected: the author is somebody else"
    );
    let abroad = json!({"type": "Note", "id": "https://beta.test/n/9", "attributedTo": "https://gamma.test/u/gil", "to": [PUBLIC], "content": "x"});
    assert_eq!(
        scene.bea_says("Create", abroad).await,
        "rejected: the author is of another origin than the post"
    );
    assert_eq!(
        scene.bea_says("Delete", json!(ours)).await,
        "rejected: not allowed: author-or-moderator"
    );
    let edit = json!({"type": "Page", "id": ours, "attributedTo": BEA, "to": [PUBLIC], "content": "hacked"});
    assert_eq!(
        scene.bea_says("Update", edit).await,
        "rejected: not allowed: not-ours"
    );
    let as_ann = json!({"type": "Like", "actor": "https://alpha.test/u/ann", "object": ours});
    assert_eq!(scene.hears(BEA, as_ann).await, "ignored: our own");
    let taken_back = by("https://beta.test/u/mal", "Like", json!(ours));
    assert_eq!(
        scene.bea_says("Undo", taken_back).await,
        "rejected: takes back what somebody else did"
    );
    assert_eq!(
        scene
            .hears(
                BEA,
                by(
                    "https://gamma.test/u/gil",
                    "Like",
                    json!("https://gamma.test/1")
                )
            )
            .await,
        "ignored: forwarded"
    );
    assert!(scene.post("https://beta.test/n/9").await.is_none());
    let (ann, id): (ActorId, PostId) = (scene.house.ann, thread);
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::discussion::by_id(db, id)?) };
    let post = scene.house.fed.store().read(read).await.unwrap().unwrap();
    assert_eq!(
        (post.author_id, post.deleted_at, post.body_md.as_str()),
        (ann, None, "How?")
    );
}

#[tokio::test]
async fn private_strange_and_unwanted_things_are_left_alone() {
    let scene = Scene::new().await;
    let followers = note(
        "https://beta.test/n/1",
        json!({"to": ["https://beta.test/u/bea/followers"], "cc": [WEAVERS]}),
    );
    assert_eq!(
        scene.bea_says("Create", followers).await,
        "ignored: not public"
    );
    assert_eq!(
        scene
            .bea_says("Create", note("https://beta.test/n/2", json!({})))
            .await,
        "ignored: nobody here follows"
    );
    let reply = note(
        "https://beta.test/n/3",
        json!({"inReplyTo": "https://far.test/1"}),
    );
    assert_eq!(
        scene.bea_says("Create", reply).await,
        "ignored: nobody here follows"
    );
    let orphan = note(
        "https://beta.test/n/4",
        json!({"inReplyTo": "https://alpha.test/p/1", "cc": [WEAVERS]}),
    );
    assert_eq!(
        scene.bea_says("Create", orphan).await,
        "ignored: unknown object"
    );
    assert_eq!(
        scene.bea_says("Like", json!("https://beta.test/n/2")).await,
        "ignored: unknown object"
    );
    assert_eq!(
        scene
            .bea_says("Dislike", json!("https://beta.test/n/2"))
            .await,
        "ignored: not spoken yet: Dislike"
    );
    assert_eq!(
        scene.bea_says("Bite", json!(WEAVERS)).await,
        "ignored: not spoken yet: Bite"
    );
    assert_eq!(
        scene
            .bea_says("Announce", json!("https://far.test/1"))
            .await,
        "ignored: boost"
    );
    assert_eq!(
        scene.bea_says("Create", json!(null)).await,
        "rejected: no object"
    );
    let person = json!({"type": "Person", "id": "https://beta.test/u/new"});
    assert_eq!(
        scene.bea_says("Update", person).await,
        "ignored: unknown actor"
    );
    let encrypted = note("https://beta.test/n/5", json!({"type": "EncryptedMessage"}));
    assert_eq!(
        scene.bea_says("Create", encrypted).await,
        "ignored: no kind of post we know"
    );
}

#[tokio::test]
async fn a_deletion_before_its_create_keeps_it_out() {
    let scene = Scene::new().await;
    assert_eq!(
        scene
            .bea_says("Delete", json!("https://beta.test/n/1"))
            .await,
        "done"
    );
    let late = note("https://beta.test/n/1", json!({"cc": [WEAVERS]}));
    assert_eq!(scene.bea_says("Create", late).await, "ignored: gone");
    assert_eq!(
        scene.bea_says("Delete", json!("https://far.test/1")).await,
        "ignored: unknown object"
    );
}

#[tokio::test]
async fn a_followed_community_passes_on_what_happens_in_it() {
    let scene = Scene::new().await;
    let page = json!({"id": "https://beta.test/p/1", "type": "Page", "name": "Madder", "attributedTo": BEA, "to": [DYERS, PUBLIC], "audience": DYERS, "content": "<p>Root or powder?</p>"});
    let created = by(BEA, "Create", page.clone());
    assert_eq!(
        scene.dyers_announce(created.clone()).await,
        "ignored: nobody here follows"
    );
    scene.ann_follows(scene.dyers).await;
    assert_eq!(
        scene.bea_says("Create", page.clone()).await,
        "ignored: its community will announce it"
    );
    assert_eq!(scene.dyers_announce(created).await, "done");
    assert_eq!(
        scene.dyers_announce(page).await,
        "done",
        "announced twice, taken once"
    );
    let thread = scene.post("https://beta.test/p/1").await.unwrap();
    assert_eq!(
        (thread.community_id, thread.author_id),
        (Some(scene.dyers), scene.bea)
    );
    assert_eq!(
        scene
            .dyers_announce(by(BEA, "Like", json!("https://beta.test/p/1")))
            .await,
        "done"
    );
    assert_eq!(
        scene
            .dyers_announce(by(
                "https://alpha.test/u/ann",
                "Like",
                json!("https://beta.test/p/1")
            ))
            .await,
        "ignored: our own"
    );
    assert_eq!(
        scene.house.sent().await,
        [""; 0],
        "what another community announces, ours do not"
    );
    let other = scene
        .house
        .stranger("gamma.test", ActorKind::Group, "spinners")
        .await;
    scene.ann_follows(other).await;
    let spinners = "https://gamma.test/c/spinners";
    let stolen = by(
        spinners,
        "Announce",
        by(BEA, "Like", json!("https://beta.test/p/1")),
    );
    assert_eq!(
        scene.hears(spinners, stolen).await,
        "rejected: announced by another community"
    );
    assert_eq!(
        scene
            .dyers_announce(by(BEA, "Delete", json!("https://beta.test/p/1")))
            .await,
        "done"
    );
    assert!(
        scene
            .post("https://beta.test/p/1")
            .await
            .unwrap()
            .deleted_at
            .is_some()
    );
}

#[tokio::test]
async fn what_cannot_be_fetched_is_tried_again_later() {
    let scene = Scene::new().await;
    scene.ann_follows(scene.dyers).await;
    let away = json!({"id": "https://nowhere.invalid/1", "type": "Note", "attributedTo": "https://nowhere.invalid/u", "to": [PUBLIC], "content": "x"});
    let answer = scene
        .dyers_announce(by("https://nowhere.invalid/u", "Create", away))
        .await;
    assert_eq!(answer, "waiting: could not be fetched: unreachable");
    let blocked = scene.dyers_announce(json!("http://127.0.0.1/1")).await;
    assert_eq!(blocked, "rejected: could not be fetched: blocked_scheme");
}
