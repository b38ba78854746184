//! Invitations to a community: those that were sent, links, lists, what waits for the reader, and what links open.

use askama::Template;
use chrono::{DateTime, Utc};
use model::invitation::{InvitationState, LINK_USES_MAX, LinkLife, WORDS_MAX};
use model::notice_mail::Rhythm;

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::account::{handle_field, mail::address_field, new_password};
use crate::views::parts::{Pager, Person, PlaceLink, Tab};

/// An invitation by mail, as whoever invites sees it.
#[derive(Debug, Clone)]
pub struct InvitationLine {
    pub address: String,
    pub name: String,
    pub state: InvitationState,
    pub expired: bool,
    /// The name of whoever invited.
    pub by: String,
    /// Who has accepted.
    pub who: Option<Person>,
    pub changed_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Where it is sent again or revoked; `None` where it is settled.
    pub change_url: Option<String>,
}

impl InvitationLine {
    /// The key of its state.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self.expired {
            true => "invitation-expired",
            false => self.state.label(),
        }
    }

    /// The colour of its state.
    #[must_use]
    pub const fn colour(&self) -> &'static str {
        match (self.expired, self.state) {
            (false, InvitationState::Accepted) => "kind-hedge",
            (false, InvitationState::Queued | InvitationState::Sent) => "kind-sun",
            _ => "",
        }
    }
}

/// `/c/{handle}/invitations`
#[derive(Debug, Template)]
#[template(path = "invitation/sent.html")]
pub struct SentInvitations {
    pub f: Frame,
    pub place: PlaceLink,
    /// Mail, links and lists; only one for a member.
    pub tabs: Vec<Tab>,
    pub facilitates: bool,
    pub form: Form,
    pub sent: Vec<InvitationLine>,
    pub pager: Pager,
}

/// A link that admits.
#[derive(Debug, Clone)]
pub struct AdmittingLink {
    pub by: String,
    pub left: i64,
    pub max: i64,
    pub until: DateTime<Utc>,
    pub came: Vec<Person>,
    /// Where it is revoked; `None` where it has ended.
    pub revoke_url: Option<String>,
}

/// `/c/{handle}/invitations/links`
#[derive(Debug, Template)]
#[template(path = "invitation/links.html")]
pub struct AdmittingLinks {
    pub f: Frame,
    pub place: PlaceLink,
    pub tabs: Vec<Tab>,
    pub form: Form,
    /// The address of a link that was just made.
    pub fresh: Option<String>,
    pub links: Vec<AdmittingLink>,
}

/// `/c/{handle}/invitations/lists`
#[derive(Debug, Template)]
#[template(path = "invitation/upload.html")]
pub struct ListUpload {
    pub f: Frame,
    pub place: PlaceLink,
    pub tabs: Vec<Tab>,
    pub form: Form,
}

/// A row of a list.
#[derive(Debug, Clone)]
pub struct ListLine {
    pub number: i32,
    pub name: String,
    pub address: String,
    /// The name of the language of its mail.
    pub lang: &'static str,
    /// The key of what is wrong.
    pub problem: Option<&'static str>,
}

/// `/c/{handle}/invitations/lists/{id}`
#[derive(Debug, Template)]
#[template(path = "invitation/preview.html")]
pub struct ListPreview {
    pub f: Frame,
    pub place: PlaceLink,
    pub tabs: Vec<Tab>,
    /// How many are invited, and how many rows are left out.
    pub good: i64,
    pub bad: i64,
    pub faults: Vec<ListLine>,
    pub rows: Vec<ListLine>,
    /// Where it is confirmed or discarded; `None` once it is.
    pub confirm_url: Option<String>,
    pub pager: Pager,
}

impl ListPreview {
    /// Whether not all rows that are left out are listed.
    fn has_more_faults(&self) -> bool {
        i64::try_from(self.faults.len()).is_ok_and(|shown| shown < self.bad)
    }
}

/// An invitation that waits for the reader.
#[derive(Debug, Clone)]
pub struct WaitingLine {
    /// What the form names it by.
    pub key: String,
    pub place: PlaceLink,
    pub purpose: String,
    /// The name of whoever invites.
    pub by: Option<String>,
    pub words: String,
}

/// `/invitations`
#[derive(Debug, Template)]
#[template(path = "invitation/mine.html")]
pub struct MyInvitations {
    pub f: Frame,
    pub waiting: Vec<WaitingLine>,
    pub rhythm: Field,
}

/// What the page of a mail's link offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitedOffer {
    /// The reader is a member.
    Member,
    /// The reader joins with their account; the flag says whether it has another address.
    Accept(bool),
    /// The invitation is another account's than the reader's.
    Another,
    /// The address has an account, whose owner signs in.
    SignIn,
    /// An account can be made.
    Register,
    /// No account can be made.
    NoAccount,
    /// The reader declines; the flag says whether they want no more invitations.
    Decline(bool),
}

/// `/join/invited`
#[derive(Debug, Template)]
#[template(path = "invitation/invited.html")]
pub struct Invited {
    pub f: Frame,
    pub place: PlaceLink,
    pub purpose: String,
    /// The name of whoever invites.
    pub by: Option<String>,
    pub address: String,
    pub words: String,
    pub offer: InvitedOffer,
    /// Sends the key of the link alone.
    pub key: Form,
    /// Makes an account.
    pub form: Form,
    pub rhythm: Field,
    pub sign_in_url: String,
    pub own_url: String,
}

