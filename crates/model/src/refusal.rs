//! What we refuse, in words stable enough for a machine and a translation.

use crate::name;

/// Why a field's value is refused. Each has a Fluent message `why-<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Nothing was given.
    Required,
    /// Shorter than allowed.
    TooShort,
    /// Longer than allowed.
    TooLong,
    /// Somebody or something has it already.
    Taken,
    /// Kept back.
    Reserved,
    /// Characters that are not allowed.
    Characters,
    /// Does not read as what it should be.
    Malformed,
    /// Not one of the choices.
    NotAChoice,
    /// Does not match what we know (a password, a code).
    Mismatch,
    /// There was one once; it is used up or too old.
    Expired,
    /// Not found, here or where it points.
    Unknown,
    /// Begun from a text that has changed since.
    Stale,
    /// Settled, as somebody has voted.
    Settled,
}

impl Why {
    /// The stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::Taken => "taken",
            Self::Reserved => "reserved",
            Self::Characters => "characters",
            Self::Malformed => "malformed",
            Self::NotAChoice => "not-a-choice",
            Self::Mismatch => "mismatch",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
            Self::Stale => "stale",
            Self::Settled => "settled",
        }
    }
}

/// A rule that somebody may not pass. Each has a Fluent message `rule-<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Only signed-in people.
    SignedIn,
    /// Only an admin.
    Admin,
    /// Only the author.
    Author,
    /// Only the author or a moderator of the community.
    AuthorOrModerator,
    /// Only whoever asked, or a moderator of the community.
    AskerOrModerator,
    /// Only replies to a question are accepted as answers.
    Question,
    /// A question has a limited number of accepted answers.
    AnswersFull,
    /// Only a facilitator of the community.
    Facilitator,
    /// Only a moderator or facilitator of the community.
    Moderator,
    /// Only a follower, moderator or facilitator of the community.
    Follower,
    /// Only a member of the community.
    Member,
    /// The last facilitator of a community names another one first.
    LastFacilitator,
    /// The request to join does not wait for this any more.
    Decided,
    /// Not while one is banned from the community.
    Banned,
    /// A moderator has decided in the meantime.
    Handled,
    /// Not in a thread that a moderator has locked.
    Locked,
    /// A community shows a limited number of threads first.
    PinsFull,
    /// What one wrote oneself, others decide on.
    OwnPost,
    /// What a facilitator has removed, an administrator decides on.
    AppealToAdmin,
    /// Not while the community has a facilitator, who gives its roles.
    HasFacilitator,
    /// Not in a community that is closed.
    Closed,
    /// Not in a community that is archived.
    Archived,
    /// Not in a community that is planned, except for its facilitators.
    Planned,
    /// Not in a space that is closed.
    SpaceClosed,
    /// The community takes members on its own server only.
    PrivateElsewhere,
    /// The account is not (or no longer) active.
    ActiveAccount,
    /// The account does not wait for an admin's approval.
    PendingAccount,
    /// Nobody may register here.
    RegistrationClosed,
    /// Only with an invitation.
    InvitationOnly,
    /// The invitation is of another account here.
    InvitedAnother,
    /// A link that admits to a community has been used as often as it may be.
    LinkUsedUp,
    /// The form's key does not match: an old page, or another site's form.
    FormKey,
    /// The instance is not set up yet, or is already.
    Setup,
    /// The last admin must stay.
    LastAdmin,
    /// Another admin does this with one's account.
    OwnAccount,
    /// One does not follow oneself.
    Oneself,
    /// The object is another server's; it is changed there.
    NotOurs,
    /// This instance exchanges nothing with that server.
    PeerRefused,
    /// Administrators need two-step sign-in here, and this one has not set it up.
    SecondFactor,
    /// It is the only way to sign in to the account.
    LastSignIn,
    /// The token lets its application do other things, but not this.
    Scope,
    /// The poll is over.
    PollOver,
    /// A vote in a poll of another server cannot be changed.
    Voted,
}

