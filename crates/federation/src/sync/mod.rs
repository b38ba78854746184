//! Followers kept in step with other servers (FEP-8fcf). What is sent to an actor's followers says
//! in one number who of the peer's follows it; a peer that counts otherwise asks for the list, and
//! mends its side. Never takes a peer's word for more than its own actor's followers.

mod header;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod mend;
#[cfg(test)]
mod tests;
mod told;

pub use mend::SyncFollowers;

pub(crate) use header::NAME;
pub(crate) use told::{header, url};

use crate::context::Federation;
use crate::context::signer::Signer;
use client::same_origin_text;
use header::Told;
use http::HeaderMap;
use httpsig::UnverifiedSignature;

/// Most followers of one peer that one actor's list holds: a list must fit into an answer. Beyond
/// it nothing is told, and nothing compared.
pub(crate) const LISTED: usize = 10_000;

/// The look that a believed request calls for; `None` where it says nothing of its signer's own
/// followers, says it unsigned, or was heard within the hour.
pub(crate) fn wanted(
    fed: &Federation,
    signature: &UnverifiedSignature,
    signer: &Signer,
    headers: &HeaderMap,
) -> Option<SyncFollowers> {
    if !signature.covers(NAME) {
        return None;
    }
    let told = Told::read(headers)?;
    let own = signer.followers.as_deref() == Some(told.collection.as_str())
        && same_origin_text(&signer.ap_id, &told.url);
    let now = fed.ops().now();
    (own && fed.inbox().may_synchronize(signer.actor, now)).then(|| SyncFollowers {
        actor: signer.actor,
        url: told.url,
        digest: told.digest.to_string(),
    })
}
