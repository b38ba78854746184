//! Mails to people without an account who asked to join a community.

use crate::NOT_SET_UP;
use crate::context::Context;
use ::mail::MailError;
use ::mail::membership::{JoinRecipient, JoinSubject, write};
use delivery::jobs::{Job, WaitsFor};
use domain::membership::{JoinMailTo, address_mail};
use domain::{Tx, secret};
use model::job::JobError;
use model::membership::{JoinMail, SendJoinMail};
use model::{JobId, Site};

impl Job<Context> for SendJoinMail {
    const WAITS_FOR: WaitsFor = WaitsFor::AccountMail;

    /// Makes the link, then sends. A mail that may have been sent already is sent again with another link.
    async fn run(&self, context: &Context, id: JobId) -> Result<(), JobError> {
        let Some(site) = context.ops().site() else {
            return Err(NOT_SET_UP);
        };
        let token = secret::token();
        let (job, digest) = (self.clone(), secret::digest(&token));
        let prepare = move |tx: &mut Tx<'_>| address_mail(tx, &job, &digest);
        let Some(addressed) = context.ops().write(prepare).await? else {
            return Ok(());
        };
        let recipient = recipient(&site, &addressed);
        let (subject, link) = match addressed.has_account {
            true => {
                let path = format!("/c/{}/join", addressed.community.actor.handle);
                (JoinSubject::HasAccount, path)
            }
            false => (
                JoinSubject::Request(self.mail),
                format!("/join/request?key={token}"),
            ),
        };
        let said = match self.mail {
            JoinMail::Confirm => "",
            JoinMail::Asked | JoinMail::Accepted | JoinMail::Declined => &addressed.text,
        };
        let mail = write(&recipient, subject, said, &link);
        let (mailer, now) = (&context.mailer, context.ops().now());
        let message_id = format!("join-{id}");
        let sent = mailer.send(&addressed.to, &recipient.name, &mail, &message_id, now);
        sent.await.map_err(|error| {
            // Administrators read why; the address is not theirs to read there.
            let why = addressed.to.hide_in(&error.to_string());
            match error {
                MailError::Unavailable(_) => JobError::Failed(why),
                MailError::NotConfigured | MailError::Setting(_) | MailError::Refused(_) => {
                    JobError::Dead(why)
                }
            }
        })
    }
}

fn recipient(site: &Site, addressed: &JoinMailTo) -> JoinRecipient {
    let lang = addressed.request.lang;
    let place = &addressed.community;
    let name = place.community.name.read(lang);
    JoinRecipient {
        lang,
        name: addressed.request.name.clone(),
        community: match name.is_empty() {
            true => place.actor.handle.clone(),
            false => name.to_owned(),
        },
        site: site.name.read(lang).to_owned(),
        site_url: site.url.clone(),
    }
}
