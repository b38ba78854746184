//! Reads, prepares and applies received activities for the inbound queue.

use super::dependency::dependencies;
use super::forward;
use crate::activities;
use crate::activities::outcome::ReceiveError;
use crate::activities::received::ReceivedActivity;
use crate::context::Federation;
use crate::fetch::recent_cache;
use crate::json::without_nul;
use crate::own_ids;
use crate::verb::Verb;
use async_trait::async_trait;
use delivery::inbound::{Completion, Dependencies, Failure, InboundHandler};
use domain::{Error, Tx};
use futures::future::BoxFuture;
use model::Refusal;
use store::row;
use vocab::{Activity, id_of};

/// Documents fetched for one received activity, whatever it holds: a thread of 30, with the actor, its
/// community and what they name.
const DOCUMENTS_MAX: u32 = 40;

/// A stored activity, parsed.
pub struct ReadActivity {
    activity: Activity,
    /// The actor whose key signed it.
    signer: String,
    raw: String,
}

#[async_trait]
impl InboundHandler for Federation {
    type Activity = ReadActivity;
    type Change = Verb;

    fn read(&self, row: row::Inbound) -> Result<(ReadActivity, Dependencies), Failure> {
        let attempts = row.attempts;
        let mut activity = read(row).map_err(|error| self.failure(error, attempts))?;
        // Without its settings it applies nothing: `prepare` says so.
        if let Ok(urls) = self.urls() {
            own_ids::in_activity(&mut activity.activity, &urls);
        }
        let dependencies = dependencies(&activity.activity, &activity.signer);
        Ok((activity, dependencies))
    }

    async fn is_independent(
        &self,
        activity: &ReadActivity,
        attempts: i32,
    ) -> Result<bool, Failure> {
        let is_independent = refers_to_known_post(self, &activity.activity).await;
        is_independent.map_err(|error| self.failure(error.into(), attempts))
    }

    async fn prepare(&self, activity: ReadActivity, attempts: i32) -> Result<Verb, Failure> {
        let limited = self.with_document_limit(DOCUMENTS_MAX);
        let prepared = prepare(&limited, activity).await;
        prepared.map_err(|error| self.failure(error, attempts))
    }

    fn apply(
        &self,
        change: Verb,
        completion: Completion,
        attempts: i32,
    ) -> BoxFuture<'static, Result<bool, Failure>> {
        let verb = move |tx: &mut Tx<'_>| {
            if !completion.may_start(tx.db)? {
                return Ok(false);
            }
            let applied = change(tx)?;
            if !completion.complete(tx.db, applied)? {
                // Another process has applied it: what the verb has done here is rolled back.
                return Err(Error::Refused(Refusal::Gone("activity")));
            }
            Ok(true)
        };
        let (written, fed) = (self.ops().write_background(verb), self.clone());
        Box::pin(async move {
            let written = written.await;
            written.map_err(|error| fed.failure(error.into(), attempts))
        })
    }
}

impl Federation {
    /// Decides what happens to an activity that was not applied, after this many earlier attempts.
    fn failure(&self, error: ReceiveError, attempts: i32) -> Failure {
        if error.is_contended() {
            return Failure::Contended;
        }
        if let Some(why) = error.unavailable() {
            return Failure::Unavailable(why);
        }
        error.outcome(attempts, self.ops().now())
    }
}

fn read(row: row::Inbound) -> Result<ReadActivity, ReceiveError> {
    let raw = row
        .body
        .ok_or(ReceiveError::rejected("its bytes are gone"))?;
    let activity = match parse_fast(&raw) {
        Some(activity) => activity,
        None => parse_without_nul(&raw)?,
    };
    Ok(ReadActivity {
        activity,
        signer: row.signer,
        raw,
    })
}

/// Parses an activity whose limits the inbox has checked; `None` where it may contain U+0000.
fn parse_fast(raw: &str) -> Option<Activity> {
    if raw.contains("\\u0000") {
        return None;
    }
    serde_json::from_str(raw).ok()
}

fn parse_without_nul(raw: &str) -> Result<Activity, ReceiveError> {
    let value =
        vocab::parse(raw.as_bytes()).map_err(|error| ReceiveError::rejected(error.code()))?;
    let value = without_nul(value);
    serde_json::from_value(value)
        .map_err(|_never: serde_json::Error| ReceiveError::rejected("not an activity"))
}

/// Reads and fetches what the activity's verb needs.
async fn prepare(fed: &Federation, read: ReadActivity) -> Result<Verb, ReceiveError> {
    let activity = read.activity;
    let actor = activity
        .actor
        .clone()
        .ok_or(ReceiveError::rejected("no actor"))?;
    if fed.urls()?.is_ours(&actor) {
        return Err(ReceiveError::ignored("our own"));
    }
    if actor != read.signer {
        return forward::forwarded(fed, &activity).await;
    }
    let received = ReceivedActivity::delivered(&activity, &actor, read.raw);
    activities::receive(fed, &received).await
}

/// Whether the post that an activity refers to is stored already: a reply to a stored post, a like of one.
/// Then earlier activities do not change what is prepared; the transaction checks the post's state again.
async fn refers_to_known_post(fed: &Federation, activity: &Activity) -> domain::Outcome<bool> {
    let inner;
    let relayed = if activity.kind == "Announce" && activity.wraps_activity() {
        inner = activity.embedded_activity();
        inner.as_ref()
    } else {
        Some(activity)
    };
    let post_id = match relayed.map(|activity| (activity.kind.as_str(), activity)) {
        Some(("Create", activity)) => activity
            .embedded_value()
            .and_then(|object| object.get("inReplyTo"))
            .and_then(id_of),
        Some(("Like" | "EmojiReact" | "Announce", activity)) => activity.object_id(),
        Some(_) | None => None,
    };
    match post_id {
        Some(ap_id) => Ok(recent_cache::post(fed, ap_id).await?.is_some()),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests;
