//! `hedgerow user`: manages accounts.

mod details;

use std::path::PathBuf;

use anyhow::{Context, bail};
use domain::account::{self, NewAccount, Principal};
use domain::oauth::OwnToken;
use domain::{Error, Ops, Outcome, Tx, secret};
use model::access::Reader;
use model::mail::MailAddress;
use model::oauth::Scopes;
use model::{AccountState, ActorId, Handle, Lang, SiteRole, Time};
use query::account::AccountList;
use serde::Serialize;
use serde_json::json;
use store::account::Member;

use super::peer::minute;
use super::print::Printer;
use super::{CommonOptions, database};

#[derive(Debug, clap::Subcommand)]
pub(super) enum AccountCommand {
    /// List the accounts, newest first
    List {
        /// Only those that are pending, active, suspended or refused
        #[arg(long)]
        state: Option<AccountState>,
        /// Only those with these words in the name or the handle
        #[arg(long, default_value = "")]
        search: String,
    },
    /// Show an account: its last visit, its sessions and what administrators did with it
    Show { handle: String },
    /// Add an account, active at once
    Add(AddOptions),
    /// Approve an account that waits for approval
    Approve { handle: String },
    /// Refuse an account that waits for approval
    Refuse {
        handle: String,
        /// Kept in the account's history, for the administrators
        #[arg(long)]
        reason: String,
    },
    /// Suspend an account; other servers are notified
    Suspend {
        handle: String,
        /// Kept in the account's history, for the administrators
        #[arg(long)]
        reason: String,
    },
    /// Lift the suspension of an account, or let a refused one wait for approval again
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
    /// Set an account's e-mail address, which is not asked to confirm it
    Address { handle: String, address: String },
    /// Create a link that signs the person in once, and lets them set a password; it is shown once
    SignInLink { handle: String },
    /// Turn off the two-step sign-in of somebody who has lost it
    ResetSecondFactor { handle: String },
    /// Disconnect an account from the institutions that it signs in with; the sessions opened so end
    Disconnect { handle: String },
    /// Create a token for the API; it is shown once
    Token(TokenOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct TokenOptions {
    handle: String,
    /// The purpose of the token
    #[arg(long, default_value = "shell")]
    name: String,
    /// What it may do, separated by spaces, such as "read write:statuses"; the default is everything
    #[arg(long)]
    scopes: Option<String>,
    /// After how many days it expires; the default is never
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=3650))]
    days: Option<i64>,
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
    let by = Principal::Operator;
    match command {
        AccountCommand::List { state, search } => list(&ops, out, state, search).await,
        AccountCommand::Show { handle } => details::show(&ops, out, &handle).await,
        AccountCommand::Add(add) => self::add(&ops, out, add).await,
        AccountCommand::Approve { handle } => {
            change(&ops, out, &handle, move |tx, id| {
                account::approve(tx, by, id)
            })
            .await
        }
        AccountCommand::Refuse { handle, reason } => {
            change(&ops, out, &handle, move |tx, id| {
                account::refuse(tx, by, id, &reason)
            })
            .await
        }
        AccountCommand::Suspend { handle, reason } => {
            change(&ops, out, &handle, move |tx, id| {
                account::suspend(tx, by, id, &reason)
            })
            .await
        }
        AccountCommand::Restore { handle } => {
            change(&ops, out, &handle, move |tx, id| {
                account::restore(tx, by, id)
            })
            .await
        }
        AccountCommand::Admin { handle, remove } => {
            let role = match remove {
                true => SiteRole::Member,
                false => SiteRole::Admin,
            };
            change(&ops, out, &handle, move |tx, id| {
                account::set_role(tx, by, id, role)
            })
            .await
        }
        AccountCommand::Password {
            handle,
            password_file,
        } => set_password(&ops, out, &handle, password_file).await,
        AccountCommand::Address { handle, address } => {
            set_address(&ops, out, &handle, &address).await
        }
        AccountCommand::ResetSecondFactor { handle } => {
            change(&ops, out, &handle, account::reset_second_factor).await
        }
        AccountCommand::Disconnect { handle } => disconnect(&ops, out, &handle).await,
        AccountCommand::SignInLink { handle } => sign_in_link(&ops, out, &handle).await,
        AccountCommand::Token(options) => token(&ops, out, options).await,
    }
}

