//! Every kind of job and every schedule, one line each.

use crate::backup::{self, WriteBackup};
use crate::context::Context;
use crate::follow::RepeatFollows;
use crate::housekeeping::Housekeeping;
use crate::keys::CompleteKeys;
use crate::peer::{IDENTIFY_SECONDS, IdentifyPeers};
use crate::post_picture::DeleteUnusedPictures;
use crate::search::RewriteSearchEntries;
use ::backup::Plan;
use chrono_tz::Tz;
use delivery::jobs::{Registry, Schedule};
use federation::outgoing::FanOut;
use federation::sync::SyncFollowers;
use model::community::contact::SendContactMessage;
use model::fact::Relay;
use model::invitation::{QueueInvitations, SendInvitation};
use model::job::{
    AnnounceThread, AnswerFollow, ApplyPeerRule, Backfill, CatchUp, FetchPicture, IdentifyPeer,
    IndexActor, IndexPost, NotifyWatchers, Recount, ReevaluatePeers, ReportRefusal, SendActor,
    SendActorRemoved, SendAnswer, SendFollow, SendLike, SendMove, SendPost, SendSuspension,
};
use model::mail::{RequestReset, SendMail};
use model::membership::SendJoinMail;
use model::notice_mail::{MailNewThread, QueueDigests, SendDigest, SendNoticeMail};
use model::notice_push::SendPush;
use model::poll::{ClosePoll, SendPollCounts, SendVote, TellVoters};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Returns all kinds of jobs, each with the context its body runs in.
pub(crate) fn jobs(context: &Context) -> Registry {
    let federation = &context.federation;
    Registry::default()
        .job::<SendPost, _>(federation)
        .job::<Relay, _>(federation)
        .job::<AnnounceThread, _>(federation)
        .job::<SendLike, _>(federation)
        .job::<SendAnswer, _>(federation)
        .job::<SendVote, _>(federation)
        .job::<SendPollCounts, _>(federation)
        .job::<SendFollow, _>(federation)
        .job::<AnswerFollow, _>(federation)
        .job::<IdentifyPeer, _>(federation)
        .job::<SendActor, _>(federation)
        .job::<SendSuspension, _>(federation)
        .job::<SendMove, _>(federation)
        .job::<SendActorRemoved, _>(federation)
        .job::<FanOut, _>(federation)
        .job::<CatchUp, _>(federation)
        .job::<Backfill, _>(federation)
        .job::<SyncFollowers, _>(federation)
        .job::<FetchPicture, _>(context)
        .job::<ApplyPeerRule, _>(context)
        .job::<ReevaluatePeers, _>(context)
        .job::<Recount, _>(context)
        .job::<IndexPost, _>(context)
        .job::<IndexActor, _>(context)
        .job::<RewriteSearchEntries, _>(context)
        .job::<NotifyWatchers, _>(context)
        .job::<ReportRefusal, _>(context)
        .job::<ClosePoll, _>(context)
        .job::<TellVoters, _>(context)
        .job::<SendMail, _>(context)
        .job::<SendJoinMail, _>(context)
        .job::<SendContactMessage, _>(context)
        .job::<SendInvitation, _>(context)
        .job::<QueueInvitations, _>(context)
        .job::<RequestReset, _>(context)
        .job::<SendNoticeMail, _>(context)
        .job::<SendDigest, _>(context)
        .job::<SendPush, _>(context)
        .job::<MailNewThread, _>(context)
        .job::<QueueDigests, _>(context)
        .job::<RepeatFollows, _>(context)
        .job::<CompleteKeys, _>(context)
        .job::<DeleteUnusedPictures, _>(context)
        .job::<Housekeeping, _>(context)
        .job::<IdentifyPeers, _>(context)
        .job::<WriteBackup, _>(context)
}

/// Returns all schedules; those at a time of day are in the time zone that `zone` returns at the time.
pub(crate) fn schedules(
    backups: Option<&Plan>,
    zone: impl Fn() -> Tz + Send + Sync + 'static,
) -> Vec<Schedule> {
    let mut schedules = vec![
        Schedule::every(MINUTE, RepeatFollows),
        Schedule::every(HOUR, CompleteKeys),
        Schedule::every(HOUR, Housekeeping),
        Schedule::every(IDENTIFY_SECONDS, IdentifyPeers),
        Schedule::every(5 * MINUTE, QueueDigests),
        Schedule::every(HOUR, DeleteUnusedPictures),
    ];
    schedules.extend(backups.and_then(|plan| backup::schedule(plan, zone)));
    schedules
}
