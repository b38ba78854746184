//! Killed while it sends. Those who follow answer on threads of their own, at once: what is
//! unanswered was on its way, and did not only wait for the story to look up.

use super::{Stage, heard, patience};
use model::DeliveryId;
use model::peer::DeliveryState;
use serde_json::Value;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use testkit::{Database, Hostile, Process};

/// Servers that follow.
const INBOXES: usize = 200;
/// Posts of the conversation: with the thread by its id, one letter more for each inbox.
const POSTS: usize = 4;
/// Requests a process makes at a time: so many may be unanswered, or answered and not yet written
/// down, when it dies.
const PLACES: usize = 256;

/// A letter to somebody: whose inbox, and the activity's id.
type Letter = (String, String);

/// What an inbox got: the id of each activity, in the order it came, repeats included.
fn letters(peer: &Hostile) -> Vec<(String, Value)> {
    let posted = peer
        .asked()
        .into_iter()
        .filter(|asked| asked.method == "POST");
    let read = posted.map(|asked| serde_json::from_str::<Value>(&asked.body).unwrap());
    read.map(|json| (json["id"].as_str().unwrap().to_owned(), json))
        .collect()
}

/// Which post each Announce of a Create carries, in the order of their first coming.
pub(super) fn announced(peer: &Hostile) -> Vec<String> {
    let mut seen = HashSet::new();
    let first = letters(peer)
        .into_iter()
        .filter(|(id, _)| seen.insert(id.clone()));
    first
        .filter(|(_, json)| json["object"]["type"] == "Create")
        .map(|(_, json)| json["object"]["object"]["id"].as_str().unwrap().to_owned())
        .collect()
}

fn count(crowd: &[Hostile]) -> usize {
    let came = crowd.iter().flat_map(Hostile::asked);
    came.filter(|asked| asked.method == "POST").count()
}

fn host(peer: &Hostile) -> String {
    peer.at("").trim_start_matches("http://").to_owned()
}

