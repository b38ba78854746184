//! What the instance says of itself.

use crate::{Lang, LangText, text_enum};
use serde::{Deserialize, Serialize};

text_enum! {
    /// Who may register.
    Registration {
        /// Anyone.
        Open = "open",
        /// Anyone, once an admin approves.
        Approval = "approval",
        /// Who holds an invitation.
        Invitation = "invitation",
        /// Nobody.
        Closed = "closed",
    }
}

/// The instance, as set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The public origin, such as `https://practice.example`, without a trailing slash.
    pub url: String,
    /// The organization's name.
    pub name: LangText,
    /// Who we are (Markdown).
    pub description: LangText,
    /// The languages of the interface; the first is the default.
    pub languages: Vec<Lang>,
    /// Who may register.
    pub registration: Registration,
}

impl Site {
    /// The language of a reader who asked for none of ours.
    #[must_use]
    pub fn default_lang(&self) -> Lang {
        self.languages.first().copied().unwrap_or(Lang::En)
    }

    /// The public URL is https: cookies are `Secure`, HSTS is sent.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.starts_with("https://")
    }
}
