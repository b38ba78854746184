//! Polls across instances: votes go to who asked and to nobody else, the counts come back, and the end is told.

use super::Weavers;
use model::{PollResults, PollWay};
use serde_json::{Value, json};
use testkit::{Hostile, Network, Person, PostSnapshot};

const DAYS: [&str; 2] = ["Monday", "Tuesday"];

/// Ann's poll, which Bea has received, while the clock stands still.
struct Story {
    weavers: Weavers,
    poll: PostSnapshot,
}

impl Story {
    async fn new(results: PollResults) -> Self {
        let weavers = Weavers::new().await;
        weavers.net.stop_clock();
        let asked = (PollWay::One, results);
        let community = &weavers.weavers;
        let ann = &weavers.ann;
        let poll = ann
            .start_poll(community, "Which evening?", asked, &DAYS)
            .await;
        weavers.net.settle().await;
        let _ = weavers.net.wire_since();
        Self { weavers, poll }
    }
}

/// Lets the time pass in which new counts wait, and everything that follows.
async fn pass(net: &Network, seconds: i64) {
    net.advance(seconds);
    net.settle().await;
}

/// Whether somebody has a notice of the end of a poll, and votes no more.
async fn knows_that_it_is_over(person: &Person, poll: &PostSnapshot) {
    let view = person.sees_poll(poll).await;
    assert!(view.is_over && !view.may_vote);
    let told = person.notices().await;
    let is_told = told.iter().any(|line| line.starts_with("poll-ended"));
    assert!(is_told, "{told:?}");
}

#[tokio::test]
async fn a_vote_reaches_who_asked_and_the_counts_come_back() {
    let Story { weavers, poll } = Story::new(PollResults::Always).await;
    let Weavers {
        net,
        alpha,
        ann,
        bea,
        ..
    } = &weavers;
    let theirs = bea.sees_poll(&poll).await;
    assert_eq!(theirs.details.places, 1);
    assert!(theirs.is_remote && theirs.may_vote);

    assert!(bea.vote(&poll, &[1]).await);
    net.settle().await;
    assert_eq!(
        net.wire_since(),
        ["beta→alpha Create(Note)"],
        "{:?}",
        alpha.reasons().await
    );
    assert_eq!(ann.counts(&poll).await, (1, vec![0, 1]));
    assert!(!bea.vote(&poll, &[0]).await, "alpha could not be told");
    assert_eq!(
        ann.find(poll.ap_id()).await.unwrap().replies,
        0,
        "a vote is no reply"
    );

    for ballot in [[0], [1]] {
        assert!(ann.vote(&poll, &ballot).await);
    }
    net.settle().await;
    assert_eq!(
        bea.counts(&poll).await,
        (1, vec![0, 1]),
        "the counts wait for a minute"
    );
    pass(net, 60).await;
    assert_eq!(bea.counts(&poll).await, (2, vec![0, 2]), "{:?}", net.wire());
    let seen = bea.find(poll.ap_id()).await.unwrap();
    assert!(!seen.edited, "new counts are no edit");

    pass(net, 86_400).await;
    for person in [ann, bea] {
        knows_that_it_is_over(person, &poll).await;
        assert_eq!(person.counts(&poll).await, (2, vec![0, 2]));
    }
    assert!(!bea.vote(&poll, &[0]).await);
    net.assert_quiet();
}

#[tokio::test]
async fn people_here_vote_in_a_poll_of_another_server_in_a_community_of_ours() {
    let story = Weavers::new().await;
    let Weavers {
        net,
        ann,
        bea,
        weavers,
        ..
    } = &story;
    net.stop_clock();
    let poll = bea
        .start_poll(
            weavers,
            "What do you need?",
            (PollWay::Ranked, PollResults::Always),
            &["Training", "Time", "Templates"],
        )
        .await;
    net.settle().await;
    let view = ann.sees_poll(&poll).await;
    assert_eq!(
        (view.details.way, view.details.places),
        (PollWay::Ranked, 2)
    );
    let _ = net.wire_since();
    assert!(ann.vote(&poll, &[2, 0]).await);
    net.settle().await;
    assert_eq!(
        net.wire_since(),
        ["alpha→beta Create(Note)", "alpha→beta Create(Note)"]
    );
    let results = bea.sees_poll(&poll).await.results.unwrap();
    let order: Vec<(usize, i64)> = results
        .choices
        .iter()
        .map(|one| (one.number, one.points))
        .collect();
    assert_eq!(order, [(2, 2), (0, 1), (1, 0)]);
    net.assert_quiet();
}

