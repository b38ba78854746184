//! The two forms of HTTP signatures.

/// The form of an HTTP signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureForm {
    /// draft-cavage-http-signatures-12, which every server reads.
    Draft,
    /// RFC 9421.
    Rfc9421,
}

impl SignatureForm {
    /// Both forms.
    pub const ALL: [Self; 2] = [Self::Draft, Self::Rfc9421];

    /// Returns the form to try after this one was refused.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Draft => Self::Rfc9421,
            Self::Rfc9421 => Self::Draft,
        }
    }

    /// Returns the name used in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Rfc9421 => "rfc9421",
        }
    }
}
