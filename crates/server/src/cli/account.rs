//! `hedgerow user`: manages accounts.

use std::path::PathBuf;

use anyhow::bail;
use domain::account::{self, NewAccount, Principal};
use domain::{Error, Ops, secret};
use model::{AccountState, ActorId, Handle, Lang, SiteRole, Time};
use serde::Serialize;
use serde_json::json;
use store::account::Member;

use super::print::Printer;
use super::{CommonOptions, database};

/// The number of accounts read at once.
const PAGE: i64 = 500;

#[derive(Debug, clap::Subcommand)]
pub(super) enum AccountCommand {
    /// List the accounts, newest first
    List {
        /// Only those that are pending, active or suspended
        #[arg(long)]
        state: Option<AccountState>,
    },
    /// Add an account, active at once
    Add(AddOptions),
    /// Approve an account that waits for approval
    Approve { handle: String },
    /// Suspend an account; other servers are notified
    Suspend { handle: String },
    /// Lift the suspension of an account
    Restore { handle: String },
    /// Make an account an administrator
    Admin {
        handle: String,
        /// Remove the role of administrator instead
        #[arg(long)]
        remove: bool,
    },
    /// Set an account's password; its sessions end
    Password {
        handle: String,
        /// A file with the password; - reads it from standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Create a token for the API; it is shown once
    Token {
        handle: String,
        /// The purpose of the token
        #[arg(long, default_value = "shell")]
        name: String,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct AddOptions {
    handle: String,
    /// Display name
    #[arg(long, default_value = "")]
    name: String,
    /// A file with the password; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Make the account an administrator
    #[arg(long)]
    admin: bool,
    /// Language of the interface; the default is the instance's first
    #[arg(long)]
    lang: Option<Lang>,
}

/// An account in the output.
#[derive(Debug, Serialize)]
struct AccountRow {
    id: ActorId,
    handle: String,
    name: String,
    role: SiteRole,
    state: AccountState,
    created_at: Time,
    url: String,
}

impl From<Member> for AccountRow {
    fn from((account, actor): Member) -> Self {
        Self {
            id: actor.id,
            handle: actor.handle,
            name: actor.name,
            role: account.role,
            state: account.state,
            created_at: account.created_at,
            url: actor.url,
        }
    }
}

pub(super) async fn run(common: &CommonOptions, command: AccountCommand) -> anyhow::Result<()> {
    let (ops, out) = (database::open(common).await?, common.printer());
    match command {
        AccountCommand::List { state } => list(&ops, out, state).await,
        AccountCommand::Add(add) => self::add(&ops, out, add).await,
        AccountCommand::Approve { handle } => {
            let id = find(&ops, &handle).await?;
            ops.write(move |tx| account::approve(tx, Principal::Operator, id))
                .await?;
            show(&ops, out, id).await
        }
        AccountCommand::Suspend { handle } => {
            let id = find(&ops, &handle).await?;
            ops.write(move |tx| account::suspend(tx, Principal::Operator, id))
                .await?;
            show(&ops, out, id).await
        }
        AccountCommand::Restore { handle } => {
            let id = find(&ops, &handle).await?;
            ops.write(move |tx| account::restore(tx, Principal::Operator, id))
                .await?;
            show(&ops, out, id).await
        }
        AccountCommand::Admin { handle, remove } => {
            let id = find(&ops, &handle).await?;
            let role = if remove {
                SiteRole::Member
            } else {
                SiteRole::Admin
            };
            ops.write(move |tx| account::set_role(tx, Principal::Operator, id, role))
                .await?;
            show(&ops, out, id).await
        }
        AccountCommand::Password {
            handle,
            password_file,
        } => {
            let id = find(&ops, &handle).await?;
            let hash = database::hash(&database::password(password_file.as_deref())?)?;
            ops.write(move |tx| account::change_password(tx, id, &hash, None))
                .await?;
            show(&ops, out, id).await
        }
        AccountCommand::Token { handle, name } => token(&ops, out, &handle, name).await,
    }
}

async fn list(ops: &Ops, out: Printer, state: Option<AccountState>) -> anyhow::Result<()> {
    let mut rows: Vec<AccountRow> = Vec::new();
    loop {
        let before = rows.last().map_or(ActorId(i64::MAX), |row| row.id);
        let page = move |db: &mut store::Db| store::account::list(db, state, before, PAGE);
        let found = ops
            .store()
            .read(move |db| page(db).map_err(Error::from))
            .await?;
        let whole = i64::try_from(found.len()).is_ok_and(|n| n < PAGE);
        rows.extend(found.into_iter().map(AccountRow::from));
        if whole {
            break;
        }
    }
    let head = ["handle", "name", "role", "state", "since"];
    out.rows(&rows, "There are no such accounts.", head, |row| {
        [
            format!("@{}", row.handle),
            row.name.clone(),
            row.role.to_string(),
            row.state.to_string(),
            row.created_at.utc().format("%Y-%m-%d").to_string(),
        ]
    });
    Ok(())
}

async fn add(ops: &Ops, out: Printer, add: AddOptions) -> anyhow::Result<()> {
    let Ok(handle) = Handle::parse_any(&add.handle) else {
        bail!("{}: a handle has 2 to 40 of a-z, 0-9, _ and -", add.handle);
    };
    let password = database::hash(&database::password(add.password_file.as_deref())?)?;
    let default = ops.site().map_or(Lang::En, |site| site.default_lang());
    let new = NewAccount {
        handle,
        name: add.name,
        password,
        lang: add.lang.unwrap_or(default),
        request: String::new(),
        key: domain::keys::generate()?,
    };
    let role = if add.admin {
        SiteRole::Admin
    } else {
        SiteRole::Member
    };
    let id = ops
        .write(move |tx| account::create(tx, &new, role, AccountState::Active))
        .await?;
    show(ops, out, id).await
}

async fn token(ops: &Ops, out: Printer, handle: &str, name: String) -> anyhow::Result<()> {
    let id = find(ops, handle).await?;
    let token = secret::token();
    let digest = secret::digest(&token);
    let label = name.clone();
    ops.write(move |tx| account::make_token(tx, id, &digest, &label))
        .await?;
    let made = json!({ "handle": handle.trim_start_matches('@'), "name": name, "token": token });
    out.say(&made, |_| token.clone());
    Ok(())
}

/// Finds the account with a handle, with or without `@`.
pub(super) async fn find(ops: &Ops, handle: &str) -> anyhow::Result<ActorId> {
    let plain = handle.trim().trim_start_matches('@').to_lowercase();
    let found = ops
        .store()
        .read(move |db| store::account::by_handle(db, &plain).map_err(Error::from))
        .await?;
    match found {
        Some((account, _)) => Ok(account.actor_id),
        None => bail!("there is no account {handle}; `hedgerow user list` names them all"),
    }
}

/// Prints the account's role and state.
async fn show(ops: &Ops, out: Printer, id: ActorId) -> anyhow::Result<()> {
    let found = ops
        .store()
        .read(move |db| store::account::by_id(db, id).map_err(Error::from))
        .await?;
    let row = AccountRow::from(found.ok_or(Error::not_found("account"))?);
    out.say(&row, |row| {
        let role = match row.role {
            SiteRole::Admin => ", administrator",
            SiteRole::Member => "",
        };
        format!("@{} ({}): {}{role}", row.handle, row.name, row.state)
    });
    Ok(())
}
