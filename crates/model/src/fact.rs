//! Facts: what has happened, in the past tense. A verb records them; the listeners in
//! `domain::listeners` turn them into jobs and notices in the same transaction. A fact that removes
//! something carries what its activity will need.

use crate::mail::{MailAddress, SecurityEvent};
use crate::membership::{JoinMail, JoinSeen};
use crate::moderation::ModerationNews;
use crate::{ActorId, ContactMessageId, FollowId, KeyId, LikeId, Origin, PeerId, PostId, Via};
use serde::{Deserialize, Serialize};

/// How many recipients of notices a fact names at most. A wider audience is a job's work.
pub const NAMED_MAX: usize = 50;

/// The origin of the change that a fact records: an [`Origin`] without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactOrigin {
    /// Here. It is sent to other servers.
    Local,
    /// At a peer, whose activity was delivered or announced to us. Notices follow from it, and no
    /// activity of our own: what a local community forwards is [`Fact::PeerActed`].
    Received,
    /// At a peer, from which we fetched it. Nothing is announced, noticed or mailed.
    Fetched,
}

impl From<&Origin> for FactOrigin {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::Local => Self::Local,
            Origin::Remote {
                via: Via::Delivered | Via::Announced,
                ..
            } => Self::Received,
            Origin::Remote {
                via: Via::Fetched, ..
            } => Self::Fetched,
        }
    }
}

/// A peer's activity that our community announces to its followers.
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
    /// Our id.
    pub like: LikeId,
    /// The id of the `Like`.
    pub ap_id: String,
    /// Who likes.
    pub actor: ActorId,
    /// The liked post.
    pub post: PostId,
    /// The thread that post is in.
    pub thread: PostId,
}

/// The acceptance of a reply as an answer, as much of it as an `Undo` needs once it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerSeen {
    /// Who accepts it, or takes that back.
    pub by: ActorId,
    /// The reply.
    pub post: PostId,
    /// The question.
    pub thread: PostId,
    /// When it was accepted, in milliseconds since 1970: tells this acceptance from an earlier one.
    pub at: i64,
}

/// A follow, as much of it as `Accept` and `Undo` need, also once the row is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowSeen {
    /// Our id.
    pub follow: FollowId,
    /// The id of the `Follow`.
    pub ap_id: String,
    /// Who follows.
    pub follower: ActorId,
    /// Who is followed.
    pub target: ActorId,
}

