//! What the facilitators of a community do with a request to join.

use super::invitation::{self, Inviter};
use super::{add_message, admit, require_text, seen};
use crate::{Error, Outcome, Tx, access, actor};
use model::access::Action;
use model::membership::{JoinMail, JoinMessageKind, JoinState};
use model::refusal::Rule;
use model::{ActorId, ActorKind, Fact, JoinRequestId, Lang};
use store::row;

/// Requests accepted at once.
pub const ACCEPTED_AT_ONCE: usize = 100;

/// Loads a request for a facilitator of its community.
///
/// # Errors
/// `NotFound`, also for somebody else, and for a request whose address is not confirmed.
fn of_facilitator(tx: &mut Tx<'_>, by: ActorId, id: JoinRequestId) -> Outcome<row::JoinRequest> {
    let row = store::membership::by_id(tx.db, id)?
        .filter(|row| row.state != JoinState::Unconfirmed)
        .ok_or(Error::not_found("request"))?;
    match access::require_in(tx, by, Action::Manage, row.community_id) {
        Ok(_) => Ok(row),
        // Whoever may not read it is not told that there is one.
        Err(Error::Refused(_)) => Err(Error::not_found("request")),
        Err(fault @ Error::Fault(_)) => Err(fault),
    }
}

/// Decides a request that is open, with a word to whoever asked, which may be empty.
fn decide(
    tx: &mut Tx<'_>,
    by: ActorId,
    row: row::JoinRequest,
    to: JoinState,
    text: &str,
) -> Outcome<()> {
    if !row.state.is_open() {
        return Err(Error::not_allowed(Rule::Decided));
    }
    add_message(tx, row.id, JoinMessageKind::Decision, Some(by), text)?;
    let row = row::JoinRequest {
        state: to,
        changed_at: tx.now,
        decided_by: Some(by),
        ..row
    };
    store::membership::update(tx.db, &row)?;
    tx.record(Fact::JoinAnswered {
        request: seen(&row),
        told: match to {
            JoinState::Accepted => JoinMail::Accepted,
            _ => JoinMail::Declined,
        },
        by,
    });
    Ok(())
}

/// Accepts a request: whoever asked becomes a member, or is sent a link to make an account. Accepted twice, nothing
/// happens.
///
/// # Errors
/// `NotFound`, `NotAllowed(Decided)` where it was declined or withdrawn meanwhile, `NotAllowed(Banned)`, `NotAllowed(ActiveAccount)` of
/// whoever asked, `Invalid(text)`.
pub fn accept(tx: &mut Tx<'_>, by: ActorId, id: JoinRequestId, text: &str) -> Outcome<()> {
    let row = of_facilitator(tx, by, id)?;
    if row.state == JoinState::Accepted {
        return Ok(());
    }
    if let (true, Some(who)) = (row.state.is_open(), row.actor_id) {
        actor::active(tx, who)?;
        access::require_in(tx, who, Action::Join, row.community_id)?;
        admit(tx, row.community_id, who)?;
    }
    decide(tx, by, row, JoinState::Accepted, text)
}

/// Invites somebody of ours, who joins once they say so. A request of theirs that waits is accepted instead where a
/// facilitator invites; nothing happens to a member, and to who is invited already.
///
/// # Errors
/// `NotFound` for who is no person of ours, `NotAllowed(Facilitator | NotOurs | Banned | ActiveAccount)`; `TooMany` for a
/// member who has invited too many.
pub fn invite(tx: &mut Tx<'_>, by: ActorId, community: ActorId, who: ActorId) -> Outcome<()> {
    let inviter = invitation::require_inviter(tx, by, community)?;
    let person = actor::active(tx, who)?;
    if person.peer_id.is_some() || person.kind != ActorKind::Person {
        return Err(Error::not_found("person"));
    }
    access::require_in(tx, who, Action::Join, community)?;
    if store::membership::membership(tx.db, community, who)?.is_some() {
        return Ok(());
    }
    let known = store::membership::of_actor(tx.db, community, who)?;
    match known {
        Some(known) if known.state.is_open() => match inviter {
            Inviter::Facilitator => accept(tx, by, known.id, ""),
            Inviter::Member => Ok(()),
        },
        Some(known) if known.state == JoinState::Invited => Ok(()),
        Some(_) | None => {
            if inviter == Inviter::Member {
                invitation::require_few_by_username(tx, community, by)?;
            }
            let row = row::JoinRequest {
                id: tx.id::<JoinRequestId>(),
                community_id: community,
                actor_id: Some(who),
                state: JoinState::Invited,
                name: String::new(),
                address: String::new(),
                lang: Lang::En,
                changed_at: tx.now,
                decided_by: Some(by),
            };
            store::membership::insert(tx.db, &row, &[])?;
            tx.record(Fact::JoinInvited { community, who, by });
            Ok(())
        }
    }
}

