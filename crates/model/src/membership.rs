//! Membership: how people join a community, what they are asked, and what becomes of a request.

use crate::job::Payload;
use crate::mail::MailAddress;
use crate::{ActorId, JoinRequestId, LangText, text_enum};
use serde::{Deserialize, Serialize};

/// Seconds for which a link in a mail about a request can be used: ninety days.
pub const JOIN_LINK_SECONDS: i64 = 90 * 86_400;
/// Seconds for which somebody without an account may confirm their address: a week.
pub const JOIN_CONFIRM_SECONDS: i64 = 7 * 86_400;
/// Seconds after a mail that asks to confirm an address in which no other one is sent for the same request.
pub const JOIN_MAIL_PAUSE_SECONDS: i64 = 600;
/// Seconds until the link to a request that waits is mailed again to whoever asks again.
pub const JOIN_LINK_PAUSE_SECONDS: i64 = 86_400;
/// Requests of one person to one community within a day: each tells its facilitators.
pub const JOIN_REQUESTS_PER_DAY: i64 = 3;

text_enum! {
    /// Who becomes a member of a community.
    JoinPolicy labelled "join-policy" {
        /// Whoever joins.
        Open = "open",
        /// Whoever asks and is accepted by a facilitator.
        Application = "application",
        /// Whoever has a confirmed mail address in one of the domains that a facilitator names; others ask.
        Eligibility = "eligibility",
        /// Only those whom a facilitator makes a member.
        Invitation = "invitation",
    }
}

text_enum! {
    /// What became of a request to join.
    JoinState labelled "join-state" {
        /// Its address is not confirmed yet; facilitators do not see it.
        Unconfirmed = "unconfirmed",
        /// A facilitator invites; whoever is invited has not answered.
        Invited = "invited",
        /// It waits for a facilitator.
        Waiting = "waiting",
        /// A facilitator has asked something, and waits for the answer.
        Asked = "asked",
        /// Accepted: they are a member, or will be once they have an account.
        Accepted = "accepted",
        /// A facilitator said no.
        Declined = "declined",
        /// Taken back by whoever asked.
        Withdrawn = "withdrawn",
    }
}

impl JoinState {
    /// Whether a facilitator is still to decide.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Asked)
    }
}

text_enum! {
    /// A text that was added to a request.
    JoinMessageKind {
        /// A facilitator asks whoever wants to join.
        Question = "question",
        /// Whoever wants to join answers.
        Answer = "answer",
        /// A facilitator tells the others; whoever wants to join does not see it.
        Note = "note",
        /// Why the request was declined, or a word with its acceptance.
        Decision = "decision",
    }
}

/// What somebody who asks to join is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinQuestion {
    pub text: LangText,
    /// Whether it must be answered.
    pub required: bool,
}

/// An answer, beside the question as it was when it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinAnswer {
    pub question: LangText,
    pub answer: String,
}

/// Returns what is asked in a community whose facilitators have chosen no questions of their own.
#[must_use]
pub fn usual_questions() -> Vec<JoinQuestion> {
    let question = |en: &str, fr: &str, required| JoinQuestion {
        text: LangText::new([("en", en), ("fr", fr)]),
        required,
    };
    vec![
        question("Organization or group", "Organisme ou groupe", false),
        question(
            "Tell us about your initiative",
            "Parlez-nous de votre initiative",
            false,
        ),
        question("What are your goals?", "Quels sont vos objectifs?", true),
    ]
}

text_enum! {
    /// A mail to somebody without an account who asked to join.
    JoinMail {
        /// Asks to confirm the address.
        Confirm = "confirm",
        /// A facilitator has asked something.
        Asked = "asked",
        /// The request was accepted.
        Accepted = "accepted",
        /// The request was declined.
        Declined = "declined",
    }
}

/// Sends a mail to somebody without an account who asked to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendJoinMail {
    pub request: JoinRequestId,
    pub mail: JoinMail,
}

impl Payload for SendJoinMail {
    const KIND: &'static str = "send_join_mail";

    const RETRY_SECONDS: &'static [i64] = &[60, 300, 1_800, 7_200, 28_800, 86_400];

    fn order_key(&self) -> Option<String> {
        Some(format!("join {}", self.request.0))
    }
}

/// Who asks to join without an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinGuest {
    pub name: String,
    pub address: MailAddress,
}

/// A request to join, as much of it as those who are told need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinSeen {
    pub request: JoinRequestId,
    pub community: ActorId,
    /// Who asked; `None` for somebody without an account.
    pub who: Option<ActorId>,
}
