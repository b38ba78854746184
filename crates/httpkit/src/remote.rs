//! Looking up what is elsewhere, within a budget. The federation engine does it; the server
//! connects the two.

use async_trait::async_trait;
use model::{ActorId, PostId, Refusal};

/// What a name or an address led to; taken in and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A person or a community.
    Actor(ActorId),
    /// A thread or a reply.
    Post(PostId),
}

/// Looks up a handle or an address.
#[async_trait]
pub trait Remote: Send + Sync {
    /// Finds what `!name@host`, `@name@host` or a URL names; ours without asking anyone.
    ///
    /// # Errors
    /// `NotFound` where its server says so, `Unreachable` where it says nothing, `Invalid(q)`
    /// where the text is neither a name nor an address.
    async fn look_up(&self, text: &str) -> Result<Found, Refusal>;

    /// By which other names an actor says that it is known (FEP-7628): its server is asked now.
    ///
    /// # Errors
    /// As [`Self::look_up`].
    async fn also_known_as(&self, who: ActorId) -> Result<Vec<String>, Refusal>;
}
