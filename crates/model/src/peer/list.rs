//! Lists of domains as Mastodon writes and reads them: CSV with a line of headings. One sort says
//! what is limited and how, the other which domains are allowed. Pure; refuses what is too large
//! before reading it, and says of every line it cannot use which one and why.

mod csv;
#[cfg(any(test, feature = "testing"))]
pub mod invariants;

use super::policy::{Severity, domain};
use crate::text_enum;
use csv::{Record, records};
use std::collections::HashSet;

/// Largest list, in bytes.
pub const BYTES_MAX: usize = 1 << 20;
/// Most lines of a list, its headings not counted.
pub const ROWS_MAX: usize = 50_000;
/// Longest reason, in characters.
pub const REASON_MAX: usize = 1_000;

/// The headings of the two sorts.
const LIMITED: &str = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate";
const ALLOWED: &str = "#domain";

text_enum! {
    /// Which of the two sorts.
    Sort {
        /// Domains that are limited, and how.
        Limited = "limited",
        /// Domains that are allowed.
        Allowed = "allowed",
    }
}

text_enum! {
    /// Why a list is refused as a whole.
    Unreadable {
        /// Over 1 MiB.
        TooLarge = "too-large",
        /// Over 50,000 lines.
        TooMany = "too-many",
        /// Not UTF-8.
        NotText = "not-text",
        /// Its first line does not name the columns.
        NoHeadings = "no-headings",
    }
}

text_enum! {
    /// Why a line is not used.
    Unused {
        /// It names no domain.
        Domain = "domain",
        /// Its severity is none of `silence`, `suspend` and `noop`.
        Severity = "severity",
        /// A yes or no is neither.
        Flag = "flag",
        /// A quotation mark is not closed, or stands where none may.
        Quote = "quote",
        /// Its reason is too long.
        Reason = "reason",
        /// An earlier line says something of the same domain.
        Repeated = "repeated",
        /// The domain is ours.
        Ours = "ours",
    }
}

/// What one line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line it begins on, from 1.
    pub line: usize,
    /// The domain, normalised.
    pub domain: String,
    /// What is to become of it.
    pub severity: Severity,
    /// Its pictures are not fetched.
    pub reject_media: bool,
    /// Reports from there are not listened to.
    pub reject_reports: bool,
    /// Why, for everybody.
    pub reason: String,
    /// The public list hides its middle.
    pub obscure: bool,
}

/// A line that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line it begins on, from 1.
    pub line: usize,
    /// The beginning of its first column.
    pub text: String,
    /// Why.
    pub why: Unused,
}

/// A list as read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// What can be used.
    pub entries: Vec<Entry>,
    /// What cannot.
    pub faults: Vec<Fault>,
}

/// Where the columns stand.
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
    /// Reads the headings, in any order and with or without `#`. A list that names domains and
    /// anything else but no severity is refused: it may be meant either way.
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

/// Mastodon's words.
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

/// Reads a list of either sort; which, its headings say.
///
/// # Errors
/// [`Unreadable`], where nothing of it can be used.
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

/// Writes a list of one sort: of the entries those that belong there.
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
            word_of(entry.reject_media),
            word_of(entry.reject_reports),
            &csv::quoted(&entry.reason),
            word_of(entry.obscure),
        ];
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

const fn word_of(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

#[cfg(test)]
mod tests;
