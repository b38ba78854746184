//! Why a signature was not made or not believed.

/// Each with a stable code for logs and records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No `Signature` header, nor an `Authorization: Signature`.
    #[error("the request is not signed")]
    Missing,
    /// The header cannot be read: which part, and why.
    #[error("the signature header cannot be read: {0}")]
    Malformed(&'static str),
    /// An algorithm, a component or a parameter of one that is not spoken here.
    #[error("the signature uses what is not supported here: {0}")]
    Unsupported(String),
    /// Something that must be covered is not: the target, the host, a date, the body's digest.
    #[error("the signature does not cover {0}")]
    NotCovered(&'static str),
    /// A covered header is not in the request.
    #[error("the signature covers {0}, which the request does not have")]
    Absent(String),
    /// A covered header stands in the request, or in the list, more than once.
    #[error("the header {0} stands more than once")]
    Duplicate(String),
    /// The body is not the one the digest was made of, or has no digest of a kind we know.
    #[error("the digest does not match the body")]
    Digest,
    /// More than an hour from our clock.
    #[error("the signature's date is more than an hour from ours")]
    Skewed,
    /// `expires` has passed.
    #[error("the signature has expired")]
    Expired,
    /// The key cannot be read, is of a kind we do not know, or of an unreasonable size.
    #[error("the key cannot be used: {0}")]
    Key(&'static str),
    /// The signature names another algorithm than the key's.
    #[error("the key is not one for the signature's algorithm")]
    OtherKey,
    /// The signature was not made by this key over this request for this host.
    #[error("the signature does not verify")]
    Forged,
    /// openssl could not sign.
    #[error("the request could not be signed")]
    Unsigned,
}

impl SignatureError {
    /// A stable code.
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

    /// Whether its owner may have a newer key under which it fits.
    #[must_use]
    pub const fn may_be_a_new_key(&self) -> bool {
        matches!(self, Self::Forged | Self::OtherKey)
    }

    /// Whether one form is so little to be understood that the other is looked at.
    pub(super) const fn is_not_understood(&self) -> bool {
        matches!(
            self,
            Self::Missing | Self::Malformed(_) | Self::Unsupported(_) | Self::Duplicate(_)
        )
    }
}
