//! The context of the jobs that need several crates.

use crate::mail_pace::MailPace;
use crate::push_service::PushService;
use backup::Plan;
use domain::Ops;
use federation::context::Federation;
use mail::Mailer;
use media::Media;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Context {
    pub federation: Federation,
    pub media: Media,
    pub mailer: Mailer,
    pub mail_pace: MailPace,
    pub push: PushService,
    pub backup_plan: Option<Plan>,
}

impl Context {
    pub(crate) fn ops(&self) -> &Ops {
        self.federation.ops()
    }
}
