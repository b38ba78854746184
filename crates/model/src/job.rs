//! Durable jobs: the effects that follow from facts. Each is safe to run twice.

use crate::fact::{FollowSeen, LikeSeen, Relay};
use crate::{ActivityId, ActorId, PeerId, PostId, text_enum};
use serde::{Deserialize, Serialize};

text_enum! {
    /// What happened to a post.
    PostChange {
        /// It is new.
        Created = "created",
        /// Its text changed.
        Edited = "edited",
        /// It was taken away.
        Deleted = "deleted",
    }
}

/// Whom an activity goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipients {
    /// The remote followers of a local actor.
    Followers(ActorId),
    /// These remote actors.
    Actors(Vec<ActorId>),
}

/// Activities on their way to the same recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFanOut {
    /// The frozen activities, in order.
    pub activities: Vec<ActivityId>,
    /// To whom.
    pub to: Vec<Recipients>,
    /// Inboxes up to here are done: the place in `to`, a space, and the last inbox taken there.
    pub after: String,
}

/// A job, as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Render a post's change and send it: announced by a local community, else to the remote one.
    SendPost {
        /// Which.
        post: PostId,
        /// The thread it is in.
        thread: PostId,
        /// What happened.
        change: PostChange,
        /// Whose hand it was.
        by: ActorId,
    },
    /// Announce a peer's activity to our community's followers.
    Relay(Relay),
    /// Announce a thread by its id, for software that shows boosts.
    AnnounceThread {
        /// The announcing community.
        community: ActorId,
        /// The thread.
        post: PostId,
    },
    /// Send a like, or take it back.
    SendLike {
        /// The like.
        #[serde(flatten)]
        like: LikeSeen,
        /// It is taken back.
        undo: bool,
    },
    /// Ask to follow a remote actor, or stop.
    SendFollow {
        /// The follow.
        #[serde(flatten)]
        follow: FollowSeen,
        /// It is withdrawn.
        undo: bool,
    },
    /// Answer a remote follower.
    AnswerFollow {
        /// The follow.
        #[serde(flatten)]
        follow: FollowSeen,
        /// Yes.
        accept: bool,
    },
    /// Send `Update` of a local actor to whoever follows it.
    SendActor {
        /// Who.
        actor: ActorId,
    },
    /// Take the followers of a local actor to where it has moved: ours at once, the others by `Move`.
    SendMove {
        /// Who.
        actor: ActorId,
        /// To whom.
        to: ActorId,
    },
    /// Send `Delete` of a suspended or erased actor.
    SendActorRemoved {
        /// Who.
        actor: ActorId,
    },
    /// What is left of a job whose letters go to more inboxes than one transaction takes. It stands
    /// in that job's place in the line, so that what is newer in its conversation waits for it.
    FanOut {
        /// In order.
        letters: Vec<PendingFanOut>,
    },
    /// Queue what a parked peer missed, now that it is back.
    CatchUp {
        /// Which.
        peer: PeerId,
        /// Activities up to here are done; zero before the first.
        after: ActivityId,
    },
    /// Fetch the recent threads of a remote community, once, bounded.
    Backfill {
        /// Which.
        community: ActorId,
    },
    /// Fetch a remote actor's picture, to serve it ourselves.
    FetchPicture {
        /// Whose.
        actor: ActorId,
        /// Where it is.
        url: String,
    },
    /// Compare who of ours follows a peer's actor with what the peer tells (FEP-8fcf), and mend it.
    SyncFollowers {
        /// Whom they follow.
        actor: ActorId,
        /// Where its server lists those of ours.
        url: String,
        /// Who they are: 64 hexadecimal digits.
        digest: String,
    },
    /// End what binds us to a blocked peer, and count anew what may be seen.
    ApplyPeerRule {
        /// Which.
        peer: PeerId,
    },
    /// Measure every peer by the rules.
    ReevaluatePeers,
    /// Ask once more where a follow has had no answer for a day. Runs every hour.
    RepeatFollows,
    /// Throw away what has had its time: old inbound rows, sessions, activities. Runs every hour.
    Housekeeping,
}

impl Job {
    /// Its kind's word, as in the table and the metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SendPost { .. } => "send_post",
            Self::Relay(_) => "relay",
            Self::AnnounceThread { .. } => "announce_thread",
            Self::SendLike { .. } => "send_like",
            Self::SendFollow { .. } => "send_follow",
            Self::AnswerFollow { .. } => "answer_follow",
            Self::SendActor { .. } => "send_actor",
            Self::SendMove { .. } => "send_move",
            Self::SendActorRemoved { .. } => "send_actor_removed",
            Self::FanOut { .. } => "fan_out",
            Self::CatchUp { .. } => "catch_up",
            Self::Backfill { .. } => "backfill",
            Self::FetchPicture { .. } => "fetch_picture",
            Self::SyncFollowers { .. } => "sync_followers",
            Self::ApplyPeerRule { .. } => "apply_peer_rule",
            Self::ReevaluatePeers => "reevaluate_peers",
            Self::RepeatFollows => "repeat_follows",
            Self::Housekeeping => "housekeeping",
        }
    }

    /// Jobs of one key run one after another, oldest first. `None` runs alongside everything.
    #[must_use]
    pub fn order_key(&self) -> Option<String> {
        match self {
            // What happens in a conversation leaves in the order it happened: a like that overtakes
            // its post finds nothing to like.
            Self::SendPost { thread, .. } => Some(format!("thread {thread}")),
            Self::AnnounceThread { post, .. } => Some(format!("thread {post}")),
            Self::SendLike { like, .. } => Some(format!("thread {}", like.thread)),
            Self::SendFollow { follow, .. } | Self::AnswerFollow { follow, .. } => {
                Some(format!("follow {} {}", follow.follower, follow.target))
            }
            Self::SendActor { actor }
            | Self::SendMove { actor, .. }
            | Self::SendActorRemoved { actor } => Some(format!("actor {actor}")),
            // It takes the place of a job that has a key already.
            Self::FanOut { .. } => None,
            Self::CatchUp { peer, .. } => Some(format!("catch up {peer}")),
            Self::Relay(relay) => Some(format!("thread {}", relay.thread)),
            Self::Backfill { .. } | Self::FetchPicture { .. } => None,
            Self::SyncFollowers { actor, .. } => Some(format!("followers {actor}")),
            Self::ApplyPeerRule { peer } => Some(format!("peer {peer}")),
            Self::ReevaluatePeers | Self::RepeatFollows | Self::Housekeeping => {
                Some(self.kind().to_owned())
            }
        }
    }
}

/// Seconds until a job that failed `attempts` times runs again, or `None` when it is set aside.
#[must_use]
pub fn retry_seconds(attempts: i32) -> Option<i64> {
    match attempts {
        ..=0 => Some(0),
        1 => Some(2),
        2 => Some(15),
        3 => Some(120),
        4 => Some(900),
        5 => Some(7_200),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_survive_the_table() {
        let job = Job::SendFollow {
            follow: FollowSeen {
                follow: crate::FollowId(1),
                ap_id: "https://alpha.test/follows/1".into(),
                follower: ActorId(2),
                target: ActorId(3),
            },
            undo: true,
        };
        let json = serde_json::to_string(&job).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&json).unwrap(), job);
    }
}
