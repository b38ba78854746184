//! Asking to join without an account: the address is confirmed by a link, and so is every later step. Links are random
//! outside, hashed inside, and made when the mail is sent.

use super::{admit, invitation, read_answers, record_requested, seen};
use crate::account::{self, NewAccount};
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::limits::JOIN_GUESTS_MAX;
use model::mail::MailAddress;
use model::membership::{
    JOIN_CONFIRM_SECONDS, JOIN_LINK_PAUSE_SECONDS, JOIN_LINK_SECONDS, JOIN_MAIL_PAUSE_SECONDS,
    JoinAnswer, JoinGuest, JoinMail, JoinMessageKind, JoinPolicy, JoinState, SendJoinMail,
};
use model::name::is_readable;
use model::refusal::{Checks, Rule};
use model::{AccountState, ActorId, Fact, JoinRequestId, Lang, Registration, SiteRole, Why};
use store::row;

/// Mails that ask to confirm one address, of all communities, within [`JOIN_MAIL_PAUSE_SECONDS`].
const MAILS_AT_ONCE: i64 = 3;

/// Longest name of somebody without an account.
const NAME_MAX: usize = 120;

/// Asks to join without an account. The answer is the same whether somebody has asked from this address before, or has
/// an account with it; the mail says what is to be done.
///
/// # Errors
/// `NotFound`, `NotAllowed(NotOurs | Closed | InvitationOnly | RegistrationClosed)`, `Invalid` with the fields at fault,
/// `TooMany` where too many wait.
pub fn ask_as_guest(
    tx: &mut Tx<'_>,
    community: ActorId,
    guest: &JoinGuest,
    lang: Lang,
    answers: &[String],
) -> Outcome<()> {
    let place = super::get_local(tx, community)?;
    access::require_open(tx, community)?;
    if place.community.join_policy == JoinPolicy::Invitation {
        return Err(Error::not_allowed(Rule::InvitationOnly));
    }
    if tx.site()?.registration == Registration::Closed {
        return Err(Error::not_allowed(Rule::RegistrationClosed));
    }
    let mut checks = Checks::default();
    let answers = read_answers(tx, community, answers, &mut checks)?;
    check_name(guest, &mut checks).done()?;
    insert_guest(tx, community, guest, lang, &answers)?;
    Ok(())
}

fn check_name<'c>(guest: &JoinGuest, checks: &'c mut Checks) -> &'c mut Checks {
    checks.text("name", &guest.name, NAME_MAX).that(
        is_readable(&guest.name),
        "name",
        Why::Characters,
    )
}

/// Stores the request of somebody without an account, and mails them a link that confirms it. Returns the request;
/// `None` where one waits already.
pub(super) fn insert_guest(
    tx: &mut Tx<'_>,
    community: ActorId,
    guest: &JoinGuest,
    lang: Lang,
    answers: &[JoinAnswer],
) -> Outcome<Option<JoinRequestId>> {
    check_name(guest, &mut Checks::default()).done()?;
    let address = guest.address.folded();
    // First, so that the answer is the same for an address that has asked before.
    if store::membership::count_guests(tx.db, community)? >= JOIN_GUESTS_MAX {
        return Err(Error::too_many(invitation::HOUR));
    }
    if !may_send(tx, community, &address)? {
        return Ok(None);
    }
    let row = row::JoinRequest {
        id: tx.id::<JoinRequestId>(),
        community_id: community,
        actor_id: None,
        state: JoinState::Unconfirmed,
        name: guest.name.trim().to_owned(),
        address,
        lang,
        changed_at: tx.now,
        decided_by: None,
    };
    store::membership::insert(tx.db, &row, answers)?;
    record_mail(tx, &row);
    Ok(Some(row.id))
}

