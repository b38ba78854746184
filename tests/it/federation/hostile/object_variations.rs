//! The 262 objects of `fediverse-pasture-inputs` (tests/fixtures/pasture.md), each sent in a signed Create by a
//! well-behaved peer. The snapshot has the outcome of each.

use super::{PUBLIC, activity, silent};
use crate::federation::Weavers;
use model::InboundId;
use model::peer::InboundState;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use testkit::{Hostile, Instance, PostSnapshot};

/// A group of examples, each of which is merged into a plain public Note.
struct Family {
    name: String,
    examples: Vec<Value>,
}

fn families() -> Vec<Family> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pasture");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let told: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        Family {
            name: told["family"].as_str().unwrap().to_owned(),
            examples: told["examples"].as_array().unwrap().clone(),
        }
    };
    files.iter().map(read).collect()
}

/// The id of the author in the package.
const SPEAKER: &str = "http://pasture-one-actor/actor";

/// Builds an example as Mallory's reply to a thread, unless it has its own `inReplyTo`.
fn post(peer: &Hostile, id: &str, topic: &PostSnapshot, laid_over: &Value) -> Value {
    let mut post = json!({
        "type": "Note",
        "attributedTo": SPEAKER,
        "to": [PUBLIC],
        "id": id,
        "published": "2026-01-01T00:00:00Z",
        "inReplyTo": topic.ap_id(),
    });
    for (key, value) in laid_over.as_object().unwrap() {
        post[key] = value.clone();
    }
    let text = post.to_string().replace(SPEAKER, &peer.mallory());
    serde_json::from_str(&text).unwrap()
}

/// Builds a reply to which other examples reply.
fn reply_target(peer: &Hostile, number: u32, topic: &PostSnapshot) -> Value {
    let id = peer.at(&format!("/assets/note{number}.jsonap"));
    post(
        peer,
        &id,
        topic,
        &json!({ "content": format!("note {number}") }),
    )
}

/// Sends the replies to which examples reply.
async fn send_reply_targets(story: &Weavers, peer: &Hostile, topic: &PostSnapshot) {
    for number in 1..=2 {
        let words = reply_target(peer, number, topic);
        peer.publish(&words);
        let create = activity(peer, "Create", 1_000 + number, &words);
        let signed = peer.signed_request(&story.alpha.at("/inbox"), &create);
        assert_eq!(story.net.send(signed).await.0, 202);
    }
    story.net.settle().await;
}

/// Returns the state of an activity and the reason.
async fn outcome(instance: &Instance, id: &str) -> String {
    let id = id.to_owned();
    instance
        .read(move |db| {
            for state in InboundState::ALL {
                let rows = store::queue::inbound::list(db, *state, InboundId(i64::MAX), 1_000)?;
                if let Some(row) = rows.iter().find(|row| row.guard.ends_with(&id)) {
                    let why = row.reason.as_deref().map(|why| format!(" ({why})"));
                    return Ok(format!("{state}{}", why.unwrap_or_default()));
                }
            }
            Ok("not kept".to_owned())
        })
        .await
}

/// Returns the beginning of a post's text.
fn excerpt(seen: Option<PostSnapshot>) -> String {
    let Some(seen) = seen else {
        return "not here".to_owned();
    };
    let html: String = seen.html.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = html.chars().take(100).collect();
    let more = if cut.len() < html.len() { "…" } else { "" };
    let warning = match seen.warning.as_str() {
        "" => String::new(),
        warning => format!("[{warning}] "),
    };
    format!("{warning}{cut}{more}")
}

