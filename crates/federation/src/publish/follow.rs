//! Sends follows, and the answers to those of peers.

use crate::activities;
use crate::context::Federation;
use crate::outgoing::builder::{ActivityBuilder, follow_order, remote};
use delivery::jobs::Job;
use domain::{Error, Outcome};
use model::JobId;
use model::fact::FollowSeen;
use model::job::{AnswerFollow, JobError, SendFollow};
use store::row;

impl Job<Federation> for SendFollow {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(follow(fed, id, &self.follow, self.undo).await?)
    }
}

impl Job<Federation> for AnswerFollow {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(answer_follow(fed, id, &self.follow, self.accept).await?)
    }
}

async fn follow(fed: &Federation, job: JobId, follow: &FollowSeen, undo: bool) -> Outcome<()> {
    let (follower, target) = follow_actors(fed, follow).await?;
    let builder = ActivityBuilder::new(fed, job, follow_order(follower.id, target.id))?;
    let follow_activity = activities::follow::build(&follow.ap_id, &follower, &target);
    let (id, url) = builder.mint();
    let outgoing = if undo {
        builder.outgoing(
            id,
            "unfollow",
            &follower,
            &activities::undo::build(&url, &follow_activity)?,
        )?
    } else {
        builder.outgoing(id, "follow", &follower, &follow_activity)?
    };
    builder
        .enqueue(vec![outgoing.to(remote([&target]).into_iter().collect())])
        .await
}

/// Sends `Accept` or `Reject` of the `Follow`, with its id.
async fn answer_follow(
    fed: &Federation,
    job: JobId,
    follow: &FollowSeen,
    accept: bool,
) -> Outcome<()> {
    let (follower, target) = follow_actors(fed, follow).await?;
    fed.digests().forget(target.id);
    let builder = ActivityBuilder::new(fed, job, follow_order(follower.id, target.id))?;
    let follow_activity = activities::follow::build(&follow.ap_id, &follower, &target);
    let (id, url) = builder.mint();
    let outgoing = if accept {
        builder.outgoing(
            id,
            "accept",
            &target,
            &activities::accept::build(&url, &follow_activity)?,
        )?
    } else {
        builder.outgoing(
            id,
            "reject",
            &target,
            &activities::reject::build(&url, &follow_activity)?,
        )?
    };
    builder
        .enqueue(vec![outgoing.to(remote([&follower]).into_iter().collect())])
        .await
}

/// Reads the follower and the target.
async fn follow_actors(fed: &Federation, follow: &FollowSeen) -> Outcome<(row::Actor, row::Actor)> {
    let (follower, target) = (follow.follower, follow.target);
    fed.store()
        .read(move |db| -> Outcome<_> {
            let missing = || Error::not_found("actor");
            let follower = store::raw::actor::by_id(db, follower)?.ok_or_else(missing)?;
            let target = store::raw::actor::by_id(db, target)?.ok_or_else(missing)?;
            Ok((follower, target))
        })
        .await
}
