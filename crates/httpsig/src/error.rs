//! The error of signing and verifying.

/// Why a request could not be signed or its signature was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The request has neither a `Signature` header nor an `Authorization: Signature`.
    #[error("the request is not signed")]
    Missing,
    /// The header cannot be parsed; the reason.
    #[error("the signature header cannot be read: {0}")]
    Malformed(&'static str),
    /// An algorithm, a component or a component's parameter is not supported.
    #[error("the signature uses what is not supported here: {0}")]
    Unsupported(String),
    /// A required component is not covered: the target, the host, a date or the body's digest.
    #[error("the signature does not cover {0}")]
    NotCovered(&'static str),
    /// A covered header is not in the request.
    #[error("the signature covers {0}, which the request does not have")]
    Absent(String),
    /// A covered header occurs more than once in the request or in the list.
    #[error("the header {0} stands more than once")]
    Duplicate(String),
    /// The digest is not the body's, or is of no supported kind.
    #[error("the digest does not match the body")]
    Digest,
    /// The date differs from our clock by more than an hour.
    #[error("the signature's date is more than an hour from ours")]
    Skewed,
    /// `expires` has passed.
    #[error("the signature has expired")]
    Expired,
    /// The key cannot be parsed, or its kind or size is not supported.
    #[error("the key cannot be used: {0}")]
    Key(&'static str),
    /// The signature names another algorithm than the key's.
    #[error("the key is not one for the signature's algorithm")]
    OtherKey,
    /// The signature is not the key's over this request for a configured host.
    #[error("the signature does not verify")]
    Forged,
    /// openssl could not sign.
    #[error("the request could not be signed")]
    Unsigned,
}

impl SignatureError {
    /// Returns a stable code for logs and records.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "signature_missing",
            Self::Malformed(_) => "signature_malformed",
            Self::Unsupported(_) => "signature_unsupported",
            Self::NotCovered(_) => "signature_not_covered",
            Self::Absent(_) => "signature_header_absent",
            Self::Duplicate(_) => "signature_header_duplicate",
            Self::Digest => "digest_mismatch",
            Self::Skewed => "signature_skewed",
            Self::Expired => "signature_expired",
            Self::Key(_) => "key_unusable",
            Self::OtherKey => "key_of_another_kind",
            Self::Forged => "signature_forged",
            Self::Unsigned => "signing_failed",
        }
    }

    /// Whether the signature may be valid under a newer key of its owner.
    #[must_use]
    pub const fn may_be_a_new_key(&self) -> bool {
        matches!(self, Self::Forged | Self::OtherKey)
    }

    /// Whether the signature cannot be understood, so that the one in the other form is used.
    pub(super) const fn is_not_understood(&self) -> bool {
        matches!(
            self,
            Self::Missing | Self::Malformed(_) | Self::Unsupported(_) | Self::Duplicate(_)
        )
    }
}
