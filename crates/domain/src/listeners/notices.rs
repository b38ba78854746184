//! Derives notices from facts: the recipients and the subject.

use model::fact::{FactOrigin, NAMED_MAX};
use model::membership::JoinMail;
use model::moderation::ModerationNews;
use model::notice::NoticeKind::{
    self, Accepted, Appeal, AppealRefused, Approval, Excluded, Follow, Held, HeldRefused,
    InvitationAccepted, InvitationDeclined, JoinAccepted, JoinAsked, JoinDeclined, JoinInvited,
    JoinRequest, Mention, Moved, PollEnded, Released, Removed, Reply, Report, ReportActed,
    ReportDismissed, Restored, Role, Warned,
};
use model::{ActorId, Fact, PostId};

/// A notice to be written, if its recipient may get it: see [`crate::notice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewNotice {
    /// The recipient.
    pub to: ActorId,
    pub kind: NoticeKind,
    /// Whose action it tells of.
    pub from: ActorId,
    pub about: About,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Recipient,
    Post(PostId),
    Community(ActorId),
}

/// Returns the notices that follow from what has happened, at most [`NAMED_MAX`] for each reason.
#[must_use]
pub fn notices(fact: &Fact) -> Vec<NewNotice> {
    match fact {
        Fact::PostPublished { .. }
        | Fact::PostEdited { .. }
        | Fact::PostDeleted { .. }
        | Fact::PollEnded { .. }
        | Fact::AnswerAccepted { .. } => about_post(fact),
        Fact::ActorFollowed {
            follower,
            target,
            facilitators,
        } => match facilitators {
            None => many([target], Follow, *follower, About::Recipient),
            Some(all) => many(all, Follow, *follower, About::Community(*target)),
        },
        Fact::FollowerMoved { follower, to } => many([follower], Moved, *to, About::Recipient),
        Fact::ApprovalRequested { account, admins } => {
            many(admins, Approval, *account, About::Recipient)
        }
        Fact::JoinRequested { .. }
        | Fact::JoinAnswered { .. }
        | Fact::JoinInvited { .. }
        | Fact::InvitationAnswered { .. }
        | Fact::RoleChanged { .. } => about_membership(fact),
        Fact::Moderation(news) => about_moderation(news),
        Fact::WatchedThreadReplied { .. }
        | Fact::PostRestored { .. }
        | Fact::ContactWritten { .. }
        | Fact::ActorStored { .. }
        | Fact::PeerActed { .. }
        | Fact::PostLiked { .. }
        | Fact::VotedElsewhere { .. }
        | Fact::PostUnliked { .. }
        | Fact::AnswerRejected { .. }
        | Fact::FollowRequested(_)
        | Fact::FollowWithdrawn(_)
        | Fact::FollowAccepted(_)
        | Fact::FollowRejected(_)
        | Fact::ActorChanged { .. }
        | Fact::KeyReplaced { .. }
        | Fact::ActorMoved { .. }
        | Fact::SuspensionChanged { .. }
        | Fact::BanChanged { .. }
        | Fact::ActorRemoved { .. }
        | Fact::ActorLeft { .. }
        | Fact::BackfillRequested { .. }
        | Fact::PeerRuleChanged { .. }
        | Fact::PeerRulesImported
        | Fact::PictureSeen { .. }
        | Fact::AccountApproved { .. }
        | Fact::AccountRefused { .. }
        | Fact::AddressGiven { .. }
        | Fact::ResetRequested { .. }
        | Fact::ResetGranted { .. }
        | Fact::SecurityTouched { .. } => Vec::new(),
    }
}

/// Notices of what was done with a post; none of any other fact.
fn about_post(fact: &Fact) -> Vec<NewNotice> {
    match fact {
        Fact::PostPublished {
            post,
            by,
            origin,
            parent_author,
            mentions,
            ..
        } => unless_fetched(*origin, named(mentions, *parent_author, *by, *post)),
        Fact::PostEdited {
            post,
            by,
            origin,
            mentions,
            ..
        } => unless_fetched(*origin, mentioned(mentions, None, *by, *post)),
        Fact::AnswerAccepted {
            answer,
            author,
            origin,
        } => unless_fetched(
            *origin,
            many([author], Accepted, answer.by, About::Post(answer.post)),
        ),
        Fact::PollEnded {
            post,
            author,
            place,
            origin,
            ..
        } => unless_fetched(
            *origin,
            many([author], PollEnded, *place, About::Post(*post)),
        ),
        Fact::PostDeleted {
            post,
            author,
            by,
            origin,
            ..
        } => unless_fetched(*origin, many([author], Removed, *by, About::Post(*post))),
        _ => Vec::new(),
    }
}

