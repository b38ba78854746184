//! Kills a server while it sends. The followers respond at once on separate threads, so that an unanswered
//! request was in flight and did not wait for the test.

use super::{TestServer, fail_after_timeout, received};
use model::DeliveryId;
use model::peer::DeliveryState;
use serde_json::Value;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use testkit::{Database, Hostile, Process};

/// Following servers.
const INBOXES: usize = 200;
/// Posts of the conversation. Each inbox gets one delivery more, the Announce of the thread by id.
const POSTS: usize = 4;
/// Concurrent requests of a process: this many may be unanswered, or answered and not yet recorded, when it
/// is killed.
const PLACES: usize = 256;

/// A delivery: the host of the inbox, and the activity's id.
type Delivery = (String, String);

/// Returns what an inbox received: the id of each activity in order, with repeats.
fn received_activities(peer: &Hostile) -> Vec<(String, Value)> {
    let posted = peer
        .requests()
        .into_iter()
        .filter(|requests| requests.method == "POST");
    let read = posted.map(|requests| serde_json::from_str::<Value>(&requests.body).unwrap());
    read.map(|json| (json["id"].as_str().unwrap().to_owned(), json))
        .collect()
}

/// Returns the post of each Announce of a Create, in the order of the first receipt.
pub(super) fn announced(peer: &Hostile) -> Vec<String> {
    let mut seen = HashSet::new();
    let first = received_activities(peer)
        .into_iter()
        .filter(|(id, _)| seen.insert(id.clone()));
    first
        .filter(|(_, json)| json["object"]["type"] == "Create")
        .map(|(_, json)| json["object"]["object"]["id"].as_str().unwrap().to_owned())
        .collect()
}

fn count(followers: &[Hostile]) -> usize {
    let came = followers.iter().flat_map(Hostile::requests);
    came.filter(|requests| requests.method == "POST").count()
}

fn host(peer: &Hostile) -> String {
    peer.at("").trim_start_matches("http://").to_owned()
}

/// Returns the deliveries in the queue.
async fn waiting(server: &TestServer) -> HashSet<Delivery> {
    let store = server.alpha.store();
    let read = |db: &mut store::Db| -> Result<_, store::StoreError> {
        let rows =
            store::queue::delivery::list(db, DeliveryState::Waiting, DeliveryId(i64::MAX), 10_000)?;
        let mut waiting = HashSet::new();
        for (row, host, _) in rows {
            let activity = store::queue::activity::by_id(db, row.activity_id)?.unwrap();
            waiting.insert((host, activity.ap_id));
        }
        Ok(waiting)
    };
    let waiting = store.read(read).await.unwrap();
    store.close().await;
    waiting
}

/// The deliveries in flight when the sender was killed, as the receivers recorded them.
#[derive(Debug)]
struct InFlight {
    /// Received, and not yet answered.
    unanswered: HashSet<Delivery>,
    /// Answered, and not yet recorded by the sender.
    unwritten: HashSet<Delivery>,
}

impl InFlight {
    /// Compares the times of the responses with the sender's queue. Requests that were in flight when the
    /// sender was killed still arrive, so it counts only after none has arrived for `rest`.
    async fn at(
        killed: Instant,
        rest: Duration,
        server: &TestServer,
        followers: &[Hostile],
    ) -> Self {
        let mut before = 0;
        while before != count(followers) {
            before = count(followers);
            tokio::time::sleep(rest).await;
        }
        let waiting = waiting(server).await;
        let mut found = Self {
            unanswered: HashSet::new(),
            unwritten: HashSet::new(),
        };
        for peer in followers {
            let log = peer.request_log();
            for logged in log.iter().filter(|logged| logged.request.method == "POST") {
                let json: Value = serde_json::from_str(&logged.request.body).unwrap();
                let signed = (host(peer), json["id"].as_str().unwrap().to_owned());
                let answered = logged.answered_at.is_some_and(|at| at < killed);
                if waiting.contains(&signed) && answered {
                    found.unwritten.insert(signed);
                } else if waiting.contains(&signed) {
                    found.unanswered.insert(signed);
                }
            }
        }
        found
    }

    /// Asserts that only deliveries in flight were repeated, and that they were few.
    fn assert_bounds(&self, doubled: &HashSet<Delivery>) {
        let (unanswered, unwritten) = (self.unanswered.len(), self.unwritten.len());
        eprintln!(
            "{} doubled; in flight at the kill: {unanswered} unanswered, {unwritten} answered and not written down",
            doubled.len()
        );
        let more: Vec<&Delivery> = doubled
            .iter()
            .filter(|one| !self.unanswered.contains(*one) && !self.unwritten.contains(*one))
            .collect();
        assert!(
            more.is_empty(),
            "answered, written, and sent again: {more:?}"
        );
        assert!(unanswered + unwritten <= PLACES, "{unanswered} {unwritten}");
    }
}

