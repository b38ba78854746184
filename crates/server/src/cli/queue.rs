//! `hedgerow queue`: shows and retries deliveries, jobs and received activities.

use anyhow::bail;
use domain::account::Principal;
use domain::{Error, Ops};
use model::peer::{DeliveryState, InboundState};
use model::{DeliveryId, InboundId, JobId, Time};
use serde::Serialize;
use serde_json::json;

use super::peer::minute;
use super::print::Printer;
use super::{CommonOptions, database};

#[derive(Debug, clap::Subcommand)]
pub(super) enum QueueCommand {
    /// List queued deliveries, newest first
    List(Limit),
    /// List failed deliveries with their reasons
    Failed(Limit),
    /// Retry a delivery or a job
    Retry {
        /// Id from `failed` or `jobs`
        id: i64,
    },
    /// Retry every failed delivery and job
    RetryAll,
    /// List unfinished jobs, failed ones first
    Jobs(Limit),
    /// List received activities, newest first
    Inbound {
        /// Only those that are waiting, done, ignored or rejected
        #[arg(long, default_value = "rejected")]
        state: InboundState,
        #[command(flatten)]
        limit: Limit,
    },
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Limit {
    /// Most entries to list
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub(super) limit: i64,
}

#[derive(Debug, Serialize)]
struct Delivery {
    id: DeliveryId,
    host: String,
    inbox: String,
    activity: String,
    attempts: i32,
    next_at: Time,
    last_error: Option<String>,
    created_at: Time,
}

#[derive(Debug, Serialize)]
struct Job {
    id: JobId,
    kind: String,
    set_aside: bool,
    attempts: i32,
    run_at: Time,
    last_error: Option<String>,
    created_at: Time,
}

#[derive(Debug, Serialize)]
struct Inbound {
    id: InboundId,
    host: String,
    activity: String,
    activity_id: Option<String>,
    signer: String,
    state: InboundState,
    reason: Option<String>,
    received_at: Time,
}

pub(super) async fn run(common: &CommonOptions, command: QueueCommand) -> anyhow::Result<()> {
    let (ops, out) = (database::open(common).await?, common.printer());
    match command {
        QueueCommand::List(limit) => list(&ops, out, DeliveryState::Waiting, limit).await,
        QueueCommand::Failed(limit) => list(&ops, out, DeliveryState::Failed, limit).await,
        QueueCommand::Retry { id } => {
            if !retry(&ops, id).await? {
                bail!(
                    "there is no delivery and no job {id}; `hedgerow queue failed` and `hedgerow queue jobs` name them"
                );
            }
            out.say(&json!({ "retried": 1 }), |_| {
                "It is tried again.".to_owned()
            });
            Ok(())
        }
        QueueCommand::RetryAll => retry_all(&ops, out).await,
        QueueCommand::Jobs(limit) => jobs(&ops, out, limit).await,
        QueueCommand::Inbound { state, limit } => inbound(&ops, out, state, limit).await,
    }
}

async fn list(ops: &Ops, out: Printer, state: DeliveryState, limit: Limit) -> anyhow::Result<()> {
    let newest = DeliveryId(i64::MAX);
    let found = ops
        .store()
        .read(move |db| {
            store::queue::delivery::list(db, state, newest, limit.limit).map_err(Error::from)
        })
        .await?;
    let rows = found.into_iter().map(|(row, host, activity)| Delivery {
        id: row.id,
        host,
        inbox: row.inbox,
        activity,
        attempts: row.attempts,
        next_at: row.next_at,
        last_error: row.last_error,
        created_at: row.created_at,
    });
    let rows: Vec<Delivery> = rows.collect();
    let empty = match state {
        DeliveryState::Waiting => "Nothing waits.",
        DeliveryState::Failed => "Nothing was set aside.",
    };
    let head = ["id", "to", "activity", "tries", "queued", "reason"];
    out.rows(&rows, empty, head, |row| {
        [
            row.id.to_string(),
            row.host.clone(),
            row.activity.clone(),
            row.attempts.to_string(),
            minute(row.created_at),
            row.last_error.clone().unwrap_or_default(),
        ]
    });
    Ok(())
}

async fn jobs(ops: &Ops, out: Printer, limit: Limit) -> anyhow::Result<()> {
    let found = ops
        .store()
        .read(move |db| store::queue::jobs::list(db, limit.limit).map_err(Error::from))
        .await?;
    let rows = found.into_iter().map(|row| Job {
        id: row.id,
        kind: row.kind,
        set_aside: row.dead,
        attempts: row.attempts,
        run_at: row.run_at,
        last_error: row.last_error,
        created_at: row.created_at,
    });
    let rows: Vec<Job> = rows.collect();
    let head = ["id", "job", "state", "tries", "due", "reason"];
    out.rows(&rows, "There is nothing to do.", head, |row| {
        [
            row.id.to_string(),
            row.kind.clone(),
            if row.set_aside {
                "set aside"
            } else {
                "waiting"
            }
            .to_owned(),
            row.attempts.to_string(),
            minute(row.run_at),
            row.last_error.clone().unwrap_or_default(),
        ]
    });
    Ok(())
}

async fn inbound(ops: &Ops, out: Printer, state: InboundState, limit: Limit) -> anyhow::Result<()> {
    let newest = InboundId(i64::MAX);
    let found = ops
        .store()
        .read(move |db| {
            store::queue::inbound::list(db, state, newest, limit.limit).map_err(Error::from)
        })
        .await?;
    let rows = found.into_iter().map(|row| Inbound {
        id: row.id,
        activity_id: row.activity_id().map(str::to_owned),
        host: row.host,
        activity: row.kind,
        signer: row.signer,
        state: row.state,
        reason: row.reason,
        received_at: row.received_at,
    });
    let rows: Vec<Inbound> = rows.collect();
    let head = [
        "id",
        "from",
        "activity",
        "activity id",
        "received",
        "reason",
    ];
    out.rows(&rows, "There are none.", head, |row| {
        [
            row.id.to_string(),
            row.host.clone(),
            row.activity.clone(),
            row.activity_id.clone().unwrap_or_default(),
            minute(row.received_at),
            row.reason.clone().unwrap_or_default(),
        ]
    });
    Ok(())
}

/// Retries a delivery or a job; ids are unique over both tables.
async fn retry(ops: &Ops, id: i64) -> anyhow::Result<bool> {
    let retried = ops.write(move |tx| {
        if let Some(peer) = store::queue::delivery::retry(tx.db, DeliveryId(id), tx.now)? {
            store::peer::retry_now(tx.db, peer, tx.now)?;
            return Ok(true);
        }
        Ok(store::queue::jobs::retry(tx.db, JobId(id), tx.now)?)
    });
    Ok(retried.await?)
}

async fn retry_all(ops: &Ops, out: Printer) -> anyhow::Result<()> {
    let mut retried = 0;
    let set_aside = ops.store().read(|db| -> domain::Outcome<i64> {
        let deliveries = store::queue::delivery::count(db, DeliveryState::Failed)?;
        Ok(deliveries + store::queue::jobs::count_dead(db)?)
    });
    let set_aside = usize::try_from(set_aside.await?).unwrap_or(usize::MAX);
    // The verb retries a chunk at a time. The count bounds the loop, because a running server may fail
    // the same entries again meanwhile.
    while retried < set_aside {
        let some = ops.write(|tx| domain::peer::retry_all(tx, Principal::Operator));
        match some.await? {
            0 => break,
            some => retried += some,
        }
    }
    out.say(&json!({ "retried": retried }), |_| match retried {
        0 => "Nothing was set aside.".to_owned(),
        1 => "One is tried again.".to_owned(),
        many => format!("{many} are tried again."),
    });
    Ok(())
}
