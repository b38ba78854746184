//! Compatibility with other software: every recorded document and activity is sent to a running instance by
//! its author's server, signed, and the outcome and the rendering are asserted. The reasons are those of
//! `docs/federation/compatibility.md`.

mod documentation;
mod event;
mod fixture_network;
mod fixture_table;
mod forum;
mod general;
mod lemmy;
mod mastodon;
mod rendered;
mod requests_to_us;
mod thread;
mod unusual_shapes;

use fixture_table::{FixtureTable, fixtures};
use std::collections::BTreeSet;

const TABLES: &[&FixtureTable] = &[
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
fn every_fixture_is_tested() {
    let mut actual: BTreeSet<String> = BTreeSet::new();
    for table in TABLES {
        actual.extend(table.served.iter().map(|file| (*file).to_owned()));
        actual.extend(table.lines.iter().map(|line| line.file.to_owned()));
        actual.extend(table.looked.iter().map(|(file, _, _)| (*file).to_owned()));
        actual.extend(table.unasked.iter().map(|(file, _)| (*file).to_owned()));
    }
    assert_eq!(actual, fixtures());
}

#[test]
fn every_applied_activity_has_a_visible_result() {
    for line in TABLES.iter().flat_map(|table| table.lines) {
        let seen = line.looks.is_some() || line.ends != "done";
        assert!(seen, "{} is applied, and no result is checked", line.file);
    }
}
