//! Which jobs a fact calls for.

use model::fact::FactOrigin;
use model::job::PostChange;
use model::{ActorId, Fact, Job, PostId};

/// Returns the jobs that follow from what has happened. An activity of our own follows only from
/// what was done here.
#[must_use]
pub fn jobs(fact: Fact) -> Vec<Job> {
    match fact {
        Fact::PostPublished {
            post,
            thread,
            by,
            origin,
            ..
        } => send_post(post, thread, PostChange::Created, by, origin),
        Fact::PostEdited {
            post,
            thread,
            by,
            origin,
            ..
        } => send_post(post, thread, PostChange::Edited, by, origin),
        Fact::PostDeleted {
            post,
            thread,
            by,
            origin,
        } => send_post(post, thread, PostChange::Deleted, by, origin),
        Fact::PeerActed { relay, new_thread } => {
            let community = relay.community;
            let announce = new_thread.map(|post| Job::AnnounceThread { community, post });
            std::iter::once(Job::Relay(relay)).chain(announce).collect()
        }
        Fact::PostLiked { like, origin } => {
            if_local(origin, || Job::SendLike { like, undo: false })
        }
        Fact::PostUnliked { like, origin } => {
            if_local(origin, || Job::SendLike { like, undo: true })
        }
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
        // Servers that receive the Move fetch the actor document, so its Update is sent first.
        Fact::ActorMoved { actor, to } => {
            vec![Job::SendActor { actor }, Job::SendMove { actor, to }]
        }
        Fact::ActorRemoved { actor } => vec![Job::SendActorRemoved { actor }],
        Fact::CommunityDiscovered { community } => vec![Job::Backfill { community }],
        Fact::PeerRuleChanged { peer } => vec![Job::ApplyPeerRule { peer }],
        Fact::PeerRulesImported => vec![Job::ReevaluatePeers],
        Fact::PictureSeen { actor, url } => vec![Job::FetchPicture { actor, url }],
        Fact::ActorFollowed { .. }
        | Fact::FollowerMoved { .. }
        | Fact::ApprovalRequested { .. } => Vec::new(),
    }
}

fn send_post(
    post: PostId,
    thread: PostId,
    change: PostChange,
    by: ActorId,
    origin: FactOrigin,
) -> Vec<Job> {
    if_local(origin, || Job::SendPost {
        post,
        thread,
        change,
        by,
    })
}

fn if_local(origin: FactOrigin, job: impl FnOnce() -> Job) -> Vec<Job> {
    match origin {
        FactOrigin::Local => vec![job()],
        FactOrigin::Received | FactOrigin::Fetched => Vec::new(),
    }
}
