//! Peers that mean no good: they forge, repeat, contradict, and lead astray. Each costs a refusal
//! or a bounded number of requests, and nothing is half-written.

use super::Weavers;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Answer, Asked, Hostile, Network, Seen};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

fn silent(_: &Asked) -> Option<Answer> {
    None
}

/// A reply of Mallory's, as Mastodon would send it.
fn note(evil: &Hostile, number: u32, to: &Seen) -> Value {
    json!({
        "id": evil.at(&format!("/notes/{number}")),
        "type": "Note",
        "attributedTo": evil.mallory(),
        "to": [PUBLIC],
        "cc": [evil.at("/u/mallory/followers")],
        "inReplyTo": to.ap_id(),
        "content": format!("<p>Note {number}</p>"),
        "published": "2026-01-01T00:00:00Z",
    })
}

fn activity(evil: &Hostile, kind: &str, number: u32, object: &Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": evil.at(&format!("/activities/{kind}/{number}")),
        "type": kind,
        "actor": evil.mallory(),
        "to": [PUBLIC],
        "object": object,
    })
}

/// The weavers, a topic of theirs, and a stranger.
async fn stage() -> (Weavers, Seen, Hostile) {
    let story = Weavers::gather().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let evil = story.net.hostile("evil.test", silent).await;
    let _ = story.net.wire_since();
    (story, topic, evil)
}

