//! Killed while it receives. Peers do what real ones do: they send one letter after another, and
//! again what was not answered with 202.

use super::{PUBLIC, Stage, activity};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use testkit::{Database, Hostile};
use tokio::task::JoinSet;

/// Peers that write at the same time.
const PEERS: usize = 4;
/// Letters of each.
const LETTERS: usize = 40;

fn note_id(peer: &Hostile, number: usize) -> String {
    peer.at(&format!("/notes/{number:03}"))
}

fn create(peer: &Hostile, number: usize, topic: &Value) -> Value {
    let note = json!({
        "id": note_id(peer, number), "type": "Note", "attributedTo": peer.mallory(), "to": [PUBLIC],
        "inReplyTo": topic["ap_id"], "content": format!("<p>Note {number}</p>"),
    });
    activity(peer, "Create", number, &note)
}

/// Sends a peer's letters in order, each until one of the machines takes it; every third twice.
fn write(
    stage: &Stage,
    machines: &[SocketAddr],
    peer: Arc<Hostile>,
    taken: Arc<AtomicUsize>,
) -> JoinSet<()> {
    let (inbox, machines) = (stage.alpha.at("/inbox"), machines.to_vec());
    let topic = stage.topic.clone();
    let mut running = JoinSet::new();
    running.spawn(async move {
        let mut machines = machines.into_iter().cycle();
        for number in 0..LETTERS {
            let letter = create(&peer, number, &topic);
            let begun = Instant::now();
            let mut machine = machines.next().unwrap();
            while peer.letter(&inbox, &letter).send(machine).await.0 != 202 {
                machine = machines.next().unwrap();
                assert!(begun.elapsed() < super::PATIENCE, "letter {number}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            if number % 3 == 0 {
                peer.letter(&inbox, &letter).send(machine).await;
            }
            taken.fetch_add(1, Ordering::SeqCst);
        }
    });
    running
}

/// A burst, with something that happens in its middle; everything takes effect once, in order.
async fn burst(stage: &mut Stage, machines: &[SocketAddr], amid: impl AsyncFnOnce(&mut Stage)) {
    let taken = Arc::new(AtomicUsize::new(0));
    let mut peers = Vec::new();
    let mut writing = Vec::new();
    for number in 0..PEERS {
        let peer = Arc::new(Hostile::on_loopback(&format!("p{number}")).await);
        let (peer_too, taken) = (Arc::clone(&peer), Arc::clone(&taken));
        writing.push(write(stage, machines, peer_too, taken));
        peers.push(peer);
    }
    let midway = || taken.load(Ordering::SeqCst) >= PEERS * LETTERS / 3;
    stage.until("the middle", midway).await;
    amid(stage).await;
    for mut one in writing {
        while let Some(written) = one.join_next().await {
            written.unwrap();
        }
    }
    let begun = Instant::now();
    while stage.posts(&stage.topic).await.len() <= PEERS * LETTERS {
        assert!(begun.elapsed() < super::PATIENCE, "{}", stage.alpha.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let posts = stage.posts(&stage.topic).await;
    for peer in &peers {
        let theirs = posts
            .iter()
            .filter(|post| post.ap_id.starts_with(&peer.at("/")));
        let theirs: Vec<String> = theirs.map(|post| post.ap_id.clone()).collect();
        let sent: Vec<String> = (0..LETTERS).map(|number| note_id(peer, number)).collect();
        assert_eq!(theirs, sent, "each once, in order");
    }
    let root = posts.iter().find(|post| post.parent_id.is_none()).unwrap();
    assert_eq!(root.reply_count, i32::try_from(PEERS * LETTERS).unwrap());
}

#[tokio::test]
async fn a_burst_survives_the_end_of_the_process() {
    let mut stage = Stage::set(None).await;
    let machine = stage.alpha.machine();
    burst(&mut stage, &[machine], async |stage| {
        stage.alpha.kill();
        stage.alpha.start().await;
    })
    .await;
}

#[tokio::test]
async fn a_burst_survives_the_end_of_the_database() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut stage = Stage::set(Some(&database.url())).await;
    let machine = stage.alpha.machine();
    burst(&mut stage, &[machine], async |_| database.crash()).await;
}

#[tokio::test]
async fn what_one_of_two_processes_has_taken_the_other_takes_in() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut stage = Stage::set(Some(&database.url())).await;
    let mut twin = stage.alpha.twin();
    twin.start().await;
    let machines = [stage.alpha.machine(), twin.machine()];
    // The first does not come back: what it had at work is the twin's once its lease has ended.
    burst(&mut stage, &machines, async |stage| stage.alpha.kill()).await;
}