/// What stands in the queue.
async fn waiting(stage: &Stage) -> HashSet<Letter> {
    let store = stage.alpha.store();
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

/// What was on its way when the sender died, as those who got it tell.
#[derive(Debug)]
struct InFlight {
    /// It had come, and no answer had gone out.
    unanswered: HashSet<Letter>,
    /// The answer had gone out, and the sender had not written that down.
    unwritten: HashSet<Letter>,
}

impl InFlight {
    /// Those who got something know when they answered, the queue what the sender has not written
    /// down. What was under way by itself when it died comes in yet: until nothing does for `rest`,
    /// nobody counts.
    async fn at(killed: Instant, rest: Duration, stage: &Stage, crowd: &[Hostile]) -> Self {
        let mut before = 0;
        while before != count(crowd) {
            before = count(crowd);
            tokio::time::sleep(rest).await;
        }
        let waiting = waiting(stage).await;
        let mut found = Self {
            unanswered: HashSet::new(),
            unwritten: HashSet::new(),
        };
        for peer in crowd {
            let visits = peer.visits();
            for visit in visits.iter().filter(|visit| visit.asked.method == "POST") {
                let json: Value = serde_json::from_str(&visit.asked.body).unwrap();
                let letter = (host(peer), json["id"].as_str().unwrap().to_owned());
                let answered = visit.answered_at.is_some_and(|at| at < killed);
                if waiting.contains(&letter) && answered {
                    found.unwritten.insert(letter);
                } else if waiting.contains(&letter) {
                    found.unanswered.insert(letter);
                }
            }
        }
        found
    }

    /// Nothing came twice but what was in flight, and that was little.
    fn assert_bounds(&self, doubled: &HashSet<Letter>) {
        let (unanswered, unwritten) = (self.unanswered.len(), self.unwritten.len());
        eprintln!(
            "{} doubled; in flight at the kill: {unanswered} unanswered, {unwritten} answered and not written down",
            doubled.len()
        );
        let more: Vec<&Letter> = doubled
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

/// A thread and replies to it, in one conversation.
async fn conversation(stage: &Stage) -> Vec<String> {
    let thread = stage.thread("Heddles").await;
    let mut posts = vec![thread["ap_id"].as_str().unwrap().to_owned()];
    for number in 1..POSTS {
        let reply = stage.reply(&thread, &format!("Reply {number}")).await;
        posts.push(reply["ap_id"].as_str().unwrap().to_owned());
    }
    posts
}

/// The crowd has heard a third of what it will hear, besides its Accepts.
fn is_midway(crowd: &[Hostile]) -> bool {
    count(crowd) >= INBOXES + INBOXES * POSTS / 3
}

fn has_everything(crowd: &[Hostile], posts: &[String]) -> bool {
    let by_id = format!("\"object\":\"{}\"", posts[0]);
    let mut all = crowd.iter();
    all.all(|peer| announced(peer).len() == posts.len() && heard(peer, &by_id))
}

fn assert_in_order(crowd: &[Hostile], posts: &[String]) {
    for peer in crowd {
        assert_eq!(announced(peer), posts, "in order");
    }
}

/// What came more than once, each as often as it should not have.
fn repeats(crowd: &[Hostile]) -> (HashSet<Letter>, usize) {
    let (mut doubled, mut times) = (HashSet::new(), 0);
    for peer in crowd {
        let mut seen = HashSet::new();
        for (id, _) in letters(peer) {
            if !seen.insert(id.clone()) {
                doubled.insert((host(peer), id));
                times += 1;
            }
        }
    }
    (doubled, times)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fan_out_cut_short_goes_on_where_it_was() {
    let mut stage = Stage::set(None).await;
    let crowd = stage.followers(INBOXES).await;
    let posts = conversation(&stage).await;
    stage.until("the middle", || is_midway(&crowd)).await;
    let killed = Instant::now();
    stage.alpha.kill();
    assert!(!has_everything(&crowd, &posts), "it died too late");
    let in_flight = InFlight::at(killed, Duration::from_millis(50), &stage, &crowd).await;

    stage.alpha.start().await;
    stage
        .until("everything", || has_everything(&crowd, &posts))
        .await;
    assert_in_order(&crowd, &posts);
    let (doubled, times) = repeats(&crowd);
    assert_eq!(doubled.len(), times, "none more than twice");
    in_flight.assert_bounds(&doubled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fan_out_survives_the_end_of_its_database() {
    let Some(database) = Database::start() else {
        return;
    };
    let stage = Stage::set(Some(&database.url())).await;
    let crowd = stage.followers(INBOXES).await;
    let posts = conversation(&stage).await;
    stage.until("the middle", || is_midway(&crowd)).await;
    database.crash();
    stage
        .until("everything", || has_everything(&crowd, &posts))
        .await;
    assert_in_order(&crowd, &posts);
    // The sender lives: what was answered it knows, and writes down when it can.
    let (doubled, _) = repeats(&crowd);
    assert_eq!(doubled, HashSet::new());
}

/// Replies, written at one machine and the other in turn: one at a time until both have sent some,
/// then so many at once that both have more to send.
async fn by_both(stage: &Stage, twin: &Process, crowd: &[Hostile]) -> Vec<String> {
    let thread = stage.thread("Heddles").await;
    let mut posts = vec![thread["ap_id"].as_str().unwrap().to_owned()];
    let (first, second) = (stage.alpha.arrivals(), twin.arrivals());
    let begun = Instant::now();
    let mut at_once = POSTS;
    while at_once > 0 {
        patience(begun, "that both send", &[&stage.alpha, twin]);
        let machine = [&stage.alpha, twin][posts.len() % 2];
        let reply = stage.reply_at(machine, &thread, "Another.").await;
        posts.push(reply["ap_id"].as_str().unwrap().to_owned());
        if stage.alpha.arrivals() == first || twin.arrivals() == second {
            let there = || has_everything(crowd, &posts);
            stage.until_at("it", there, twin).await;
        } else {
            at_once -= 1;
        }
    }
    posts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_of_two_processes_leaves_the_other_sends() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut stage = Stage::set(Some(&database.url())).await;
    let mut twin = stage.alpha.twin();
    twin.start().await;
    let crowd = stage.followers(INBOXES).await;
    let posts = by_both(&stage, &twin, &crowd).await;
    let killed = Instant::now();
    stage.alpha.kill();
    assert!(!has_everything(&crowd, &posts), "it died too late");
    let (first, second) = (stage.alpha.arrivals(), twin.arrivals());
    eprintln!("sent by the first: {first}, by its twin until then: {second}");
    // The twin goes on with what is its own, and looks for more twice a second.
    let in_flight = InFlight::at(killed, Duration::from_millis(1_500), &stage, &crowd).await;

    let there = || has_everything(&crowd, &posts);
    stage.until_at("everything", there, &twin).await;
    assert_in_order(&crowd, &posts);
    let (doubled, times) = repeats(&crowd);
    assert_eq!(doubled.len(), times, "none more than twice");
    in_flight.assert_bounds(&doubled);
}
