//! Sends what happens in polls: votes of people here in a remote one, to who asked it; the new counts of one of ours, to
//! all who have it.

use super::discussion::{counted, sendable};
use crate::activities;
use crate::activities::vote::SentVote;
use crate::context::Federation;
use crate::kinds::PostDocumentData;
use crate::outgoing::builder::{ActivityBuilder, remote, thread_order};
use delivery::jobs::Job;
use domain::{Error, Outcome, Tx};
use model::job::JobError;
use model::poll::{SendPollCounts, SendVote};
use model::{ActorId, JobId, PostId, PostState};
use store::row;

impl Job<Federation> for SendVote {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(votes(fed, id, self.post, self.by).await?)
    }
}

impl Job<Federation> for SendPollCounts {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        let post = self.post;
        let take = move |tx: &mut Tx<'_>| domain::poll::take_update_due(tx, post);
        fed.ops().write(take).await?;
        Ok(counted(fed, id, post).await?)
    }
}

/// A ballot, who cast it, and the poll.
struct Ballot {
    voter: row::Actor,
    votes: Vec<row::PollVote>,
    data: PostDocumentData,
}

fn ballot(db: &mut store::Db, post: PostId, by: ActorId) -> Outcome<Option<Ballot>> {
    let voter = store::raw::actor::by_id(db, by)?.ok_or(Error::not_found("actor"))?;
    let data = sendable(db, post)?.filter(|data| data.post.state == PostState::Live);
    let Some(data) = data else {
        return Ok(None);
    };
    let votes = store::poll::ballot(db, post, by)?;
    Ok(Some(Ballot { voter, votes, data }))
}

/// Sends each choice of a ballot to who asked, in the order of the ballot.
async fn votes(fed: &Federation, job: JobId, post: PostId, by: ActorId) -> Outcome<()> {
    let read = move |db: &mut store::Db| ballot(db, post, by);
    let Some(Ballot { voter, votes, data }) = fed.store().read(read).await? else {
        return Ok(());
    };
    let Some(poll) = data.poll.as_ref().map(|poll| &poll.details) else {
        return Ok(());
    };
    let builder = ActivityBuilder::new(fed, job, thread_order(data.post.root_id))?;
    let mut activities = Vec::new();
    for vote in &votes {
        let choice = usize::try_from(vote.number).ok();
        let choice = choice.and_then(|number| poll.choices.get(number));
        let Some((_, name)) = choice.and_then(|choice| choice.first()) else {
            continue;
        };
        let sent = SentVote {
            vote,
            name,
            way: poll.way,
        };
        let create = activities::vote::build(&sent, &voter, &data.post, &data.author, builder.now)?;
        let (id, _) = builder.mint();
        let purpose = format!("vote {}", vote.vote_id);
        let outgoing = builder.outgoing(id, &purpose, &voter, &create)?;
        activities.push(outgoing.to(remote([&data.author]).into_iter().collect()));
    }
    builder.enqueue(activities).await
}