/// Accepts several requests, all or none.
///
/// # Errors
/// As [`accept`]; `Invalid(requests)` for more than 100.
pub fn accept_all(tx: &mut Tx<'_>, by: ActorId, all: &[JoinRequestId]) -> Outcome<()> {
    if all.len() > ACCEPTED_AT_ONCE {
        return Err(Error::invalid("requests", model::Why::TooLong));
    }
    all.iter().try_for_each(|id| accept(tx, by, *id, ""))
}

/// Declines a request, for a reason that whoever asked is told. Declined twice, nothing happens.
///
/// # Errors
/// `NotFound`, `NotAllowed(Decided)`, `Invalid(text)`.
pub fn decline(tx: &mut Tx<'_>, by: ActorId, id: JoinRequestId, reason: &str) -> Outcome<()> {
    let row = of_facilitator(tx, by, id)?;
    if row.state == JoinState::Declined {
        return Ok(());
    }
    decide(tx, by, row, JoinState::Declined, reason)
}

/// Takes back the invitation of somebody of ours who has not answered. Taken back twice, nothing happens.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator)`, `NotAllowed(Decided)` for what is no invitation or was answered.
pub fn take_back(tx: &mut Tx<'_>, by: ActorId, id: JoinRequestId) -> Outcome<()> {
    let row = of_facilitator(tx, by, id)?;
    match row.state {
        JoinState::Withdrawn => Ok(()),
        JoinState::Invited => {
            let row = row::JoinRequest {
                state: JoinState::Withdrawn,
                changed_at: tx.now,
                ..row
            };
            Ok(store::membership::update(tx.db, &row)?)
        }
        JoinState::Unconfirmed
        | JoinState::Waiting
        | JoinState::Asked
        | JoinState::Accepted
        | JoinState::Declined => Err(Error::not_allowed(Rule::Decided)),
    }
}

/// Asks whoever wants to join something more.
///
/// # Errors
/// `NotFound`, `NotAllowed(Decided)`, `Invalid(text)`.
pub fn ask_back(tx: &mut Tx<'_>, by: ActorId, id: JoinRequestId, question: &str) -> Outcome<()> {
    let row = of_facilitator(tx, by, id)?;
    if !row.state.is_open() {
        return Err(Error::not_allowed(Rule::Decided));
    }
    require_text(question)?;
    add_message(tx, id, JoinMessageKind::Question, Some(by), question)?;
    let row = row::JoinRequest {
        state: JoinState::Asked,
        changed_at: tx.now,
        ..row
    };
    store::membership::update(tx.db, &row)?;
    tx.record(Fact::JoinAnswered {
        request: seen(&row),
        told: JoinMail::Asked,
        by,
    });
    Ok(())
}

/// Adds a note that only the facilitators read.
///
/// # Errors
/// `NotFound`, `Invalid(text)`.
pub fn add_note(tx: &mut Tx<'_>, by: ActorId, id: JoinRequestId, text: &str) -> Outcome<()> {
    let row = of_facilitator(tx, by, id)?;
    require_text(text)?;
    add_message(tx, row.id, JoinMessageKind::Note, Some(by), text)
}
