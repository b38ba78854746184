//! What whoever is invited does: accepts with an account, makes one, declines, or wants no more invitations. And who is
//! admitted at once because of their mail domain.

use super::super::admit;
use super::require_in_good_standing;
use crate::account::{self, NewAccount};
use crate::{Error, Outcome, Tx, access, organization, secret};
use model::access::Action;
use model::invitation::InvitationState;
use model::invitation::domains::MailDomains;
use model::mail::MailAddress;
use model::membership::{JoinPolicy, JoinState};
use model::refusal::Rule;
use model::{
    AccountState, ActorId, Fact, InvitationId, InvitationLinkId, JoinRequestId, Registration,
    SiteRole, Why,
};
use store::row;

/// How somebody names an invitation by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationKey {
    /// By the digest of the token in its mail.
    Link(String),
    /// The owner of an account with its address, by its id.
    Own(ActorId, InvitationId),
}

/// Makes somebody a member who was invited, and tells whoever invited.
pub(in crate::membership) fn bring_in(
    tx: &mut Tx<'_>,
    community: ActorId,
    who: ActorId,
    by: ActorId,
    link: Option<InvitationLinkId>,
) -> Outcome<()> {
    admit(tx, community, who)?;
    let row = row::InvitedMember {
        community_id: community,
        actor_id: who,
        by_id: by,
        link_id: link,
        since: tx.now,
    };
    store::invitation::put_invited(tx.db, &row)?;
    tell_inviter(tx, community, by, Some(who));
    Ok(())
}

/// Tells whoever invited that somebody has joined, or that a guest has declined.
fn tell_inviter(tx: &mut Tx<'_>, community: ActorId, inviter: ActorId, who: Option<ActorId>) {
    tx.record(Fact::InvitationAnswered {
        community,
        inviter,
        who,
    });
}

/// Loads an invitation that can be answered.
///
/// # Errors
/// `Invalid(link: Expired)` for a link that is forged, used, revoked or too old; `NotFound` for one of somebody else.
fn open(tx: &mut Tx<'_>, key: &InvitationKey) -> Outcome<row::Invitation> {
    let expired = || Error::invalid("link", Why::Expired);
    let row = match key {
        InvitationKey::Link(digest) => {
            store::invitation::by_token(tx.db, digest)?.ok_or_else(expired)?
        }
        InvitationKey::Own(who, id) => {
            let account = store::account::by_id(tx.db, *who)?;
            let address: Option<MailAddress> =
                account.and_then(|(account, _)| account.address.parse().ok());
            let address = address.map(|address| address.folded());
            store::invitation::by_id(tx.db, *id)?
                .filter(|row| Some(&row.address) == address.as_ref())
                .ok_or(Error::not_found("invitation"))?
        }
    };
    match row.state.is_open() && row.expires_at > tx.now {
        true => Ok(row),
        false => Err(expired()),
    }
}

fn settle(
    tx: &mut Tx<'_>,
    row: row::Invitation,
    state: InvitationState,
    who: Option<ActorId>,
) -> Outcome<()> {
    store::invitation::delete_tokens(tx.db, row.id)?;
    let row = row::Invitation {
        state,
        changed_at: tx.now,
        actor_id: who,
        ..row
    };
    Ok(store::invitation::update(tx.db, &row)?)
}

/// Accepts an invitation by mail with an account. A link may be used with an account that has another address, but not
/// where the invited address is that of another account here. Returns the community.
///
/// # Errors
/// `Invalid(link: Expired)`, `NotFound`, `NotAllowed(InvitedAnother | Banned | Closed | ActiveAccount)`.
pub fn accept_invitation(tx: &mut Tx<'_>, key: &InvitationKey, who: ActorId) -> Outcome<ActorId> {
    let row = open(tx, key)?;
    let community = row.community_id;
    require_in_good_standing(tx, row.by_id, community)?;
    if let Ok(address) = row.address.parse::<MailAddress>()
        && let Some(owner) = store::account::mail::by_address(tx.db, &address)?
        && owner.actor_id != who
    {
        return Err(Error::not_allowed(Rule::InvitedAnother));
    }
    access::require_in(tx, who, Action::Join, community)?;
    if store::membership::membership(tx.db, community, who)?.is_none() {
        bring_in(tx, community, who, row.by_id, None)?;
    }
    settle(tx, row, InvitationState::Accepted, Some(who))?;
    Ok(community)
}

