//! Addresses that lead astray: to machines inside, in circles, or somewhere else the second time.

use super::{PUBLIC, activity, silent};
use crate::federation::Weavers;
use serde_json::json;
use std::time::Duration;
use testkit::{Answer, Asked, Network};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_redirect_to_a_private_address_ends_there() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let addresses = [
        "http://127.0.0.1/u/mallory",
        "http://localhost/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
    ];
    for (number, inside) in addresses.into_iter().enumerate() {
        let astray =
            move |asked: &Asked| (asked.path == "/u/mallory").then(|| Answer::redirect(inside));
        let evil = net.hostile(&format!("evil{number}.test"), astray).await;
        assert!(ann.look_up(&evil.mallory()).await.is_none(), "{inside}");
        assert_eq!(evil.asked().len(), 1, "{inside}: {:?}", evil.asked());
    }
    let round = |asked: &Asked| {
        asked
            .path
            .starts_with("/u/")
            .then(|| Answer::redirect("http://evil.test/u/mallory"))
    };
    let evil = net.hostile("evil.test", round).await;
    assert!(ann.look_up(&evil.mallory()).await.is_none());
    assert_eq!(
        evil.asked().len(),
        2,
        "one redirect is followed: {:?}",
        evil.asked()
    );
}

#[tokio::test]
async fn redirects_from_host_to_host_end_at_the_second() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let mut ring = Vec::new();
    for (here, there) in [(0, 1), (1, 2), (2, 0)] {
        let next = format!("http://ring{there}.test/u/mallory");
        let on = move |_: &Asked| Some(Answer::redirect(&next));
        ring.push(net.hostile(&format!("ring{here}.test"), on).await);
    }
    assert!(ann.look_up("http://ring0.test/u/mallory").await.is_none());
    let asked: Vec<usize> = ring.iter().map(|peer| peer.asked().len()).collect();
    assert_eq!(asked, [1, 1, 0]);
}

#[tokio::test]
async fn addresses_inside_are_asked_nothing() {
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = inside.local_addr().unwrap().port();
    let story = Weavers::gather().await;
    let evil = story.net.hostile("evil.test", silent).await;
    let places = [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("http://x.localhost:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        format!("http://0:{port}"),
        format!("http://2130706433:{port}"),
        "http://127.0.0.1".to_owned(),
        "http://127.1".to_owned(),
        "http://[::1]".to_owned(),
        "http://localhost".to_owned(),
        "http://10.0.0.1".to_owned(),
        "http://169.254.169.254".to_owned(),
    ];
    for (number, place) in places.iter().enumerate() {
        let number = u32::try_from(number).unwrap();
        let there = format!("{place}/u/admin");
        assert!(story.ann.look_up(&there).await.is_none(), "{there}");
        // As the key's address, as the object's, and as the author's.
        let like = activity(&evil, "Like", number, &json!(there));
        let mut theirs = like.clone();
        theirs["actor"] = json!(there);
        theirs["id"] = json!(format!("{place}/likes/{number}"));
        let key = format!("{there}#main-key");
        let letter = evil.letter_as(&key, &story.alpha.at("/inbox"), &theirs);
        let (status, words) = story.net.send(letter).await;
        assert!(matches!(status, 400 | 401), "{there}: {status} {words}");
        let letter = evil.letter(&story.alpha.at("/inbox"), &like);
        assert_eq!(story.net.send(letter).await.0, 202);
        let reply = json!({
            "id": evil.at(&format!("/replies/{number}")), "type": "Note",
            "attributedTo": evil.mallory(), "to": [PUBLIC], "inReplyTo": there, "content": "x",
        });
        let create = activity(&evil, "Create", number, &reply);
        let letter = evil.letter(&story.alpha.at("/inbox"), &create);
        assert_eq!(story.net.send(letter).await.0, 202);
    }
    story.net.settle().await;
    assert_nobody_came(&inside).await;
}

/// Everything was said and done: a connection that was made would be there.
async fn assert_nobody_came(inside: &TcpListener) {
    let waits = Duration::from_millis(50);
    let came = tokio::time::timeout(waits, inside.accept()).await;
    assert!(came.is_err(), "somebody came in");
}

#[tokio::test]
async fn a_name_that_leads_inside_the_second_time_gains_nothing() {
    let story = Weavers::gather().await;
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let within = inside.local_addr().unwrap();
    let fickle = story.net.rebinding("fickle.test", within, silent).await;
    let follow = activity(&fickle, "Follow", 1, &json!(story.weavers.ap_id));
    let letter = fickle.letter(&story.alpha.at("/inbox"), &follow);
    let (status, words) = story.net.send(letter).await;
    assert_eq!(status, 202, "its key was at a public address: {words}");
    // The Accept and the thread would go inside; so would a look at what it says.
    story.ann.start_discussion(&story.weavers, "Pegs").await;
    story.net.settle().await;
    let note = fickle.at("/notes/1");
    assert!(story.ann.look_up(&note).await.is_none());
    let reasons = story.alpha.reasons().await;
    let private = "fickle.test is not at a public address";
    assert!(
        reasons.iter().any(|why| why.contains(private)),
        "{reasons:?}"
    );

    let round = |_: &Asked| Some(Answer::redirect("http://turns.test/inside"));
    let turns = story.net.rebinding("turns.test", within, round).await;
    assert!(story.ann.look_up(&turns.mallory()).await.is_none());

    for (peer, name, times) in [(&fickle, "fickle.test", 3), (&turns, "turns.test", 2)] {
        let (asked, looked_up) = (peer.asked(), story.net.looked_up(name));
        assert_eq!(asked.len(), 1, "{name}: {asked:?}");
        assert!(looked_up >= times, "{name}: {looked_up}");
    }
    assert_nobody_came(&inside).await;
}
