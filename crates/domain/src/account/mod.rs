//! Accounts: registered, approved, suspended; who is an admin.

mod administration;
mod credential;
mod identity;
mod mail;
mod passkey;
mod profile;
mod second_factor;
mod session;
mod sign_in_link;
#[cfg(test)]
mod tests;

pub use administration::{
    approve, issue_token, refuse, restore, set_password, set_role, sign_out, suspend,
};
pub(crate) use administration::{check_reason, record};
pub use identity::{
    IdentitySignIn, NewOidcStep, ProvenIdentity, ProviderLogout, WaysIn, begin_oidc_step,
    confirm_session, connect_identity, disconnect_all, disconnect_identity, end_identity_sessions,
    identity_digest, register_by_identity, sign_in_by_identity, take_oidc_step,
};
pub use mail::{
    AddressedMail, address_mail, assign_address, cancel_address_change, change_address,
    confirm_address, refuse_address, request_reset, reset_password, retry_address, send_reset,
};
pub use passkey::{
    NewChallenge, NewPasskey, add_passkey, ask_passkey, prepare_passkey, remove_passkey,
    sign_in_by_passkey, take_passkey_challenge,
};
pub use profile::{Profile, describe_picture, set_lang, set_picture, set_profile, set_zone};
pub use second_factor::{
    PasskeyUse, Proof, SecondStep, begin_app, begin_sign_in_step, cancel_app, confirm_app,
    finish_sign_in_step, prove, recovery_digest, remove_app, renew_recovery_codes,
    reset_second_factor,
};
pub use session::{
    NewSession, SessionIdentity, change_password, close_session, close_sessions, limit_session,
    open_session, touch_session,
};
pub use sign_in_link::{make_sign_in_link, sign_in_by_link};

use crate::keys::KeyPair;
use crate::{Error, Outcome, Tx, actor};
use model::account::{AccountState, SiteRole};
use model::actor::{ActorKind, ActorState};
use model::handle::Handle;
use model::mail::MailAddress;
use model::refusal::{Checks, Rule};
use model::site::Registration;
use model::{ActorId, Fact, InviteId, Lang, Why};
use store::row;

/// Longest name of a person, in characters.
pub const NAME_MAX: usize = 80;

/// On whose authority an administrative action is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// Somebody signed in, who must be an admin.
    Person(ActorId),
    /// Somebody with a shell on the machine.
    Operator,
}

impl Principal {
    /// Returns who it is, where that is a person.
    pub(crate) const fn person(self) -> Option<ActorId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Operator => None,
        }
    }
}

/// A new account; the hash and the key are made before.
#[derive(Clone)]
pub struct NewAccount {
    pub handle: Handle,
    /// Name for people; the handle where empty.
    pub name: String,
    /// The hash of the password; `None` for somebody who signs in in another way.
    pub password: Option<String>,
    /// The e-mail address, which is not confirmed yet.
    pub address: Option<MailAddress>,
    /// Language of the interface.
    pub lang: Lang,
    /// Their message to the admin who approves.
    pub request: String,
    /// Key of the actor.
    pub key: KeyPair,
}

/// Creates an account, whatever the registration mode.
///
/// # Errors
/// `Invalid` with the fields at fault.
pub fn create(
    tx: &mut Tx<'_>,
    new: &NewAccount,
    role: SiteRole,
    state: AccountState,
) -> Outcome<ActorId> {
    Checks::default()
        .at_most("name", &new.name, NAME_MAX)
        .readable("name", &new.name)
        .at_most("request", &new.request, 2_000)
        .done()?;
    let name = if new.name.trim().is_empty() {
        new.handle.as_str()
    } else {
        new.name.trim()
    };
    let mut person =
        actor::create_local(tx, ActorKind::Person, new.handle.as_str(), name, &new.key)?;
    person.languages = new.lang.to_string();
    if state == AccountState::Pending {
        person.state = ActorState::Pending;
    }
    store::actor::update(tx.db, &person)?;
    let row = row::Account {
        actor_id: person.id,
        state,
        role,
        lang: new.lang,
        zone: String::new(),
        request: new.request.trim().to_owned(),
        created_at: tx.now,
        seen_at: None,
        address: String::new(),
        pending_address: new.address.clone().map(String::from).unwrap_or_default(),
        address_refused_at: None,
    };
    store::account::insert(tx.db, &row)?;
    if let Some(hash) = &new.password {
        credential::replace_password(tx, person.id, hash)?;
    }
    if let Some(address) = &new.address {
        tx.record(Fact::AddressGiven {
            account: person.id,
            address: address.clone(),
            former: None,
        });
    }
    tx.record(Fact::ActorStored { actor: person.id });
    Ok(person.id)
}

