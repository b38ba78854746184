//! `hedgerow peer`: the servers we have met, and with whom we exchange, from a shell.

mod rule;

use std::path::PathBuf;

use anyhow::bail;
use domain::account::Principal;
use domain::{Error, Ops};
use model::peer::PeerState;
use model::peer::policy::{Severity, Standing};
use model::{PeerId, Time};
use serde::Serialize;
use store::row;

use super::print::Printer;
use super::{Common, desk};

/// Peers read at once.
const PAGE: i64 = 500;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the servers we have met, newest first
    List,
    /// Show one server
    Show { host: String },
    /// Try a server again at once, also a parked one
    Retry { host: String },
    /// Exchange nothing with a domain and what is below it, and hide what is here of it
    Block(rule::Options),
    /// Show a domain's posts only to those who follow there
    Silence(rule::Options),
    /// Put a domain on the list of those allowed
    Allow(rule::Options),
    /// Take the rule about a domain away, whatever it says
    Unblock { domain: String },
    /// List the rules about domains
    Rules,
    /// Show with whom this instance exchanges, or set it
    Policy(rule::Policy),
    /// Take a list of rules in: CSV as Mastodon writes it (`-` is standard input)
    Import { file: PathBuf },
    /// Print the rules as a list that Mastodon reads
    Export(rule::Export),
}

/// A peer as it is printed.
#[derive(Debug, Serialize)]
struct Row {
    id: PeerId,
    host: String,
    software: Option<String>,
    version: Option<String>,
    state: PeerState,
    standing: Standing,
    first_seen: Time,
    last_seen: Time,
    failures: i32,
    last_error: Option<String>,
    retry_at: Option<Time>,
    waiting: i64,
    failed: i64,
}

impl Row {
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

pub(super) async fn run(common: &Common, command: Command) -> anyhow::Result<()> {
    let (ops, out) = (desk::open(common).await?, common.printer());
    match command {
        Command::List => list(&ops, out).await,
        Command::Show { host } => show(&ops, out, &host).await,
        Command::Retry { host } => {
            let id = find(&ops, &host).await?.id;
            ops.write(move |tx| domain::peer::retry(tx, Principal::Operator, id))
                .await?;
            show(&ops, out, &host).await
        }
        Command::Block(options) => rule::write(&ops, out, options, Severity::Block).await,
        Command::Silence(options) => rule::write(&ops, out, options, Severity::Silence).await,
        Command::Allow(options) => rule::write(&ops, out, options, Severity::Allow).await,
        Command::Unblock { domain } => rule::lift(&ops, out, domain).await,
        Command::Rules => rule::list(&ops, out).await,
        Command::Policy(policy) => rule::policy(&ops, out, &policy).await,
        Command::Import { file } => rule::import(&ops, out, &file).await,
        Command::Export(export) => rule::export(&ops, &export).await,
    }
}

async fn all(ops: &Ops) -> anyhow::Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
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
                .map(|(peer, waiting, failed)| Row::new(peer, waiting, failed)),
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
                Standing::Open => row.state.to_string(),
                Standing::Silenced | Standing::Blocked => row.standing.to_string(),
            },
            moment(row.last_seen),
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
            format!("first seen  {}", moment(row.first_seen)),
            format!("last seen   {}", moment(row.last_seen)),
            format!(
                "deliveries  {} waiting, {} set aside",
                row.waiting, row.failed
            ),
        ];
        if let Some(again) = row.retry_at {
            let why = row.last_error.as_deref().unwrap_or("no reason known");
            lines.push(format!("failures    {} in a row: {why}", row.failures));
            lines.push(format!("next try    {}", moment(again)));
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

fn software(row: &Row) -> String {
    let words = [row.software.as_deref(), row.version.as_deref()];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// To the minute, in UTC.
pub(super) fn moment(at: Time) -> String {
    at.utc().format("%Y-%m-%d %H:%MZ").to_string()
}
