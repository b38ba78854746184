//! Import and export of domain rules as CSV, shared by pages, API and command line.

use domain::account::Principal;
use domain::{Error, Ops, Outcome, Tx};
use model::Why;
use model::peer::list::{self, Entry, Fault, Sort, Unreadable, Unused};
use query::row::PeerRule;
use std::collections::HashMap;
use std::sync::Arc;

/// Rules written in one transaction, and rows read at a time.
const CHUNK: usize = 500;

/// The result of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Number of rules written.
    pub written: usize,
    /// The lines that were not used, in order.
    pub faults: Vec<Fault>,
}

/// Imports a list: writes every usable line, 500 per transaction, and replaces existing rules of
/// the same domains.
///
/// # Errors
/// `NotAllowed(Admin)`; `Invalid(list: TooLong | Characters | Malformed)` where the file is unusable:
/// over 1 MiB or 50,000 lines, not UTF-8, or without headings.
pub async fn import(ops: &Ops, by: Principal, bytes: Vec<u8>) -> Outcome<Imported> {
    let read = tokio::task::spawn_blocking(move || list::read(&bytes)).await;
    let read = read.map_err(|crash| Error::Fault(store::StoreError::Panic(crash.to_string())))?;
    let read = read.map_err(|why| Error::invalid("list", unreadable(why)))?;
    let mut faults = read.faults;
    let mut written = read.entries.len();
    let names: HashMap<usize, String> = read
        .entries
        .iter()
        .map(|entry| (entry.line, entry.domain.clone()))
        .collect();
    for chunk in read.entries.chunks(CHUNK) {
        let chunk: Arc<[Entry]> = chunk.into();
        let verb = move |tx: &mut Tx<'_>| domain::peer::import(tx, by, &chunk);
        for line in ops.write(verb).await? {
            written -= 1;
            faults.push(Fault {
                line,
                text: names.get(&line).cloned().unwrap_or_default(),
                why: Unused::Ours,
            });
        }
    }
    faults.sort_by_key(|fault| fault.line);
    ops.refresh_site().await?;
    Ok(Imported { written, faults })
}

const fn unreadable(why: Unreadable) -> Why {
    match why {
        Unreadable::TooLarge | Unreadable::TooMany => Why::TooLong,
        Unreadable::NotText => Why::Characters,
        Unreadable::NoHeadings => Why::Malformed,
    }
}

/// Exports all rules of one sort.
///
/// # Errors
/// Faults only.
pub async fn export(ops: &Ops, sort: Sort) -> Outcome<String> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map(|entry| entry.domain.clone());
        let after = after.unwrap_or_default();
        let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
        let rows = ops
            .store()
            .read(move |db| query::peer::rules(db, None, &after, limit))
            .await?;
        let whole = rows.len() < CHUNK;
        entries.extend(rows.into_iter().map(entry));
        if whole {
            return Ok(list::write(sort, &entries));
        }
    }
}

fn entry(row: PeerRule) -> Entry {
    Entry {
        line: 0,
        domain: row.domain,
        severity: row.severity,
        reject_media: row.reject_media,
        reject_reports: row.reject_reports,
        reason: row.reason,
        obscure: row.obscure,
    }
}

/// The file name of an exported list, as Mastodon names it.
#[must_use]
pub const fn file_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Limited => "domain_blocks.csv",
        Sort::Allowed => "domain_allows.csv",
    }
}

/// Reads the limited domains for the public page; `None` where the admins do not publish them.
///
/// # Errors
/// Faults only.
pub async fn published(ops: &Ops) -> Outcome<Option<Vec<PeerRule>>> {
    if !ops.policy().settings.publish {
        return Ok(None);
    }
    ops.store().read(query::peer::published).await.map(Some)
}
