//! Which jobs a fact calls for.

use model::community::contact::SendContactMessage;
use model::fact::{AnswerSeen, FactOrigin, FollowSeen, Relay};
use model::job::{
    AnnounceThread, AnswerFollow, ApplyPeerRule, Backfill, FetchPicture, IdentifyPeer, NewJob,
    NotifyWatchers, PostChange, Recount, ReevaluatePeers, SendActor, SendActorRemoved, SendAnswer,
    SendFollow, SendLike, SendMove, SendPost, SendSuspension,
};
use model::mail::{AccountMail, MailAddress, RequestReset, SendMail};
use model::membership::{JoinMail, JoinSeen, SendJoinMail};
use model::poll::{SendVote, TellVoters};
use model::{ActorId, Fact, PostId};

/// Returns the jobs that follow from what has happened. An activity of our own follows only from
/// what was done here.
#[must_use]
pub fn jobs(fact: Fact) -> Vec<NewJob> {
    match fact {
        fact
        @ (Fact::PostPublished { .. } | Fact::PostEdited { .. } | Fact::PostDeleted { .. }) => {
            posts(&fact)
        }
        Fact::WatchedThreadReplied { post, origin } => notify_watchers(post, origin),
        Fact::PeerActed { relay, new_thread } => announce(relay, new_thread),
        Fact::PostLiked { like, origin } => if_local(origin, SendLike { like, undo: false }),
        Fact::PostUnliked { like, origin } => if_local(origin, SendLike { like, undo: true }),
        Fact::AnswerAccepted { answer, origin, .. } => send_answer(answer, false, origin),
        Fact::AnswerRejected { answer, origin } => send_answer(answer, true, origin),
        fact @ (Fact::VotedElsewhere { .. } | Fact::PollEnded { .. }) => polls(&fact),
        Fact::FollowRequested(follow) => send_follow(follow, false),
        Fact::FollowWithdrawn(follow) => send_follow(follow, true),
        Fact::FollowAccepted(follow) => accept_follow(follow),
        Fact::FollowRejected(follow) => answer_follow(follow, false),
        Fact::ActorChanged { actor } => one(SendActor::new(actor)),
        Fact::KeyReplaced { actor, earlier } => one(SendActor::signed_by(actor, earlier)),
        Fact::ActorMoved { actor, to } => send_move(actor, to),
        Fact::SuspensionChanged { actor, origin } => send_suspension(actor, origin),
        Fact::ActorRemoved { actor } => counted_anew(actor, one(SendActorRemoved { actor })),
        Fact::ActorLeft { actor } | Fact::BanChanged { actor, .. } => counted_anew(actor, vec![]),
        Fact::BackfillRequested { community } => one(Backfill { community }),
        Fact::PeerRuleChanged { peer } => one(ApplyPeerRule { peer }),
        Fact::PeerRulesImported => one(ReevaluatePeers),
        Fact::PictureSeen { actor, url } => one(FetchPicture { actor, url }),
        fact @ (Fact::AccountApproved { .. }
        | Fact::AccountRefused { .. }
        | Fact::AddressGiven { .. }
        | Fact::ResetRequested { .. }
        | Fact::ResetGranted { .. }
        | Fact::SecurityTouched { .. }) => mails(fact),
        Fact::JoinAnswered { request, told, .. } => mail_guest(request, told),
        Fact::ContactWritten { message } => one(SendContactMessage { message }),
        Fact::PostRestored { .. }
        | Fact::JoinRequested { .. }
        | Fact::JoinInvited { .. }
        | Fact::InvitationAnswered { .. }
        | Fact::RoleChanged { .. }
        | Fact::Moderation(_)
        | Fact::ActorStored { .. }
        | Fact::ActorFollowed { .. }
        | Fact::FollowerMoved { .. }
        | Fact::ApprovalRequested { .. } => Vec::new(),
    }
}

/// What is sent of a post that was written, edited or removed here; nothing from any other fact.
fn posts(fact: &Fact) -> Vec<NewJob> {
    match *fact {
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
            ..
        } => send_post(post, thread, PostChange::Deleted, by, origin),
        _ => Vec::new(),
    }
}

/// What follows from a vote, and from the end of a poll; nothing from any other fact.
fn polls(fact: &Fact) -> Vec<NewJob> {
    match *fact {
        Fact::VotedElsewhere { post, by } => one(SendVote { post, by }),
        Fact::PollEnded {
            post,
            thread,
            author,
            origin,
            ..
        } => end_poll(post, thread, author, origin),
        _ => Vec::new(),
    }
}

