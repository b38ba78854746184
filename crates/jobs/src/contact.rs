//! Mails of visitors to the contacts of a community.

use crate::NOT_SET_UP;
use crate::context::Context;
use ::mail::MailError;
use ::mail::contact::{ContactMail, write};
use delivery::jobs::{Job, WaitsFor};
use domain::Tx;
use domain::community::contact::{ContactMailTo, address, mailed};
use model::community::contact::SendContactMessage;
use model::job::JobError;
use model::{JobId, Site};

impl Job<Context> for SendContactMessage {
    const WAITS_FOR: WaitsFor = WaitsFor::AccountMail;

    /// Sends, then forgets what was written.
    async fn run(&self, context: &Context, id: JobId) -> Result<(), JobError> {
        let Some(site) = context.ops().site() else {
            return Err(NOT_SET_UP);
        };
        let job = self.clone();
        let prepare = move |tx: &mut Tx<'_>| address(tx, &job);
        let Some(addressed) = context.ops().write(prepare).await? else {
            return Ok(());
        };
        let mail = write(&contact_mail(&site, &addressed));
        let (mailer, now) = (&context.mailer, context.ops().now());
        let message_id = format!("contact-{id}");
        let to_name = &addressed.message.to_name;
        let sent = mailer.send(&addressed.to, to_name, &mail, &message_id, now);
        sent.await.map_err(|error| {
            // Administrators read why; the address is not theirs to read there.
            let why = addressed.to.hide_in(&error.to_string());
            match error {
                MailError::Unavailable(_) => JobError::Failed(why),
                MailError::NotConfigured | MailError::Setting(_) | MailError::Refused(_) => {
                    JobError::Dead(why)
                }
            }
        })?;
        let message = self.message;
        let done = move |tx: &mut Tx<'_>| mailed(tx, message);
        Ok(context.ops().write(done).await?)
    }
}

fn contact_mail(site: &Site, addressed: &ContactMailTo) -> ContactMail {
    let message = &addressed.message;
    let lang = message.to_lang;
    let place = &addressed.community;
    let name = place.community.name.read(lang);
    ContactMail {
        lang,
        to: message.to_name.clone(),
        name: message.name.clone(),
        address: addressed.from.clone(),
        text: message.text.clone(),
        community: match name.is_empty() {
            true => place.actor.handle.clone(),
            false => name.to_owned(),
        },
        site: site.name.read(lang).to_owned(),
        site_url: site.url.clone(),
    }
}
