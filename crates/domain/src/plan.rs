//! Which jobs a fact calls for: pure, one exhaustive match. No fact is forgotten, because the
//! compiler asks.

use model::job::PostChange;
use model::{ActorId, Fact, Job, PostId};

/// The jobs that follow from what has happened.
#[must_use]
pub fn plan(fact: &Fact) -> Vec<Job> {
    match fact.clone() {
        Fact::PostPublished { post, thread, by } => {
            send_post(post, thread, PostChange::Created, by)
        }
        Fact::PostEdited { post, thread, by } => send_post(post, thread, PostChange::Edited, by),
        Fact::PostDeleted { post, thread, by } => send_post(post, thread, PostChange::Deleted, by),
        Fact::PeerActed { relay, new_thread } => {
            let community = relay.community;
            let announce = new_thread.map(|post| Job::AnnounceThread { community, post });
            std::iter::once(Job::Relay(relay)).chain(announce).collect()
        }
        Fact::PostLiked(like) => vec![Job::SendLike { like, undo: false }],
        Fact::PostUnliked(like) => vec![Job::SendLike { like, undo: true }],
        Fact::FollowAsked(follow) => vec![Job::SendFollow {
            follow,
            undo: false,
        }],
        Fact::FollowWithdrawn(follow) => vec![Job::SendFollow { follow, undo: true }],
        Fact::FollowGranted(follow) => vec![Job::AnswerFollow {
            follow,
            accept: true,
        }],
        Fact::FollowRefused(follow) => vec![Job::AnswerFollow {
            follow,
            accept: false,
        }],
        Fact::ActorChanged { actor } => vec![Job::SendActor { actor }],
        // Whoever hears of the move looks at the document, which says so first.
        Fact::ActorMoved { actor, to } => {
            vec![Job::SendActor { actor }, Job::SendMove { actor, to }]
        }
        Fact::ActorRemoved { actor } => vec![Job::SendActorRemoved { actor }],
        Fact::CommunityDiscovered { community } => vec![Job::Backfill { community }],
        Fact::PeerJudged { peer } => vec![Job::SettlePeer { peer }],
        Fact::RulesImported => vec![Job::JudgePeers],
        Fact::PictureSeen { actor, url } => vec![Job::FetchPicture { actor, url }],
    }
}

fn send_post(post: PostId, thread: PostId, change: PostChange, by: ActorId) -> Vec<Job> {
    vec![Job::SendPost {
        post,
        thread,
        change,
        by,
    }]
}
