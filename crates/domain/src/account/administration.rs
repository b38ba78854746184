//! What admins do with accounts. Each action is recorded, with who took it and why.

use super::session::end_access;
use super::{Principal, change_password, get, require_admin};
use crate::oauth::{self, OwnToken};
use crate::{Error, Outcome, Tx};
use model::account::{ADMIN_REASON_MAX, AccountState, AdminActionKind, SiteRole};
use model::actor::ActorState;
use model::fact::FactOrigin;
use model::mail::MailLinkKind;
use model::name::is_direction_mark;
use model::refusal::{Checks, Rule};
use model::{ActorId, Fact, SessionId, Why};
use store::account::Member;
use store::row;

/// Lets a pending account in.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`.
pub fn approve(tx: &mut Tx<'_>, by: Principal, id: ActorId) -> Outcome<()> {
    require_admin(tx, by)?;
    let (account, mut person) = get(tx, id)?;
    if account.state == AccountState::Pending {
        store::account::set_state(tx.db, id, AccountState::Active)?;
        person.state = ActorState::Active;
        store::actor::update(tx.db, &person)?;
        record(tx, by, id, AdminActionKind::Approved, "")?;
        tx.record(Fact::ActorStored { actor: id });
        tx.record(Fact::AccountApproved { account: id });
    }
    Ok(())
}

/// Refuses a pending account; its handle stays taken. [`restore`] makes it pending again.
///
/// # Errors
/// `NotAllowed(Admin | PendingAccount)`, `Invalid(reason)`, `NotFound`.
pub fn refuse(tx: &mut Tx<'_>, by: Principal, id: ActorId, reason: &str) -> Outcome<()> {
    require_admin(tx, by)?;
    let (account, _) = get(tx, id)?;
    if account.state != AccountState::Pending {
        return Err(Error::not_allowed(Rule::PendingAccount));
    }
    check_reason(reason)?;
    store::account::set_state(tx.db, id, AccountState::Refused)?;
    tx.record(Fact::AccountRefused {
        account: id,
        reason: reason.trim().to_owned(),
    });
    record(tx, by, id, AdminActionKind::Refused, reason)
}

/// Suspends an account until it is restored: it is signed out everywhere, what it wrote is hidden,
/// and the servers that have it are told.
///
/// # Errors
/// `NotAllowed(Admin | OwnAccount | ActiveAccount | LastAdmin)`, `Invalid(reason)`, `NotFound`.
pub fn suspend(tx: &mut Tx<'_>, by: Principal, id: ActorId, reason: &str) -> Outcome<()> {
    require_admin(tx, by)?;
    require_other(by, id)?;
    let (_, mut person) = get_active(tx, id)?;
    refuse_last_admin(tx, id)?;
    check_reason(reason)?;
    store::account::set_state(tx.db, id, AccountState::Suspended)?;
    end_access(tx, id, None)?;
    store::account::sign_in_link::delete_made_by(tx.db, id)?;
    store::account::mail::delete_links(tx.db, id, MailLinkKind::ALL)?;
    record(tx, by, id, AdminActionKind::Suspended, reason)?;
    set_person_state(tx, &mut person, ActorState::Suspended)
}

/// Restores an account: a suspended one is open again, and its follows were kept; a refused one is
/// pending again.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`.
pub fn restore(tx: &mut Tx<'_>, by: Principal, id: ActorId) -> Outcome<()> {
    require_admin(tx, by)?;
    let (account, mut person) = get(tx, id)?;
    match account.state {
        AccountState::Suspended => {
            store::account::set_state(tx.db, id, AccountState::Active)?;
            set_person_state(tx, &mut person, ActorState::Active)?;
        }
        AccountState::Refused => store::account::set_state(tx.db, id, AccountState::Pending)?,
        AccountState::Pending | AccountState::Active => return Ok(()),
    }
    record(tx, by, id, AdminActionKind::Restored, "")
}

/// Nobody locks themselves out.
pub(super) fn require_other(by: Principal, id: ActorId) -> Outcome<()> {
    match by {
        Principal::Person(me) if me == id => Err(Error::not_allowed(Rule::OwnAccount)),
        Principal::Person(_) | Principal::Operator => Ok(()),
    }
}

