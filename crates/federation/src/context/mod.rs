//! `Federation`: the context that all modules and the bodies of their jobs run in. Cheap to clone.

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
use store::{Store, row};
use tokio::sync::Notify;
use vocab::nodeinfo::Usage;

/// The most parsed keys that are cached, of each sort: parsing one costs more than a signature.
const CACHED_KEYS: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// How long a parsed key is used without comparing it with the database, in milliseconds: another process
/// may have replaced it.
const SIGNING_KEY_TTL_MS: i64 = 5_000;

/// A parsed key, the row it was read from, and when that was last compared.
#[derive(Clone)]
struct CachedSigningKey {
    row: KeyId,
    key: SigningKey,
    at: Time,
}

struct Inner {
    ops: Ops,
    signing: Mutex<LruCache<ActorId, CachedSigningKey>>,
    instance: OnceLock<ActorId>,
    verifying: Mutex<LruCache<String, VerifyingKey>>,
    inbox: InboxState,
    recent: RecentRows,
    usage: Mutex<Option<(Usage, Time)>>,
    digests: Digests,
    addressed_followers: AddressedFollowers,
}

/// The verbs, the HTTP client, the keys and the caches.
#[derive(Clone)]
pub struct Federation(Arc<Inner>, Client);

impl Federation {
    /// Creates a context, whose client refuses blocked hosts.
    #[must_use]
    pub fn new(ops: Ops, client: Client) -> Self {
        let policy_ops = ops.clone();
        let client =
            client.with_host_policy(move |host| policy_ops.policy().refuses(host).is_some());
        let forms = PeerSignatureForms::new(ops.store().clone());
        client.remember_signature_forms_in(Arc::new(forms));
        let inner = Inner {
            ops,
            signing: Mutex::new(LruCache::new(CACHED_KEYS)),
            instance: OnceLock::new(),
            verifying: Mutex::new(LruCache::new(CACHED_KEYS)),
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

    /// The verbs.
    #[must_use]
    pub fn ops(&self) -> &Ops {
        &self.0.ops
    }

    /// The database, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.0.ops.store()
    }

    /// The client for requests to other servers.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.1
    }

    /// Whether the host of a URL is blocked.
    #[must_use]
    pub(crate) fn refuses(&self, url: &str) -> bool {
        self.ops().policy().refuses_url(url).is_some()
    }

    /// Notified after each received activity that was stored.
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

    /// The digests of followers that are sent to peers.
    pub(crate) fn digests(&self) -> &Digests {
        &self.0.digests
    }

    /// The followers collections to which the activities in delivery are addressed.
    pub(crate) fn addressed_followers(&self) -> &AddressedFollowers {
        &self.0.addressed_followers
    }

    /// The usage of the instance and when it was counted.
    pub(crate) fn usage(&self) -> Option<(Usage, Time)> {
        self.0.usage.lock().ok()?.clone()
    }

    /// Caches the usage.
    pub(crate) fn remember_usage(&self, usage: &Usage, at: Time) {
        if let Ok(mut cached) = self.0.usage.lock() {
            *cached = Some((usage.clone(), at));
        }
    }

    /// Returns what mints our URLs.
    ///
    /// # Errors
    /// `NotAllowed(Setup)` before the setup.
    pub fn urls(&self) -> Outcome<Urls> {
        self.ops()
            .urls()
            .ok_or(Error::not_allowed(model::refusal::Rule::Setup))
    }

    /// Returns the key of a local actor; a replaced one is noticed within five seconds.
    ///
    /// # Errors
    /// `NotFound` where the actor has none, faults.
    pub async fn signing_key(&self, actor: ActorId) -> Outcome<SigningKey> {
        let now = self.ops().now();
        let cached = self.cached_signing_key(actor);
        if let Some(cached) = &cached
            && (0..SIGNING_KEY_TTL_MS).contains(&(now.unix_millis() - cached.at.unix_millis()))
        {
            return Ok(cached.key.clone());
        }
        let (actor_row, key_row) = self
            .store()
            .read(move |db| -> Outcome<_> {
                let row = store::raw::actor::by_id(db, actor)?.ok_or(Error::not_found("actor"))?;
                let key = store::raw::actor::key(db, actor, KeyKind::Rsa)?;
                Ok((row, key.ok_or(Error::not_found("key"))?))
            })
            .await?;
        let key = match cached.filter(|cached| cached.row == key_row.id) {
            Some(cached) => cached.key,
            None => parse_signing_key(&actor_row, &key_row)?,
        };
        if let Ok(mut lru) = self.0.signing.lock() {
            let cached = CachedSigningKey {
                row: key_row.id,
                key: key.clone(),
                at: now,
            };
            lru.put(actor, cached);
        }
        Ok(key)
    }

    /// Returns a key of a local actor that was replaced: it signs the Update that tells the new one.
    ///
    /// # Errors
    /// `NotFound`, faults.
    pub(crate) async fn earlier_signing_key(
        &self,
        actor: ActorId,
        key: KeyId,
    ) -> Outcome<SigningKey> {
        let read = move |db: &mut store::Db| -> Outcome<_> {
            let row = store::raw::actor::by_id(db, actor)?.ok_or(Error::not_found("actor"))?;
            let key = store::raw::actor::key_by_id(db, key)?;
            Ok((row, key.ok_or(Error::not_found("key"))?))
        };
        let (actor_row, key_row) = self.store().read(read).await?;
        parse_signing_key(&actor_row, &key_row)
    }

    fn cached_signing_key(&self, actor: ActorId) -> Option<CachedSigningKey> {
        self.0.signing.lock().ok()?.get(&actor).cloned()
    }

    /// Returns the key of the instance actor, which signs GETs; `None` before the setup.
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

    /// Parses the key of a peer's actor, a PEM or a multibase. It is cached by that text, so that a rotated
    /// key is not mistaken for the old one.
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

/// Parses the key of a local actor.
fn parse_signing_key(actor: &row::Actor, key: &row::SigningKey) -> Outcome<SigningKey> {
    SigningKey::from_der(&Urls::key(&actor.ap_id), &key.private_der)
        .map_err(|e| Error::Fault(store::StoreError::Internal(e.to_string())))
}
