//! What a peer did in a community of ours, on its way to the community's followers: announced with
//! its bytes unchanged (FEP-1b12), because they may carry a proof over keys we do not know.

use super::discussion::{announce, withdraw};
use super::letter::{Desk, Letter, thread_order};
use crate::seam::Federation;
use domain::{Error, Outcome};
use model::fact::Relay;
use model::{ActorId, JobId, PostId, Visibility};
use store::row;
use vocab::Activity;

/// Announces a peer's activity to the community's followers.
///
/// # Errors
/// Faults; also when the bytes are no JSON any more.
pub async fn relay(fed: &Federation, job: JobId, relay: &Relay) -> Outcome<()> {
    let activity: Activity = vocab::parse(relay.activity.as_bytes())
        .ok()
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or(Error::not_found("activity"))?;
    let (community, thread, deleted) = read(fed, relay, &activity).await?;
    let desk = Desk::new(fed, job, thread_order(relay.thread))?;
    let visibility = thread.map_or(Visibility::Public, |post| post.visibility);
    let passed_on = desk.forward("announce", &community, visibility, &relay.activity)?;
    // The outbox tells what was said; votes and corrections would drown it.
    let mut letters = vec![if activity.kind == "Create" {
        passed_on.shown()
    } else {
        passed_on
    }];
    if let Some(post) = deleted {
        letters.extend(withdraw(&desk, &community, &post)?);
    }
    desk.post(letters).await
}

/// The community, the thread, and the post the activity has taken away, if it has: software that
/// shows boosts does not unwrap the Delete.
async fn read(
    fed: &Federation,
    relay: &Relay,
    activity: &Activity,
) -> Outcome<(row::Actor, Option<row::Post>, Option<row::Post>)> {
    let (community, thread) = (relay.community, relay.thread);
    let target = (activity.kind == "Delete").then(|| activity.object_id().map(str::to_owned));
    fed.store()
        .read(move |db| -> Outcome<_> {
            let community = community_of(db, community)?;
            let thread = store::discussion::by_id(db, thread)?;
            let deleted = match target.flatten() {
                Some(ap_id) => store::discussion::by_ap_id(db, &ap_id)?,
                None => None,
            };
            Ok((community, thread, deleted))
        })
        .await
}

fn community_of(db: &mut store::Db, id: ActorId) -> Outcome<row::Actor> {
    store::actor::by_id(db, id)?.ok_or(Error::not_found("community"))
}

/// Announces a thread by its id, once.
///
/// # Errors
/// Faults.
pub async fn announce_thread(
    fed: &Federation,
    job: JobId,
    community: ActorId,
    post: PostId,
) -> Outcome<()> {
    let (community, post) = fed
        .store()
        .read(move |db| -> Outcome<_> {
            let post = store::discussion::by_id(db, post)?.ok_or(Error::not_found("post"))?;
            Ok((community_of(db, community)?, post))
        })
        .await?;
    if post.deleted_at.is_some() || post.announce_id.is_some() {
        return Ok(());
    }
    let desk = Desk::new(fed, job, thread_order(post.root_id))?;
    let letter: Letter = announce(&desk, &community, &post)?;
    desk.post(vec![letter]).await
}