/// What the page of a link that admits offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdmittedOffer {
    Member,
    Join,
    /// Name and address of a guest.
    Ask,
    /// Only with an account, which cannot be made here.
    SignIn,
    UsedUp,
}

/// `/join/link`
#[derive(Debug, Template)]
#[template(path = "invitation/admitted.html")]
pub struct Admitted {
    pub f: Frame,
    pub place: PlaceLink,
    pub purpose: String,
    pub by: String,
    /// `!weavers@alpha.test`, to follow from elsewhere.
    pub community_address: String,
    pub offer: AdmittedOffer,
    pub key: Form,
    pub form: Form,
    pub rhythm: Field,
    pub sign_in_url: String,
}

/// A link that cannot be used any more, or an invitation that was declined.
#[derive(Debug, Template)]
#[template(path = "invitation/over.html")]
pub struct InvitationOver {
    pub f: Frame,
    pub declined: bool,
}

/// How much somebody wants to hear of a community by mail: the field `rhythm`.
#[must_use]
pub fn rhythm_field(f: &Frame) -> Field {
    let choices = Rhythm::ALL
        .iter()
        .map(|one| Choice::new(one.as_str(), f.text(&format!("join-rhythm-{one}"))));
    Field::new(
        "rhythm",
        Kind::Select(choices.collect()),
        f.text("join-rhythm"),
    )
    .value(model::notice_mail::MailTopic::Community.usual().as_str())
}

/// The field `lang`, of a mail.
fn lang_field(f: &Frame, name: &str, label: &str) -> Field {
    let choices = f
        .langs()
        .map(|lang| Choice::new(lang.as_str(), words::own_name(lang)).lang(lang));
    Field::new(name, Kind::Select(choices.to_vec()), f.text(label)).value(f.lang.as_str())
}

fn area(f: &Frame, name: &str, label: &str, rows: u8) -> Field {
    let kind = Kind::Area {
        rows,
        markdown: false,
    };
    Field::new(name, kind, f.text(label))
}

/// The fields of an invitation by mail or username: `addresses words mail_lang`.
#[must_use]
pub fn mail_form(f: &Frame, action: &str) -> Form {
    let addresses = area(f, "addresses", "invitations-addresses", 4)
        .hint(f.text("invitations-addresses-hint"))
        .autocomplete("off")
        .required(f.text("enter-mail-address"));
    let words = area(f, "words", "invitations-words", 3)
        .hint(f.text("invitations-words-hint"))
        .max(WORDS_MAX)
        .optional(f);
    Form::new(action)
        .with(addresses)
        .with(words)
        .with(lang_field(f, "mail_lang", "invitations-lang"))
}

/// The fields of a link: `life uses`.
#[must_use]
pub fn link_form(f: &Frame, action: &str) -> Form {
    let choices = LinkLife::ALL
        .iter()
        .map(|life| Choice::new(life.as_str(), f.text(life.label())));
    let life = Field::new(
        "life",
        Kind::Select(choices.collect()),
        f.text("invitation-link-life"),
    )
    .value(LinkLife::Week.as_str());
    let uses = Field::new("uses", Kind::Text, f.text("invitation-link-uses"))
        .hint(f.text("invitation-link-uses-hint"))
        .autocomplete("off")
        .max(LINK_USES_MAX.to_string().len())
        .required(f.text("enter-uses"));
    Form::new(action).with(life).with(uses)
}

/// The fields of a list: `file rows list_lang`.
#[must_use]
pub fn list_form(f: &Frame, action: &str) -> Form {
    let file = Field::new("file", Kind::File, f.text("invitation-list-file"))
        .hint(f.text("invitation-list-file-hint"))
        .accept("text/csv,text/plain,.csv,.tsv,.txt");
    let rows = area(f, "rows", "invitation-list-rows", 6)
        .hint(f.text("invitation-list-rows-hint"))
        .missing(f.text("enter-people-list"));
    Form::new(action)
        .with(file)
        .with(rows)
        .with(lang_field(f, "list_lang", "invitation-list-lang"))
}

/// The hidden key of a link.
#[must_use]
pub fn key_form(action: &str, key: &str) -> Form {
    Form::new(action).with(Field::new("key", Kind::Hidden, "").value(key))
}

/// The fields that make an account by the link of a mail: `key name handle password rhythm`.
#[must_use]
pub fn account_form(f: &Frame, action: &str, key: &str, name: &str) -> Form {
    let name = Field::new("name", Kind::Text, f.text("account-name"))
        .hint(f.text("account-name-hint"))
        .autocomplete("name")
        .max(80)
        .required(f.text("enter-name"))
        .value(name);
    key_form(action, key)
        .with(name)
        .with(handle_field(f))
        .with(new_password(f, "password", f.text("account-password")))
        .with(rhythm_field(f))
}

/// The fields of somebody without an account on the page of a link: `key name address`.
#[must_use]
pub fn guest_form(f: &Frame, action: &str, key: &str) -> Form {
    let name = Field::new("name", Kind::Text, f.text("join-name"))
        .autocomplete("name")
        .max(120)
        .required(f.text("enter-name"));
    key_form(action, key).with(name).with(address_field(f))
}

#[cfg(test)]
mod tests;
