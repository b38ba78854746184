//! URLs that redirect or resolve to private addresses, redirect in circles, or resolve differently the second
//! time (DNS rebinding).

use super::{PUBLIC, activity, silent};
use crate::federation::Weavers;
use serde_json::json;
use std::time::Duration;
use testkit::{Network, PeerResponse, ReceivedRequest};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_redirect_to_a_private_address_is_not_followed() {
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
        let redirect = move |request: &ReceivedRequest| {
            (request.path == "/u/mallory").then(|| PeerResponse::redirect(inside))
        };
        let evil = net.hostile(&format!("evil{number}.test"), redirect).await;
        assert!(ann.look_up(&evil.mallory()).await.is_none(), "{inside}");
        assert_eq!(evil.requests().len(), 1, "{inside}: {:?}", evil.requests());
    }
    let round = |request: &ReceivedRequest| {
        request
            .path
            .starts_with("/u/")
            .then(|| PeerResponse::redirect("http://evil.test/u/mallory"))
    };
    let evil = net.hostile("evil.test", round).await;
    assert!(ann.look_up(&evil.mallory()).await.is_none());
    assert_eq!(
        evil.requests().len(),
        2,
        "one redirect is followed: {:?}",
        evil.requests()
    );
}

#[tokio::test]
async fn only_one_redirect_is_followed() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    let mut ring = Vec::new();
    for (here, there) in [(0, 1), (1, 2), (2, 0)] {
        let next = format!("http://ring{there}.test/u/mallory");
        let on = move |_: &ReceivedRequest| Some(PeerResponse::redirect(&next));
        ring.push(net.hostile(&format!("ring{here}.test"), on).await);
    }
    assert!(ann.look_up("http://ring0.test/u/mallory").await.is_none());
    let request: Vec<usize> = ring.iter().map(|peer| peer.requests().len()).collect();
    assert_eq!(request, [1, 1, 0]);
}

#[tokio::test]
async fn private_addresses_get_no_request() {
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = inside.local_addr().unwrap().port();
    let story = Weavers::new().await;
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
        // As the id of the key, of the object, and of the author.
        let like = activity(&evil, "Like", number, &json!(there));
        let mut theirs = like.clone();
        theirs["actor"] = json!(there);
        theirs["id"] = json!(format!("{place}/likes/{number}"));
        let key = format!("{there}#main-key");
        let signed = evil.signed_request_as(&key, &story.alpha.at("/inbox"), &theirs);
        let (status, words) = story.net.send(signed).await;
        assert!(matches!(status, 400 | 401), "{there}: {status} {words}");
        let signed = evil.signed_request(&story.alpha.at("/inbox"), &like);
        assert_eq!(story.net.send(signed).await.0, 202);
        let reply = json!({
            "id": evil.at(&format!("/replies/{number}")), "type": "Note",
            "attributedTo": evil.mallory(), "to": [PUBLIC], "inReplyTo": there, "content": "x",
        });
        let create = activity(&evil, "Create", number, &reply);
        let signed = evil.signed_request(&story.alpha.at("/inbox"), &create);
        assert_eq!(story.net.send(signed).await.0, 202);
    }
    story.net.settle().await;
    assert_no_connection(&inside).await;
}

/// Asserts that nobody has connected; a connection would be there by now.
async fn assert_no_connection(inside: &TcpListener) {
    let waits = Duration::from_millis(50);
    let came = tokio::time::timeout(waits, inside.accept()).await;
    assert!(came.is_err(), "there is a connection");
}

#[tokio::test]
async fn a_name_rebound_to_a_private_address_gets_no_request() {
    let story = Weavers::new().await;
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let within = inside.local_addr().unwrap();
    let rebound = story.net.rebinding("fickle.test", within, silent).await;
    let follow = activity(&rebound, "Follow", 1, &json!(story.weavers.ap_id));
    let signed = rebound.signed_request(&story.alpha.at("/inbox"), &follow);
    let (status, words) = story.net.send(signed).await;
    assert_eq!(status, 202, "its key was at a public address: {words}");
    // The Accept and the thread would be sent to the private address, as would a fetch.
    story.ann.start_discussion(&story.weavers, "Pegs").await;
    story.net.settle().await;
    let note = rebound.at("/notes/1");
    assert!(story.ann.look_up(&note).await.is_none());
    let reasons = story.alpha.reasons().await;
    let private = "fickle.test is not at a public address";
    assert!(
        reasons.iter().any(|why| why.contains(private)),
        "{reasons:?}"
    );

    let round = |_: &ReceivedRequest| Some(PeerResponse::redirect("http://turns.test/inside"));
    let turns = story.net.rebinding("turns.test", within, round).await;
    assert!(story.ann.look_up(&turns.mallory()).await.is_none());

    for (peer, name, times) in [(&rebound, "fickle.test", 3), (&turns, "turns.test", 2)] {
        let (request, looked_up) = (peer.requests(), story.net.looked_up(name));
        assert_eq!(request.len(), 1, "{name}: {request:?}");
        assert!(looked_up >= times, "{name}: {looked_up}");
    }
    assert_no_connection(&inside).await;
}
