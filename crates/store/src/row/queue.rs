//! The rows of the durable queues: what goes out, what came in, what is to be done.

use crate::schema::*;
use diesel::prelude::*;
use model::peer::{DeliveryState, InboundState};
use model::{ActivityId, ActorId, DeliveryId, InboundId, JobId, PeerId, Time};

/// A frozen activity.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = activity, treat_none_as_default_value = false)]
pub struct Activity {
    /// Id.
    pub id: ActivityId,
    /// Ap id.
    pub ap_id: String,
    /// Actor id.
    pub actor_id: ActorId,
    /// Kind.
    pub kind: String,
    /// Only one row with this key is ever made, so that a job run twice sends once.
    pub once_key: String,
    /// Order key.
    pub order_key: String,
    /// Public.
    pub public: bool,
    /// Json.
    pub json: String,
    /// Created at.
    pub created_at: Time,
}

/// One activity to one inbox.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = delivery, treat_none_as_default_value = false)]
pub struct Delivery {
    /// Id.
    pub id: DeliveryId,
    /// Activity id.
    pub activity_id: ActivityId,
    /// Peer id.
    pub peer_id: PeerId,
    /// Inbox.
    pub inbox: String,
    /// Order key.
    pub order_key: String,
    /// State.
    pub state: DeliveryState,
    /// Attempts.
    pub attempts: i32,
    /// Next at.
    pub next_at: Time,
    /// Last error.
    pub last_error: Option<String>,
    /// Created at.
    pub created_at: Time,
}

/// A received activity.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = inbound, treat_none_as_default_value = false)]
pub struct Inbound {
    /// Id.
    pub id: InboundId,
    /// Guard.
    pub guard: String,
    /// Signer.
    pub signer: String,
    /// Host.
    pub host: String,
    /// Kind.
    pub kind: String,
    /// Order key.
    pub order_key: String,
    /// Body.
    pub body: Option<String>,
    /// State.
    pub state: InboundState,
    /// Reason.
    pub reason: Option<String>,
    /// Attempts.
    pub attempts: i32,
    /// Run at.
    pub run_at: Time,
    /// Lease until.
    pub lease_until: Time,
    /// Received at.
    pub received_at: Time,
}

/// A durable job.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job, treat_none_as_default_value = false)]
pub struct JobRow {
    /// Id.
    pub id: JobId,
    /// Kind.
    pub kind: String,
    /// Payload.
    pub payload: String,
    /// Order key.
    pub order_key: Option<String>,
    /// Dead.
    pub dead: bool,
    /// Attempts.
    pub attempts: i32,
    /// Run at.
    pub run_at: Time,
    /// Lease until.
    pub lease_until: Time,
    /// Last error.
    pub last_error: Option<String>,
    /// Created at.
    pub created_at: Time,
}