#[tokio::test]
async fn a_stranger_who_behaves_is_heard() {
    let (story, topic, evil) = stage().await;
    let words = note(&evil, 1, &topic);
    evil.publish(&words);
    let create = activity(&evil, "Create", 1, &words);
    let (status, words) = story
        .net
        .send(evil.letter(&story.alpha.at("/inbox"), &create))
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
async fn an_activity_counts_once_however_often_it_comes() {
    let (story, topic, evil) = stage().await;
    evil.publish(&note(&evil, 1, &topic));
    let create = activity(&evil, "Create", 1, &note(&evil, 1, &topic));
    let again = activity(&evil, "Create", 2, &note(&evil, 1, &topic));
    let same = evil.letter(&story.alpha.at("/inbox"), &create);
    for letter in [
        same.clone(),
        same,
        evil.letter(&story.alpha.at("/u/ann/inbox"), &create),
        evil.letter(&story.alpha.at("/inbox"), &again),
    ] {
        assert_eq!(story.net.send(letter).await.0, 202);
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
async fn a_delete_that_overtakes_its_create_wins() {
    let (story, topic, evil) = stage().await;
    let gone = json!({ "id": evil.at("/notes/1"), "type": "Tombstone" });
    for late in [
        activity(&evil, "Delete", 1, &gone),
        activity(&evil, "Create", 1, &note(&evil, 1, &topic)),
    ] {
        assert_eq!(
            story
                .net
                .send(evil.letter(&story.alpha.at("/inbox"), &late))
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
async fn nobody_speaks_for_another() {
    let (story, topic, evil) = stage().await;
    let inbox = story.alpha.at("/inbox");
    let mut as_bea = activity(&evil, "Create", 1, &note(&evil, 1, &topic));
    as_bea["actor"] = json!(story.bea.ap_id());
    let (status, words) = story.net.send(evil.letter(&inbox, &as_bea)).await;
    assert!(
        (400..500).contains(&status) || status == 202,
        "{status} {words}"
    );

    let key = format!("{}#main-key", story.bea.ap_id());
    let (status, words) = story.net.send(evil.letter_as(&key, &inbox, &as_bea)).await;
    assert_eq!(status, 401, "{words}");

    let mut beas_note = note(&evil, 2, &topic);
    beas_note["attributedTo"] = json!(story.bea.ap_id());
    let (status, _) = story
        .net
        .send(evil.letter(&inbox, &activity(&evil, "Create", 2, &beas_note)))
        .await;
    assert!(status == 202 || (400..500).contains(&status));

    let mut elsewhere = note(&evil, 3, &topic);
    elsewhere["id"] = json!(story.beta.at("/p/12345"));
    let (status, _) = story
        .net
        .send(evil.letter(&inbox, &activity(&evil, "Create", 3, &elsewhere)))
        .await;
    assert!(status == 202 || (400..500).contains(&status));
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn nobody_changes_or_takes_away_what_is_anothers() {
    let (story, topic, evil) = stage().await;
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
            .send(evil.letter(&inbox, &activity(&evil, kind, number, object)))
            .await;
        story.net.settle().await;
    }
    let text = "ann@alpha.test: “Warping a heddle” What do you think?\n  bea@beta.test: Use a peg.";
    assert_eq!(story.ann.reads(&topic).await, text);
    assert_eq!(story.bea.reads(&topic).await, text);
}

#[tokio::test]
async fn an_announce_does_not_make_a_false_word_true() {
    let (story, topic, evil) = stage().await;
    let mut put_in_her_mouth = note(&evil, 1, &topic);
    put_in_her_mouth["attributedTo"] = json!(story.ann.ap_id());
    put_in_her_mouth["id"] = json!(story.alpha.at("/p/999"));
    let mut create = activity(&evil, "Create", 1, &put_in_her_mouth);
    create["actor"] = json!(story.ann.ap_id());
    create["id"] = json!(story.alpha.at("/activities/999"));
    let announce = activity(&evil, "Announce", 1, &create);
    story
        .net
        .send(evil.letter(&story.beta.at("/inbox"), &announce))
        .await;
    story.net.settle().await;
    assert_eq!(story.bea.find(&story.alpha.at("/p/999")).await, None);
    assert_eq!(story.bea.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn a_changed_body_an_old_date_and_a_lost_header_are_refused() {
    let (story, topic, evil) = stage().await;
    let create = activity(&evil, "Create", 1, &note(&evil, 1, &topic));
    let letter = evil.letter(&story.alpha.at("/inbox"), &create);

    let mut altered = letter.clone();
    altered.body = activity(&evil, "Create", 9, &note(&evil, 9, &topic))
        .to_string()
        .into_bytes();
    assert_eq!(story.net.send(altered.clone()).await.0, 401);
    altered
        .headers
        .insert("digest", "SHA-256=AAAA".parse().unwrap());
    assert_eq!(story.net.send(altered).await.0, 401);

    for lost in ["signature", "digest", "date"] {
        let mut without = letter.clone();
        without.headers.remove(lost);
        assert_eq!(story.net.send(without).await.0, 401, "without {lost}");
    }

    let mut other_door = letter.clone();
    other_door.url.set_path("/u/ann/inbox");
    assert_eq!(story.net.send(other_door).await.0, 401);

    story.net.advance(2 * 3_600);
    assert_eq!(story.net.send(letter).await.0, 401, "two hours old");
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn a_key_counts_only_where_its_owner_names_it() {
    let story = Weavers::gather().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let other_key = |asked: &Asked| {
        let id = "http://evil.test/u/mallory";
        (asked.path == "/u/mallory").then(|| {
            Answer::activity(&json!({
                "id": id, "type": "Person", "preferredUsername": "mallory",
                "inbox": format!("{id}/inbox"),
                "publicKey": { "id": format!("{id}#other"), "owner": id, "publicKeyPem": "nonsense" },
            }))
        })
    };
    let evil = story.net.hostile("evil.test", other_key).await;
    let create = activity(&evil, "Create", 1, &note(&evil, 1, &topic));
    let inbox = story.alpha.at("/inbox");
    assert_eq!(story.net.send(evil.letter(&inbox, &create)).await.0, 401);
    assert!(evil.asked().len() <= 3, "{:?}", evil.asked());
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 0);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_ends_there() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let addresses = [
        "http://127.0.0.1/u/mallory",
        "http://localhost/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
    ];
    for (number, inside) in addresses.into_iter().enumerate() {
        let astray =
            move |asked: &Asked| (asked.path == "/u/mallory").then(|| Answer::redirect(inside));
        let evil = net.hostile(&format!("evil{number}.test"), astray).await;
        assert!(ann.look_up(&evil.mallory()).await.is_none(), "{inside}");
        assert_eq!(evil.asked().len(), 1, "{inside}: {:?}", evil.asked());
    }
    let round = |asked: &Asked| {
        asked
            .path
            .starts_with("/u/")
            .then(|| Answer::redirect("http://evil.test/u/mallory"))
    };
    let evil = net.hostile("evil.test", round).await;
    assert!(ann.look_up(&evil.mallory()).await.is_none());
    assert_eq!(
        evil.asked().len(),
        2,
        "one redirect is followed: {:?}",
        evil.asked()
    );
}

#[tokio::test]
async fn an_endless_chain_of_replies_costs_a_bounded_number_of_requests() {
    let story = Weavers::gather().await;
    let endless = |asked: &Asked| {
        let number: u64 = asked.path.strip_prefix("/notes/")?.parse().ok()?;
        Some(Answer::activity(&json!({
            "id": format!("http://evil.test/notes/{number}"),
            "type": "Note",
            "attributedTo": "http://evil.test/u/mallory",
            "to": [PUBLIC],
            "inReplyTo": format!("http://evil.test/notes/{}", number + 1),
            "content": "and so on",
        })))
    };
    let evil = story.net.hostile("evil.test", endless).await;
    story.ann.look_up("http://evil.test/notes/1").await;
    story.net.settle().await;
    assert!(evil.asked().len() < 120, "{} requests", evil.asked().len());
    story.net.assert_quiet();
}

#[tokio::test]
async fn a_slow_peer_holds_up_nobody_else() {
    let story = Weavers::gather().await;
    let slow = |asked: &Asked| {
        (asked.method == "POST").then(|| Answer {
            after: Duration::from_secs(20),
            ..Answer::status(202)
        })
    };
    let evil = story.net.hostile("slow.test", slow).await;
    let follow = activity(&evil, "Follow", 1, &json!(story.weavers.ap_id));
    assert_eq!(
        story
            .net
            .send(evil.letter(&story.alpha.at("/inbox"), &follow))
            .await
            .0,
        202
    );
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    let begun = std::time::Instant::now();
    while story.bea.find(topic.ap_id()).await.is_none() {
        assert!(
            begun.elapsed() < Duration::from_secs(2),
            "beta waits for a slow peer"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    story.net.settle().await;
    assert_eq!(story.alpha.peer("slow.test").await.unwrap().failures, 1);
}

#[tokio::test]
async fn private_words_are_not_kept() {
    let (story, topic, evil) = stage().await;
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
                .send(evil.letter(&story.alpha.at("/inbox"), &create))
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
