//! Builds outgoing activities: each is rendered once, with its recipients; those of a job are stored and queued
//! together.

use super::fan_out::{
    FanOut, PendingFanOut, RecipientInboxes, Recipients, continue_fan_out, lost_lease, next_chunk,
    queue,
};
use super::subject::Subject;
use crate::context::Federation;
use crate::json::{self, unwritable};
use crate::kinds::address::to_followers;
use delivery::outbound::{ACCEPTED_INTERVAL_SECONDS, may_be_delivered};
use domain::{Error, Outcome, Tx};
use model::job::Payload;
use model::peer::AnnounceForm;
use model::{ActivityId, ActorId, Audience, JobId, PeerId, PostId, Time, Urls};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::sync::Arc;
use store::queue::delivery::Withdrawn;
use store::row;
use vocab::Activity;
use vocab::activity::Forward;

/// The most activities with the same recipients that are queued side by side.
const GROUPED: usize = 8;

/// Builds the activities of one job.
pub(crate) struct ActivityBuilder {
    fed: Federation,
    /// Mints the URLs of activities.
    pub urls: Urls,
    pub now: Time,
    job: JobId,
    order: String,
}

/// An activity with its recipients.
#[derive(Debug, Clone)]
pub(crate) struct OutgoingActivity {
    pub row: row::Activity,
    pub to: Vec<Recipients>,
    /// The thread that it announces by id.
    pub announces: Option<PostId>,
    /// The post that it deletes, whose activities are removed from outboxes.
    pub retracts: Option<PostId>,
    /// Whether deliveries that still wait of that post are withdrawn: it was written here.
    pub withdraws: bool,
}

/// Returns the order key of a conversation.
pub(crate) fn thread_order(root: PostId) -> String {
    format!("thread {root}")
}

/// Returns the order key of an actor's own activities.
pub(crate) fn actor_order(actor: ActorId) -> String {
    format!("actor {actor}")
}

/// Returns the order key of the follow between two actors.
pub(crate) fn follow_order(follower: ActorId, target: ActorId) -> String {
    format!("follow {follower} {target}")
}

impl ActivityBuilder {
    /// Creates a builder for one job, whose activities share an order key.
    pub fn new(fed: &Federation, job: JobId, order: String) -> Outcome<Self> {
        Ok(Self {
            urls: fed.urls()?,
            now: fed.ops().now(),
            fed: fed.clone(),
            job,
            order,
        })
    }

    /// Mints the id of an activity, and its URL.
    pub fn mint(&self) -> (ActivityId, String) {
        let id = self.fed.ops().id();
        (id, self.urls.activity(id))
    }

    /// Creates an outgoing activity. `purpose` distinguishes it from the job's other activities.
    pub fn outgoing(
        &self,
        id: ActivityId,
        purpose: &str,
        from: &row::Actor,
        activity: &Activity,
    ) -> Outcome<OutgoingActivity> {
        let json = json::document(activity)?;
        let mut outgoing = self.finished(id, purpose, from, &activity.kind, json);
        outgoing.is_about(Subject::of(activity));
        Ok(outgoing)
    }

    /// Creates a community's Announce of an activity, its bytes unchanged, for its followers.
    pub fn forward(
        &self,
        purpose: &str,
        community: &row::Actor,
        audience: Audience,
        activity: &str,
    ) -> Outcome<OutgoingActivity> {
        let (id, url) = self.mint();
        let json = forward(&url, community, audience, self.now, activity)?;
        let mut outgoing = self.finished(id, purpose, community, "Announce", json);
        if let Ok(inner) = serde_json::from_str::<Activity>(activity) {
            outgoing.is_about(Subject::of_announced(&inner));
        }
        Ok(outgoing.to(vec![Recipients::Followers(community.id)]))
    }

    fn finished(
        &self,
        id: ActivityId,
        purpose: &str,
        from: &row::Actor,
        kind: &str,
        json: String,
    ) -> OutgoingActivity {
        OutgoingActivity {
            row: row::Activity {
                id,
                // The id of the row; a Follow or Like has another ActivityPub id.
                ap_id: self.urls.activity(id),
                actor_id: from.id,
                kind: kind.to_owned(),
                once_key: format!("job {} {purpose}", self.job),
                order_key: self.order.clone(),
                subject: self.urls.activity(id),
                form: None,
                origin_peer_id: None,
                signing_key_id: None,
                public: false,
                post_id: None,
                json,
                created_at: self.now,
            },
            to: Vec::new(),
            announces: None,
            retracts: None,
            withdraws: false,
        }
    }

