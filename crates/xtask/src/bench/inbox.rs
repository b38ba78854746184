//! Activities received: how many are answered with 202 in a second, how many are taken in, and what
//! one costs. The requests are signed before the clock starts, so that the load itself is cheap.

pub mod peer;
pub mod stage;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use serde_json::{Value, json};

use super::instance::Database;
use super::{Measure, Setting};
use peer::Peer;
use stage::{Course, Stage};

/// Servers that write; a case has one or all of them.
const PEERS: usize = 100;
/// Threads they reply in.
const THREADS: usize = 200;
const CREATES: usize = 10_000;
const LIKES: usize = 20_000;
/// On PostgreSQL, which is reported beside.
const CREATES_BESIDE: usize = 4_000;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// As long as people write.
const WORDS: &str = "<p>We tried the shorter hand-over on two wards for a month, and I would like \
to hear how it went elsewhere.</p><ul><li>Fewer interruptions, as <em>everybody</em> hoped</li>\
<li>The night shift asks for the old sheet back</li></ul><blockquote><p>What is not said at the \
bedside is written nowhere.</p></blockquote><p>The form we used is on \
<a href=\"https://example.org/hand-over\" rel=\"nofollow noopener\">our page</a>, and it takes \
<strong>four minutes</strong> a patient.</p>";

/// Runs it.
///
/// # Errors
/// When the instance cannot be started, or does not take in everything it is sent.
pub fn run(setting: &Setting) -> Result<Vec<Measure>> {
    let mut measures = vec![verifying()?];
    let peers = peer::start(PEERS)?;
    let (one, all) = (peers.get(..1).unwrap_or_default(), peers.as_slice());

    let stage = Stage::set(setting, Database::Sqlite, &peers, THREADS)?;
    let case = |words: &str| format!("SQLite, {words}");
    let threads = stage.threads.as_slice();
    let first = threads.get(..1).unwrap_or_default();
    let mut course = |case: String, letters: &[Letter<'_>]| -> Result<()> {
        let found = stage.run(letters)?;
        measures.extend(report(&case, &found));
        Ok(())
    };
    course(
        case("Create, 1 server"),
        &creates("a", one, threads, CREATES),
    )?;
    course(
        case("Create, 100 servers"),
        &creates("b", all, threads, CREATES),
    )?;
    course(
        case("Create, 100 servers, one thread"),
        &creates("c", all, first, CREATES / 2),
    )?;
    let written = notes("a", one, CREATES).chain(notes("b", all, CREATES));
    let written: Vec<String> = written.collect();
    let others = all.get(1..).unwrap_or_default();
    course(case("Like, 1 server"), &likes("a", one, &written, LIKES))?;
    course(
        case("Like, 100 servers"),
        &likes("b", others, &written, LIKES),
    )?;
    stage.follow_groups()?;
    stage.run(&pages(all))?;
    course(case("Announce, 1 server"), &announces("d", one, CREATES))?;
    course(case("Announce, 100 servers"), &announces("e", all, CREATES))?;
    drop(stage);

    let stage = Stage::set(setting, Database::Postgres, &peers, THREADS)?;
    let replies = creates("f", all, &stage.threads, CREATES_BESIDE);
    measures.extend(report(
        "PostgreSQL, Create, 100 servers",
        &stage.run(&replies)?,
    ));
    let written: Vec<String> = notes("f", all, CREATES_BESIDE).collect();
    let liked = likes("f", all, &written, CREATES_BESIDE);
    measures.extend(report("PostgreSQL, Like, 100 servers", &stage.run(&liked)?));
    Ok(measures)
}

/// An activity and who signs it.
pub struct Letter<'a> {
    /// The signer's server.
    pub peer: &'a Peer,
    /// The signer.
    pub signer: String,
    /// The activity.
    pub activity: Value,
}

fn note_id(set: &str, peer: &Peer, number: usize) -> String {
    peer.at(&format!("/notes/{set}{number}"))
}

/// The names of the notes that [`creates`] makes.
fn notes<'a>(set: &str, peers: &'a [Peer], count: usize) -> impl Iterator<Item = String> + use<'a> {
    let set = set.to_owned();
    let writers = peers.iter().cycle().take(count).enumerate();
    writers.map(move |(n, peer)| note_id(&set, peer, n))
}

fn create(peer: &Peer, id: &str, parent: &str) -> Value {
    let (who, cc) = (peer.person(), peer.at("/u/pat/followers"));
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", { "sensitive": "as:sensitive" }],
        "id": format!("{id}/activity"), "type": "Create", "actor": who,
        "published": "2026-11-19T07:30:00Z", "to": [PUBLIC], "cc": [cc],
        "object": {
            "id": id, "type": "Note", "summary": null, "inReplyTo": parent,
            "published": "2026-11-19T07:30:00Z", "url": id, "attributedTo": who,
            "to": [PUBLIC], "cc": [cc], "sensitive": false,
            "content": WORDS, "contentMap": { "en": WORDS }, "attachment": [], "tag": [],
        },
    })
}

