//! Discovery by other software: what it requests before it sends anything, and what it requires of our
//! requests.

use super::fixture_network::FixtureNetwork;
use super::fixture_table::WEAVERS;
use super::forum::PIEFED;
use super::mastodon::SMALL;

#[tokio::test]
async fn piefed_finds_the_shared_inbox_at_the_root() {
    let network = FixtureNetwork::new().await;
    for file in PIEFED.served {
        network.publish(network.fixture(file, &[]));
    }
    network
        .ann
        .follow(&network.localize("https://piefed.example/c/orchards"))
        .await;
    network.net.settle().await;

    let door = network.alpha.document("/").await;
    assert_eq!(door["type"], "Application");
    assert_eq!(door["inbox"], network.alpha.at("/inbox"));
    let (status, _, links) = network.alpha.get("/.well-known/nodeinfo", &[]).await;
    assert_eq!(status, 200, "{links}");
    let (status, ..) = network.alpha.get("/api/v3/site", &[]).await;
    assert_eq!(status, 404, "it is no Lemmy");

    // Everything goes to the inbox that was found there.
    for file in ["piefed/accept-follow", "piefed/announce-create-page"] {
        let line = PIEFED.line(file);
        assert_eq!(network.sent(line).await, "done");
        let (at, like) = line.looks.unwrap();
        assert_eq!(network.looks(at).await, like);
    }
}

#[tokio::test]
async fn gotosocial_serves_actors_only_to_signed_requests() {
    let network = FixtureNetwork::new().await;
    network.publish(network.fixture("gotosocial/person", &[]));
    let gts = network.peer("gts.example");
    gts.require_signatures();
    // Gil is unknown and follows.
    let follow = SMALL.line("gotosocial/follow");
    assert_eq!(network.sent(follow).await, "done");
    let (at, like) = follow.looks.unwrap();
    assert_eq!(network.looks(at).await, like);
    assert_eq!(network.posted("gts.example"), ["Accept"]);

    let log = gts.request_log();
    let is_fetch = |method: &str, path: &str| method == "GET" && !path.contains("nodeinfo");
    let fetched: Vec<_> = log
        .iter()
        .filter(|v| is_fetch(&v.request.method, &v.request.path))
        .collect();
    assert!(!fetched.is_empty());
    for logged in fetched {
        // Like GoToSocial: the owner of a key is served without a signature.
        let key_id = logged.signature("keyId").expect("unsigned");
        let path = key_id.strip_prefix(&network.alpha.at("")).unwrap();
        let owner = network
            .alpha
            .document(path.split('#').next().unwrap())
            .await;
        assert_eq!(
            (&owner["type"], &owner["publicKey"]["id"]),
            (&"Application".into(), &key_id.into())
        );
        let pem = owner["publicKey"]["publicKeyPem"].as_str().unwrap();
        assert!(logged.is_signed_by(pem), "{}", logged.request.path);
    }
}

#[tokio::test]
async fn an_activity_with_a_proof_is_announced_unchanged() {
    let network = FixtureNetwork::new().await;
    for file in ["piefed/person", "mitra/person"] {
        network.publish(network.fixture(file, &[]));
    }
    assert_eq!(network.sent(PIEFED.line("piefed/follow")).await, "done");
    let line = SMALL.line("mitra/create-note");
    assert_eq!(network.sent(line).await, "done");
    let sent = network.fixture(line.file, line.instead);
    assert_eq!(sent["proof"]["cryptosuite"], "eddsa-jcs-2022");
    let requests = network.peer("piefed.example").requests();
    let announce = requests.iter().rfind(|one| one.method == "POST").unwrap();
    assert!(
        announce.body.contains(&sent.to_string()),
        "{}",
        announce.body
    );
    assert_eq!(
        network.last_posted("piefed.example")["actor"],
        network.localize(WEAVERS)
    );
}

testkit::on_postgres_too! {
    piefed_finds_the_shared_inbox_at_the_root
    gotosocial_serves_actors_only_to_signed_requests
    an_activity_with_a_proof_is_announced_unchanged
}