    /// Stores the activities and queues them; skips those that are stored already. What does not fit one
    /// transaction continues in a job that replaces this one and that newer activities of the conversation
    /// wait for: so only the last activities of a job may have many recipients.
    pub async fn enqueue(&self, activities: Vec<OutgoingActivity>) -> Outcome<()> {
        if activities.is_empty() {
            return Ok(());
        }
        let to = activities.iter().flat_map(|outgoing| &outgoing.to);
        let audience = Arc::new(RecipientInboxes::read(&self.fed, to).await?);
        let (job, known) = (self.job, Arc::clone(&audience));
        let post = move |tx: &mut Tx<'_>| {
            let fresh = freeze(tx, job, &activities)?;
            let untold = withdraw(tx, &fresh)?;
            let (mut deliveries, rest) = next_chunk(&group_by_recipients(&fresh), &known);
            deliveries.retain(|delivery| !untold.contains(&delivery.inbox));
            queue(tx, deliveries)?;
            if !rest.is_empty() {
                let pending = rest.clone();
                if !store::queue::jobs::replace(tx.db, job, &FanOut { pending })? {
                    return Err(Error::not_found("job"));
                }
            }
            Ok(rest)
        };
        let rest = self.fed.ops().write(post).await?;
        continue_fan_out(&self.fed, job, rest, audience).await
    }
}

/// Stores the activities; returns those that were not stored already.
fn freeze<'a>(
    tx: &mut Tx<'_>,
    job: JobId,
    activities: &'a [OutgoingActivity],
) -> Outcome<Vec<&'a OutgoingActivity>> {
    let mut fresh = Vec::with_capacity(activities.len());
    for outgoing in activities {
        if store::queue::activity::freeze(tx.db, &outgoing.row)? != outgoing.row.id {
            continue;
        }
        if let Some(thread) = outgoing.announces {
            store::post::set_announce(tx.db, thread, Some(&outgoing.row.ap_id))?;
        }
        if let Some(post) = outgoing.retracts {
            store::queue::activity::hide(tx.db, post)?;
        }
        fresh.push(outgoing);
    }
    // This run lost its lease to one that is still queueing what it stored: success here would delete the job's
    // row, and with it the rest.
    if fresh.len() < activities.len()
        && store::queue::jobs::kind(tx.db, job)?.is_some_and(|kind| kind == FanOut::KIND)
    {
        return Err(lost_lease());
    }
    Ok(fresh)
}

/// Withdraws what still waits of deleted posts that were written here. Returns the inboxes that have nothing of
/// them, and so need no Delete.
fn withdraw(tx: &mut Tx<'_>, activities: &[&OutgoingActivity]) -> Outcome<HashSet<String>> {
    let mut untold = HashSet::new();
    let retracting = activities.iter().filter(|outgoing| outgoing.withdraws);
    for post in retracting.filter_map(|outgoing| outgoing.retracts) {
        let carrying = store::queue::activity::carrying(tx.db, post)?;
        let Some(first) = carrying.iter().map(|(_, at)| *at).min() else {
            continue;
        };
        let ids: Vec<ActivityId> = carrying.into_iter().map(|(id, _)| id).collect();
        let (untouched, uncertain): (Vec<_>, Vec<_>) =
            store::queue::delivery::withdraw(tx.db, &ids)?
                .into_iter()
                .partition(|row| has_nothing_since(row, first));
        untold.extend(untouched.into_iter().map(|row| row.inbox));
        for row in uncertain {
            untold.remove(&row.inbox);
        }
    }
    Ok(untold)
}

/// Whether a peer has certainly accepted nothing since a time, nothing is in flight to it, and no try of this
/// delivery ended without an answer.
fn has_nothing_since(row: &Withdrawn, time: Time) -> bool {
    let accepted = row
        .accepted_at
        .map(|at| at.plus_seconds(ACCEPTED_INTERVAL_SECONDS));
    let failed_late = row.last_error.as_deref().is_some_and(may_be_delivered);
    row.lane_holder == 0 && accepted < Some(time) && !failed_late
}

/// Groups adjacent activities with the same recipients.
fn group_by_recipients(activities: &[&OutgoingActivity]) -> Vec<PendingFanOut> {
    let mut all: Vec<PendingFanOut> = Vec::new();
    for outgoing in activities {
        match all.last_mut() {
            Some(before) if before.to == outgoing.to && before.activities.len() < GROUPED => {
                before.activities.push(outgoing.row.id);
            }
            _ => all.push(PendingFanOut {
                activities: vec![outgoing.row.id],
                to: outgoing.to.clone(),
                after: String::new(),
            }),
        }
    }
    all
}

