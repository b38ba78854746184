//! `hedgerow peer`: the servers we have met, from a shell.

use anyhow::bail;
use domain::account::By;
use domain::{Error, Ops};
use model::peer::PeerState;
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
}

/// A peer as it is printed.
#[derive(Debug, Serialize)]
struct Row {
    id: PeerId,
    host: String,
    software: Option<String>,
    version: Option<String>,
    state: PeerState,
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
            ops.write(move |tx| domain::peer::retry(tx, By::Operator, id))
                .await?;
            show(&ops, out, &host).await
        }
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
            row.state.to_string(),
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
            format!("{} ({})", row.host, row.state),
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
