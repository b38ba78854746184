//! The federation policy: blocked, silenced and allowed peers, and a closed instance.

use super::{Weavers, assert_same_lines};
use model::peer::list::Sort;
use model::peer::policy::{Mode, PeerStanding, Severity};
use serde_json::json;
use testkit::{Network, PostSnapshot};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const DOCUMENT: &str = "application/activity+json";
const PAGE: &str = "text/html";

/// Builds the two instances with a thread that beta has received.
async fn setup() -> (Weavers, PostSnapshot) {
    let story = Weavers::new().await;
    let topic = story
        .ann
        .start_discussion(&story.weavers, "Warping a heddle")
        .await;
    story.net.settle().await;
    let _ = story.net.wire_since();
    (story, topic)
}

const TOPIC: &str = "ann@alpha.test: “Warping a heddle” What do you think?";

#[tokio::test]
async fn a_blocked_peers_create_is_refused_without_processing() {
    let (story, topic) = setup().await;
    let evil = story.net.hostile("evil.test", |_| None).await;
    let note = json!({
        "id": evil.at("/notes/1"),
        "type": "Note",
        "attributedTo": evil.mallory(),
        "to": [PUBLIC],
        "inReplyTo": topic.ap_id(),
        "content": "<p>Hello</p>",
    });
    evil.publish(&note);
    let create = json!({
        "id": evil.at("/activities/1"),
        "type": "Create",
        "actor": evil.mallory(),
        "to": [PUBLIC],
        "object": note,
    });
    let inbox = story.alpha.at("/inbox");

    story.alpha.rule("evil.test", Severity::Block).await;
    let (status, words) = story.net.send(evil.signed_request(&inbox, &create)).await;
    assert_eq!(status, 403, "{words}");
    story.net.settle().await;
    assert!(
        evil.requests().is_empty(),
        "its key was not asked for: {:?}",
        evil.requests()
    );
    assert!(story.alpha.actor("mallory@evil.test").await.is_none());
    assert!(story.alpha.peer("evil.test").await.is_none());
    assert_eq!(story.ann.reads(&topic).await, TOPIC);
    assert_eq!(story.ann.look_up("@mallory@evil.test").await, None);
    assert!(evil.requests().is_empty());

    story.alpha.lift("evil.test").await;
    let (status, words) = story.net.send(evil.signed_request(&inbox, &create)).await;
    assert_eq!(status, 202, "{words}");
    story.net.settle().await;
    let both = format!("{TOPIC}\n  mallory@evil.test: Hello");
    assert_eq!(story.ann.reads(&topic).await, both);
    story.net.assert_quiet();
}

#[tokio::test]
async fn a_block_hides_content_and_lifting_it_shows_it_again() {
    let (story, topic) = setup().await;
    let seen = story.bea.find(topic.ap_id()).await.unwrap();
    let reply = story.bea.reply(&seen, "Use a warping peg.").await;
    story.net.settle().await;
    let both = format!("{TOPIC}\n  bea@beta.test: Use a warping peg.");
    assert_eq!(story.ann.reads(&topic).await, both);
    let page = format!("/p/{}", topic.id);
    let theirs = format!("/p/{}", story.ann.find(reply.ap_id()).await.unwrap().id);
    let _ = story.net.wire_since();

    story.alpha.rule("beta.test", Severity::Block).await;
    story.net.settle().await;
    assert_eq!(story.ann.reads(&topic).await, TOPIC);
    assert!(!story.ann.page(&page).await.contains("warping peg"));
    assert_eq!(story.alpha.shows(&theirs, PAGE).await, 404);
    assert_eq!(story.alpha.shows("/u/bea@beta.test", PAGE).await, 404);
    assert_eq!(story.ann.notices().await, [""; 0]);
    assert_eq!(story.alpha.actor("bea@beta.test").await, None);
    // Nothing is delivered to beta, no reason is given, and nothing is accepted from there.
    story.ann.start_discussion(&story.weavers, "Dyeing").await;
    story.bea.reply(&seen, "Or a board.").await;
    story.net.settle().await;
    assert_eq!(story.net.wire_since(), ["beta→alpha Create(Note) 403"]);
    let standing = story.alpha.peer("beta.test").await.unwrap().standing;
    assert_eq!(standing, PeerStanding::Blocked);

    story.alpha.lift("beta.test").await;
    story.net.settle().await;
    assert_eq!(story.ann.reads(&topic).await, both);
    assert!(story.ann.page(&page).await.contains("warping peg"));
    assert_eq!(story.alpha.shows("/u/bea@beta.test", PAGE).await, 200);
    assert_eq!(
        story.ann.notices().await,
        ["follow by bea@beta.test", "reply by bea@beta.test"]
    );
}

