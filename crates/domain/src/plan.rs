//! Which jobs a fact calls for: pure, one exhaustive match. No fact is forgotten, because the
//! compiler asks.

use model::job::PostChange;
use model::{Fact, Job};

/// The jobs that follow from what has happened.
#[must_use]
pub fn plan(fact: &Fact) -> Vec<Job> {
    match fact {
        Fact::PostPublished { post, by } => vec![Job::SendPost {
            post: *post,
            change: PostChange::Created,
            by: *by,
        }],
        Fact::PostEdited { post, by } => vec![Job::SendPost {
            post: *post,
            change: PostChange::Edited,
            by: *by,
        }],
        Fact::PostDeleted { post, by } => vec![Job::SendPost {
            post: *post,
            change: PostChange::Deleted,
            by: *by,
        }],
        Fact::PeerActed { relay, new_thread } => {
            let announce = new_thread.map(|post| Job::AnnounceThread {
                community: relay.community,
                post,
            });
            std::iter::once(Job::Relay(relay.clone()))
                .chain(announce)
                .collect()
        }
        Fact::PostLiked(like) => vec![Job::SendLike {
            like: like.clone(),
            undo: false,
        }],
        Fact::PostUnliked(like) => vec![Job::SendLike {
            like: like.clone(),
            undo: true,
        }],
        Fact::FollowAsked(follow) => vec![Job::SendFollow {
            follow: follow.clone(),
            undo: false,
        }],
        Fact::FollowWithdrawn(follow) => vec![Job::SendFollow {
            follow: follow.clone(),
            undo: true,
        }],
        Fact::FollowGranted(follow) => vec![Job::AnswerFollow {
            follow: follow.clone(),
            accept: true,
        }],
        Fact::FollowRefused(follow) => vec![Job::AnswerFollow {
            follow: follow.clone(),
            accept: false,
        }],
        Fact::ActorChanged { actor } => vec![Job::SendActor { actor: *actor }],
        Fact::ActorRemoved { actor } => vec![Job::SendActorRemoved { actor: *actor }],
        Fact::CommunityDiscovered { community } => vec![Job::Backfill {
            community: *community,
        }],
        Fact::PictureSeen { actor, url } => vec![Job::FetchPicture {
            actor: *actor,
            url: url.clone(),
        }],
    }
}
