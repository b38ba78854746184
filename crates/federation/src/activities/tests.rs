//! Received activities on an instance without a network: what is applied, and what is ignored or rejected with
//! which reason. Stories between whole instances are in `tests/it`.

#![expect(
    clippy::needless_pass_by_value,
    reason = "tests read better with the JSON at the call"
)]

mod community;

use crate::test_instance::TestInstance;
use domain::Outcome;
use model::peer::InboundState;
use model::{ActorId, ActorKind, InboundId, Time};
use serde_json::{Value, json};
use store::row;

const BEA: &str = "https://beta.test/u/bea";
const DYERS: &str = "https://beta.test/c/dyers";
const WEAVERS: &str = "https://alpha.test/c/weavers";
const ANN: &str = "https://alpha.test/u/ann";
const MAL: &str = "https://beta.test/u/mal";
const GIL: &str = "https://gamma.test/u/gil";
const NOTE: &str = "https://beta.test/n/1";
const FAR: &str = "https://far.invalid/1";
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

struct Scene {
    instance: TestInstance,
    weavers: ActorId,
    bea: ActorId,
    dyers: ActorId,
}

impl Scene {
    async fn new() -> Self {
        let instance = TestInstance::new().await;
        let weavers = instance.community("weavers").await;
        let bea = instance
            .stranger("beta.test", ActorKind::Person, "bea")
            .await;
        let dyers = instance
            .stranger("beta.test", ActorKind::Group, "dyers")
            .await;
        instance.run().await;
        Self {
            instance,
            weavers,
            bea,
            dyers,
        }
    }

    /// Receives an activity; returns its outcome.
    async fn receive(&self, signer: &str, activity: Value) -> String {
        let ops = self.instance.fed.ops();
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
        self.instance
            .does(move |tx| Ok(store::queue::inbound::insert(tx.db, &kept)?))
            .await;
        self.instance.apply_in_order(vec![row], true).await.unwrap();
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
        self.instance.fed.store().read(read).await.unwrap()
    }

    /// Receives a public activity of bea; returns its outcome.
    async fn bea(&self, kind: &str, object: Value) -> String {
        self.send(BEA, kind, object).await
    }

    /// Receives an Announce of the dyers; returns its outcome.
    async fn dyers(&self, object: Value) -> String {
        self.send(DYERS, "Announce", object).await
    }

    async fn send(&self, actor: &str, kind: &str, object: Value) -> String {
        let mut activity = by(actor, kind, object);
        let id = self.instance.fed.ops().id::<InboundId>();
        activity["id"] = json!(format!("https://beta.test/{id}"));
        self.receive(actor, activity).await
    }

    async fn post(&self, ap_id: &str) -> Option<row::Post> {
        let ap_id = ap_id.to_owned();
        let read =
            move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::post::by_ap_id(db, &ap_id)?) };
        self.instance.fed.store().read(read).await.unwrap()
    }

    /// Starts a thread of ann's in the weavers; returns its ActivityPub id.
    async fn thread_by_ann(&self) -> String {
        let thread = self
            .instance
            .thread(self.instance.ann, self.weavers, "Warping");
        format!("https://alpha.test/p/{}", thread.await)
    }

    /// Ann follows a remote community.
    async fn ann_follows(&self, target: ActorId) {
        let ann = self.instance.ann;
        self.instance
            .does(move |tx| domain::follow::follow(tx, ann, target).map(|_| ()))
            .await;
        self.instance.run().await;
        self.instance.deliver().await;
        let accept =
            move |tx: &mut domain::Tx<'_>| domain::follow::answered_by_peer(tx, ann, target, true);
        self.instance.does(accept).await;
    }
}

