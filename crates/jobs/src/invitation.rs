//! Mails that invite to communities, and the lists of people who are to get them.

use crate::NOT_SET_UP;
use crate::context::Context;
use ::mail::MailError;
use ::mail::invitation::{InvitedRecipient, write};
use delivery::jobs::{Job, WaitsFor};
use domain::membership::invitation::{
    InvitationMailTo, InvitationSent, ListProgress, address_invitation, finish_invitation,
    queue_list,
};
use domain::{Tx, secret};
use model::invitation::{QueueInvitations, SendInvitation};
use model::job::JobError;
use model::name::or_handle;
use model::{JobId, MailId, Site};

impl Job<Context> for SendInvitation {
    const WAITS_FOR: WaitsFor = WaitsFor::NoticeMail;

    /// Waits for its turn among the mails to the domain, makes the link, then sends.
    async fn run(&self, context: &Context, id: JobId) -> Result<(), JobError> {
        let Some(site) = context.ops().site() else {
            return Err(NOT_SET_UP);
        };
        let token = secret::token();
        let (invitation, digest) = (self.invitation, secret::digest(&token));
        let prepare = move |tx: &mut Tx<'_>| address_invitation(tx, invitation, &digest);
        let Some(addressed) = context.ops().write(prepare).await? else {
            return Ok(());
        };
        let now = context.ops().now();
        let place = MailId(invitation.0);
        let turn = context.mail_pace.take(addressed.to.domain(), place, now);
        turn.map_err(JobError::Later)?;
        let recipient = recipient(&site, &addressed);
        let mail = write(&recipient, &format!("/join/invited?key={token}"));
        let message_id = format!("invitation-{id}");
        let mailer = &context.mailer;
        let sent = mailer.send(&addressed.to, &recipient.name, &mail, &message_id, now);
        let sent = sent.await;
        let result = match &sent {
            Ok(()) => Some(InvitationSent::Taken),
            Err(MailError::Refused(_)) => Some(InvitationSent::Refused),
            Err(MailError::Unavailable(_) | MailError::NotConfigured | MailError::Setting(_)) => {
                None
            }
        };
        if let Some(result) = result {
            let finish = move |tx: &mut Tx<'_>| finish_invitation(tx, invitation, result);
            context.ops().write(finish).await?;
        }
        // Administrators read why; the address is not theirs to read there.
        let why = |error: &MailError| addressed.to.hide_in(&error.to_string());
        match sent {
            Ok(()) | Err(MailError::Refused(_)) => Ok(()),
            Err(error @ MailError::Unavailable(_)) => Err(JobError::Failed(why(&error))),
            Err(error @ (MailError::NotConfigured | MailError::Setting(_))) => {
                Err(JobError::Dead(why(&error)))
            }
        }
    }
}

fn recipient(site: &Site, addressed: &InvitationMailTo) -> InvitedRecipient {
    let lang = addressed.invitation.lang;
    InvitedRecipient {
        lang,
        name: addressed.invitation.name.clone(),
        inviter: or_handle(&addressed.inviter.name, &addressed.inviter.handle),
        community: addressed.community.shown_name(lang),
        purpose: addressed.community.community.purpose.read(lang).to_owned(),
        words: addressed.invitation.words.clone(),
        site: site.name.read(lang).to_owned(),
        site_url: site.url.clone(),
    }
}

impl Job<Context> for QueueInvitations {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let list = self.list;
        loop {
            let queue = move |tx: &mut Tx<'_>| queue_list(tx, list);
            match context.ops().write(queue).await? {
                ListProgress::More => {}
                ListProgress::Wait(seconds) => return Err(JobError::Later(seconds)),
                ListProgress::Done => return Ok(()),
            }
        }
    }
}
