//! What holds of every list of domains, whatever stands in it: the tests beside this and `fuzz/`
//! try it. Ends the test where it does not hold.

use super::{BYTES_MAX, Entry, REASON_MAX, ROWS_MAX, Severity, Sort, read, write};
use crate::peer::policy::domain;
use std::collections::HashSet;

/// Any bytes are read or refused; each line of a list is accounted for at most once, and what was
/// read is the same once it was written.
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
        survives(sort, &list.entries);
    }
}

/// Those of a sort come back as they were, but for the lines they stand on.
fn survives(sort: Sort, entries: &[Entry]) {
    let allowed = sort == Sort::Allowed;
    let of_sort = |entry: &&Entry| (entry.severity == Severity::Allow) == allowed;
    let said = |entry: &Entry| match sort {
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
    let wanted: Vec<Entry> = entries.iter().filter(of_sort).map(said).collect();
    let text = write(sort, entries);
    // A list may grow when it is written: a word of Mastodon's is longer than a `1`.
    if text.len() > BYTES_MAX {
        return;
    }
    let again = read(text.as_bytes()).map_err(|refused| refused.as_str());
    let got = again.map(|list| {
        (
            list.entries.iter().map(said).collect::<Vec<_>>(),
            list.faults,
        )
    });
    assert_eq!(got, Ok((wanted, Vec::new())), "{text}");
}
