//! The headers by which programs sort mails: which list and conversation one is of, and how to end such mails.

use lettre::message::header::{Header, HeaderName, HeaderValue};
use model::mail::MailAddress;

/// What a mail of a notice or a digest says of itself to programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailHeaders {
    /// The community that it is of, as a domain: `weavers.alliance.example` (RFC 2919).
    pub list: Option<String>,
    /// The name of the conversation, which is the local part of a Message-ID.
    pub thread: Option<String>,
    /// The link that ends such mails by a POST (RFC 8058).
    pub unsubscribe: Option<String>,
    /// The name and the address that an answer goes to; that of the sender where there is none.
    pub reply_to: Option<(String, MailAddress)>,
}

/// Defines a header with a text.
macro_rules! text_header {
    ($(#[$doc:meta])* $name:ident = $word:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub(crate) struct $name(pub String);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($word)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

text_header! {
    /// RFC 2919.
    ListId = "List-Id"
}
text_header! {
    /// RFC 2369 §3.2.
    ListUnsubscribe = "List-Unsubscribe"
}
text_header! {
    /// RFC 8058 §3.1.
    ListUnsubscribePost = "List-Unsubscribe-Post"
}
