//! Accounts as admins see them.

use crate::row::{Account, Actor, AdminAction, Credential, Member, Session};
use domain::{Error, Outcome};
use model::access::Reader;
use model::search::tokens;
use model::{AccountState, ActorId, SiteRole, Time};
use std::collections::HashMap;
use store::Db;

/// Rows that a search among accounts reads at a time.
const SCAN_ROWS: i64 = 500;
/// Shown of the history of an account.
const HISTORY_MAX: i64 = 100;

/// What an admin may do with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountAllowed {
    /// Approve or refuse it.
    pub approve: bool,
    pub suspend: bool,
    pub restore: bool,
    pub promote: bool,
    pub demote: bool,
    /// Make a link that signs it in.
    pub make_link: bool,
}

/// An account, and what the reader may do with it.
#[derive(Debug, Clone)]
pub struct AccountView {
    pub account: Account,
    pub actor: Actor,
    pub allowed: AccountAllowed,
}

/// What the reader, an admin, may do with an account. Nobody suspends their own; the last admin of
/// `admins` stays one.
fn allowed(reader: Reader, account: &Account, admins: &[ActorId]) -> AccountAllowed {
    let own = reader.viewer.person() == Some(account.actor_id);
    let active = account.state == AccountState::Active;
    let admin = account.role == SiteRole::Admin;
    let last = admins == [account.actor_id];
    AccountAllowed {
        approve: account.state == AccountState::Pending,
        suspend: active && !own && !last,
        restore: matches!(
            account.state,
            AccountState::Suspended | AccountState::Refused
        ),
        promote: active && !admin,
        demote: admin && !last,
        make_link: active && !own,
    }
}

fn view(reader: Reader, (account, actor): Member, admins: &[ActorId]) -> AccountView {
    AccountView {
        allowed: allowed(reader, &account, admins),
        account,
        actor,
    }
}

/// Which accounts are listed.
#[derive(Debug, Clone, Default)]
pub struct AccountList {
    pub state: Option<AccountState>,
    /// Words of the name or the handle, in part, whatever their case and accents; empty: all.
    pub text: String,
}

/// Accounts, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn list(
    db: &mut Db,
    reader: Reader,
    which: &AccountList,
    before: ActorId,
    limit: i64,
) -> Outcome<Vec<AccountView>> {
    let wanted: Vec<String> = tokens(&which.text).map(|token| token.word).collect();
    let (mut found, mut before) = (Vec::new(), before);
    let limit = usize::try_from(limit).unwrap_or(0);
    loop {
        let rows = store::account::list(db, which.state, before, SCAN_ROWS)?;
        let next = rows.last().map(|(account, _)| account.actor_id);
        let scanned = i64::try_from(rows.len()).unwrap_or(SCAN_ROWS);
        found.extend(rows.into_iter().filter(|(_, actor)| names(actor, &wanted)));
        match next {
            Some(next) if scanned == SCAN_ROWS && found.len() < limit => before = next,
            Some(_) | None => break,
        }
    }
    found.truncate(limit);
    let admins = store::account::admins(db)?;
    let views = found.into_iter().map(|row| view(reader, row, &admins));
    Ok(views.collect())
}

/// Whether each word is part of the name or the handle.
fn names(actor: &Actor, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let called = format!("{} {}", actor.name, actor.handle);
    let called: Vec<String> = tokens(&called).map(|token| token.word).collect();
    let is_named = |word: &String| called.iter().any(|part| part.contains(word.as_str()));
    wanted.iter().all(is_named)
}

/// An account's page.
#[derive(Debug, Clone)]
pub struct AccountPage {
    pub account: AccountView,
    pub sessions: Vec<Session>,
    /// The identities at providers that it is connected with, the oldest first.
    pub identities: Vec<Credential>,
    /// Until when a sign-in link can be used, where there is one.
    pub link_until: Option<Time>,
    /// What admins did with it, newest first, and who; nobody for the shell.
    pub history: Vec<(AdminAction, Option<Actor>)>,
}

/// An account's page. Sessions unused since `since` have ended.
///
/// # Errors
/// `NotFound`.
pub fn page(db: &mut Db, reader: Reader, id: ActorId, since: Time) -> Outcome<AccountPage> {
    let member = store::account::by_id(db, id)?.ok_or(Error::not_found("account"))?;
    let admins = store::account::admins(db)?;
    let actions = store::account::admin_action::of(db, id, HISTORY_MAX)?;
    let by: Vec<ActorId> = actions.iter().filter_map(|action| action.by_id).collect();
    let by: HashMap<ActorId, Actor> = store::actor::by_ids(db, reader, &by)?;
    let who = |action: &AdminAction| action.by_id.and_then(|id| by.get(&id).cloned());
    Ok(AccountPage {
        account: view(reader, member, &admins),
        sessions: super::sessions(db, id, since)?,
        identities: super::identities(db, id)?,
        link_until: store::account::sign_in_link::expiry(db, id, reader.now)?,
        history: actions
            .into_iter()
            .map(|action| (action.clone(), who(&action)))
            .collect(),
    })
}

/// How many accounts are in a state.
///
/// # Errors
/// Faults.
pub fn count(db: &mut Db, state: AccountState) -> Outcome<i64> {
    Ok(store::account::count(db, state)?)
}
