//! One delivery: signed, posted, and understood.

use super::frozen::Archive;
use super::verdict::Verdict;
use crate::context::Federation;
use client::SignedPost;
use domain::{Error, Outcome};
use http::HeaderName;
use store::row;
use url::Url;

/// Signs and posts one activity. A fault of ours leaves the row as it is.
/// `again`: it may be there already, and a 400 says so.
pub(super) async fn send(
    fed: &Federation,
    archive: &Archive,
    row: &row::Delivery,
    again: bool,
) -> Verdict {
    let verdict = match post(fed, archive, row, again).await {
        Ok(verdict) => verdict,
        Err(Error::Refused(refusal)) => {
            Verdict::SetAside(format!("it cannot be signed: {refusal}"))
        }
        Err(Error::Fault(fault)) => {
            tracing::error!(%fault, id = %row.id, "a delivery could not be made");
            Verdict::Kept
        }
    };
    tracing::debug!(inbox = %row.inbox, ?verdict, "delivery");
    verdict
}

async fn post(
    fed: &Federation,
    archive: &Archive,
    row: &row::Delivery,
    again: bool,
) -> Outcome<Verdict> {
    let frozen = archive.get(fed, row.activity_id).await?;
    let key = fed.signing_key(frozen.actor).await?;
    let inbox = match Url::parse(&row.inbox) {
        Ok(inbox) => inbox,
        Err(error) => {
            return Ok(Verdict::SetAside(format!("the inbox is no URL: {error}")));
        }
    };
    tracing::trace!(%inbox, kind = frozen.kind, "posting");
    let synchronization = match &frozen.followers {
        Some(followers) => followers.header(fed, row.peer_id).await?,
        None => None,
    };
    let name = HeaderName::from_static(crate::sync::NAME);
    let extra_headers: Vec<_> = synchronization
        .map(|text| (name, text))
        .into_iter()
        .collect();
    let signed_post = SignedPost {
        body: frozen.json.clone(),
        content_type: vocab::CONTENT_TYPE,
        key: &key,
        extra_headers: &extra_headers,
    };
    let posted = fed.client().post(&inbox, signed_post).await;
    match Verdict::of(posted.map(|_| ()), row.attempts, again) {
        Verdict::Gone => gone(fed, row).await,
        other => Ok(other),
    }
}

/// Ends the follower whose own inbox is gone; where an inbox is shared, one 410 does not speak for
/// everybody behind it.
async fn gone(fed: &Federation, row: &row::Delivery) -> Outcome<Verdict> {
    let inbox = row.inbox.clone();
    let ended = fed
        .ops()
        .write(move |tx| domain::follow::inbox_gone(tx, &inbox))
        .await?;
    Ok(if ended {
        Verdict::Arrived
    } else {
        Verdict::shared_inbox_gone()
    })
}