/// Registers, as the instance allows: active at once, or pending until an admin approves.
///
/// # Errors
/// `NotAllowed(RegistrationClosed)`, `Invalid(invite)`, and as [`create`].
pub fn register(
    tx: &mut Tx<'_>,
    new: &NewAccount,
    invite: Option<&str>,
) -> Outcome<(ActorId, AccountState)> {
    let registration = tx.site()?.registration;
    let invited = match invite.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) if store::account::use_invite(tx.db, code, tx.now)? => true,
        Some(_) => return Err(Error::invalid("invite", Why::Expired)),
        None => false,
    };
    let state = match registration {
        Registration::Open => AccountState::Active,
        Registration::Approval | Registration::Invitation if invited => AccountState::Active,
        Registration::Approval => AccountState::Pending,
        Registration::Invitation => return Err(Error::invalid("invite", Why::Required)),
        Registration::Closed => return Err(Error::not_allowed(Rule::RegistrationClosed)),
    };
    let id = create(tx, new, SiteRole::Member, state)?;
    if state == AccountState::Pending {
        let admins = store::account::admins(tx.db)?;
        tx.record(Fact::ApprovalRequested {
            account: id,
            admins,
        });
    }
    Ok((id, state))
}

/// # Errors
/// `NotAllowed(Admin)`.
pub(crate) fn require_admin(tx: &mut Tx<'_>, by: Principal) -> Outcome<()> {
    let Principal::Person(id) = by else {
        return Ok(());
    };
    match store::account::by_id(tx.db, id)? {
        Some((account, _))
            if account.role == SiteRole::Admin && account.state == AccountState::Active =>
        {
            require_second_factor(tx, &account)
        }
        Some(_) | None => Err(Error::not_allowed(Rule::Admin)),
    }
}

/// Checks that somebody has the second factor, where the site wants that of them.
fn require_second_factor(tx: &mut Tx<'_>, account: &row::Account) -> Outcome<()> {
    let needed = tx.site()?.wants_second_factor(account.role);
    if needed && !store::account::credential::has_second_factor(tx.db, account.actor_id)? {
        return Err(Error::not_allowed(Rule::SecondFactor));
    }
    Ok(())
}

/// Makes an invitation that lets `uses` people register within `days`.
///
/// # Errors
/// `NotAllowed(Admin)`, `Invalid` for numbers out of 1–500 and 1–365.
pub fn invite(tx: &mut Tx<'_>, by: ActorId, code: &str, uses: i32, days: i64) -> Outcome<()> {
    require_admin(tx, Principal::Person(by))?;
    Checks::default()
        .that((1..=500).contains(&uses), "uses", Why::NotAChoice)
        .that((1..=365).contains(&days), "days", Why::NotAChoice)
        .done()?;
    let row = row::Invite {
        id: tx.id::<InviteId>(),
        code: code.to_owned(),
        created_by: by,
        uses_left: uses,
        expires_at: tx.now.plus_seconds(days * 86_400),
    };
    store::account::insert_invite(tx.db, &row)?;
    Ok(())
}

/// Withdraws an invitation. Idempotent.
///
/// # Errors
/// `NotAllowed(Admin)`.
pub fn withdraw_invite(tx: &mut Tx<'_>, by: Principal, id: InviteId) -> Outcome<()> {
    require_admin(tx, by)?;
    store::account::end_invite(tx.db, id)?;
    Ok(())
}

/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub(crate) fn require_active(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    administration::get_active(tx, id).map(drop)
}

fn get(tx: &mut Tx<'_>, id: ActorId) -> Outcome<store::account::Member> {
    store::account::by_id(tx.db, id)?.ok_or(Error::not_found("account"))
}
