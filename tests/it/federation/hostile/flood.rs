//! Floods of activities from invented actors, with keys on another server, and of irrelevant deletes. The
//! fetches that they cause are bounded, and known actors are not delayed.

use super::{activity, note, setup, silent};
use crate::federation::Weavers;
use serde_json::json;
use testkit::{Hostile, PeerResponse, ReceivedRequest};

/// More unknown actors than the rate limit allows at once.
const MANY: u32 = 600;

/// Builds an activity signed with a key that is not served.
fn unknown_actor_activity(
    evil: &Hostile,
    story: &Weavers,
    host: &str,
    number: u32,
) -> testkit::SignedRequest {
    let actor = format!("http://{host}/u/nobody{number}");
    let mut follow = activity(evil, "Follow", number, &json!(story.weavers.ap_id));
    follow["actor"] = json!(actor);
    follow["id"] = json!(format!("{actor}/follow"));
    evil.signed_request_as(
        &format!("{actor}#main-key"),
        &story.alpha.at("/inbox"),
        &follow,
    )
}

#[tokio::test]
async fn forged_keys_do_not_flood_another_server() {
    let (story, topic, evil) = setup().await;
    // An actor that is known before the flood.
    let words = note(&evil, 1, &topic);
    let create = activity(&evil, "Create", 1, &words);
    let inbox = story.alpha.at("/inbox");
    assert_eq!(
        story.net.send(evil.signed_request(&inbox, &create)).await.0,
        202
    );

    let victim = story
        .net
        .hostile("victim.test", |_: &ReceivedRequest| {
            Some(PeerResponse::status(404))
        })
        .await;
    let (mut refused, mut limited) = (0, 0);
    for number in 0..MANY {
        match unknown_actor_activity(&evil, &story, "victim.test", number)
            .post(story.alpha.addr())
            .await
        {
            (401, _) => refused += 1,
            (429, headers) => {
                limited += 1;
                let wait: u32 = headers["retry-after"].to_str().unwrap().parse().unwrap();
                assert!((1..=3_600).contains(&wait), "{wait}");
            }
            (status, headers) => panic!("{status} {headers:?}"),
        }
    }
    assert!(
        refused >= 50 && limited >= 100,
        "{refused} refused, {limited} limited"
    );
    let requests = victim.requests().len();
    assert!(requests <= 3 * refused, "{requests} requests to the victim");

    // The known actor is accepted, and so is an unknown actor of another server.
    let again = activity(&evil, "Create", 2, &note(&evil, 2, &topic));
    assert_eq!(
        story.net.send(evil.signed_request(&inbox, &again)).await.0,
        202
    );
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 2);

    // The limit recovers with time.
    story.net.advance(3_600);
    let late = unknown_actor_activity(&evil, &story, "victim.test", MANY);
    assert_eq!(late.post(story.alpha.addr()).await.0, 401);
}

#[tokio::test]
async fn one_network_cannot_cause_fetches_from_a_thousand_hosts() {
    let story = Weavers::new().await;
    let evil = story.net.hostile("evil.test", silent).await;
    let victims = story
        .net
        .hostile("victim0.test", |_: &ReceivedRequest| {
            Some(PeerResponse::status(404))
        })
        .await;
    for number in 1..MANY {
        story
            .net
            .also(&format!("victim{number}.test"), "victim0.test");
    }
    let mut limited = 0;
    for number in 0..MANY {
        let signed = unknown_actor_activity(&evil, &story, &format!("victim{number}.test"), 0);
        limited += u32::from(signed.post(story.alpha.addr()).await.0 == 429);
    }
    assert!(limited >= 50, "{limited} limited");
    let requests = victims.requests().len();
    assert!(requests <= 3 * 400, "{requests} requests in their name");
}

#[tokio::test]
async fn a_flood_of_follows_is_rate_limited() {
    let story = Weavers::new().await;
    let evil = story.net.hostile("evil.test", silent).await;
    for number in 0..MANY {
        let id = evil.at(&format!("/u/nobody{number}"));
        evil.publish(&json!({
            "id": id, "type": "Person", "preferredUsername": format!("nobody{number}"),
            "inbox": format!("{id}/inbox"), "endpoints": { "sharedInbox": evil.at("/inbox") },
            "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": evil.pem() },
        }));
    }
    let (mut taken, mut limited) = (0, 0);
    for number in 0..MANY {
        match unknown_actor_activity(&evil, &story, "evil.test", number)
            .post(story.alpha.addr())
            .await
            .0
        {
            202 => taken += 1,
            429 => limited += 1,
            status => panic!("{status}"),
        }
    }
    assert!(
        taken >= 50 && limited >= 50,
        "{taken} taken, {limited} limited"
    );
    // Legitimate servers retry later.
    story.net.advance(3_600);
    let late = unknown_actor_activity(&evil, &story, "evil.test", MANY - 1);
    assert_eq!(late.post(story.alpha.addr()).await.0, 202);
    story.net.settle().await;
    let topic = story.ann.start_discussion(&story.weavers, "Pegs").await;
    story.net.settle().await;
    assert!(story.bea.find(topic.ap_id()).await.is_some());
    let count = evil
        .requests()
        .iter()
        .filter(|requests| requests.body.contains("\"Pegs\""))
        .count();
    assert!(
        count <= 2,
        "one shared inbox is told once, not {count} times"
    );
}

#[tokio::test]
async fn deletes_of_unknown_actors_are_accepted_and_ignored() {
    let story = Weavers::new().await;
    let evil = story.net.hostile("evil.test", silent).await;
    for number in 0..MANY {
        let gone = evil.at(&format!("/u/gone{number}"));
        let delete = json!({
            "id": format!("{gone}#delete"), "type": "Delete", "actor": gone, "object": gone,
            "to": ["as:Public"],
        });
        let key = format!("{gone}#main-key");
        let signed = evil.signed_request_as(&key, &story.alpha.at("/inbox"), &delete);
        assert_eq!(signed.post(story.alpha.addr()).await.0, 202);
    }
    story.net.settle().await;
    assert_eq!(evil.requests(), []);
    assert_eq!(
        story.alpha.peer("evil.test").await,
        None,
        "not even a row of the server"
    );
    // They do not use up the limit.
    let (_, limited) = unknown_actor_activity(&evil, &story, "evil.test", 1)
        .post(story.alpha.addr())
        .await;
    assert!(!limited.contains_key("retry-after"));
}

testkit::on_postgres_too! {
    a_flood_of_follows_is_rate_limited
}
