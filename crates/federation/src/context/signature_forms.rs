//! Stores the signature form that a peer accepts in its row. A host that is no peer is not stored.

use async_trait::async_trait;
use client::{SignatureForms, SignatureFormsError};
use httpsig::SignatureForm;
use model::peer;
use store::{Store, StoreError};

/// The signature forms in the database.
pub(crate) struct PeerSignatureForms(Store);

impl PeerSignatureForms {
    pub(crate) const fn new(store: Store) -> Self {
        Self(store)
    }
}

#[async_trait]
impl SignatureForms for PeerSignatureForms {
    async fn load(
        &self,
        limit: usize,
    ) -> Result<Vec<(String, SignatureForm)>, SignatureFormsError> {
        let limit = i64::try_from(limit)?;
        let read = move |db: &mut store::Db| -> Result<_, StoreError> {
            Ok(store::peer::signature_forms(db, limit)?)
        };
        let rows = self.0.read(read).await?;
        let forms = rows.into_iter().map(|(host, form)| (host, from_row(form)));
        Ok(forms.collect())
    }

    async fn save(&self, host: &str, form: SignatureForm) -> Result<bool, SignatureFormsError> {
        let (host, form) = (host.to_owned(), to_row(form));
        let write = move |db: &mut store::Db| -> Result<bool, StoreError> {
            Ok(store::peer::set_signature_form(db, &host, form)?)
        };
        Ok(self.0.write_read_committed(write).await?)
    }
}

const fn from_row(form: peer::SignatureForm) -> SignatureForm {
    match form {
        peer::SignatureForm::Draft => SignatureForm::Draft,
        peer::SignatureForm::Rfc9421 => SignatureForm::Rfc9421,
    }
}

const fn to_row(form: SignatureForm) -> peer::SignatureForm {
    match form {
        SignatureForm::Draft => peer::SignatureForm::Draft,
        SignatureForm::Rfc9421 => peer::SignatureForm::Rfc9421,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{PeerId, Time};

    const HOST: &str = "beta.test";

    #[tokio::test]
    async fn the_form_of_a_peer_is_stored_and_of_no_other_host() {
        let store = store::testing::sqlite();
        let met = |db: &mut store::Db| -> Result<_, StoreError> {
            let now = Time::from_unix_millis(1_800_000_000_000);
            Ok(store::peer::get_or_insert(db, PeerId(1), HOST, now)?)
        };
        store.write_read_committed(met).await.unwrap();
        let forms = PeerSignatureForms::new(store.clone());
        assert_eq!(forms.load(10).await.unwrap(), []);
        for form in [SignatureForm::Rfc9421, SignatureForm::Draft] {
            assert!(forms.save(HOST, form).await.unwrap());
            assert!(!forms.save("no.peer", form).await.unwrap());
            assert_eq!(forms.load(10).await.unwrap(), [(HOST.to_owned(), form)]);
        }
    }
}