impl OutgoingActivity {
    /// Sets its recipients.
    pub fn to(mut self, to: Vec<Recipients>) -> Self {
        self.to = to;
        self
    }

    /// Sets what it is about, if that is known.
    fn is_about(&mut self, subject: Subject) {
        if let Some(id) = subject.id {
            self.row.subject = id;
        }
        self.row.form = subject.form;
    }

    /// Sets its form, where not every peer takes it.
    pub fn in_form(mut self, form: Option<AnnounceForm>) -> Self {
        self.row.form = form;
        self
    }

    /// Sets the server of the actor whose activity it announces.
    pub fn originating_at(mut self, peer: Option<PeerId>) -> Self {
        self.row.origin_peer_id = peer;
        self
    }

    /// Adds it to its actor's outbox.
    pub fn in_outbox(mut self) -> Self {
        self.row.public = true;
        self
    }

    /// Adds it to its actor's outbox until its post is deleted.
    pub fn in_outbox_with(mut self, post: PostId) -> Self {
        self.row.post_id = Some(post);
        self.carrying(post).in_outbox()
    }

    /// Marks it as one that carries a post, which is withdrawn with the post where it still waits.
    pub fn carrying(mut self, post: PostId) -> Self {
        self.row.once_key = format!("post {post} {}", self.row.once_key);
        self
    }

    /// Marks it as the Announce of a thread by id.
    pub fn announcing(mut self, thread: PostId) -> Self {
        self.announces = Some(thread);
        self
    }

    /// Whether it has no recipients and is not in an outbox.
    pub fn has_no_effect(&self) -> bool {
        self.to.is_empty() && !self.row.public
    }
}

/// Returns the remote ones among these as recipients; `None` where there are none.
pub(crate) fn remote<'a>(actors: impl IntoIterator<Item = &'a row::Actor>) -> Option<Recipients> {
    let mut ids: Vec<ActorId> = actors
        .into_iter()
        .filter(|actor| actor.peer_id.is_some())
        .map(|actor| actor.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    (!ids.is_empty()).then_some(Recipients::Actors(ids))
}

/// Renders a community's Announce of an activity, its bytes unchanged (FEP-1b12).
///
/// # Errors
/// A fault when `activity` is not JSON.
fn forward(
    id: &str,
    community: &row::Actor,
    audience: Audience,
    now: Time,
    activity: &str,
) -> Outcome<String> {
    let (to, cc) = to_followers(community, audience);
    let raw = RawValue::from_string(activity.to_owned()).map_err(unwritable)?;
    let announce = Forward::new(id, &community.ap_id, (&to, &cc), now.utc(), &raw);
    serde_json::to_string(&announce).map_err(unwritable)
}

/// Renders a community's Announce of a reply for its outbox, where no remote actor follows it: it is stored in
/// the transaction of the reply.
///
/// # Errors
/// A fault when the bytes are not JSON.
pub(crate) fn prepared_announcement(
    fed: &Federation,
    community: &row::Actor,
    thread: PostId,
    audience: Audience,
    activity: &str,
) -> Outcome<row::Activity> {
    // Ids are unique over all tables: this one is used in place of a job's.
    let builder = ActivityBuilder::new(fed, fed.ops().id(), thread_order(thread))?;
    let outgoing = builder.forward("announce", community, audience, activity)?;
    Ok(outgoing.in_outbox().row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::samples::weavers;
    use vocab::PUBLIC;

    #[test]
    fn what_is_forwarded_keeps_every_byte() {
        let theirs = r#"{ "type":"Create","proof": {"b":1, "a":2.50},"object":"x" }"#;
        let json = forward(
            "https://alpha.test/activities/1",
            &weavers(),
            model::Audience::Public,
            Time::from_unix_millis(0),
            theirs,
        )
        .unwrap();
        assert!(json.contains(theirs), "{json}");
        let read: Activity = serde_json::from_str(&json).unwrap();
        assert_eq!(read.kind, "Announce");
        assert_eq!(read.to, [PUBLIC]);
        assert_eq!(read.cc, ["https://alpha.test/c/weavers/followers"]);
        assert!(
            read.published.is_some(),
            "GoToSocial (0.20) logs each without"
        );
        let unlisted = forward(
            "https://alpha.test/activities/1",
            &weavers(),
            model::Audience::Unlisted,
            Time::from_unix_millis(0),
            theirs,
        )
        .unwrap();
        let read: Activity = serde_json::from_str(&unlisted).unwrap();
        assert_eq!(read.readers(None), vocab::Audience::Unlisted);
    }
}
