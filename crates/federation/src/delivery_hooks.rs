//! Connects `Federation` to the delivery queues: keys, headers, and the effects of a 410.

use crate::context::Federation;
use crate::sync;
use async_trait::async_trait;
use delivery::Context;
use delivery::outbound::{Activity, DeliveryHooks, HookError, Scheduler};
use domain::{Error, Outcome};
use http::HeaderName;
use httpsig::SigningKey;
use model::job::{CatchUp, ReportRefusal};
use model::{ActivityId, PeerId, Time};
use std::sync::Arc;
use store::{Db, StoreError};

#[async_trait]
impl DeliveryHooks for Federation {
    fn content_type(&self) -> &'static str {
        vocab::CONTENT_TYPE
    }

    async fn signing_key(&self, activity: &Activity) -> Result<SigningKey, HookError> {
        let key = match activity.signing_key {
            Some(key) => self.earlier_signing_key(activity.actor, key).await,
            None => Self::signing_key(self, activity.actor).await,
        };
        key.map_err(hook_error)
    }

    async fn extra_headers(
        &self,
        activity: &Activity,
        peer: PeerId,
    ) -> Result<Vec<(HeaderName, String)>, HookError> {
        let header = sync::header(self, activity, peer).await;
        let name = HeaderName::from_static(sync::NAME);
        let header = header.map_err(hook_error)?.map(|text| (name, text));
        Ok(header.into_iter().collect())
    }

    async fn inbox_gone(&self, inbox: &str) -> Result<bool, HookError> {
        let inbox = inbox.to_owned();
        let ended = self
            .ops()
            .write(move |tx| domain::follow::inbox_gone(tx, &inbox))
            .await;
        ended.map_err(hook_error)
    }

    fn refused(
        &self,
        db: &mut Db,
        activity: ActivityId,
        peer: PeerId,
        now: Time,
    ) -> Result<(), StoreError> {
        let refused = store::queue::activity::by_id(db, activity)?;
        let created = refused.filter(|activity| activity.kind == "Create");
        let Some(post) = created.and_then(|activity| activity.post_id) else {
            return Ok(());
        };
        let (job, id) = (ReportRefusal { post, peer }, self.ops().id());
        Ok(store::queue::jobs::insert(db, id, &job, now, now)?)
    }

    fn peer_revived(&self, db: &mut Db, peer: PeerId, now: Time) -> Result<(), StoreError> {
        let after = ActivityId::default();
        let job = CatchUp { peer, after };
        Ok(store::queue::jobs::insert(
            db,
            self.ops().id(),
            &job,
            now,
            now,
        )?)
    }
}

impl Federation {
    /// Returns what the delivery queues need from the instance.
    #[must_use]
    pub fn delivery_context(&self) -> Context {
        let (clock, waker) = (self.ops().clone(), self.ops().clone());
        Context {
            store: self.store().clone(),
            now: Arc::new(move || clock.now()),
            wake: Arc::new(move || waker.wake()),
        }
    }

    /// Creates the scheduler of outbound deliveries of this process.
    #[must_use]
    pub fn delivery_scheduler(&self) -> Scheduler {
        let hooks = Arc::new(self.clone());
        let holder = self.ops().id();
        Scheduler::new(
            &self.delivery_context(),
            self.client().clone(),
            hooks,
            holder,
        )
    }
}

/// Records that a peer has sent something; schedules what it missed if it was parked.
///
/// # Errors
/// Faults.
pub(crate) fn peer_seen(fed: &Federation, db: &mut Db, peer: PeerId, now: Time) -> Outcome<()> {
    if store::peer::record_contact(db, peer, now)? {
        fed.peer_revived(db, peer, now)?;
    }
    Ok(())
}

fn hook_error(error: Error) -> HookError {
    match error {
        Error::Refused(refusal) => HookError::Impossible(refusal.to_string()),
        Error::Fault(fault) => HookError::Fault(fault.to_string()),
    }
}
