//! `kill -9` of a real server at a bad moment: what it had answered with 202, or saved, is still
//! taken in and still sent once it runs again.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::{Hostile, Process};
use tokio::task::JoinSet;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// Letters and posts in all; the server dies before it has seen half of them.
const LETTERS: usize = 60;
const POSTS: usize = 24;

/// A server with a community, a thread in it, and a peer that follows the community.
struct Stage {
    alpha: Process,
    evil: Hostile,
    ann: String,
    topic: Value,
}

impl Stage {
    async fn set() -> Self {
        let mut alpha = Process::set_up("alpha");
        let ann = alpha.person("ann");
        alpha.start().await;
        let charter = json!({
            "handle": "weavers",
            "name": { "en": "Weavers" },
            "purpose": { "en": "We weave." },
            "languages": ["en"],
        });
        let (status, words) = alpha
            .ask(&ann, "POST", "/communities", Some(&charter))
            .await;
        assert_eq!(status, 201, "{words}");
        let thread = json!({ "lang": "en", "title": "Pegs", "body": "Which ones?" });
        let (status, topic) = alpha
            .ask(&ann, "POST", "/communities/weavers/threads", Some(&thread))
            .await;
        assert_eq!(status, 201, "{topic}");
        let evil = Hostile::on_loopback("evil").await;
        let follow = activity(&evil, "Follow", 0, &json!(alpha.at("/c/weavers")));
        let (status, words) = evil
            .letter(&alpha.at("/inbox"), &follow)
            .send(alpha.machine())
            .await;
        assert_eq!(status, 202, "{words} {}", alpha.log());
        let stage = Self {
            alpha,
            evil,
            ann,
            topic,
        };
        stage
            .wait_for("the Accept", || stage.evil_has("Accept"))
            .await;
        stage
    }

    fn evil_has(&self, word: &str) -> bool {
        self.evil
            .asked()
            .iter()
            .any(|asked| asked.method == "POST" && asked.body.contains(word))
    }

    async fn wait_for(&self, what: &str, there: impl Fn() -> bool) {
        let begun = Instant::now();
        while !there() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "{what} did not come: {}",
                self.alpha.log()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Which of these posts it does not have.
    async fn missing(&self, ap_ids: &[String]) -> Vec<String> {
        let (store, wanted) = (self.alpha.store(), ap_ids.to_vec());
        store
            .read(move |db| -> Result<_, store::StoreError> {
                let mut missing = Vec::new();
                for ap_id in wanted {
                    if store::discussion::by_ap_id(db, &ap_id)?.is_none() {
                        missing.push(ap_id);
                    }
                }
                Ok(missing)
            })
            .await
            .unwrap()
    }
}

fn activity(evil: &Hostile, kind: &str, number: usize, object: &Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": evil.at(&format!("/activities/{kind}/{number}")),
        "type": kind,
        "actor": evil.mallory(),
        "to": [PUBLIC],
        "object": object,
    })
}

#[tokio::test]
async fn what_was_answered_202_is_taken_in_after_a_crash() {
    let mut stage = Stage::set().await;
    let note = |number: usize| stage.evil.at(&format!("/notes/{number}"));
    let mut sent = JoinSet::new();
    for number in 0..LETTERS {
        let words = json!({
            "id": note(number), "type": "Note", "attributedTo": stage.evil.mallory(), "to": [PUBLIC],
            "inReplyTo": stage.topic["ap_id"], "content": format!("<p>Note {number}</p>"),
        });
        let create = activity(&stage.evil, "Create", number, &words);
        let letter = stage.evil.letter(&stage.alpha.at("/inbox"), &create);
        let machine = stage.alpha.machine();
        let id = note(number);
        sent.spawn(async move { (id, letter.send(machine).await.0) });
    }
    let mut taken = Vec::new();
    while let Some(answer) = sent.join_next().await {
        let (id, status) = answer.unwrap();
        if status == 202 {
            taken.push(id);
        }
        if taken.len() == LETTERS / 3 {
            stage.alpha.kill();
        }
    }
    assert!(taken.len() >= LETTERS / 3, "{} were taken", taken.len());
    let lost_at_once = stage.missing(&taken).await.len();

    stage.alpha.start().await;
    let begun = Instant::now();
    while !stage.missing(&taken).await.is_empty() {
        let missing = stage.missing(&taken).await;
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{missing:?} are lost of {lost_at_once}: {}",
            stage.alpha.log()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_was_saved_is_sent_after_a_crash() {
    let mut stage = Stage::set().await;
    let mut saved = Vec::new();
    for number in 0..POSTS {
        let thread = json!({ "lang": "en", "title": format!("Thread {number}"), "body": "x" });
        let (status, post) = stage
            .alpha
            .ask(
                &stage.ann,
                "POST",
                "/communities/weavers/threads",
                Some(&thread),
            )
            .await;
        assert_eq!(status, 201, "{post}");
        saved.push(post["ap_id"].as_str().unwrap().to_owned());
        if number % 8 == 7 {
            stage.alpha.kill();
            stage.alpha.start().await;
        }
    }
    assert_eq!(stage.missing(&saved).await, [""; 0]);
    for ap_id in &saved {
        let announced = format!("\"{ap_id}\"");
        stage.wait_for(ap_id, || stage.evil_has(&announced)).await;
    }
}
