//! The seam: what every part of the engine holds. Cheap to clone.

use crate::client::Client;
use crate::inbox::Memory;
use crate::signature::{SigningKey, VerifyingKey};
use domain::{Error, Ops, Outcome};
use lru::LruCache;
use model::{ActorId, Urls};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use store::Store;

/// How many ready keys are kept of each sort: parsing one costs more than a signature.
const KEYS: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

struct Inner {
    ops: Ops,
    client: Client,
    signing: Mutex<LruCache<ActorId, SigningKey>>,
    verifying: Mutex<LruCache<String, VerifyingKey>>,
    inbox: Memory,
}

/// The engine's handle: the door, the one client, the ready keys.
#[derive(Clone)]
pub struct Federation(Arc<Inner>);

impl Federation {
    /// An engine over the door and the client.
    #[must_use]
    pub fn new(ops: Ops, client: Client) -> Self {
        Self(Arc::new(Inner {
            ops,
            client,
            signing: Mutex::new(LruCache::new(KEYS)),
            verifying: Mutex::new(LruCache::new(KEYS)),
            inbox: Memory::default(),
        }))
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
        &self.0.client
    }

    /// What the inbox keeps in mind between requests.
    pub(crate) fn inbox(&self) -> &Memory {
        &self.0.inbox
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

    /// The key a local actor signs with, ready.
    ///
    /// # Errors
    /// `NotFound` where the actor has none, faults.
    pub async fn signing_key(&self, actor: ActorId) -> Outcome<SigningKey> {
        if let Some(key) = self
            .0
            .signing
            .lock()
            .ok()
            .and_then(|mut lru| lru.get(&actor).cloned())
        {
            return Ok(key);
        }
        let (row, der) = self
            .store()
            .read(move |db| -> Outcome<_> {
                let row = store::actor::by_id(db, actor)?.ok_or(Error::not_found("actor"))?;
                let key = store::actor::key(db, actor)?.ok_or(Error::not_found("key"))?;
                Ok((row, key.private_der))
            })
            .await?;
        let key = SigningKey::from_der(&Urls::key(&row.ap_id), &der)
            .map_err(|e| Error::Fault(store::StoreError::Unheeded(e.to_string())))?;
        if let Ok(mut lru) = self.0.signing.lock() {
            lru.put(actor, key.clone());
        }
        Ok(key)
    }

    /// The key the instance actor signs GETs with; `None` before the setup.
    ///
    /// # Errors
    /// Faults.
    pub async fn instance_key(&self) -> Outcome<Option<SigningKey>> {
        let id = self
            .store()
            .read(|db| store::actor::instance(db).map_err(Error::from))
            .await?
            .map(|row| row.id);
        match id {
            Some(id) => self.signing_key(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The actor has a new key, or must not sign any more: forget the ready one.
    pub fn forget_signing_key(&self, actor: ActorId) {
        if let Ok(mut lru) = self.0.signing.lock() {
            lru.pop(&actor);
        }
    }

    /// A remote key made ready from its PEM, kept under the PEM itself so that a rotated key is
    /// never mistaken for the old one.
    #[must_use]
    pub fn verifying_key(&self, pem: &str) -> Option<VerifyingKey> {
        let mut lru = self.0.verifying.lock().ok()?;
        if let Some(key) = lru.get(pem) {
            return Some(key.clone());
        }
        let key = VerifyingKey::from_pem(pem).ok()?;
        lru.put(pem.to_owned(), key.clone());
        Some(key)
    }
}
