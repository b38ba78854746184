//! The list of accounts, and what an admin does with one at once: approve, restore, sign out.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx};
use httpkit::{App, paging};
use model::{AccountState, ActorId, SessionId, SiteRole};
use query::account::{AccountList, AccountView};
use query::{Db, Reader};

use super::page;
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_naming, redirect_with_flash, show};
use crate::handlers::show::actor;
use crate::views::admin::AdminTab;
use crate::views::admin::account::{AccountRow, Accounts};
use crate::views::parts::{Pager, Tab};

const PER_PAGE: usize = 40;
/// Characters of a search that are used.
const SEARCH_MAX: usize = 100;
const SHOWN: [(&str, Option<AccountState>, &str); 4] = [
    ("all", None, "accounts-filter-all"),
    (
        "waiting",
        Some(AccountState::Pending),
        "accounts-filter-waiting",
    ),
    (
        "suspended",
        Some(AccountState::Suspended),
        "accounts-filter-suspended",
    ),
    (
        "refused",
        Some(AccountState::Refused),
        "accounts-filter-refused",
    ),
];

/// `GET /admin/accounts?show=all|waiting|suspended|refused&q=…`
pub async fn list(request: PageRequest) -> Page {
    let wanted = request.q("show").unwrap_or("all");
    let known = SHOWN.into_iter().find(|(word, _, _)| *word == wanted);
    let (word, state, _) = known.unwrap_or(("all", None, ""));
    let text: String = request
        .q("q")
        .unwrap_or_default()
        .trim()
        .chars()
        .take(SEARCH_MAX)
        .collect();
    let which = AccountList {
        state,
        text: text.clone(),
    };
    let before: ActorId = paging::read_id(request.q("before"))?;
    let rows = move |db: &mut Db, reader: Reader| -> Outcome<Vec<AccountView>> {
        query::account::list(db, reader, &which, before, PER_PAGE as i64)
    };
    let (f, counts, rows) = page(&request, rows).await?;
    let next = rows.last().filter(|_| rows.len() == PER_PAGE);
    let here = list_url(word, &text);
    show(&Accounts {
        tabs: counts.tabs(&f, AdminTab::Accounts),
        filters: filters(&f, word, &text),
        accounts: rows.iter().map(row).collect(),
        pager: Pager {
            next: next.map(|view| format!("{here}&before={}", view.actor.id)),
            ..Pager::default()
        },
        shown: word,
        text,
        f,
    })
}

fn list_url(word: &str, text: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("show", word);
    if !text.is_empty() {
        query.append_pair("q", text);
    }
    format!("/admin/accounts?{}", query.finish())
}

fn filters(f: &Frame, here: &str, text: &str) -> Vec<Tab> {
    SHOWN
        .map(|(word, _, key)| Tab::new(f.text(key), list_url(word, text), word == here))
        .to_vec()
}

/// Builds the view of an account.
pub(super) fn row(view: &AccountView) -> AccountRow {
    let (account, person, allowed) = (&view.account, &view.actor, view.allowed);
    let page_url = format!("/admin/accounts/{}", person.id);
    let at = |may: bool, way: &str| may.then(|| format!("{page_url}/{way}"));
    AccountRow {
        person: actor::person(person),
        state: account.state,
        admin: account.role == SiteRole::Admin,
        since: account.created_at.utc(),
        last_seen: account.seen_at.map(model::Time::utc),
        address: address(account),
        reason: (!account.request.is_empty()).then(|| account.request.clone()),
        approve_url: at(allowed.approve, "approve"),
        refuse_url: at(allowed.approve, "refuse"),
        suspend_url: at(allowed.suspend, "suspend"),
        restore_url: at(allowed.restore, "restore"),
        promote_url: at(allowed.promote, "promote"),
        demote_url: at(allowed.demote, "demote"),
        link_url: at(allowed.make_link, "sign-in-link"),
        page_url,
    }
}

/// The confirmed address, or else the one that waits to be confirmed.
fn address(account: &query::row::Account) -> Option<(String, bool)> {
    let both = [(&account.address, true), (&account.pending_address, false)];
    let given = both.into_iter().find(|(address, _)| !address.is_empty());
    given.map(|(address, confirmed)| (address.clone(), confirmed))
}

/// `POST /admin/accounts/{id}/approve`
pub async fn approve(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::account::approve(tx, by, id);
    app.ops().write(verb).await?;
    let back = signed_in.posted.back("/admin/accounts");
    confirm(&signed_in, id, &back, "account-approved").await
}

/// `POST /admin/accounts/{id}/restore`
pub async fn restore(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::account::restore(tx, by, id);
    app.ops().write(verb).await?;
    let read = move |db: &mut Db, _| query::account::state(db, id);
    let word = match signed_in.posted.request.read(read).await? {
        AccountState::Pending => "account-waits-again",
        AccountState::Active | AccountState::Suspended | AccountState::Refused => {
            "account-restored"
        }
    };
    let back = signed_in.posted.back("/admin/accounts");
    confirm(&signed_in, id, &back, word).await
}

/// `POST /admin/accounts/{id}/sign-out`: ends the session named in the form, or all.
pub async fn sign_out(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let session: Option<SessionId> = signed_in.posted.fields.choice("session");
    let verb = move |tx: &mut Tx<'_>| domain::account::sign_out(tx, by, id, session);
    app.ops().write(verb).await?;
    redirect_with_flash(&format!("/admin/accounts/{id}"), "account-signed-out")
}

/// Redirects to a page, with a confirmation that names the person.
pub(super) async fn confirm(signed_in: &SignedInForm, id: ActorId, url: &str, word: &str) -> Page {
    let read = move |db: &mut Db, _| query::account::actor(db, id);
    let person = signed_in.posted.request.read(read).await?;
    redirect_naming(url, word, &actor::name(&person))
}