/// Notices of requests to join and of roles; none of any other fact. A request of somebody without an account comes
/// from the community.
fn about_membership(fact: &Fact) -> Vec<NewNotice> {
    match fact {
        Fact::JoinRequested {
            request,
            facilitators,
        } => {
            let from = request.who.unwrap_or(request.community);
            let about = About::Community(request.community);
            many(facilitators, JoinRequest, from, about)
        }
        Fact::JoinAnswered { request, told, by } => {
            let kind = match told {
                JoinMail::Confirm => return Vec::new(),
                JoinMail::Asked => JoinAsked,
                JoinMail::Accepted => JoinAccepted,
                JoinMail::Declined => JoinDeclined,
            };
            many(&request.who, kind, *by, About::Community(request.community))
        }
        Fact::JoinInvited { community, who, by } => {
            many([who], JoinInvited, *by, About::Community(*community))
        }
        Fact::InvitationAnswered {
            community,
            inviter,
            who,
        } => {
            // Whoever declines is nobody here.
            let (kind, from) = match who {
                Some(who) => (InvitationAccepted, *who),
                None => (InvitationDeclined, *community),
            };
            many([inviter], kind, from, About::Community(*community))
        }
        Fact::RoleChanged { community, who, by } => {
            many([who], Role, *by, About::Community(*community))
        }
        _ => Vec::new(),
    }
}

/// Notices of what moderators are to decide, and have decided.
fn about_moderation(news: &ModerationNews) -> Vec<NewNotice> {
    match news {
        ModerationNews::Reported {
            community,
            from,
            told,
        } => {
            let about = community.map_or(About::Recipient, About::Community);
            many(told, Report, *from, about)
        }
        ModerationNews::ReportDecided {
            post,
            from,
            told,
            acted,
        } => {
            let kind = if *acted { ReportActed } else { ReportDismissed };
            many(told, kind, *from, About::Post(*post))
        }
        ModerationNews::Appealed { post, by, told } => many(told, Appeal, *by, About::Post(*post)),
        ModerationNews::AppealDecided {
            post,
            author,
            from,
            restored,
        } => {
            let kind = if *restored { Restored } else { AppealRefused };
            many([author], kind, *from, About::Post(*post))
        }
        ModerationNews::Told {
            community,
            who,
            banned,
        } => {
            let kind = if *banned { Excluded } else { Warned };
            many([who], kind, *community, About::Community(*community))
        }
        ModerationNews::Held { community, told } => {
            many(told, Held, *community, About::Community(*community))
        }
        ModerationNews::HeldDecided {
            post,
            community,
            author,
            released,
        } => {
            let kind = if *released { Released } else { HeldRefused };
            many([author], kind, *community, About::Post(*post))
        }
    }
}

/// Notices of a new post to the author it replies to and to those mentioned.
fn named(
    mentions: &[ActorId],
    parent_author: Option<ActorId>,
    by: ActorId,
    post: PostId,
) -> Vec<NewNotice> {
    let mut all = mentioned(mentions, parent_author, by, post);
    all.extend(many(&parent_author, Reply, by, About::Post(post)));
    all
}

/// Notices to those mentioned in a post. The author it replies to gets a notice of the reply instead:
/// Mastodon and our own form mention them too.
fn mentioned(
    mentions: &[ActorId],
    parent_author: Option<ActorId>,
    from: ActorId,
    post: PostId,
) -> Vec<NewNotice> {
    let others = mentions.iter().filter(|to| Some(**to) != parent_author);
    many(others, Mention, from, About::Post(post))
}

fn unless_fetched(origin: FactOrigin, notices: Vec<NewNotice>) -> Vec<NewNotice> {
    match origin {
        FactOrigin::Local | FactOrigin::Received => notices,
        FactOrigin::Fetched => Vec::new(),
    }
}

fn many<'a>(
    to: impl IntoIterator<Item = &'a ActorId>,
    kind: NoticeKind,
    from: ActorId,
    about: About,
) -> Vec<NewNotice> {
    let notice = |to: &ActorId| NewNotice {
        to: *to,
        kind,
        from,
        about,
    };
    to.into_iter().take(NAMED_MAX).map(notice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: ActorId = ActorId(1);
    const BEA: ActorId = ActorId(2);
    const CLEO: ActorId = ActorId(3);

    fn reply(origin: FactOrigin, mentions: Vec<ActorId>) -> Vec<(ActorId, NoticeKind)> {
        let fact = Fact::PostPublished {
            post: PostId(9),
            thread: PostId(8),
            by: ANN,
            origin,
            parent_author: Some(BEA),
            mentions,
        };
        let all = notices(&fact).into_iter();
        all.map(|notice| (notice.to, notice.kind)).collect()
    }

    #[test]
    fn the_author_replied_to_gets_one_notice() {
        let expected = [(CLEO, NoticeKind::Mention), (BEA, NoticeKind::Reply)];
        for origin in [FactOrigin::Local, FactOrigin::Received] {
            assert_eq!(reply(origin, vec![BEA, CLEO]), expected);
        }
    }

    #[test]
    fn nobody_is_told_of_what_was_fetched() {
        assert_eq!(reply(FactOrigin::Fetched, vec![BEA, CLEO]), []);
    }

    #[test]
    fn a_fact_tells_a_bounded_number_of_people() {
        let crowd = (10..200).map(ActorId).collect();
        assert_eq!(reply(FactOrigin::Local, crowd).len(), NAMED_MAX + 1);
    }
}
