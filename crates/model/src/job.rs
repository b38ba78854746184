//! Durable jobs: what is done after a transaction, because of it. A job's [`Payload`] is a row in
//! the job table; its body is the `delivery::jobs::Job` that some crate implements for that payload. Every body
//! may run twice.

use crate::community::contact::SendContactMessage;
use crate::fact::{AnswerSeen, FollowSeen, LikeSeen, Relay};
use crate::invitation::{QueueInvitations, SendInvitation};
use crate::mail::{RequestReset, SendMail};
use crate::membership::SendJoinMail;
use crate::notice_mail::{MailNewThread, SendDigest, SendNoticeMail};
use crate::notice_push::SendPush;
use crate::poll::{ClosePoll, SendPollCounts, SendVote, TellVoters};
use crate::{ActivityId, ActorId, KeyId, PeerId, PostId, text_enum};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The data of a job, as stored in its row.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name of this kind of job: in its row, in metrics and in log lines.
    const KIND: &'static str;

    /// The seconds to wait after each failed attempt; after the last one the job is set aside.
    const RETRY_SECONDS: &'static [i64] = &[2, 15, 120, 900, 7_200];

    /// Jobs of one key run one after another, oldest first. `None` runs alongside everything.
    fn order_key(&self) -> Option<String> {
        None
    }
}

/// Why a job is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It cannot run yet, through no fault of its own. It runs again after so many seconds.
    #[error("runs again in {0} seconds")]
    Later(i64),
    /// The database could not be used. It runs again soon, and this does not count as an attempt.
    #[error("{0}")]
    Unavailable(String),
    /// It failed, and runs again as [`Payload::RETRY_SECONDS`] says.
    #[error("{0}")]
    Failed(String),
    /// It will never succeed, and is set aside for an admin.
    #[error("{0}")]
    Dead(String),
}

impl JobError {
    /// Whether a job of this payload is set aside with this error, after `attempts` earlier ones.
    #[must_use]
    pub fn is_final<P: Payload>(&self, attempts: i32) -> bool {
        match self {
            Self::Later(_) | Self::Unavailable(_) => false,
            Self::Failed(_) => job_retry_seconds(P::RETRY_SECONDS, attempts + 1).is_none(),
            Self::Dead(_) => true,
        }
    }
}

/// Returns the seconds until a job that failed `attempts` times runs again, or `None` when it is set
/// aside. `retry_seconds` is its payload's.
#[must_use]
pub fn job_retry_seconds(retry_seconds: &[i64], attempts: i32) -> Option<i64> {
    match usize::try_from(attempts).ok()?.checked_sub(1) {
        Some(failed) => retry_seconds.get(failed).copied(),
        None => Some(0),
    }
}

/// The columns of a new job's row that come from its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedJob {
    pub kind: &'static str,
    pub order_key: Option<String>,
    /// The payload as JSON.
    pub payload: String,
}

/// The start of the order key of a row that waits for its time in a schedule.
const SCHEDULE_KEY: &str = "schedule ";

impl EncodedJob {
    /// Marks it as a schedule's. Such jobs of one kind run one after another.
    #[must_use]
    pub fn scheduled(self) -> Self {
        Self {
            order_key: Some(format!("{SCHEDULE_KEY}{}", self.kind)),
            ..self
        }
    }
}

/// Whether a row with this order key is a schedule's, which always has one waiting.
#[must_use]
pub fn is_scheduled(order_key: Option<&str>) -> bool {
    order_key.is_some_and(|key| key.starts_with(SCHEDULE_KEY))
}

/// What can be inserted into the job table: every payload, and [`NewJob`].
pub trait Enqueue {
    /// Encodes it for its row.
    ///
    /// # Errors
    /// Where the payload has no JSON form.
    fn encode(&self) -> serde_json::Result<EncodedJob>;
}

impl<P: Payload> Enqueue for P {
    fn encode(&self) -> serde_json::Result<EncodedJob> {
        Ok(EncodedJob {
            kind: P::KIND,
            order_key: self.order_key(),
            payload: serde_json::to_string(self)?,
        })
    }
}

/// Defines [`NewJob`] over the payloads it lists.
macro_rules! new_jobs {
    ($($payload:ident),+ $(,)?) => {
        /// A job that follows from a fact, or that a verb enqueues.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum NewJob {
            $($payload($payload)),+
        }

        impl NewJob {
            /// The kinds of all of them.
            pub const KINDS: &'static [&'static str] = &[$($payload::KIND),+];

            /// Reads a row; `None` for a kind that is not one of these, and for broken JSON.
            #[must_use]
            pub fn from_row(kind: &str, payload: &str) -> Option<Self> {
                match kind {
                    $($payload::KIND => serde_json::from_str(payload).ok().map(Self::$payload),)+
                    _ => None,
                }
            }
        }

        impl Enqueue for NewJob {
            fn encode(&self) -> serde_json::Result<EncodedJob> {
                match self {
                    $(Self::$payload(payload) => payload.encode()),+
                }
            }
        }

        $(impl From<$payload> for NewJob {
            fn from(payload: $payload) -> Self {
                Self::$payload(payload)
            }
        })+
    };
}

