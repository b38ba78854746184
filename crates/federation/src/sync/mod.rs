//! Followers collection synchronization (FEP-8fcf). What is sent to an actor's followers has a digest of the
//! followers on that peer; a peer whose digest differs fetches the list and corrects its own rows. A header
//! is accepted about the followers of its signer only.

mod header;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod outgoing;
mod reconcile;
#[cfg(test)]
mod tests;

pub use reconcile::SyncFollowers;

pub(crate) use header::NAME;
pub(crate) use outgoing::{header, url};

use crate::context::Federation;
use crate::context::signer::Signer;
use client::same_origin_text;
use header::SyncHeader;
use http::HeaderMap;
use httpsig::UnverifiedSignature;

/// The most followers on one peer that one actor's list has: a list must fit into a response. Beyond it no
/// header is sent, and nothing is compared.
pub(crate) const MAX_LISTED: usize = 10_000;

/// Returns the job that a verified request requires; `None` where its header is missing, unsigned or not about
/// its signer's followers, or was handled within the hour.
pub(crate) fn wanted(
    fed: &Federation,
    signature: &UnverifiedSignature,
    signer: &Signer,
    headers: &HeaderMap,
) -> Option<SyncFollowers> {
    if !signature.covers(NAME) {
        return None;
    }
    let header = SyncHeader::read(headers)?;
    let own = signer.followers.as_deref() == Some(header.collection.as_str())
        && same_origin_text(&signer.ap_id, &header.url);
    let now = fed.ops().now();
    (own && fed.inbox().may_synchronize(signer.actor, now)).then(|| SyncFollowers {
        actor: signer.actor,
        url: header.url,
        digest: header.digest.to_string(),
    })
}