async fn set_password(
    ops: &Ops,
    out: Printer,
    handle: &str,
    file: Option<PathBuf>,
) -> anyhow::Result<()> {
    let hash = database::hash(&database::password(file.as_deref())?)?;
    change(ops, out, handle, move |tx, id| {
        account::set_password(tx, id, &hash)
    })
    .await
}

async fn disconnect(ops: &Ops, out: Printer, handle: &str) -> anyhow::Result<()> {
    change(ops, out, handle, |tx, id| {
        account::disconnect_all(tx, Principal::Operator, id)
    })
    .await
}

async fn set_address(ops: &Ops, out: Printer, handle: &str, typed: &str) -> anyhow::Result<()> {
    let address = MailAddress::try_from(typed.to_owned()).map_err(anyhow::Error::msg)?;
    change(ops, out, handle, move |tx, id| {
        account::assign_address(tx, Principal::Operator, id, &address)
    })
    .await
}

/// Runs a verb for an account, and prints its role and state.
async fn change<F>(ops: &Ops, out: Printer, handle: &str, verb: F) -> anyhow::Result<()>
where
    F: Fn(&mut Tx<'_>, ActorId) -> Outcome<()> + Send + Sync + 'static,
{
    let id = find(ops, handle).await?;
    ops.write(move |tx| verb(tx, id)).await?;
    show(ops, out, id).await
}

async fn list(
    ops: &Ops,
    out: Printer,
    state: Option<AccountState>,
    text: String,
) -> anyhow::Result<()> {
    let which = AccountList { state, text };
    let now = ops.now();
    let found = ops
        .store()
        .read(move |db| {
            let reader = Reader::system(now);
            query::account::list(db, reader, &which, ActorId(i64::MAX), i64::MAX)
        })
        .await?;
    let rows = found.into_iter();
    let rows: Vec<AccountRow> = rows
        .map(|view| AccountRow::from((view.account, view.actor)))
        .collect();
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
        password: Some(password),
        address: None,
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

async fn sign_in_link(ops: &Ops, out: Printer, handle: &str) -> anyhow::Result<()> {
    let id = find(ops, handle).await?;
    let token = secret::token();
    let digest = secret::digest(&token);
    let until = ops
        .write(move |tx| account::make_sign_in_link(tx, Principal::Operator, id, &digest))
        .await?;
    let urls = ops.urls().context("the instance is not set up")?;
    let url = urls.sign_in_link(&token);
    let made = json!({ "handle": handle.trim_start_matches('@'), "url": url, "expires": until });
    out.say(&made, |_| {
        format!("{url}\nIt signs in once, until {}.", minute(until))
    });
    Ok(())
}

async fn token(ops: &Ops, out: Printer, options: TokenOptions) -> anyhow::Result<()> {
    let id = find(ops, &options.handle).await?;
    let scopes = options.scopes.as_deref();
    let scopes = scopes.map_or(Ok(Scopes::all()), Scopes::parse)?;
    let token = secret::token();
    let made = json!({
        "handle": options.handle.trim_start_matches('@'),
        "name": options.name,
        "scopes": scopes.to_string(),
        "token": token,
    });
    let until = |days: i64| ops.now().plus_seconds(days * 86_400);
    let new = OwnToken {
        token_hash: secret::digest(&token),
        name: options.name,
        scopes,
        expires_at: options.days.map(until),
    };
    ops.write(move |tx| account::issue_token(tx, id, &new))
        .await?;
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
