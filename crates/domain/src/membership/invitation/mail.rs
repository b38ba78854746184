//! Invitations by mail. Links are made when a mail is sent. What whoever invites is told is the same whether or not an
//! address has an account here.

use super::{HOUR, Inviter, left_today, require_in_good_standing, require_inviter};
use crate::{Error, Outcome, Tx, access, secret};
use model::access::Action;
use model::invitation::{
    ADDRESSES_MAX, INVITATION_SECONDS, InvitationState, Invitee, RESEND_PAUSE_SECONDS,
    SendInvitation, WORDS_MAX,
};
use model::mail::MailAddress;
use model::refusal::Checks;
use model::{ActorId, InvitationId, Lang, Why};
use store::row;

/// Addresses as somebody typed them, one on each line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedAddresses {
    pub addresses: String,
    pub words: String,
    pub lang: Lang,
}

/// Reads typed addresses: one on each line, also separated by commas or semicolons; each once.
///
/// # Errors
/// `Invalid(addresses)`: `Required`, `Malformed` for what is no address, `TooLong` for more than fifty; `Invalid(words)`.
pub fn read_addresses(typed: &TypedAddresses) -> Outcome<Vec<Invitee>> {
    let mut all: Vec<Invitee> = Vec::new();
    let mut checks = Checks::default();
    let words = typed.words.trim();
    let fits = words.chars().count() <= WORDS_MAX;
    checks.that(fits, "words", Why::TooLong);
    let lines = typed.addresses.split(['\n', ',', ';']).map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        let Ok(address) = line.parse::<MailAddress>() else {
            checks.that(false, "addresses", Why::Malformed);
            break;
        };
        let address = address.folded();
        if all.iter().any(|known| known.address == address) {
            continue;
        }
        all.push(Invitee {
            name: String::new(),
            address,
            lang: typed.lang,
            words: words.to_owned(),
        });
    }
    let is_empty = all.is_empty() && checks.is_empty();
    checks
        .that(!is_empty, "addresses", Why::Required)
        .that(all.len() <= ADDRESSES_MAX, "addresses", Why::TooLong)
        .done()?;
    Ok(all)
}

/// Invites people by mail; those who are invited already keep that invitation. Returns how many are invited.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | Banned | Closed)`, `TooMany` where that would be too many today.
pub fn invite_by_mail(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    all: &[Invitee],
) -> Outcome<usize> {
    let inviter = require_inviter(tx, by, community)?;
    access::require_open(tx, community)?;
    let mut new = Vec::new();
    for invitee in all {
        if !is_invited(tx, community, &invitee.address)? {
            new.push(invitee);
        }
    }
    if new.len() > left_today(tx, community, by, inviter)? {
        return Err(Error::too_many(HOUR));
    }
    for invitee in &new {
        insert(tx, by, community, inviter, invitee)?;
    }
    Ok(new.len())
}

/// Whether an address has an invitation that can be accepted.
pub(super) fn is_invited(tx: &mut Tx<'_>, community: ActorId, address: &str) -> Outcome<bool> {
    let known = store::invitation::of_address(tx.db, community, address)?;
    Ok(known.is_some_and(|known| known.state.is_open() && known.expires_at > tx.now))
}

/// Stores an invitation and queues its mail.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    inviter: Inviter,
    invitee: &Invitee,
) -> Outcome<()> {
    let row = row::Invitation {
        id: tx.id(),
        community_id: community,
        by_id: by,
        from_member: inviter == Inviter::Member,
        address: invitee.address.clone(),
        name: invitee.name.clone(),
        lang: invitee.lang,
        words: invitee.words.clone(),
        state: InvitationState::Queued,
        changed_at: tx.now,
        queued_at: tx.now,
        expires_at: tx.now.plus_seconds(INVITATION_SECONDS),
        actor_id: None,
    };
    store::invitation::insert(tx.db, &row)?;
    enqueue(tx, row.id)
}

fn enqueue(tx: &mut Tx<'_>, invitation: InvitationId) -> Outcome<()> {
    let job = SendInvitation { invitation };
    store::queue::jobs::insert(tx.db, tx.id(), &job, tx.now, tx.now)?;
    Ok(())
}

/// Loads an invitation for a facilitator of its community, or for whoever invited.
///
/// # Errors
/// `NotFound` for everybody else.
fn of_inviter(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationId,
) -> Outcome<(row::Invitation, Inviter)> {
    let inviter = require_inviter(tx, by, community)?;
    let row = store::invitation::by_id(tx.db, id)?
        .filter(|row| row.community_id == community)
        .filter(|row| inviter == Inviter::Facilitator || row.by_id == by)
        .ok_or(Error::not_found("invitation"))?;
    Ok((row, inviter))
}

