//! The software that exists: every recorded document and activity is sent to a running instance by
//! the peer that wrote it, properly signed, and it is told what comes of it and how it looks here.
//! The reasons are those of `docs/federation/compatibility.md`.

mod event;
mod forum;
mod general;
mod journey;
mod lemmy;
mod looks;
mod mastodon;
mod page;
mod stage;
mod table;
mod thread;
mod trap;

use std::collections::BTreeSet;
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
fn what_is_done_can_be_seen() {
    for line in TABLES.iter().flat_map(|table| table.lines) {
        let seen = line.looks.is_some() || line.ends != "done";
        assert!(seen, "{} is said to be done, and nobody looks", line.file);
    }
}
