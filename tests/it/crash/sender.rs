//! Killed while it sends.

use super::{Stage, heard};
use model::DeliveryId;
use model::peer::DeliveryState;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use testkit::{Database, Hostile};

/// Servers that follow.
const INBOXES: usize = 200;
/// Requests a server makes at a time: so many may be in flight, or answered and not yet written
/// down, when it dies.
const PLACES: usize = 256;
/// Posts of the conversation.
const POSTS: usize = 4;

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
    crowd.iter().map(|peer| letters(peer).len()).sum()
}

/// What was heard and still stands in the queue: it was in flight.
async fn in_flight(stage: &Stage, crowd: &[Hostile]) -> usize {
    let store = stage.alpha.store();
    let read = |db: &mut store::Db| -> Result<_, store::StoreError> {
        let rows =
            store::queue::delivery::list(db, DeliveryState::Waiting, DeliveryId(i64::MAX), 10_000)?;
        let mut waiting = Vec::new();
        for (row, host, _) in rows {
            let activity = store::queue::activity::by_id(db, row.activity_id)?.unwrap();
            waiting.push((host, activity.ap_id));
        }
        Ok(waiting)
    };
    let waiting: Vec<(String, String)> = store.read(read).await.unwrap();
    store.close().await;
    let got: HashMap<String, HashSet<String>> = crowd
        .iter()
        .map(|peer| {
            let host = peer.at("").trim_start_matches("http://").to_owned();
            (host, letters(peer).into_iter().map(|(id, _)| id).collect())
        })
        .collect();
    let heard = |(host, id): &&(String, String)| got.get(host).is_some_and(|ids| ids.contains(id));
    waiting.iter().filter(heard).count()
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

fn repeats(crowd: &[Hostile]) -> usize {
    let of = |peer: &Hostile| {
        let letters = letters(peer);
        let distinct: HashSet<&String> = letters.iter().map(|(id, _)| id).collect();
        letters.len() - distinct.len()
    };
    crowd.iter().map(of).sum()
}

#[tokio::test]
async fn a_fan_out_cut_short_goes_on_where_it_was() {
    let mut stage = Stage::set(None).await;
    let crowd = stage.followers(INBOXES).await;
    let posts = conversation(&stage).await;
    stage.until("the middle", || is_midway(&crowd)).await;
    stage.alpha.kill();
    assert!(!has_everything(&crowd, &posts), "it died too late");
    let in_flight = in_flight(&stage, &crowd).await;
    assert!(in_flight <= PLACES, "{in_flight} were in flight");

    stage.alpha.start().await;
    stage
        .until("everything", || has_everything(&crowd, &posts))
        .await;
    assert_in_order(&crowd, &posts);
    let repeats = repeats(&crowd);
    assert!(repeats <= in_flight, "{repeats} of {in_flight} in flight");
}

#[tokio::test]
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
    let repeats = repeats(&crowd);
    assert!(repeats <= PLACES, "{repeats}");
}

#[tokio::test]
async fn what_one_of_two_processes_leaves_the_other_sends() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut stage = Stage::set(Some(&database.url())).await;
    let mut twin = stage.alpha.twin();
    twin.start().await;
    let crowd = stage.followers(INBOXES).await;
    let posts = conversation(&stage).await;
    stage.until("the middle", || is_midway(&crowd)).await;
    stage.alpha.kill();
    let there = || has_everything(&crowd, &posts);
    stage.until_at("everything", there, &twin).await;
    assert_in_order(&crowd, &posts);
    let repeats = repeats(&crowd);
    assert!(repeats <= PLACES, "{repeats}");
}
