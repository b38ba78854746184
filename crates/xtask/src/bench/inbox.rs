//! Incoming activities: how many are answered with 202 per second, how many are processed, and the cost
//! of one. The requests are signed before the clock starts, so that the load itself is cheap.

pub mod peer;
pub mod run;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use serde_json::{Value, json};

use super::instance::DatabaseKind;
use super::{BenchContext, Measure};
use peer::Peer;
use run::{InboxFixture, InboxResult};

/// Sending servers; a case uses one or all of them.
const PEERS: usize = 100;
/// Threads that receive the replies.
const THREADS: usize = 200;
const CREATES: usize = 10_000;
const LIKES: usize = 20_000;
/// Activities of each kind on PostgreSQL, which is measured as well.
const POSTGRES_CREATES: usize = 4_000;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A post of ordinary length.
const CONTENT: &str = "<p>We tried the shorter hand-over on two wards for a month, and I would like \
to hear how it went elsewhere.</p><ul><li>Fewer interruptions, as <em>everybody</em> hoped</li>\
<li>The night shift asks for the old sheet back</li></ul><blockquote><p>What is not said at the \
bedside is written nowhere.</p></blockquote><p>The form we used is on \
<a href=\"https://example.org/hand-over\" rel=\"nofollow noopener\">our page</a>, and it takes \
<strong>four minutes</strong> a patient.</p>";

/// Runs the bench.
///
/// # Errors
/// When the instance cannot be started, or does not process every activity.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let mut measures = vec![verifying()?];
    let peers = peer::start(PEERS)?;
    let (one, all) = (peers.get(..1).unwrap_or_default(), peers.as_slice());

    let fixture = InboxFixture::start(context, DatabaseKind::Sqlite, &peers, THREADS)?;
    let case = |label: &str| format!("SQLite, {label}");
    let threads = fixture.threads.as_slice();
    let first = threads.get(..1).unwrap_or_default();
    let mut measure_case = |case: String, activities: &[SignedActivity<'_>]| -> Result<()> {
        let result = fixture.run(activities)?;
        measures.extend(report(&case, &result));
        Ok(())
    };
    measure_case(
        case("Create, 1 server"),
        &creates("a", one, threads, CREATES),
    )?;
    measure_case(
        case("Create, 100 servers"),
        &creates("b", all, threads, CREATES),
    )?;
    measure_case(
        case("Create, 100 servers, one thread"),
        &creates("c", all, first, CREATES / 2),
    )?;
    let written = notes("a", one, CREATES).chain(notes("b", all, CREATES));
    let written: Vec<String> = written.collect();
    let others = all.get(1..).unwrap_or_default();
    measure_case(case("Like, 1 server"), &likes("a", one, &written, LIKES))?;
    measure_case(
        case("Like, 100 servers"),
        &likes("b", others, &written, LIKES),
    )?;
    fixture.follow_groups()?;
    fixture.run(&pages(all))?;
    measure_case(case("Announce, 1 server"), &announces("d", one, CREATES))?;
    measure_case(case("Announce, 100 servers"), &announces("e", all, CREATES))?;
    drop(fixture);

    let fixture = InboxFixture::start(context, DatabaseKind::Postgres, &peers, THREADS)?;
    let replies = creates("f", all, &fixture.threads, POSTGRES_CREATES);
    measures.extend(report(
        "PostgreSQL, Create, 100 servers",
        &fixture.run(&replies)?,
    ));
    let written: Vec<String> = notes("f", all, POSTGRES_CREATES).collect();
    let liked = likes("f", all, &written, POSTGRES_CREATES);
    measures.extend(report(
        "PostgreSQL, Like, 100 servers",
        &fixture.run(&liked)?,
    ));
    Ok(measures)
}

/// An activity to send, with the server and the id of the actor that signs it.
pub struct SignedActivity<'a> {
    pub peer: &'a Peer,
    pub signer: String,
    pub activity: Value,
}

fn note_id(set: &str, peer: &Peer, number: usize) -> String {
    peer.at(&format!("/notes/{set}{number}"))
}

/// Returns the ids of the notes that [`creates`] creates.
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
            "content": CONTENT, "contentMap": { "en": CONTENT }, "attachment": [], "tag": [],
        },
    })
}

