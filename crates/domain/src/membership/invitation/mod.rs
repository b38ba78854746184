//! Invitations to a community of ours: by username, by mail, by a list and by links. Facilitators invite, and members
//! where they allow it. Whether somebody has an account is told to nobody who invites their address.

mod answer;
mod link;
mod list;
mod mail;

pub use answer::{
    InvitationKey, accept_invitation, accept_username, admits, decline_invitation,
    decline_username, register_invited, suppress_invitations,
};
pub(super) use answer::{bring_in, is_eligible};
pub use link::{ask_by_link, join_by_link, make_link, revoke_link};
pub(super) use link::{is_by_usable_link, use_link_of_request};
pub use list::{
    CHUNK as LIST_CHUNK, ListProgress, add_list_rows, begin_list, confirm_list, discard_list,
    finish_list, queue_list,
};
pub use mail::{
    InvitationMailTo, InvitationSent, TypedAddresses, address_invitation, finish_invitation,
    invite_by_mail, read_addresses, resend_invitation, revoke_invitation,
};

use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::invitation::domains::MailDomains;
use model::invitation::{COMMUNITY_PER_DAY, MEMBER_PER_DAY, SITE_PER_DAY};
use model::refusal::Rule;
use model::{ActorId, Refusal};
use store::row;

pub(super) const DAY: i64 = 86_400;

/// An hour in seconds: how long whoever invites too often or asks where too many wait is to leave it.
pub(super) const HOUR: i64 = 3_600;

/// As whom somebody invites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inviter {
    Facilitator,
    Member,
}

/// Checks that somebody may invite to a community of ours.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | Banned | Closed | ActiveAccount)`.
pub(super) fn require_inviter(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
) -> Outcome<Inviter> {
    let refusal = match access::require_in(tx, by, Action::Manage, community) {
        Ok(_) => return Ok(Inviter::Facilitator),
        Err(error) => error,
    };
    let allowed = matches!(
        refusal,
        Error::Refused(Refusal::NotAllowed(Rule::Facilitator))
    ) && may_invite(tx.db, community, by, false)?;
    match allowed {
        true => access::require_in(tx, by, Action::Join, community).map(|_| Inviter::Member),
        false => Err(refusal),
    }
}

/// Whether somebody invites to a community: as a facilitator, or as a member where those may.
///
/// # Errors
/// Faults only.
pub fn may_invite(
    db: &mut store::Db,
    community: ActorId,
    who: ActorId,
    facilitates: bool,
) -> Outcome<bool> {
    Ok(facilitates
        || (store::invitation::setting(db, community)?.members_invite
            && store::membership::membership(db, community, who)?.is_some()))
}

/// Checks that whoever invited may still vouch for somebody: they are here, and not banned from the community. A role
/// that has ended since changes nothing: the invitation is the community's, and its facilitators can revoke it.
///
/// # Errors
/// `Invalid(link: Expired)`.
fn require_in_good_standing(tx: &mut Tx<'_>, by: ActorId, community: ActorId) -> Outcome<()> {
    match access::require_in(tx, by, Action::Join, community) {
        Ok(_) => Ok(()),
        Err(Error::Refused(Refusal::NotAllowed(Rule::Banned | Rule::ActiveAccount))) => {
            Err(Error::invalid("link", model::Why::Expired))
        }
        Err(other) => Err(other),
    }
}

/// How many more mails with invitations may be queued today: of a community, and of the server; for a member, of theirs.
fn left_today(
    tx: &mut Tx<'_>,
    community: ActorId,
    by: ActorId,
    inviter: Inviter,
) -> Outcome<usize> {
    let since = tx.now.plus_seconds(-DAY);
    let mut left =
        COMMUNITY_PER_DAY - store::invitation::count_queued(tx.db, Some(community), since)?;
    left = left.min(SITE_PER_DAY - store::invitation::count_queued(tx.db, None, since)?);
    if inviter == Inviter::Member {
        let own = store::invitation::count_by_mail(tx.db, community, by, since)?;
        left = left.min(MEMBER_PER_DAY - own);
    }
    Ok(usize::try_from(left.max(0)).unwrap_or_default())
}

/// Checks that a member has not invited too many people by their username today.
///
/// # Errors
/// `TooMany`.
pub(super) fn require_few_by_username(
    tx: &mut Tx<'_>,
    community: ActorId,
    by: ActorId,
) -> Outcome<()> {
    let since = tx.now.plus_seconds(-DAY);
    match store::invitation::count_by_username(tx.db, community, by, since)? {
        ..MEMBER_PER_DAY => Ok(()),
        _ => Err(Error::too_many(HOUR)),
    }
}

/// Chooses whether members invite, and whose mail domains admit at once; domains are as they are typed.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid(domains)`.
pub fn set_invitations(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    members_invite: bool,
    domains: &str,
) -> Outcome<()> {
    access::require_in(tx, by, Action::Manage, community)?;
    let domains = MailDomains::read(domains)?;
    let row = row::JoinSetting {
        community_id: community,
        members_invite,
        domains: domains.all().join(" "),
    };
    Ok(store::invitation::put_setting(tx.db, &row)?)
}

#[cfg(test)]
mod tests;
