//! Signing in with an institution by OpenID Connect: authorization code with PKCE, state and nonce; discovery;
//! the check of ID tokens and of logout tokens. It knows providers and what they say of a person, and
//! nothing of accounts. Every request goes through the guarded client.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod error;
mod identity;
mod logout;
mod metadata;
mod provider;
#[cfg(test)]
mod tests;

pub use error::SignInError;
pub use identity::{ClaimNames, Identity};
pub use logout::LoggedOut;
pub use provider::{Asked, Begun, Provider, ProviderConfig, SKEW_SECONDS};
