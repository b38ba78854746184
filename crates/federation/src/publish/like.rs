//! Sends likes and accepted answers: to the author of the post, and to its community, which announces them
//! if it is local.

use super::discussion::sendable;
use crate::activities;
use crate::context::Federation;
use crate::kinds::PostDocumentData;
use crate::outgoing::builder::{ActivityBuilder, OutgoingActivity, remote, thread_order};
use delivery::jobs::Job;
use domain::{Error, Outcome};
use model::fact::{AnswerSeen, LikeSeen};
use model::job::{JobError, SendAnswer, SendLike};
use model::{ActorId, JobId, PostId, PostState};
use store::row;

impl Job<Federation> for SendLike {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(like(fed, id, &self.like, self.undo).await?)
    }
}

impl Job<Federation> for SendAnswer {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(answer(fed, id, &self.answer, self.undo).await?)
    }
}

/// Who says something of a post, with what is sent of that post. `None` where nothing is sent.
fn about(
    db: &mut store::Db,
    who: ActorId,
    post: PostId,
    undo: bool,
) -> Outcome<Option<(row::Actor, PostDocumentData)>> {
    let who = store::raw::actor::by_id(db, who)?.ok_or(Error::not_found("actor"))?;
    let data = sendable(db, post)?.filter(|data| match data.post.state {
        PostState::Live => true,
        // Others may have what was said of it.
        PostState::Tombstone | PostState::Hidden => undo,
        PostState::Held | PostState::Draft => false,
    });
    Ok(data.map(|data| (who, data)))
}

async fn like(fed: &Federation, job: JobId, like: &LikeSeen, undo: bool) -> Outcome<()> {
    let (who, post) = (like.actor, like.post);
    let read = move |db: &mut store::Db| about(db, who, post, undo);
    let Some((who, data)) = fed.store().read(read).await? else {
        return Ok(());
    };
    let builder = ActivityBuilder::new(fed, job, thread_order(data.post.root_id))?;
    let community = data.community.as_ref();
    let liked = activities::like::build(&like.ap_id, &who, &data.post, &data.author, community);
    let (id, url) = builder.mint();
    let own = if undo {
        builder.outgoing(id, "unlike", &who, &activities::undo::build(&url, &liked)?)?
    } else {
        builder.outgoing(id, "like", &who, &liked)?
    };
    send(&builder, own, &data, None).await
}

async fn answer(fed: &Federation, job: JobId, answer: &AnswerSeen, undo: bool) -> Outcome<()> {
    let (who, post, question) = (answer.by, answer.post, answer.thread);
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let Some((who, data)) = about(db, who, post, undo)? else {
            return Ok(None);
        };
        let asker = match store::raw::post::by_id(db, question)? {
            Some(question) => store::raw::actor::by_id(db, question.author_id)?,
            None => None,
        };
        Ok(Some((who, data, asker)))
    };
    let Some((who, data, asker)) = fed.store().read(read).await? else {
        return Ok(());
    };
    let builder = ActivityBuilder::new(fed, job, thread_order(question))?;
    let accepted = activities::answer::build(answer, &who, &data.post, data.community.as_ref());
    let (id, url) = builder.mint();
    let own = if undo {
        let undone = activities::undo::build(&url, &accepted)?;
        builder.outgoing(id, "unaccept", &who, &undone)?
    } else {
        builder.outgoing(id, "accept", &who, &accepted)?
    };
    send(&builder, own, &data, asker.as_ref()).await
}

/// Queues what somebody says of a post for its author, somebody else it concerns, and its community; a local
/// community announces it.
async fn send(
    builder: &ActivityBuilder,
    own: OutgoingActivity,
    data: &PostDocumentData,
    concerned: Option<&row::Actor>,
) -> Outcome<()> {
    let to = data.community.iter().chain([&data.author]).chain(concerned);
    let own = own.to(remote(to).into_iter().collect());
    let announcement = match data.local_community() {
        Some(group) => {
            let audience = data.post.audience;
            Some(builder.forward("announce", group, audience, &own.row.json)?)
        }
        None => None,
    };
    let activities = [Some(own), announcement].into_iter().flatten();
    builder
        .enqueue(
            activities
                .filter(|outgoing: &OutgoingActivity| !outgoing.has_no_effect())
                .collect(),
        )
        .await
}
