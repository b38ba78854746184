//! Tells the open event streams of this process of notices that other processes have written.

use std::collections::HashSet;
use std::time::Duration;

use httpkit::App;
use model::NoticeId;
use store::Backend;
use tokio::sync::watch;

/// How often notices are looked for.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How far back they are looked for, in seconds: a transaction that commits late has an older notice.
const POLL_SECONDS: i64 = 10;

/// Looks for recent notices while streams are open, until `stopped`, and has the streams of their recipients look
/// again. What it misses, a stream finds at its next check. On SQLite there is no other process.
pub(super) async fn run(app: App, mut stopped: watch::Receiver<bool>) {
    if app.store().backend() != Backend::Postgres {
        return;
    }
    let mut ticks = tokio::time::interval(POLL_INTERVAL);
    let mut known = HashSet::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => {}
        }
        if app.streams().count() > 0 {
            known = tell(&app, &known).await.unwrap_or(known);
        }
    }
}

/// Returns the recent notices; `None` where they could not be read.
async fn tell(app: &App, known: &HashSet<NoticeId>) -> Option<HashSet<NoticeId>> {
    let since = app.ops().now().plus_seconds(-POLL_SECONDS);
    let read = move |db: &mut query::Db| query::notice::written_since(db, since);
    let recent = app.store().read(read).await;
    let recent = recent
        .inspect_err(|fault| tracing::warn!(%fault, "cannot look for notices of other processes"))
        .ok()?;
    let new = recent.iter().filter(|(id, _)| !known.contains(id));
    app.streams().wake(&new.map(|(_, who)| *who).collect());
    Some(recent.into_iter().map(|(id, _)| id).collect())
}
