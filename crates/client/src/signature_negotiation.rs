//! Chooses the signature form for each host: the one it accepted last, the draft while that is
//! unknown. Kept in memory, and for hosts that differ from the default in [`SignatureForms`], so that
//! a restart does not forget them. No request waits for the storage except the first.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use httpsig::SignatureForm;
use lru::LruCache;
use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::OnceCell;

/// The number of hosts kept in memory.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(65_536).unwrap();
/// How long a host that refused both forms is not tried in the second one again: its refusal is not
/// about the form.
const BOTH_REFUSED_TTL: TimeDelta = TimeDelta::seconds(600);

/// An error of the storage behind [`SignatureForms`], for the log.
pub type SignatureFormsError = Box<dyn Error + Send + Sync>;

/// Stores which signature form a host accepts, across restarts.
#[async_trait]
pub trait SignatureForms: Send + Sync {
    /// Loads the stored forms by host, at most `limit`.
    async fn load(&self, limit: usize)
    -> Result<Vec<(String, SignatureForm)>, SignatureFormsError>;

    /// Stores the form of a host; returns false where the host is not known to the storage.
    async fn save(&self, host: &str, form: SignatureForm) -> Result<bool, SignatureFormsError>;
}

/// The knowledge about a host.
#[derive(Debug, Clone, Copy, Default)]
struct HostForm {
    /// The form it accepted last in this process.
    accepted: Option<SignatureForm>,
    /// The stored form.
    stored: Option<SignatureForm>,
    /// Until this time a refusal is not taken as one of the form.
    both_refused_until: DateTime<Utc>,
}

/// Chooses the signature form for each host.
pub(super) struct SignatureNegotiation {
    hosts: Mutex<LruCache<String, HostForm>>,
    storage: OnceLock<Arc<dyn SignatureForms>>,
    loaded: OnceCell<()>,
}

impl Default for SignatureNegotiation {
    fn default() -> Self {
        Self {
            hosts: Mutex::new(LruCache::new(CAPACITY)),
            storage: OnceLock::new(),
            loaded: OnceCell::new(),
        }
    }
}

impl SignatureNegotiation {
    /// Sets the storage, unless it is set already.
    pub(super) fn remember_in(&self, storage: Arc<dyn SignatureForms>) {
        let _ = self.storage.set(storage);
    }

    /// Returns the form for the next request to a host.
    pub(super) async fn form_for(&self, host: &str) -> SignatureForm {
        self.loaded.get_or_init(|| self.load()).await;
        let known = self.known(host);
        let form = known.accepted.or(known.stored);
        form.unwrap_or(SignatureForm::Draft)
    }

    /// Whether a refusal may be about the form. After a host has accepted the form, a 400 is about the
    /// request; a 401 may still be about the form, where a host drops the old one.
    pub(super) fn may_refuse_form(&self, host: &str, status: u16, now: DateTime<Utc>) -> bool {
        let known = self.known(host);
        let is_doubtful = match status {
            401 => true,
            400 => known.accepted.is_none(),
            _ => false,
        };
        is_doubtful && known.both_refused_until <= now
    }

    /// Records that a host accepted a form.
    pub(super) async fn accepted(&self, host: &str, form: SignatureForm) {
        let known = self.known(host);
        let default = known.stored.unwrap_or(SignatureForm::Draft);
        if known.accepted == Some(form) && form == default {
            return;
        }
        let stored = if form != default && self.save(host, form).await {
            Some(form)
        } else {
            known.stored
        };
        let updated = HostForm {
            accepted: Some(form),
            stored,
            both_refused_until: DateTime::default(),
        };
        self.lock().put(host.to_owned(), updated);
    }

    /// Records that a host refused both forms.
    pub(super) fn both_refused(&self, host: &str, now: DateTime<Utc>) {
        let updated = HostForm {
            both_refused_until: now + BOTH_REFUSED_TTL,
            ..self.known(host)
        };
        self.lock().put(host.to_owned(), updated);
    }

    fn known(&self, host: &str) -> HostForm {
        self.lock().get(host).copied().unwrap_or_default()
    }

