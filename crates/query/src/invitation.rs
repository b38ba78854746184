//! Invitations to communities: those that somebody has sent, the links that admit, lists that were uploaded, and what waits
//! for the reader. They exist for facilitators, for whoever invites, and for whoever is invited.

use crate::community::CommunityView;
use crate::row::{
    Account, Actor, CommunityWithActor, Invitation, InvitationLink, InvitationList,
    InvitationListRow, JoinSetting, Organization,
};
use domain::membership::invitation::{admits, may_invite};
use domain::{Error, Outcome};
use model::access::Reader;
use model::invitation::domains::MailDomains;
use model::mail::MailAddress;
use model::refusal::Rule;
use model::{ActorId, InvitationId, InvitationListId, JoinRequestId, Lang, Registration, Time};
use std::collections::HashMap;
use store::Db;

/// How long a link is listed after it has expired, in seconds: thirty days.
const LISTED_SECONDS: i64 = 30 * 86_400;

/// An invitation by mail, as whoever invites sees it.
#[derive(Debug, Clone)]
pub struct SentInvitation {
    pub invitation: Invitation,
    pub by: Option<Actor>,
    /// Who has accepted it.
    pub who: Option<Actor>,
    /// Whether it has expired before it was answered.
    pub expired: bool,
}

/// The invitations of a community that the reader may see.
#[derive(Debug, Clone)]
pub struct InvitationsPage {
    pub place: CommunityWithActor,
    /// Whether the reader facilitates it, and sees those of others.
    pub facilitates: bool,
    pub sent: Vec<SentInvitation>,
}

/// The invitations of a community below a cursor, the newest first: all for its facilitators, their own for members who
/// may invite.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn sent(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    before: InvitationId,
    limit: i64,
) -> Outcome<InvitationsPage> {
    let place = crate::community::find(db, reader, handle, host)?;
    let facilitates = require_inviter(db, reader, place.id())?;
    let by = reader.viewer.person().filter(|_| !facilitates);
    let rows = store::invitation::list(db, place.id(), by, before, limit)?;
    let ids: Vec<ActorId> = rows
        .iter()
        .flat_map(|row| [Some(row.by_id), row.actor_id])
        .flatten()
        .collect();
    let people = store::actor::by_ids(db, reader, &ids)?;
    let view = |invitation: Invitation| SentInvitation {
        by: people.get(&invitation.by_id).cloned(),
        who: invitation.actor_id.and_then(|id| people.get(&id).cloned()),
        expired: invitation.state.is_open() && invitation.expires_at <= reader.now,
        invitation,
    };
    Ok(InvitationsPage {
        place,
        facilitates,
        sent: rows.into_iter().map(view).collect(),
    })
}

