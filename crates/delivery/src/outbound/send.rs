//! Sends one delivery and classifies its result.

use super::activity_cache::ActivityCache;
use super::failure_policy::{DeliveryOutcome, RefusalMeaning};
use super::{DeliveryHooks, HookError};
use client::{Client, SignedPost};
use metrics::{counter, histogram};
use std::sync::Arc;
use store::{Store, row};
use tokio::time::Instant;
use tracing::Instrument;
use url::Url;

/// What all deliveries of a process share.
pub(super) struct Sender {
    pub store: Store,
    pub client: Client,
    pub hooks: Arc<dyn DeliveryHooks>,
    pub activities: ActivityCache,
}

impl Sender {
    /// Signs and posts one activity. A fault of this instance leaves the row as it is.
    pub(super) async fn send(
        &self,
        row: &row::Delivery,
        refusal: RefusalMeaning,
    ) -> DeliveryOutcome {
        let began = Instant::now();
        let span = tracing::info_span!("delivery", inbox = %row.inbox, id = %row.id);
        let outcome = match self.post(row, refusal).instrument(span).await {
            Ok(outcome) => outcome,
            Err(HookError::Impossible(why)) => {
                DeliveryOutcome::SetAside(format!("it cannot be signed: {why}"))
            }
            Err(HookError::Fault(fault)) => {
                tracing::error!(fault, id = %row.id, "delivery not attempted");
                DeliveryOutcome::NotAttempted
            }
        };
        tracing::debug!(inbox = %row.inbox, ?outcome, "delivery");
        counter!("hedgerow_deliveries_total", "outcome" => outcome.name()).increment(1);
        histogram!("hedgerow_delivery_seconds").record(began.elapsed());
        outcome
    }

    async fn post(
        &self,
        row: &row::Delivery,
        refusal: RefusalMeaning,
    ) -> Result<DeliveryOutcome, HookError> {
        let activity = self.activities.get(&self.store, row.activity_id).await?;
        let key = self.hooks.signing_key(&activity).await?;
        let inbox = match Url::parse(&row.inbox) {
            Ok(inbox) => inbox,
            Err(error) => {
                let why = format!("the inbox is no URL: {error}");
                return Ok(DeliveryOutcome::SetAside(why));
            }
        };
        tracing::trace!(%inbox, kind = activity.kind, "posting");
        let extra_headers = self.hooks.extra_headers(&activity, row.peer_id).await?;
        let post = SignedPost {
            body: activity.json.clone(),
            content_type: self.hooks.content_type(),
            key: &key,
            extra_headers: &extra_headers,
        };
        let posted = self.client.post(&inbox, post).await;
        match DeliveryOutcome::of(posted.map(|_| ()), row.attempts, refusal) {
            DeliveryOutcome::InboxGone => Ok(if self.hooks.inbox_gone(&row.inbox).await? {
                DeliveryOutcome::Delivered
            } else {
                DeliveryOutcome::shared_inbox_gone()
            }),
            other => Ok(other),
        }
    }
}