    /// Stores a form; returns whether it is stored.
    async fn save(&self, host: &str, form: SignatureForm) -> bool {
        let Some(storage) = self.storage.get() else {
            return true;
        };
        storage.save(host, form).await.unwrap_or_else(|error| {
            tracing::warn!(
                error,
                host,
                form = form.as_str(),
                "signature form not saved"
            );
            false
        })
    }

    /// Loads the stored forms.
    async fn load(&self) {
        let Some(storage) = self.storage.get() else {
            return;
        };
        match storage.load(CAPACITY.get()).await {
            Ok(forms) => {
                let mut hosts = self.lock();
                for (host, form) in forms {
                    let stored = HostForm {
                        stored: Some(form),
                        ..HostForm::default()
                    };
                    hosts.put(host, stored);
                }
            }
            Err(error) => tracing::warn!(error, "signature forms not loaded"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<String, HostForm>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::SignatureForm::{Draft, Rfc9421};
    use super::*;
    use std::collections::HashMap;

    const HOST: &str = "beta.test";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    /// Storage in which only [`HOST`] is known.
    #[derive(Default)]
    struct Peers(Mutex<HashMap<String, SignatureForm>>);

    #[async_trait]
    impl SignatureForms for Peers {
        async fn load(
            &self,
            _limit: usize,
        ) -> Result<Vec<(String, SignatureForm)>, SignatureFormsError> {
            let forms = self.0.lock().unwrap().clone();
            Ok(forms.into_iter().collect())
        }

        async fn save(&self, host: &str, form: SignatureForm) -> Result<bool, SignatureFormsError> {
            if host != HOST {
                return Ok(false);
            }
            self.0.lock().unwrap().insert(host.to_owned(), form);
            Ok(true)
        }
    }

    #[tokio::test]
    async fn the_draft_is_sent_until_the_other_form_is_accepted() {
        let negotiation = SignatureNegotiation::default();
        assert_eq!(negotiation.form_for(HOST).await, Draft);
        assert!(negotiation.may_refuse_form(HOST, 400, now()));
        assert!(negotiation.may_refuse_form(HOST, 401, now()));
        assert!(!negotiation.may_refuse_form(HOST, 403, now()));
        negotiation.accepted(HOST, Rfc9421).await;
        assert_eq!(negotiation.form_for(HOST).await, Rfc9421);
        assert_eq!(negotiation.form_for("gamma.test").await, Draft);
        assert!(
            !negotiation.may_refuse_form(HOST, 400, now()),
            "it took this form, so it means the activity"
        );
        assert!(negotiation.may_refuse_form(HOST, 401, now()));
    }

    #[tokio::test]
    async fn a_host_that_refuses_both_forms_is_not_tried_twice_for_a_while() {
        let negotiation = SignatureNegotiation::default();
        negotiation.both_refused(HOST, now());
        for (later, doubled) in [(0, false), (599, false), (600, true)] {
            let then = now() + TimeDelta::seconds(later);
            assert_eq!(negotiation.may_refuse_form(HOST, 401, then), doubled);
        }
        negotiation.accepted(HOST, Draft).await;
        assert!(negotiation.may_refuse_form(HOST, 401, now()));
    }

    #[tokio::test]
    async fn a_form_that_is_not_the_default_survives_a_restart() {
        let peers = Arc::new(Peers::default());
        let stored = || peers.0.lock().unwrap().get(HOST).copied();
        let restarted = || {
            let negotiation = SignatureNegotiation::default();
            negotiation.remember_in(Arc::clone(&peers) as _);
            negotiation
        };
        restarted().accepted(HOST, Draft).await;
        assert_eq!(stored(), None, "the default is not stored");
        restarted().accepted("no.peer", Rfc9421).await;
        let negotiation = restarted();
        assert_eq!(negotiation.form_for(HOST).await, Draft);
        negotiation.accepted(HOST, Rfc9421).await;
        assert_eq!(stored(), Some(Rfc9421));
        let negotiation = restarted();
        assert_eq!(negotiation.form_for(HOST).await, Rfc9421);
        assert!(
            negotiation.may_refuse_form(HOST, 400, now()),
            "it may have changed"
        );
        negotiation.accepted(HOST, Draft).await;
        assert_eq!(stored(), Some(Draft));
        assert_eq!(negotiation.form_for(HOST).await, Draft);
        assert_eq!(restarted().form_for("no.peer").await, Draft);
    }
}