/// Creates replies to the threads in turn, by the servers in turn.
pub fn creates<'a>(
    set: &str,
    peers: &'a [Peer],
    threads: &[String],
    count: usize,
) -> Vec<SignedActivity<'a>> {
    let (peers, threads) = (peers.iter().cycle(), threads.iter().cycle());
    let each = peers.zip(threads).take(count).enumerate();
    each.map(|(n, (peer, thread))| SignedActivity {
        peer,
        signer: peer.person(),
        activity: create(peer, &note_id(set, peer, n), thread),
    })
    .collect()
}

/// Creates a Like of each of these notes, by the servers in turn.
fn likes<'a>(
    set: &str,
    peers: &'a [Peer],
    notes: &[String],
    count: usize,
) -> Vec<SignedActivity<'a>> {
    let each = peers.iter().cycle().zip(notes).take(count).enumerate();
    each.map(|(n, (peer, note))| SignedActivity {
        peer,
        signer: peer.person(),
        activity: json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Like",
            "id": peer.at(&format!("/likes/{set}{n}")), "actor": peer.person(), "object": note,
        }),
    })
    .collect()
}

fn announced<'p>(peer: &'p Peer, activity: &Value) -> SignedActivity<'p> {
    let (group, id) = (
        peer.group(),
        activity.get("id").cloned().unwrap_or_default(),
    );
    let id = format!("{}/announce", id.as_str().unwrap_or_default());
    SignedActivity {
        peer,
        activity: json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Announce", "id": id,
            "actor": group, "to": [PUBLIC], "cc": [format!("{group}/followers")],
            "object": activity,
        }),
        signer: group,
    }
}

/// Creates a thread in each server's own community.
fn pages(peers: &[Peer]) -> Vec<SignedActivity<'_>> {
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

/// Creates replies to those threads, announced by their communities in turn.
fn announces<'a>(set: &str, peers: &'a [Peer], count: usize) -> Vec<SignedActivity<'a>> {
    let each = peers.iter().cycle().take(count).enumerate();
    each.map(|(n, peer)| {
        announced(
            peer,
            &create(peer, &note_id(set, peer, n), &peer.at("/pages/1")),
        )
    })
    .collect()
}

/// Returns two measures: requests answered, and activities processed.
fn report(case: &str, result: &InboxResult) -> [Measure; 2] {
    let (answered, processed) = (result.rate(result.answered), result.rate(result.processed));
    eprintln!(
        "  {case}: {answered:.0}/s answered, {processed:.0}/s taken in, {:.0} µs",
        result.cpu_us()
    );
    let measure = |what: &str, elapsed: Duration| Measure {
        bench: "inbox",
        case: format!("{case}, {what}"),
        unit: "activities/s",
        value: Some(result.rate(elapsed)),
        n: Some(result.sample.count()),
        ..Measure::default()
    };
    [
        Measure {
            p50_ms: result.sample.p50(),
            p95_ms: result.sample.p95(),
            p99_ms: result.sample.p99(),
            ..measure("answered", result.answered)
        },
        Measure {
            cpu_us_per_unit: Some(result.cpu_us()),
            rss_mb: Some(result.rss_mb),
            ..measure("taken in", result.processed)
        },
    ]
}

/// Measures openssl alone on one processor: the least that verifying a request can cost.
fn verifying() -> Result<Measure> {
    let key = PKey::from_rsa(Rsa::generate(2_048)?)?;
    let public = PKey::public_key_from_der(&key.public_key_to_der()?)?;
    let text = [b'x'; 300];
    let signature = Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(&text)?;
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < Duration::from_secs(1) {
        for _ in 0..100 {
            let mut verifier = Verifier::new(MessageDigest::sha256(), &public)?;
            ensure!(
                verifier.verify_oneshot(&signature, &text)?,
                "openssl rejects its own signature"
            );
            count += 1;
        }
    }
    let elapsed = started.elapsed().as_secs_f64();
    Ok(Measure {
        bench: "inbox",
        case: "openssl alone, RSA-2048".to_owned(),
        unit: "verifies/s",
        value: Some(f64::from(count) / elapsed),
        cpu_us_per_unit: Some(elapsed * 1e6 / f64::from(count)),
        n: Some(u64::from(count)),
        ..Measure::default()
    })
}