/// Checks that the reader invites to a community; returns whether they facilitate it.
fn require_inviter(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<bool> {
    let refusal = match crate::community::require_manage(db, reader, id) {
        Ok(()) => return Ok(true),
        Err(error) => error,
    };
    let is_plain = matches!(
        refusal,
        Error::Refused(model::Refusal::NotAllowed(Rule::Facilitator))
    );
    match reader.viewer.person() {
        Some(who)
            if is_plain
                && crate::community::require_member(db, reader, id).is_ok()
                && may_invite(db, id, who, false)? =>
        {
            Ok(false)
        }
        Some(_) | None => Err(refusal),
    }
}

/// Whether the reader invites to a community whose members they are told: as a facilitator, or as a member where those
/// may.
///
/// # Errors
/// Faults only.
pub fn is_inviting(db: &mut Db, view: &CommunityView) -> Outcome<bool> {
    Ok(view.allowed.manage
        || (view.role.is_some()
            && view.names_members
            && store::invitation::setting(db, view.place.id())?.members_invite))
}

/// A link that admits, with who came by it.
#[derive(Debug, Clone)]
pub struct LinkView {
    pub link: InvitationLink,
    pub by: Option<Actor>,
    pub came: Vec<Actor>,
    /// Whether it still admits somebody.
    pub usable: bool,
}

fn managed(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<CommunityWithActor> {
    let place = crate::community::find(db, reader, handle, host)?;
    crate::community::require_manage(db, reader, place.id())?;
    Ok(place)
}

/// The links of a community that the reader facilitates, the newest first.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn links(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
) -> Outcome<(CommunityWithActor, Vec<LinkView>)> {
    let place = managed(db, reader, handle, host)?;
    let since = reader.now.plus_seconds(-LISTED_SECONDS);
    let rows = store::invitation::links(db, place.id(), since)?;
    let came = store::invitation::came_by_links(db, place.id())?;
    let ids: Vec<ActorId> = rows
        .iter()
        .map(|row| row.by_id)
        .chain(came.iter().map(|row| row.actor_id))
        .collect();
    let people = store::actor::by_ids(db, reader, &ids)?;
    let view = |link: InvitationLink| LinkView {
        by: people.get(&link.by_id).cloned(),
        came: came
            .iter()
            .filter(|row| row.link_id == Some(link.id))
            .filter_map(|row| people.get(&row.actor_id).cloned())
            .collect(),
        usable: link.revoked_at.is_none() && link.expires_at > reader.now && link.uses_left > 0,
        link,
    };
    Ok((place, rows.into_iter().map(view).collect()))
}

/// What opens with a link that admits.
#[derive(Debug, Clone)]
pub struct OpenedLink {
    pub place: CommunityWithActor,
    pub by: Option<Actor>,
    pub expires_at: Time,
    /// Whether it has been used as often as it may be.
    pub used_up: bool,
    /// Whether the reader is a member already.
    pub is_member: bool,
}

/// What opens with a link that admits; `None` where it cannot be used.
///
/// # Errors
/// Faults.
pub fn opened_link(db: &mut Db, reader: Reader, digest: &str) -> Outcome<Option<OpenedLink>> {
    let Some(link) = store::invitation::link_by_token(db, digest, reader.now)? else {
        return Ok(None);
    };
    let Some((place, by)) = shown(db, link.community_id, link.by_id)? else {
        return Ok(None);
    };
    Ok(Some(OpenedLink {
        is_member: is_member(db, reader, place.id())?,
        expires_at: link.expires_at,
        used_up: link.uses_left < 1,
        place,
        by,
    }))
}

fn is_member(db: &mut Db, reader: Reader, community: ActorId) -> Outcome<bool> {
    Ok(match reader.viewer.person() {
        Some(who) => store::membership::membership(db, community, who)?.is_some(),
        None => false,
    })
}

/// The community of an invitation, where it is shown, with who invites.
fn shown(
    db: &mut Db,
    community: ActorId,
    by: ActorId,
) -> Outcome<Option<(CommunityWithActor, Option<Actor>)>> {
    let Some(place) = store::raw::community::by_id(db, community)? else {
        return Ok(None);
    };
    if crate::actor::require_shown(&place.actor, "community").is_err() {
        return Ok(None);
    }
    let by = store::raw::actor::by_id(db, by)?;
    let by = by.filter(|by| crate::actor::require_shown(by, "person").is_ok());
    Ok(Some((place, by)))
}

/// What opens with the link of a mail.
#[derive(Debug, Clone)]
pub struct OpenedInvitation {
    pub place: CommunityWithActor,
    pub by: Option<Actor>,
    pub name: String,
    pub address: String,
    pub words: String,
    pub lang: Lang,
    /// Whether an account has this address; told to the owner of the mail only.
    pub has_account: bool,
    /// Whether the reader is that account.
    pub is_own: bool,
    /// Whether an account can be made by it.
    pub may_register: bool,
    pub is_member: bool,
}

/// What opens with the link of a mail; `None` where it cannot be used.
///
/// # Errors
/// Faults.
pub fn opened_invitation(
    db: &mut Db,
    reader: Reader,
    digest: &str,
    registration: Registration,
) -> Outcome<Option<OpenedInvitation>> {
    let row = store::invitation::by_token(db, digest)?;
    let Some(row) = row.filter(|row| row.state.is_open() && row.expires_at > reader.now) else {
        return Ok(None);
    };
    let Some((place, by)) = shown(db, row.community_id, row.by_id)? else {
        return Ok(None);
    };
    let owner = match row.address.parse::<MailAddress>() {
        Ok(address) => store::account::mail::by_address(db, &address)?,
        Err(_) => None,
    };
    let owner = owner.map(|account| account.actor_id);
    let vouched = match registration {
        Registration::Open => true,
        Registration::Approval | Registration::Invitation => !row.from_member,
        Registration::Closed => false,
    };
    Ok(Some(OpenedInvitation {
        is_member: is_member(db, reader, place.id())?,
        has_account: owner.is_some(),
        is_own: owner.is_some() && owner == reader.viewer.person(),
        may_register: vouched && owner.is_none(),
        name: row.name,
        address: row.address,
        words: row.words,
        lang: row.lang,
        place,
        by,
    }))
}

/// How the reader was invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitedBy {
    Username(JoinRequestId),
    Mail(InvitationId),
}

/// An invitation that waits for the reader.
#[derive(Debug, Clone)]
pub struct WaitingInvitation {
    pub key: InvitedBy,
    pub place: CommunityWithActor,
    /// Who invites.
    pub by: Option<Actor>,
    /// Their word; empty for none.
    pub words: String,
}

