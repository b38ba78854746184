//! Authorship: activities that are replayed, out of order, altered, or in another actor's name.

use super::{activity, note, setup, silent};
use crate::federation::Weavers;
use serde_json::{Value, json};
use testkit::{Hostile, PeerResponse, ReceivedRequest};

#[tokio::test]
async fn a_valid_activity_of_an_unknown_actor_is_accepted() {
    let (story, topic, evil) = setup().await;
    let words = note(&evil, 1, &topic);
    evil.publish(&words);
    let create = activity(&evil, "Create", 1, &words);
    let (status, words) = story
        .net
        .send(evil.signed_request(&story.alpha.at("/inbox"), &create))
        .await;
    assert_eq!(status, 202, "{words}");
    story.net.settle().await;
    let text = "ann@alpha.test: “Warping a heddle” What do you think?\n  mallory@evil.test: Note 1";
    assert_eq!(
        story.ann.reads(&topic).await,
        text,
        "{:?}",
        story.alpha.reasons().await
    );
    assert_eq!(
        story.bea.reads(&topic).await,
        text,
        "{:?}",
        story.beta.reasons().await
    );
    story.net.assert_quiet();
}

#[tokio::test]
async fn a_repeated_activity_is_applied_once() {
    let (story, topic, evil) = setup().await;
    evil.publish(&note(&evil, 1, &topic));
    let create = activity(&evil, "Create", 1, &note(&evil, 1, &topic));
    let again = activity(&evil, "Create", 2, &note(&evil, 1, &topic));
    let same = evil.signed_request(&story.alpha.at("/inbox"), &create);
    for signed in [
        same.clone(),
        same,
        evil.signed_request(&story.alpha.at("/u/ann/inbox"), &create),
        evil.signed_request(&story.alpha.at("/inbox"), &again),
    ] {
        assert_eq!(story.net.send(signed).await.0, 202);
        story.net.settle().await;
    }
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 1);
    assert_eq!(
        story
            .ann
            .notices()
            .await
            .iter()
            .filter(|line| line.starts_with("reply"))
            .count(),
        1
    );
    assert_eq!(story.bea.find(topic.ap_id()).await.unwrap().replies, 1);
}

