//! Lists of domains in Mastodon's format: CSV with a header line. One kind of list has the limited domains
//! and their limits, the other the allowed domains. A list that is too large is rejected before it is
//! parsed; every line that cannot be used is reported with its number and the reason.

#[cfg(any(test, feature = "testing"))]
pub mod invariants;

use super::policy::{Severity, domain};
use crate::csv::{self, Record, records};
use crate::text_enum;
use std::collections::HashSet;

/// Limits the size of a list, in bytes.
pub const BYTES_MAX: usize = 1 << 20;
/// Limits the lines of a list without the header.
pub const ROWS_MAX: usize = 50_000;
/// Limits a reason, in characters.
pub const REASON_MAX: usize = 1_000;

/// The header line of a list of limited domains.
const LIMITED: &str = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate";
/// The header line of a list of allowed domains.
const ALLOWED: &str = "#domain";

text_enum! {
    /// The kind of a list.
    Sort {
        /// A list of limited domains and their limits.
        Limited = "limited",
        /// A list of allowed domains.
        Allowed = "allowed",
    }
}

text_enum! {
    /// The reason why a whole list is rejected.
    Unreadable {
        /// Larger than 1 MiB.
        TooLarge = "too-large",
        /// More than 50,000 lines.
        TooMany = "too-many",
        /// Not UTF-8.
        NotText = "not-text",
        /// The first line does not name the columns.
        NoHeadings = "no-headings",
    }
}

text_enum! {
    /// The reason why a line is not used.
    Unused {
        /// The line has no valid domain.
        Domain = "domain",
        /// The severity is none of `silence`, `suspend` and `noop`.
        Severity = "severity",
        /// A boolean is neither true nor false.
        Flag = "flag",
        /// A quotation mark is not closed, or is not at the start of a cell.
        Quote = "quote",
        /// The reason is longer than [`REASON_MAX`].
        Reason = "reason",
        /// An earlier line has the same domain.
        Repeated = "repeated",
        /// The domain is this instance's own.
        Ours = "ours",
    }
}

/// A line of a list; lines are counted from 1. The reason is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub line: usize,
    /// Normalised by [`domain`].
    pub domain: String,
    pub severity: Severity,
    pub reject_media: bool,
    pub reject_reports: bool,
    pub reason: String,
    /// Whether the public list masks the middle of the domain.
    pub obscure: bool,
}

/// A line that is not used, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// The first 60 characters of the first column.
    pub text: String,
    pub why: Unused,
}

/// A parsed list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    pub entries: Vec<Entry>,
    pub faults: Vec<Fault>,
}

/// The positions of the columns.
struct Columns {
    sort: Sort,
    domain: usize,
    severity: Option<usize>,
    reject_media: Option<usize>,
    reject_reports: Option<usize>,
    reason: Option<usize>,
    obscure: Option<usize>,
}

impl Columns {
    /// Reads the header, in any order and with or without `#`. A list with other columns but no severity is
    /// rejected, because it may be meant either way.
    fn read(record: &Record) -> Option<Self> {
        let names: Vec<String> = record
            .cells
            .iter()
            .map(|cell| cell.trim().trim_start_matches('#').to_ascii_lowercase())
            .collect();
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        let severity = find("severity");
        if severity.is_none() && names.iter().filter(|name| !name.is_empty()).count() > 1 {
            return None;
        }
        Some(Self {
            sort: if severity.is_some() {
                Sort::Limited
            } else {
                Sort::Allowed
            },
            domain: find("domain")?,
            severity,
            reject_media: find("reject_media"),
            reject_reports: find("reject_reports"),
            reason: find("public_comment"),
            obscure: find("obfuscate"),
        })
    }

    fn entry(&self, record: &Record) -> Result<Entry, Unused> {
        let cell = |place: Option<usize>| {
            let cell = place.and_then(|place| record.cells.get(place));
            cell.map_or("", |cell| cell.trim())
        };
        let reason = cell(self.reason).replace('\0', "");
        let reason = reason.trim();
        if reason.chars().count() > REASON_MAX {
            return Err(Unused::Reason);
        }
        Ok(Entry {
            line: record.line,
            domain: domain(cell(Some(self.domain))).ok_or(Unused::Domain)?,
            severity: match self.sort {
                Sort::Allowed => Severity::Allow,
                Sort::Limited => severity(cell(self.severity)).ok_or(Unused::Severity)?,
            },
            reject_media: flag(cell(self.reject_media)).ok_or(Unused::Flag)?,
            reject_reports: flag(cell(self.reject_reports)).ok_or(Unused::Flag)?,
            reason: reason.to_owned(),
            obscure: flag(cell(self.obscure)).ok_or(Unused::Flag)?,
        })
    }
}

/// Converts Mastodon's word for a severity.
fn severity(word: &str) -> Option<Severity> {
    match word.to_ascii_lowercase().as_str() {
        "suspend" => Some(Severity::Block),
        "silence" => Some(Severity::Silence),
        "noop" => Some(Severity::Noop),
        _ => None,
    }
}

fn flag(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" => Some(true),
        "" | "false" | "f" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// Parses a list; the header says which kind it is.
///
/// # Errors
/// [`Unreadable`], when the whole list is rejected.
pub fn read(bytes: &[u8]) -> Result<List, Unreadable> {
    if bytes.len() > BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_not_utf8| Unreadable::NotText)?;
    let mut records = records(text.trim_start_matches('\u{feff}')).into_iter();
    let headings = records.next().ok_or(Unreadable::NoHeadings)?;
    let columns = Columns::read(&headings).ok_or(Unreadable::NoHeadings)?;
    if records.len() > ROWS_MAX {
        return Err(Unreadable::TooMany);
    }
    let (mut list, mut seen) = (List::default(), HashSet::new());
    for record in records {
        let entry = if record.whole {
            columns.entry(&record)
        } else {
            Err(Unused::Quote)
        };
        match entry {
            Ok(entry) if seen.insert(entry.domain.clone()) => list.entries.push(entry),
            Ok(_) => list.faults.push(fault(&record, Unused::Repeated)),
            Err(why) => list.faults.push(fault(&record, why)),
        }
    }
    Ok(list)
}

fn fault(record: &Record, why: Unused) -> Fault {
    let first = record.cells.first().map_or("", |cell| cell.trim());
    Fault {
        line: record.line,
        text: first.chars().filter(|c| !c.is_control()).take(60).collect(),
        why,
    }
}

/// Formats a list of one kind with the entries that belong to it.
#[must_use]
pub fn write(sort: Sort, entries: &[Entry]) -> String {
    let mut out = match sort {
        Sort::Limited => LIMITED,
        Sort::Allowed => ALLOWED,
    }
    .to_owned();
    out.push('\n');
    for entry in entries {
        let word = match (sort, entry.severity) {
            (Sort::Allowed, Severity::Allow) => {
                out.push_str(&entry.domain);
                out.push('\n');
                continue;
            }
            (Sort::Limited, Severity::Block) => "suspend",
            (Sort::Limited, Severity::Silence) => "silence",
            (Sort::Limited, Severity::Noop) => "noop",
            (Sort::Limited, Severity::Allow) | (Sort::Allowed, _) => continue,
        };
        let cells = [
            &entry.domain,
            word,
            flag_word(entry.reject_media),
            flag_word(entry.reject_reports),
            &csv::quoted(&entry.reason),
            flag_word(entry.obscure),
        ];
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

const fn flag_word(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

#[cfg(test)]
mod tests;
