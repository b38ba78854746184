//! Mails to the owners of accounts.

use crate::NOT_SET_UP;
use crate::context::Context;
use crate::notice_mail::recipient;
use ::mail::{MailError, account};
use delivery::jobs::{Job, WaitsFor};
use domain::{Tx, secret};
use model::JobId;
use model::job::JobError;
use model::mail::{MailLinkKind, RequestReset, SendMail};

impl Job<Context> for SendMail {
    const WAITS_FOR: WaitsFor = WaitsFor::AccountMail;

    /// Makes the link, then sends. A mail that may have been sent already is sent again with a new link, in
    /// place of the former one.
    async fn run(&self, context: &Context, id: JobId) -> Result<(), JobError> {
        let Some(site) = context.ops().site() else {
            return Err(NOT_SET_UP);
        };
        let token = secret::token();
        let (job, digest) = (self.clone(), secret::digest(&token));
        let prepare = move |tx: &mut Tx<'_>| domain::account::address_mail(tx, &job, &digest);
        let Some(addressed) = context.ops().write(prepare).await? else {
            return Ok(());
        };
        let recipient = recipient(&site, &addressed.account, &addressed.person);
        let link = match addressed.link {
            Some(kind) => Some(path_of(kind, &token)),
            None => self.mail.page().map(str::to_owned),
        };
        let mail_text = account::write(&recipient, &self.mail, link.as_deref());
        let (mailer, now) = (&context.mailer, context.ops().now());
        let message_id = format!("mail-{id}");
        context.mail_pace.count(addressed.to.domain(), now);
        let sent = mailer.send(&addressed.to, &recipient.name, &mail_text, &message_id, now);
        // Administrators read why; the address is not theirs to read there.
        let why = |error: &MailError| addressed.to.hide_in(&error.to_string());
        let sent = sent.await;
        if sent.as_ref().is_err_and(MailError::refuses_recipient) {
            let (owner, address) = (self.account, addressed.to.clone());
            let refuse =
                move |tx: &mut Tx<'_>| domain::account::refuse_address(tx, owner, &address);
            context.ops().write(refuse).await?;
        }
        sent.map_err(|error| match error {
            MailError::Unavailable(_) => JobError::Failed(why(&error)),
            MailError::NotConfigured | MailError::Setting(_) | MailError::Refused(_) => {
                JobError::Dead(why(&error))
            }
        })
    }
}

/// The path and query of a link; the token needs no escaping.
fn path_of(kind: MailLinkKind, token: &str) -> String {
    format!("{}?key={token}", kind.path())
}

impl Job<Context> for RequestReset {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let typed = self.typed.clone();
        let request = move |tx: &mut Tx<'_>| domain::account::send_reset(tx, &typed);
        context.ops().write(request).await?;
        Ok(())
    }
}
