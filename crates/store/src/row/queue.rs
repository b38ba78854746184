//! The rows of the durable queues: what goes out, what came in, what is to be done.

use crate::schema::*;
use diesel::prelude::*;
use model::peer::{AnnounceForm, DeliveryState, InboundState};
use model::{ActivityId, ActorId, DeliveryId, InboundId, JobId, KeyId, PeerId, PostId, Time};

/// A frozen activity.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = activity, treat_none_as_default_value = false)]
pub struct Activity {
    pub id: ActivityId,
    pub ap_id: String,
    pub actor_id: ActorId,
    pub kind: String,
    /// Only one row with this key is ever made, so that a job run twice sends once.
    pub once_key: String,
    pub order_key: String,
    /// What it is about: the id of an object or an activity. Later ones about the same wait for it.
    pub subject: String,
    /// The form of Announce it is, where not every peer takes that.
    pub form: Option<AnnounceForm>,
    /// The server of the actor whose activity a community announces.
    pub origin_peer_id: Option<PeerId>,
    /// The key that signs it; `None` for the newest of its actor.
    pub signing_key_id: Option<KeyId>,
    pub public: bool,
    /// The post whose words it carries.
    pub post_id: Option<PostId>,
    pub json: String,
    pub created_at: Time,
}

/// One activity to one inbox.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = delivery, treat_none_as_default_value = false)]
pub struct Delivery {
    pub id: DeliveryId,
    pub activity_id: ActivityId,
    pub peer_id: PeerId,
    pub inbox: String,
    pub order_key: String,
    /// Of its activity: a later delivery about the same waits for this one.
    pub subject: String,
    /// The form of Announce it is at this peer, where not every peer takes that.
    pub form: Option<AnnounceForm>,
    pub state: DeliveryState,
    pub attempts: i32,
    pub next_at: Time,
    pub last_error: Option<String>,
    pub created_at: Time,
}

/// A received activity.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = inbound, treat_none_as_default_value = false)]
pub struct Inbound {
    pub id: InboundId,
    pub guard: String,
    pub signer: String,
    pub host: String,
    pub kind: String,
    pub order_key: String,
    pub body: Option<String>,
    pub state: InboundState,
    pub reason: Option<String>,
    pub attempts: i32,
    pub run_at: Time,
    pub lease_until: Time,
    pub received_at: Time,
}

impl Inbound {
    /// The id of the activity, where it has one: the part of the idempotency key after the origin.
    #[must_use]
    pub fn activity_id(&self) -> Option<&str> {
        let id = self.guard.split(' ').nth(1)?;
        id.contains("://").then_some(id)
    }
}

/// A durable job.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job, treat_none_as_default_value = false)]
pub struct JobRow {
    pub id: JobId,
    pub kind: String,
    pub payload: String,
    pub order_key: Option<String>,
    pub dead: bool,
    pub attempts: i32,
    pub run_at: Time,
    pub lease_until: Time,
    pub last_error: Option<String>,
    pub created_at: Time,
}
