//! Temporary outages of peers: each gets one probe a back-off step, receives everything in order afterwards,
//! and delays no other peer.

use super::Weavers;
use super::delivery::{announced, follows};
use model::peer::{PARK_AFTER_FAILURES, PeerState};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use testkit::{
    Barrier, Hostile, Instance, Network, PeerResponse, Person, PostSnapshot, ReceivedRequest,
};

/// A follower of the community that records what it accepted, in order, and whose port can be closed.
struct FailingFollower {
    peer: Hostile,
    barrier: Barrier,
    taken: Arc<Mutex<Vec<String>>>,
}

impl FailingFollower {
    /// Builds a follower; `failure` returns the response with which it refuses a POST.
    async fn follows(
        instances: &Weavers,
        host: &str,
        failure: impl Fn(&ReceivedRequest) -> Option<PeerResponse> + Send + Sync + 'static,
    ) -> Self {
        let taken: Arc<Mutex<Vec<String>>> = Arc::default();
        let takes = Arc::clone(&taken);
        let answer = move |request: &ReceivedRequest| {
            if request.method != "POST" {
                return None;
            }
            let refusal = failure(request);
            if refusal.is_none() {
                takes.lock().unwrap().extend(announced(&request.body));
            }
            refusal
        };
        let Weavers {
            net,
            alpha,
            weavers,
            ..
        } = instances;
        let peer = net.hostile(host, answer).await;
        let barrier = net.barrier(host).await;
        follows(net, alpha, weavers, &peer).await;
        Self {
            peer,
            barrier,
            taken,
        }
    }

    /// Returns what the follower accepted, in order.
    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    /// Returns the number of POST requests.
    fn posts(&self) -> usize {
        let request = self.peer.requests();
        request
            .iter()
            .filter(|request| request.method == "POST")
            .count()
    }
}

/// Lets Ann start two threads and reply; Bea receives everything at once, whichever peer fails.
async fn publish_threads(instances: &Weavers) {
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = instances;
    let warping = ann.start_discussion(weavers, "Warping").await;
    net.settle().await;
    ann.reply(&warping, "A peg.").await;
    net.settle().await;
    ann.edit(&warping, "By hand").await;
    ann.start_discussion(weavers, "Fleece").await;
    net.settle().await;
    let text = "ann@alpha.test: “Warping” By hand (edited)\n  ann@alpha.test: A peg.";
    assert_eq!(bea.reads(&warping).await, text);
}

/// Asserts that the result of [`publish_threads`] was received once, and each conversation in order.
#[track_caller]
fn assert_complete(taken: &[String]) {
    let of_warping: Vec<&String> = taken
        .iter()
        .filter(|words| *words != "Fleece" && *words != "id")
        .collect();
    assert_eq!(of_warping, ["Warping", "<p>A peg.</p>", "Warping"]);
    assert_eq!(taken.iter().filter(|words| *words == "id").count(), 2);
    assert_eq!(taken.iter().filter(|words| *words == "Fleece").count(), 1);
}

async fn failures(alpha: &Instance, host: &str) -> usize {
    let failures = alpha.peer(host).await.unwrap().failures;
    usize::try_from(failures).unwrap()
}

/// Advances the clock by ten minutes in steps of ten seconds.
async fn ten_minutes(net: &Network) {
    for _ in 0..60 {
        net.advance(10);
        net.settle().await;
    }
}

/// The steps of a back-off from five seconds that fit into ten minutes.
const STEPS: usize = 8;

