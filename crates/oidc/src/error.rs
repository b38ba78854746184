//! Why a provider signs nobody in.

/// Why a provider signs nobody in. Each has a Fluent message `sso-<code>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The provider cannot be reached, or does not answer as one.
    #[error("the provider does not answer: {0}")]
    Unavailable(String),
    /// The guard does not allow its address.
    #[error("the provider's address is not allowed: {0}")]
    Blocked(String),
    /// It refuses: `access_denied` where the person said no.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// Another issuer than the configured one answered.
    #[error("wrong issuer: {0}")]
    Issuer(String),
    /// The answer is not to the question that this browser asked.
    #[error("wrong nonce: {0}")]
    Nonce(String),
    /// The token is no longer valid, or not yet: the clocks of the two servers differ.
    #[error("wrong time: {0}")]
    Clock(String),
    /// The token is not signed by the provider, not for us, or malformed.
    #[error("the token is not valid: {0}")]
    Token(String),
    /// The person is not in the group that may sign in.
    #[error("not in the required group")]
    Group,
}

impl SignInError {
    /// Returns a stable code for messages and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) | Self::Blocked(_) => "unavailable",
            Self::Refused(_) => "refused",
            Self::Issuer(_) => "issuer",
            Self::Nonce(_) => "nonce",
            Self::Clock(_) => "clock",
            Self::Token(_) => "token",
            Self::Group => "group",
        }
    }
}

impl From<client::FetchError> for SignInError {
    fn from(error: client::FetchError) -> Self {
        match error {
            client::FetchError::Blocked(blocked) => Self::Blocked(blocked.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
