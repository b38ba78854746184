//! Remote actors: stored as their own server describes them, and removed when it confirms that.

use super::get;
use crate::tag::RemoteTag;
use crate::{Outcome, Tx};
use model::actor::{ActorKind, ActorState};
use model::community::{BackfillState, Charter};
use model::fact::FactOrigin;
use model::{ActorId, DeletedBy, Fact, PeerId, PostId, SeenBy};
use store::row;

#[cfg(test)]
mod tests;

/// A remote actor as its own server describes it, fetched, checked and sanitized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteActor {
    pub kind: ActorKind,
    /// The host of its server, with the port where it has one.
    pub host: String,
    /// `preferredUsername`.
    pub handle: String,
    pub ap_id: String,
    /// The address of its page.
    pub url: String,
    pub inbox: String,
    pub shared_inbox: Option<String>,
    pub outbox: Option<String>,
    /// The collection of its followers.
    pub followers_url: Option<String>,
    /// The collection of its moderators.
    pub moderators_url: Option<String>,
    /// The display name.
    pub name: String,
    /// Sanitized HTML.
    pub summary_html: String,
    pub pronouns: String,
    pub job_title: String,
    pub organization: String,
    /// Language tags.
    pub languages: Vec<String>,
    pub picture_url: Option<String>,
    /// What it wrote may be found by searching (FEP-5feb).
    pub indexable: bool,
    /// It may be named in lists of the whole instance.
    pub discoverable: bool,
    /// Its key's id.
    pub key_id: Option<String>,
    pub key_pem: Option<String>,
    /// The keys in `assertionMethod`: id and multibase.
    pub assertion_keys: Vec<(String, String)>,
    /// The texts of a community.
    pub charter: Option<Charter>,
    /// Of a community: what is posted there is for members on its own server only.
    pub private: bool,
    /// Of a community: its threads are questions.
    pub question_answer: bool,
    /// Of a community: the tags of its threads.
    pub tags: Vec<RemoteTag>,
    /// Its own server has suspended it.
    pub suspended: bool,
    /// It says that it has moved away. Where to counts only by a `Move`.
    pub moved: bool,
}

/// Stores a remote actor, new or changed. Returns its id. An address that another actor has, in any letter
/// case, stays with that one; see [`store_remote_at`].
///
/// # Errors
/// Faults only.
pub fn store_remote(tx: &mut Tx<'_>, remote: &RemoteActor) -> Outcome<ActorId> {
    store_remote_at(tx, remote, None)
}

/// Stores a remote actor like [`store_remote`]. `confirmed` is the host of its address, if WebFinger there names this
/// actor when it is asked for the name as its holder writes it: it may be another host than its server's, and the
/// actor that had the address before loses it.
///
/// # Errors
/// Faults only.
pub fn store_remote_at(
    tx: &mut Tx<'_>,
    remote: &RemoteActor,
    confirmed: Option<&str>,
) -> Outcome<ActorId> {
    let peer = store::peer::get_or_insert(tx.db, tx.id::<PeerId>(), &remote.host, tx.now)?;
    let known = store::raw::actor::by_ap_id(tx.db, &remote.ap_id)?;
    let (id, community) = (
        known.as_ref().map(|k| k.id),
        remote.kind == ActorKind::Group,
    );
    if let Some(known) = known
        .as_ref()
        .filter(|k| is_group(k.kind) != is_group(remote.kind))
    {
        // Communities own threads and people do not: neither becomes the other.
        return Ok(known.id);
    }
    let mut row = to_row(tx, remote, peer, known.as_ref());
    if let Some(host) = confirmed {
        host.clone_into(&mut row.host);
    }
    let holder = store::raw::actor::holder(tx.db, &row.handle, &row.host, community)?;
    match holder.filter(|(holder, _)| Some(*holder) != id) {
        // Its own server is the authority on who has the address now.
        Some((holder, _)) if confirmed.is_some() => store::actor::release_address(tx.db, holder)?,
        Some(_) => row.handle = without_address(row.id, known.as_ref(), &row.host),
        None => {}
    }
    if let Some(known) = &known {
        store::actor::update(tx.db, &row)?;
        if row.state != known.state {
            tx.record(Fact::SuspensionChanged {
                actor: row.id,
                origin: FactOrigin::Received,
            });
        }
    } else {
        store::actor::insert(tx.db, &row)?;
    }
    store_assertion_keys(tx, row.id, remote)?;
    let described = match &remote.charter {
        Some(charter) => describe(tx, row.id, charter, remote)?,
        None => false,
    };
    if described || known.as_ref().is_none_or(|known| shows_other(known, &row)) {
        tx.record(Fact::ActorStored { actor: row.id });
    }
    let picture_changed =
        known.as_ref().and_then(|k| k.picture_url.as_ref()) != row.picture_url.as_ref();
    if let Some(url) = row.picture_url.clone().filter(|_| picture_changed) {
        tx.record(Fact::PictureSeen { actor: row.id, url });
    }
    Ok(row.id)
}

