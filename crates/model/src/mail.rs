//! E-mail: addresses, the mails that an account receives, and the links in them.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};
use url::Host;

use crate::job::Payload;
use crate::{ActorId, Why, text_enum};

/// Longest address, in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
pub const ADDRESS_MAX: usize = 254;
/// How long the link that confirms an address can be used, in seconds: a week.
pub const CONFIRM_SECONDS: i64 = 7 * 86_400;
/// How long the link that resets a password can be used, in seconds: two hours.
pub const RESET_SECONDS: i64 = 7_200;
/// How long a change of address can be stopped from the former address, in seconds: a week.
pub const CANCEL_SECONDS: i64 = 7 * 86_400;
/// How long after a password reset was asked for another one is ignored, in seconds: ten minutes.
pub const RESET_PAUSE_SECONDS: i64 = 600;

/// Why a text is not an address that mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Nothing was given.
    #[error("this is not an e-mail address: it is empty")]
    Empty,
    /// It has not the form of an address, such as `ann@example.org`.
    #[error("this is not an e-mail address, such as ann@example.org")]
    Form,
    /// It is longer than [`ADDRESS_MAX`].
    #[error("this e-mail address is too long: at most {ADDRESS_MAX} characters")]
    TooLong,
    /// The part before the `@` has letters that few mail servers accept (SMTPUTF8).
    #[error("the part before the @ may only have letters without accents, digits and signs")]
    Letters,
}

impl From<BadAddress> for Why {
    fn from(bad: BadAddress) -> Self {
        match bad {
            BadAddress::Empty => Self::Required,
            BadAddress::Form => Self::Malformed,
            BadAddress::TooLong => Self::TooLong,
            BadAddress::Letters => Self::Characters,
        }
    }
}

/// An address that mail can be sent to: the part before the `@` as typed, in ASCII; the domain in lower
/// case and in ASCII (`xn--…` where it has other letters).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailAddress(String);

impl MailAddress {
    /// Returns the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Replaces this address in a text, however it is spelled. What a mail server answers often quotes it.
    #[must_use]
    pub fn hide_in(&self, text: &str) -> String {
        let (folded, sought) = (text.to_ascii_lowercase(), self.folded());
        let mut shown = String::new();
        let mut rest = 0;
        // Lower case in ASCII keeps every position.
        for (at, _) in folded.match_indices(&sought) {
            shown.push_str(text.get(rest..at).unwrap_or_default());
            shown.push('…');
            rest = at + sought.len();
        }
        shown.push_str(text.get(rest..).unwrap_or_default());
        shown
    }

    /// Returns what follows the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Returns the form in which two spellings of one address are equal.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for MailAddress {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadAddress::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(BadAddress::Form)?;
        if !local.is_ascii() {
            return Err(BadAddress::Letters);
        }
        let domain = match Host::parse(domain) {
            Ok(Host::Domain(domain)) if domain.contains('.') || domain == "localhost" => domain,
            Ok(_) | Err(_) => return Err(BadAddress::Form),
        };
        let address = format!("{local}@{domain}");
        if address.len() > ADDRESS_MAX {
            return Err(BadAddress::TooLong);
        }
        let plain = Options::default()
            .without_display_text()
            .without_domain_literal();
        match EmailAddress::parse_with_options(&address, plain) {
            Ok(_) if !address.chars().any(char::is_control) => Ok(Self(address)),
            Ok(_) | Err(_) => Err(BadAddress::Form),
        }
    }
}

impl TryFrom<String> for MailAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map_err(|bad: BadAddress| format!("\"{text}\": {bad}"))
    }
}

impl From<MailAddress> for String {
    fn from(address: MailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_enum! {
    /// What a link in a mail does.
    MailLinkKind {
        /// Confirms that an address is the account's.
        Confirm = "confirm",
        /// Stops or undoes a change of address, from the former one.
        Cancel = "cancel",
        /// Chooses a new password.
        Reset = "reset",
    }
}

impl MailLinkKind {
    /// Returns the path of the page that the link opens; the token is its parameter `key`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Confirm => "/mail/confirm",
            Self::Cancel => "/mail/cancel",
            Self::Reset => "/reset-password",
        }
    }
}

text_enum! {
    /// How the connection to the mail server is encrypted.
    MailSecurity {
        /// It begins in plain text and must be encrypted before anything is said (port 587).
        Starttls = "starttls",
        /// It is encrypted from the beginning (port 465).
        Tls = "tls",
        /// It is not encrypted: for a mail server on the same machine.
        None = "none",
    }
}

