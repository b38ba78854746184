//! The one way a mail leaves, whatever takes it.

use std::sync::Arc;

use model::Time;
use model::mail::MailAddress;

use crate::MailError;
use crate::inbox::{DemoInbox, KeptMail};
use crate::mail_text::MailText;
use crate::smtp::{Smtp, SmtpConfig};

/// Sends mails. Cheap to clone.
#[derive(Clone, Default)]
pub struct Mailer(Transport);

#[derive(Clone, Default)]
enum Transport {
    /// No mail is sent.
    #[default]
    Nothing,
    Smtp(Arc<Smtp>),
    Demo(DemoInbox),
}

impl Mailer {
    /// Sends through a mail server.
    ///
    /// # Errors
    /// `Setting` where the certificate authority cannot be read.
    pub fn smtp(config: &SmtpConfig) -> Result<Self, MailError> {
        Smtp::new(config).map(|smtp| Self(Transport::Smtp(Arc::new(smtp))))
    }

    /// Keeps mails for the demo's page.
    #[must_use]
    pub fn demo(inbox: DemoInbox) -> Self {
        Self(Transport::Demo(inbox))
    }

    /// Whether mail can be sent at all.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !matches!(self.0, Transport::Nothing)
    }

    /// Returns the mails that a demo keeps.
    #[must_use]
    pub fn demo_inbox(&self) -> Option<&DemoInbox> {
        match &self.0 {
            Transport::Demo(inbox) => Some(inbox),
            Transport::Nothing | Transport::Smtp(_) => None,
        }
    }

    /// Connects to the mail server, signs in where it is configured, and leaves.
    ///
    /// # Errors
    /// [`MailError`] says whether trying again can help.
    pub async fn check(&self) -> Result<(), MailError> {
        match &self.0 {
            Transport::Nothing => Err(MailError::NotConfigured),
            Transport::Smtp(smtp) => smtp.check().await,
            Transport::Demo(_) => Ok(()),
        }
    }

    /// Sends a mail. `id` is part of its `Message-ID`, the same at each attempt.
    ///
    /// # Errors
    /// [`MailError`] says whether trying again can help.
    pub async fn send(
        &self,
        to: &MailAddress,
        name: &str,
        mail_text: &MailText,
        id: &str,
        now: Time,
    ) -> Result<(), MailError> {
        match &self.0 {
            Transport::Nothing => Err(MailError::NotConfigured),
            Transport::Smtp(smtp) => smtp.send(to, name, mail_text, id).await,
            Transport::Demo(inbox) => {
                inbox.keep(KeptMail {
                    to: to.clone(),
                    at: now,
                    text: mail_text.clone(),
                });
                Ok(())
            }
        }
    }
}