/// Whether a new request is made of what somebody asks. Who has one that is open is sent a link to it instead; one that
/// was not confirmed gives way to the new one. Nobody is mailed again and again because others type their address.
fn may_send(tx: &mut Tx<'_>, community: ActorId, address: &str) -> Outcome<bool> {
    let recent = tx.now.plus_seconds(-JOIN_MAIL_PAUSE_SECONDS);
    if store::membership::count_unconfirmed(tx.db, address, recent)? >= MAILS_AT_ONCE {
        return Ok(false);
    }
    let Some(known) = store::membership::of_address(tx.db, community, address)? else {
        return Ok(true);
    };
    let pause = match known.state.is_open() {
        true => JOIN_LINK_PAUSE_SECONDS,
        false => JOIN_MAIL_PAUSE_SECONDS,
    };
    let was_mailed = known.changed_at > tx.now.plus_seconds(-pause);
    match known.state {
        JoinState::Unconfirmed if was_mailed => Ok(false),
        JoinState::Unconfirmed => {
            store::membership::delete(tx.db, known.id)?;
            Ok(true)
        }
        JoinState::Waiting | JoinState::Asked => {
            if !was_mailed {
                let known = row::JoinRequest {
                    changed_at: tx.now,
                    ..known
                };
                store::membership::update(tx.db, &known)?;
                record_mail(tx, &known);
            }
            Ok(false)
        }
        JoinState::Invited | JoinState::Accepted | JoinState::Declined | JoinState::Withdrawn => {
            Ok(true)
        }
    }
}

fn record_mail(tx: &mut Tx<'_>, row: &row::JoinRequest) {
    tx.record(Fact::JoinAnswered {
        request: seen(row),
        told: JoinMail::Confirm,
        by: row.community_id,
    });
}

/// Loads the request of a link.
///
/// # Errors
/// `Invalid(link: Expired)`.
pub(super) fn by_link(tx: &mut Tx<'_>, digest: &str) -> Outcome<row::JoinRequest> {
    store::membership::by_link(tx.db, digest, tx.now)?
        .ok_or_else(|| Error::invalid("link", Why::Expired))
}

/// Confirms the address of a request, which the facilitators see from then on; in a community that is open, it is
/// accepted at once, unless the site approves or invites whoever gets an account: then it needs a facilitator's word.
/// Idempotent.
///
/// # Errors
/// `Invalid(link: Expired)`.
pub fn confirm(tx: &mut Tx<'_>, digest: &str) -> Outcome<()> {
    let row = by_link(tx, digest)?;
    if row.state != JoinState::Unconfirmed {
        return Ok(());
    }
    let place = super::get_local(tx, row.community_id)?;
    let is_open = place.community.join_policy == JoinPolicy::Open;
    let open = (is_open && tx.site()?.registration == Registration::Open)
        || invitation::is_eligible(tx, &place.community, &row.address)?
        || invitation::is_by_usable_link(tx, row.id)?;
    let row = row::JoinRequest {
        state: match open {
            true => JoinState::Accepted,
            false => JoinState::Waiting,
        },
        changed_at: tx.now,
        ..row
    };
    store::membership::update(tx.db, &row)?;
    match open {
        true => Ok(()),
        false => record_requested(tx, &row),
    }
}

/// Joins with an account that one has, by the link of a request that was accepted.
///
/// # Errors
/// `Invalid(link: Expired)`, `NotAllowed(Decided)` where it was not accepted, or is used up;
/// `NotAllowed(ActiveAccount | Banned | LinkUsedUp)`.
pub fn claim(tx: &mut Tx<'_>, digest: &str, who: ActorId) -> Outcome<ActorId> {
    let row = by_link(tx, digest)?;
    let community = row.community_id;
    if row.state != JoinState::Accepted || row.actor_id.is_some() {
        return Err(Error::not_allowed(Rule::Decided));
    }
    access::require_in(tx, who, Action::Join, community)?;
    if !invitation::use_link_of_request(tx, row.id, who)? {
        admit(tx, community, who)?;
    }
    store::membership::delete_links(tx.db, row.id)?;
    let row = row::JoinRequest {
        actor_id: Some(who),
        name: String::new(),
        address: String::new(),
        changed_at: tx.now,
        ..row
    };
    store::membership::update(tx.db, &row)?;
    Ok(community)
}

