//! How other software finds its way to us and lets us in: what it asks before it sends anything,
//! and what it asks of whoever asks it.

use super::forum::PIEFED;
use super::mastodon::SMALL;
use super::stage::Stage;
use super::table::WEAVERS;

#[tokio::test]
async fn piefed_asks_at_the_front_door_where_to_post() {
    let stage = Stage::set().await;
    for file in PIEFED.served {
        stage.publish(stage.fixture(file, &[]));
    }
    stage
        .ann
        .follow(&stage.here("https://piefed.example/c/orchards"))
        .await;
    stage.net.settle().await;

    let door = stage.alpha.document("/").await;
    assert_eq!(door["type"], "Application");
    assert_eq!(door["inbox"], stage.alpha.at("/inbox"));
    let (status, _, links) = stage.alpha.asked("/.well-known/nodeinfo", &[]).await;
    assert_eq!(status, 200, "{links}");
    let (status, ..) = stage.alpha.asked("/api/v3/site", &[]).await;
    assert_eq!(status, 404, "it is no Lemmy");

    // Everything goes to the address that was told there.
    for file in ["piefed/accept-follow", "piefed/announce-create-page"] {
        let line = PIEFED.line(file);
        assert_eq!(stage.sent(line).await, "done");
        let (at, like) = line.looks.unwrap();
        assert_eq!(stage.looks(at).await, like);
    }
}

#[tokio::test]
async fn gotosocial_shows_its_people_only_to_who_signs() {
    let stage = Stage::set().await;
    stage.publish(stage.fixture("gotosocial/person", &[]));
    let gts = stage.peer("gts.example");
    gts.demand_signatures();
    // Gil was never heard of, and follows.
    let follow = SMALL.line("gotosocial/follow");
    assert_eq!(stage.sent(follow).await, "done");
    let (at, like) = follow.looks.unwrap();
    assert_eq!(stage.looks(at).await, like);
    assert_eq!(stage.posted("gts.example"), ["Accept"]);

    let visits = gts.visits();
    let fetched: Vec<_> = visits.iter().filter(|v| v.asked.method == "GET").collect();
    assert!(!fetched.is_empty());
    for visit in fetched {
        // As GoToSocial does: whose key it is is asked without a signature.
        let key_id = visit.signature("keyId").expect("unsigned");
        let path = key_id.strip_prefix(&stage.alpha.at("")).unwrap();
        let owner = stage.alpha.document(path.split('#').next().unwrap()).await;
        assert_eq!(
            (&owner["type"], &owner["publicKey"]["id"]),
            (&"Application".into(), &key_id.into())
        );
        let pem = owner["publicKey"]["publicKeyPem"].as_str().unwrap();
        assert!(visit.is_signed_by(pem), "{}", visit.asked.path);
    }
}

#[tokio::test]
async fn what_carries_a_proof_is_passed_on_unchanged() {
    let stage = Stage::set().await;
    for file in ["piefed/person", "mitra/person"] {
        stage.publish(stage.fixture(file, &[]));
    }
    assert_eq!(stage.sent(PIEFED.line("piefed/follow")).await, "done");
    let line = SMALL.line("mitra/create-note");
    assert_eq!(stage.sent(line).await, "done");
    let sent = stage.fixture(line.file, line.instead);
    assert_eq!(sent["proof"]["cryptosuite"], "eddsa-jcs-2022");
    let asked = stage.peer("piefed.example").asked();
    let announce = asked.iter().rfind(|one| one.method == "POST").unwrap();
    assert!(
        announce.body.contains(&sent.to_string()),
        "{}",
        announce.body
    );
    assert_eq!(
        stage.last_posted("piefed.example")["actor"],
        stage.here(WEAVERS)
    );
}

testkit::on_postgres_too! {
    piefed_asks_at_the_front_door_where_to_post
    gotosocial_shows_its_people_only_to_who_signs
    what_carries_a_proof_is_passed_on_unchanged
}
