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
mod inbox;
mod letter;
mod mailer;
mod smtp;

pub use inbox::{DemoInbox, KeptMail};
pub use letter::{Action, Letter};
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
