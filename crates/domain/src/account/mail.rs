//! The e-mail address of an account: given, confirmed by a link, changed with a word to the former one;
//! and the password that is reset by mail. Links are random outside, hashed inside, and made when the
//! mail is sent.

use super::administration::{get_active, record};
use super::identity::disconnect_identities;
use super::session::end_access;
use super::{Principal, change_password, get, require_admin};
use crate::{Error, Outcome, Tx};
use model::account::{AccountState, AdminActionKind};
use model::mail::{
    ADDRESS_MAX, AccountMail, CANCEL_SECONDS, CONFIRM_SECONDS, MailAddress, MailLinkKind,
    RESET_PAUSE_SECONDS, RESET_SECONDS, SendMail,
};
use model::refusal::Checks;
use model::{AccountName, ActorId, Fact, Why};
use store::row;

/// Asks to confirm a new address, and tells the former one where there is one. Until then the former one
/// stays. An address that is confirmed already, or the same one again, is asked for once more.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub fn change_address(tx: &mut Tx<'_>, owner: ActorId, address: &MailAddress) -> Outcome<()> {
    let (account, _) = get_active(tx, owner)?;
    let confirmed = stored(&account.address);
    if confirmed
        .as_ref()
        .is_some_and(|c| c.folded() == address.folded())
    {
        store::account::mail::set_addresses(tx.db, owner, Some(address), None)?;
        return drop_links(tx, owner, &[MailLinkKind::Confirm]);
    }
    store::account::mail::set_addresses(tx.db, owner, confirmed.as_ref(), Some(address))?;
    tx.record(Fact::AddressGiven {
        account: owner,
        address: address.clone(),
        former: confirmed,
    });
    Ok(())
}

/// Gives an account an address that an admin knows to be its owner's, without asking there.
///
/// # Errors
/// `NotAllowed(Admin)`, `NotFound`; `Invalid(address: Taken)` where it is another account's.
pub fn assign_address(
    tx: &mut Tx<'_>,
    by: Principal,
    id: ActorId,
    address: &MailAddress,
) -> Outcome<()> {
    require_admin(tx, by)?;
    get(tx, id)?;
    require_free(tx, id, address)?;
    store::account::mail::set_addresses(tx.db, id, Some(address), None)?;
    drop_links(tx, id, MailLinkKind::ALL)?;
    record(tx, by, id, AdminActionKind::AddressSet, "")
}

/// Confirms an address by the link that was sent to it. Returns whose it is.
///
/// # Errors
/// `Invalid(link: Expired)`; `Invalid(address: Taken)` where it has become another account's.
pub fn confirm_address(tx: &mut Tx<'_>, link_hash: &str) -> Outcome<ActorId> {
    let link = open_link(tx, link_hash, MailLinkKind::Confirm)?;
    let (account, _) = get(tx, link.account_id)?;
    let address = stored(&link.address).ok_or_else(expired)?;
    if account.pending_address != link.address {
        return Err(expired());
    }
    require_free(tx, link.account_id, &address)?;
    store::account::mail::set_addresses(tx.db, link.account_id, Some(&address), None)?;
    drop_links(
        tx,
        link.account_id,
        &[MailLinkKind::Confirm, MailLinkKind::Reset],
    )?;
    Ok(link.account_id)
}

/// Stops or undoes a change of address, by the link that was sent to the former one. Whoever asked for
/// the change is signed out, as is everybody else.
///
/// # Errors
/// `Invalid(link: Expired)`; `Invalid(address: Taken)` where the former one has become another account's.
pub fn cancel_address_change(tx: &mut Tx<'_>, link_hash: &str) -> Outcome<ActorId> {
    let link = open_link(tx, link_hash, MailLinkKind::Cancel)?;
    let owner = link.account_id;
    let former = stored(&link.address).ok_or_else(expired)?;
    require_free(tx, owner, &former)?;
    store::account::mail::set_addresses(tx.db, owner, Some(&former), None)?;
    end_access(tx, owner, None)?;
    drop_links(tx, owner, MailLinkKind::ALL)?;
    Ok(owner)
}

