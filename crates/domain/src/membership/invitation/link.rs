//! Links that admit whoever opens them, as often as a facilitator says, until a day. The token is random outside, hashed
//! inside, and shown once.

use super::super::guest::insert_guest;
use super::{HOUR, bring_in, require_in_good_standing};
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::invitation::{LINK_USES_MAX, LINKS_MAX, LinkLife};
use model::membership::JoinGuest;
use model::refusal::{Checks, Rule};
use model::{ActorId, InvitationLinkId, JoinRequestId, Lang, Registration, Why};
use store::row;

/// Makes a link, whose token the caller has made.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid(uses)`, also where the community has fifty that can be used.
pub fn make_link(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    token_hash: &str,
    life: LinkLife,
    uses: i32,
) -> Outcome<InvitationLinkId> {
    access::require_in(tx, by, Action::Manage, community)?;
    let mut checks = Checks::default();
    checks
        .that(uses >= 1, "uses", Why::TooShort)
        .that(uses <= LINK_USES_MAX, "uses", Why::TooLong);
    checks.done()?;
    if store::invitation::count_links(tx.db, community, tx.now)? >= LINKS_MAX {
        return Err(Error::too_many(HOUR));
    }
    let row = row::InvitationLink {
        id: tx.id(),
        community_id: community,
        by_id: by,
        token_hash: token_hash.to_owned(),
        expires_at: tx.now.plus_seconds(life.seconds()),
        uses_max: uses,
        uses_left: uses,
        revoked_at: None,
    };
    store::invitation::insert_link(tx.db, &row)?;
    Ok(row.id)
}

/// Ends a link. Ended twice, nothing happens.
///
/// # Errors
/// `NotFound`, also for who does not facilitate its community.
pub fn revoke_link(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationLinkId,
) -> Outcome<()> {
    access::require_in(tx, by, Action::Manage, community)?;
    let row = store::invitation::link_by_id(tx.db, id)?
        .filter(|row| row.community_id == community)
        .ok_or(Error::not_found("link"))?;
    if row.revoked_at.is_none() {
        store::invitation::revoke_link(tx.db, id, tx.now)?;
    }
    Ok(())
}

/// Loads a link that can be opened, though it may be used up.
///
/// # Errors
/// `Invalid(link: Expired)`.
fn open(tx: &mut Tx<'_>, digest: &str) -> Outcome<row::InvitationLink> {
    let row = store::invitation::link_by_token(tx.db, digest, tx.now)?;
    let row = row.ok_or(Error::invalid("link", Why::Expired))?;
    require_in_good_standing(tx, row.by_id, row.community_id)?;
    Ok(row)
}

/// Joins by a link, whatever the community's policy. For a member nothing is used. Returns the community.
///
/// # Errors
/// `Invalid(link: Expired)`; `NotAllowed(LinkUsedUp | Banned | Closed | ActiveAccount)`.
pub fn join_by_link(tx: &mut Tx<'_>, digest: &str, who: ActorId) -> Outcome<ActorId> {
    let link = open(tx, digest)?;
    let community = link.community_id;
    access::require_in(tx, who, Action::Join, community)?;
    if store::membership::membership(tx.db, community, who)?.is_none() {
        use_for(tx, &link, who)?;
    }
    Ok(community)
}

/// Makes somebody a member by a link, which is used by that.
fn use_for(tx: &mut Tx<'_>, link: &row::InvitationLink, who: ActorId) -> Outcome<()> {
    if !store::invitation::take_use(tx.db, link.id)? {
        return Err(Error::not_allowed(Rule::LinkUsedUp));
    }
    bring_in(tx, link.community_id, who, link.by_id, Some(link.id))
}

/// Asks to join by a link without an account: once the address is confirmed, nobody decides. The answer does not say
/// whether the address has an account.
///
/// # Errors
/// `Invalid(link: Expired)`, `NotAllowed(LinkUsedUp | Closed | RegistrationClosed)`, `Invalid` with the fields at fault,
/// `TooMany`.
pub fn ask_by_link(tx: &mut Tx<'_>, digest: &str, guest: &JoinGuest, lang: Lang) -> Outcome<()> {
    let link = open(tx, digest)?;
    if link.uses_left < 1 {
        return Err(Error::not_allowed(Rule::LinkUsedUp));
    }
    access::require_open(tx, link.community_id)?;
    if tx.site()?.registration == Registration::Closed {
        return Err(Error::not_allowed(Rule::RegistrationClosed));
    }
    let request = insert_guest(tx, link.community_id, guest, lang, &[])?;
    if let Some(request) = request {
        store::invitation::put_request_link(tx.db, request, link.id)?;
    }
    Ok(())
}

/// The link by which somebody without an account asks, while it admits.
fn of_request(tx: &mut Tx<'_>, request: JoinRequestId) -> Outcome<Option<row::InvitationLink>> {
    let link = store::invitation::link_of_request(tx.db, request)?;
    let now = tx.now;
    Ok(link.filter(|link| link.revoked_at.is_none() && link.expires_at > now))
}

/// Whether a request came by a link that admits.
pub(in crate::membership) fn is_by_usable_link(
    tx: &mut Tx<'_>,
    request: JoinRequestId,
) -> Outcome<bool> {
    let link = of_request(tx, request)?;
    Ok(link.is_some_and(|link| link.uses_left > 0))
}

/// Uses the link by which a request came, as the membership begins; false where it came by none.
///
/// # Errors
/// `Invalid(link: Expired)` where the link was revoked meanwhile, `NotAllowed(LinkUsedUp)`.
pub(in crate::membership) fn use_link_of_request(
    tx: &mut Tx<'_>,
    request: JoinRequestId,
    who: ActorId,
) -> Outcome<bool> {
    let Some(link) = store::invitation::link_of_request(tx.db, request)? else {
        return Ok(false);
    };
    if store::membership::membership(tx.db, link.community_id, who)?.is_some() {
        return Ok(true);
    }
    // Whoever has confirmed in time may take a few days to make the account.
    if link.revoked_at.is_some() {
        return Err(Error::invalid("link", Why::Expired));
    }
    use_for(tx, &link, who)?;
    Ok(true)
}