#[tokio::test]
async fn queued_deliveries_are_dropped_when_a_peer_is_blocked() {
    let (story, _) = setup().await;
    story.beta.go_down();
    story.ann.start_discussion(&story.weavers, "Dyeing").await;
    story.net.settle().await;
    assert!(!story.alpha.reasons().await.is_empty());
    story.alpha.rule("beta.test", Severity::Block).await;
    story.net.settle().await;
    assert_eq!(story.alpha.reasons().await, [""; 0]);
    story.beta.come_back();
    let _ = story.net.wire_since();
    story.net.advance(86_400);
    story.net.settle().await;
    assert_eq!(story.net.wire(), [""; 0]);
    story.net.assert_quiet();
}

#[tokio::test]
async fn an_allow_list_admits_only_listed_peers() {
    let (story, _) = setup().await;
    let gamma = story.net.instance("gamma.test").await;
    let cid = gamma.person("cid").await;
    let bob = story.beta.person("bob").await;
    story.alpha.rule("beta.test", Severity::Allow).await;
    story.alpha.exchange(Mode::AllowList).await;
    cid.follow("!weavers@alpha.test").await;
    bob.follow("!weavers@alpha.test").await;
    story.net.settle().await;
    assert_same_lines(
        story.net.wire_since(),
        &[
            "gamma→alpha Follow 403",
            "beta→alpha Follow",
            "alpha→beta Accept(Follow)",
        ],
    );
    assert_eq!(bob.follows("!weavers@alpha.test").await, Some(true));
    assert_eq!(cid.follows("!weavers@alpha.test").await, Some(false));
    assert_eq!(story.ann.look_up("@cid@gamma.test").await, None);
    assert!(story.ann.look_up("@bea@beta.test").await.is_some());
    // Public documents stay public, whatever the list says.
    assert_eq!(story.alpha.shows("/c/weavers", DOCUMENT).await, 200);
}

#[tokio::test]
async fn a_closed_instance_refuses_every_peer() {
    let (story, topic) = setup().await;
    story.alpha.exchange(Mode::Closed).await;
    let seen = story.bea.find(topic.ap_id()).await.unwrap();
    story.bea.reply(&seen, "Use a warping peg.").await;
    story.ann.start_discussion(&story.weavers, "Dyeing").await;
    story.net.settle().await;
    assert_eq!(story.net.wire_since(), ["beta→alpha Create(Note) 403"]);
    assert_eq!(story.ann.reads(&topic).await, TOPIC);
    assert_eq!(story.ann.look_up("@bea@beta.test").await, None);
    for path in [
        "/",
        "/u/ann",
        "/c/weavers",
        "/c/weavers/outbox",
        "/.well-known/webfinger?resource=acct:ann@alpha.test",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.1",
    ] {
        assert_eq!(story.alpha.shows(path, DOCUMENT).await, 403, "{path}");
    }
    // Local people can read everything, also what was received before.
    assert_eq!(story.alpha.shows("/c/weavers", PAGE).await, 200);
    assert_eq!(story.alpha.shows("/u/bea@beta.test", PAGE).await, 200);

    story.alpha.exchange(Mode::Open).await;
    assert_eq!(story.alpha.shows("/u/ann", DOCUMENT).await, 200);
    story.net.advance(60);
    story.net.settle().await;
    let both = format!("{TOPIC}\n  bea@beta.test: Use a warping peg.");
    assert_eq!(story.ann.reads(&topic).await, both);
}

