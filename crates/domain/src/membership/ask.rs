//! Asking to join, and what whoever asked may do with their request.

use super::{add_message, admit, invitation, read_answers, record_requested, require_text};
use crate::{Error, Outcome, Tx, access, actor};
use model::access::Action;
use model::id::first_of;
use model::membership::{JOIN_REQUESTS_PER_DAY, JoinMessageKind, JoinPolicy, JoinState};
use model::refusal::{Checks, Rule};
use model::{ActorId, ActorKind, JoinRequestId, Lang};
use store::row;

/// Whoever asked to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applicant {
    /// Somebody with an account, by their request.
    Person(ActorId, JoinRequestId),
    /// Somebody without one, by the digest of a link's token.
    Link(String),
}

/// Joins a community, or asks to; whoever is invited joins. `answers` are those to its questions, in their order. Who has asked already keeps
/// that request. Returns the state that it leads to.
///
/// # Errors
/// `TooMany` for more than [`JOIN_REQUESTS_PER_DAY`]; `NotFound`, `NotAllowed(NotOurs | Banned | Closed | ActiveAccount | InvitationOnly)`, `Invalid` with the fields at
/// fault.
pub fn ask(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    answers: &[String],
) -> Outcome<JoinState> {
    let person = actor::active(tx, by)?;
    if person.peer_id.is_some() || person.kind != ActorKind::Person {
        return Err(Error::not_found("person"));
    }
    access::require_in(tx, by, Action::Join, community)?;
    let place = super::get_local(tx, community)?;
    if store::membership::membership(tx.db, community, by)?.is_some() {
        return Ok(JoinState::Accepted);
    }
    let known = store::membership::of_actor(tx.db, community, by)?;
    if let Some(invited) = known.filter(|row| row.state == JoinState::Invited) {
        match invited.decided_by {
            Some(inviter) => invitation::bring_in(tx, community, by, inviter, None)?,
            None => admit(tx, community, by)?,
        }
        let row = row::JoinRequest {
            state: JoinState::Accepted,
            changed_at: tx.now,
            ..invited
        };
        store::membership::update(tx.db, &row)?;
        return Ok(JoinState::Accepted);
    }
    match place.community.join_policy {
        JoinPolicy::Open => {
            admit(tx, community, by)?;
            Ok(JoinState::Accepted)
        }
        JoinPolicy::Invitation => Err(Error::not_allowed(Rule::InvitationOnly)),
        JoinPolicy::Application => apply(tx, by, community, answers),
        JoinPolicy::Eligibility => {
            let account = store::account::by_id(tx.db, by)?;
            let address = account.map(|(account, _)| account.address);
            match invitation::is_eligible(tx, &place.community, &address.unwrap_or_default())? {
                true => {
                    admit(tx, community, by)?;
                    Ok(JoinState::Accepted)
                }
                false => apply(tx, by, community, answers),
            }
        }
    }
}

fn apply(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    answers: &[String],
) -> Outcome<JoinState> {
    let known = store::membership::of_actor(tx.db, community, by)?;
    if let Some(known) = known.filter(|known| known.state.is_open()) {
        return Ok(known.state);
    }
    let since = first_of(tx.now.plus_seconds(-invitation::DAY));
    if store::membership::count_of_actor(tx.db, community, by, since)? >= JOIN_REQUESTS_PER_DAY {
        return Err(Error::too_many(invitation::DAY));
    }
    let mut checks = Checks::default();
    let answers = read_answers(tx, community, answers, &mut checks)?;
    checks.done()?;
    let lang = store::account::by_id(tx.db, by)?.map(|(account, _)| account.lang);
    let row = row::JoinRequest {
        id: tx.id::<JoinRequestId>(),
        community_id: community,
        actor_id: Some(by),
        state: JoinState::Waiting,
        name: String::new(),
        address: String::new(),
        lang: lang.unwrap_or(Lang::En),
        changed_at: tx.now,
        decided_by: None,
    };
    store::membership::insert(tx.db, &row, &answers)?;
    record_requested(tx, &row)?;
    Ok(row.state)
}

/// Loads the request of whoever asked.
///
/// # Errors
/// `NotFound`, also for the request of somebody else; `Invalid(link: Expired)`.
pub(super) fn of_applicant(tx: &mut Tx<'_>, applicant: &Applicant) -> Outcome<row::JoinRequest> {
    match applicant {
        Applicant::Person(who, id) => store::membership::by_id(tx.db, *id)?
            .filter(|row| row.actor_id == Some(*who))
            .ok_or(Error::not_found("request")),
        Applicant::Link(digest) => super::guest::by_link(tx, digest),
    }
}

/// Withdraws a request that nobody has decided, or declines an invitation. Idempotent.
///
/// # Errors
/// `NotFound`, `Invalid(link: Expired)`, `NotAllowed(Decided)`.
pub fn withdraw(tx: &mut Tx<'_>, applicant: &Applicant) -> Outcome<()> {
    let row = of_applicant(tx, applicant)?;
    match row.state {
        JoinState::Withdrawn => return Ok(()),
        JoinState::Accepted | JoinState::Declined => {
            return Err(Error::not_allowed(Rule::Decided));
        }
        // Facilitators have not seen it, and never do.
        JoinState::Unconfirmed => return Ok(store::membership::delete(tx.db, row.id)?),
        JoinState::Invited | JoinState::Waiting | JoinState::Asked => {}
    }
    let row = row::JoinRequest {
        state: JoinState::Withdrawn,
        changed_at: tx.now,
        ..row
    };
    Ok(store::membership::update(tx.db, &row)?)
}

/// Answers what a facilitator has asked; the request waits for them again.
///
/// # Errors
/// `NotFound`, `Invalid(link: Expired)`, `NotAllowed(Decided)` where nothing is asked, `Invalid(text)`.
pub fn reply(tx: &mut Tx<'_>, applicant: &Applicant, text: &str) -> Outcome<()> {
    let row = of_applicant(tx, applicant)?;
    if row.state != JoinState::Asked {
        return Err(Error::not_allowed(Rule::Decided));
    }
    require_text(text)?;
    add_message(tx, row.id, JoinMessageKind::Answer, None, text)?;
    let row = row::JoinRequest {
        state: JoinState::Waiting,
        changed_at: tx.now,
        ..row
    };
    store::membership::update(tx.db, &row)?;
    record_requested(tx, &row)
}