/// Sends an invitation again, and has it last from now on; not within a day of its last mail.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator)`; `NotAllowed(Decided)` where it is settled; `TooMany`.
pub fn resend_invitation(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationId,
) -> Outcome<()> {
    let (row, inviter) = of_inviter(tx, by, community, id)?;
    access::require_open(tx, community)?;
    if !row.state.is_open() {
        return Err(Error::not_allowed(model::refusal::Rule::Decided));
    }
    if row.queued_at.plus_seconds(RESEND_PAUSE_SECONDS) > tx.now {
        return Err(Error::too_many(RESEND_PAUSE_SECONDS));
    }
    if left_today(tx, community, by, inviter)? == 0 {
        return Err(Error::too_many(HOUR));
    }
    let row = row::Invitation {
        state: InvitationState::Queued,
        changed_at: tx.now,
        queued_at: tx.now,
        expires_at: tx.now.plus_seconds(INVITATION_SECONDS),
        ..row
    };
    store::invitation::update(tx.db, &row)?;
    enqueue(tx, id)
}

/// Takes an invitation back; its links no longer work. Nothing happens to one that is settled.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator)`.
pub fn revoke_invitation(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationId,
) -> Outcome<()> {
    let (row, _) = of_inviter(tx, by, community, id)?;
    if !row.state.is_open() {
        return Ok(());
    }
    store::invitation::delete_tokens(tx.db, id)?;
    let row = row::Invitation {
        state: InvitationState::Revoked,
        changed_at: tx.now,
        ..row
    };
    Ok(store::invitation::update(tx.db, &row)?)
}

/// The mail of an invitation that is about to be sent.
#[derive(Debug, Clone)]
pub struct InvitationMailTo {
    pub to: MailAddress,
    pub invitation: row::Invitation,
    pub community: store::community::CommunityWithActor,
    /// Who invites.
    pub inviter: row::Actor,
}

/// Prepares a mail: stores its link, whose token the caller has made. `None` where none is to be sent: the invitation is
/// settled or has expired, whoever invites may not any more, the owner of the address is a member or banned (which is
/// told to nobody), or wants no invitations.
///
/// # Errors
/// Faults only.
pub fn address_invitation(
    tx: &mut Tx<'_>,
    id: InvitationId,
    token_hash: &str,
) -> Outcome<Option<InvitationMailTo>> {
    let Some(invitation) = store::invitation::by_id(tx.db, id)? else {
        return Ok(None);
    };
    let community = store::raw::community::by_id(tx.db, invitation.community_id)?;
    let inviter = store::raw::actor::by_id(tx.db, invitation.by_id)?;
    let to = invitation.address.parse::<MailAddress>();
    let (Some(community), Some(inviter), Ok(to)) = (community, inviter, to) else {
        return Ok(None);
    };
    if invitation.state != InvitationState::Queued || invitation.expires_at <= tx.now {
        return Ok(None);
    }
    if store::invitation::is_suppressed(tx.db, &secret::digest(&invitation.address))? {
        finish(tx, invitation, InvitationState::Refused)?;
        return Ok(None);
    }
    let vouched = require_in_good_standing(tx, inviter.id, community.id());
    match vouched.and_then(|()| access::require_open(tx, community.id())) {
        Ok(()) => {}
        Err(Error::Refused(_)) => {
            finish(tx, invitation, InvitationState::Revoked)?;
            return Ok(None);
        }
        Err(fault @ Error::Fault(_)) => return Err(fault),
    }
    let owner = store::account::mail::by_address(tx.db, &to)?;
    if let Some(owner) = owner
        && (access::require_in(tx, owner.actor_id, Action::Join, community.id()).is_err()
            || store::membership::membership(tx.db, community.id(), owner.actor_id)?.is_some())
    {
        finish(tx, invitation, InvitationState::Sent)?;
        return Ok(None);
    }
    store::invitation::insert_token(tx.db, token_hash, id)?;
    Ok(Some(InvitationMailTo {
        to,
        invitation,
        community,
        inviter,
    }))
}

/// How sending an invitation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationSent {
    Taken,
    /// The mail server refuses it for good.
    Refused,
}

/// Records how sending ended.
///
/// # Errors
/// Faults only.
pub fn finish_invitation(tx: &mut Tx<'_>, id: InvitationId, sent: InvitationSent) -> Outcome<()> {
    let row = store::invitation::by_id(tx.db, id)?;
    let Some(row) = row.filter(|row| row.state == InvitationState::Queued) else {
        return Ok(());
    };
    let state = match sent {
        InvitationSent::Taken => InvitationState::Sent,
        InvitationSent::Refused => InvitationState::Refused,
    };
    finish(tx, row, state)
}

fn finish(tx: &mut Tx<'_>, row: row::Invitation, state: InvitationState) -> Outcome<()> {
    let row = row::Invitation {
        state,
        changed_at: tx.now,
        ..row
    };
    Ok(store::invitation::update(tx.db, &row)?)
}