text_enum! {
    /// What the owner of an account must know of the ways to sign in to it, lest it was somebody else.
    SecurityEvent {
        /// An authenticator app was added.
        AppAdded = "app-added",
        /// The authenticator app was removed.
        AppRemoved = "app-removed",
        /// A passkey was added.
        PasskeyAdded = "passkey-added",
        /// A passkey was removed.
        PasskeyRemoved = "passkey-removed",
        /// An account at an institution was connected, which now signs in.
        IdentityAdded = "identity-added",
        /// An account at an institution was disconnected.
        IdentityRemoved = "identity-removed",
        /// Somebody who knows the password typed wrong codes.
        WrongCodes = "wrong-codes",
    }
}

impl SecurityEvent {
    /// Returns the path of the page where the owner looks into it.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::AppAdded | Self::AppRemoved | Self::PasskeyAdded | Self::PasskeyRemoved => {
                "/settings/second-factor"
            }
            Self::IdentityAdded | Self::IdentityRemoved => "/settings/single-sign-on",
            Self::WrongCodes => "/settings/password",
        }
    }
}

/// What a mail to the owner of an account says. Links are made when it is sent, so that no row holds one
/// that works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case")]
pub enum AccountMail {
    /// Asks the owner of `address` to confirm it.
    ConfirmAddress { address: MailAddress },
    /// Tells the former address that another one is to replace it.
    AddressChange {
        former: MailAddress,
        address: MailAddress,
    },
    /// Has a link to choose a new password.
    ResetPassword,
    /// The request for an account was approved.
    Approved,
    /// The request for an account was refused.
    Refused { reason: String },
    /// Something happened to the second factor, or to another way to sign in.
    Security { event: SecurityEvent },
}

impl AccountMail {
    /// Returns the name of the kind of mail, in lists and log lines.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConfirmAddress { .. } => "confirm-address",
            Self::AddressChange { .. } => "address-change",
            Self::ResetPassword => "reset-password",
            Self::Approved => "approved",
            Self::Refused { .. } => "refused",
            Self::Security { event } => event.as_str(),
        }
    }

    /// Returns the path of the page that it asks to open, where that needs no link made for it.
    #[must_use]
    pub const fn page(&self) -> Option<&'static str> {
        match self {
            Self::Approved => Some("/sign-in"),
            Self::Security { event } => Some(event.page()),
            Self::ConfirmAddress { .. }
            | Self::AddressChange { .. }
            | Self::ResetPassword
            | Self::Refused { .. } => None,
        }
    }
}

text_enum! {
    /// Why a mail was not sent, as administrators are told. The exact text is for who looks into it.
    MailFailureKind {
        /// No connection to the mail server.
        Unreachable = "unreachable",
        /// No answer in time.
        Timeout = "timeout",
        /// The connection is not encrypted, or by a certificate that is not trusted.
        Insecure = "insecure",
        /// The mail server does not take our user and password, or wants some.
        SignIn = "sign-in",
        /// A 4xx answer: greylisting, a full mailbox.
        Later = "later",
        /// A 5xx answer.
        Refused = "refused",
        /// No mail server is configured.
        NotConfigured = "not-configured",
        /// Anything else.
        Other = "other",
    }
}

impl MailFailureKind {
    /// Classifies the text of an error of the crate `mail`, which is what jobs store.
    #[must_use]
    pub fn of(text: &str) -> Self {
        // What quotes the mail server comes first: its words must not decide.
        const PHRASES: &[(&str, MailFailureKind)] = &[
            ("(530)", MailFailureKind::SignIn),
            ("(534)", MailFailureKind::SignIn),
            ("(535)", MailFailureKind::SignIn),
            ("(538)", MailFailureKind::SignIn),
            ("transient error", MailFailureKind::Later),
            ("permanent error", MailFailureKind::Refused),
            (
                "no mail server is configured",
                MailFailureKind::NotConfigured,
            ),
            ("did not answer within", MailFailureKind::Timeout),
            ("certificate", MailFailureKind::Insecure),
            ("STARTTLS", MailFailureKind::Insecure),
            ("tls error", MailFailureKind::Insecure),
            ("Connection error", MailFailureKind::Unreachable),
            ("network error", MailFailureKind::Unreachable),
            // It hung up in the middle of the conversation.
            ("incomplete response", MailFailureKind::Unreachable),
        ];
        let quoted = ["transient error", "permanent error"];
        let ours = match quoted.iter().any(|start| text.starts_with(start)) {
            true => text.split(':').next().unwrap_or_default(),
            false => text,
        };
        let known = PHRASES.iter().find(|(phrase, _)| ours.contains(phrase));
        known.map_or(Self::Other, |(_, kind)| *kind)
    }
}