new_jobs! {
    SendPost,
    Relay,
    AnnounceThread,
    SendLike,
    SendAnswer,
    NotifyWatchers,
    SendFollow,
    AnswerFollow,
    IdentifyPeer,
    SendActor,
    SendSuspension,
    SendMove,
    SendActorRemoved,
    Recount,
    CatchUp,
    Backfill,
    FetchPicture,
    ApplyPeerRule,
    ReevaluatePeers,
    IndexPost,
    IndexActor,
    SendMail,
    SendJoinMail,
    SendContactMessage,
    SendInvitation,
    QueueInvitations,
    RequestReset,
    SendNoticeMail,
    SendDigest,
    MailNewThread,
    SendVote,
    SendPollCounts,
    ClosePoll,
    TellVoters,
    SendPush,
}

text_enum! {
    /// What happened to a post.
    PostChange {
        /// It is new.
        Created = "created",
        /// Its text changed.
        Edited = "edited",
        /// It was removed.
        Deleted = "deleted",
    }
}

/// Renders a post's change and sends it: announced by a local community, else to the remote one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendPost {
    pub post: PostId,
    pub thread: PostId,
    pub change: PostChange,
    /// Whose action it was.
    pub by: ActorId,
}

impl Payload for SendPost {
    const KIND: &'static str = "send_post";

    fn order_key(&self) -> Option<String> {
        Some(thread_key(self.thread))
    }
}

impl Payload for Relay {
    const KIND: &'static str = "relay";

    fn order_key(&self) -> Option<String> {
        Some(thread_key(self.thread))
    }
}

/// Announces a thread by its id, for software that shows boosts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnounceThread {
    /// The announcing community.
    pub community: ActorId,
    /// The thread.
    pub post: PostId,
}

impl Payload for AnnounceThread {
    const KIND: &'static str = "announce_thread";

    fn order_key(&self) -> Option<String> {
        Some(thread_key(self.post))
    }
}

/// Sends a like, or its `Undo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendLike {
    #[serde(flatten)]
    pub like: LikeSeen,
    pub undo: bool,
}

impl Payload for SendLike {
    const KIND: &'static str = "send_like";

    fn order_key(&self) -> Option<String> {
        Some(thread_key(self.like.thread))
    }
}

/// Tells the author of a post that the server of its community did not accept it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRefusal {
    pub post: PostId,
    /// The server.
    pub peer: PeerId,
}

impl Payload for ReportRefusal {
    const KIND: &'static str = "report_refusal";
}

/// Writes notices of a reply to those who watch its thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyWatchers {
    pub post: PostId,
}

impl Payload for NotifyWatchers {
    const KIND: &'static str = "notify_watchers";
}

/// Sends the acceptance of an answer, or its `Undo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendAnswer {
    #[serde(flatten)]
    pub answer: AnswerSeen,
    pub undo: bool,
}

impl Payload for SendAnswer {
    const KIND: &'static str = "send_answer";

    fn order_key(&self) -> Option<String> {
        Some(thread_key(self.answer.thread))
    }
}

/// Sends a `Follow` to a remote actor, or its `Undo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendFollow {
    #[serde(flatten)]
    pub follow: FollowSeen,
    pub undo: bool,
}

impl Payload for SendFollow {
    const KIND: &'static str = "send_follow";

    fn order_key(&self) -> Option<String> {
        Some(follow_key(&self.follow))
    }
}

/// Sends `Accept` or `Reject` to a remote follower.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerFollow {
    #[serde(flatten)]
    pub follow: FollowSeen,
    pub accept: bool,
}

impl Payload for AnswerFollow {
    const KIND: &'static str = "answer_follow";

    fn order_key(&self) -> Option<String> {
        Some(follow_key(&self.follow))
    }
}

/// Reads which software the server of a remote actor runs, if that is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentifyPeer {
    pub actor: ActorId,
}

impl Payload for IdentifyPeer {
    const KIND: &'static str = "identify_peer";
}

/// Sends `Update` of a local actor to every server that has something of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendActor {
    pub actor: ActorId,
    /// The key that signs it, where the actor has a new one that others do not know yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<KeyId>,
}

impl SendActor {
    /// Returns the job that signs with the newest key.
    #[must_use]
    pub const fn new(actor: ActorId) -> Self {
        Self {
            actor,
            signing_key: None,
        }
    }