impl Rule {
    /// The stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::Admin => "admin",
            Self::Author => "author",
            Self::AuthorOrModerator => "author-or-moderator",
            Self::AskerOrModerator => "asker-or-moderator",
            Self::Question => "question",
            Self::AnswersFull => "answers-full",
            Self::Facilitator => "facilitator",
            Self::Moderator => "moderator",
            Self::Follower => "follower",
            Self::Member => "member",
            Self::LastFacilitator => "last-facilitator",
            Self::Decided => "decided",
            Self::Banned => "banned",
            Self::Handled => "handled",
            Self::Locked => "locked",
            Self::PinsFull => "pins-full",
            Self::OwnPost => "own-post",
            Self::AppealToAdmin => "appeal-to-admin",
            Self::HasFacilitator => "has-facilitator",
            Self::Closed => "closed",
            Self::Archived => "archived",
            Self::Planned => "planned",
            Self::SpaceClosed => "space-closed",
            Self::PrivateElsewhere => "private-elsewhere",
            Self::ActiveAccount => "active-account",
            Self::PendingAccount => "pending-account",
            Self::RegistrationClosed => "registration-closed",
            Self::InvitationOnly => "invitation-only",
            Self::InvitedAnother => "invited-another",
            Self::LinkUsedUp => "link-used-up",
            Self::FormKey => "form-key",
            Self::Setup => "setup",
            Self::LastAdmin => "last-admin",
            Self::OwnAccount => "own-account",
            Self::Oneself => "oneself",
            Self::NotOurs => "not-ours",
            Self::PeerRefused => "peer-refused",
            Self::SecondFactor => "second-factor",
            Self::LastSignIn => "last-sign-in",
            Self::Scope => "scope",
            Self::PollOver => "poll-over",
            Self::Voted => "voted",
        }
    }
}

/// What we say no to. Every kind has a stable code; the words are the interface's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing, or none that you may know of.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A rule is in the way.
    #[error("not allowed: {}", .0.code())]
    NotAllowed(Rule),
    /// Some fields do not hold what they should.
    #[error("invalid: {}", .0.iter().map(|f| format!("{} {}", f.field, f.why.code())).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    /// It was so once; it is gone.
    #[error("the {0} is gone")]
    Gone(&'static str),
    /// Too often; again at the time given.
    #[error("too many requests")]
    TooMany {
        /// Seconds until another try is welcome.
        retry_after: u64,
    },
    /// Somebody else's server does not answer, or answers nonsense.
    #[error("{host} could not be reached")]
    Unreachable {
        /// Which.
        host: String,
    },
    /// What was sent is larger than taken.
    #[error("too large")]
    TooLarge,
}

/// One field, and why its value is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, as in the form and the API.
    pub field: &'static str,
    pub why: Why,
}

impl Refusal {
    /// One field is wrong.
    #[must_use]
    pub fn invalid(field: &'static str, why: Why) -> Self {
        Self::Invalid(vec![FieldError { field, why }])
    }

    /// The stable word of its kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not-found",
            Self::NotAllowed(_) => "not-allowed",
            Self::Invalid(_) => "invalid",
            Self::Gone(_) => "gone",
            Self::TooMany { .. } => "too-many",
            Self::Unreachable { .. } => "unreachable",
            Self::TooLarge => "too-large",
        }
    }
}

/// Collects the errors of a form, so that all of them are shown at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Notes a field's fault unless `good`.
    pub fn that(&mut self, good: bool, field: &'static str, why: Why) -> &mut Self {
        if !good {
            self.0.push(FieldError { field, why });
        }
        self
    }

    /// Required, and at most `max` characters.
    pub fn text(&mut self, field: &'static str, value: &str, max: usize) -> &mut Self {
        self.that(!value.trim().is_empty(), field, Why::Required);
        self.that(value.chars().count() <= max, field, Why::TooLong)
    }

    /// Required, at most `max` characters, and readable as it is written.
    pub fn name(&mut self, field: &'static str, value: &str, max: usize) -> &mut Self {
        self.text(field, value, max).readable(field, value)
    }

    /// Empty, or readable as it is written: see [`crate::name`].
    pub fn readable(&mut self, field: &'static str, value: &str) -> &mut Self {
        let good = value.trim().is_empty() || name::is_readable(value.trim());
        self.that(good, field, Why::Characters)
    }

    /// At most `max` characters.
    pub fn at_most(&mut self, field: &'static str, value: &str, max: usize) -> &mut Self {
        self.that(value.chars().count() <= max, field, Why::TooLong)
    }

    /// Adds the errors of other checks, so that all of them are shown at once.
    pub fn also(&mut self, other: Self) -> &mut Self {
        self.0.extend(other.0);
        self
    }

    /// Adds errors that were found elsewhere.
    pub fn add(&mut self, errors: Vec<FieldError>) {
        self.0.extend(errors);
    }

    /// Whether no fault is noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// # Errors
    /// [`Refusal::Invalid`] with every fault noted.
    pub fn done(&mut self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(std::mem::take(&mut self.0)))
        }
    }
}