#[tokio::test]
async fn a_delete_before_its_create_wins() {
    let (story, topic, evil) = setup().await;
    let gone = json!({ "id": evil.at("/notes/1"), "type": "Tombstone" });
    for late in [
        activity(&evil, "Delete", 1, &gone),
        activity(&evil, "Create", 1, &note(&evil, 1, &topic)),
    ] {
        assert_eq!(
            story
                .net
                .send(evil.signed_request(&story.alpha.at("/inbox"), &late))
                .await
                .0,
            202
        );
        story.net.settle().await;
    }
    let here = story.ann.find(&evil.at("/notes/1")).await;
    assert!(here.is_none_or(|post| post.deleted), "it stays away");
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn an_actor_cannot_act_for_another() {
    let (story, topic, evil) = setup().await;
    let inbox = story.alpha.at("/inbox");
    let mut as_bea = activity(&evil, "Create", 1, &note(&evil, 1, &topic));
    as_bea["actor"] = json!(story.bea.ap_id());
    let (status, words) = story.net.send(evil.signed_request(&inbox, &as_bea)).await;
    assert_eq!(
        status, 202,
        "{words}: taken to be passed on, and looked up where it says it is"
    );

    let key = format!("{}#main-key", story.bea.ap_id());
    let (status, words) = story
        .net
        .send(evil.signed_request_as(&key, &inbox, &as_bea))
        .await;
    assert_eq!(status, 401, "{words}");

    let mut beas_note = note(&evil, 2, &topic);
    beas_note["attributedTo"] = json!(story.bea.ap_id());
    let (status, _) = story
        .net
        .send(evil.signed_request(&inbox, &activity(&evil, "Create", 2, &beas_note)))
        .await;
    assert_eq!(status, 202);

    let mut elsewhere = note(&evil, 3, &topic);
    elsewhere["id"] = json!(story.beta.at("/p/12345"));
    let (status, _) = story
        .net
        .send(evil.signed_request(&inbox, &activity(&evil, "Create", 3, &elsewhere)))
        .await;
    assert_eq!(status, 202);
    story.net.settle().await;
    assert_eq!(
        story.alpha.reasons().await,
        [
            "rejected Create from evil.test: could not be fetched: not_found",
            "rejected Create from evil.test: the author is of another origin than the post",
            "rejected Create from evil.test: could not be fetched: not_found",
        ]
    );
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn an_actor_cannot_change_or_delete_another_actors_objects() {
    let (story, topic, evil) = setup().await;
    let reply = story.bea.reply(&topic, "Use a peg.").await;
    story.net.settle().await;
    let inbox = story.alpha.at("/inbox");
    let mut words = note(&evil, 1, &topic);
    words["id"] = json!(reply.ap_id());
    words["attributedTo"] = json!(story.bea.ap_id());
    let gone = json!({ "id": reply.ap_id(), "type": "Tombstone" });
    let topic_gone = json!(topic.ap_id());
    for (kind, object) in [
        ("Update", &words),
        ("Delete", &gone),
        ("Delete", &topic_gone),
    ] {
        let number = object.to_string().len().try_into().unwrap();
        story
            .net
            .send(evil.signed_request(&inbox, &activity(&evil, kind, number, object)))
            .await;
        story.net.settle().await;
    }
    let text = "ann@alpha.test: “Warping a heddle” What do you think?\n  bea@beta.test: Use a peg.";
    assert_eq!(story.ann.reads(&topic).await, text);
    assert_eq!(story.bea.reads(&topic).await, text);
}

#[tokio::test]
async fn an_announce_of_a_forged_activity_is_refused() {
    let (story, topic, evil) = setup().await;
    let mut put_in_her_mouth = note(&evil, 1, &topic);
    put_in_her_mouth["attributedTo"] = json!(story.ann.ap_id());
    put_in_her_mouth["id"] = json!(story.alpha.at("/p/999"));
    let mut create = activity(&evil, "Create", 1, &put_in_her_mouth);
    create["actor"] = json!(story.ann.ap_id());
    create["id"] = json!(story.alpha.at("/activities/999"));
    let announce = activity(&evil, "Announce", 1, &create);
    story
        .net
        .send(evil.signed_request(&story.beta.at("/inbox"), &announce))
        .await;
    story.net.settle().await;
    assert_eq!(story.bea.find(&story.alpha.at("/p/999")).await, None);
    assert_eq!(story.bea.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn a_changed_body_an_old_date_and_a_missing_header_are_refused() {
    let (story, topic, evil) = setup().await;
    let create = activity(&evil, "Create", 1, &note(&evil, 1, &topic));
    let signed = evil.signed_request(&story.alpha.at("/inbox"), &create);

    let mut altered = signed.clone();
    altered.body = activity(&evil, "Create", 9, &note(&evil, 9, &topic))
        .to_string()
        .into_bytes();
    assert_eq!(story.net.send(altered.clone()).await.0, 401);
    altered
        .headers
        .insert("digest", "SHA-256=AAAA".parse().unwrap());
    assert_eq!(story.net.send(altered).await.0, 401);

    for lost in ["signature", "digest", "date"] {
        let mut without = signed.clone();
        without.headers.remove(lost);
        assert_eq!(story.net.send(without).await.0, 401, "without {lost}");
    }

    let mut other_door = signed.clone();
    other_door.url.set_path("/u/ann/inbox");
    assert_eq!(story.net.send(other_door).await.0, 401);

    story.net.advance(2 * 3_600);
    assert_eq!(story.net.send(signed).await.0, 401, "two hours old");
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn a_key_is_valid_only_if_its_owner_names_it() {
    let story = Weavers::new().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let other_key = |request: &ReceivedRequest| {
        let id = "http://evil.test/u/mallory";
        (request.path == "/u/mallory").then(|| {
            PeerResponse::activity(&json!({
                "id": id, "type": "Person", "preferredUsername": "mallory",
                "inbox": format!("{id}/inbox"),
                "publicKey": { "id": format!("{id}#other"), "owner": id, "publicKeyPem": "nonsense" },
            }))
        })
    };
    let evil = story.net.hostile("evil.test", other_key).await;
    let create = activity(&evil, "Create", 1, &note(&evil, 1, &topic));
    let inbox = story.alpha.at("/inbox");
    assert_eq!(
        story.net.send(evil.signed_request(&inbox, &create)).await.0,
        401
    );
    assert!(evil.requests().len() <= 3, "{:?}", evil.requests());
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn private_posts_are_not_stored() {
    let (story, topic, evil) = setup().await;
    let mut to_ann = note(&evil, 1, &topic);
    to_ann["to"] = json!([story.ann.ap_id()]);
    to_ann["cc"] = json!([]);
    let mut to_followers = note(&evil, 2, &topic);
    to_followers["to"] = json!([evil.at("/u/mallory/followers")]);
    to_followers["cc"] = json!([story.ann.ap_id()]);
    for (number, object) in [(1, &to_ann), (2, &to_followers)] {
        let mut create = activity(&evil, "Create", number, object);
        create["to"] = object["to"].clone();
        create["cc"] = object["cc"].clone();
        assert_eq!(
            story
                .net
                .send(evil.signed_request(&story.alpha.at("/inbox"), &create))
                .await
                .0,
            202
        );
    }
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
    let reasons = story.alpha.reasons().await;
    assert!(
        reasons.iter().any(|why| why.starts_with("ignored Create")),
        "{reasons:?}"
    );
}

/// Builds a community on evil.test with the key that signs everything there.
fn group(evil: &Hostile) -> Value {
    let id = evil.at("/c/liars");
    json!({
        "id": id, "type": "Group", "preferredUsername": "liars",
        "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": evil.pem() },
    })
}

#[tokio::test]
async fn a_community_can_announce_only_its_own_content() {
    let (story, topic, evil) = setup().await;
    let liars = group(&evil);
    evil.publish(&liars);
    let key = format!("{}#main-key", liars["id"].as_str().unwrap());
    // A post of Bea's that she never wrote, one of Mallory's in the weavers' thread with another's signature,
    // and a Delete of a weavers' post.
    let mut beas = note(&evil, 1, &topic);
    beas["id"] = json!(story.beta.at("/p/77"));
    beas["attributedTo"] = json!(story.bea.ap_id());
    let mut create = activity(&evil, "Create", 1, &beas);
    create["actor"] = json!(story.bea.ap_id());
    create["id"] = json!(story.beta.at("/activities/77"));
    let mut delete = activity(&evil, "Delete", 2, &json!(topic.ap_id()));
    delete["actor"] = json!(story.ann.ap_id());
    delete["id"] = json!(story.alpha.at("/activities/78"));
    for (number, inner) in [create, delete].iter().enumerate() {
        let mut announce = activity(&evil, "Announce", u32::try_from(number).unwrap(), inner);
        announce["actor"] = liars["id"].clone();
        for instance in [&story.alpha, &story.beta] {
            let signed = evil.signed_request_as(&key, &instance.at("/inbox"), &announce);
            let (status, words) = story.net.send(signed).await;
            assert_eq!(status, 202, "{words}");
        }
        story.net.settle().await;
    }
    let text = "ann@alpha.test: “Warping a heddle” What do you think?";
    assert_eq!(story.ann.reads(&topic).await, text);
    assert_eq!(story.bea.reads(&topic).await, text);
    assert_eq!(story.bea.find(&story.beta.at("/p/77")).await, None);
}

#[tokio::test]
async fn only_a_community_can_announce_in_its_name() {
    let (story, topic, evil) = setup().await;
    let words = note(&evil, 1, &topic);
    evil.publish(&words);
    let mut announce = activity(&evil, "Announce", 1, &activity(&evil, "Create", 1, &words));
    announce["actor"] = json!(story.weavers.ap_id);
    let inbox = story.beta.at("/inbox");
    // Signed by Mallory as herself, and with her key in the community's name.
    let (status, _) = story.net.send(evil.signed_request(&inbox, &announce)).await;
    assert_eq!(status, 202);
    let key = format!("{}#main-key", story.weavers.ap_id);
    let (status, _) = story
        .net
        .send(evil.signed_request_as(&key, &inbox, &announce))
        .await;
    assert_eq!(status, 401);
    story.net.settle().await;
    assert_eq!(story.bea.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn an_actor_with_a_local_inbox_is_refused() {
    let story = Weavers::new().await;
    let ours = story.alpha.at("/inbox");
    let at_us = move |request: &ReceivedRequest| {
        let id = "http://evil.test/u/echo";
        (request.path == "/u/echo").then(|| {
            PeerResponse::activity(&json!({
                "id": id, "type": "Person", "preferredUsername": "echo", "inbox": ours,
                "endpoints": { "sharedInbox": ours },
                "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": "-" },
            }))
        })
    };
    let evil = story.net.hostile("evil.test", at_us).await;
    let mut follow = activity(&evil, "Follow", 1, &json!(story.weavers.ap_id));
    follow["actor"] = json!(evil.at("/u/echo"));
    let key = format!("{}#main-key", evil.at("/u/echo"));
    let signed = evil.signed_request_as(&key, &story.alpha.at("/inbox"), &follow);
    assert_eq!(story.net.send(signed).await.0, 401);
    assert!(story.ann.look_up(&evil.at("/u/echo")).await.is_none());
    let _ = story.net.wire_since();
    story.ann.start_discussion(&story.weavers, "Pegs").await;
    story.net.settle().await;
    let to_itself = |line: &String| line.contains("→alpha");
    assert!(
        !story.net.wire().iter().any(to_itself),
        "{:?}",
        story.net.wire()
    );
}

#[tokio::test]
async fn a_local_shared_inbox_of_a_remote_actor_gets_nothing() {
    let story = Weavers::new().await;
    let ours = story.alpha.at("/inbox");
    let evil = story.net.hostile("evil.test", silent).await;
    let id = evil.at("/u/echo");
    evil.publish(&json!({
        "id": id, "type": "Person", "preferredUsername": "echo",
        "inbox": format!("{id}/inbox"), "endpoints": { "sharedInbox": ours },
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": evil.pem() },
    }));
    let mut follow = activity(&evil, "Follow", 1, &json!(story.weavers.ap_id));
    follow["actor"] = json!(id);
    let signed = evil.signed_request_as(
        &format!("{id}#main-key"),
        &story.alpha.at("/inbox"),
        &follow,
    );
    assert_eq!(story.net.send(signed).await.0, 202);
    story.net.settle().await;
    let _ = story.net.wire_since();
    story.ann.start_discussion(&story.weavers, "Pegs").await;
    story.net.settle().await;
    let told = evil
        .requests()
        .iter()
        .filter(|request| request.method == "POST")
        .count();
    assert!(
        told >= 2,
        "its own inbox is told: the Accept, and the thread"
    );
    assert!(!story.net.wire().iter().any(|line| line.contains("→alpha")));
}

#[tokio::test]
async fn a_handle_on_one_host_cannot_claim_an_id_on_another() {
    let story = Weavers::new().await;
    // evil.test serves a document with an id on beta.test under its own URL.
    let beas = story.bea.ap_id();
    let stolen = move |request: &ReceivedRequest| {
        request.path.starts_with("/stolen").then(|| {
            PeerResponse::activity(&json!({
                "id": beas, "type": "Person", "preferredUsername": "bea", "name": "Not Bea",
                "inbox": "http://evil.test/inbox",
            }))
        })
    };
    let evil = story.net.hostile("evil.test", stolen).await;
    story.ann.look_up(&evil.at("/stolen")).await;
    story.net.settle().await;
    let bea = story.alpha.actor("bea@beta.test").await.unwrap();
    assert_eq!(
        (bea.name.as_str(), bea.inbox.as_str()),
        ("Bea", story.beta.at("/u/bea/inbox").as_str())
    );
    assert!(evil.requests().len() <= 1, "{:?}", evil.requests());
}

testkit::on_postgres_too! {
    a_valid_activity_of_an_unknown_actor_is_accepted
    a_repeated_activity_is_applied_once
    a_delete_before_its_create_wins
    an_actor_cannot_act_for_another
    an_actor_cannot_change_or_delete_another_actors_objects
    an_announce_of_a_forged_activity_is_refused
    a_changed_body_an_old_date_and_a_missing_header_are_refused
    a_key_is_valid_only_if_its_owner_names_it
    private_posts_are_not_stored
    a_community_can_announce_only_its_own_content
    only_a_community_can_announce_in_its_name
    an_actor_with_a_local_inbox_is_refused
    a_local_shared_inbox_of_a_remote_actor_gets_nothing
    a_handle_on_one_host_cannot_claim_an_id_on_another
}

/// Whoever has recorded a signed Follow sends it again after its Undo.
#[tokio::test]
async fn a_recorded_follow_does_not_return_after_its_undo() {
    let (story, _, evil) = setup().await;
    let follow = json!({
        "id": evil.at("/follows/1"), "type": "Follow", "actor": evil.mallory(),
        "object": story.weavers.ap_id,
    });
    let inbox = story.alpha.at("/inbox");
    let recorded = evil.signed_request(&inbox, &follow);
    let undo = activity(&evil, "Undo", 2, &follow);
    let followers = async || {
        let group = story.alpha.actor("weavers@alpha.test").await.unwrap();
        group.follower_count
    };
    let before = followers().await;
    for signed in [recorded.clone(), evil.signed_request(&inbox, &undo)] {
        assert_eq!(story.net.send(signed).await.0, 202);
        story.net.settle().await;
    }
    story.net.advance(120);
    assert_eq!(story.net.send(recorded).await.0, 202);
    story.net.settle().await;
    assert_eq!(followers().await, before);
    // Its follower sends it anew: it may have got no Accept.
    assert_eq!(
        story.net.send(evil.signed_request(&inbox, &follow)).await.0,
        202
    );
    story.net.settle().await;
    assert_eq!(followers().await, before + 1);
}