/// Makes an account for somebody who was invited by mail, with that address, which the link has confirmed, and joins.
/// Returns the account and the community.
///
/// # Errors
/// As [`accept_invitation`] and `account::create`; `NotAllowed(RegistrationClosed)`, also where accounts are approved
/// and only a member invites; `NotAllowed(InvitedAnother)` where the address has an account.
pub fn register_invited(
    tx: &mut Tx<'_>,
    digest: &str,
    new: &NewAccount,
) -> Outcome<(ActorId, ActorId)> {
    let key = InvitationKey::Link(digest.to_owned());
    let row = open(tx, &key)?;
    let vouched = match tx.site()?.registration {
        Registration::Open => true,
        Registration::Approval | Registration::Invitation => !row.from_member,
        Registration::Closed => false,
    };
    if !vouched {
        return Err(Error::not_allowed(Rule::RegistrationClosed));
    }
    let address: MailAddress = row
        .address
        .parse()
        .map_err(|_bad| Error::invalid("link", Why::Expired))?;
    if store::account::mail::by_address(tx.db, &address)?.is_some() {
        return Err(Error::not_allowed(Rule::InvitedAnother));
    }
    let new = NewAccount {
        address: None,
        lang: row.lang,
        ..new.clone()
    };
    let id = account::create(tx, &new, SiteRole::Member, AccountState::Active)?;
    store::account::mail::clear_pending(tx.db, &address)?;
    store::account::mail::set_addresses(tx.db, id, Some(&address), None)?;
    let community = accept_invitation(tx, &key, id)?;
    Ok((id, community))
}

/// Declines an invitation by mail; whoever invited is told, but not who they are beyond the address.
///
/// # Errors
/// `Invalid(link: Expired)`, `NotFound`.
pub fn decline_invitation(tx: &mut Tx<'_>, key: &InvitationKey) -> Outcome<()> {
    let row = open(tx, key)?;
    tell_inviter(tx, row.community_id, row.by_id, None);
    settle(tx, row, InvitationState::Declined, None)
}

/// Declines, and has this server send no invitations to the address any more.
///
/// # Errors
/// `Invalid(link: Expired)`.
pub fn suppress_invitations(tx: &mut Tx<'_>, digest: &str) -> Outcome<()> {
    let key = InvitationKey::Link(digest.to_owned());
    let row = open(tx, &key)?;
    let hash = secret::digest(&row.address);
    store::invitation::suppress(tx.db, &hash, tx.now)?;
    decline_invitation(tx, &key)
}

/// The invitation by username of somebody.
fn by_username(tx: &mut Tx<'_>, who: ActorId, id: JoinRequestId) -> Outcome<row::JoinRequest> {
    store::membership::by_id(tx.db, id)?
        .filter(|row| row.actor_id == Some(who) && row.state == JoinState::Invited)
        .ok_or(Error::not_found("invitation"))
}

/// Accepts an invitation by username. Returns the community.
///
/// # Errors
/// `NotFound`, `NotAllowed(Banned | Closed | ActiveAccount)`.
pub fn accept_username(tx: &mut Tx<'_>, who: ActorId, id: JoinRequestId) -> Outcome<ActorId> {
    let community = by_username(tx, who, id)?.community_id;
    super::super::ask(tx, who, community, &[])?;
    Ok(community)
}

/// Declines an invitation by username.
///
/// # Errors
/// `NotFound`.
pub fn decline_username(tx: &mut Tx<'_>, who: ActorId, id: JoinRequestId) -> Outcome<()> {
    by_username(tx, who, id)?;
    super::super::withdraw(tx, &super::super::Applicant::Person(who, id))
}

/// Whether the policy of a community admits an address at once. What becomes of the address later ends no membership.
pub(in crate::membership) fn is_eligible(
    tx: &mut Tx<'_>,
    community: &row::Community,
    address: &str,
) -> Outcome<bool> {
    if community.join_policy != JoinPolicy::Eligibility {
        return Ok(false);
    }
    admits(tx.db, community.actor_id, address)
}

/// Whether a confirmed mail address is in one of the mail domains of a community, or of an organization whose people it
/// admits.
///
/// # Errors
/// Faults only.
pub fn admits(db: &mut store::Db, community: ActorId, address: &str) -> Outcome<bool> {
    let Ok(address) = address.parse::<MailAddress>() else {
        return Ok(false);
    };
    let setting = store::invitation::setting(db, community)?;
    Ok(MailDomains::stored(&setting.domains).admit(&address)
        || organization::admits(db, community, &address)?)
}
