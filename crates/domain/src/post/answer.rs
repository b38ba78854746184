//! Accepted answers: which replies to a question its asker, or a moderator, says answer it.

use super::relay;
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::fact::AnswerSeen;
use model::limits::ANSWERS_MAX;
use model::refusal::Rule;
use model::{ActorId, Fact, Origin, PostId, PostKind, PostState, Time};
use store::row;

/// Accepts a reply as an answer to the question it is in. Accepting it again does nothing. Software
/// with questions of its own does not say in a thread that it is one: a discussion of which a peer
/// accepts an answer becomes a question.
///
/// # Errors
/// `NotFound`, `Gone` for what was deleted, `NotAllowed(AskerOrModerator | Question | AnswersFull |
/// Banned | Closed | ActiveAccount)`.
pub fn accept(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let (reply, question) = in_question(tx, by, id, origin)?;
    match reply.state {
        PostState::Live => {}
        PostState::Tombstone => return Err(model::Refusal::Gone("post").into()),
        PostState::Held | PostState::Hidden | PostState::Draft => {
            return Err(Error::not_found("post"));
        }
    }
    if reply.accepted_at.is_some() {
        return Ok(());
    }
    if i64::from(question.answer_count) >= ANSWERS_MAX {
        return Err(Error::not_allowed(Rule::AnswersFull));
    }
    if question.kind != PostKind::Question {
        store::post::set_kind(tx.db, question.id, PostKind::Question)?;
    }
    set(tx, &reply, Some(tx.now))?;
    tx.record(Fact::AnswerAccepted {
        answer: seen(by, &reply, tx.now),
        author: reply.author_id,
        origin: origin.into(),
    });
    relay::to_followers_elsewhere(tx, origin, &reply)
}

/// Takes the acceptance of an answer back. Idempotent.
///
/// # Errors
/// As [`accept`].
pub fn unaccept(tx: &mut Tx<'_>, by: ActorId, id: PostId, origin: &Origin) -> Outcome<()> {
    let (reply, _) = in_question(tx, by, id, origin)?;
    let Some(since) = reply.accepted_at else {
        return Ok(());
    };
    set(tx, &reply, None)?;
    tx.record(Fact::AnswerRejected {
        answer: seen(by, &reply, since),
        origin: origin.into(),
    });
    relay::to_followers_elsewhere(tx, origin, &reply)
}

/// Accepts a reply that its own server marks as an accepted answer, in the name of the asker. A server is
/// believed of a question of its people, or in a community of its own; never in a community of ours, to
/// which the acceptance itself is sent.
///
/// # Errors
/// Faults only: a mark that nobody could have set is left alone.
pub fn accept_as_marked(tx: &mut Tx<'_>, id: PostId, origin: &Origin) -> Outcome<()> {
    let Some((reply, question)) = marked(tx, id)? else {
        return Ok(());
    };
    let community = match question.community_id {
        Some(community) => store::raw::actor::by_id(tx.db, community)?,
        None => None,
    };
    let is_ours = community.as_ref().is_some_and(|c| c.peer_id.is_none());
    let hosts = community.and_then(|community| community.peer_id);
    let knows = [question.peer_id, hosts].contains(&reply.peer_id);
    // What somebody here has asked they accept here.
    if is_ours || !knows || question.peer_id.is_none() {
        return Ok(());
    }
    match accept(tx, question.author_id, reply.id, origin) {
        Err(Error::Refused(_)) => Ok(()),
        done @ (Ok(()) | Err(Error::Fault(_))) => done,
    }
}

/// Loads a remote reply and its thread.
fn marked(tx: &mut Tx<'_>, id: PostId) -> Outcome<Option<(row::Post, row::Post)>> {
    let Some(reply) = store::raw::post::by_id(tx.db, id)? else {
        return Ok(None);
    };
    if reply.parent_id.is_none() || reply.peer_id.is_none() {
        return Ok(None);
    }
    let question = store::raw::post::by_id(tx.db, reply.root_id)?;
    Ok(question.map(|question| (reply, question)))
}

/// Loads a reply, and the question it is in, if somebody may accept answers to that.
fn in_question(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: PostId,
    origin: &Origin,
) -> Outcome<(row::Post, row::Post)> {
    let reader = tx.reader(by);
    let reply = store::post::by_id(tx.db, reader, id)?.ok_or(Error::not_found("post"))?;
    let question = access::require(tx, by, Action::Accept, reply.root_id, origin)?;
    let may_become_one = origin.is_remote() && question.kind == PostKind::Discussion;
    if reply.parent_id.is_none() || !(question.kind == PostKind::Question || may_become_one) {
        return Err(Error::not_allowed(Rule::Question));
    }
    Ok((reply, question))
}

fn set(tx: &mut Tx<'_>, reply: &row::Post, at: Option<Time>) -> Outcome<()> {
    store::post::set_accepted(tx.db, reply.id, at)?;
    store::post::recount::recount_answers(tx.db, reply.root_id)?;
    Ok(())
}

fn seen(by: ActorId, reply: &row::Post, at: Time) -> AnswerSeen {
    AnswerSeen {
        by,
        post: reply.id,
        thread: reply.root_id,
        at: at.unix_millis(),
    }
}

#[cfg(test)]
mod tests;
