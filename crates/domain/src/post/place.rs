//! Which community a thread from elsewhere belongs to, and where else it is shown.

use super::restore::{is_kept, put_back};
use crate::{Error, Outcome, Tx};
use model::actor::ActorState;
use model::claim::{Claim, claim};
use model::limits::{SHARES_PER_COMMUNITY, SHARES_PER_POST};
use model::{ActorId, PostId, PostState};
use store::row;

/// A remote community has announced a thread, by an Announce of this id, or lists it (`None`). A thread
/// that names the community moves there with its replies, unless it is where it names before. Any other
/// is shared: shown there, and owned by whoever owned it. A thread that the community has removed is put
/// back. Nothing changes for a reply: it is where its thread is.
///
/// # Errors
/// `NotFound`.
pub fn announced(
    tx: &mut Tx<'_>,
    thread: PostId,
    community: ActorId,
    announce_id: Option<&str>,
) -> Outcome<()> {
    let post = store::raw::post::by_id(tx.db, thread)?.ok_or(Error::not_found("post"))?;
    let Some(group) = store::raw::community::by_id(tx.db, community)? else {
        return Ok(());
    };
    let group = group.actor;
    if post.parent_id.is_some() || group.peer_id.is_none() || group.state != ActorState::Active {
        return Ok(());
    }
    if post.community_id == Some(community) {
        return announced_by_owner(tx, &post, announce_id);
    }
    if prevails(tx, &post, &group)? {
        return take_over(tx, &post, &group, announce_id);
    }
    match announce_id {
        Some(announce_id) => share(tx, &post, community, announce_id),
        None => Ok(()),
    }
}

/// Remembers the Announce, and puts back what the community had removed.
fn announced_by_owner(tx: &mut Tx<'_>, post: &row::Post, announce_id: Option<&str>) -> Outcome<()> {
    let Some(announce_id) = announce_id else {
        return Ok(());
    };
    if post.announce_id.is_none() {
        store::post::set_announce(tx.db, post.id, Some(announce_id))?;
    }
    if is_kept(post) {
        put_back(tx, post)?;
    }
    Ok(())
}

/// Whether a community's claim comes before that of the community a thread is in.
fn prevails(tx: &mut Tx<'_>, post: &row::Post, group: &row::Actor) -> Outcome<bool> {
    if post.state == PostState::Tombstone {
        return Ok(false);
    }
    let of = |group: &row::Actor| claim(&post.named_communities, &post.ap_id, &group.ap_id);
    let Some(new) = of(group) else {
        return Ok(false);
    };
    let Some(owner) = post.community_id else {
        return Ok(true);
    };
    let owner = store::raw::actor::by_id(tx.db, owner)?.ok_or(Error::not_found("community"))?;
    // A thread in a community of ours stays there: it is moderated here.
    Ok(owner.peer_id.is_some() && of(&owner).is_some_and(|old: Claim| new < old))
}

/// Moves a thread to the community that prevails. The one it was in goes on to show it.
fn take_over(
    tx: &mut Tx<'_>,
    post: &row::Post,
    group: &row::Actor,
    announce_id: Option<&str>,
) -> Outcome<()> {
    let space = store::space::open_of(tx.db, group.id)?.ok_or(Error::not_found("community"))?;
    store::post::delete_share(tx.db, group.id, post.id)?;
    move_to(tx, post, Some((space, group.id)))?;
    store::post::set_announce(tx.db, post.id, announce_id)?;
    match (post.community_id, &post.announce_id) {
        (Some(before), Some(announced)) => share(tx, post, before, announced),
        (Some(_) | None, _) => Ok(()),
    }
}

fn move_to(
    tx: &mut Tx<'_>,
    post: &row::Post,
    place: Option<(model::SpaceId, ActorId)>,
) -> Outcome<()> {
    store::post::set_place(tx.db, post.id, place)?;
    if post.deleted_at.is_none() {
        for (community, by) in [(post.community_id, -1), (place.map(|(_, to)| to), 1)] {
            if let Some(community) = community {
                store::actor::add_posts(tx.db, community, by)?;
            }
        }
    }
    Ok(())
}

/// Shows a thread in a community that does not own it.
fn share(tx: &mut Tx<'_>, post: &row::Post, community: ActorId, announce_id: &str) -> Outcome<()> {
    let others = store::post::shared_by(tx.db, post.id)?;
    let room = i64::try_from(others.len()).is_ok_and(|count| count < SHARES_PER_POST);
    if post.state != PostState::Live || !room || others.contains(&community) {
        return Ok(());
    }
    let row = row::PostShare {
        community_id: community,
        post_id: post.id,
        announce_id: announce_id.to_owned(),
        shared_by: community,
        shared_at: tx.now,
    };
    store::post::insert_share(tx.db, &row)?;
    store::post::trim_shares(tx.db, community, SHARES_PER_COMMUNITY)?;
    Ok(())
}

/// A remote community takes back that it announced a thread: its share ends, or the thread leaves it,
/// with its replies, and is in no community. Returns whether anything changed.
///
/// # Errors
/// `NotFound`.
pub fn withdraw(tx: &mut Tx<'_>, thread: PostId, community: ActorId) -> Outcome<bool> {
    if store::post::delete_share(tx.db, community, thread)? {
        return Ok(true);
    }
    let post = store::raw::post::by_id(tx.db, thread)?.ok_or(Error::not_found("post"))?;
    let group = store::raw::actor::by_id(tx.db, community)?.ok_or(Error::not_found("community"))?;
    let leaves = post.community_id == Some(community)
        && post.parent_id.is_none()
        && post.deleted_at.is_none()
        && group.peer_id.is_some();
    if !leaves {
        return Ok(false);
    }
    if claim(&post.named_communities, &post.ap_id, &group.ap_id).is_none() {
        // A thread of ours was written for it: it may announce it once more.
        store::post::set_named(tx.db, thread, &group.ap_id)?;
    }
    move_to(tx, &post, None)?;
    store::post::set_announce(tx.db, thread, None)?;
    Ok(true)
}

/// A community takes back what an Announce of this id shared. Returns whether there was a share.
///
/// # Errors
/// Faults only.
pub fn unshare(tx: &mut Tx<'_>, community: ActorId, announce_id: &str) -> Outcome<bool> {
    Ok(store::post::delete_announced(tx.db, community, announce_id)? > 0)
}

#[cfg(test)]
mod tests;