/// Notes that somebody has forgotten their password; [`send_reset`] finds out who it is. `typed` is what
/// [`AccountName`] parses.
///
/// # Errors
/// `Invalid(account)`.
pub fn request_reset(tx: &mut Tx<'_>, typed: &str) -> Outcome<()> {
    Checks::default()
        .text("account", typed, ADDRESS_MAX)
        .done()?;
    tx.record(Fact::ResetRequested {
        typed: typed.trim().to_owned(),
    });
    Ok(())
}

/// Sends a link that resets the password, where an active account has such a name and a confirmed address,
/// and has not been sent one just before. Returns whose it is.
///
/// # Errors
/// Faults only, once the instance is set up.
pub fn send_reset(tx: &mut Tx<'_>, typed: &str) -> Outcome<Option<ActorId>> {
    let account = match AccountName::parse(typed, tx.urls()?.host()) {
        Ok(name) => store::account::by_name(tx.db, &name)?,
        Err(_) => None,
    };
    let able = |account: &row::Account| {
        account.state == AccountState::Active && !account.address.is_empty()
    };
    let Some(account) = account.filter(able) else {
        return Ok(None);
    };
    let owner = account.actor_id;
    let recent = tx.now.plus_seconds(RESET_SECONDS - RESET_PAUSE_SECONDS);
    if store::account::mail::has_link(tx.db, owner, MailLinkKind::Reset, recent)? {
        return Ok(None);
    }
    // Until the mail has a link, so that nobody is sent another one meanwhile.
    let row = row::MailLink {
        token_hash: format!("requested {}", owner.0),
        account_id: owner,
        kind: MailLinkKind::Reset,
        address: account.address,
        expires_at: tx.now.plus_seconds(RESET_SECONDS),
    };
    store::account::mail::replace_link(tx.db, &row)?;
    tx.record(Fact::ResetGranted { account: owner });
    Ok(Some(owner))
}

/// Sets a new password by a link, which ends all sessions and tokens, and, where that is asked for, disconnects
/// the identities at providers. Returns whose it is.
///
/// # Errors
/// `Invalid(link: Expired)`, `NotAllowed(ActiveAccount)`.
pub fn reset_password(
    tx: &mut Tx<'_>,
    link_hash: &str,
    password_hash: &str,
    disconnects: bool,
) -> Outcome<ActorId> {
    let link = open_link(tx, link_hash, MailLinkKind::Reset)?;
    let (account, _) = get_active(tx, link.account_id)?;
    if account.address != link.address {
        return Err(expired());
    }
    change_password(tx, link.account_id, password_hash, None)?;
    if disconnects {
        disconnect_identities(tx, link.account_id)?;
    }
    Ok(link.account_id)
}

/// A mail that is about to be sent: to whom, in which words' language, and what its link does.
#[derive(Debug, Clone)]
pub struct AddressedMail {
    pub to: MailAddress,
    pub account: row::Account,
    pub person: row::Actor,
    /// The kind of the link that was stored with the token of the caller.
    pub link: Option<MailLinkKind>,
}

/// Prepares a mail: stores its link, whose token the caller has made. `None` where it has become
/// pointless: the address has changed since, the account is suspended, or it has no address.
///
/// # Errors
/// Faults only.
pub fn address_mail(
    tx: &mut Tx<'_>,
    job: &SendMail,
    token_hash: &str,
) -> Outcome<Option<AddressedMail>> {
    let Some((account, person)) = store::account::by_id(tx.db, job.account)? else {
        return Ok(None);
    };
    let Some((to, link)) = addressee(&job.mail, &account) else {
        return Ok(None);
    };
    if let Some((kind, seconds)) = link {
        let row = row::MailLink {
            token_hash: token_hash.to_owned(),
            account_id: job.account,
            kind,
            address: to.as_str().to_owned(),
            expires_at: tx.now.plus_seconds(seconds),
        };
        store::account::mail::replace_link(tx.db, &row)?;
    }
    Ok(Some(AddressedMail {
        to,
        account,
        person,
        link: link.map(|(kind, _)| kind),
    }))
}