#[tokio::test]
async fn a_community_takes_back_likes_of_its_own_posts_only() {
    const LIKE: &str = "https://beta.test/like/9";
    let scene = Scene::new().await;
    scene.ann_follows(scene.dyers).await;
    let thread = scene.thread_by_ann().await;
    let mut like = by(BEA, "Like", json!(thread));
    like["id"] = json!(LIKE);
    assert_eq!(scene.receive(BEA, like).await, "done");
    let undo = json!({"type": "Undo", "actor": BEA, "object": LIKE});
    assert_eq!(
        scene.dyers(undo.clone()).await,
        "rejected: announced by another community"
    );
    assert_eq!(scene.bea("Undo", json!(LIKE)).await, "done");
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
    assert_eq!(scene.receive(BEA, follow.clone()).await, "done");
    let accept = "Accept(Follow) alpha.test/c/weavers → beta.test/inbox";
    assert_eq!(scene.instance.sent().await, [accept]);
    assert_eq!(scene.bea("Undo", follow.clone()).await, "done");
    let again = scene.bea("Undo", follow).await;
    assert_eq!(again, "ignored: there was no such follow");
    // Some only name the follow they take back.
    let mut named = by(BEA, "Follow", json!(WEAVERS));
    named["id"] = json!("https://beta.test/f/2");
    assert_eq!(scene.receive(BEA, named).await, "done");
    let named = json!("https://beta.test/f/2");
    assert_eq!(scene.bea("Undo", named.clone()).await, "done");
    let again = scene.bea("Undo", named).await;
    assert_eq!(again, "ignored: unknown object");
    let nobody = scene.bea("Follow", json!("https://alpha.test/u/nobody"));
    assert_eq!(nobody.await, "ignored: follows nobody of ours");
}

#[tokio::test]
async fn an_answer_is_matched_by_the_pair() {
    let scene = Scene::new().await;
    let asked = |kind: &str| json!({"id": "odd:1", "type": kind, "actor": ANN, "object": DYERS});
    let unasked = scene.send(DYERS, "Accept", asked("Follow")).await;
    assert_eq!(unasked, "ignored: we had not asked");
    scene.ann_follows(scene.dyers).await;
    let for_others = scene.bea("Accept", asked("Follow")).await;
    assert_eq!(for_others, "rejected: answers for somebody else");
    let accepted = scene.send(DYERS, "Accept", asked("Follow")).await;
    assert_eq!(accepted, "done");
    let (ann, dyers) = (scene.instance.ann, scene.dyers);
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::follow::between(db, ann, dyers)?.is_some_and(|follow| follow.accepted))
    };
    assert!(scene.instance.fed.store().read(read).await.unwrap());
    let joined = scene.send(DYERS, "Accept", asked("Join")).await;
    assert_eq!(joined, "ignored: not supported: Accept of Join");
}

#[tokio::test]
async fn an_object_with_only_an_id_names_what_is_taken_back_or_answered() {
    let scene = Scene::new().await;
    let thread = scene.thread_by_ann().await;
    for (id, kind, object) in [
        ("https://beta.test/l/1", "Like", format!("{thread}?lang=fr")),
        ("https://beta.test/f/1", "Follow", format!("{WEAVERS}/")),
    ] {
        let mut done = by(BEA, kind, json!(object));
        done["id"] = json!(id);
        assert_eq!(scene.receive(BEA, done).await, "done", "{kind}");
        let undone = scene.bea("Undo", json!({"id": id})).await;
        assert_eq!(undone, "done", "{kind}");
        let again = scene.bea("Undo", json!({"id": id, "type": kind})).await;
        assert_eq!(again, "ignored: unknown object", "{kind}");
    }
    let (ann, dyers) = (scene.instance.ann, scene.dyers);
    let follow = move |tx: &mut domain::Tx<'_>| domain::follow::follow(tx, ann, dyers).map(|_| ());
    scene.instance.does(follow).await;
    let answer = json!({"id": "https://beta.test/their-own/1"});
    assert_eq!(scene.send(DYERS, "Accept", answer.clone()).await, "done");
    let again = scene.send(DYERS, "Accept", answer).await;
    assert_eq!(again, "ignored: we had not asked");
}

