//! Announces the activities of peers in a local community to its followers, their bytes unchanged (FEP-1b12),
//! because they may contain a proof over properties that we do not know.

use super::discussion::{announce, is_open, undo_announce};
use crate::context::Federation;
use crate::outgoing::builder::{ActivityBuilder, OutgoingActivity, thread_order};
use delivery::jobs::Job;
use domain::{Error, Outcome};
use model::fact::Relay;
use model::job::{AnnounceThread, JobError};
use model::{ActorId, Audience, JobId, PeerId, PostId, PostState};
use store::row;
use vocab::Activity;

impl Job<Federation> for Relay {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(relay(fed, id, self).await?)
    }
}

impl Job<Federation> for AnnounceThread {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(announce_thread(fed, id, self.community, self.post).await?)
    }
}

async fn relay(fed: &Federation, job: JobId, relay: &Relay) -> Outcome<()> {
    let activity: Activity = vocab::parse(relay.activity.as_bytes())
        .ok()
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or(Error::not_found("activity"))?;
    let context = read(fed, relay, &activity).await?;
    let Some(context) = context.filter(|context| context.may_be_announced(&activity.kind)) else {
        return Ok(());
    };
    let builder = ActivityBuilder::new(fed, job, thread_order(relay.thread))?;
    let audience = context
        .thread
        .map_or(Audience::Public, |post| post.audience);
    let community = &context.community;
    let mut announcement = builder
        .forward("announce", community, audience, &relay.activity)?
        .originating_at(context.origin);
    let mut announce_undo = None;
    // Only new posts are in the outbox, not likes and edits.
    match (activity.kind.as_str(), context.post) {
        ("Create", Some(post)) => announcement = announcement.in_outbox_with(post.id),
        ("Delete", Some(post)) => {
            // Software that shows boosts does not unwrap the Delete.
            announce_undo = undo_announce(&builder, community, &post)?;
            announcement.retracts = Some(post.id);
        }
        _ => {}
    }
    builder
        .enqueue([announcement].into_iter().chain(announce_undo).collect())
        .await
}

/// The community, thread and post of a peer's activity.
struct RelayContext {
    community: row::Actor,
    thread: Option<row::Post>,
    post: Option<row::Post>,
    /// The server of its actor.
    origin: Option<PeerId>,
}

impl RelayContext {
    /// Whether the community announces an activity of this type, as its thread and its post are by now.
    /// Of what waits for a moderator, or was hidden or removed meanwhile, only the removal is told.
    fn may_be_announced(&self, kind: &str) -> bool {
        let state = |post: &Option<row::Post>| post.as_ref().map(|post| post.state);
        let is_public = |state: Option<PostState>| {
            matches!(state, None | Some(PostState::Live | PostState::Tombstone))
        };
        match kind {
            "Delete" => true,
            "Create" | "Update" | "Like" => {
                is_public(state(&self.thread))
                    && matches!(state(&self.post), None | Some(PostState::Live))
            }
            _ => is_public(state(&self.thread)),
        }
    }
}

/// Reads the context of an activity; `None` where the thread is for members only.
async fn read(
    fed: &Federation,
    relay: &Relay,
    activity: &Activity,
) -> Outcome<Option<RelayContext>> {
    let (community, thread) = (relay.community, relay.thread);
    let post = activity.object_id().map(str::to_owned);
    let actor = activity.actor.clone();
    fed.store()
        .read(move |db| -> Outcome<_> {
            let thread = store::raw::post::by_id(db, thread)?;
            if let Some(thread) = &thread
                && !is_open(db, thread)?
            {
                return Ok(None);
            }
            let actor = match &actor {
                Some(ap_id) => store::raw::actor::by_ap_id(db, ap_id)?,
                None => None,
            };
            Ok(Some(RelayContext {
                origin: actor.and_then(|actor| actor.peer_id),
                community: community_of(db, community)?,
                thread,
                post: match post {
                    Some(ap_id) => store::raw::post::by_ap_id(db, &ap_id)?,
                    None => None,
                },
            }))
        })
        .await
}

fn community_of(db: &mut store::Db, id: ActorId) -> Outcome<row::Actor> {
    store::raw::actor::by_id(db, id)?.ok_or(Error::not_found("community"))
}

async fn announce_thread(
    fed: &Federation,
    job: JobId,
    community: ActorId,
    post: PostId,
) -> Outcome<()> {
    let (community, post, open) = fed
        .store()
        .read(move |db| -> Outcome<_> {
            let post = store::raw::post::by_id(db, post)?.ok_or(Error::not_found("post"))?;
            let open = post.state == PostState::Live && is_open(db, &post)?;
            Ok((community_of(db, community)?, post, open))
        })
        .await?;
    if !open || post.announce_id.is_some() {
        return Ok(());
    }
    let builder = ActivityBuilder::new(fed, job, thread_order(post.root_id))?;
    let outgoing: OutgoingActivity = announce(&builder, &community, &post)?;
    builder.enqueue(vec![outgoing]).await
}