#[tokio::test]
async fn a_peer_that_answers_500_for_ten_minutes_misses_nothing() {
    let instances = Weavers::new().await;
    let (net, alpha) = (&instances.net, &instances.alpha);
    let broken = Arc::new(AtomicBool::new(false));
    let is_broken = Arc::clone(&broken);
    let failure = move |_: &ReceivedRequest| {
        let broken = is_broken.load(Ordering::SeqCst);
        broken.then(|| PeerResponse::status(500))
    };
    let sick = FailingFollower::follows(&instances, "sick.test", failure).await;
    let before = sick.posts();
    broken.store(true, Ordering::SeqCst);
    publish_threads(&instances).await;
    ten_minutes(net).await;
    let probes = sick.posts() - before;
    let steps = failures(alpha, "sick.test").await;
    assert_eq!(probes, steps + 2, "one a step, after the first two");
    assert!((4..=STEPS).contains(&steps), "{steps}");
    assert_eq!(alpha.set_aside().await.deliveries, 0);

    broken.store(false, Ordering::SeqCst);
    net.advance(800);
    net.settle().await;
    assert_complete(&sick.taken());
    assert_eq!(failures(alpha, "sick.test").await, 0);
    net.assert_quiet();
}

#[tokio::test]
async fn a_peer_whose_port_was_closed_receives_everything_later() {
    let instances = Weavers::new().await;
    let (net, alpha) = (&instances.net, &instances.alpha);
    let mut away =
        FailingFollower::follows(&instances, "away.test", |_: &ReceivedRequest| None).await;
    let before = away.posts();
    away.barrier.close().await;
    publish_threads(&instances).await;
    ten_minutes(net).await;
    assert_eq!(away.posts(), before, "nobody is there");
    let row = alpha.peer("away.test").await.unwrap();
    assert!(row.last_error.unwrap().contains("refused"));
    assert!((4..=STEPS).contains(&failures(alpha, "away.test").await));

    away.barrier.open().await;
    net.advance(800);
    net.settle().await;
    assert_complete(&away.taken());
    assert_eq!(away.posts() - before, 7, "each once");
    net.assert_quiet();
}

#[tokio::test]
async fn what_was_deleted_while_a_peer_was_away_is_never_sent_there() {
    let instances = Weavers::new().await;
    let Weavers {
        net, ann, weavers, ..
    } = &instances;
    let mut away =
        FailingFollower::follows(&instances, "away.test", |_: &ReceivedRequest| None).await;
    let kept = ann.start_discussion(weavers, "Kept").await;
    net.settle().await;
    net.advance(60);
    let before = away.peer.requests().len();
    away.barrier.close().await;
    let regretted = ann.start_discussion(weavers, "Regretted").await;
    net.settle().await;
    ann.edit(&regretted, "Second thoughts").await;
    net.settle().await;
    ann.delete(&regretted).await;
    ann.delete(&kept).await;
    net.settle().await;

    away.barrier.open().await;
    net.advance(800);
    net.settle().await;
    let requests = away.peer.requests().split_off(before);
    let posts = requests.iter().filter(|request| request.method == "POST");
    let bodies: Vec<&str> = posts.map(|request| request.body.as_str()).collect();
    let naming = |post: &PostSnapshot| {
        let naming = bodies.iter().filter(|body| body.contains(post.ap_id()));
        naming.count()
    };
    assert_eq!(naming(&regretted), 0, "{bodies:?}");
    assert!(
        naming(&kept) > 0,
        "a server that has it is told: {bodies:?}"
    );
    net.assert_quiet();
}

#[tokio::test]
async fn a_peer_that_accepts_one_request_in_ten_seconds_receives_everything() {
    let instances = Weavers::new().await;
    let (net, alpha) = (&instances.net, &instances.alpha);
    let clock = Arc::new(AtomicI64::new(0));
    let (its_clock, next) = (Arc::clone(&clock), Mutex::new(0));
    let failure = move |_: &ReceivedRequest| {
        let (now, mut next) = (its_clock.load(Ordering::SeqCst), next.lock().unwrap());
        let left = *next - now;
        if left <= 0 {
            *next = now + 10;
            return None;
        }
        Some(PeerResponse {
            headers: vec![("retry-after", left.to_string())],
            ..PeerResponse::status(429)
        })
    };
    let strict = FailingFollower::follows(&instances, "strict.test", failure).await;
    let before = strict.posts();
    publish_threads(&instances).await;
    let mut steps = 0;
    while strict.taken().len() < 6 {
        assert!(steps < 20, "{:?}", strict.taken());
        steps += 1;
        clock.fetch_add(11, Ordering::SeqCst);
        net.advance(11);
        net.settle().await;
    }
    assert_complete(&strict.taken());
    let posts = strict.posts() - before;
    assert!(
        posts <= 7 + steps + 4,
        "one refused a step: {posts} in {steps}"
    );
    assert_eq!(alpha.set_aside().await.deliveries, 0);
    net.assert_quiet();
}

