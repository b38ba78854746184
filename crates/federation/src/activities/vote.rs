//! Votes in polls (FEP-9967): Create of a Note that names a choice, sent to who asked and to nobody else.

use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::{self, Freshness};
use crate::json;
use crate::kinds::Vote;
use crate::verb::Verb;
use activitypub_federation::kinds::activity::CreateType;
use delivery::inbound::Applied;
use domain::Outcome;
use domain::poll::PeerVote;
use model::{PollWay, PostKind, Time};
use store::row;
use vocab::{Activity, Object};

/// Applies a vote that its voter sent. Votes are secret: one that a community announces is ignored, and so is one in a
/// poll that is not ours.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    vote: Vote,
) -> Result<Verb, ReceiveError> {
    if !received.is_delivered() {
        return Err(ReceiveError::ignored("a vote"));
    }
    if vote
        .voter
        .as_deref()
        .is_some_and(|voter| voter != received.actor)
    {
        return Err(ReceiveError::rejected("the voter is somebody else"));
    }
    let post = fetch::recent_cache::post(fed, &vote.poll).await?;
    let post = post.filter(|post| post.peer_id.is_none() && post.kind == PostKind::Poll);
    let post = post.ok_or(ReceiveError::ignored("a vote"))?.id;
    let actor = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let origin = received
        .provenance
        .origin(&received.ap_id(), &actor, None)?
        .unannounced();
    let vote = PeerVote {
        name: vote.name,
        place: vote.place,
    };
    Ok(Box::new(move |tx| {
        domain::poll::vote_from_peer(tx, actor.id, post, &vote, &origin)?;
        Ok(Applied::Done)
    }))
}

/// One vote of somebody here, and the choice that it names.
pub(crate) struct SentVote<'v> {
    pub vote: &'v row::PollVote,
    pub name: &'v str,
    pub way: PollWay,
}

/// Builds the Create of a vote. Its ids are those of its voter with a fragment, as of Mastodon's votes: nobody else can
/// fetch it.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(
    sent: &SentVote<'_>,
    voter: &row::Actor,
    poll: &row::Post,
    author: &row::Actor,
    now: Time,
) -> Outcome<Activity> {
    let id = format!("{}#votes/{}", voter.ap_id, sent.vote.vote_id);
    let place = u64::try_from(sent.vote.place).ok();
    let note = Object {
        id: Some(id.clone()),
        kind: "Note".to_owned(),
        attributed_to: Some(voter.ap_id.clone()),
        to: vec![author.ap_id.clone()],
        name: Some(sent.name.to_owned()),
        in_reply_to: Some(poll.ap_id.clone()),
        published: Some(now.utc()),
        hedgerow_place: place.filter(|_| sent.way == PollWay::Ranked),
        ..Object::default()
    };
    Ok(Activity {
        to: note.to.clone(),
        published: note.published,
        ..Activity::new(
            &CreateType::Create.to_string(),
            &format!("{id}/activity"),
            &voter.ap_id,
            json::part(&note)?,
        )
    })
}