#[tokio::test]
async fn addresses_of_our_pages_stand_for_posts_and_people() {
    let scene = Scene::new().await;
    let thread = scene.thread_by_ann().await;
    for (number, added) in ["?lang=fr", "#p1", "/", "/?page=2#p3"].iter().enumerate() {
        let id = format!("{NOTE}{number}");
        let mention = json!({"type": "Mention", "href": "http://ALPHA.test/u/Ann/?lang=fr"});
        let reply = json!({"inReplyTo": format!("{thread}{added}"), "tag": [mention]});
        assert_eq!(
            scene.bea("Create", note(&id, reply)).await,
            "done",
            "{added}"
        );
        let reply = scene.post(&id).await.unwrap();
        assert_eq!(reply.community_id, Some(scene.weavers), "{added}");
        assert!(reply.parent_id.is_some(), "{added}");
    }
}

#[tokio::test]
async fn a_mention_opens_a_thread_that_is_announced_unchanged() {
    let scene = Scene::new().await;
    let gil = scene
        .instance
        .stranger("gamma.test", ActorKind::Person, "gil");
    scene.instance.followed(gil.await, scene.weavers).await;
    let mention = json!({"tag": {"type": "Mention", "href": WEAVERS}});
    let first = note(NOTE, mention);
    assert_eq!(scene.bea("Create", first.clone()).await, "done");
    assert_eq!(scene.bea("Create", first).await, "done", "twice is once");
    let thread = scene.post(NOTE).await.unwrap();
    assert_eq!(thread.community_id, Some(scene.weavers));
    assert_eq!(thread.title.first().unwrap().1, "Which reed?");
    let sent = [
        "Announce(Create) alpha.test/c/weavers → gamma.test/inbox",
        "Announce(id) alpha.test/c/weavers → gamma.test/inbox",
    ];
    assert_eq!(scene.instance.sent().await, sent);
}

#[tokio::test]
async fn a_reply_lives_and_its_community_passes_on_each_step() {
    let scene = Scene::new().await;
    let gil = scene
        .instance
        .stranger("gamma.test", ActorKind::Person, "gil");
    scene.instance.followed(gil.await, scene.weavers).await;
    let thread = scene.thread_by_ann().await;
    let reply = |text: &str| note(NOTE, json!({"inReplyTo": thread, "content": text}));
    assert_eq!(scene.bea("Create", reply("<p>A.</p>")).await, "done");
    let community = scene.post(NOTE).await.unwrap().community_id;
    assert_eq!(community, Some(scene.weavers));
    let mut sent = scene.instance.sent().await;
    assert_eq!(scene.bea("Like", json!(NOTE)).await, "done");
    assert_eq!(scene.bea("Update", reply("<p>B.</p>")).await, "done");
    sent.extend(scene.instance.sent().await);
    let like = by(BEA, "Like", json!(NOTE));
    assert_eq!(scene.bea("Undo", like).await, "done");
    let post = scene.post(NOTE).await.unwrap();
    assert_eq!(
        (post.html.first().unwrap().1, post.like_count),
        ("<p>B.</p>", 0)
    );
    let tombstone = json!({"type": "Tombstone", "id": NOTE});
    assert_eq!(scene.bea("Delete", tombstone).await, "done");
    assert!(scene.post(NOTE).await.unwrap().deleted_at.is_some());
    sent.extend(scene.instance.sent().await);
    for kind in ["Create", "Like", "Update", "Undo", "Delete"] {
        let line = format!("Announce({kind}) alpha.test/c/weavers → gamma.test/inbox");
        assert!(sent.contains(&line), "{line} in {sent:?}");
    }
}

