//! Actors: made here, or taken in from a peer.

pub mod moving;
mod remote;
#[cfg(test)]
mod tests;

pub use remote::{RemoteActor, remove_remote, set_host, store_remote, store_remote_at};

use crate::keys::{Ed25519Pair, KeyPair};
use crate::{Error, Outcome, Tx};
use model::actor::{ActorKind, ActorState, KeyKind, SeenBy};
use model::refusal::Rule;
use model::{ActorId, BlobId, Fact, KeyId, Urls, Why};
use store::row;

/// Makes a local actor with its key.
///
/// # Errors
/// `Invalid(handle: Taken)`: handles are unique over people and communities, also those gone.
pub fn create_local(
    tx: &mut Tx<'_>,
    kind: ActorKind,
    handle: &str,
    name: &str,
    key: &KeyPair,
) -> Outcome<row::Actor> {
    let urls = tx.urls()?;
    let ap_id = urls.actor(kind, handle);
    let below = |path: &str| Some(format!("{}/{path}", ap_id.trim_end_matches('/')));
    let row = row::Actor {
        id: tx.id(),
        kind,
        peer_id: None,
        handle: handle.to_owned(),
        host: String::new(),
        state: ActorState::Active,
        url: ap_id.clone(),
        inbox: below("inbox").unwrap_or_default(),
        delivery_inbox: urls.shared_inbox(),
        outbox: below("outbox"),
        followers_url: below("followers"),
        moderators_url: (kind == ActorKind::Group)
            .then(|| below("moderators"))
            .flatten(),
        ap_id,
        name: name.trim().to_owned(),
        summary_md: String::new(),
        summary_html: String::new(),
        pronouns: String::new(),
        job_title: String::new(),
        organization: String::new(),
        languages: String::new(),
        picture_id: None,
        picture_url: None,
        picture_alt: String::new(),
        indexable: true,
        show_follows: false,
        key_id: None,
        key_pem: None,
        created_at: tx.now,
        updated_at: tx.now,
        fetched_at: None,
        follower_count: 0,
        post_count: 0,
        moved_to: None,
        seen_by: match kind {
            ActorKind::Person => SeenBy::CoMembers,
            ActorKind::Group
            | ActorKind::Service
            | ActorKind::Application
            | ActorKind::Organization => SeenBy::Everyone,
        },
    };
    if !store::actor::insert(tx.db, &row)? {
        return Err(Error::invalid("handle", Why::Taken));
    }
    store_keys(tx, row.id, key)?;
    Ok(row)
}

/// Gives a local actor new keys, under the ids of the earlier ones. The servers that have something of it are
/// sent an update, signed with the earlier key; any other fetches the actor when a signature does not verify.
///
/// # Errors
/// `NotFound`, also for a peer's actor.
pub fn rotate_key(tx: &mut Tx<'_>, id: ActorId, key: &KeyPair) -> Outcome<()> {
    let mut row = get(tx, id)?;
    if row.peer_id.is_some() {
        return Err(Error::not_found("actor"));
    }
    let earlier = store::raw::actor::key(tx.db, id, KeyKind::Rsa)?;
    store_keys(tx, id, key)?;
    row.updated_at = tx.now;
    store::actor::update(tx.db, &row)?;
    tx.record(match earlier {
        Some(earlier) => Fact::KeyReplaced {
            actor: id,
            earlier: earlier.id,
        },
        None => Fact::ActorChanged { actor: id },
    });
    Ok(())
}

/// Gives a local actor an Ed25519 key, unless it has one. No update is sent: peers learn the key when
/// they fetch the actor again.
///
/// # Errors
/// `NotFound`, also for a peer's actor.
pub fn complete_keys(tx: &mut Tx<'_>, id: ActorId, pair: &Ed25519Pair) -> Outcome<()> {
    let row = get(tx, id)?;
    if row.peer_id.is_some() {
        return Err(Error::not_found("actor"));
    }
    if store::raw::actor::key(tx.db, id, KeyKind::Ed25519)?.is_some() {
        return Ok(());
    }
    store_ed25519(tx, id, pair)
}

fn store_keys(tx: &mut Tx<'_>, id: ActorId, key: &KeyPair) -> Outcome<()> {
    let rsa = row::SigningKey {
        id: tx.id::<KeyId>(),
        actor_id: id,
        private_der: key.private_der.clone(),
        public_pem: key.public_pem.clone(),
        created_at: tx.now,
        kind: KeyKind::Rsa,
    };
    store::actor::insert_key(tx.db, &rsa)?;
    store_ed25519(tx, id, &key.ed25519)
}

fn store_ed25519(tx: &mut Tx<'_>, id: ActorId, pair: &Ed25519Pair) -> Outcome<()> {
    let row = row::SigningKey {
        id: tx.id::<KeyId>(),
        actor_id: id,
        private_der: pair.private_der.clone(),
        public_pem: pair.public_pem.clone(),
        created_at: tx.now,
        kind: KeyKind::Ed25519,
    };
    Ok(store::actor::insert_key(tx.db, &row)?)
}

/// Shows a stored picture for a remote actor, if its document still names that URL.
///
/// # Errors
/// `NotFound`.
pub fn show_fetched_picture(
    tx: &mut Tx<'_>,
    id: ActorId,
    url: &str,
    picture: &row::Blob,
) -> Outcome<()> {
    let mut row = get(tx, id)?;
    if row.picture_url.as_deref() == Some(url) {
        store::media::insert(tx.db, picture)?;
        row.picture_id = Some(picture.id);
        store::actor::update(tx.db, &row)?;
    }
    Ok(())
}

/// Loads an actor.
///
/// # Errors
/// `NotFound`.
pub(crate) fn get(tx: &mut Tx<'_>, id: ActorId) -> Outcome<row::Actor> {
    store::raw::actor::by_id(tx.db, id)?.ok_or(Error::not_found("actor"))
}

/// Loads an actor that is active.
///
/// # Errors
/// `NotFound`, `NotAllowed(ActiveAccount)`.
pub(crate) fn active(tx: &mut Tx<'_>, id: ActorId) -> Outcome<row::Actor> {
    let row = get(tx, id)?;
    match row.state {
        ActorState::Active => Ok(row),
        ActorState::Pending => Err(Error::not_found("actor")),
        ActorState::Suspended | ActorState::Deleted => Err(Error::not_allowed(Rule::ActiveAccount)),
    }
}

/// The picture a local person chose for themselves.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The stored picture.
    pub blob: row::Blob,
    /// What it shows, in words.
    pub alt: String,
}

/// The address of a stored picture.
#[must_use]
pub fn picture_url(urls: &Urls, id: Option<BlobId>) -> Option<String> {
    id.map(|id| urls.media(id))
}