/// What has happened. A field `by` is the actor whose action it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A thread was started, or a reply written.
    PostPublished {
        post: PostId,
        thread: PostId,
        by: ActorId,
        origin: FactOrigin,
        /// Whose post it replies to.
        parent_author: Option<ActorId>,
        /// Who is named in it.
        mentions: Vec<ActorId>,
    },
    /// Somebody replied in a thread that others watch.
    WatchedThreadReplied { post: PostId, origin: FactOrigin },
    /// A post's text changed, or what it has beside: details, pictures, tags.
    PostEdited {
        post: PostId,
        thread: PostId,
        by: ActorId,
        origin: FactOrigin,
        /// Who is named in it and was not before.
        mentions: Vec<ActorId>,
    },
    /// A post was removed; its row stays as a tombstone.
    PostDeleted {
        post: PostId,
        thread: PostId,
        /// Who wrote it.
        author: ActorId,
        by: ActorId,
        origin: FactOrigin,
    },
    /// A removed post is back in its place.
    PostRestored { post: PostId },
    /// A remote activity changed something in a local community.
    PeerActed {
        /// What to announce.
        relay: Relay,
        /// A new thread, which is announced by its id as well.
        new_thread: Option<PostId>,
    },
    /// Somebody liked a post.
    PostLiked { like: LikeSeen, origin: FactOrigin },
    /// Somebody took a like back.
    PostUnliked { like: LikeSeen, origin: FactOrigin },
    /// A reply was accepted as an answer to its question.
    AnswerAccepted {
        answer: AnswerSeen,
        /// Who wrote it.
        author: ActorId,
        origin: FactOrigin,
    },
    /// A reply is an accepted answer no longer.
    AnswerRejected {
        answer: AnswerSeen,
        origin: FactOrigin,
    },
    /// Somebody here voted in a poll of another server.
    VotedElsewhere { post: PostId, by: ActorId },
    /// A poll is over.
    PollEnded {
        post: PostId,
        thread: PostId,
        /// Who asked.
        author: ActorId,
        /// Its community; who asked, where it is in none.
        place: ActorId,
        /// `Local` for a poll of ours.
        origin: FactOrigin,
    },
    /// A local actor has a new follower, local or remote.
    ActorFollowed {
        follower: ActorId,
        target: ActorId,
        /// The facilitators, where the target is a community.
        facilitators: Option<Vec<ActorId>>,
    },
    /// A local actor asks to follow a remote one.
    FollowRequested(FollowSeen),
    /// A local actor no longer follows a remote one.
    FollowWithdrawn(FollowSeen),
    /// The follow of a local actor by a remote one was accepted, perhaps again.
    FollowAccepted(FollowSeen),
    /// The follow of a local actor by a remote one was rejected.
    FollowRejected(FollowSeen),
    /// A local follower of an actor that has moved was taken along to its new address.
    FollowerMoved {
        follower: ActorId,
        /// The new address.
        to: ActorId,
    },
    /// A new account waits for approval.
    ApprovalRequested {
        account: ActorId,
        /// Who may approve it.
        admins: Vec<ActorId>,
    },
    /// A request to join waits for the facilitators of a community.
    JoinRequested {
        request: JoinSeen,
        facilitators: Vec<ActorId>,
    },
    /// A facilitator has asked something about a request to join, or decided it; `told` says which, and is
    /// what somebody without an account is mailed. It is also of an address that is to be confirmed.
    JoinAnswered {
        request: JoinSeen,
        told: JoinMail,
        /// The facilitator; the community where nobody decided.
        by: ActorId,
    },
    /// Somebody wrote to a contact of a community.
    ContactWritten { message: ContactMessageId },
    /// A facilitator invites somebody to join.
    JoinInvited {
        community: ActorId,
        who: ActorId,
        by: ActorId,
    },
    /// Somebody who was invited to a community has joined it, or declined by the link of a mail.
    InvitationAnswered {
        community: ActorId,
        /// Who invited them.
        inviter: ActorId,
        /// Who joined; `None` for somebody who declined.
        who: Option<ActorId>,
    },
    /// A facilitator gave somebody another role, or ended their membership.
    RoleChanged {
        community: ActorId,
        who: ActorId,
        by: ActorId,
    },
    /// The request for an account was approved.
    AccountApproved { account: ActorId },
    /// The request for an account was refused.
    AccountRefused { account: ActorId, reason: String },
    /// The owner of an account gave an address, which is not confirmed yet.
    AddressGiven {
        account: ActorId,
        address: MailAddress,
        /// The confirmed address that it is to replace.
        former: Option<MailAddress>,
    },
    /// Somebody has forgotten the password of an account, of which they gave the username or address.
    ResetRequested { typed: String },
    /// The owner of an account may reset their password.
    ResetGranted { account: ActorId },
    /// Something happened to the ways to sign in to an account that its owner must know.
    SecurityTouched {
        account: ActorId,
        event: SecurityEvent,
    },
    /// An actor is new here, or a peer's has changed what is shown of it.
    ActorStored { actor: ActorId },
    /// A local actor changed its profile or charter.
    ActorChanged { actor: ActorId },
    /// A local actor has new keys in place of earlier ones.
    KeyReplaced {
        actor: ActorId,
        /// The earlier key, which other servers know.
        earlier: KeyId,
    },
    /// A local actor has moved to another address.
    ActorMoved {
        actor: ActorId,
        /// The new address.
        to: ActorId,
    },
    /// An actor was suspended, or no longer is: what others may see of it has changed.
    SuspensionChanged {
        actor: ActorId,
        /// `Local` for an actor of ours.
        origin: FactOrigin,
    },
    /// Somebody was banned from a community here, or no longer is.
    BanChanged { community: ActorId, actor: ActorId },
    /// Moderators were told something, or decided something that others are told.
    Moderation(ModerationNews),
    /// A local actor was erased, for good.
    ActorRemoved { actor: ActorId },
    /// A remote actor is gone with what it wrote.
    ActorLeft { actor: ActorId },
    /// Somebody here wants the recent threads of a remote community.
    BackfillRequested { community: ActorId },
    /// A rule now blocks a peer, or no longer does.
    PeerRuleChanged { peer: PeerId },
    /// An admin imported a list of rules, by which every peer is to be evaluated.
    PeerRulesImported,
    /// A remote actor shows a picture we do not hold.
    PictureSeen {
        actor: ActorId,
        /// The picture's address.
        url: String,
    },
}