#[tokio::test]
async fn nobody_speaks_for_another() {
    let scene = Scene::new().await;
    let ours = scene.thread_by_ann().await;
    let forged = note(NOTE, json!({"attributedTo": MAL, "inReplyTo": ours}));
    let abroad = note(NOTE, json!({"attributedTo": GIL, "inReplyTo": ours}));
    let edit = json!({"type": "Page", "id": ours, "attributedTo": BEA, "to": [PUBLIC]});
    for (kind, object, answer) in [
        ("Create", forged, "the author is somebody else"),
        (
            "Create",
            abroad,
            "the author is of another origin than the post",
        ),
        ("Delete", json!(ours), "not allowed: author-or-moderator"),
        ("Update", edit, "not allowed: not-ours"),
        (
            "Undo",
            by(MAL, "Like", json!(ours)),
            "takes back what somebody else did",
        ),
        (
            "Delete",
            json!({"type": "Person", "id": ANN}),
            "not allowed: not-ours",
        ),
    ] {
        let outcome = scene.bea(kind, object).await;
        assert_eq!(outcome, format!("rejected: {answer}"), "{kind}");
    }
    let as_ann = scene.receive(BEA, by(ANN, "Like", json!(ours))).await;
    assert_eq!(as_ann, "ignored: our own");
    let as_gil = scene.receive(BEA, by(GIL, "Like", json!(NOTE))).await;
    assert_eq!(as_gil, "ignored: forwarded");
    assert!(scene.post(NOTE).await.is_none());
    let post = scene.post(&ours).await.unwrap();
    assert_eq!(
        (post.deleted_at, post.source.first().unwrap().1),
        (None, "How?")
    );
}

#[tokio::test]
async fn private_strange_and_unwanted_things_are_left_alone() {
    let scene = Scene::new().await;
    let followers = json!({"to": [format!("{BEA}/followers")], "cc": [WEAVERS]});
    let orphan = json!({"inReplyTo": "https://alpha.test/p/1", "cc": [WEAVERS]});
    for (kind, object, answer) in [
        ("Create", note(NOTE, followers), "not public"),
        ("Create", note(NOTE, json!({})), "nobody here follows"),
        (
            "Create",
            note(NOTE, json!({"inReplyTo": FAR})),
            "nobody here follows",
        ),
        ("Create", note(NOTE, orphan), "unknown object"),
        (
            "Create",
            note(NOTE, json!({"type": "Odd"})),
            "no kind of post we know",
        ),
        ("Like", json!(NOTE), "unknown object"),
        ("Dislike", json!(NOTE), "dislikes are not counted here"),
        ("Bite", json!(WEAVERS), "not supported: Bite"),
        ("Announce", json!(FAR), "boost"),
        (
            "Update",
            json!({"type": "Person", "id": MAL}),
            "unknown actor",
        ),
        ("Delete", json!(FAR), "unknown object"),
    ] {
        let outcome = scene.bea(kind, object).await;
        assert_eq!(outcome, format!("ignored: {answer}"), "{kind}");
    }
    assert_eq!(
        scene.bea("Create", json!(null)).await,
        "rejected: no object"
    );
}

#[tokio::test]
async fn a_long_id_is_refused_of_what_is_undone_as_well() {
    let scene = Scene::new().await;
    let long = format!("https://beta.test/{}", "n".repeat(2_000));
    for kind in ["Follow", "Like", "ChooseAnswer", "Delete"] {
        let undone = json!({"type": kind, "actor": BEA, "object": long});
        assert_eq!(
            scene.bea("Undo", undone).await,
            "rejected: the object's id is too long",
            "{kind}"
        );
        assert_eq!(
            scene.bea(kind, json!(long)).await,
            "rejected: the object's id is too long",
            "{kind}"
        );
    }
}

