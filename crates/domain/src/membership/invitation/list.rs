//! Lists of people to invite: stored with what is wrong in each row, shown, confirmed, and queued in chunks, as many a day
//! as a community and the server may send. A list that is not confirmed invites nobody.

use super::mail::{insert, is_invited};
use super::{DAY, HOUR, Inviter, left_today};
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::invitation::list::{ListRow, RowProblem};
use model::invitation::{InvitationState, Invitee, LISTS_PER_DAY, ListState, QueueInvitations};
use model::{ActorId, InvitationListId};
use store::row;

/// Rows that are stored or queued in one transaction.
pub const CHUNK: usize = 500;

/// Rows queued at once, fewer than [`CHUNK`] as each is several statements.
const QUEUED_AT_ONCE: i64 = 100;

/// Begins a list, to which rows are added.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | Closed)`, `TooMany`.
pub fn begin_list(tx: &mut Tx<'_>, by: ActorId, community: ActorId) -> Outcome<InvitationListId> {
    access::require_in(tx, by, Action::Manage, community)?;
    access::require_open(tx, community)?;
    let since = tx.now.plus_seconds(-DAY);
    if store::invitation::lists_since(tx.db, community, since)? >= LISTS_PER_DAY {
        return Err(Error::too_many(HOUR));
    }
    let row = row::InvitationList {
        id: tx.id(),
        community_id: community,
        by_id: by,
        state: ListState::Loading,
        queued_to: 0,
    };
    store::invitation::insert_list(tx.db, &row)?;
    Ok(row.id)
}

/// Loads a list for a facilitator of its community.
///
/// # Errors
/// `NotFound`, also for one of another community; `NotAllowed(Facilitator)`; `NotAllowed(Decided)` in another state.
fn of_facilitator(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationListId,
    state: ListState,
) -> Outcome<row::InvitationList> {
    access::require_in(tx, by, Action::Manage, community)?;
    let row = store::invitation::list_by_id(tx.db, id)?
        .filter(|row| row.community_id == community)
        .ok_or(Error::not_found("list"))?;
    match row.state == state {
        true => Ok(row),
        false => Err(Error::not_allowed(model::refusal::Rule::Decided)),
    }
}

/// Adds at most 500 rows, each with what is wrong with it as far as whoever uploads may know it.
///
/// # Errors
/// As [`confirm_list`].
pub fn add_list_rows(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationListId,
    rows: &[ListRow],
) -> Outcome<()> {
    of_facilitator(tx, by, community, id, ListState::Loading)?;
    let mut new = Vec::new();
    for one in rows.iter().take(CHUNK) {
        let problem = match one.problem {
            Some(problem) => Some(problem),
            None => known_problem(tx, community, &one.address)?,
        };
        new.push(row::InvitationListRow {
            list_id: id,
            number: i32::try_from(one.number).unwrap_or(i32::MAX),
            address: one.address.clone(),
            name: one.name.clone(),
            lang: one.lang,
            words: one.words.clone(),
            problem: problem.map_or_else(String::new, |problem| problem.to_string()),
        });
    }
    Ok(store::invitation::insert_rows(tx.db, &new)?)
}

/// Why an address is not invited, as far as it follows from earlier invitations of the community. Who has an account with
/// it is not looked up: that would tell.
fn known_problem(
    tx: &mut Tx<'_>,
    community: ActorId,
    address: &str,
) -> Outcome<Option<RowProblem>> {
    if is_invited(tx, community, address)? {
        return Ok(Some(RowProblem::Invited));
    }
    let known = store::invitation::of_address(tx.db, community, address)?;
    let accepted = known.filter(|known| known.state == InvitationState::Accepted);
    let Some(who) = accepted.and_then(|known| known.actor_id) else {
        return Ok(None);
    };
    let now = tx.now;
    if store::moderation::ban_of(tx.db, community, who, now)?.is_some() {
        return Ok(Some(RowProblem::Banned));
    }
    let member = store::membership::membership(tx.db, community, who)?;
    Ok(member.map(|_| RowProblem::Member))
}

/// Ends the upload: the list can be confirmed.
///
/// # Errors
/// As [`confirm_list`].
pub fn finish_list(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationListId,
) -> Outcome<()> {
    let row = of_facilitator(tx, by, community, id, ListState::Loading)?;
    set_state(tx, &row, ListState::Draft)
}

fn set_state(tx: &mut Tx<'_>, row: &row::InvitationList, state: ListState) -> Outcome<()> {
    let row = row::InvitationList {
        state,
        ..row.clone()
    };
    Ok(store::invitation::update_list(tx.db, &row)?)
}

/// Has the people of a list invited.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | Closed)`, `NotAllowed(Decided)` for a list that is confirmed already.
pub fn confirm_list(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationListId,
) -> Outcome<()> {
    let row = of_facilitator(tx, by, community, id, ListState::Draft)?;
    access::require_open(tx, community)?;
    set_state(tx, &row, ListState::Confirmed)?;
    let job = QueueInvitations { list: id };
    store::queue::jobs::insert(tx.db, tx.id(), &job, tx.now, tx.now)?;
    Ok(())
}

/// Gives up a list that is not confirmed: nobody is invited by it.
///
/// # Errors
/// As [`confirm_list`].
pub fn discard_list(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    id: InvitationListId,
) -> Outcome<()> {
    let row = of_facilitator(tx, by, community, id, ListState::Draft)?;
    set_state(tx, &row, ListState::Done)
}

/// How far the queueing of a list has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListProgress {
    /// There may be more.
    More,
    /// As many as may be sent today are queued; it goes on after so many seconds.
    Wait(i64),
    Done,
}

/// Queues the next mails of a list that was confirmed, each once: the rows and how far it has come are of one
/// transaction.
///
/// # Errors
/// Faults only.
pub fn queue_list(tx: &mut Tx<'_>, id: InvitationListId) -> Outcome<ListProgress> {
    let list = store::invitation::list_by_id(tx.db, id)?;
    let Some(list) = list.filter(|list| list.state == ListState::Confirmed) else {
        return Ok(ListProgress::Done);
    };
    let (by, community) = (list.by_id, list.community_id);
    // Somebody who does not facilitate it any more, or a community that was closed, invites nobody.
    let may = access::require_in(tx, by, Action::Manage, community);
    match may.and_then(|_| access::require_open(tx, community)) {
        Ok(()) => {}
        Err(Error::Refused(_)) => {
            set_state(tx, &list, ListState::Done)?;
            return Ok(ListProgress::Done);
        }
        Err(fault @ Error::Fault(_)) => return Err(fault),
    }
    let left = left_today(tx, community, by, Inviter::Facilitator)?;
    if left == 0 {
        return Ok(ListProgress::Wait(3_600));
    }
    let limit = QUEUED_AT_ONCE.min(i64::try_from(left).unwrap_or(QUEUED_AT_ONCE));
    let rows = store::invitation::rows_after(tx.db, id, list.queued_to, Some(false), limit)?;
    let Some(last) = rows.last().map(|row| row.number) else {
        set_state(tx, &list, ListState::Done)?;
        return Ok(ListProgress::Done);
    };
    for row in rows {
        if !is_invited(tx, community, &row.address)? {
            let invitee = Invitee {
                name: row.name,
                address: row.address,
                lang: row.lang,
                words: row.words,
            };
            insert(tx, by, community, Inviter::Facilitator, &invitee)?;
        }
    }
    let list = row::InvitationList {
        queued_to: last,
        ..list
    };
    store::invitation::update_list(tx.db, &list)?;
    Ok(ListProgress::More)
}