/// Sends a mail to the owner of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMail {
    pub account: ActorId,
    #[serde(flatten)]
    pub mail: AccountMail,
}

impl Payload for SendMail {
    const KIND: &'static str = "send_mail";

    /// A mail server may be away for a night, and one that does not know us asks to come again later.
    const RETRY_SECONDS: &'static [i64] = &[60, 300, 900, 3_600, 14_400, 28_800, 43_200, 86_400];
}

/// Finds the account of somebody who has forgotten their password, and sends a link. It is a job, so that
/// the answer takes as long where there is no such account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestReset {
    /// A username or an address, as typed.
    pub typed: String,
}

impl Payload for RequestReset {
    const KIND: &'static str = "request_reset";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, BadAddress> {
        text.parse::<MailAddress>().map(String::from)
    }

    #[test]
    fn addresses_are_taken_as_people_type_them() {
        for (typed, address) in [
            (" ann@Example.ORG ", "ann@example.org"),
            (
                "Ann.Lee+notes@mail.example.org",
                "Ann.Lee+notes@mail.example.org",
            ),
            ("o'brien@example.org", "o'brien@example.org"),
            ("\"ann lee\"@example.org", "\"ann lee\"@example.org"),
            ("ann@hôpital.example", "ann@xn--hpital-ixa.example"),
            ("root@localhost", "root@localhost"),
        ] {
            assert_eq!(parsed(typed).as_deref(), Ok(address), "{typed}");
        }
    }

    #[test]
    fn what_no_mail_can_be_sent_to_is_refused() {
        assert_eq!(parsed(" "), Err(BadAddress::Empty));
        for typed in [
            "ann",
            "@example.org",
            "ann@",
            "ann@example",
            "ann lee@example.org",
            "Ann <ann@example.org>",
            "ann@[127.0.0.1]",
            "ann@127.0.0.1",
            "a@b@example.org",
            "ann@example.org\r\nBcc: all@example.org",
            "ann\r\n@example.org",
            "ann@exa mple.org",
        ] {
            assert_eq!(parsed(typed), Err(BadAddress::Form), "{typed:?}");
        }
        assert_eq!(parsed("anaïs@example.org"), Err(BadAddress::Letters));
        let long = format!("ann@{}.example.org", "a.".repeat(130));
        assert!(parsed(&long).is_err());
    }

    #[test]
    fn an_address_is_hidden_in_what_a_server_says() -> Result<(), BadAddress> {
        let address: MailAddress = "Ann@example.org".parse()?;
        for (text, shown) in [
            (
                "550 <ANN@example.ORG>: né, ann@example.org",
                "550 <…>: né, …",
            ),
            ("550 no such mailbox", "550 no such mailbox"),
            ("ann@example.org", "…"),
        ] {
            assert_eq!(address.hide_in(text), shown);
        }
        Ok(())
    }

    #[test]
    fn two_spellings_are_one_address() {
        let folded = |text: &str| text.parse::<MailAddress>().map(|a| a.folded());
        assert_eq!(folded("Ann@Example.org"), folded("ann@example.ORG"));
        assert_ne!(folded("ann@example.org"), folded("ann+x@example.org"));
    }

    #[test]
    fn failures_are_told_apart_and_a_servers_words_do_not_decide() {
        for (text, kind) in [
            (
                "permanent error (550): no certificate for (535)",
                MailFailureKind::Refused,
            ),
            ("transient error (451): greylisted", MailFailureKind::Later),
            (
                "permanent error (535): Invalid credentials",
                MailFailureKind::SignIn,
            ),
            (
                "the mail server did not answer within 60 s",
                MailFailureKind::Timeout,
            ),
            (
                "Connection error: Connection refused (os error 111)",
                MailFailureKind::Unreachable,
            ),
            (
                "Connection error: invalid peer certificate: UnknownIssuer",
                MailFailureKind::Insecure,
            ),
            (
                "no mail server is configured",
                MailFailureKind::NotConfigured,
            ),
            ("", MailFailureKind::Other),
        ] {
            assert_eq!(MailFailureKind::of(text), kind, "{text}");
        }
    }

    #[test]
    fn a_job_keeps_what_its_mail_says() {
        let job = SendMail {
            account: ActorId(7),
            mail: AccountMail::Refused {
                reason: "No capacity".to_owned(),
            },
        };
        let json = serde_json::to_string(&job).unwrap_or_default();
        assert_eq!(serde_json::from_str::<SendMail>(&json).ok(), Some(job));
        assert!(serde_json::from_str::<MailAddress>("\"no address\"").is_err());
    }
}
