//! The demo's mails, which are read on a page instead of being sent. They are kept in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use model::Time;
use model::mail::MailAddress;

use crate::mail_text::MailText;

/// Mails kept for all accounts together; the oldest are dropped.
const KEPT: usize = 200;

/// A mail that would have been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMail {
    pub to: MailAddress,
    pub at: Time,
    pub text: MailText,
}

/// The mails of a demo instance, newest first. Cheap to clone.
#[derive(Clone, Default)]
pub struct DemoInbox(Arc<Mutex<VecDeque<KeptMail>>>);

impl DemoInbox {
    pub(crate) fn keep(&self, mail: KeptMail) {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.push_front(mail);
        mails.truncate(KEPT);
    }

    /// Returns the mails to an address, newest first.
    #[must_use]
    pub fn of(&self, address: &MailAddress) -> Vec<KeptMail> {
        let mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let folded = address.folded();
        let own = mails.iter().filter(|mail| mail.to.folded() == folded);
        own.cloned().collect()
    }
}