    /// Returns the job that signs with an earlier key.
    #[must_use]
    pub const fn signed_by(actor: ActorId, key: KeyId) -> Self {
        Self {
            actor,
            signing_key: Some(key),
        }
    }
}

impl Payload for SendActor {
    const KIND: &'static str = "send_actor";

    fn order_key(&self) -> Option<String> {
        Some(actor_key(self.actor))
    }
}

/// Sends `Update` of a local actor that was suspended, or no longer is, to every server that has what
/// it wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendSuspension {
    pub actor: ActorId,
}

impl Payload for SendSuspension {
    const KIND: &'static str = "send_suspension";

    fn order_key(&self) -> Option<String> {
        Some(actor_key(self.actor))
    }
}

/// Counts the replies and likes anew where an actor wrote or liked, whose posts are now withheld, or
/// shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recount {
    pub actor: ActorId,
}

impl Payload for Recount {
    const KIND: &'static str = "recount";

    fn order_key(&self) -> Option<String> {
        Some(format!("recount {}", self.actor))
    }
}

/// Writes the entries of a post in the search index anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexPost {
    pub post: PostId,
}

impl Payload for IndexPost {
    const KIND: &'static str = "index_post";

    fn order_key(&self) -> Option<String> {
        Some(format!("index post {}", self.post))
    }
}

/// Writes the entries of an actor in the search index anew, and deletes those of its posts that are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexActor {
    pub actor: ActorId,
}

impl Payload for IndexActor {
    const KIND: &'static str = "index_actor";

    fn order_key(&self) -> Option<String> {
        Some(format!("index actor {}", self.actor))
    }
}

/// Takes the followers of a local actor along to where it has moved: ours at once, the others by
/// `Move`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMove {
    pub actor: ActorId,
    /// The new address.
    pub to: ActorId,
}

impl Payload for SendMove {
    const KIND: &'static str = "send_move";

    fn order_key(&self) -> Option<String> {
        Some(actor_key(self.actor))
    }
}

/// Sends `Delete` of an erased actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendActorRemoved {
    pub actor: ActorId,
}

impl Payload for SendActorRemoved {
    const KIND: &'static str = "send_actor_removed";

    fn order_key(&self) -> Option<String> {
        Some(actor_key(self.actor))
    }
}

/// Queues what a parked peer missed, now that it answers again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatchUp {
    pub peer: PeerId,
    /// Activities up to here are done; zero before the first.
    pub after: ActivityId,
}

impl Payload for CatchUp {
    const KIND: &'static str = "catch_up";

    fn order_key(&self) -> Option<String> {
        Some(format!("catch up {}", self.peer))
    }
}

/// Fetches the recent threads of a remote community, once and bounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backfill {
    pub community: ActorId,
}

impl Payload for Backfill {
    const KIND: &'static str = "backfill";
}

/// Fetches a remote actor's picture, so that readers' browsers never ask the other server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchPicture {
    pub actor: ActorId,
    /// The picture's address.
    pub url: String,
}

impl Payload for FetchPicture {
    const KIND: &'static str = "fetch_picture";
}

/// Ends what a block of a peer forbids, or brings it back, and recounts what may be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyPeerRule {
    pub peer: PeerId,
}

impl Payload for ApplyPeerRule {
    const KIND: &'static str = "apply_peer_rule";

    fn order_key(&self) -> Option<String> {
        Some(format!("peer {}", self.peer))
    }
}

/// Evaluates every peer by the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReevaluatePeers;

impl Payload for ReevaluatePeers {
    const KIND: &'static str = "reevaluate_peers";

    fn order_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }
}

/// What happens in a conversation is sent in the order it happened: a like that overtakes its post
/// finds nothing to like.
pub(crate) fn thread_key(thread: PostId) -> String {
    format!("thread {thread}")
}

fn follow_key(follow: &FollowSeen) -> String {
    format!("follow {} {}", follow.follower, follow.target)
}

fn actor_key(actor: ActorId) -> String {
    format!("actor {actor}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn jobs_survive_the_table() {
        let job = NewJob::from(SendFollow {
            follow: FollowSeen {
                follow: crate::FollowId(1),
                ap_id: "https://alpha.test/follows/1".into(),
                follower: ActorId(2),
                target: ActorId(3),
            },
            undo: true,
        });
        let row = job.encode().unwrap();
        assert_eq!(row.order_key.as_deref(), Some("follow 2 3"));
        assert_eq!(NewJob::from_row(row.kind, &row.payload), Some(job));
        let unit = NewJob::from(ReevaluatePeers);
        let row = unit.encode().unwrap();
        assert_eq!(NewJob::from_row(row.kind, &row.payload), Some(unit));
    }

    #[test]
    fn every_kind_has_its_own_name() {
        let names: BTreeSet<&str> = NewJob::KINDS.iter().copied().collect();
        assert_eq!(names.len(), NewJob::KINDS.len());
    }
}
