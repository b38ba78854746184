//! Kills a server or its database with SIGKILL at the worst time: what was answered with 202 or saved still
//! takes effect, once and in order within its conversation. Uses real processes, HTTP, SQLite and
//! PostgreSQL.

mod disk;
mod receiver;
mod sender;

use model::access::Reader;
use model::{Clock, SystemClock};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::row;
use testkit::{Hostile, Process};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// Limits every wait; the lease of a killed process ends after a minute.
const TIMEOUT: Duration = Duration::from_secs(150);

/// A server with a community and a thread.
struct TestServer {
    alpha: Process,
    ann: String,
    topic: Value,
}

impl TestServer {
    /// Starts the server on this PostgreSQL database, or on SQLite.
    async fn start(postgres: Option<&str>) -> Self {
        let mut alpha = Process::set_up_on("alpha", postgres);
        let ann = alpha.person("ann");
        alpha.start().await;
        let charter = json!({
            "handle": "weavers",
            "name": { "en": "Weavers" },
            "purpose": { "en": "We weave." },
            "languages": ["en"],
            "posts_per_hour": 0,
        });
        let (status, words) = alpha
            .ask(&ann, "POST", "/communities", Some(&charter))
            .await;
        assert_eq!(status, 201, "{words}");
        let mut server = Self {
            alpha,
            ann,
            topic: Value::Null,
        };
        server.topic = server.thread("Pegs").await;
        server
    }

    async fn made(&self, path: &str, body: &Value) -> Value {
        self.made_at(&self.alpha, path, body).await
    }

    async fn made_at(&self, machine: &Process, path: &str, body: &Value) -> Value {
        let (status, made) = machine.ask(&self.ann, "POST", path, Some(body)).await;
        assert_eq!(status, 201, "{made} {}", machine.log());
        made
    }

    async fn thread(&self, title: &str) -> Value {
        let thread = json!({ "lang": "en", "title": title, "body": "Which ones?" });
        self.made("/communities/weavers/threads", &thread).await
    }

    async fn reply(&self, to: &Value, body: &str) -> Value {
        self.reply_at(&self.alpha, to, body).await
    }

    /// Lets Ann reply on one of two processes.
    async fn reply_at(&self, machine: &Process, to: &Value, body: &str) -> Value {
        let path = format!("/posts/{}/replies", to["id"].as_str().unwrap());
        let reply = json!({ "lang": "en", "body": body });
        self.made_at(machine, &path, &reply).await
    }

    /// Starts servers that follow the community.
    async fn followers(&self, many: usize) -> Vec<Hostile> {
        let mut followers = Vec::new();
        for number in 0..many {
            followers.push(Hostile::on_loopback(&format!("f{number}")).await);
        }
        for peer in &followers {
            let follow = activity(peer, "Follow", 0, &json!(self.alpha.at("/c/weavers")));
            let signed = peer.signed_request(&self.alpha.at("/inbox"), &follow);
            let (status, words) = signed.send(self.alpha.addr()).await;
            assert_eq!(status, 202, "{words} {}", self.alpha.log());
        }
        let accepted = || followers.iter().all(|peer| received(peer, "Accept"));
        self.until("every Accept", accepted).await;
        followers
    }

    async fn until(&self, what: &str, there: impl Fn() -> bool) {
        self.until_at(what, there, &self.alpha).await;
    }

    async fn until_at(&self, what: &str, there: impl Fn() -> bool, at: &Process) {
        let begun = Instant::now();
        while !there() {
            fail_after_timeout(begun, what, &[at]);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Returns the posts of a thread in the order in which they took effect.
    async fn posts(&self, topic: &Value) -> Vec<row::Post> {
        let store = self.alpha.store();
        let id = topic["id"].as_str().unwrap().parse().unwrap();
        let reader = Reader::system(SystemClock.now());
        let read = move |db: &mut store::Db| -> Result<_, store::StoreError> {
            let mut posts = store::post::replies(db, reader, model::PostId(id), 0, 10_000)?;
            posts.extend(store::raw::post::by_id(db, model::PostId(id))?);
            posts.sort_by_key(|post| post.id);
            Ok(posts)
        };
        let posts = store.read(read).await;
        store.close().await;
        posts.unwrap()
    }
}

/// Fails a test that has waited too long, with the logs of the processes.
fn fail_after_timeout(begun: Instant, what: &str, machines: &[&Process]) {
    if begun.elapsed() >= TIMEOUT {
        let logs: Vec<String> = machines.iter().map(|machine| machine.log()).collect();
        panic!("{what} did not come: {}", logs.join("\n\n"));
    }
}

fn received(peer: &Hostile, words: &str) -> bool {
    let requests = peer.requests();
    let mut posted = requests.iter().filter(|requests| requests.method == "POST");
    posted.any(|requests| requests.body.contains(words))
}

fn activity(peer: &Hostile, kind: &str, number: usize, object: &Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": peer.at(&format!("/activities/{kind}/{number}")),
        "type": kind,
        "actor": peer.mallory(),
        "to": [PUBLIC],
        "object": object,
    })
}
