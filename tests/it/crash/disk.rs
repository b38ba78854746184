//! A full disk, and a database that cannot be written.

use super::sender::announced;
use super::{PUBLIC, TIMEOUT, TestServer, activity};
use model::peer::{DeliveryState, InboundState};
use serde_json::json;
use std::time::{Duration, Instant};
use store::queue;
use testkit::{Database, Hostile, ResourceLimit, SignedRequest};

/// Following servers, in the tests of a busy server.
const INBOXES: usize = 20;

/// The size of a reply that soon fills the disk, in bytes.
const SOME: usize = 2_000;
/// The size of a reply that fits when it is received, but not a second time when it is applied.
const MANY: usize = 190_000;

/// Builds a reply with this many bytes of text.
fn reply(
    peer: &Hostile,
    number: usize,
    bytes: usize,
    server: &TestServer,
) -> (String, SignedRequest) {
    let id = peer.at(&format!("/notes/{number}"));
    let note = json!({
        "id": id, "type": "Note", "attributedTo": peer.mallory(), "to": [PUBLIC],
        "inReplyTo": server.topic["ap_id"], "content": "x".repeat(bytes),
    });
    let create = activity(peer, "Create", number, &note);
    let signed = peer.signed_request(&server.alpha.at("/inbox"), &create);
    (id, signed)
}

