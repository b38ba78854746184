//! Facts: what has happened, in the past tense. A verb records them; `domain::plan` says which
//! jobs they call for. A fact that removes something carries what its activity will need.

use crate::{ActorId, FollowId, LikeId, PeerId, PostId};
use serde::{Deserialize, Serialize};

/// What becomes of a peer's activity once our community has taken it in: it is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    /// The local community that announces.
    pub community: ActorId,
    /// The thread, whose order the announcement keeps.
    pub thread: PostId,
    /// The activity, byte for byte as received.
    pub activity: String,
}

/// A like, as much of it as an `Undo` needs once the row is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikeSeen {
    /// Ours.
    pub like: LikeId,
    /// The world's.
    pub ap_id: String,
    /// Who found it helpful.
    pub actor: ActorId,
    /// What.
    pub post: PostId,
    /// The thread that is in.
    pub thread: PostId,
}

/// A follow, as much of it as `Accept` and `Undo` need, also once the row is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowSeen {
    /// Ours.
    pub follow: FollowId,
    /// The world's: the id of the `Follow`.
    pub ap_id: String,
    /// Who follows.
    pub follower: ActorId,
    /// Whom.
    pub target: ActorId,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A local person started a thread or replied.
    PostPublished {
        /// Which.
        post: PostId,
        /// The thread it is in.
        thread: PostId,
        /// Who.
        by: ActorId,
    },
    /// A local person changed a post of theirs.
    PostEdited {
        /// Which.
        post: PostId,
        /// The thread it is in.
        thread: PostId,
        /// Who.
        by: ActorId,
    },
    /// Somebody here took a post away; its row stays as a tombstone.
    PostDeleted {
        /// Which.
        post: PostId,
        /// The thread it is in.
        thread: PostId,
        /// Whose hand it was.
        by: ActorId,
    },
    /// A peer's activity changed something in a community of ours.
    PeerActed {
        /// What to announce.
        relay: Relay,
        /// A new thread, which is announced by its id as well.
        new_thread: Option<PostId>,
    },
    /// A local person found a post helpful.
    PostLiked(LikeSeen),
    /// A local person took a like back.
    PostUnliked(LikeSeen),
    /// A local actor asks to follow a remote one.
    FollowAsked(FollowSeen),
    /// A local actor no longer follows a remote one.
    FollowWithdrawn(FollowSeen),
    /// A remote actor follows one of ours.
    FollowGranted(FollowSeen),
    /// A remote actor may not follow one of ours.
    FollowRefused(FollowSeen),
    /// A local actor changed what it says of itself.
    ActorChanged {
        /// Who.
        actor: ActorId,
    },
    /// A local actor has moved to another address.
    ActorMoved {
        /// Who.
        actor: ActorId,
        /// To whom.
        to: ActorId,
    },
    /// A local actor was suspended or erased.
    ActorRemoved {
        /// Who.
        actor: ActorId,
    },
    /// A remote community was seen for the first time.
    CommunityDiscovered {
        /// Which.
        community: ActorId,
    },
    /// An admin has blocked a peer, or no longer does.
    PeerJudged {
        /// Which.
        peer: PeerId,
    },
    /// An admin has taken a list of rules in: every peer is to be measured by them.
    RulesImported,
    /// A remote actor shows a picture we do not hold.
    PictureSeen {
        /// Whose.
        actor: ActorId,
        /// Where it is.
        url: String,
    },
}
