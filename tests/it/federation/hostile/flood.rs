//! Many at once: from actors made up on the spot, under keys that lead to somebody else, of deletes
//! that concern nobody. What they make us fetch is bounded; who is known already is not held up.

use super::{activity, note, silent, stage};
use crate::federation::Weavers;
use serde_json::json;
use testkit::{Answer, Asked, Hostile};

/// More strangers at once than a busy evening brings.
const MANY: u32 = 600;

/// Signed under a key that nobody has.
fn made_up(evil: &Hostile, story: &Weavers, host: &str, number: u32) -> testkit::Letter {
    let actor = format!("http://{host}/u/nobody{number}");
    let mut follow = activity(evil, "Follow", number, &json!(story.weavers.ap_id));
    follow["actor"] = json!(actor);
    follow["id"] = json!(format!("{actor}/follow"));
    evil.letter_as(
        &format!("{actor}#main-key"),
        &story.alpha.at("/inbox"),
        &follow,
    )
}

#[tokio::test]
async fn nobody_makes_us_hammer_somebody_else() {
    let (story, topic, evil) = stage().await;
    // Known before the flood.
    let words = note(&evil, 1, &topic);
    let create = activity(&evil, "Create", 1, &words);
    let inbox = story.alpha.at("/inbox");
    assert_eq!(story.net.send(evil.letter(&inbox, &create)).await.0, 202);

    let victim = story
        .net
        .hostile("victim.test", |_: &Asked| Some(Answer::status(404)))
        .await;
    let (mut refused, mut limited) = (0, 0);
    for number in 0..MANY {
        match made_up(&evil, &story, "victim.test", number)
            .post(story.alpha.machine())
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
    let asked = victim.asked().len();
    assert!(asked <= 3 * refused, "{asked} requests to the victim");

    // The known one is heard all the same, and so is a stranger of another server.
    let again = activity(&evil, "Create", 2, &note(&evil, 2, &topic));
    assert_eq!(story.net.send(evil.letter(&inbox, &again)).await.0, 202);
    story.net.settle().await;
    assert_eq!(story.ann.find(topic.ap_id()).await.unwrap().replies, 2);

    // Time heals.
    story.net.advance(3_600);
    let late = made_up(&evil, &story, "victim.test", MANY);
    assert_eq!(late.post(story.alpha.machine()).await.0, 401);
}

#[tokio::test]
async fn one_network_cannot_send_us_to_a_thousand_hosts() {
    let story = Weavers::gather().await;
    let evil = story.net.hostile("evil.test", silent).await;
    let victims = story
        .net
        .hostile("victim0.test", |_: &Asked| Some(Answer::status(404)))
        .await;
    for number in 1..MANY {
        story
            .net
            .also(&format!("victim{number}.test"), "victim0.test");
    }
    let mut limited = 0;
    for number in 0..MANY {
        let letter = made_up(&evil, &story, &format!("victim{number}.test"), 0);
        limited += u32::from(letter.post(story.alpha.machine()).await.0 == 429);
    }
    assert!(limited >= 50, "{limited} limited");
    let asked = victims.asked().len();
    assert!(asked <= 3 * 400, "{asked} requests in their name");
}

#[tokio::test]
async fn a_flood_of_followers_is_taken_at_the_pace_of_a_busy_evening() {
    let story = Weavers::gather().await;
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
        match made_up(&evil, &story, "evil.test", number)
            .post(story.alpha.machine())
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
    // The wanted ones come back later, as servers do.
    story.net.advance(3_600);
    let late = made_up(&evil, &story, "evil.test", MANY - 1);
    assert_eq!(late.post(story.alpha.machine()).await.0, 202);
    story.net.settle().await;
    let topic = story.ann.start_discussion(&story.weavers, "Pegs").await;
    story.net.settle().await;
    assert!(story.bea.find(topic.ap_id()).await.is_some());
    let told = evil
        .asked()
        .iter()
        .filter(|asked| asked.body.contains("\"Pegs\""))
        .count();
    assert!(told <= 2, "one shared inbox is told once, not {told} times");
}

#[tokio::test]
async fn deletes_of_nobody_we_know_are_taken_and_forgotten() {
    let story = Weavers::gather().await;
    let evil = story.net.hostile("evil.test", silent).await;
    for number in 0..MANY {
        let gone = evil.at(&format!("/u/gone{number}"));
        let delete = json!({
            "id": format!("{gone}#delete"), "type": "Delete", "actor": gone, "object": gone,
            "to": ["as:Public"],
        });
        let key = format!("{gone}#main-key");
        let letter = evil.letter_as(&key, &story.alpha.at("/inbox"), &delete);
        assert_eq!(letter.post(story.alpha.machine()).await.0, 202);
    }
    story.net.settle().await;
    assert_eq!(evil.asked(), []);
    assert_eq!(
        story.alpha.peer("evil.test").await,
        None,
        "not even a row of the server"
    );
    // They use nothing up.
    let (_, limited) = made_up(&evil, &story, "evil.test", 1)
        .post(story.alpha.machine())
        .await;
    assert!(!limited.contains_key("retry-after"));
}

testkit::on_postgres_too! {
    a_flood_of_followers_is_taken_at_the_pace_of_a_busy_evening
}