#[tokio::test]
async fn a_full_disk_is_reported_and_loses_nothing() {
    let mut server = TestServer::start(None).await;
    let peer = Hostile::on_loopback("peer").await;
    server.alpha.kill();
    // What is there fits; a few requests more do not.
    let kilobytes = server.alpha.database_kilobytes() + 64;
    server
        .alpha
        .start_limited(ResourceLimit::FileSize(kilobytes))
        .await;

    let (mut taken, mut refused) = (Vec::new(), None);
    for number in 0..400 {
        let (id, signed) = reply(&peer, number, SOME, &server);
        match signed.send(server.alpha.addr()).await {
            (202, _) => taken.push(id),
            (status, _) => {
                refused = Some(status);
                break;
            }
        }
    }
    assert_eq!(refused, Some(503), "peers try again later");
    let thread = json!({ "lang": "en", "title": "Full", "body": "y".repeat(5_000) });
    let path = "/communities/weavers/threads";
    let (status, words) = server
        .alpha
        .ask(&server.ann, "POST", path, Some(&thread))
        .await;
    assert_eq!(
        (status, &words["code"]),
        (503, &json!("unavailable")),
        "{words}"
    );
    let log = server.alpha.log();
    assert!(log.contains("disk"), "the log names the reason: {log}");
    let (status, _) = server.alpha.ask(&server.ann, "GET", path, None).await;
    assert_eq!(status, 200, "reading goes on");

    server.alpha.kill();
    server.alpha.start().await;
    let known = async || {
        let posts = server.posts(&server.topic).await;
        let known = |id: &String| posts.iter().any(|post| post.ap_id == *id);
        taken.iter().all(known)
    };
    let begun = std::time::Instant::now();
    while !known().await {
        assert!(begun.elapsed() < super::TIMEOUT, "{}", server.alpha.log());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_server_that_cannot_write_says_so_to_a_monitor() {
    let server = TestServer::start(None).await;
    let becomes = async |status: u16| {
        let begun = Instant::now();
        while server.alpha.health().await != status {
            assert!(begun.elapsed() < TIMEOUT, "{}", server.alpha.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    server.alpha.fill_disk(0);
    becomes(503).await;
    server.alpha.make_room();
    becomes(204).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_written_does_not_start_a_server() {
    let mut server = TestServer::start(None).await;
    server.alpha.kill();
    let told = server.alpha.start_unable_to_write();
    assert!(told.contains("hedgerow.db cannot be written"), "{told}");
    server.alpha.start().await;
    assert_eq!(server.posts(&server.topic).await.len(), 1);
}

/// A server that delivers a conversation to followers and receives replies from a peer while the database
/// cannot be written for a time. Afterwards everything must have happened, once and in order.
struct BusyServer {
    server: TestServer,
    followers: Vec<Hostile>,
    peer: Hostile,
    /// Of Ann's.
    replies: Vec<String>,
    /// Of the peer's, answered with 202.
    taken: Vec<String>,
}

impl BusyServer {
    async fn on(postgres: Option<&str>) -> Self {
        let server = TestServer::start(postgres).await;
        let followers = server.followers(INBOXES).await;
        let peer = Hostile::on_loopback("peer").await;
        let mut at_work = Self {
            server,
            followers,
            peer,
            replies: Vec::new(),
            taken: Vec::new(),
        };
        for number in 0..3 {
            at_work.writes(number, SOME).await;
        }
        at_work
    }

    /// Lets Ann reply, which starts deliveries.
    async fn says(&mut self, many: usize) {
        for number in 0..many {
            let words = format!("Reply {number}");
            let reply = self.server.reply(&self.server.topic, &words).await;
            self.replies
                .push(reply["ap_id"].as_str().unwrap().to_owned());
        }
    }

    /// Lets the peer reply; returns the status.
    async fn writes(&mut self, number: usize, bytes: usize) -> u16 {
        let (id, signed) = reply(&self.peer, number, bytes, &self.server);
        let (status, _) = signed.send(self.server.alpha.addr()).await;
        if status == 202 {
            self.taken.push(id);
        }
        status
    }

    /// Lets the peer reply until it is told to retry later.
    async fn writes_until_refused(&mut self) {
        for number in 3..400 {
            match self.writes(number, SOME).await {
                202 => {}
                503 => return,
                status => panic!("{status}"),
            }
        }
        panic!("nothing is full");
    }

    /// Asserts that the log has the reason while nothing can be written, and few lines.
    async fn tells(&self, reason: &str, what: &str) {
        let rests = || self.server.alpha.log().matches(what).count();
        // Of the same trouble, one line a minute is written.
        self.server.until(what, || rests() >= 1).await;
        let log = self.server.alpha.log();
        assert!(log.contains(reason), "{log}");
        let lines = log.lines().filter(|line| !line.contains("DEBUG"));
        assert!(lines.count() < 200, "{log}");
        let thread = json!({ "lang": "en", "title": "Full", "body": "y".repeat(5_000) });
        let path = "/communities/weavers/threads";
        let requests = self
            .server
            .alpha
            .ask(&self.server.ann, "POST", path, Some(&thread));
        let (status, words) = requests.await;
        assert_eq!((status, &words["code"]), (503, &json!("unavailable")));
        let (status, _) = self
            .server
            .alpha
            .ask(&self.server.ann, "GET", path, None)
            .await;
        assert_eq!(status, 200, "reading goes on");
    }

    /// Returns whether everything that was answered or saved is there and delivered.
    async fn is_done(&self) -> bool {
        let posts = self.server.posts(&self.server.topic).await;
        let here = |id: &String| posts.iter().any(|post| post.ap_id == *id);
        let everywhere = |id: &String| self.followers.iter().all(|one| announced(one).contains(id));
        let mut all = self.taken.iter().chain(&self.replies);
        all.all(|id| here(id) && everywhere(id))
    }

    async fn finishes(&self) {
        let begun = Instant::now();
        while !self.is_done().await {
            assert!(begun.elapsed() < TIMEOUT, "{}", self.server.alpha.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let posts = self.server.posts(&self.server.topic).await;
        let posts: Vec<String> = posts.into_iter().map(|post| post.ap_id).collect();
        let received = self.followers.iter().map(announced);
        for list in received.chain([posts]) {
            for by in [&self.taken, &self.replies] {
                let theirs = list.iter().filter(|id| by.contains(id));
                assert_eq!(theirs.collect::<Vec<_>>(), by.iter().collect::<Vec<_>>());
            }
        }
        let store = self.server.alpha.store();
        let aside = store.read(|db| {
            let rejected = queue::inbound::count(db, InboundState::Rejected)?;
            let dead = queue::jobs::count_dead(db)?;
            let failed = queue::delivery::count(db, DeliveryState::Failed)?;
            Ok::<_, store::StoreError>((rejected, dead, failed))
        });
        assert_eq!(aside.await.unwrap(), (0, 0, 0), "nothing is given up");
        store.close().await;
    }
}

#[tokio::test]
async fn a_disk_that_fills_under_load_delays_everything_and_loses_nothing() {
    let mut at_work = BusyServer::on(None).await;
    at_work.says(6).await;
    at_work.server.alpha.fill_disk(700);
    // It is taken and waits, and what comes after it waits behind it.
    assert_eq!(at_work.writes(1_000, MANY).await, 202);
    at_work.writes_until_refused().await;
    let what = "inbound queue unavailable";
    at_work.tells("disk", what).await;
    // Nobody starts it again.
    at_work.server.alpha.make_room();
    at_work.finishes().await;
}

#[tokio::test]
async fn a_database_that_becomes_read_only_delays_everything_and_loses_nothing() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut at_work = BusyServer::on(Some(&database.url())).await;
    at_work.says(6).await;
    for number in 500..520 {
        at_work.writes(number, SOME).await;
    }
    database.read_only(true);
    at_work.writes_until_refused().await;
    at_work.tells("read-only", "unavailable").await;
    database.read_only(false);
    at_work.finishes().await;
}
