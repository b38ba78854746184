//! Looking up actors and posts of other servers, within a budget. `federation` implements it and
//! `server` injects it.

use async_trait::async_trait;
use model::{ActorId, PostId, Refusal};

/// What a lookup led to; it is stored here now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoteObject {
    /// A person or a community.
    Actor(ActorId),
    /// A thread or a reply.
    Post(PostId),
}

/// Looks up handles and URLs of other servers.
#[async_trait]
pub trait Remote: Send + Sync {
    /// Finds what `!name@host`, `@name@host` or a URL names; local ones without a request.
    ///
    /// # Errors
    /// `NotFound` where its server says so, `Unreachable` where it does not answer, `Invalid(q)`
    /// where the text is neither a name nor an address.
    async fn look_up(&self, text: &str) -> Result<RemoteObject, Refusal>;

    /// The host of what somebody types as where their account is: their address, or their server; `None` where
    /// it is neither.
    fn home_host(&self, home: &str) -> Option<String>;

    /// The page on which somebody with an account on another server follows an actor; `home` is their address
    /// or their server, as typed.
    ///
    /// # Errors
    /// `Invalid(server)` where it is neither, `Unreachable`, `NotAllowed(PeerRefused)`.
    async fn follow_page(&self, home: &str, object: &str) -> Result<String, Refusal>;

    /// Fetches an actor and returns its `alsoKnownAs` (FEP-7628).
    ///
    /// # Errors
    /// As [`Self::look_up`].
    async fn also_known_as(&self, who: ActorId) -> Result<Vec<String>, Refusal>;
}
