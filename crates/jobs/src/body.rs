//! What each job does: one line a kind, and how it ends. Every body may run twice.

use crate::{keys, picture};
use domain::{Error, Outcome};
use federation::fetch::FetchFailure;
use federation::seam::Federation;
use federation::{fetch, send, sync};
use media::Media;
use model::refusal::Rule;
use model::{Job, JobId, PeerId, Refusal};

/// Seconds after which what was received is forgotten: its bytes, and that it came.
const INBOUND_SECONDS: (i64, i64) = (7 * 86_400, 30 * 86_400);
/// Seconds after which a delivery that was set aside is forgotten.
const SET_ASIDE_SECONDS: i64 = 30 * 86_400;
/// Seconds after which a Delete of what never came is forgotten: a server that was down for longer
/// and sends the Create only then is believed.
const TOMBSTONE_SECONDS: i64 = 90 * 86_400;
/// Seconds after which what waits for a peer that is parked is given up.
const PARKED_SECONDS: i64 = 30 * 86_400;
/// Seconds after which a frozen activity that no outbox shows is thrown away.
const ACTIVITY_SECONDS: i64 = 7 * 86_400;
/// Seconds after which an unused session ends.
const SESSION_SECONDS: i64 = 30 * 86_400;
/// Rows thrown away in one transaction.
const CHUNK: i64 = 500;

/// How a run of a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Its effect stands.
    Done,
    /// Not now, for no fault of its own: again in so many seconds.
    Later(i64),
    /// Not now: the database could not be used, in its words.
    Unavailable(String),
    /// Once more, later, as the retry policy says.
    Failed(String),
    /// It will never work.
    Dead(String),
}

/// It fetches from peers, as long as they may take.
pub(crate) const fn fetches(job: &Job) -> bool {
    matches!(
        job,
        Job::Backfill { .. } | Job::FetchPicture { .. } | Job::SyncFollowers { .. }
    )
}

/// Runs a job once.
pub(crate) async fn run(fed: &Federation, media: &Media, id: JobId, job: Job) -> End {
    match job {
        Job::SendPost {
            post,
            change,
            by,
            thread: _,
        } => end(send::post(fed, id, post, change, by).await),
        Job::Relay(relay) => end(send::relay(fed, id, &relay).await),
        Job::AnnounceThread { community, post } => {
            end(send::announce_thread(fed, id, community, post).await)
        }
        Job::SendLike { like, undo } => end(send::like(fed, id, &like, undo).await),
        Job::SendFollow { follow, undo } => end(send::follow(fed, id, &follow, undo).await),
        Job::AnswerFollow { follow, accept } => {
            end(send::answer_follow(fed, id, &follow, accept).await)
        }
        Job::SendActor { actor } => end(send::actor(fed, id, actor).await),
        Job::SendMove { actor, to } => end(send::moved(fed, id, actor, to).await),
        Job::SendActorRemoved { actor } => end(send::actor_removed(fed, id, actor).await),
        Job::FanOut { letters } => end(send::fan_out(fed, id, letters).await),
        Job::CatchUp { peer, after } => end(send::catch_up(fed, id, peer, after).await),
        Job::Backfill { community } => fetched(fetch::backfill(fed, community).await),
        Job::SyncFollowers { actor, url, digest } => {
            fetched(sync::synchronize(fed, actor, &url, &digest).await)
        }
        Job::FetchPicture { actor, url } => picture::fetch(fed, media, actor, &url).await,
        Job::ApplyPeerRule { peer } => end(apply_peer_rule(fed, peer).await),
        Job::ReevaluatePeers => end(reevaluate_peers(fed).await),
        Job::RepeatFollows => end(repeat_follows(fed).await),
        Job::Housekeeping => end(clean_up(fed).await),
    }
}

/// A refusal stays one, however often it is asked; a fault may pass.
pub(crate) fn end(outcome: Outcome<()>) -> End {
    match outcome {
        Ok(()) => End::Done,
        // The setup has committed, but this process has not read it yet.
        Err(Error::Refused(Refusal::NotAllowed(Rule::Setup))) => End::Later(1),
        Err(Error::Refused(refusal)) => End::Dead(refusal.to_string()),
        Err(Error::Fault(fault)) if fault.is_contended() => End::Later(1),
        Err(Error::Fault(fault)) if fault.is_unavailable() => End::Unavailable(fault.to_string()),
        Err(Error::Fault(fault)) => End::Failed(fault.to_string()),
    }
}

