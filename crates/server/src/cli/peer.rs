//! `hedgerow peer`: manages known servers, and the rules about domains.

mod rule;

use std::path::PathBuf;

use anyhow::bail;
use domain::account::Principal;
use domain::{Error, Ops};
use model::peer::PeerState;
use model::peer::policy::{PeerStanding, Severity};
use model::{PeerId, Time};
use serde::Serialize;
use store::row;

use super::print::Printer;
use super::{CommonOptions, database};

/// The number of peers read at once.
const PAGE: i64 = 500;

#[derive(Debug, clap::Subcommand)]
pub(super) enum PeerCommand {
    /// List the known servers, newest first
    List,
    /// Show one server
    Show { host: String },
    /// Retry a server at once, even a parked one
    Retry { host: String },
    /// Block a domain and its subdomains, and hide their content
    Block(rule::RuleOptions),
    /// Show a domain's posts only to people who follow their authors
    Silence(rule::RuleOptions),
    /// Add a domain to the allow-list
    Allow(rule::RuleOptions),
    /// Remove the rule about a domain, whatever it is
    Unblock { domain: String },
    /// List the rules about domains
    Rules,
    /// Show or set the federation policy
    Policy(rule::PolicyOptions),
    /// Import a list of rules as Mastodon's CSV (`-` is standard input)
    Import { file: PathBuf },
    /// Export the rules as Mastodon's CSV
    Export(rule::ExportOptions),
}

/// A peer in the output.
#[derive(Debug, Serialize)]
struct PeerRow {
    id: PeerId,
    host: String,
    software: Option<String>,
    version: Option<String>,
    state: PeerState,
    standing: PeerStanding,
    first_seen: Time,
    last_seen: Time,
    failures: i32,
    last_error: Option<String>,
    retry_at: Option<Time>,
    waiting: i64,
    failed: i64,
}

impl PeerRow {
    fn new(peer: row::Peer, waiting: i64, failed: i64) -> Self {
        Self {
            id: peer.id,
            host: peer.host,
            software: peer.software,
            version: peer.version,
            state: peer.state,
            standing: peer.standing,
            first_seen: peer.first_seen,
            last_seen: peer.last_seen,
            retry_at: (peer.failures > 0).then_some(peer.retry_at),
            failures: peer.failures,
            last_error: peer.last_error,
            waiting,
            failed,
        }
    }
}

pub(super) async fn run(common: &CommonOptions, command: PeerCommand) -> anyhow::Result<()> {
    let (ops, out) = (database::open(common).await?, common.printer());
    match command {
        PeerCommand::List => list(&ops, out).await,
        PeerCommand::Show { host } => show(&ops, out, &host).await,
        PeerCommand::Retry { host } => {
            let id = find(&ops, &host).await?.id;
            ops.write(move |tx| domain::peer::retry(tx, Principal::Operator, id))
                .await?;
            show(&ops, out, &host).await
        }
        PeerCommand::Block(options) => rule::write(&ops, out, options, Severity::Block).await,
        PeerCommand::Silence(options) => rule::write(&ops, out, options, Severity::Silence).await,
        PeerCommand::Allow(options) => rule::write(&ops, out, options, Severity::Allow).await,
        PeerCommand::Unblock { domain } => rule::lift(&ops, out, domain).await,
        PeerCommand::Rules => rule::list(&ops, out).await,
        PeerCommand::Policy(policy) => rule::policy(&ops, out, &policy).await,
        PeerCommand::Import { file } => rule::import(&ops, out, &file).await,
        PeerCommand::Export(export) => rule::export(&ops, &export).await,
    }
}

async fn all(ops: &Ops) -> anyhow::Result<Vec<PeerRow>> {
    let mut rows: Vec<PeerRow> = Vec::new();
    loop {
        let before = rows.last().map_or(PeerId(i64::MAX), |row| row.id);
        let found = ops
            .store()
            .read(move |db| store::peer::list(db, before, PAGE).map_err(Error::from))
            .await?;
        let whole = i64::try_from(found.len()).is_ok_and(|n| n < PAGE);
        rows.extend(
            found
                .into_iter()
                .map(|(peer, waiting, failed)| PeerRow::new(peer, waiting, failed)),
        );
        if whole {
            return Ok(rows);
        }
    }
}

async fn list(ops: &Ops, out: Printer) -> anyhow::Result<()> {
    let rows = all(ops).await?;
    let head = [
        "host",
        "software",
        "state",
        "last seen",
        "failures",
        "waiting",
        "failed",
        "last error",
    ];
    out.rows(&rows, "No other server has been met yet.", head, |row| {
        [
            row.host.clone(),
            software(row),
            match row.standing {
                PeerStanding::Open => row.state.to_string(),
                PeerStanding::Silenced | PeerStanding::Blocked => row.standing.to_string(),
            },
            minute(row.last_seen),
            row.failures.to_string(),
            row.waiting.to_string(),
            row.failed.to_string(),
            row.last_error.clone().unwrap_or_default(),
        ]
    });
    Ok(())
}

async fn show(ops: &Ops, out: Printer, host: &str) -> anyhow::Result<()> {
    let id = find(ops, host).await?.id;
    let Some(row) = all(ops).await?.into_iter().find(|row| row.id == id) else {
        bail!("{host} has just gone");
    };
    out.say(&row, |row| {
        let mut lines = vec![
            format!("{} ({}, {})", row.host, row.state, row.standing),
            format!("software    {}", software(row)),
            format!("first seen  {}", minute(row.first_seen)),
            format!("last seen   {}", minute(row.last_seen)),
            format!(
                "deliveries  {} waiting, {} set aside",
                row.waiting, row.failed
            ),
        ];
        if let Some(again) = row.retry_at {
            let why = row.last_error.as_deref().unwrap_or("no reason known");
            lines.push(format!("failures    {} in a row: {why}", row.failures));
            lines.push(format!("next try    {}", minute(again)));
        }
        lines.join("\n")
    });
    Ok(())
}

async fn find(ops: &Ops, host: &str) -> anyhow::Result<row::Peer> {
    let plain = host.trim().to_lowercase();
    let found = ops
        .store()
        .read(move |db| store::peer::by_host(db, &plain).map_err(Error::from))
        .await?;
    match found {
        Some(peer) => Ok(peer),
        None => bail!("no server {host} has been met; `hedgerow peer list` names them all"),
    }
}

fn software(row: &PeerRow) -> String {
    let words = [row.software.as_deref(), row.version.as_deref()];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Formats a time to the minute, in UTC.
pub(super) fn minute(at: Time) -> String {
    at.utc().format("%Y-%m-%d %H:%MZ").to_string()
}
