//! Activities on their way out: each rendered once, with its recipients; those of a job are frozen and
//! queued together.

use super::fan_out::{
    FanOut, PendingFanOut, RecipientInboxes, Recipients, elsewhere, go_on, next_chunk, queue,
};
use crate::context::Federation;
use crate::json::{self, unwritable};
use crate::kinds::address::to_followers;
use domain::{Error, Outcome, Tx};
use model::job::Payload;
use model::{ActivityId, ActorId, Audience, JobId, PostId, Time, Urls};
use serde_json::value::RawValue;
use std::sync::Arc;
use store::row;
use vocab::Activity;
use vocab::activity::Forward;

/// Activities with the same recipients that go out side by side, at most.
const GROUPED: usize = 8;

/// Builds the activities of one job.
pub(crate) struct ActivityBuilder {
    fed: Federation,
    /// Mints our URLs.
    pub urls: Urls,
    /// The moment.
    pub now: Time,
    job: JobId,
    order: String,
}

/// One activity and whom it goes to.
#[derive(Debug, Clone)]
pub(crate) struct OutgoingActivity {
    pub row: row::Activity,
    pub to: Vec<Recipients>,
    /// It announces this thread by id.
    pub announces: Option<PostId>,
    /// It takes this post away: what was said in it leaves the outboxes.
    pub retracts: Option<PostId>,
}

/// The key under which everything of one conversation keeps its order.
pub(crate) fn thread_order(root: PostId) -> String {
    format!("thread {root}")
}

/// The key under which what an actor says of itself keeps its order.
pub(crate) fn actor_order(actor: ActorId) -> String {
    format!("actor {actor}")
}

/// The key under which the follow between two keeps its order.
pub(crate) fn follow_order(follower: ActorId, target: ActorId) -> String {
    format!("follow {follower} {target}")
}

impl ActivityBuilder {
    /// A builder for one job, whose activities share an order key.
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

    /// Makes an outgoing activity. `purpose` tells it from the job's other activities.
    pub fn outgoing(
        &self,
        id: ActivityId,
        purpose: &str,
        from: &row::Actor,
        activity: &Activity,
    ) -> Outcome<OutgoingActivity> {
        let json = json::document(activity)?;
        Ok(self.finished(id, purpose, from, &activity.kind, json))
    }

    /// A community's Announce of an activity, bytes unchanged, to its followers.
    pub fn forward(
        &self,
        purpose: &str,
        community: &row::Actor,
        audience: Audience,
        activity: &str,
    ) -> Outcome<OutgoingActivity> {
        let (id, url) = self.mint();
        let json = forward(&url, community, audience, activity)?;
        let outgoing = self.finished(id, purpose, community, "Announce", json);
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
                // The row's own name; a Follow or Like is known to the world by another.
                ap_id: self.urls.activity(id),
                actor_id: from.id,
                kind: kind.to_owned(),
                once_key: format!("job {} {purpose}", self.job),
                order_key: self.order.clone(),
                public: false,
                post_id: None,
                json,
                created_at: self.now,
            },
            to: Vec::new(),
            announces: None,
            retracts: None,
        }
    }

    /// Freezes the activities and queues them, or does nothing with those that stood already. What does
    /// not fit one transaction goes on in the job's own place, which newer activities of its
    /// conversation wait behind: so only the last activities of a job may go to many.
    pub async fn enqueue(&self, activities: Vec<OutgoingActivity>) -> Outcome<()> {
        if activities.is_empty() {
            return Ok(());
        }
        let to = activities.iter().flat_map(|outgoing| &outgoing.to);
        let audience = Arc::new(RecipientInboxes::read(&self.fed, to).await?);
        let (job, known) = (self.job, Arc::clone(&audience));
        let post = move |tx: &mut Tx<'_>| {
            let fresh = freeze(tx, job, &activities)?;
            let (deliveries, rest) = next_chunk(&side_by_side(&fresh), &known);
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
        go_on(&self.fed, job, rest, audience).await
    }
}

/// Freezes the activities; answers those that did not stand already.
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
    // This run lost its lease to one that is still spreading what it froze: ending well here
    // would take the job's row, and with it what is left.
    if fresh.len() < activities.len()
        && store::queue::jobs::kind(tx.db, job)?.is_some_and(|kind| kind == FanOut::KIND)
    {
        return Err(elsewhere());
    }
    Ok(fresh)
}

/// Neighbours with the same recipients as one.
fn side_by_side(activities: &[&OutgoingActivity]) -> Vec<PendingFanOut> {
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
    /// Goes to these.
    pub fn to(mut self, to: Vec<Recipients>) -> Self {
        self.to = to;
        self
    }

    /// Stands in its actor's outbox.
    pub fn shown(mut self) -> Self {
        self.row.public = true;
        self
    }

    /// Stands in its actor's outbox as long as the post does whose words it carries.
    pub fn shown_with(mut self, post: PostId) -> Self {
        self.row.once_key = format!("post {post} {}", self.row.once_key);
        self.row.post_id = Some(post);
        self.shown()
    }

    /// Announces a thread by id.
    pub fn announcing(mut self, thread: PostId) -> Self {
        self.announces = Some(thread);
        self
    }

    /// Nobody gets it and nobody is shown it.
    pub fn is_idle(&self) -> bool {
        self.to.is_empty() && !self.row.public
    }
}

/// The remote ones among these, as recipients; nothing where there are none.
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

/// A community passes an activity on, its bytes unchanged (FEP-1b12), as a whole document.
///
/// # Errors
/// A fault when `activity` is not JSON.
fn forward(
    id: &str,
    community: &row::Actor,
    audience: Audience,
    activity: &str,
) -> Outcome<String> {
    let (to, cc) = to_followers(community, audience);
    let raw = RawValue::from_string(activity.to_owned()).map_err(unwritable)?;
    serde_json::to_string(&Forward::new(id, &community.ap_id, &to, &cc, &raw)).map_err(unwritable)
}

/// The community's Announce of a reply, for its outbox, where nobody elsewhere follows it: rendered
/// before the reply is taken in, and kept with it.
///
/// # Errors
/// A fault when the bytes are not JSON.
pub(crate) fn announced_at_once(
    fed: &Federation,
    community: &row::Actor,
    thread: PostId,
    audience: Audience,
    activity: &str,
) -> Outcome<row::Activity> {
    // Ids are unique over all tables: this one stands where a job's would.
    let builder = ActivityBuilder::new(fed, fed.ops().id(), thread_order(thread))?;
    let outgoing = builder.forward("announce", community, audience, activity)?;
    Ok(outgoing.shown().row)
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
            theirs,
        )
        .unwrap();
        assert!(json.contains(theirs), "{json}");
        let read: Activity = serde_json::from_str(&json).unwrap();
        assert_eq!(read.kind, "Announce");
        assert_eq!(read.to, [PUBLIC]);
        assert_eq!(read.cc, ["https://alpha.test/c/weavers/followers"]);
        let unlisted = forward(
            "https://alpha.test/activities/1",
            &weavers(),
            model::Audience::Unlisted,
            theirs,
        )
        .unwrap();
        let read: Activity = serde_json::from_str(&unlisted).unwrap();
        assert_eq!(read.readers(None), vocab::Audience::Unlisted);
    }
}
