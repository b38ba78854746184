//! One-time sign-in links: an admin makes one for somebody who has forgotten their password. The token is
//! random outside, hashed inside, and deleted when it is used.

use super::administration::{get_active, record, require_other};
use super::session::open_confirmed_session;
use super::{NewSession, Principal, change_password, require_admin};
use crate::{Error, Outcome, Tx};
use model::account::{AdminActionKind, SIGN_IN_LINK_SECONDS};
use model::{ActorId, Time, Why};
use store::row;

/// Makes a link for an account, in place of the one it had. Returns until when it can be used.
///
/// # Errors
/// `NotAllowed(Admin | OwnAccount | ActiveAccount)`, `NotFound`.
pub fn make_sign_in_link(
    tx: &mut Tx<'_>,
    by: Principal,
    id: ActorId,
    token_hash: &str,
) -> Outcome<Time> {
    require_admin(tx, by)?;
    // One's own password is changed with the old one.
    require_other(by, id)?;
    get_active(tx, id)?;
    let row = row::SignInLink {
        token_hash: token_hash.to_owned(),
        account_id: id,
        by_id: by.person(),
        expires_at: tx.now.plus_seconds(SIGN_IN_LINK_SECONDS),
    };
    store::account::sign_in_link::replace(tx.db, &row)?;
    record(tx, by, id, AdminActionKind::LinkMade, "")?;
    Ok(row.expires_at)
}

/// Uses a link up: opens a session for its owner, with a new password where one is given, which ends
/// their other sessions and their tokens. Returns the account; `None` where it has a second factor, which the
/// link does not replace: then it needs a new password, with which its owner signs in.
///
/// # Errors
/// `Invalid(link: Expired)` for a link that is not, or no longer, known; `Invalid(password: Required)`;
/// `NotAllowed(ActiveAccount)`.
pub fn sign_in_by_link(
    tx: &mut Tx<'_>,
    link_hash: &str,
    password_hash: Option<&str>,
    session_hash: &str,
    agent: &str,
) -> Outcome<Option<row::Account>> {
    let expired = || Error::invalid("link", Why::Expired);
    let owner = store::account::sign_in_link::owner(tx.db, link_hash, tx.now)?;
    let owner = owner.ok_or_else(expired)?.id;
    let has_factor = store::account::credential::has_second_factor(tx.db, owner)?;
    if has_factor && password_hash.is_none() {
        return Err(Error::invalid("password", Why::Required));
    }
    if !store::account::sign_in_link::use_up(tx.db, link_hash)? {
        return Err(expired());
    }
    if let Some(hash) = password_hash {
        change_password(tx, owner, hash, None)?;
    }
    if has_factor {
        return Ok(None);
    }
    let new = NewSession {
        identity: None,
        account: owner,
        token_hash: session_hash.to_owned(),
        agent: agent.to_owned(),
    };
    // Whoever has no password yet can connect a provider, or choose one, without being asked for what they do not have.
    open_confirmed_session(tx, &new).map(Some)
}