#[tokio::test]
async fn an_update_for_fewer_readers_withdraws_the_public_words() {
    let scene = Scene::new().await;
    let gil = scene
        .instance
        .stranger("gamma.test", ActorKind::Person, "gil");
    scene.instance.followed(gil.await, scene.weavers).await;
    let mention = json!({"tag": {"type": "Mention", "href": WEAVERS}});
    assert_eq!(scene.bea("Create", note(NOTE, mention)).await, "done");
    let unlisted = json!({"to": [WEAVERS], "cc": [PUBLIC]});
    assert_eq!(scene.bea("Update", note(NOTE, unlisted)).await, "done");
    let seen = scene.post(NOTE).await.unwrap();
    assert_eq!(seen.audience, model::Audience::Unlisted);
    scene.instance.sent().await;
    let friends = json!({"to": [format!("{BEA}/followers")], "content": "<p>For friends.</p>"});
    assert_eq!(scene.bea("Update", note(NOTE, friends)).await, "done");
    let gone = scene.post(NOTE).await.unwrap();
    assert!(gone.deleted_at.is_some() && gone.html.is_empty());
    let none: [&str; 0] = [];
    assert_eq!(
        scene.instance.sent().await,
        none,
        "that is for friends only"
    );
}

#[tokio::test]
async fn a_deletion_before_its_create_keeps_it_out() {
    let scene = Scene::new().await;
    assert_eq!(scene.bea("Delete", json!(NOTE)).await, "done");
    let late = scene.bea("Create", note(NOTE, json!({"cc": [WEAVERS]})));
    assert_eq!(late.await, "ignored: gone");
}

fn page() -> Value {
    let more = json!({"type": "Page", "name": "Madder", "to": [DYERS, PUBLIC], "audience": DYERS});
    note(NOTE, more)
}

#[tokio::test]
async fn a_followed_community_passes_on_what_happens_in_it() {
    let scene = Scene::new().await;
    let created = by(BEA, "Create", page());
    let unfollowed = scene.dyers(created.clone()).await;
    assert_eq!(unfollowed, "ignored: nobody here follows");
    scene.ann_follows(scene.dyers).await;
    let direct = scene.bea("Create", page()).await;
    assert_eq!(direct, "ignored: its community will announce it");
    assert_eq!(scene.dyers(created).await, "done");
    assert_eq!(scene.dyers(page()).await, "done", "twice is once");
    let thread = scene.post(NOTE).await.unwrap();
    assert_eq!(thread.community_id, Some(scene.dyers));
    assert_eq!(thread.author_id, scene.bea);
    assert_eq!(scene.dyers(by(BEA, "Like", json!(NOTE))).await, "done");
    let ours = scene.dyers(by(ANN, "Like", json!(NOTE))).await;
    assert_eq!(ours, "ignored: our own");
    let none: [&str; 0] = [];
    assert_eq!(
        scene.instance.sent().await,
        none,
        "that is the dyers' to tell"
    );
    assert_eq!(scene.dyers(by(BEA, "Delete", json!(NOTE))).await, "done");
    assert!(scene.post(NOTE).await.unwrap().deleted_at.is_some());
}

#[tokio::test]
async fn a_community_does_not_speak_for_another() {
    let scene = Scene::new().await;
    scene.ann_follows(scene.dyers).await;
    assert_eq!(scene.dyers(page()).await, "done");
    let group = scene
        .instance
        .stranger("gamma.test", ActorKind::Group, "spinners");
    scene.ann_follows(group.await).await;
    let spinners = "https://gamma.test/c/spinners";
    let like = by(BEA, "Like", json!(NOTE));
    let liked = scene.send(spinners, "Announce", like).await;
    assert_eq!(liked, "rejected: announced by another community");
    assert_eq!(scene.post(NOTE).await.unwrap().like_count, 0);
}

#[tokio::test]
async fn what_cannot_be_fetched_is_tried_again_later() {
    let scene = Scene::new().await;
    scene.ann_follows(scene.dyers).await;
    let away = json!({"id": FAR, "type": "Note", "attributedTo": "https://far.invalid/u"});
    let answer = scene
        .dyers(by("https://far.invalid/u", "Create", away))
        .await;
    assert_eq!(answer, "waiting: could not be fetched: unreachable");
    let blocked = scene.dyers(json!("http://127.0.0.1/1")).await;
    assert_eq!(blocked, "rejected: could not be fetched: blocked_scheme");
}