/// Applies a peer's rule, a chunk at a time.
async fn apply_peer_rule(fed: &Federation, peer: PeerId) -> Outcome<()> {
    let mut next = Some(domain::peer::Step::default());
    while let Some(step) = next {
        let verb = move |tx: &mut domain::Tx<'_>| domain::peer::apply_rule(tx, peer, step);
        next = fed.ops().write(verb).await?;
    }
    Ok(())
}

/// Evaluates every peer by the rules, a chunk at a time.
async fn reevaluate_peers(fed: &Federation) -> Outcome<()> {
    let mut next = Some(PeerId(0));
    while let Some(after) = next {
        let verb = move |tx: &mut domain::Tx<'_>| domain::peer::reevaluate_all(tx, after);
        next = fed.ops().write(verb).await?;
    }
    Ok(())
}

async fn repeat_follows(fed: &Federation) -> Outcome<()> {
    let before = fed
        .ops()
        .now()
        .plus_seconds(-domain::follow::ASK_AGAIN_SECONDS);
    let asked = fed
        .ops()
        .write(move |tx| domain::follow::ask_again(tx, before))
        .await?;
    tracing::debug!(asked, "follows without an answer were asked again");
    Ok(())
}

/// Throws away what has had its time, and makes what older versions did not.
async fn clean_up(fed: &Federation) -> Outcome<()> {
    let now = fed.ops().now();
    let (bytes, rows) = INBOUND_SECONDS;
    let (bytes, rows) = (now.plus_seconds(-bytes), now.plus_seconds(-rows));
    while chunk(fed, move |db| {
        store::queue::inbound::prune_bodies(db, bytes, CHUNK)
    })
    .await?
    {}
    while chunk(fed, move |db| store::queue::inbound::prune(db, rows, CHUNK)).await? {}
    let set_aside = now.plus_seconds(-SET_ASIDE_SECONDS);
    while chunk(fed, move |db| {
        store::queue::delivery::prune_failed(db, set_aside, CHUNK)
    })
    .await?
    {}
    let unseen = now.plus_seconds(-TOMBSTONE_SECONDS);
    while chunk(fed, move |db| {
        store::discussion::forget_tombstones(db, unseen, CHUNK)
    })
    .await?
    {}
    let parked = now.plus_seconds(-PARKED_SECONDS);
    while chunk(fed, move |db| {
        store::peer::given_up::give_up(db, parked, CHUNK)
    })
    .await?
    {}
    let old = now.plus_seconds(-ACTIVITY_SECONDS);
    loop {
        let gone = fed
            .store()
            .write_read_committed(move |db| -> Outcome<usize> {
                Ok(store::queue::activity::prune(db, old, CHUNK)?)
            })
            .await?;
        if i64::try_from(gone).unwrap_or(0) < CHUNK {
            break;
        }
    }
    let unused = now.plus_seconds(-SESSION_SECONDS);
    fed.ops()
        .write(move |tx| domain::account::end_stale_sessions(tx, unused))
        .await?;
    keys::complete(fed).await
}

/// One chunk of tidying; whether there may be more.
async fn chunk(
    fed: &Federation,
    tidy: impl Fn(&mut store::Db) -> Result<bool, store::SqlError> + Send + 'static,
) -> Outcome<bool> {
    fed.store()
        .write_read_committed(move |db| -> Outcome<bool> { Ok(tidy(db)?) })
        .await
}

/// What another server does not show is no fault of ours; what it may show later is asked again.
fn fetched(outcome: Result<(), FetchFailure>) -> End {
    match outcome {
        Ok(()) => End::Done,
        Err(FetchFailure::Domain(Error::Fault(fault))) => end(Err(Error::Fault(fault))),
        Err(why) if why.is_transient() => End::Failed(why.to_string()),
        Err(why) => {
            tracing::debug!(%why, "nothing was fetched");
            End::Done
        }
    }
}