/// Stores the host of a remote actor's address, which WebFinger there names it for. An actor that had the address
/// before loses it. Returns whether it was stored: not where that actor writes the name in other letters.
///
/// # Errors
/// `NotFound`.
pub fn set_host(tx: &mut Tx<'_>, id: ActorId, host: &str) -> Outcome<bool> {
    let mut row = get(tx, id)?;
    let holder = store::raw::actor::holder(tx.db, &row.handle, host, is_group(row.kind))?;
    if let Some((holder, name)) = holder.filter(|(holder, _)| *holder != id) {
        if name != row.handle {
            // WebFinger was not asked for the name as its holder writes it.
            return Ok(false);
        }
        store::actor::release_address(tx.db, holder)?;
    }
    host.clone_into(&mut row.host);
    store::actor::update(tx.db, &row)?;
    tx.record(Fact::ActorStored { actor: id });
    Ok(true)
}

/// Returns the handle of an actor that claims the address of another: the one that it has, else one that nobody can
/// look up.
fn without_address(id: ActorId, known: Option<&row::Actor>, host: &str) -> String {
    let known = known.filter(|known| known.host == host);
    known.map_or_else(|| format!("~{id}"), |known| known.handle.clone())
}

fn is_group(kind: ActorKind) -> bool {
    kind == ActorKind::Group
}

/// Builds the row of a remote actor. Of a known one it keeps the local columns, and the host of its address unless it
/// has another name now.
fn to_row(
    tx: &Tx<'_>,
    remote: &RemoteActor,
    peer: PeerId,
    known: Option<&row::Actor>,
) -> row::Actor {
    let shared = remote.shared_inbox.clone();
    let same_picture = known.filter(|k| k.picture_url == remote.picture_url);
    row::Actor {
        id: known.map_or_else(|| tx.id(), |k| k.id),
        kind: remote.kind,
        peer_id: Some(peer),
        handle: remote.handle.clone(),
        host: known
            .filter(|known| known.handle == remote.handle)
            .map_or_else(|| remote.host.clone(), |known| known.host.clone()),
        state: if remote.suspended {
            ActorState::Suspended
        } else {
            ActorState::Active
        },
        ap_id: remote.ap_id.clone(),
        url: remote.url.clone(),
        delivery_inbox: shared.unwrap_or_else(|| remote.inbox.clone()),
        inbox: remote.inbox.clone(),
        outbox: remote.outbox.clone(),
        followers_url: remote.followers_url.clone(),
        moderators_url: remote.moderators_url.clone(),
        name: remote.name.clone(),
        summary_md: String::new(),
        summary_html: remote.summary_html.clone(),
        pronouns: remote.pronouns.clone(),
        job_title: remote.job_title.clone(),
        organization: remote.organization.clone(),
        languages: remote.languages.join(" "),
        picture_id: same_picture.and_then(|k| k.picture_id),
        picture_url: remote.picture_url.clone(),
        picture_alt: String::new(),
        indexable: remote.indexable,
        seen_by: SeenBy::of_discoverable(remote.discoverable),
        show_follows: false,
        key_id: remote.key_id.clone(),
        key_pem: remote.key_pem.clone(),
        created_at: known.map_or(tx.now, |k| k.created_at),
        updated_at: tx.now,
        fetched_at: Some(tx.now),
        follower_count: known.map_or(0, |k| k.follower_count),
        post_count: known.map_or(0, |k| k.post_count),
        moved_to: known.and_then(|k| k.moved_to).filter(|_| remote.moved),
    }
}