/// Replies to the threads in turn, by the servers in turn.
pub fn creates<'a>(
    set: &str,
    peers: &'a [Peer],
    threads: &[String],
    count: usize,
) -> Vec<Letter<'a>> {
    let (peers, threads) = (peers.iter().cycle(), threads.iter().cycle());
    let each = peers.zip(threads).take(count).enumerate();
    each.map(|(n, (peer, thread))| Letter {
        peer,
        signer: peer.person(),
        activity: create(peer, &note_id(set, peer, n), thread),
    })
    .collect()
}

/// A like of each of these notes, by the servers in turn.
fn likes<'a>(set: &str, peers: &'a [Peer], notes: &[String], count: usize) -> Vec<Letter<'a>> {
    let each = peers.iter().cycle().zip(notes).take(count).enumerate();
    each.map(|(n, (peer, note))| Letter {
        peer,
        signer: peer.person(),
        activity: json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Like",
            "id": peer.at(&format!("/likes/{set}{n}")), "actor": peer.person(), "object": note,
        }),
    })
    .collect()
}

fn announced<'p>(peer: &'p Peer, activity: &Value) -> Letter<'p> {
    let (group, id) = (
        peer.group(),
        activity.get("id").cloned().unwrap_or_default(),
    );
    let id = format!("{}/announce", id.as_str().unwrap_or_default());
    Letter {
        peer,
        activity: json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Announce", "id": id,
            "actor": group, "to": [PUBLIC], "cc": [format!("{group}/followers")],
            "object": activity,
        }),
        signer: group,
    }
}

/// A thread in each server's own community.
fn pages(peers: &[Peer]) -> Vec<Letter<'_>> {
    let page = |peer: &Peer| {
        let id = peer.at("/pages/1");
        let mut activity = create(peer, &id, "");
        if let Some(object) = activity.get_mut("object").and_then(Value::as_object_mut) {
            object.insert("type".into(), json!("Page"));
            object.insert("name".into(), json!("A thread elsewhere"));
            object.insert("audience".into(), json!(peer.group()));
            object.remove("inReplyTo");
        }
        activity
    };
    peers
        .iter()
        .map(|peer| announced(peer, &page(peer)))
        .collect()
}

/// Replies to those threads, announced by their communities in turn.
fn announces<'a>(set: &str, peers: &'a [Peer], count: usize) -> Vec<Letter<'a>> {
    let each = peers.iter().cycle().take(count).enumerate();
    each.map(|(n, peer)| {
        announced(
            peer,
            &create(peer, &note_id(set, peer, n), &peer.at("/pages/1")),
        )
    })
    .collect()
}

/// Two lines: what was answered, and what was taken in.
fn report(case: &str, found: &Course) -> [Measure; 2] {
    let (answered, taken_in) = (found.rate(found.answered), found.rate(found.taken_in));
    eprintln!(
        "  {case}: {answered:.0}/s answered, {taken_in:.0}/s taken in, {:.0} µs",
        found.cpu_us()
    );
    let measure = |what: &str, took: Duration| Measure {
        bench: "inbox",
        case: format!("{case}, {what}"),
        unit: "activities/s",
        value: Some(found.rate(took)),
        n: Some(found.sample.count()),
        ..Measure::default()
    };
    [
        Measure {
            p50_ms: found.sample.p50(),
            p95_ms: found.sample.p95(),
            p99_ms: found.sample.p99(),
            ..measure("answered", found.answered)
        },
        Measure {
            cpu_us_per_unit: Some(found.cpu_us()),
            rss_mb: Some(found.rss_mb),
            ..measure("taken in", found.taken_in)
        },
    ]
}

/// What openssl itself does on one processor: the least that believing a request can cost.
fn verifying() -> Result<Measure> {
    let key = PKey::from_rsa(Rsa::generate(2_048)?)?;
    let public = PKey::public_key_from_der(&key.public_key_to_der()?)?;
    let text = [b'x'; 300];
    let seal = Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(&text)?;
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < Duration::from_secs(1) {
        for _ in 0..100 {
            let mut verifier = Verifier::new(MessageDigest::sha256(), &public)?;
            ensure!(
                verifier.verify_oneshot(&seal, &text)?,
                "openssl does not believe itself"
            );
            count += 1;
        }
    }
    let took = began.elapsed().as_secs_f64();
    Ok(Measure {
        bench: "inbox",
        case: "openssl alone, RSA-2048".to_owned(),
        unit: "verifies/s",
        value: Some(f64::from(count) / took),
        cpu_us_per_unit: Some(took * 1e6 / f64::from(count)),
        n: Some(u64::from(count)),
        ..Measure::default()
    })
}
