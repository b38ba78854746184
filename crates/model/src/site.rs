//! The instance's own description and settings.

use crate::{Lang, LangText, SiteRole, text_enum};
use serde::{Deserialize, Serialize};

text_enum! {
    /// The condition for registering an account.
    Registration {
        /// Anybody may register.
        Open = "open",
        /// Anybody may register; an admin approves the account.
        Approval = "approval",
        /// Only people with an invitation may register.
        Invitation = "invitation",
        /// Nobody may register.
        Closed = "closed",
    }
}

text_enum! {
    /// A page on which the organization says what holds on its site. Until its admins write it, it has a
    /// default text.
    InfoPage {
        /// Who runs the site, and what it is for.
        About = "about",
        /// What is stored, and who sees it.
        Privacy = "privacy",
        /// How people treat each other.
        Conduct = "conduct",
        /// For whom the site works, and what is missing.
        Accessibility = "accessibility",
        /// Whom to write to.
        Contact = "contact",
    }
}

/// The settings of the instance that admins edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The public origin, such as `https://practice.example`, without a trailing slash.
    pub url: String,
    /// The name of the organization.
    pub name: LangText,
    /// The description of the organization, in Markdown.
    pub description: LangText,
    /// The interface's languages; the first is the default.
    pub languages: Vec<Lang>,
    pub registration: Registration,
    /// IANA name of the time zone of pages, unless a person has chosen another; empty: UTC.
    #[serde(default)]
    pub zone: String,
    /// Administrators may act as such only with two-step sign-in.
    #[serde(default)]
    pub admins_need_second_factor: bool,
}

/// Whether a text has the form of a time zone's IANA name, or is empty.
#[must_use]
pub fn is_zone_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
    text.len() <= 60 && text.chars().all(allowed)
}

impl Site {
    /// Returns the language for a reader who accepts none of the interface's languages.
    #[must_use]
    pub fn default_lang(&self) -> Lang {
        self.languages.first().copied().unwrap_or(Lang::En)
    }

    /// Returns whether an account with this role may act only with two-step sign-in.
    #[must_use]
    pub fn wants_second_factor(&self, role: SiteRole) -> bool {
        self.admins_need_second_factor && role == SiteRole::Admin
    }

    /// Returns whether the public URL is https, which makes cookies `Secure` and enables HSTS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.starts_with("https://")
    }
}
