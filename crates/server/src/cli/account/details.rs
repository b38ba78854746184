//! `hedgerow user show`: one account, with its sessions and history.

use domain::Ops;
use httpkit::session::SESSION_SECONDS;
use model::access::Reader;
use model::{AccountState, SiteRole, Time};
use query::account::AccountPage;
use serde::Serialize;

use super::super::peer::minute;
use super::super::print::Printer;
use super::find;

/// An account in the output.
#[derive(Debug, Serialize)]
struct Details {
    handle: String,
    name: String,
    role: SiteRole,
    state: AccountState,
    created_at: Time,
    last_visit: Option<Time>,
    sessions: Vec<SessionRow>,
    history: Vec<ActionRow>,
}

#[derive(Debug, Serialize)]
struct SessionRow {
    agent: String,
    created_at: Time,
    seen_at: Time,
}

#[derive(Debug, Serialize)]
struct ActionRow {
    kind: &'static str,
    reason: String,
    by: Option<String>,
    at: Time,
}

impl From<AccountPage> for Details {
    fn from(page: AccountPage) -> Self {
        let (account, actor) = (page.account.account, page.account.actor);
        let session = |row: query::row::Session| SessionRow {
            agent: row.agent,
            created_at: row.created_at,
            seen_at: row.seen_at,
        };
        let history = page.history.into_iter();
        Self {
            handle: actor.handle,
            name: actor.name,
            role: account.role,
            state: account.state,
            created_at: account.created_at,
            last_visit: account.seen_at,
            sessions: page.sessions.into_iter().map(session).collect(),
            history: history
                .map(|(row, by)| ActionRow {
                    kind: row.kind.as_str(),
                    reason: row.reason,
                    by: by.map(|by| by.handle),
                    at: row.created_at,
                })
                .collect(),
        }
    }
}

/// Prints an account with its sessions and history.
pub(super) async fn show(ops: &Ops, out: Printer, handle: &str) -> anyhow::Result<()> {
    let (id, now) = (find(ops, handle).await?, ops.now());
    let page = ops
        .store()
        .read(move |db| {
            let since = now.plus_seconds(-SESSION_SECONDS);
            query::account::page(db, Reader::system(now), id, since)
        })
        .await?;
    out.say(&Details::from(page), text);
    Ok(())
}

fn text(account: &Details) -> String {
    let mut lines = vec![
        format!(
            "@{} ({}): {}, {}",
            account.handle, account.name, account.state, account.role
        ),
        format!("since       {}", minute(account.created_at)),
        format!(
            "last visit  {}",
            account.last_visit.map_or("never".to_owned(), minute)
        ),
    ];
    lines.extend(account.sessions.iter().map(|session| {
        let seen = minute(session.seen_at);
        format!("session     {seen}  {}", session.agent)
    }));
    lines.extend(account.history.iter().map(|action| {
        let by = action.by.as_ref();
        let by = by.map_or("the command line".to_owned(), |by| format!("@{by}"));
        let reason = match action.reason.as_str() {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        format!("{}  {} by {by}{reason}", minute(action.at), action.kind)
    }));
    lines.join("\n")
}
