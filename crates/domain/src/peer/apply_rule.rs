//! Applies the rules to peers: stores the standing of each, ends what a block forbids and recounts
//! what may be seen. Each call is one bounded transaction; a job repeats it until nothing is left.

use crate::post::{self, Recount};
use crate::{Outcome, Tx, follow};
use model::peer::policy::PeerStanding;
use model::{Fact, PeerId};
use store::post::recount::Whose;
use store::row;

/// Rows changed in one transaction.
const CHUNK: i64 = 500;

/// How far applying a rule to a peer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// Follows between its actors and ours end, if it is blocked; else those that a block has ended
    /// stand again.
    #[default]
    Follows,
    /// What waits for it is dropped, if it is blocked.
    Deliveries,
    /// What may be seen is counted anew.
    Counts(Recount),
}

/// Stores the standing of a peer by the rules. Where that blocks it, or no longer does, a job does the
/// rest.
pub(super) fn reevaluate(tx: &mut Tx<'_>, peer: &row::Peer) -> Outcome<()> {
    let standing = store::peer::rule::standing_by_rules(tx.db, &peer.host)?;
    if standing == peer.standing {
        return Ok(());
    }
    store::peer::rule::set_standing(tx.db, peer.id, standing)?;
    if standing == PeerStanding::Blocked || peer.standing == PeerStanding::Blocked {
        tx.record(Fact::PeerRuleChanged { peer: peer.id });
    }
    Ok(())
}

/// Evaluates the next 500 peers by the rules. Returns after which to go on, if there are more.
///
/// # Errors
/// Faults only.
pub fn reevaluate_all(tx: &mut Tx<'_>, after: PeerId) -> Outcome<Option<PeerId>> {
    let peers = store::peer::rule::after(tx.db, after, CHUNK)?;
    for peer in &peers {
        reevaluate(tx, peer)?;
    }
    Ok(peers.last().map(|peer| peer.id))
}

/// Takes one step of applying a peer's rule. Returns the next, if there is one. The follows of a
/// blocked peer end here without notifying it. When the block is lifted they return: those of its
/// actors are valid as before, since it never ended them, and local ones are requested again.
///
/// # Errors
/// Faults only.
pub fn apply_rule(tx: &mut Tx<'_>, peer: PeerId, step: Step) -> Outcome<Option<Step>> {
    let blocked = store::peer::rule::stored_standing(tx.db, Some(peer))? == PeerStanding::Blocked;
    Ok(match step {
        Step::Follows if blocked && end_follows(tx, peer)? => Some(Step::Follows),
        Step::Follows if !blocked && bring_back(tx, peer)? => Some(Step::Follows),
        Step::Follows => Some(Step::Deliveries),
        Step::Deliveries if blocked && drop_deliveries(tx, peer)? => Some(Step::Deliveries),
        Step::Deliveries => Some(Step::Counts(Recount::default())),
        Step::Counts(step) => post::recount(tx, Whose::Peer(peer), step)?.map(Step::Counts),
    })
}

/// Returns whether some may be left.
fn end_follows(tx: &mut Tx<'_>, peer: PeerId) -> Outcome<bool> {
    let follows = store::peer::apply_rule::follows(tx.db, peer, CHUNK)?;
    for row in &follows {
        let kept = row::BlockedFollow {
            id: row.id,
            peer_id: peer,
            follower_id: row.follower_id,
            target_id: row.target_id,
            ap_id: row.ap_id.clone(),
        };
        store::peer::blocked_follow::insert(tx.db, &kept)?;
        follow::end(tx, row)?;
    }
    Ok(!follows.is_empty())
}

/// Returns whether some may be left.
fn bring_back(tx: &mut Tx<'_>, peer: PeerId) -> Outcome<bool> {
    let kept = store::peer::blocked_follow::of_peer(tx.db, peer, CHUNK)?;
    for row in &kept {
        follow::resume(tx, row)?;
        store::peer::blocked_follow::delete(tx.db, row.id)?;
    }
    Ok(!kept.is_empty())
}

/// Returns whether some may be left.
fn drop_deliveries(tx: &mut Tx<'_>, peer: PeerId) -> Outcome<bool> {
    Ok(store::peer::apply_rule::drop_deliveries(tx.db, peer, CHUNK)? > 0)
}
