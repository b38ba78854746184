//! What follows from a rule: how each peer stands, what a block ends, and what is counted anew.
//! Each call is one bounded transaction; a job makes them until nothing is left.

use crate::{Outcome, Tx, follow};
use model::peer::policy::Standing;
use model::{Fact, PeerId, PostId};
use store::row;

/// Rows changed in one transaction.
const CHUNK: i64 = 500;

/// How far settling a peer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// Follows between its actors and ours end, if it is blocked; else those that a block has ended
    /// stand again.
    #[default]
    Follows,
    /// What waits for it is dropped, if it is blocked.
    Deliveries,
    /// The replies of threads after this one are counted.
    Threads(PostId),
    /// The likes of posts after this one are counted.
    Likes(PostId),
}

/// Writes down how a peer stands by the rules. Where it is blocked by that, or no longer is, the
/// rest follows in a job.
pub(super) fn judge(tx: &mut Tx<'_>, peer: &row::Peer) -> Outcome<()> {
    let standing = store::peer::rule::standing_of(tx.db, &peer.host)?;
    if standing == peer.standing {
        return Ok(());
    }
    store::peer::rule::set_standing(tx.db, peer.id, standing)?;
    if standing == Standing::Blocked || peer.standing == Standing::Blocked {
        tx.record(Fact::PeerJudged { peer: peer.id });
    }
    Ok(())
}

/// Measures the next 500 peers by the rules. Answers after which to go on, if there are more.
///
/// # Errors
/// Faults only.
pub fn judge_all(tx: &mut Tx<'_>, after: PeerId) -> Outcome<Option<PeerId>> {
    let peers = store::peer::rule::after(tx.db, after, CHUNK)?;
    for peer in &peers {
        judge(tx, peer)?;
    }
    Ok(peers.last().map(|peer| peer.id))
}

/// Takes one step of what follows from a peer's standing. Answers the next, if there is one. The
/// follows of a blocked peer end here and nobody is told there. They come back with it: those of its
/// actors stand as they never ceased to there, and those of ours are asked again.
///
/// # Errors
/// Faults only.
pub fn settle(tx: &mut Tx<'_>, peer: PeerId, step: Step) -> Outcome<Option<Step>> {
    let blocked = store::peer::rule::standing(tx.db, Some(peer))? == Standing::Blocked;
    Ok(match step {
        Step::Follows if blocked && end_follows(tx, peer)? => Some(Step::Follows),
        Step::Follows if !blocked && bring_back(tx, peer)? => Some(Step::Follows),
        Step::Follows => Some(Step::Deliveries),
        Step::Deliveries if blocked && drop_deliveries(tx, peer)? => Some(Step::Deliveries),
        Step::Deliveries => Some(Step::Threads(PostId(0))),
        Step::Threads(after) => {
            let roots = store::peer::settle::threads(tx.db, peer, after, CHUNK)?;
            store::peer::settle::recount_threads(tx.db, &roots)?;
            store::peer::settle::recount_communities(tx.db, &roots)?;
            Some(match roots.last() {
                Some(last) => Step::Threads(*last),
                None => Step::Likes(PostId(0)),
            })
        }
        Step::Likes(after) => {
            let posts = store::peer::settle::liked(tx.db, peer, after, CHUNK)?;
            store::peer::settle::recount_likes(tx.db, &posts)?;
            posts.last().map(|last| Step::Likes(*last))
        }
    })
}

/// Answers whether some may be left.
fn end_follows(tx: &mut Tx<'_>, peer: PeerId) -> Outcome<bool> {
    let follows = store::peer::settle::follows(tx.db, peer, CHUNK)?;
    for row in &follows {
        let kept = row::SuspendedFollow {
            id: row.id,
            peer_id: peer,
            follower_id: row.follower_id,
            target_id: row.target_id,
            ap_id: row.ap_id.clone(),
        };
        store::peer::suspended::insert(tx.db, &kept)?;
        follow::end(tx, row)?;
    }
    Ok(!follows.is_empty())
}

/// Answers whether some may be left.
fn bring_back(tx: &mut Tx<'_>, peer: PeerId) -> Outcome<bool> {
    let kept = store::peer::suspended::of_peer(tx.db, peer, CHUNK)?;
    for row in &kept {
        follow::resume(tx, row)?;
        store::peer::suspended::delete(tx.db, row.id)?;
    }
    Ok(!kept.is_empty())
}

/// Answers whether some may be left.
fn drop_deliveries(tx: &mut Tx<'_>, peer: PeerId) -> Outcome<bool> {
    Ok(store::peer::settle::drop_deliveries(tx.db, peer, CHUNK)? > 0)
}
