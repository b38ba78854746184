//! Invariants of every list of domains, whatever it contains. The property tests and `fuzz/` check them; a
//! violation panics.

use super::{BYTES_MAX, Entry, REASON_MAX, ROWS_MAX, Severity, Sort, read, write};
use crate::peer::policy::domain;
use std::collections::HashSet;

/// Checks that bytes are parsed or rejected, that each line is reported at most once, and that a parsed
/// list round-trips.
pub fn list(bytes: &[u8]) {
    let Ok(list) = read(bytes) else {
        return;
    };
    assert!(bytes.len() <= BYTES_MAX);
    let used = list.entries.iter().map(|entry| entry.line);
    let lines: Vec<usize> = used.chain(list.faults.iter().map(|f| f.line)).collect();
    let each: HashSet<usize> = lines.iter().copied().collect();
    assert_eq!(each.len(), lines.len(), "a line counts once");
    assert!(lines.len() <= ROWS_MAX && !each.contains(&0));
    let domains: HashSet<&str> = list.entries.iter().map(|e| e.domain.as_str()).collect();
    assert_eq!(domains.len(), list.entries.len(), "a domain counts once");
    for entry in &list.entries {
        assert_eq!(domain(&entry.domain).as_deref(), Some(&*entry.domain));
        assert!(entry.reason.chars().count() <= REASON_MAX);
        assert!(!entry.reason.contains('\0'));
    }
    for sort in [Sort::Limited, Sort::Allowed] {
        round_trips(sort, &list.entries);
    }
}

/// Checks that the entries of one kind round-trip, except for their line numbers.
fn round_trips(sort: Sort, entries: &[Entry]) {
    let allowed = sort == Sort::Allowed;
    let of_sort = |entry: &&Entry| (entry.severity == Severity::Allow) == allowed;
    let written = |entry: &Entry| match sort {
        Sort::Limited => Entry {
            line: 0,
            ..entry.clone()
        },
        // A list of what is allowed has no other column.
        Sort::Allowed => Entry {
            line: 0,
            reject_media: false,
            reject_reports: false,
            reason: String::new(),
            obscure: false,
            ..entry.clone()
        },
    };
    let wanted: Vec<Entry> = entries.iter().filter(of_sort).map(written).collect();
    let text = write(sort, entries);
    // A formatted list may be longer: Mastodon's words are longer than a `1`.
    if text.len() > BYTES_MAX {
        return;
    }
    let again = read(text.as_bytes()).map_err(|refused| refused.as_str());
    let got = again.map(|list| {
        (
            list.entries.iter().map(written).collect::<Vec<_>>(),
            list.faults,
        )
    });
    assert_eq!(got, Ok((wanted, Vec::new())), "{text}");
}