/// A vote of Mallory for a choice.
fn vote(evil: &Hostile, number: u32, poll: &str, name: &str) -> Value {
    let note = json!({
        "id": format!("{}#votes/{number}", evil.mallory()), "type": "Note", "name": name,
        "attributedTo": evil.mallory(), "inReplyTo": poll, "to": "http://alpha.test/u/ann",
    });
    json!({
        "id": format!("{}#votes/{number}/activity", evil.mallory()), "type": "Create",
        "actor": evil.mallory(), "to": "http://alpha.test/u/ann", "object": note,
    })
}

#[tokio::test]
async fn votes_twice_late_and_for_nothing_are_refused() {
    let Story { weavers, poll } = Story::new(PollResults::Always).await;
    let Weavers {
        net, alpha, ann, ..
    } = &weavers;
    let evil = net.hostile("evil.test", |_| None).await;
    let mut number = 0;
    let mut send = async |name: &str| {
        number += 1;
        let vote = vote(&evil, number, poll.ap_id(), name);
        let sent = evil.signed_request(&alpha.at("/u/ann/inbox"), &vote);
        let (status, _) = net.send(sent).await;
        net.settle().await;
        assert_eq!(status, 202);
        ann.counts(&poll).await
    };
    for other in ["Wednesday", "tuesday", " Tuesday", "TUESDAY"] {
        assert_eq!(
            send(other).await,
            (0, vec![0, 0]),
            "no such choice: {other}"
        );
    }
    assert_eq!(send("Tuesday").await, (1, vec![0, 1]));
    assert_eq!(send("Tuesday").await, (1, vec![0, 1]), "the same again");
    assert_eq!(send("Monday").await, (1, vec![0, 1]), "the first one stays");
    pass(net, 86_400).await;
    assert_eq!(send("Monday").await, (1, vec![0, 1]), "too late");
    assert_eq!(ann.find(poll.ap_id()).await.unwrap().replies, 0);
    let reasons = alpha.reasons().await;
    for reason in [
        "invalid: choice not-a-choice",
        "not allowed: voted",
        "not allowed: poll-over",
    ] {
        assert!(
            reasons.iter().any(|line| line.contains(reason)),
            "{reason}: {reasons:?}"
        );
    }
}

#[tokio::test]
async fn only_who_votes_may_say_so() {
    let Story { weavers, poll } = Story::new(PollResults::Always).await;
    let Weavers {
        net,
        alpha,
        ann,
        bea,
        ..
    } = &weavers;
    let evil = net.hostile("evil.test", |_| None).await;
    let mut forged = vote(&evil, 1, poll.ap_id(), "Monday");
    forged["object"]["attributedTo"] = json!(bea.ap_id());
    let forged = evil.signed_request(&alpha.at("/inbox"), &forged);
    assert_eq!(net.send(forged).await.0, 202);
    net.settle().await;
    assert_eq!(
        ann.counts(&poll).await,
        (0, vec![0, 0]),
        "{:?}",
        alpha.reasons().await
    );
}

/// The document of a poll as anybody can fetch it.
async fn document(story: &Weavers, poll: &PostSnapshot) -> Value {
    let path = poll.ap_id().strip_prefix(&story.alpha.at("")).unwrap();
    let accept = [("accept", "application/activity+json")];
    let (status, _, body) = story.alpha.get(path, &accept).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn counts_that_not_everybody_may_see_are_read_by_nobody_before_the_end() {
    for results in [PollResults::Voted, PollResults::End] {
        let Story { weavers, poll } = Story::new(results).await;
        let Weavers { net, ann, bea, .. } = &weavers;
        assert!(ann.vote(&poll, &[1]).await && bea.vote(&poll, &[0]).await);
        net.settle().await;
        let _ = net.wire_since();
        pass(net, 120).await;
        assert_eq!(net.wire_since(), [""; 0], "{results}: no counts are sent");
        let open = document(&weavers, &poll).await;
        for hidden in ["votersCount", "totalItems"] {
            let text = open["oneOf"].to_string() + &open["votersCount"].to_string();
            assert!(!text.contains(hidden), "{results}: {open}");
        }
        assert!(open["votersCount"].is_null(), "{open}");
        let sees = ann.sees_poll(&poll).await.results.is_some();
        assert_eq!(
            sees,
            results == PollResults::Voted,
            "who voted here sees them"
        );
        let theirs = bea.sees_poll(&poll).await;
        assert!(theirs.results.is_none(), "{results}: elsewhere at the end");
        pass(net, 86_400).await;
        let closed = document(&weavers, &poll).await;
        assert_eq!(closed["votersCount"], 2);
        assert_eq!(bea.counts(&poll).await, (2, vec![1, 1]));
        net.assert_quiet();
    }
}