/// The invitations that wait for the reader, the newest first of each way.
///
/// # Errors
/// `NotAllowed(SignedIn)`.
pub fn mine(db: &mut Db, reader: Reader) -> Outcome<Vec<WaitingInvitation>> {
    let who = reader.viewer.person();
    let who = who.ok_or(Error::not_allowed(Rule::SignedIn))?;
    let mut found: Vec<(InvitedBy, ActorId, Option<ActorId>, String)> = Vec::new();
    for (id, community) in store::invitation::by_username(db, who)? {
        let by = store::membership::by_id(db, id)?.and_then(|row| row.decided_by);
        found.push((InvitedBy::Username(id), community, by, String::new()));
    }
    let account = store::account::by_id(db, who)?.map(|(account, _)| account);
    let address: Option<MailAddress> = account.and_then(|account| account.address.parse().ok());
    if let Some(address) = address {
        let rows = store::invitation::waiting_for(db, &address.folded(), who, reader.now)?;
        for row in rows {
            let key = InvitedBy::Mail(row.id);
            found.push((key, row.community_id, Some(row.by_id), row.words));
        }
    }
    let communities: Vec<ActorId> = found.iter().map(|(_, id, _, _)| *id).collect();
    let places = store::raw::community::by_ids(db, &communities)?;
    let ids: Vec<ActorId> = found.iter().filter_map(|(_, _, by, _)| *by).collect();
    let people: HashMap<ActorId, Actor> = store::actor::by_ids(db, reader, &ids)?;
    let view = |(key, community, by, words): (InvitedBy, ActorId, Option<ActorId>, String)| {
        let place = places.get(&community).cloned()?;
        crate::actor::require_shown(&place.actor, "community").ok()?;
        Some(WaitingInvitation {
            key,
            by: by.and_then(|id| people.get(&id).cloned()),
            place,
            words,
        })
    };
    Ok(found.into_iter().filter_map(view).collect())
}

/// How many invitations wait for the owner of an account.
///
/// # Errors
/// Faults.
pub fn count_mine(db: &mut Db, account: &Account, now: Time) -> Outcome<i64> {
    let address: Option<MailAddress> = account.address.parse().ok();
    let address = address.map(|address| address.folded());
    let address = address.unwrap_or_default();
    Ok(store::invitation::count_waiting(
        db,
        &address,
        account.actor_id,
        now,
    )?)
}

/// An uploaded list, before it is confirmed.
#[derive(Debug, Clone)]
pub struct ListPage {
    pub place: CommunityWithActor,
    pub list: InvitationList,
    /// Rows that invite somebody, and rows at fault, in the whole list.
    pub counts: (i64, i64),
    /// The first rows at fault.
    pub faults: Vec<InvitationListRow>,
    /// Rows after the cursor, in their order.
    pub rows: Vec<InvitationListRow>,
}

/// An uploaded list of a community that the reader facilitates; its rows after a number.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn list(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    id: InvitationListId,
    (after, limit): (i32, i64),
) -> Outcome<ListPage> {
    let place = managed(db, reader, handle, host)?;
    let list = store::invitation::list_by_id(db, id)?
        .filter(|list| list.community_id == place.id())
        .ok_or(Error::not_found("list"))?;
    Ok(ListPage {
        counts: store::invitation::problem_counts(db, id)?,
        faults: store::invitation::rows_after(db, id, 0, Some(true), limit)?,
        rows: store::invitation::rows_after(db, id, after, None, limit)?,
        place,
        list,
    })
}

/// What facilitators have chosen of invitations to a community that the reader facilitates.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn setting(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<JoinSetting> {
    let place = managed(db, reader, handle, host)?;
    Ok(store::invitation::setting(db, place.id())?)
}

/// Whom a community admits at once, which its page says.
#[derive(Debug, Clone)]
pub struct Eligibility {
    pub domains: MailDomains,
    pub organizations: Vec<Organization>,
    /// Whether the reader's own confirmed address is admitted.
    pub own: bool,
}

/// Whom a community admits at once.
///
/// # Errors
/// Faults.
pub fn eligibility(db: &mut Db, reader: Reader, id: ActorId) -> Outcome<Eligibility> {
    let setting = store::invitation::setting(db, id)?;
    let own = match reader.viewer.person() {
        Some(who) => store::account::by_id(db, who)?,
        None => None,
    };
    Ok(Eligibility {
        domains: MailDomains::stored(&setting.domains),
        organizations: store::organization::eligible(db, id)?,
        own: match own {
            Some((account, _)) => admits(db, id, &account.address)?,
            None => false,
        },
    })
}

/// Who brought a member to a community that the reader facilitates.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator)`.
pub fn brought_by(
    db: &mut Db,
    reader: Reader,
    community: ActorId,
    who: ActorId,
) -> Outcome<Option<Actor>> {
    crate::community::require_manage(db, reader, community)?;
    match store::invitation::invited(db, community, who)? {
        Some(row) => Ok(store::raw::actor::by_id(db, row.by_id)?),
        None => Ok(None),
    }
}
