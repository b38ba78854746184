//! Accounts: approve, refuse, suspend, restore.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx};
use httpkit::{App, paging};
use model::{AccountState, ActorId, SiteRole};
use query::account::AccountAllowed;
use query::row::Member;
use query::{Db, Reader};

use super::page;
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_naming, redirect_with_flash, show};
use crate::handlers::show::actor;
use crate::views::admin::{AccountRow, Accounts, AdminTab};
use crate::views::parts::{Pager, Tab};

const PER_PAGE: usize = 40;
const SHOWN: [(&str, Option<AccountState>, &str); 3] = [
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
];

/// `GET /admin/accounts?show=all|waiting|suspended`
pub async fn list(request: PageRequest) -> Page {
    let wanted = request.q("show").unwrap_or("all");
    let known = SHOWN.into_iter().find(|(word, _, _)| *word == wanted);
    let (word, state, _) = known.unwrap_or(("all", None, ""));
    let before: ActorId = paging::read_id(request.q("before"));
    let rows = move |db: &mut Db, reader: Reader| -> Outcome<Vec<(Member, AccountAllowed)>> {
        let rows = query::account::list(db, state, before, PER_PAGE as i64)?;
        let rows = rows.into_iter().map(|member| {
            let allowed = query::account::allowed(reader, &member.0);
            (member, allowed)
        });
        Ok(rows.collect())
    };
    let (f, counts, rows) = page(&request, rows).await?;
    let next = rows.last().filter(|_| rows.len() == PER_PAGE);
    show(&Accounts {
        tabs: counts.tabs(&f, AdminTab::Accounts),
        filters: filters(&f, word),
        accounts: rows.iter().map(row).collect(),
        pager: Pager {
            next: next.map(|((_, person), _)| format!("?show={word}&before={}", person.id)),
            ..Pager::default()
        },
        f,
    })
}

fn filters(f: &Frame, here: &str) -> Vec<Tab> {
    SHOWN
        .map(|(word, _, key)| {
            let url = format!("/admin/accounts?show={word}");
            Tab::new(f.text(key), url, word == here)
        })
        .to_vec()
}

fn row(((account, person), allowed): &(Member, AccountAllowed)) -> AccountRow {
    let at = |may: bool, way: &str| may.then(|| format!("/admin/accounts/{}/{way}", person.id));
    AccountRow {
        person: actor::person(person),
        state: account.state,
        admin: account.role == SiteRole::Admin,
        since: account.created_at.utc(),
        last_seen: None,
        reason: (!account.request.is_empty()).then(|| account.request.clone()),
        approve_url: at(allowed.approve, "approve"),
        refuse_url: at(allowed.approve, "refuse"),
        suspend_url: at(allowed.suspend, "suspend"),
        restore_url: at(allowed.restore, "restore"),
    }
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
    confirm(id, &signed_in, "account-approved").await
}

/// `POST /admin/accounts/{id}/refuse`: suspends the account; its handle stays taken.
pub async fn refuse(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    stop(&app, id, &signed_in).await?;
    redirect_with_flash(&signed_in.posted.back("/admin/accounts"), "account-refused")
}

/// `POST /admin/accounts/{id}/suspend`
pub async fn suspend(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    stop(&app, id, &signed_in).await?;
    confirm(id, &signed_in, "account-suspended").await
}

async fn stop(app: &App, id: ActorId, signed_in: &SignedInForm) -> Outcome<()> {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::account::suspend(tx, by, id);
    app.ops().write(verb).await
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
    confirm(id, &signed_in, "account-restored").await
}

/// Redirects to the list, with a confirmation that names the person.
async fn confirm(id: ActorId, signed_in: &SignedInForm, word: &str) -> Page {
    let read = move |db: &mut Db, _| query::account::actor(db, id);
    let person = signed_in.posted.request.read(read).await?;
    let back = signed_in.posted.back("/admin/accounts");
    redirect_naming(&back, word, &actor::name(&person))
}