#[tokio::test]
async fn every_variation_of_a_note_is_processed() {
    let story = Weavers::new().await;
    let peer = story.net.hostile("pasture-one-actor", silent).await;
    let inbox = story.alpha.at("/inbox");
    let (mut table, mut count) = (String::new(), 0);
    for family in families() {
        let topic = story
            .ann
            .start_discussion(&story.weavers, &family.name)
            .await;
        if family.name == "in_reply_to" {
            send_reply_targets(&story, &peer, &topic).await;
        }
        let mut sent = Vec::new();
        for (number, example) in family.examples.iter().enumerate() {
            count += 1;
            let id = peer.at(&format!("/objects/{}/{number}", family.name));
            let words = post(&peer, &id, &topic, example);
            if words["id"].is_string() {
                peer.publish(&words);
            }
            let mut create = activity(&peer, "Create", count, &words);
            create["to"] = json!([PUBLIC, story.weavers.ap_id]);
            let (status, why) = story.net.send(peer.signed_request(&inbox, &create)).await;
            assert_eq!(status, 202, "{}/{number}: {why}", family.name);
            assert_eq!(story.alpha.shows("/readyz", "*/*").await, 204);
            sent.push((number, id, create["id"].as_str().unwrap().to_owned()));
        }
        story.net.settle().await;
        writeln!(table, "{}", family.name).unwrap();
        for (number, id, create) in sent {
            let outcome = outcome(&story.alpha, &create).await;
            assert!(
                ["done", "ignored", "rejected"]
                    .iter()
                    .any(|end| outcome.starts_with(end)),
                "{}/{number}: {outcome}",
                family.name
            );
            let seen = excerpt(story.ann.find(&id).await);
            writeln!(table, "  {number:2} {outcome}: {seen}").unwrap();
        }
        let here = story.ann.find(topic.ap_id()).await.unwrap();
        for path in [
            format!("/p/{}", here.id),
            "/c/weavers".to_owned(),
            "/u/mallory@pasture-one-actor".to_owned(),
        ] {
            assert_well_formed(
                &story.ann.page(&path).await,
                &format!("{path} after {}", family.name),
            );
        }
    }
    assert_eq!(count, 262);
    let (due, aside) = (story.alpha.due().await, story.alpha.set_aside().await);
    assert!(due.is_quiet() && aside.jobs == 0, "{due:?} {aside:?}");
    insta::assert_snapshot!(table);
}

/// Elements without an end tag.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
];

/// Asserts that a page is well-formed, runs no foreign script, and loads nothing from other hosts.
#[track_caller]
fn assert_well_formed(page: &str, of: &str) {
    let mut open: Vec<String> = Vec::new();
    for tag in tags(page) {
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n', '/'])
            .next()
            .unwrap();
        let name = name.to_ascii_lowercase();
        if let Some(ended) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(ended.trim()),
                "{of}: </{ended}>"
            );
        } else if !VOID.contains(&name.as_str()) && !tag.ends_with('/') && !tag.starts_with('!') {
            open.push(name.clone());
        }
        let lower = tag.to_ascii_lowercase();
        assert!(
            !lower.contains(" on") || !lower.contains("=\"alert"),
            "{of}: <{tag}>"
        );
        assert!(!lower.contains("javascript:"), "{of}: <{tag}>");
        let loads = [
            "img", "script", "iframe", "audio", "video", "source", "object",
        ];
        let elsewhere = ["=\"http", "=\"//", "=\"data:"]
            .iter()
            .any(|at| lower.contains(at));
        assert!(
            !(loads.contains(&name.as_str()) && elsewhere),
            "{of}: <{tag}> loads"
        );
    }
    assert_eq!(open, [""; 0], "{of}: left open");
}

/// Returns the text of each tag of a page.
fn tags(page: &str) -> Vec<String> {
    let (mut tags, mut tag, mut quoted) = (Vec::new(), None::<String>, false);
    for c in page.chars() {
        match (&mut tag, c) {
            (None, '<') => (tag, quoted) = (Some(String::new()), false),
            (None, _) => {}
            (Some(_), '>') if !quoted => tags.extend(tag.take()),
            (Some(text), _) => {
                quoted ^= c == '"';
                text.push(c);
            }
        }
    }
    tags
}

testkit::on_postgres_too! {
    every_variation_of_a_note_is_processed
}
