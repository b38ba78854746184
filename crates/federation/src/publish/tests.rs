//! Who hears what, from whom, in what order; and nothing twice.

mod hidden;

use crate::outgoing::{CHUNK, FanOut, PendingFanOut, Recipients};
use crate::test_instance::TestInstance;
use delivery::jobs::Job;
use domain::account::{self, Principal};
use model::job::Payload;
use model::{ActorId, ActorKind, JobId, Origin, PeerId, PostId, Via};

const COMMUNITY: &str = "alpha.test/c/weavers";

/// Ann's community, followed from beta (twice) and from gamma; Ann herself from delta.
async fn village() -> (TestInstance, ActorId) {
    let instance = TestInstance::new().await;
    let weavers = instance.community("weavers").await;
    for (host, handle) in [
        ("beta.test", "bea"),
        ("beta.test", "ben"),
        ("gamma.test", "gus"),
    ] {
        let fan = instance.stranger(host, ActorKind::Person, handle).await;
        instance.followed(fan, weavers).await;
    }
    let fan = instance
        .stranger("delta.test", ActorKind::Person, "dan")
        .await;
    instance.followed(fan, instance.ann).await;
    (instance, weavers)
}

async fn actor(instance: &TestInstance, ap_id: &str) -> store::row::Actor {
    let ap_id = ap_id.to_owned();
    let read = move |db: &mut store::Db| -> domain::Outcome<_> {
        Ok(store::raw::actor::by_ap_id(db, &ap_id)?)
    };
    instance.fed.store().read(read).await.unwrap().unwrap()
}

/// Bea's reply to a post of ours, as if she had sent it.
async fn replies(instance: &TestInstance, parent: PostId) -> PostId {
    let bea = actor(instance, "https://beta.test/u/bea").await;
    let draft = domain::testing::draft("", "A peg.");
    let create = r#"{"id":"https://beta.test/a/1","type":"Create","actor":"https://beta.test/u/bea","proof":1,"object":{"id":"https://beta.test/p/1","type":"Note"}}"#;
    let origin = Origin::Remote {
        ap_id: "https://beta.test/p/1".to_owned(),
        peer: bea.peer_id.unwrap(),
        published: None,
        via: Via::Delivered,
        url: None,
        context: None,
        updated: None,
        named: String::new(),
        announcer: None,
        activity: Some(create.to_owned()),
    };
    instance
        .does(move |tx| domain::discussion::reply(tx, bea.id, parent, &draft, &origin))
        .await
}

#[tokio::test]
async fn a_thread_at_home_is_announced_twice_and_told_to_the_authors_followers() {
    let (instance, weavers) = village().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    assert_eq!(
        instance.sent().await,
        [
            "Create(Page) alpha.test/u/ann → delta.test/inbox",
            &format!("Announce(Create) {COMMUNITY} → beta.test/inbox"),
            &format!("Announce(Create) {COMMUNITY} → gamma.test/inbox"),
            &format!("Announce(id) {COMMUNITY} → beta.test/inbox"),
            &format!("Announce(id) {COMMUNITY} → gamma.test/inbox"),
        ]
    );
    let read = move |db: &mut store::Db| -> domain::Outcome<_> {
        Ok(store::raw::post::by_id(db, thread)?)
    };
    let post = instance.fed.store().read(read).await.unwrap().unwrap();
    assert!(
        post.announce_id
            .unwrap()
            .starts_with("https://alpha.test/activities/")
    );
}

#[tokio::test]
async fn an_edit_goes_straight_to_all_who_have_the_words() {
    let (instance, weavers) = village().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    instance.sent().await;
    let (ann, draft) = (
        instance.ann,
        domain::testing::draft("Warping a heddle", "How?"),
    );
    instance
        .does(move |tx| domain::post::edit(tx, ann, thread, &draft, &Origin::Local))
        .await;
    assert_eq!(
        instance.sent().await,
        [
            "Update(Page) alpha.test/u/ann → delta.test/inbox",
            "Update(Page) alpha.test/u/ann → beta.test/inbox",
            "Update(Page) alpha.test/u/ann → gamma.test/inbox",
            &format!("Announce(Update) {COMMUNITY} → beta.test/inbox"),
            &format!("Announce(Update) {COMMUNITY} → gamma.test/inbox"),
        ]
    );
}