#[tokio::test]
async fn a_group_does_not_announce_content_of_a_blocked_peer() {
    let (story, _) = setup().await;
    let gamma = story.net.instance("gamma.test").await;
    let cid = gamma.person("cid").await;
    let dyers = story.bea.found_community("dyers").await;
    story.ann.follow("!dyers@beta.test").await;
    cid.follow("!dyers@beta.test").await;
    story.net.settle().await;
    story.alpha.rule("gamma.test", Severity::Block).await;
    cid.start_discussion(&dyers, "Woad").await;
    story.bea.start_discussion(&dyers, "Madder").await;
    story.net.settle().await;
    assert_eq!(story.bea.threads(&dyers).await.len(), 2);
    assert_eq!(story.ann.threads(&dyers).await, ["Madder"]);
    let reasons = story.alpha.reasons().await;
    assert!(
        reasons.contains(&"ignored Announce from beta.test: blocked".to_owned()),
        "{reasons:?}"
    );
    assert!(story.alpha.actor("cid@gamma.test").await.is_none());
    story.net.assert_quiet();
}

#[tokio::test]
async fn a_list_is_exported_and_imported() {
    let net = Network::new();
    let (alpha, beta) = (
        net.instance("alpha.test").await,
        net.instance("beta.test").await,
    );
    let list = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
loud.example,silence,false,false,,true
plain.example,noop,true,false,,false
spam.example,suspend,true,true,\"Spam, and \"\"worse\"\"\",false
";
    let taken = alpha.import_rules(list).await;
    assert_eq!((taken.written, taken.faults), (3, Vec::new()));
    alpha.rule("friend.example", Severity::Allow).await;
    let limited = alpha.export_rules(Sort::Limited).await;
    assert_eq!(limited, list);
    let allowed = alpha.export_rules(Sort::Allowed).await;
    assert_eq!(allowed, "#domain\nfriend.example\n");

    beta.import_rules(&limited).await;
    beta.import_rules(&allowed).await;
    assert_eq!(beta.export_rules(Sort::Limited).await, limited);
    assert_eq!(beta.export_rules(Sort::Allowed).await, allowed);

    let partly = "#domain,#severity\nbeta.test,suspend\nnonsense,suspend\nok.example,suspend\n";
    let taken = beta.import_rules(partly).await;
    let lines: Vec<String> = taken
        .faults
        .iter()
        .map(|fault| format!("{} {}", fault.line, fault.why))
        .collect();
    assert_eq!(
        (taken.written, lines),
        (1, vec!["2 ours".to_owned(), "3 domain".to_owned()])
    );
}

#[tokio::test]
async fn guests_do_not_see_posts_of_silenced_peers() {
    let (story, topic) = setup().await;
    let seen = story.bea.find(topic.ap_id()).await.unwrap();
    story.bea.reply(&seen, "Use a warping peg.").await;
    let dyers = story.bea.found_community("dyers").await;
    story.ann.follow("!dyers@beta.test").await;
    story.net.settle().await;
    story.bea.start_discussion(&dyers, "Madder").await;
    story.net.settle().await;
    let elsewhere = "/communities?show=elsewhere";
    assert!(story.ann.page(elsewhere).await.contains("dyers@beta.test"));

    story.alpha.rule("beta.test", Severity::Silence).await;
    story.net.settle().await;
    assert!(!story.ann.page(elsewhere).await.contains("dyers@beta.test"));
    for path in ["/c/dyers@beta.test", "/u/bea@beta.test"] {
        assert_eq!(story.alpha.shows(path, PAGE).await, 404, "{path}");
    }
    // In a local community the posts are shown as usual, and followers receive more.
    let page = format!("/p/{}", topic.id);
    assert!(story.ann.page(&page).await.contains("warping peg"));
    story.bea.start_discussion(&dyers, "Weld").await;
    story.net.settle().await;
    assert_eq!(story.ann.threads(&dyers).await, ["Weld", "Madder"]);
    story.net.assert_quiet();
}