fn store_assertion_keys(tx: &mut Tx<'_>, id: ActorId, remote: &RemoteActor) -> Outcome<()> {
    let rows: Vec<row::AssertionKey> = remote
        .assertion_keys
        .iter()
        .map(|(key_id, multibase)| row::AssertionKey {
            actor_id: id,
            key_id: key_id.clone(),
            multibase: multibase.clone(),
        })
        .collect();
    Ok(store::actor::set_assertion_keys(tx.db, id, &rows)?)
}

/// Whether the two rows of an actor differ in what searching finds it by.
fn shows_other(known: &row::Actor, now: &row::Actor) -> bool {
    let shown = |row: &row::Actor| {
        [
            row.name.clone(),
            row.handle.clone(),
            row.summary_html.clone(),
            row.job_title.clone(),
            row.organization.clone(),
            row.languages.clone(),
        ]
    };
    shown(known) != shown(now)
}

/// Stores the texts of a remote community. Returns whether they have changed.
fn describe(
    tx: &mut Tx<'_>,
    id: ActorId,
    charter: &Charter,
    remote: &RemoteActor,
) -> Outcome<bool> {
    let private = remote.private;
    let known = store::raw::community::by_id(tx.db, id)?.map(|place| place.community);
    let colour = match &known {
        Some(known) => known.colour,
        None => crate::community::least_used_colour(tx)?,
    };
    let row = row::Community {
        private,
        question_answer: remote.question_answer,
        backfill: known.as_ref().map_or(BackfillState::None, |k| k.backfill),
        ..crate::community::to_row(id, None, charter, colour)
    };
    let changed = known.as_ref() != Some(&row);
    if private && known.as_ref().is_some_and(|known| !known.private) {
        crate::follow::withdraw_all(tx, id)?;
    }
    if known.is_some() {
        store::community::update(tx.db, &row)?;
    } else {
        crate::community::insert(tx, &row)?;
    }
    crate::tag::store_remote(tx, id, &remote.tags)?;
    Ok(changed)
}

/// Removes a remote actor: ends its follows and turns its posts into tombstones, at most 500 in one
/// call. Returns whether posts are left.
///
/// # Errors
/// `NotFound`.
pub fn remove_remote(tx: &mut Tx<'_>, id: ActorId) -> Outcome<bool> {
    const CHUNK: i64 = 500;
    let mut row = get(tx, id)?;
    if row.state != ActorState::Deleted {
        for follow in store::follow::of_actor(tx.db, id)? {
            store::follow::delete(tx.db, follow.id)?;
            if follow.accepted {
                store::actor::add_followers(tx.db, follow.target_id, -1)?;
            }
        }
        row = get(tx, id)?;
        row.state = ActorState::Deleted;
        row.picture_id = None;
        row.picture_url = None;
        row.summary_html = String::new();
        row.updated_at = tx.now;
        store::actor::update(tx.db, &row)?;
    }
    let posts = store::raw::post::by_author(tx.db, id, PostId(i64::MAX), CHUNK)?;
    for post in &posts {
        let removal = store::post::Removal {
            by: DeletedBy::Author,
            at: tx.now,
            before: post.state_before.unwrap_or(post.state),
        };
        store::post::tombstone(tx.db, post.id, removal)?;
    }
    let more = i64::try_from(posts.len()).unwrap_or(0) == CHUNK;
    if !more {
        tx.record(Fact::ActorLeft { actor: id });
    }
    Ok(more)
}
