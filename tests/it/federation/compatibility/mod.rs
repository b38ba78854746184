//! The software that exists: every recorded document and activity is sent to a running instance by
//! the peer that wrote it, properly signed, and it is told what comes of it and how it looks here.
//! The reasons are those of `docs/federation/compatibility.md`.

mod event;
mod forum;
mod lemmy;
mod mastodon;
mod table;
mod thread;
mod trap;

use std::collections::BTreeSet;
use std::path::Path;
use table::{Table, fixtures};

const TABLES: &[&Table] = &[
    &forum::NODEBB,
    &forum::MIDDLE,
    &forum::FIRST_SIGHT,
    &forum::PIEFED,
    &lemmy::LEMMY,
    &lemmy::OURS,
    &mastodon::MASTODON,
    &mastodon::GONE,
    &mastodon::SMALL,
    &event::MOBILIZON,
    &event::CALENDARS,
    &event::LOOKED_UP,
];

#[test]
fn no_fixture_is_forgotten() {
    let mut told: BTreeSet<String> = BTreeSet::new();
    for table in TABLES {
        told.extend(table.served.iter().map(|file| (*file).to_owned()));
        told.extend(table.lines.iter().map(|line| line.file.to_owned()));
        told.extend(table.looked.iter().map(|(file, _, _)| (*file).to_owned()));
        told.extend(table.unasked.iter().map(|(file, _)| (*file).to_owned()));
    }
    assert_eq!(told, fixtures());
}

#[test]
fn every_reason_is_told_to_other_implementers() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/federation/compatibility.md");
    let page = std::fs::read_to_string(page).unwrap();
    for line in TABLES.iter().flat_map(|table| table.lines) {
        let Some((_, why)) = line.ends.split_once(": ") else {
            continue;
        };
        assert!(page.contains(why), "{}: {why}", line.file);
    }
}
