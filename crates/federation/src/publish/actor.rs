//! Sends the Update, Move and Delete of local actors.

use crate::activities;
use crate::context::Federation;
use crate::kinds;
use crate::outgoing::builder::{ActivityBuilder, OutgoingActivity, actor_order, remote};
use crate::outgoing::fan_out::Recipients;
use delivery::jobs::Job;
use domain::{Error, Outcome};
use model::job::{JobError, SendActor, SendActorRemoved, SendMove, SendSuspension};
use model::{ActorId, ActorKind, ActorState, JobId};
use serde_json::Value;
use store::row;
use vocab::{Activity, PUBLIC};

/// The most activities that are stored in one transaction.
const BATCH: usize = 100;

impl Job<Federation> for SendActor {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        // Suspended between a change and this: `SendSuspension` sends that.
        Ok(actor(fed, id, self, &[ActorState::Active]).await?)
    }
}

impl Job<Federation> for SendSuspension {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        let update = SendActor::new(self.actor);
        let states = [ActorState::Active, ActorState::Suspended];
        Ok(actor(fed, id, &update, &states).await?)
    }
}

impl Job<Federation> for SendMove {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(moved(fed, id, self.actor, self.to).await?)
    }
}

impl Job<Federation> for SendActorRemoved {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(actor_removed(fed, id, self.actor).await?)
    }
}

/// Sends what an actor in one of these states now says of itself, to every server that has something of it.
async fn actor(
    fed: &Federation,
    job: JobId,
    update: &SendActor,
    states: &[ActorState],
) -> Outcome<()> {
    let (id, signing_key) = (update.actor, update.signing_key);
    let data = fed
        .store()
        .read(move |db| kinds::actor_data(db, id))
        .await?;
    let row = &data.actor;
    if !states.contains(&row.state) || row.kind == ActorKind::Application {
        return Ok(());
    }
    let builder = ActivityBuilder::new(fed, job, actor_order(id))?;
    let (activity, url) = builder.mint();
    let update = activities::update::build_for_actor(
        &url,
        row,
        &kinds::actor(&builder.urls, &data),
        builder.now,
    )?;
    let mut outgoing = builder.outgoing(activity, "update", row, &update)?;
    outgoing.row.signing_key_id = signing_key;
    builder
        .enqueue(vec![outgoing.to(vec![Recipients::Readers(id)])])
        .await
}

/// Moves the local followers of an actor that has moved, and sends `Move` to the others. Does nothing if the
/// actor has moved back.
async fn moved(fed: &Federation, job: JobId, id: ActorId, to: ActorId) -> Outcome<()> {
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let missing = || Error::not_found("actor");
        let old = store::raw::actor::by_id(db, id)?.ok_or_else(missing)?;
        Ok((old, store::raw::actor::by_id(db, to)?.ok_or_else(missing)?))
    };
    let (old, new) = fed.store().read(read).await?;
    if old.moved_to != Some(to) || old.state != ActorState::Active {
        return Ok(());
    }
    loop {
        let carried = fed
            .ops()
            .write(move |tx| domain::follow::carry_over(tx, id, to));
        match carried.await {
            Ok(true) => {}
            Ok(false) => break,
            // The new server may be blocked by now. The others get the Move all the same.
            Err(Error::Refused(reason)) => {
                tracing::info!(?reason, "local followers not moved");
                break;
            }
            Err(fault) => return Err(fault),
        }
    }
    let builder = ActivityBuilder::new(fed, job, actor_order(id))?;
    let (activity, url) = builder.mint();
    let move_activity = activities::move_actor::build(&url, &old, &new, builder.now);
    let outgoing = builder.outgoing(activity, "move", &old, &move_activity)?;
    builder
        .enqueue(vec![outgoing.to(vec![Recipients::Followers(id)])])
        .await
}

/// Sends `Undo` of the follows of an actor that is gone, then its `Delete` to every server that has
/// something of it. They find 410 where its document was.
async fn actor_removed(fed: &Federation, job: JobId, id: ActorId) -> Outcome<()> {
    let (removed_actor, followed) = fed.store().read(move |db| read(db, id)).await?;
    let builder = ActivityBuilder::new(fed, job, actor_order(id))?;
    let mut activities: Vec<OutgoingActivity> = Vec::new();
    for (follow, target) in &followed {
        let follow_activity = activities::follow::build(&follow.ap_id, &removed_actor, target);
        let (activity, url) = builder.mint();
        let undo = activities::undo::build(&url, &follow_activity)?;
        let outgoing = builder.outgoing(
            activity,
            &format!("unfollow {}", follow.id),
            &removed_actor,
            &undo,
        )?;
        activities.push(outgoing.to(remote([target]).into_iter().collect()));
    }
    let (activity, url) = builder.mint();
    let delete = Activity {
        to: vec![PUBLIC.to_owned()],
        cc: removed_actor.followers_url.iter().cloned().collect(),
        ..Activity::new(
            "Delete",
            &url,
            &removed_actor.ap_id,
            Value::from(removed_actor.ap_id.as_str()),
        )
    };
    for batch in activities.chunks(BATCH) {
        builder.enqueue(batch.to_vec()).await?;
    }
    // Alone and last, because it has many recipients.
    let deletion = builder.outgoing(activity, "delete", &removed_actor, &delete)?;
    let deletion = deletion.to(vec![Recipients::Readers(id)]);
    builder.enqueue(vec![deletion]).await
}

/// Reads the actor, and the remote actors that it follows with the follow.
fn read(db: &mut store::Db, id: ActorId) -> Outcome<(row::Actor, Vec<(row::Follow, row::Actor)>)> {
    let removed_actor = store::raw::actor::by_id(db, id)?.ok_or(Error::not_found("actor"))?;
    let mine: Vec<row::Follow> = store::follow::of_actor(db, id)?
        .into_iter()
        .filter(|follow| follow.follower_id == id)
        .collect();
    let targets: Vec<ActorId> = mine.iter().map(|follow| follow.target_id).collect();
    let mut actors = store::raw::actor::by_ids(db, &targets)?;
    let followed = mine
        .into_iter()
        .filter_map(|follow| {
            let target = actors.remove(&follow.target_id)?;
            target.peer_id.is_some().then_some((follow, target))
        })
        .collect();
    Ok((removed_actor, followed))
}