/// The last counts are sent with the end of a poll of ours.
fn end_poll(post: PostId, thread: PostId, author: ActorId, origin: FactOrigin) -> Vec<NewJob> {
    let mut jobs = send_post(post, thread, PostChange::Edited, author, origin);
    if origin != FactOrigin::Fetched {
        jobs.push(TellVoters { post }.into());
    }
    jobs
}

/// Servers that receive the Move fetch the actor document, so its Update is sent first.
fn send_move(actor: ActorId, to: ActorId) -> Vec<NewJob> {
    vec![SendActor::new(actor).into(), SendMove { actor, to }.into()]
}

fn send_suspension(actor: ActorId, origin: FactOrigin) -> Vec<NewJob> {
    counted_anew(actor, if_local(origin, SendSuspension { actor }))
}

fn announce(relay: Relay, new_thread: Option<PostId>) -> Vec<NewJob> {
    let community = relay.community;
    let thread = new_thread.map(|post| AnnounceThread { community, post }.into());
    std::iter::once(relay.into()).chain(thread).collect()
}

/// The mails to the owner of an account; none for any other fact.
fn mails(fact: Fact) -> Vec<NewJob> {
    match fact {
        Fact::AccountApproved { account } => send_mail(account, AccountMail::Approved),
        Fact::AccountRefused { account, reason } => {
            send_mail(account, AccountMail::Refused { reason })
        }
        Fact::ResetRequested { typed } => one(RequestReset { typed }),
        Fact::ResetGranted { account } => send_mail(account, AccountMail::ResetPassword),
        Fact::SecurityTouched { account, event } => {
            send_mail(account, AccountMail::Security { event })
        }
        Fact::AddressGiven {
            account,
            address,
            former,
        } => confirm_address(account, address, former),
        _ => Vec::new(),
    }
}

fn send_mail(account: ActorId, mail: AccountMail) -> Vec<NewJob> {
    one(SendMail { account, mail })
}

/// Asks the owner of the new address, and tells that of the former one.
fn confirm_address(
    account: ActorId,
    address: MailAddress,
    former: Option<MailAddress>,
) -> Vec<NewJob> {
    let change = former.map(|former| AccountMail::AddressChange {
        former,
        address: address.clone(),
    });
    let confirm = AccountMail::ConfirmAddress { address };
    let mails = std::iter::once(confirm).chain(change);
    mails.flat_map(|mail| send_mail(account, mail)).collect()
}

/// Who has no account is mailed; others get a notice.
fn mail_guest(request: JoinSeen, mail: JoinMail) -> Vec<NewJob> {
    match request.who {
        Some(_) => Vec::new(),
        None => one(SendJoinMail {
            request: request.request,
            mail,
        }),
    }
}

fn send_answer(answer: AnswerSeen, undo: bool, origin: FactOrigin) -> Vec<NewJob> {
    if_local(origin, SendAnswer { answer, undo })
}

/// What is sent to a follower depends on what its server runs.
fn accept_follow(follow: FollowSeen) -> Vec<NewJob> {
    let actor = follow.follower;
    let mut jobs = answer_follow(follow, true);
    jobs.push(IdentifyPeer { actor }.into());
    jobs
}

fn notify_watchers(post: PostId, origin: FactOrigin) -> Vec<NewJob> {
    match origin {
        FactOrigin::Local | FactOrigin::Received => one(NotifyWatchers { post }),
        FactOrigin::Fetched => Vec::new(),
    }
}

fn send_follow(follow: FollowSeen, undo: bool) -> Vec<NewJob> {
    one(SendFollow { follow, undo })
}

fn answer_follow(follow: FollowSeen, accept: bool) -> Vec<NewJob> {
    one(AnswerFollow { follow, accept })
}

/// What an actor wrote and liked counts no longer, or counts again.
fn counted_anew(actor: ActorId, mut jobs: Vec<NewJob>) -> Vec<NewJob> {
    jobs.push(Recount { actor }.into());
    jobs
}

fn send_post(
    post: PostId,
    thread: PostId,
    change: PostChange,
    by: ActorId,
    origin: FactOrigin,
) -> Vec<NewJob> {
    if_local(
        origin,
        SendPost {
            post,
            thread,
            change,
            by,
        },
    )
}

fn if_local(origin: FactOrigin, job: impl Into<NewJob>) -> Vec<NewJob> {
    match origin {
        FactOrigin::Local => one(job),
        FactOrigin::Received | FactOrigin::Fetched => Vec::new(),
    }
}

fn one(job: impl Into<NewJob>) -> Vec<NewJob> {
    vec![job.into()]
}