#[tokio::test]
async fn retry_after_is_honoured_while_the_peer_sends() {
    let instances = Weavers::new().await;
    let (net, alpha) = (&instances.net, &instances.alpha);
    let busy = Arc::new(AtomicBool::new(false));
    let is_busy = Arc::clone(&busy);
    let failure = move |_: &ReceivedRequest| {
        let busy = is_busy.load(Ordering::SeqCst);
        busy.then(|| PeerResponse {
            headers: vec![("retry-after", "3600".to_owned())],
            ..PeerResponse::status(503)
        })
    };
    let strict = FailingFollower::follows(&instances, "strict.test", failure).await;
    let before = strict.posts();
    busy.store(true, Ordering::SeqCst);
    publish_threads(&instances).await;
    busy.store(false, Ordering::SeqCst);
    net.advance(1_200);
    let like = serde_json::json!({
        "id": strict.peer.at("/likes/1"), "type": "Like",
        "actor": strict.peer.mallory(), "object": instances.alpha.at("/nothing"),
    });
    let signed = strict.peer.signed_request(&alpha.at("/inbox"), &like);
    assert_eq!(net.send(signed).await.0, 202);
    net.settle().await;
    assert_eq!(strict.posts() - before, 1, "it asked for an hour");
    net.advance(2_500);
    net.settle().await;
    assert_complete(&strict.taken());
}

#[tokio::test]
async fn a_peer_that_refuses_everything_is_parked() {
    let instances = Weavers::new().await;
    let (net, alpha) = (&instances.net, &instances.alpha);
    let shut = Arc::new(AtomicBool::new(false));
    let is_shut = Arc::clone(&shut);
    let failure = move |_: &ReceivedRequest| {
        let shut = is_shut.load(Ordering::SeqCst);
        shut.then(|| PeerResponse::status(404))
    };
    let closed = FailingFollower::follows(&instances, "closed.test", failure).await;
    let before = closed.posts();
    shut.store(true, Ordering::SeqCst);
    publish_threads(&instances).await;
    for wait in [31, 301, 31, 301, 31, 301] {
        net.advance(wait);
        net.settle().await;
    }
    assert!(failures(alpha, "closed.test").await > 0, "it means all");
    let refused = alpha.set_aside().await.deliveries;
    assert!(refused <= 2, "{refused}");
    let request = closed.posts() - before;
    for n in 0..10 {
        let title = format!("Loom {n}");
        instances
            .ann
            .start_discussion(&instances.weavers, &title)
            .await;
    }
    net.settle().await;
    assert!(closed.posts() - before <= request + 1, "a step at most");
    for _ in 1..PARK_AFTER_FAILURES {
        net.advance(8 * 3_600);
        net.settle().await;
    }
    let state = async || alpha.peer("closed.test").await.unwrap().state;
    assert_eq!(state().await, PeerState::Parked);

    shut.store(false, Ordering::SeqCst);
    net.advance(8 * 3_600);
    net.settle().await;
    assert_eq!(state().await, PeerState::Active);
    let taken: HashSet<String> = closed.taken().into_iter().collect();
    assert!((0..10).all(|n| taken.contains(&format!("Loom {n}"))));
    assert_eq!(alpha.set_aside().await.deliveries, refused);

    net.advance(31 * 86_400);
    alpha.run_housekeeping().await;
    net.settle().await;
    assert_eq!(alpha.set_aside().await.deliveries, 0, "forgotten in time");
}

