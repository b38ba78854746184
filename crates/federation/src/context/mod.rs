//! The seam: what every part of the engine holds. Cheap to clone.

pub(crate) mod digest;
pub(crate) mod follower_digests;
pub(crate) mod inbox_state;
mod key_rate_limit;
pub(crate) mod memory_budget;
mod recent;
mod signature_forms;
pub(crate) mod signer;

use client::Client;
use domain::{Error, Ops, Outcome};
use follower_digests::{AddressedFollowers, Digests};
use httpsig::{SigningKey, VerifyingKey};
use inbox_state::InboxState;
use lru::LruCache;
use model::actor::KeyKind;
use model::{ActorId, KeyId, Time, Urls};
use recent::RecentRows;
use signature_forms::PeerSignatureForms;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock};
use store::Store;
use tokio::sync::Notify;
use vocab::nodeinfo::Usage;

/// How many ready keys are kept of each sort: parsing one costs more than a signature.
const KEYS: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// For how long a ready key is not compared with the one in the database, in milliseconds: another
/// process may have given the actor a new one.
const SIGNING_MS: i64 = 5_000;

/// A key ready to sign with: from which row it was read, and when that was last looked at.
#[derive(Clone)]
struct Ready {
    row: KeyId,
    key: SigningKey,
    at: Time,
}

struct Inner {
    ops: Ops,
    signing: Mutex<LruCache<ActorId, Ready>>,
    instance: OnceLock<ActorId>,
    verifying: Mutex<LruCache<String, VerifyingKey>>,
    inbox: InboxState,
    recent: RecentRows,
    usage: Mutex<Option<(Usage, Time)>>,
    digests: Digests,
    addressed_followers: AddressedFollowers,
}

/// The engine's handle: the door, the one client, the ready keys.
#[derive(Clone)]
pub struct Federation(Arc<Inner>, Client);

impl Federation {
    /// An engine over the door and the client.
    #[must_use]
    pub fn new(ops: Ops, client: Client) -> Self {
        let door = ops.clone();
        let client = client.with_host_policy(move |host| door.policy().refuses(host).is_some());
        let forms = PeerSignatureForms::new(ops.store().clone());
        client.remember_signature_forms_in(Arc::new(forms));
        let inner = Inner {
            ops,
            signing: Mutex::new(LruCache::new(KEYS)),
            instance: OnceLock::new(),
            verifying: Mutex::new(LruCache::new(KEYS)),
            inbox: InboxState::default(),
            recent: RecentRows::default(),
            usage: Mutex::new(None),
            digests: Digests::default(),
            addressed_followers: AddressedFollowers::default(),
        };
        Self(Arc::new(inner), client)
    }

    /// Returns a context that fetches at most so many documents, whatever calls for them.
    #[must_use]
    pub(crate) fn with_document_limit(&self, documents: u32) -> Self {
        Self(Arc::clone(&self.0), self.1.with_document_limit(documents))
    }

    /// The door.
    #[must_use]
    pub fn ops(&self) -> &Ops {
        &self.0.ops
    }

    /// The database, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.0.ops.store()
    }

    /// The one client for foreign requests.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.1
    }

    /// Whether we exchange nothing with the host of a URL.
    #[must_use]
    pub(crate) fn refuses(&self, url: &str) -> bool {
        self.ops().policy().refuses_url(url).is_some()
    }

    /// Rung after each activity that was received and kept.
    #[must_use]
    pub fn arrivals(&self) -> Arc<Notify> {
        Arc::clone(&self.0.inbox.arrivals)
    }

    pub(crate) fn recent(&self) -> &RecentRows {
        &self.0.recent
    }

    pub(crate) fn inbox(&self) -> &InboxState {
        &self.0.inbox
    }

    /// What peers are told of their followers here.
    pub(crate) fn digests(&self) -> &Digests {
        &self.0.digests
    }

    /// The followers collections to which the activities in delivery are addressed.
    pub(crate) fn addressed_followers(&self) -> &AddressedFollowers {
        &self.0.addressed_followers
    }

    /// How much we were used when that was last counted, and when that was.
    pub(crate) fn usage(&self) -> Option<(Usage, Time)> {
        self.0.usage.lock().ok()?.clone()
    }

    /// Keeps a count.
    pub(crate) fn remember_usage(&self, usage: &Usage, at: Time) {
        if let Ok(mut kept) = self.0.usage.lock() {
            *kept = Some((usage.clone(), at));
        }
    }

    /// Mints our URLs.
    ///
    /// # Errors
    /// `NotAllowed(Setup)` before the setup.
    pub fn urls(&self) -> Outcome<Urls> {
        self.ops()
            .urls()
            .ok_or(Error::not_allowed(model::refusal::Rule::Setup))
    }

    /// The key a local actor signs with, ready; a new one is noticed within five seconds.
    ///
    /// # Errors
    /// `NotFound` where the actor has none, faults.
    pub async fn signing_key(&self, actor: ActorId) -> Outcome<SigningKey> {
        let now = self.ops().now();
        let ready = self.ready(actor);
        if let Some(ready) = &ready
            && (0..SIGNING_MS).contains(&(now.unix_millis() - ready.at.unix_millis()))
        {
            return Ok(ready.key.clone());
        }
        let (actor_row, key_row) = self
            .store()
            .read(move |db| -> Outcome<_> {
                let row = store::raw::actor::by_id(db, actor)?.ok_or(Error::not_found("actor"))?;
                let key = store::raw::actor::key(db, actor, KeyKind::Rsa)?;
                Ok((row, key.ok_or(Error::not_found("key"))?))
            })
            .await?;
        let key = match ready.filter(|ready| ready.row == key_row.id) {
            Some(same) => same.key,
            None => SigningKey::from_der(&Urls::key(&actor_row.ap_id), &key_row.private_der)
                .map_err(|e| Error::Fault(store::StoreError::Internal(e.to_string())))?,
        };
        if let Ok(mut lru) = self.0.signing.lock() {
            let ready = Ready {
                row: key_row.id,
                key: key.clone(),
                at: now,
            };
            lru.put(actor, ready);
        }
        Ok(key)
    }

    fn ready(&self, actor: ActorId) -> Option<Ready> {
        self.0.signing.lock().ok()?.get(&actor).cloned()
    }

    /// The key the instance actor signs GETs with; `None` before the setup.
    ///
    /// # Errors
    /// Faults.
    pub async fn instance_key(&self) -> Outcome<Option<SigningKey>> {
        let id = match self.0.instance.get() {
            Some(id) => Some(*id),
            None => self
                .store()
                .read(|db| store::raw::actor::instance(db).map_err(Error::from))
                .await?
                .map(|row| *self.0.instance.get_or_init(|| row.id)),
        };
        match id {
            Some(id) => self.signing_key(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// A remote key made ready from what its actor's document shows, a PEM or a multibase, and kept
    /// under that text itself so that a rotated key is never mistaken for the old one.
    #[must_use]
    pub fn verifying_key(&self, text: &str) -> Option<VerifyingKey> {
        let mut lru = self.0.verifying.lock().ok()?;
        if let Some(key) = lru.get(text) {
            return Some(key.clone());
        }
        let key = VerifyingKey::from_document(text).ok()?;
        lru.put(text.to_owned(), key.clone());
        Some(key)
    }
}
