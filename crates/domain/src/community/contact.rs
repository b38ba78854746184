//! Whom visitors of a community can write to: its facilitators name them, visitors write by a form, and nobody but the
//! facilitators sees an address.

use super::get_local;
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::community::contact::{
    CONTACT_ABOUT_MAX, CONTACT_NAME_MAX, CONTACT_PER_DAY, CONTACT_TEXT_MAX, CONTACTS_MAX, Contact,
    ContactLetter, SendContactMessage,
};
use model::mail::MailAddress;
use model::refusal::Checks;
use model::{ActorId, ContactMessageId, Fact, LangText, Why};
use store::community::CommunityWithActor;
use store::row;

const DAY: i64 = 86_400;

/// Chooses whom visitors can write to, at most [`CONTACTS_MAX`].
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid` with the fields at fault: `contacts`, `contact_name`,
/// `contact_about`.
pub fn set(tx: &mut Tx<'_>, by: ActorId, id: ActorId, contacts: &[Contact]) -> Outcome<()> {
    get_local(tx, id)?;
    access::require_in(tx, by, Action::Manage, id)?;
    let mut checks = Checks::default();
    checks.that(contacts.len() <= CONTACTS_MAX, "contacts", Why::TooLong);
    for contact in contacts {
        checks.name("contact_name", &contact.name, CONTACT_NAME_MAX);
        for (_, text) in contact.about.iter() {
            checks
                .at_most("contact_about", text, CONTACT_ABOUT_MAX)
                .readable("contact_about", text);
        }
    }
    checks.done()?;
    let rows = (1..)
        .zip(contacts)
        .map(|(number, contact)| row::CommunityContact {
            community_id: id,
            number,
            name: contact.name.trim().to_owned(),
            about: contact.about.clone(),
            address: contact.address.to_string(),
            lang: contact.lang,
        });
    let rows: Vec<row::CommunityContact> = rows.collect();
    Ok(store::community::contact::set(tx.db, id, &rows)?)
}

/// Writes to a contact of a community, by its number. Whoever sees the community can, signed in or not.
///
/// # Errors
/// `NotFound`, `Invalid` with the fields at fault: `to`, `name`, `text`; `TooMany` where too much was written to the
/// contacts of the community today.
pub fn write(
    tx: &mut Tx<'_>,
    id: ActorId,
    number: i32,
    letter: &ContactLetter,
) -> Outcome<ContactMessageId> {
    get_local(tx, id)?;
    access::require_open(tx, id)?;
    let known = store::community::contact::of_community(tx.db, id)?;
    let to = known.into_iter().find(|contact| contact.number == number);
    let mut checks = Checks::default();
    checks
        .that(to.is_some(), "to", Why::NotAChoice)
        .name("name", &letter.name, CONTACT_NAME_MAX)
        .text("text", &letter.text, CONTACT_TEXT_MAX);
    checks.done()?;
    let to = to.ok_or(Error::invalid("to", Why::NotAChoice))?;
    let since = tx.now.plus_seconds(-DAY);
    if store::community::contact::count_messages(tx.db, id, since)? >= CONTACT_PER_DAY {
        return Err(Error::too_many(DAY));
    }
    let row = row::ContactMessage {
        id: tx.id(),
        community_id: id,
        to_name: to.name,
        to_address: to.address,
        to_lang: to.lang,
        name: letter.name.trim().to_owned(),
        address: letter.address.to_string(),
        text: letter.text.trim().to_owned(),
        written_at: tx.now,
    };
    store::community::contact::insert_message(tx.db, &row)?;
    tx.record(Fact::ContactWritten { message: row.id });
    Ok(row.id)
}

/// A message that is to be mailed.
#[derive(Debug, Clone)]
pub struct ContactMailTo {
    pub to: MailAddress,
    /// Where the answer goes.
    pub from: MailAddress,
    pub message: row::ContactMessage,
    pub community: CommunityWithActor,
}

/// Loads a message that is to be mailed; `None` where it was mailed or deleted.
///
/// # Errors
/// Faults only.
pub fn address(tx: &mut Tx<'_>, job: &SendContactMessage) -> Outcome<Option<ContactMailTo>> {
    let Some(message) = store::community::contact::message(tx.db, job.message)? else {
        return Ok(None);
    };
    let community = store::raw::community::by_id(tx.db, message.community_id)?;
    let (to, from) = (message.to_address.parse(), message.address.parse());
    Ok(match (community, to, from) {
        (Some(community), Ok(to), Ok(from)) => Some(ContactMailTo {
            to,
            from,
            message,
            community,
        }),
        _ => None,
    })
}

/// Forgets a message that was mailed.
///
/// # Errors
/// Faults only.
pub fn mailed(tx: &mut Tx<'_>, id: ContactMessageId) -> Outcome<()> {
    Ok(store::community::contact::forget_message(tx.db, id)?)
}

/// A contact out of its row; `None` where its address is none any more.
#[must_use]
pub fn read(row: &row::CommunityContact) -> Option<Contact> {
    Some(Contact {
        name: row.name.clone(),
        about: LangText::clone(&row.about),
        address: row.address.parse().ok()?,
        lang: row.lang,
    })
}
