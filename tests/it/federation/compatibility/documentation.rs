//! `docs/federation/compatibility.md` and the tests agree: every reason in the tests is documented, every
//! documented reason is tested, and every activity that a software is documented to send is sent here.

use super::fixture_table::{fixtures, words};
use super::{TABLES, general, mastodon, thread, unusual_shapes};
use std::collections::BTreeSet;
use std::path::Path;

fn page() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/federation/compatibility.md");
    std::fs::read_to_string(page).unwrap()
}

/// Returns the texts between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns every outcome with a reason in these tests.
fn ends() -> BTreeSet<String> {
    let lines = TABLES.iter().flat_map(|table| table.lines);
    let mut ends: BTreeSet<String> = lines.map(|line| line.ends.to_owned()).collect();
    ends.extend(general::lines().into_iter().map(|(_, end)| end.to_owned()));
    ends.extend(
        unusual_shapes::traps()
            .into_iter()
            .map(|(_, _, end, _)| end.to_owned()),
    );
    ends.extend(mastodon::ONE_SIDED.map(str::to_owned));
    let others = [
        mastodon::NOBODY_HERE,
        mastodon::STILL_THERE,
        mastodon::NOT_CONFIRMED,
        thread::TOO_MANY_DOCUMENTS,
    ];
    ends.extend(others.map(str::to_owned));
    ends.retain(|end| end.contains(": "));
    ends
}

#[test]
fn documentation_and_tests_have_the_same_reasons() {
    let page = page();
    let is_end = |code: &&str| code.starts_with("ignored: ") || code.starts_with("rejected: ");
    let actual: BTreeSet<String> = code(&page).filter(is_end).map(str::to_owned).collect();
    assert_eq!(actual, ends());
}

/// Returns the fixtures of the software in a heading, such as “WordPress (Event Bridge), Gancio”.
fn sent_by(heading: &str) -> String {
    let names = heading
        .split(", ")
        .map(|name| name.split(" (").next().unwrap());
    let folders: Vec<String> = names
        .map(|name| format!("{}/", name.to_lowercase()))
        .collect();
    let all = fixtures();
    let theirs = all
        .iter()
        .filter(|file| folders.iter().any(|folder| file.starts_with(folder)));
    theirs.map(|file| words(file)).collect()
}

/// Returns whether JSON contains a word as a type or key, or at the end of a URL.
fn says(json: &str, word: &str) -> bool {
    if word.chars().all(char::is_alphanumeric) {
        ["\"", "/"]
            .iter()
            .any(|before| json.contains(&format!("{before}{word}\"")))
    } else {
        json.contains(word)
    }
}

#[test]
fn documented_activities_are_sent_in_the_tests() {
    let (mut sent, mut missing) = (String::new(), Vec::new());
    for line in page().lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            sent = sent_by(heading);
            assert!(!sent.is_empty(), "nothing of {heading}");
        }
        if line == "## In general" {
            sent = fixtures().iter().map(|file| words(file)).collect();
            let general = general::lines()
                .into_iter()
                .map(|(json, _)| json.to_string());
            sent.extend(general);
        }
        let Some(row) = line.strip_prefix("| ") else {
            continue;
        };
        let theirs = row.split(" | ").next().unwrap();
        let words = code(theirs).filter(|word| !word.starts_with("GET "));
        let verbs = words.filter(|word| !says(&sent, word));
        missing.extend(verbs.map(|word| format!("{word} in: {line}")));
    }
    assert_eq!(missing, [""; 0]);
}
