//! An actor whose signatures can be verified.

use httpsig::VerifyingKey;
use model::{ActorId, PeerId};

/// An actor with one of its keys.
#[derive(Debug)]
pub(crate) struct Signer {
    pub ap_id: String,
    /// The id of its row.
    pub actor: ActorId,
    /// The URL of its followers collection.
    pub followers: Option<String>,
    pub peer: Option<PeerId>,
    /// `https://beta.test`.
    pub origin: String,
    /// `beta.test`.
    pub host: String,
    pub key: VerifyingKey,
}
