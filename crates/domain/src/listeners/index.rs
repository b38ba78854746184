//! Whose entries in the search index a fact outdates.

use model::Fact;
use model::job::{IndexActor, IndexPost, NewJob};

/// Returns the job that writes the search index anew where it must. What was fetched is found as well.
#[must_use]
pub fn index(fact: &Fact) -> Option<NewJob> {
    match fact {
        Fact::PostPublished { post, .. }
        | Fact::PostEdited { post, .. }
        | Fact::PostDeleted { post, .. }
        | Fact::PostRestored { post } => Some(IndexPost { post: *post }.into()),
        Fact::ActorStored { actor }
        | Fact::ActorChanged { actor }
        | Fact::SuspensionChanged { actor, .. }
        | Fact::ActorRemoved { actor }
        | Fact::ActorLeft { actor } => Some(IndexActor { actor: *actor }.into()),
        Fact::WatchedThreadReplied { .. }
        | Fact::PeerActed { .. }
        | Fact::PostLiked { .. }
        | Fact::PostUnliked { .. }
        | Fact::VotedElsewhere { .. }
        | Fact::PollEnded { .. }
        | Fact::AnswerAccepted { .. }
        | Fact::AnswerRejected { .. }
        | Fact::KeyReplaced { .. }
        | Fact::ActorFollowed { .. }
        | Fact::FollowRequested(_)
        | Fact::FollowWithdrawn(_)
        | Fact::FollowAccepted(_)
        | Fact::FollowRejected(_)
        | Fact::FollowerMoved { .. }
        | Fact::ApprovalRequested { .. }
        | Fact::JoinRequested { .. }
        | Fact::JoinAnswered { .. }
        | Fact::JoinInvited { .. }
        | Fact::ContactWritten { .. }
        | Fact::InvitationAnswered { .. }
        | Fact::RoleChanged { .. }
        | Fact::Moderation(_)
        | Fact::AccountApproved { .. }
        | Fact::AccountRefused { .. }
        | Fact::AddressGiven { .. }
        | Fact::ResetRequested { .. }
        | Fact::ResetGranted { .. }
        | Fact::SecurityTouched { .. }
        | Fact::ActorMoved { .. }
        | Fact::BanChanged { .. }
        | Fact::BackfillRequested { .. }
        | Fact::PeerRuleChanged { .. }
        | Fact::PeerRulesImported
        | Fact::PictureSeen { .. } => None,
    }
}
