//! A disk that is full, and a database that cannot be written.

use super::sender::announced;
use super::{PATIENCE, PUBLIC, Stage, activity};
use model::peer::{DeliveryState, InboundState};
use serde_json::json;
use std::time::{Duration, Instant};
use store::queue;
use testkit::{Database, Hold, Hostile, Letter};

/// Servers that follow, in the stories of a server at work.
const INBOXES: usize = 20;

/// Bytes of a reply: they soon fill something.
const SOME: usize = 2_000;
/// Of one that fits when it comes, and not a second time, when it is taken in.
const MANY: usize = 600_000;

/// A reply, with so many bytes of text.
fn reply(peer: &Hostile, number: usize, bytes: usize, stage: &Stage) -> (String, Letter) {
    let id = peer.at(&format!("/notes/{number}"));
    let note = json!({
        "id": id, "type": "Note", "attributedTo": peer.mallory(), "to": [PUBLIC],
        "inReplyTo": stage.topic["ap_id"], "content": "x".repeat(bytes),
    });
    let create = activity(peer, "Create", number, &note);
    let letter = peer.letter(&stage.alpha.at("/inbox"), &create);
    (id, letter)
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let mut stage = Stage::set(None).await;
    let peer = Hostile::on_loopback("peer").await;
    stage.alpha.kill();
    // What is there fits; a few letters more do not.
    let kilobytes = stage.alpha.database_kilobytes() + 64;
    stage.alpha.start_held(Hold::FileSize(kilobytes)).await;

    let (mut taken, mut refused) = (Vec::new(), None);
    for number in 0..400 {
        let (id, letter) = reply(&peer, number, SOME, &stage);
        match letter.send(stage.alpha.machine()).await {
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
    let (status, words) = stage
        .alpha
        .ask(&stage.ann, "POST", path, Some(&thread))
        .await;
    assert_eq!(
        (status, &words["code"]),
        (503, &json!("unavailable")),
        "{words}"
    );
    let log = stage.alpha.log();
    assert!(log.contains("disk"), "the log names the reason: {log}");
    let (status, _) = stage.alpha.ask(&stage.ann, "GET", path, None).await;
    assert_eq!(status, 200, "reading goes on");

    stage.alpha.kill();
    stage.alpha.start().await;
    let known = async || {
        let posts = stage.posts(&stage.topic).await;
        let known = |id: &String| posts.iter().any(|post| post.ap_id == *id);
        taken.iter().all(known)
    };
    let begun = std::time::Instant::now();
    while !known().await {
        assert!(begun.elapsed() < super::PATIENCE, "{}", stage.alpha.log());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_written_does_not_start_a_server() {
    let mut stage = Stage::set(None).await;
    stage.alpha.kill();
    let told = stage.alpha.start_unable_to_write();
    assert!(told.contains("hedgerow.db cannot be written"), "{told}");
    stage.alpha.start().await;
    assert_eq!(stage.posts(&stage.topic).await.len(), 1);
}

/// The community's followers hear of a conversation, and a peer takes part in it, while the database
/// cannot be written for a time; then everything has been done, once, in order.
struct AtWork {
    stage: Stage,
    crowd: Vec<Hostile>,
    peer: Hostile,
    /// Of Ann's.
    said: Vec<String>,
    /// Of the peer's, answered with 202.
    taken: Vec<String>,
}

impl AtWork {
    async fn on(postgres: Option<&str>) -> Self {
        let stage = Stage::set(postgres).await;
        let crowd = stage.followers(INBOXES).await;
        let peer = Hostile::on_loopback("peer").await;
        let mut at_work = Self {
            stage,
            crowd,
            peer,
            said: Vec::new(),
            taken: Vec::new(),
        };
        for number in 0..3 {
            at_work.writes(number, SOME).await;
        }
        at_work
    }

    /// Ann replies: deliveries are under way from now on.
    async fn says(&mut self, many: usize) {
        for number in 0..many {
            let words = format!("Reply {number}");
            let reply = self.stage.reply(&self.stage.topic, &words).await;
            self.said.push(reply["ap_id"].as_str().unwrap().to_owned());
        }
    }

    /// The peer replies. Answers the status.
    async fn writes(&mut self, number: usize, bytes: usize) -> u16 {
        let (id, letter) = reply(&self.peer, number, bytes, &self.stage);
        let (status, _) = letter.send(self.stage.alpha.machine()).await;
        if status == 202 {
            self.taken.push(id);
        }
        status
    }

    /// The peer goes on until it is asked to come again later.
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

    /// What the log says while nothing can be written: the reason, and not much.
    async fn tells(&self, reason: &str, what: &str) {
        let rests = || self.stage.alpha.log().matches(what).count();
        self.stage.until(what, || rests() >= 3).await;
        let log = self.stage.alpha.log();
        assert!(log.contains(reason), "{log}");
        let lines = log.lines().filter(|line| !line.contains("DEBUG"));
        assert!(lines.count() < 200, "{log}");
        let thread = json!({ "lang": "en", "title": "Full", "body": "y".repeat(5_000) });
        let path = "/communities/weavers/threads";
        let asked = self
            .stage
            .alpha
            .ask(&self.stage.ann, "POST", path, Some(&thread));
        let (status, words) = asked.await;
        assert_eq!((status, &words["code"]), (503, &json!("unavailable")));
        let (status, _) = self
            .stage
            .alpha
            .ask(&self.stage.ann, "GET", path, None)
            .await;
        assert_eq!(status, 200, "reading goes on");
    }

    /// Whether all that was answered or saved is there, and everybody has heard of it.
    async fn is_done(&self) -> bool {
        let posts = self.stage.posts(&self.stage.topic).await;
        let here = |id: &String| posts.iter().any(|post| post.ap_id == *id);
        let everywhere = |id: &String| self.crowd.iter().all(|one| announced(one).contains(id));
        let mut all = self.taken.iter().chain(&self.said);
        all.all(|id| here(id) && everywhere(id))
    }

    async fn finishes(&self) {
        let begun = Instant::now();
        while !self.is_done().await {
            assert!(begun.elapsed() < PATIENCE, "{}", self.stage.alpha.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let posts = self.stage.posts(&self.stage.topic).await;
        let posts: Vec<String> = posts.into_iter().map(|post| post.ap_id).collect();
        let heard = self.crowd.iter().map(announced);
        for list in heard.chain([posts]) {
            for by in [&self.taken, &self.said] {
                let theirs = list.iter().filter(|id| by.contains(id));
                assert_eq!(theirs.collect::<Vec<_>>(), by.iter().collect::<Vec<_>>());
            }
        }
        let store = self.stage.alpha.store();
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
async fn a_disk_that_fills_at_work_holds_up_everything_and_loses_nothing() {
    let mut at_work = AtWork::on(None).await;
    at_work.says(6).await;
    at_work.stage.alpha.fill_disk(1_300);
    // It is taken and waits, and what comes after it waits behind it.
    assert_eq!(at_work.writes(1_000, MANY).await, 202);
    at_work.writes_until_refused().await;
    let what = "received activities cannot be taken in";
    at_work.tells("disk", what).await;
    // Nobody starts it again.
    at_work.stage.alpha.make_room();
    at_work.finishes().await;
}

#[tokio::test]
async fn a_database_that_turns_read_only_holds_up_everything_and_loses_nothing() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut at_work = AtWork::on(Some(&database.url())).await;
    at_work.says(6).await;
    for number in 500..520 {
        at_work.writes(number, SOME).await;
    }
    database.read_only(true);
    at_work.writes_until_refused().await;
    at_work.tells("read-only", "cannot be").await;
    database.read_only(false);
    at_work.finishes().await;
}
