//! The page of a link in a mail, or of an administrator, that cannot be used: why, probably, and what to do.

use askama::Template;
use model::mail::MailLinkKind;

use crate::form::Form;
use crate::frame::Frame;

/// What a link was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Signing in once, by a link that an administrator made.
    SignIn,
    Mail(MailLinkKind),
}

impl LinkPurpose {
    /// The path of the page that it opens.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::SignIn => "/sign-in/link",
            Self::Mail(kind) => kind.path(),
        }
    }

    /// Whether a link that resets the password helps as much.
    #[must_use]
    pub const fn leads_to_password(self) -> bool {
        matches!(self, Self::SignIn | Self::Mail(MailLinkKind::Reset))
    }

    /// The key of one of its messages.
    fn key(self, part: &str) -> String {
        match self {
            Self::SignIn => format!("dead-link-{part}-sign-in"),
            Self::Mail(kind) => format!("dead-link-{part}-{kind}"),
        }
    }
}

/// Why a link cannot be used, as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLinkReason {
    /// Its key is not whole.
    Incomplete,
    Expired,
    /// Nothing is known of it: it was used, or replaced by a newer one, or expired long ago.
    Used,
}

/// The page of a link that cannot be used.
#[derive(Debug, Template)]
#[template(path = "account/dead_link.html")]
pub struct DeadLink {
    pub f: Frame,
    pub link: LinkPurpose,
    pub reason: DeadLinkReason,
    /// The form that asks for a new link, where mail is sent and it would help.
    pub form: Option<Form>,
}

impl DeadLink {
    /// The key of a message about the reason.
    fn key(&self, part: &str) -> String {
        let reason = match self.reason {
            DeadLinkReason::Incomplete => "incomplete",
            DeadLinkReason::Expired => "expired",
            DeadLinkReason::Used => "used",
        };
        format!("dead-link-{reason}-{part}")
    }

    /// Where to go from here: (address, key of its message).
    fn ways(&self) -> Vec<(&'static str, &'static str)> {
        let ask = ("/about/contact", "ask-admin");
        match (self.link, &self.f.me) {
            (LinkPurpose::Mail(MailLinkKind::Confirm), Some(_)) => {
                vec![("/settings/mail", "settings-mail"), ask]
            }
            (LinkPurpose::Mail(MailLinkKind::Confirm), None) => {
                vec![("/sign-in?next=%2Fsettings%2Fmail", "sign-in"), ask]
            }
            (LinkPurpose::Mail(MailLinkKind::Cancel), _) => {
                vec![("/forgotten-password", "reset-title"), ask]
            }
            (LinkPurpose::SignIn | LinkPurpose::Mail(MailLinkKind::Reset), _) => {
                vec![("/sign-in", "sign-in"), ask]
            }
        }
    }
}
