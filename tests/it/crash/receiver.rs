//! Killed while it receives. Peers do what real ones do: they send one letter after another, and
//! again what was not answered with 202.

use super::{PUBLIC, Stage, activity, patience};
use model::{ActorId, NoticeId, PostId};
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
/// Of ten letters one is a follow, one a like, one takes that like back, and one likes again.
const ROUND: usize = 10;

fn note_id(peer: &Hostile, number: usize) -> String {
    peer.at(&format!("/notes/{number:03}"))
}

/// A letter of a peer's: what it says of Ann, or of her thread.
fn letter(peer: &Hostile, number: usize, ann: &str, topic: &Value) -> Value {
    let topic = &topic["ap_id"];
    match number % ROUND {
        1 => activity(peer, "Follow", number, &json!(ann)),
        2 | 6 => activity(peer, "Like", number, topic),
        4 | 8 => {
            let like = activity(peer, "Like", number - 2, topic);
            let undo = activity(peer, "Undo", number, &like);
            // The last like of all stands.
            if number == LETTERS - 2 {
                create(peer, number, topic)
            } else {
                undo
            }
        }
        _ => create(peer, number, topic),
    }
}

fn create(peer: &Hostile, number: usize, topic: &Value) -> Value {
    let note = json!({
        "id": note_id(peer, number), "type": "Note", "attributedTo": peer.mallory(), "to": [PUBLIC],
        "inReplyTo": topic, "content": format!("<p>Note {number}</p>"),
    });
    activity(peer, "Create", number, &note)
}

/// Which of its letters are notes.
fn notes(peer: &Hostile) -> Vec<String> {
    let none = json!({ "ap_id": "x:" });
    let notes =
        (0..LETTERS).filter(|number| letter(peer, *number, "x:", &none)["type"] == "Create");
    notes.map(|number| note_id(peer, number)).collect()
}

/// Sends a peer's letters in order, each until one of the machines takes it; every third twice.
fn write(
    stage: &Stage,
    machines: &[SocketAddr],
    peer: Arc<Hostile>,
    taken: Arc<AtomicUsize>,
) -> JoinSet<()> {
    let (inbox, machines) = (stage.alpha.at("/inbox"), machines.to_vec());
    let (ann, topic) = (stage.alpha.at("/u/ann"), stage.topic.clone());
    let mut running = JoinSet::new();
    running.spawn(async move {
        let mut machines = machines.into_iter().cycle();
        for number in 0..LETTERS {
            let letter = letter(&peer, number, &ann, &topic);
            let begun = Instant::now();
            let mut machine = machines.next().unwrap();
            while peer.letter(&inbox, &letter).send(machine).await.0 != 202 {
                machine = machines.next().unwrap();
                patience(begun, &format!("letter {number}"), &[]);
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
    let many: usize = peers.iter().map(|peer| notes(peer).len()).sum();
    while stage.posts(&stage.topic).await.len() <= many || !is_done(stage).await {
        patience(begun, "everything", &[&stage.alpha]);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_posts(stage, &peers, many).await;
    assert_rest(stage, &peers).await;
}

/// Nothing that was taken waits any more.
async fn is_done(stage: &Stage) -> bool {
    let store = stage.alpha.store();
    let waiting = model::peer::InboundState::Waiting;
    let read = move |db: &mut store::Db| -> Result<_, store::StoreError> {
        Ok(store::queue::inbound::count(db, waiting)?)
    };
    let left = store.read(read).await.unwrap();
    store.close().await;
    left == 0
}

/// The notes: each once, in order.
async fn assert_posts(stage: &Stage, peers: &[Arc<Hostile>], many: usize) {
    let posts = stage.posts(&stage.topic).await;
    for peer in peers {
        let theirs = posts
            .iter()
            .filter(|post| post.ap_id.starts_with(&peer.at("/")));
        let theirs: Vec<String> = theirs.map(|post| post.ap_id.clone()).collect();
        assert_eq!(theirs, notes(peer), "each once, in order");
    }
    let root = posts.iter().find(|post| post.parent_id.is_none()).unwrap();
    assert_eq!(root.reply_count, i32::try_from(many).unwrap());
    let likes = i32::try_from(peers.len()).unwrap();
    assert_eq!(root.like_count, likes, "liked, taken back, and liked again");
}

/// What else is left of the burst: who likes the thread, who follows Ann, and what she was told,
/// by each peer in order.
async fn assert_rest(stage: &Stage, peers: &[Arc<Hostile>]) {
    let store = stage.alpha.store();
    let (ann, topic) = (stage.alpha.at("/u/ann"), stage.topic["id"].clone());
    let topic = PostId(topic.as_str().unwrap().parse().unwrap());
    for peer in peers {
        let (ann, mallory) = (ann.clone(), peer.mallory());
        let read = move |db: &mut store::Db| -> Result<_, store::StoreError> {
            let id = |db: &mut store::Db, name: &str| -> Result<ActorId, store::StoreError> {
                Ok(store::actor::by_ap_id(db, name)?.unwrap().id)
            };
            let (ann, mallory) = (id(db, &ann)?, id(db, &mallory)?);
            let like = store::discussion::like_of(db, mallory, topic)?;
            let follow = store::follow::between(db, mallory, ann)?;
            let mut told = Vec::new();
            for notice in store::notice::list(db, ann, NoticeId(i64::MAX), 10_000)? {
                if notice.from_id == mallory {
                    let post = match notice.post_id {
                        Some(id) => store::discussion::by_id(db, id)?.unwrap().ap_id,
                        None => String::new(),
                    };
                    told.insert(0, format!("{} {post}", notice.kind));
                }
            }
            Ok((like, follow, told))
        };
        let (like, follow, told) = store.read(read).await.unwrap();
        let last = format!("/activities/Like/{}", LETTERS - 4);
        assert_eq!(like.unwrap().ap_id, peer.at(&last), "the last one stands");
        assert!(follow.unwrap().accepted);
        let (follows, replies): (Vec<String>, Vec<String>) = told
            .into_iter()
            .partition(|line| line.starts_with("follow"));
        assert_eq!(
            follows,
            ["follow "],
            "told once, however often it was asked"
        );
        let wanted = notes(peer).into_iter().map(|id| format!("reply {id}"));
        assert_eq!(
            replies,
            wanted.collect::<Vec<String>>(),
            "each once, in order"
        );
    }
    store.close().await;
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
