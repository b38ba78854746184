//! What a page weighs, and what a browser fetches with it.

use std::collections::BTreeSet;
use testkit::{Instance, Network, PostSnapshot};

/// A text of 300 characters that compresses as prose does.
fn prose(seed: u64) -> String {
    const WORDS: [&str; 16] = [
        "heddle",
        "warp",
        "shuttle",
        "between",
        "because",
        "threads",
        "slowly",
        "afterwards",
        "our",
        "team",
        "the",
        "clinic",
        "of",
        "a",
        "which",
        "never",
    ];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    while text.len() < 300 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let word = usize::try_from(state >> 60).unwrap();
        text.push_str(WORDS[word]);
        text.push(' ');
    }
    text.truncate(300);
    text
}

/// A community with a thread of fifty replies of 300 characters each, by five people.
async fn busy_thread(net: &Network, alpha: &Instance) -> PostSnapshot {
    let ann = alpha.person("ann").await;
    let weavers = ann.found_community("weavers").await;
    let title = "Moving a file between sites: what has your team learned?";
    let thread = ann.start_with(&weavers, title, &prose(0)).await;
    let mut people = Vec::new();
    for name in ["bea", "cleo", "dan", "eve", "finn"] {
        let person = alpha.person(name).await;
        person.follow("!weavers@alpha.test").await;
        people.push(person);
    }
    for number in 1..=50 {
        let who = &people[number % people.len()];
        net.advance(60);
        who.reply(&thread, &prose(number as u64)).await;
    }
    net.settle().await;
    thread
}

/// The files of this site that a browser fetches for a page.
fn files(html: &str) -> BTreeSet<&str> {
    let starts = [
        "src=\"/",
        "<use href=\"/",
        "rel=\"stylesheet\" href=\"/",
        "rel=\"icon\" href=\"/",
    ];
    let of = |start: &&str| {
        let parts = html.split(*start).skip(1);
        parts
            .filter_map(|rest| rest.split(['"', '#']).next())
            .collect::<Vec<_>>()
    };
    starts.iter().flat_map(of).collect()
}

#[tokio::test]
async fn a_first_visit_is_light() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let thread = busy_thread(&net, &alpha).await;
    let thread = format!("/p/{}", thread.id);
    for path in [
        "/",
        "/c/weavers",
        "/c/weavers/discussions",
        &thread,
        "/about",
        "/sign-in",
    ] {
        let (_, _, html) = alpha.get(path, &[("accept", "text/html")]).await;
        let files = files(&html);
        assert!(files.len() >= 4, "{files:?}");
        let mut bytes = alpha.compressed_size(path).await;
        for file in files {
            bytes += alpha.compressed_size(&format!("/{file}")).await;
        }
        eprintln!("{path}: {bytes} bytes");
        assert!(bytes <= 35_000, "{path}: {bytes} bytes with what it needs");
    }
}

#[tokio::test]
async fn a_long_discussion_is_light_for_a_member() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let thread = busy_thread(&net, &alpha).await;
    let reader = alpha.person("gus").await;
    reader.follow("!weavers@alpha.test").await;
    let html = reader.own_page(&format!("/p/{}", thread.id)).await;
    assert_eq!(html.matches("<article").count(), 51);
    eprintln!("{} bytes", html.len());
    assert!(html.len() <= 60_000, "{} bytes", html.len());
}