/// Where a mail goes, and its link with the seconds that it holds.
fn addressee(
    mail: &AccountMail,
    account: &row::Account,
) -> Option<(MailAddress, Option<(MailLinkKind, i64)>)> {
    // Also where the mail server refused it: without these mails, nobody could get back into the account.
    let confirmed = stored(&account.address);
    let pending = stored(&account.pending_address);
    let active = account.state == AccountState::Active;
    match mail {
        AccountMail::ConfirmAddress { address } => {
            let asked = pending.filter(|pending| pending == address)?;
            let may = active || account.state == AccountState::Pending;
            may.then_some((asked, Some((MailLinkKind::Confirm, CONFIRM_SECONDS))))
        }
        // Also when it has been confirmed in the meantime: the former address must know.
        AccountMail::AddressChange { former, .. } => {
            active.then(|| (former.clone(), Some((MailLinkKind::Cancel, CANCEL_SECONDS))))
        }
        AccountMail::ResetPassword => {
            let reset = Some((MailLinkKind::Reset, RESET_SECONDS));
            confirmed.filter(|_| active).map(|to| (to, reset))
        }
        AccountMail::Security { .. } => {
            let to = confirmed.filter(|_| active)?;
            Some((to, None))
        }
        AccountMail::Approved => {
            let to = confirmed.or(pending).filter(|_| active)?;
            Some((to, None))
        }
        AccountMail::Refused { .. } => {
            let refused = account.state == AccountState::Refused;
            let to = confirmed.or(pending).filter(|_| refused)?;
            Some((to, None))
        }
    }
}

/// Notes that the mail server refuses an address for good: no notices are sent there until its owner has it tried
/// again, or gives another one; mails about the account are. Nothing where the address is not the confirmed one.
///
/// # Errors
/// Faults only.
pub fn refuse_address(tx: &mut Tx<'_>, owner: ActorId, address: &MailAddress) -> Outcome<()> {
    let account = store::account::by_id(tx.db, owner)?.map(|(account, _)| account);
    let is_theirs = |account: &row::Account| account.address == address.as_str();
    if account.as_ref().is_some_and(is_theirs) {
        store::notice_mail::set_refused(tx.db, owner, Some(tx.now))?;
    }
    Ok(())
}

/// Has mail sent again to the address that the mail server refused.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub fn retry_address(tx: &mut Tx<'_>, owner: ActorId) -> Outcome<()> {
    get_active(tx, owner)?;
    Ok(store::notice_mail::set_refused(tx.db, owner, None)?)
}

/// # Errors
/// `Invalid(address: Taken)`.
fn require_free(tx: &mut Tx<'_>, owner: ActorId, address: &MailAddress) -> Outcome<()> {
    match store::account::mail::by_address(tx.db, address)? {
        Some(other) if other.actor_id != owner => Err(Error::invalid("address", Why::Taken)),
        Some(_) | None => Ok(()),
    }
}

fn open_link(tx: &mut Tx<'_>, hash: &str, kind: MailLinkKind) -> Outcome<row::MailLink> {
    let link = store::account::mail::link(tx.db, hash, kind, tx.now)?;
    link.ok_or_else(expired)
}

fn drop_links(tx: &mut Tx<'_>, owner: ActorId, kinds: &[MailLinkKind]) -> Outcome<()> {
    Ok(store::account::mail::delete_links(tx.db, owner, kinds)?)
}

fn expired() -> Error {
    Error::invalid("link", Why::Expired)
}

/// An address as it is stored: empty for none.
fn stored(text: &str) -> Option<MailAddress> {
    text.parse().ok()
}

#[cfg(test)]
mod tests;
