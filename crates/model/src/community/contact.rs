//! Whom visitors of a community can write to, and what they write.

use crate::job::Payload;
use crate::mail::MailAddress;
use crate::{ContactMessageId, Lang, LangText};
use serde::{Deserialize, Serialize};

/// Contacts of a community.
pub const CONTACTS_MAX: usize = 4;
/// Characters of what to write to a contact about, in one language.
pub const CONTACT_ABOUT_MAX: usize = 120;
/// Characters of a message.
pub const CONTACT_TEXT_MAX: usize = 5_000;
/// Characters of the name of whoever writes.
pub const CONTACT_NAME_MAX: usize = 120;
/// Messages to the contacts of a community within a day.
pub const CONTACT_PER_DAY: i64 = 40;

/// Somebody whom visitors can write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    /// What to write to them about; may be empty.
    pub about: LangText,
    /// Shown to facilitators alone.
    pub address: MailAddress,
    /// The language of the mails to them.
    pub lang: Lang,
}

/// What somebody writes to a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLetter {
    /// Who writes, as they say.
    pub name: String,
    /// Where the contact answers them.
    pub address: MailAddress,
    pub text: String,
}

/// Mails a message to a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendContactMessage {
    pub message: ContactMessageId,
}

impl Payload for SendContactMessage {
    const KIND: &'static str = "send_contact_message";

    const RETRY_SECONDS: &'static [i64] = &[60, 300, 1_800, 7_200, 28_800, 86_400];
}
