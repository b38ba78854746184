//! Kills a server while it receives. The peers send one activity after another, and again those that were
//! not answered with 202.

use super::{PUBLIC, TestServer, activity, fail_after_timeout};
use model::{ActorId, Clock, NoticeId, PostId, SystemClock};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use testkit::{Database, Hostile};
use tokio::task::JoinSet;

/// Peers that send at the same time.
const PEERS: usize = 4;
/// Activities of each peer.
const ACTIVITIES: usize = 40;
/// Of ten activities one is a Follow, one a Like, one its Undo, and one another Like.
const ROUND: usize = 10;

fn note_id(peer: &Hostile, number: usize) -> String {
    peer.at(&format!("/notes/{number:03}"))
}

/// Builds an activity of a peer about Ann or her thread.
fn numbered_activity(peer: &Hostile, number: usize, ann: &str, topic: &Value) -> Value {
    let topic = &topic["ap_id"];
    match number % ROUND {
        1 => activity(peer, "Follow", number, &json!(ann)),
        2 | 6 => activity(peer, "Like", number, topic),
        4 | 8 => {
            let like = activity(peer, "Like", number - 2, topic);
            let undo = activity(peer, "Undo", number, &like);
            // The last like of all stands.
            if number == ACTIVITIES - 2 {
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

/// Returns the ids of a peer's notes.
fn notes(peer: &Hostile) -> Vec<String> {
    let none = json!({ "ap_id": "x:" });
    let notes = (0..ACTIVITIES)
        .filter(|number| numbered_activity(peer, *number, "x:", &none)["type"] == "Create");
    notes.map(|number| note_id(peer, number)).collect()
}

/// Sends a peer's activities in order, each until one of the processes accepts it; every third twice.
fn write(
    server: &TestServer,
    machines: &[SocketAddr],
    peer: Arc<Hostile>,
    taken: Arc<AtomicUsize>,
) -> JoinSet<()> {
    let (inbox, machines) = (server.alpha.at("/inbox"), machines.to_vec());
    let (ann, topic) = (server.alpha.at("/u/ann"), server.topic.clone());
    let mut running = JoinSet::new();
    running.spawn(async move {
        let mut machines = machines.into_iter().cycle();
        for number in 0..ACTIVITIES {
            let activity = numbered_activity(&peer, number, &ann, &topic);
            let begun = Instant::now();
            let mut machine = machines.next().unwrap();
            while peer.signed_request(&inbox, &activity).send(machine).await.0 != 202 {
                machine = machines.next().unwrap();
                fail_after_timeout(begun, &format!("signed {number}"), &[]);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            if number % 3 == 0 {
                peer.signed_request(&inbox, &activity).send(machine).await;
            }
            taken.fetch_add(1, Ordering::SeqCst);
        }
    });
    running
}

/// Sends a burst, runs `amid` in the middle of it, and asserts that everything took effect once, in order.
async fn burst(
    server: &mut TestServer,
    machines: &[SocketAddr],
    amid: impl AsyncFnOnce(&mut TestServer),
) {
    let taken = Arc::new(AtomicUsize::new(0));
    let mut peers = Vec::new();
    let mut writing = Vec::new();
    for number in 0..PEERS {
        let peer = Arc::new(Hostile::on_loopback(&format!("p{number}")).await);
        let (peer_too, taken) = (Arc::clone(&peer), Arc::clone(&taken));
        writing.push(write(server, machines, peer_too, taken));
        peers.push(peer);
    }
    let midway = || taken.load(Ordering::SeqCst) >= PEERS * ACTIVITIES / 3;
    server.until("the middle", midway).await;
    amid(server).await;
    for mut one in writing {
        while let Some(written) = one.join_next().await {
            written.unwrap();
        }
    }
    let begun = Instant::now();
    let many: usize = peers.iter().map(|peer| notes(peer).len()).sum();
    while server.posts(&server.topic).await.len() <= many || !is_done(server).await {
        fail_after_timeout(begun, "everything", &[&server.alpha]);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_posts(server, &peers, many).await;
    assert_rest(server, &peers).await;
}

/// Returns whether no accepted activity waits any more.
async fn is_done(server: &TestServer) -> bool {
    let store = server.alpha.store();
    let waiting = model::peer::InboundState::Waiting;
    let read = move |db: &mut store::Db| -> Result<_, store::StoreError> {
        Ok(store::queue::inbound::count(db, waiting)?)
    };
    let left = store.read(read).await.unwrap();
    store.close().await;
    left == 0
}

/// Asserts that each note is there once, in order.
async fn assert_posts(server: &TestServer, peers: &[Arc<Hostile>], many: usize) {
    let posts = server.posts(&server.topic).await;
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

/// Asserts the other effects of the burst: likes of the thread, follows of Ann, and her notifications, by
/// each peer in order.
async fn assert_rest(server: &TestServer, peers: &[Arc<Hostile>]) {
    let store = server.alpha.store();
    let (ann, topic) = (server.alpha.at("/u/ann"), server.topic["id"].clone());
    let topic = PostId(topic.as_str().unwrap().parse().unwrap());
    for peer in peers {
        let (ann, mallory) = (ann.clone(), peer.mallory());
        let read = move |db: &mut store::Db| -> Result<_, store::StoreError> {
            let id = |db: &mut store::Db, name: &str| -> Result<ActorId, store::StoreError> {
                Ok(store::raw::actor::by_ap_id(db, name)?.unwrap().id)
            };
            let (ann, mallory) = (id(db, &ann)?, id(db, &mallory)?);
            let like = store::raw::post::like_of(db, mallory, topic)?;
            let follow = store::follow::between(db, mallory, ann)?;
            let mut told = Vec::new();
            for notice in
                store::notice::list(db, ann, SystemClock.now(), NoticeId(i64::MAX), 10_000)?
            {
                if notice.from_id == mallory {
                    let post = match notice.post_id {
                        Some(id) => store::raw::post::by_id(db, id)?.unwrap().ap_id,
                        None => String::new(),
                    };
                    told.insert(0, format!("{} {post}", notice.kind));
                }
            }
            Ok((like, follow, told))
        };
        let (like, follow, told) = store.read(read).await.unwrap();
        let last = format!("/activities/Like/{}", ACTIVITIES - 4);
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
async fn a_burst_survives_a_kill_of_the_process() {
    let mut server = TestServer::start(None).await;
    let machine = server.alpha.addr();
    burst(&mut server, &[machine], async |server| {
        server.alpha.kill();
        server.alpha.start().await;
    })
    .await;
}

#[tokio::test]
async fn a_burst_survives_a_kill_of_the_database() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut server = TestServer::start(Some(&database.url())).await;
    let machine = server.alpha.addr();
    burst(&mut server, &[machine], async |_| database.crash()).await;
}

#[tokio::test]
async fn activities_accepted_by_one_process_are_applied_by_the_other() {
    let Some(database) = Database::start() else {
        return;
    };
    let mut server = TestServer::start(Some(&database.url())).await;
    let mut twin = server.alpha.twin();
    twin.start().await;
    let machines = [server.alpha.addr(), twin.addr()];
    // The first process does not restart: the second takes its work over when the lease ends.
    burst(&mut server, &machines, async |server| server.alpha.kill()).await;
}
