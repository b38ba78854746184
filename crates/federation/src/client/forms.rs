//! In which form each host takes our signatures: the one it took last, the draft until we know
//! better. Kept in mind, and (where a host differs from the rest) in its peer's row, so that a
//! restart need not learn it again. Nothing here is asked of the database for each request.

use lru::LruCache;
use model::Time;
use model::peer::SignatureForm;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use store::{Store, StoreError};
use tokio::sync::OnceCell;

/// Hosts kept in mind.
const HOSTS: NonZeroUsize = NonZeroUsize::new(65_536).unwrap();
/// As many are read from the database at the start.
const HOSTS_READ: i64 = 65_536;
/// A host that liked neither form is not asked twice for so long: it is not the form it dislikes.
const NEITHER_SECONDS: i64 = 600;

/// What is known of a host.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// The form it took last; `None` where it has taken none yet.
    takes: Option<SignatureForm>,
    /// What its row says.
    kept: Option<SignatureForm>,
    /// Until when a refusal is taken at its word.
    settled_until: Time,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            takes: None,
            kept: None,
            settled_until: Time::from_unix_millis(0),
        }
    }
}

/// The memory of forms.
pub(super) struct Forms {
    known: Mutex<LruCache<String, Known>>,
    store: OnceLock<Store>,
    read: OnceCell<()>,
}

impl Default for Forms {
    fn default() -> Self {
        Self {
            known: Mutex::new(LruCache::new(HOSTS)),
            store: OnceLock::new(),
            read: OnceCell::new(),
        }
    }
}

impl Forms {
    /// From now on what is learnt is kept there, and what was kept there is known.
    pub(super) fn keep_in(&self, store: &Store) {
        // A client that two engines hold keeps its forms with the first.
        let _ = self.store.set(store.clone());
    }

    /// The form for a host's next request.
    pub(super) async fn of(&self, host: &str) -> SignatureForm {
        self.read.get_or_init(|| self.recall()).await;
        let known = self.lock().get(host).copied().unwrap_or_default();
        known.takes.or(known.kept).unwrap_or(SignatureForm::Draft)
    }

    /// Whether a refusal may mean the form. A host that has taken this form before means something
    /// else by 400; 401 it may say when it gives up on the old one.
    pub(super) fn may_mean_the_form(&self, host: &str, status: u16, now: Time) -> bool {
        let known = self.lock().get(host).copied().unwrap_or_default();
        let doubtful = match status {
            401 => true,
            400 => known.takes.is_none(),
            _ => false,
        };
        doubtful && known.settled_until <= now
    }

    /// A host took a form.
    pub(super) async fn took(&self, host: &str, form: SignatureForm) {
        let known = self.lock().get(host).copied().unwrap_or_default();
        let usual = known.kept.unwrap_or(SignatureForm::Draft);
        if known.takes == Some(form) && form == usual {
            return;
        }
        let learnt = Known {
            takes: Some(form),
            kept: if form != usual && self.keep(host, form).await {
                Some(form)
            } else {
                known.kept
            },
            settled_until: Time::from_unix_millis(0),
        };
        self.lock().put(host.to_owned(), learnt);
    }

    /// A host took neither.
    pub(super) fn took_neither(&self, host: &str, now: Time) {
        let mut all = self.lock();
        let known = all.get(host).copied().unwrap_or_default();
        let until = now.plus_seconds(NEITHER_SECONDS);
        all.put(
            host.to_owned(),
            Known {
                settled_until: until,
                ..known
            },
        );
    }

    /// Writes it down; answers whether it stands, which it does not for a host that is no peer yet.
    async fn keep(&self, host: &str, form: SignatureForm) -> bool {
        let Some(store) = self.store.get() else {
            return true;
        };
        let name = host.to_owned();
        let kept = store
            .write_read_committed(move |db| -> Result<bool, StoreError> {
                Ok(store::peer::set_signature_form(db, &name, form)?)
            })
            .await;
        kept.unwrap_or_else(|error| {
            tracing::warn!(%error, host, "the form of its signatures could not be kept");
            false
        })
    }

    /// Reads what was written down before.
    async fn recall(&self) {
        let Some(store) = self.store.get() else {
            return;
        };
        let read = |db: &mut store::Db| -> Result<_, StoreError> {
            Ok(store::peer::signature_forms(db, HOSTS_READ)?)
        };
        match store.read(read).await {
            Ok(forms) => {
                let mut known = self.lock();
                for (host, form) in forms {
                    let kept = Known {
                        kept: Some(form),
                        ..Known::default()
                    };
                    known.put(host, kept);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the forms of signatures could not be read");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PeerId;
    use model::peer::SignatureForm::{Draft, Rfc9421};

    const HOST: &str = "beta.test";

    fn now() -> Time {
        Time::from_unix_millis(1_800_000_000_000)
    }

    #[tokio::test]
    async fn everybody_is_sent_the_draft_until_they_take_the_other() {
        let forms = Forms::default();
        assert_eq!(forms.of(HOST).await, Draft);
        assert!(forms.may_mean_the_form(HOST, 400, now()));
        assert!(forms.may_mean_the_form(HOST, 401, now()));
        assert!(!forms.may_mean_the_form(HOST, 403, now()));
        forms.took(HOST, Rfc9421).await;
        assert_eq!(forms.of(HOST).await, Rfc9421);
        assert_eq!(forms.of("gamma.test").await, Draft);
        assert!(
            !forms.may_mean_the_form(HOST, 400, now()),
            "it took this form, so it means the activity"
        );
        assert!(forms.may_mean_the_form(HOST, 401, now()));
    }

    #[tokio::test]
    async fn who_takes_neither_is_not_asked_twice_for_a_while() {
        let forms = Forms::default();
        forms.took_neither(HOST, now());
        for (later, doubled) in [(0, false), (599, false), (600, true)] {
            let then = now().plus_seconds(later);
            assert_eq!(forms.may_mean_the_form(HOST, 401, then), doubled);
        }
        forms.took(HOST, Draft).await;
        assert!(forms.may_mean_the_form(HOST, 401, now()));
    }

    #[tokio::test]
    async fn what_differs_from_the_rest_survives_a_restart() {
        let store = store::testing::sqlite();
        let met = |db: &mut store::Db| -> Result<_, StoreError> {
            Ok(store::peer::meet(db, PeerId(1), HOST, now())?)
        };
        store.write_read_committed(met).await.unwrap();
        let row = async || {
            let read = |db: &mut store::Db| -> Result<_, StoreError> {
                Ok(store::peer::by_host(db, HOST)?.unwrap().signature_form)
            };
            store.read(read).await.unwrap()
        };
        let restarted = || {
            let forms = Forms::default();
            forms.keep_in(&store);
            forms
        };
        restarted().took(HOST, Draft).await;
        assert_eq!(row().await, None, "what everybody takes is not written");
        restarted().took("no.peer", Rfc9421).await;
        let forms = restarted();
        assert_eq!(forms.of(HOST).await, Draft);
        forms.took(HOST, Rfc9421).await;
        assert_eq!(row().await, Some(Rfc9421));
        let forms = restarted();
        assert_eq!(forms.of(HOST).await, Rfc9421);
        assert!(
            forms.may_mean_the_form(HOST, 400, now()),
            "it may have changed"
        );
        forms.took(HOST, Draft).await;
        assert_eq!((row().await, forms.of(HOST).await), (Some(Draft), Draft));
        assert_eq!(restarted().of("no.peer").await, Draft);
    }
}
