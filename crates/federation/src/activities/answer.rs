//! ChooseAnswer (PieFed): a reply is accepted as an answer to its question; and its Undo.

use super::like::target_post;
use super::outcome::ReceiveError;
use super::received::{ReceivedActivity, object_id};
use crate::context::Federation;
use crate::fetch::{self, Freshness};
use crate::verb::Verb;
use delivery::inbound::Applied;
use model::Audience;
use model::fact::AnswerSeen;
use serde_json::Value;
use store::row;
use vocab::{Activity, PUBLIC};

/// The type.
pub(super) const CHOOSE_ANSWER: &str = "ChooseAnswer";

/// Applies a ChooseAnswer. The verb believes only the asker and the community's moderators, whoever
/// announces it.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    apply(fed, received, received.object_id()?, true).await
}

/// Applies the Undo of a ChooseAnswer.
pub(super) async fn undo(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    inner: &Activity,
) -> Result<Verb, ReceiveError> {
    let id = object_id(inner)?;
    apply(fed, received, id, false).await
}

async fn apply(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
    reply: &str,
    accepted: bool,
) -> Result<Verb, ReceiveError> {
    let reply = target_post(fed, received, reply).await?.id;
    let actor = fetch::actor(fed, received.actor, Freshness::Any).await?;
    let origin = received
        .provenance
        .origin(&received.ap_id(), &actor, None)?;
    Ok(Box::new(move |tx| {
        if accepted {
            domain::post::accept(tx, actor.id, reply, &origin)?;
        } else {
            domain::post::unaccept(tx, actor.id, reply, &origin)?;
        }
        Ok(Applied::Done)
    }))
}

/// Builds a ChooseAnswer. Its id is derived from the acceptance, so that the Undo names the same one.
#[must_use]
pub(crate) fn build(
    answer: &AnswerSeen,
    actor: &row::Actor,
    reply: &row::Post,
    community: Option<&row::Actor>,
) -> Activity {
    let community: Vec<String> = community.iter().map(|c| c.ap_id.clone()).collect();
    let public = vec![PUBLIC.to_owned()];
    let (to, cc) = match reply.audience {
        Audience::Public => (public, community.clone()),
        Audience::Unlisted => (community.clone(), public),
    };
    Activity {
        to,
        cc,
        audience: community,
        ..Activity::new(
            CHOOSE_ANSWER,
            &format!("{}#answer-{}-{}", actor.ap_id, answer.post, answer.at),
            &actor.ap_id,
            Value::from(reply.ap_id.as_str()),
        )
    }
}
