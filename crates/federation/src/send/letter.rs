//! A letter: one activity, rendered, with whom it goes to. Letters are frozen and queued together.

use super::fan_out::{
    FanOut, PendingFanOut, RecipientInboxes, Recipients, elsewhere, go_on, next_chunk, queue,
};
use crate::render;
use crate::seam::Federation;
use domain::{Error, Outcome, Tx};
use model::job::Payload;
use model::{ActivityId, ActorId, Audience, JobId, PostId, Time, Urls};
use std::sync::Arc;
use store::row;
use vocab::Activity;

/// Letters with the same recipients that go out side by side, at most.
const ABREAST: usize = 8;

/// Writes the letters of one job.
pub(super) struct Desk {
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
pub(super) struct Letter {
    pub row: row::Activity,
    pub to: Vec<Recipients>,
    /// It announces this thread by id.
    pub announces: Option<PostId>,
    /// It takes this post away: what was said in it leaves the outboxes.
    pub unsays: Option<PostId>,
}

/// The key under which everything of one conversation keeps its order.
pub(super) fn thread_order(root: PostId) -> String {
    format!("thread {root}")
}

/// The key under which what an actor says of itself keeps its order.
pub(super) fn actor_order(actor: ActorId) -> String {
    format!("actor {actor}")
}

/// The key under which the follow between two keeps its order.
pub(super) fn follow_order(follower: ActorId, target: ActorId) -> String {
    format!("follow {follower} {target}")
}

impl Desk {
    /// A desk for one job, whose letters share an order key.
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

    /// An activity as a letter. `purpose` tells it from the job's other letters.
    pub fn letter(
        &self,
        id: ActivityId,
        purpose: &str,
        from: &row::Actor,
        activity: &Activity,
    ) -> Outcome<Letter> {
        let json = render::document(activity)?;
        Ok(self.finished(id, purpose, from, &activity.kind, json))
    }

    /// A community's Announce of an activity, bytes unchanged, to its followers.
    pub fn forward(
        &self,
        purpose: &str,
        community: &row::Actor,
        audience: Audience,
        activity: &str,
    ) -> Outcome<Letter> {
        let (id, url) = self.mint();
        let json = render::forward(&url, community, audience, activity)?;
        let letter = self.finished(id, purpose, community, "Announce", json);
        Ok(letter.to(vec![Recipients::Followers(community.id)]))
    }

    fn finished(
        &self,
        id: ActivityId,
        purpose: &str,
        from: &row::Actor,
        kind: &str,
        json: String,
    ) -> Letter {
        Letter {
            row: row::Activity {
                id,
                // The row's own name; a Follow or Like is known to the world by another.
                ap_id: self.urls.activity(id),
                actor_id: from.id,
                kind: kind.to_owned(),
                once_key: format!("job {} {purpose}", self.job),
                order_key: self.order.clone(),
                public: false,
                json,
                created_at: self.now,
            },
            to: Vec::new(),
            announces: None,
            unsays: None,
        }
    }

    /// Freezes the letters and queues them, or does nothing with those that stood already. What does
    /// not fit one transaction goes on in the job's own place, which newer letters of its
    /// conversation wait behind: so only the last letters of a job may go to many.
    pub async fn post(&self, letters: Vec<Letter>) -> Outcome<()> {
        if letters.is_empty() {
            return Ok(());
        }
        let to = letters.iter().flat_map(|letter| &letter.to);
        let audience = Arc::new(RecipientInboxes::read(&self.fed, to).await?);
        let (job, known) = (self.job, Arc::clone(&audience));
        let post = move |tx: &mut Tx<'_>| {
            let fresh = freeze(tx, job, &letters)?;
            let (stops, rest) = next_chunk(&side_by_side(&fresh), &known);
            queue(tx, stops)?;
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

/// Freezes the letters; answers those that did not stand already.
fn freeze<'a>(tx: &mut Tx<'_>, job: JobId, letters: &'a [Letter]) -> Outcome<Vec<&'a Letter>> {
    let mut fresh = Vec::with_capacity(letters.len());
    for letter in letters {
        if store::queue::activity::freeze(tx.db, &letter.row)? != letter.row.id {
            continue;
        }
        if let Some(thread) = letter.announces {
            store::post::set_announce(tx.db, thread, &letter.row.ap_id)?;
        }
        if let Some(post) = letter.unsays {
            store::queue::activity::hide(tx.db, post)?;
        }
        fresh.push(letter);
    }
    // This run lost its lease to one that is still spreading what it froze: ending well here
    // would take the job's row, and with it what is left.
    if fresh.len() < letters.len()
        && store::queue::jobs::kind(tx.db, job)?.is_some_and(|kind| kind == FanOut::KIND)
    {
        return Err(elsewhere());
    }
    Ok(fresh)
}

/// Neighbours with the same recipients as one.
fn side_by_side(letters: &[&Letter]) -> Vec<PendingFanOut> {
    let mut all: Vec<PendingFanOut> = Vec::new();
    for letter in letters {
        match all.last_mut() {
            Some(before) if before.to == letter.to && before.activities.len() < ABREAST => {
                before.activities.push(letter.row.id);
            }
            _ => all.push(PendingFanOut {
                activities: vec![letter.row.id],
                to: letter.to.clone(),
                after: String::new(),
            }),
        }
    }
    all
}

impl Letter {
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
pub(super) fn remote<'a>(actors: impl IntoIterator<Item = &'a row::Actor>) -> Option<Recipients> {
    let mut ids: Vec<ActorId> = actors
        .into_iter()
        .filter(|actor| actor.peer_id.is_some())
        .map(|actor| actor.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    (!ids.is_empty()).then_some(Recipients::Actors(ids))
}