/// Makes an account for somebody whose request was accepted, with the address that they have confirmed, and joins.
/// Returns the account.
///
/// # Errors
/// As [`claim`]; `NotAllowed(RegistrationClosed)`, and as `account::create`.
pub fn register(tx: &mut Tx<'_>, digest: &str, new: &NewAccount) -> Outcome<ActorId> {
    if tx.site()?.registration == Registration::Closed {
        return Err(Error::not_allowed(Rule::RegistrationClosed));
    }
    let row = by_link(tx, digest)?;
    if row.state != JoinState::Accepted || row.actor_id.is_some() {
        return Err(Error::not_allowed(Rule::Decided));
    }
    let address: Option<MailAddress> = row.address.parse().ok();
    let new = NewAccount {
        address: None,
        lang: row.lang,
        ..new.clone()
    };
    let id = account::create(tx, &new, SiteRole::Member, AccountState::Active)?;
    if let Some(address) = address {
        if store::account::mail::by_address(tx.db, &address)?.is_some() {
            return Err(Error::invalid("address", Why::Taken));
        }
        store::account::mail::set_addresses(tx.db, id, Some(&address), None)?;
    }
    claim(tx, digest, id)?;
    Ok(id)
}

/// A mail about a request that is about to be sent.
#[derive(Debug, Clone)]
pub struct JoinMailTo {
    pub to: MailAddress,
    pub request: row::JoinRequest,
    pub community: store::community::CommunityWithActor,
    /// Whether an account has this address: its owner is told to sign in, and no link was stored.
    pub has_account: bool,
    /// What a facilitator asked, or says with the decision; empty for nothing.
    pub text: String,
}

/// Prepares a mail: stores its link, whose token the caller has made. `None` where it has become pointless: the request
/// is gone, has changed since, or belongs to an account.
///
/// # Errors
/// Faults only.
pub fn address_mail(
    tx: &mut Tx<'_>,
    job: &SendJoinMail,
    token_hash: &str,
) -> Outcome<Option<JoinMailTo>> {
    let Some(request) = store::membership::by_id(tx.db, job.request)? else {
        return Ok(None);
    };
    let expected = match job.mail {
        JoinMail::Confirm => request.state == JoinState::Unconfirmed || request.state.is_open(),
        JoinMail::Asked => request.state == JoinState::Asked,
        JoinMail::Accepted => request.state == JoinState::Accepted,
        JoinMail::Declined => request.state == JoinState::Declined,
    };
    let community = store::raw::community::by_id(tx.db, request.community_id)?;
    let (Some(community), Ok(to)) = (community, request.address.parse::<MailAddress>()) else {
        return Ok(None);
    };
    if !expected || request.actor_id.is_some() {
        return Ok(None);
    }
    let account = store::account::mail::by_address(tx.db, &to)?;
    let has_account = job.mail == JoinMail::Confirm && account.is_some();
    if !has_account {
        let seconds = match job.mail {
            JoinMail::Confirm => JOIN_CONFIRM_SECONDS,
            JoinMail::Asked | JoinMail::Accepted | JoinMail::Declined => JOIN_LINK_SECONDS,
        };
        let expires = tx.now.plus_seconds(seconds);
        store::membership::insert_link(tx.db, token_hash, request.id, expires)?;
    }
    let wanted = match job.mail {
        JoinMail::Asked => Some(JoinMessageKind::Question),
        JoinMail::Accepted | JoinMail::Declined => Some(JoinMessageKind::Decision),
        JoinMail::Confirm => None,
    };
    let mut messages = store::membership::messages(tx.db, request.id)?;
    messages.retain(|message| Some(message.kind) == wanted);
    Ok(Some(JoinMailTo {
        to,
        request,
        community,
        has_account,
        text: messages
            .pop()
            .map(|message| message.text)
            .unwrap_or_default(),
    }))
}