/// Publishes a thread and replies to it.
async fn conversation(server: &TestServer) -> Vec<String> {
    let thread = server.thread("Heddles").await;
    let mut posts = vec![thread["ap_id"].as_str().unwrap().to_owned()];
    for number in 1..POSTS {
        let reply = server.reply(&thread, &format!("Reply {number}")).await;
        posts.push(reply["ap_id"].as_str().unwrap().to_owned());
    }
    posts
}

/// The followers has received a third of what it will hear, besides its Accepts.
fn is_midway(followers: &[Hostile]) -> bool {
    count(followers) >= INBOXES + INBOXES * POSTS / 3
}

fn has_everything(followers: &[Hostile], posts: &[String]) -> bool {
    let by_id = format!("\"object\":\"{}\"", posts[0]);
    let mut all = followers.iter();
    all.all(|peer| announced(peer).len() == posts.len() && received(peer, &by_id))
}

fn assert_in_order(followers: &[Hostile], posts: &[String]) {
    for peer in followers {
        assert_eq!(announced(peer), posts, "in order");
    }
}

/// Returns the deliveries that were received more than once, and the number of repeats.
fn repeats(followers: &[Hostile]) -> (HashSet<Delivery>, usize) {
    let (mut doubled, mut times) = (HashSet::new(), 0);
    for peer in followers {
        let mut seen = HashSet::new();
        for (id, _) in received_activities(peer) {
            if !seen.insert(id.clone()) {
                doubled.insert((host(peer), id));
                times += 1;
            }
        }
    }
    (doubled, times)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_fan_out_is_resumed() {
    let mut server = TestServer::start(None).await;
    let followers = server.followers(INBOXES).await;
    let posts = conversation(&server).await;
    server.until("the middle", || is_midway(&followers)).await;
    let killed = Instant::now();
    server.alpha.kill();
    assert!(!has_everything(&followers, &posts), "it died too late");
    let in_flight = InFlight::at(killed, Duration::from_millis(50), &server, &followers).await;

    server.alpha.start().await;
    server
        .until("everything", || has_everything(&followers, &posts))
        .await;
    assert_in_order(&followers, &posts);
    let (doubled, times) = repeats(&followers);
    assert_eq!(doubled.len(), times, "none more than twice");
    in_flight.assert_bounds(&doubled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fan_out_survives_a_kill_of_the_database() {
    let Some(database) = Database::start() else {
        return;
    };
    let server = TestServer::start(Some(&database.url())).await;
    let followers = server.followers(INBOXES).await;
    let posts = conversation(&server).await;
    server.until("the middle", || is_midway(&followers)).await;
    database.crash();
    server
        .until("everything", || has_everything(&followers, &posts))
        .await;
    assert_in_order(&followers, &posts);
    // The sender runs on: it knows what was answered and records it when it can.
    let (doubled, _) = repeats(&followers);
    assert_eq!(doubled, HashSet::new());
}

/// Publishes replies on the two processes in turn: one at a time until both have sent some, then so many at
/// once that both have more to send.
async fn by_both(server: &TestServer, twin: &Process, followers: &[Hostile]) -> Vec<String> {
    let thread = server.thread("Heddles").await;
    let mut posts = vec![thread["ap_id"].as_str().unwrap().to_owned()];
    let (first, second) = (server.alpha.arrivals(), twin.arrivals());
    let begun = Instant::now();
    let mut at_once = POSTS;
    while at_once > 0 {
        fail_after_timeout(begun, "that both send", &[&server.alpha, twin]);
        let machine = [&server.alpha, twin][posts.len() % 2];
        let reply = server.reply_at(machine, &thread, "Another.").await;
        posts.push(reply["ap_id"].as_str().unwrap().to_owned());
        if server.alpha.arrivals() == first || twin.arrivals() == second {
            let there = || has_everything(followers, &posts);
            server.until_at("it", there, twin).await;
        } else {
            at_once -= 1;
        }
    }
    posts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_of_a_killed_process_are_sent_by_the_other() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut server = TestServer::start(Some(&database.url())).await;
    let mut twin = server.alpha.twin();
    twin.start().await;
    let followers = server.followers(INBOXES).await;
    let posts = by_both(&server, &twin, &followers).await;
    let killed = Instant::now();
    server.alpha.kill();
    assert!(!has_everything(&followers, &posts), "it died too late");
    let (first, second) = (server.alpha.arrivals(), twin.arrivals());
    eprintln!("sent by the first: {first}, by its twin until then: {second}");
    // The other process goes on with its own work, and polls for more twice a second.
    let in_flight = InFlight::at(killed, Duration::from_millis(1_500), &server, &followers).await;

    let there = || has_everything(&followers, &posts);
    server.until_at("everything", there, &twin).await;
    assert_in_order(&followers, &posts);
    let (doubled, times) = repeats(&followers);
    assert_eq!(doubled.len(), times, "none more than twice");
    in_flight.assert_bounds(&doubled);
}
