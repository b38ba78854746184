//! Writes mails in the reader's language and hands them to the organization's mail server. What a mail
//! is about and who receives it is decided elsewhere; links and addresses are passed in.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

pub mod account;
mod auto_submitted;
pub mod contact;
mod headers;
mod inbox;
pub mod invitation;
mod mail_text;
mod mailer;
pub mod membership;
pub mod notice;
mod smtp;

pub use headers::MailHeaders;
pub use inbox::{DemoInbox, KeptMail};
pub use mail_text::{Action, Item, MailText, Section};
pub use mailer::Mailer;
pub use smtp::SmtpConfig;

use auto_submitted::AutoSubmitted;

/// Why a mail was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// No mail server is configured.
    #[error("no mail server is configured")]
    NotConfigured,
    /// The configuration cannot be used.
    #[error("{0}")]
    Setting(String),
    /// The mail server could not be reached, does not trust us yet, or asks to come again.
    #[error("{0}")]
    Unavailable(String),
    /// The mail server refuses this mail or its recipient for good.
    #[error("{0}")]
    Refused(String),
}

impl MailError {
    /// Whether it is the recipient's address that is refused for good, not this mail. Only an enhanced code tells
    /// (RFC 3463, RFC 7505): 5.1.1 to 5.1.6 and 5.1.10 are of the recipient's address, 5.2.1 is a mailbox that is
    /// closed. A bare 550 or 553 also refuses senders and contents, and lettre does not say which command it answers.
    #[must_use]
    pub fn refuses_recipient(&self) -> bool {
        let Self::Refused(why) = self else {
            return false;
        };
        let Some((_, said)) = why
            .strip_prefix("permanent error (")
            .and_then(|rest| rest.split_once(')'))
        else {
            return false;
        };
        let mut words = said.split([' ', ':']).filter(|word| !word.is_empty());
        matches!(
            words.next(),
            Some("5.1.1" | "5.1.2" | "5.1.3" | "5.1.4" | "5.1.5" | "5.1.6" | "5.1.10" | "5.2.1")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::MailError;

    #[test]
    fn an_address_is_refused_by_its_code_and_not_with_the_mail() {
        for (why, refused) in [
            ("permanent error (550): no mail to ann@example.org", false),
            ("permanent error (550): Sender verify failed", false),
            (
                "permanent error (553): sorry, not in my list of allowed rcpthosts",
                false,
            ),
            ("permanent error (550): 5.1.1 User unknown", true),
            ("permanent error (550): 5.1.6 Mailbox has moved", true),
            ("permanent error (556): 5.1.10 Recipient has null MX", true),
            ("permanent error (550): 5.1.0 Address rejected", false),
            ("permanent error (550): 5.1.7 Bad sender", false),
            ("permanent error (550): 5.1.11 Something new", false),
            ("permanent error (550): 5.2.1 Mailbox disabled", true),
            (
                "permanent error (550): 5.7.1 Message rejected as spam",
                false,
            ),
            ("permanent error (553): 5.1.8 Sender refused", false),
            ("permanent error (554): Transaction failed", false),
            ("ann@example.org: malformed", false),
        ] {
            assert_eq!(
                MailError::Refused(why.to_owned()).refuses_recipient(),
                refused,
                "{why}"
            );
        }
        assert!(!MailError::NotConfigured.refuses_recipient());
    }
}