/// Answers 400 to a repeated id, as Lemmy does. The first request for an id is answered too late.
fn refuse_repeats(
    request: &ReceivedRequest,
    known: &Mutex<HashSet<String>>,
    late: &AtomicBool,
) -> Option<PeerResponse> {
    let json: Value = serde_json::from_str(&request.body).unwrap();
    let id = json["id"].as_str().unwrap().to_owned();
    if !known.lock().unwrap().insert(id) {
        return Some(PeerResponse::status(400));
    }
    late.swap(false, Ordering::SeqCst)
        .then(|| PeerResponse::status(504))
}

#[tokio::test]
async fn a_repeat_that_the_peer_rejects_as_known_is_a_success() {
    let instances = Weavers::new().await;
    let (net, alpha) = (&instances.net, &instances.alpha);
    let (known, late) = (Mutex::default(), Arc::new(AtomicBool::new(false)));
    let is_late = Arc::clone(&late);
    let failure = move |request: &ReceivedRequest| refuse_repeats(request, &known, &is_late);
    let lemmy = FailingFollower::follows(&instances, "lemmy.test", failure).await;
    let before = lemmy.posts();
    late.store(true, Ordering::SeqCst);
    let ann: &Person = &instances.ann;
    let topic = ann.start_discussion(&instances.weavers, "Warping").await;
    ann.reply(&topic, "A peg.").await;
    net.settle().await;
    assert_eq!(lemmy.posts() - before, 1, "it has the thread, and said 504");
    net.advance(8);
    net.settle().await;
    assert_eq!(lemmy.taken(), ["id", "<p>A peg.</p>"], "they need not wait");
    assert_eq!(lemmy.posts() - before, 4, "one came twice, in one form");
    assert_eq!(alpha.set_aside().await.deliveries, 0);
    net.assert_quiet();
}

testkit::on_postgres_too! {
    a_peer_that_answers_500_for_ten_minutes_misses_nothing
    a_peer_that_accepts_one_request_in_ten_seconds_receives_everything
    a_peer_that_refuses_everything_is_parked
}

#[tokio::test]
async fn the_author_is_told_what_has_not_arrived_yet() {
    let Weavers {
        net,
        alpha,
        beta,
        bea,
        weavers,
        ..
    } = Weavers::new().await;
    let bob = beta.person("bob").await;
    alpha.go_down();
    let topic = bea.start_with(&weavers, "Which loom?", "Any advice?").await;
    net.settle().await;
    let path = format!("/p/{}", topic.id);
    let waits = "Waiting for alpha.test (trying again)";
    let page = bea.own_page(&path).await;
    assert!(page.contains(waits), "{page}");
    assert!(
        !bob.own_page(&path).await.contains(waits),
        "only the author"
    );

    alpha.come_back();
    net.advance(10);
    net.settle().await;
    assert!(!bea.own_page(&path).await.contains(waits), "it has arrived");
}

#[tokio::test]
async fn erased_words_that_wait_are_not_sent_any_more() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    let (ann, bea) = (alpha.person("ann").await, beta.person("bea").await);
    let weavers = ann.found_community("weavers").await;
    bea.follow("!weavers@alpha.test").await;
    net.settle().await;
    beta.go_down();
    let thread = ann.start_with(&weavers, "A patient", "Marigold").await;
    net.settle().await;
    let id = thread.id;
    let erase = move |tx: &mut domain::Tx<'_>| {
        domain::post::erase(tx, domain::account::Principal::Operator, id, "Court order")
    };
    alpha.ops().write(erase).await.unwrap();
    net.settle().await;
    beta.come_back();
    net.advance(3_600);
    net.settle().await;
    assert!(
        bea.find(thread.ap_id())
            .await
            .is_none_or(|post| !format!("{post:?}").contains("Marigold"))
    );
    let kept = alpha
        .read(|db| {
            Ok(store::queue::activity::since(
                db,
                model::ActivityId(0),
                500,
            )?)
        })
        .await;
    assert!(
        !kept.is_empty() && kept.iter().all(|row| !row.json.contains("Marigold")),
        "{kept:?}"
    );
}