#[tokio::test]
async fn an_author_deletes_with_their_own_hand() {
    let (instance, weavers) = village().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    instance.sent().await;
    let ann = instance.ann;
    instance
        .does(move |tx| domain::post::remove(tx, ann, thread, &Origin::Local))
        .await;
    let sent = instance.sent().await;
    assert_eq!(sent[0], "Delete(id) alpha.test/u/ann → delta.test/inbox");
    assert_eq!(sent[2], "Delete(id) alpha.test/u/ann → gamma.test/inbox");
    assert_eq!(
        sent[4],
        format!("Announce(Delete) {COMMUNITY} → gamma.test/inbox")
    );
    let undone = |host: &str| format!("Undo(Announce) {COMMUNITY} → {host}/inbox");
    assert_eq!(sent[5..], [undone("beta.test"), undone("gamma.test")]);
}

#[tokio::test]
async fn a_removal_is_the_moderators_and_takes_the_boost_back() {
    let (instance, weavers) = village().await;
    let mia = instance.person("mia").await;
    let thread = instance.thread(mia, weavers, "Nonsense").await;
    let fan = actor(&instance, "https://delta.test/u/dan").await.id;
    instance.followed(fan, mia).await;
    instance.sent().await;
    let ann = instance.ann;
    instance
        .does(move |tx| domain::post::remove(tx, ann, thread, &Origin::Local))
        .await;
    instance.run().await;
    let waiting = instance.waiting().await;
    let removal = &waiting[0].json["object"];
    assert_eq!(removal["actor"], "https://alpha.test/u/ann");
    assert!(removal["summary"].is_string());
    assert_eq!(
        instance.sent().await,
        [
            format!("Announce(Delete) {COMMUNITY} → beta.test/inbox"),
            format!("Announce(Delete) {COMMUNITY} → gamma.test/inbox"),
            format!("Undo(Announce) {COMMUNITY} → beta.test/inbox"),
            format!("Undo(Announce) {COMMUNITY} → gamma.test/inbox"),
            "Delete(id) alpha.test/u/mia → delta.test/inbox".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_peers_reply_is_relayed_byte_for_byte_and_answered_in_person() {
    let (instance, weavers) = village().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    instance.sent().await;
    let reply = replies(&instance, thread).await;
    instance.run().await;
    let relayed = &instance.waiting().await[0].json["object"];
    assert_eq!(relayed["proof"], 1);
    assert_eq!(
        instance.sent().await,
        [
            format!("Announce(Create) {COMMUNITY} → beta.test/inbox"),
            format!("Announce(Create) {COMMUNITY} → gamma.test/inbox"),
        ]
    );
    let (ann, draft) = (instance.ann, domain::testing::draft("", "Thank you."));
    instance
        .does(move |tx| domain::discussion::reply(tx, ann, reply, &draft, &Origin::Local))
        .await;
    assert_eq!(
        instance.sent().await,
        [
            "Create(Note) alpha.test/u/ann → beta.test/inbox",
            "Create(Note) alpha.test/u/ann → delta.test/inbox",
            &format!("Announce(Create) {COMMUNITY} → beta.test/inbox"),
            &format!("Announce(Create) {COMMUNITY} → gamma.test/inbox"),
        ],
        "a reply is not announced by id"
    );
}

#[tokio::test]
async fn a_removed_reply_of_a_peer_is_told_to_its_server_too() {
    let (instance, weavers) = village().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    let reply = replies(&instance, thread).await;
    instance.sent().await;
    let ann = instance.ann;
    instance
        .does(move |tx| domain::post::remove(tx, ann, reply, &Origin::Local))
        .await;
    let lines = [
        format!("Announce(Delete) {COMMUNITY} → beta.test/inbox"),
        format!("Announce(Delete) {COMMUNITY} → gamma.test/inbox"),
    ];
    assert_eq!(instance.sent().await, lines);
}

#[tokio::test]
async fn in_a_peers_community_the_community_is_told_and_announces() {
    let (instance, _) = village().await;
    let knitters = instance
        .stranger("gamma.test", ActorKind::Group, "knitters")
        .await;
    instance.thread(instance.ann, knitters, "Purling").await;
    assert_eq!(
        instance.sent().await,
        [
            "Create(Page) alpha.test/u/ann → gamma.test/inbox",
            "Create(Page) alpha.test/u/ann → delta.test/inbox"
        ]
    );
}

#[tokio::test]
async fn likes_go_to_the_author_and_through_the_community() {
    let (instance, weavers) = village().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    let reply = replies(&instance, thread).await;
    instance.sent().await;
    let ann = instance.ann;
    instance
        .does(move |tx| domain::post::like(tx, ann, reply, &Origin::Local))
        .await;
    assert_eq!(
        instance.sent().await,
        [
            "Like(id) alpha.test/u/ann → beta.test/inbox",
            &format!("Announce(Like) {COMMUNITY} → beta.test/inbox"),
            &format!("Announce(Like) {COMMUNITY} → gamma.test/inbox"),
        ]
    );
    instance
        .does(move |tx| domain::post::unlike(tx, ann, reply, &Origin::Local))
        .await;
    let sent = instance.sent().await;
    assert_eq!(sent[0], "Undo(Like) alpha.test/u/ann → beta.test/inbox");
    assert_eq!(
        sent[2],
        format!("Announce(Undo) {COMMUNITY} → gamma.test/inbox")
    );
}

#[tokio::test]
async fn a_follow_is_asked_asked_again_by_another_name_and_taken_back() {
    let (instance, _) = village().await;
    let (ann, bea) = (
        instance.ann,
        actor(&instance, "https://beta.test/u/bea").await.id,
    );
    let follow = instance
        .does(move |tx| domain::follow::follow(tx, ann, bea))
        .await;
    instance.run().await;
    let first = instance.waiting().await[0].json["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(first, follow.ap_id);
    assert_eq!(
        instance.sent().await,
        ["Follow(id) alpha.test/u/ann → beta.test/inbox"]
    );
    instance
        .does(|tx| {
            let later = tx.now.plus_seconds(91);
            domain::follow::repeat_unanswered(tx, later)
        })
        .await;
    instance.run().await;
    let again = instance.waiting().await[0].json["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(again.starts_with(&format!("{first}#")), "{again}");
    instance.sent().await;
    instance
        .does(move |tx| domain::follow::unfollow(tx, ann, bea))
        .await;
    assert_eq!(
        instance.sent().await,
        ["Undo(Follow) alpha.test/u/ann → beta.test/inbox"]
    );
}

#[tokio::test]
async fn a_peer_that_asks_to_follow_is_answered_with_what_it_asked() {
    let instance = TestInstance::new().await;
    let weavers = instance.community("weavers").await;
    let bea = instance
        .stranger("beta.test", ActorKind::Person, "bea")
        .await;
    let follow_activity = "https://beta.test/follows/5";
    instance
        .does(move |tx| domain::follow::requested_by_peer(tx, bea, weavers, follow_activity))
        .await;
    instance.run().await;
    let waiting = instance.waiting().await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].json["type"], "Accept");
    assert_eq!(waiting[0].json["object"]["id"], follow_activity);
}

#[tokio::test]
async fn a_suspension_is_told_wherever_the_person_wrote() {
    let (instance, weavers) = village().await;
    let mia = instance.person("mia").await;
    let bea = actor(&instance, "https://beta.test/u/bea").await.id;
    let dan = actor(&instance, "https://delta.test/u/dan").await.id;
    instance
        .does(move |tx| domain::follow::follow(tx, mia, bea))
        .await;
    instance.followed(dan, mia).await;
    instance.thread(mia, weavers, "Warping").await;
    instance.sent().await;
    let updates = ["beta", "delta", "gamma"]
        .map(|peer| format!("Update(Person) alpha.test/u/mia → {peer}.test/inbox"));
    let by = Principal::Operator;
    instance
        .does(move |tx| account::suspend(tx, by, mia, "Posts adverts"))
        .await;
    assert_eq!(instance.sent().await, updates);
    instance.does(move |tx| account::restore(tx, by, mia)).await;
    assert_eq!(instance.sent().await, updates, "and no Follow");
}

#[tokio::test]
async fn an_erased_person_unfollows_and_says_farewell() {
    let (instance, weavers) = village().await;
    let mia = instance.person("mia").await;
    let bea = actor(&instance, "https://beta.test/u/bea").await.id;
    instance
        .does(move |tx| domain::follow::follow(tx, mia, bea))
        .await;
    instance.thread(mia, weavers, "Warping").await;
    instance.sent().await;
    instance
        .does(move |tx| {
            tx.record(model::Fact::ActorRemoved { actor: mia });
            Ok(())
        })
        .await;
    assert_eq!(
        instance.sent().await,
        [
            "Undo(Follow) alpha.test/u/mia → beta.test/inbox",
            "Delete(id) alpha.test/u/mia → beta.test/inbox",
            "Delete(id) alpha.test/u/mia → gamma.test/inbox",
        ]
    );
}

#[tokio::test]
async fn a_changed_community_tells_its_followers() {
    let (instance, weavers) = village().await;
    instance
        .does(move |tx| {
            tx.record(model::Fact::ActorChanged { actor: weavers });
            Ok(())
        })
        .await;
    let lines = [
        format!("Update(Group) {COMMUNITY} → beta.test/inbox"),
        format!("Update(Group) {COMMUNITY} → gamma.test/inbox"),
    ];
    assert_eq!(instance.sent().await, lines);
}

#[tokio::test]
async fn parked_peers_and_our_own_inbox_get_nothing() {
    let (instance, weavers) = village().await;
    let gus = actor(&instance, "https://gamma.test/u/gus").await;
    instance
        .does(move |tx| {
            Ok(store::peer::record_failure(
                tx.db,
                gus.peer_id.unwrap(),
                "silent",
                tx.now,
                true,
                tx.now,
            )?)
        })
        .await;
    let ben = actor(&instance, "https://beta.test/u/ben").await;
    instance
        .does(move |tx| {
            let mut thief = ben.clone();
            "https://alpha.test/inbox".clone_into(&mut thief.delivery_inbox);
            Ok(store::actor::update(tx.db, &thief)?)
        })
        .await;
    instance
        .does(move |tx| {
            tx.record(model::Fact::ActorChanged { actor: weavers });
            Ok(())
        })
        .await;
    assert_eq!(
        instance.sent().await,
        [format!("Update(Group) {COMMUNITY} → beta.test/inbox")]
    );
}

/// The server of Gus, who follows the community, is parked; `ahead` seconds from now, as if all that
/// is sent in them had been minted before.
async fn parks(instance: &TestInstance, ahead: i64) -> PeerId {
    let gus = actor(instance, "https://gamma.test/u/gus").await;
    let peer = gus.peer_id.unwrap();
    instance
        .does(move |tx| {
            let at = tx.now.plus_seconds(ahead);
            Ok(store::peer::record_failure(
                tx.db, peer, "silent", tx.now, true, at,
            )?)
        })
        .await;
    peer
}

/// The peer responds again; returns what is sent to it.
async fn wakes(instance: &TestInstance, peer: PeerId) -> Vec<String> {
    let fed = instance.fed.clone();
    instance
        .does(move |tx| crate::delivery_hooks::peer_seen(&fed, tx.db, peer, tx.now))
        .await;
    instance.sent().await
}

#[tokio::test]
async fn what_was_minted_before_and_queued_after_is_caught_up_with() {
    let (instance, weavers) = village().await;
    let peer = parks(&instance, 3_600).await;
    instance.thread(instance.ann, weavers, "Warping").await;
    let at_once = instance.sent().await;
    assert!(at_once.iter().all(|line| !line.contains("gamma")));
    let lines = [
        format!("Announce(Create) {COMMUNITY} → gamma.test/inbox"),
        format!("Announce(id) {COMMUNITY} → gamma.test/inbox"),
    ];
    assert_eq!(wakes(&instance, peer).await, lines);
    assert_eq!(wakes(&instance, peer).await, [""; 0], "once");
}

#[tokio::test]
async fn an_authors_own_edit_is_caught_up_with() {
    let (instance, weavers) = village().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    instance.sent().await;
    let peer = parks(&instance, 0).await;
    let (ann, draft) = (
        instance.ann,
        domain::testing::draft("Warping", "Provenance and why?"),
    );
    instance
        .does(move |tx| domain::post::edit(tx, ann, thread, &draft, &Origin::Local))
        .await;
    instance.sent().await;
    let lines = [
        "Update(Page) alpha.test/u/ann → gamma.test/inbox".to_owned(),
        format!("Announce(Update) {COMMUNITY} → gamma.test/inbox"),
    ];
    assert_eq!(wakes(&instance, peer).await, lines);
}

/// A community with more followers' inboxes than one transaction takes.
async fn town(instance: &TestInstance) -> (ActorId, usize) {
    let weavers = instance.community("weavers").await;
    let many = i64::try_from(CHUNK).unwrap() + 40;
    let follows = move |tx: &mut domain::Tx<'_>| {
        for n in 0..many {
            let host = format!("h{n}.test");
            let peer = store::peer::get_or_insert(tx.db, tx.id(), &host, tx.now)?;
            let mut row = crate::kinds::samples::actor(n + 100, ActorKind::Person, "x", &host);
            row.peer_id = Some(peer);
            store::actor::insert(tx.db, &row)?;
            let follow = store::row::Follow {
                id: tx.id(),
                follower_id: row.id,
                target_id: weavers,
                ap_id: format!("https://{host}/follow"),
                accepted: true,
                asked_at: tx.now,
            };
            store::follow::insert(tx.db, &follow)?;
        }
        Ok(())
    };
    instance.does(follows).await;
    (weavers, usize::try_from(many).unwrap())
}

#[tokio::test]
async fn many_inboxes_are_queued_in_chunks_each_once() {
    let instance = TestInstance::new().await;
    let (weavers, many) = town(&instance).await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    instance.run().await;
    let waiting = instance.waiting().await;
    assert_eq!(
        waiting.len(),
        2 * many,
        "an Announce of the Create, and one of the id"
    );
    let inboxes: std::collections::HashSet<&str> =
        waiting.iter().map(|one| one.inbox.as_str()).collect();
    assert_eq!(inboxes.len(), many);
    instance.deliver().await;

    let (ann, draft) = (instance.ann, domain::testing::draft("", "A peg."));
    instance
        .does(move |tx| domain::discussion::reply(tx, ann, thread, &draft, &Origin::Local))
        .await;
    instance.run().await;
    assert_eq!(instance.waiting().await.len(), many);
}

#[tokio::test]
async fn a_fan_out_that_was_cut_off_goes_on_before_what_is_newer() {
    let instance = TestInstance::new().await;
    let (weavers, many) = town(&instance).await;
    instance.thread(instance.ann, weavers, "Looms").await;
    instance.sent().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    let (ann, draft) = (instance.ann, domain::testing::draft("", "A peg."));
    instance
        .does(move |tx| domain::discussion::reply(tx, ann, thread, &draft, &Origin::Local))
        .await;
    let [job, newer] = &instance.jobs().await[..] else {
        panic!("a job for each post");
    };
    let (job, newer) = (job.id, newer.id);
    // Cut off after its first write: the job that is run next finds what is left.
    let newest = newest(&instance, weavers).await;
    let pending = vec![PendingFanOut {
        activities: vec![newest],
        to: vec![Recipients::Followers(weavers)],
        after: String::new(),
    }];
    let rest = FanOut { pending };
    let left = rest.clone();
    instance
        .does(move |tx| Ok(store::queue::jobs::replace(tx.db, job, &left)?))
        .await;
    let now = instance.fed.ops().now();
    let claimed = instance
        .does(move |tx| {
            let lease = now.plus_seconds(60);
            Ok(store::queue::jobs::claim(
                tx.db,
                now.plus_seconds(1),
                lease,
                (10, &[]),
            )?)
        })
        .await;
    let left = claimed.iter().find(|row| row.id == job).cloned();
    let claimed: Vec<JobId> = claimed.iter().map(|row| row.id).collect();
    assert!(
        claimed.contains(&job) && !claimed.contains(&newer),
        "the newer one waits"
    );
    let left = left.unwrap();
    assert_eq!(left.kind, FanOut::KIND);
    instance.run_one(&left).await;
    assert_eq!(instance.waiting().await.len(), many);
    let twice = rest.run(&instance.fed, job).await;
    assert!(
        twice.is_err(),
        "a chunk is queued once, and whoever lost the job says so"
    );
    assert_eq!(instance.waiting().await.len(), many);
}

/// The newest activity in an outbox.
async fn newest(instance: &TestInstance, actor: ActorId) -> model::ActivityId {
    let read = move |db: &mut store::Db| -> domain::Outcome<_> {
        Ok(store::queue::activity::outbox(
            db,
            actor,
            model::ActivityId(i64::MAX),
            1,
        )?)
    };
    instance.fed.store().read(read).await.unwrap()[0].id
}
