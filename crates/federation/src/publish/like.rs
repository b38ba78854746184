//! Sends likes: to the author of the post, and to its community, which announces them if it is local.

use super::discussion::sendable;
use crate::activities;
use crate::context::Federation;
use crate::outgoing::builder::{ActivityBuilder, OutgoingActivity, remote, thread_order};
use delivery::jobs::Job;
use domain::{Error, Outcome};
use model::fact::LikeSeen;
use model::job::{JobError, SendLike};
use model::{JobId, PostState};

impl Job<Federation> for SendLike {
    async fn run(&self, fed: &Federation, id: JobId) -> Result<(), JobError> {
        Ok(like(fed, id, &self.like, self.undo).await?)
    }
}

async fn like(fed: &Federation, job: JobId, like: &LikeSeen, undo: bool) -> Outcome<()> {
    let (who, post) = (like.actor, like.post);
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let who = store::raw::actor::by_id(db, who)?.ok_or(Error::not_found("actor"))?;
        let data = sendable(db, post)?.filter(|data| match data.post.state {
            PostState::Live => true,
            // Others may have the like.
            PostState::Tombstone | PostState::Hidden => undo,
            PostState::Held | PostState::Draft => false,
        });
        Ok(data.map(|data| (who, data)))
    };
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
    let own = own.to(remote(community.into_iter().chain([&data.author]))
        .into_iter()
        .collect());
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