fn set_person_state(tx: &mut Tx<'_>, person: &mut row::Actor, state: ActorState) -> Outcome<()> {
    person.state = state;
    person.updated_at = tx.now;
    store::actor::update(tx.db, person)?;
    tx.record(Fact::SuspensionChanged {
        actor: person.id,
        origin: FactOrigin::Local,
    });
    Ok(())
}

/// Makes somebody an admin, or no longer one.
///
/// # Errors
/// `NotAllowed(Admin | ActiveAccount | LastAdmin)`, `NotFound`.
pub fn set_role(tx: &mut Tx<'_>, by: Principal, id: ActorId, role: SiteRole) -> Outcome<()> {
    require_admin(tx, by)?;
    let (account, _) = get(tx, id)?;
    if account.role == role {
        return Ok(());
    }
    let kind = match role {
        SiteRole::Admin => {
            get_active(tx, id)?;
            AdminActionKind::Promoted
        }
        SiteRole::Member => {
            refuse_last_admin(tx, id)?;
            store::account::sign_in_link::delete_made_by(tx.db, id)?;
            AdminActionKind::Demoted
        }
    };
    store::account::set_role(tx.db, id, role)?;
    tx.outdate(id);
    record(tx, by, id, kind, "")
}

/// Ends one session of an account, or all of them.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`.
pub fn sign_out(
    tx: &mut Tx<'_>,
    by: Principal,
    id: ActorId,
    session: Option<SessionId>,
) -> Outcome<()> {
    require_admin(tx, by)?;
    get(tx, id)?;
    let ended = match session {
        Some(session) if !store::account::end_session(tx.db, id, session)? => {
            return Err(Error::not_found("session"));
        }
        Some(_) => 1,
        None => {
            store::account::sign_in_link::delete_of(tx.db, id)?;
            store::account::end_sessions(tx.db, id, None)?
        }
    };
    if ended > 0 {
        tx.outdate(id);
        record(tx, by, id, AdminActionKind::SignedOut, "")?;
    }
    Ok(())
}

/// Sets an account's password from the shell, where the old one is not asked for.
///
/// # Errors
/// As [`change_password`].
pub fn set_password(tx: &mut Tx<'_>, id: ActorId, hash: &str) -> Outcome<()> {
    change_password(tx, id, hash, None)?;
    record(
        tx,
        Principal::Operator,
        id,
        AdminActionKind::PasswordSet,
        "",
    )
}

/// Makes an API token for an account from the shell.
///
/// # Errors
/// As [`oauth::make_own_token`].
pub fn issue_token(tx: &mut Tx<'_>, id: ActorId, new: &OwnToken) -> Outcome<()> {
    oauth::make_own_token(tx, id, new)?;
    let (by, kind) = (Principal::Operator, AdminActionKind::TokenMade);
    record(tx, by, id, kind, &new.name)
}

/// Records an action.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    by: Principal,
    account: ActorId,
    kind: AdminActionKind,
    reason: &str,
) -> Outcome<()> {
    let row = row::AdminAction {
        id: tx.id(),
        account_id: account,
        kind,
        reason: reason.trim().to_owned(),
        by_id: match by {
            Principal::Person(id) => Some(id),
            Principal::Operator => None,
        },
        created_at: tx.now,
    };
    Ok(store::account::admin_action::insert(tx.db, &row)?)
}

/// The account, where it may sign in.
pub(super) fn get_active(tx: &mut Tx<'_>, id: ActorId) -> Outcome<Member> {
    let member = get(tx, id)?;
    if member.0.state != AccountState::Active {
        return Err(Error::not_allowed(Rule::ActiveAccount));
    }
    Ok(member)
}

/// Checks the reason of an action.
pub(crate) fn check_reason(reason: &str) -> Outcome<()> {
    let mut checks = Checks::default();
    Ok(checks
        .text("reason", reason, ADMIN_REASON_MAX)
        .that(
            !reason.chars().any(is_direction_mark),
            "reason",
            Why::Characters,
        )
        .done()?)
}

fn refuse_last_admin(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    if store::account::admins(tx.db)? == [id] {
        return Err(Error::not_allowed(Rule::LastAdmin));
    }
    Ok(())
}
