//! The page of one account, and the pages that ask before something is done with it.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx, secret};
use httpkit::{App, session};
use model::{ActorId, SiteRole};
use query::account::AccountPage;
use query::row::{Actor, AdminAction};
use query::{Db, Reader};

use super::account::{confirm, row};
use super::{Counts, page};
use crate::frame::Frame;
use crate::handlers::account::session::device;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, show};
use crate::handlers::show::actor;
use crate::views::account::SessionRow;
use crate::views::admin::AdminTab;
use crate::views::admin::account::{
    AccountDetails, AccountQuestion, ActionRow, AskAccount, NewLink, question_form,
};

async fn read(request: &PageRequest, id: ActorId) -> Outcome<(Frame, Counts, AccountPage)> {
    let rows = move |db: &mut Db, reader: Reader| {
        let since = reader.now.plus_seconds(-session::SESSION_SECONDS);
        query::account::page(db, reader, id, since)
    };
    page(request, rows).await
}

/// `GET /admin/accounts/{id}`
pub async fn details(PathParam(id): PathParam<ActorId>, request: PageRequest) -> Page {
    show_details(&request, id, None).await
}

async fn show_details(request: &PageRequest, id: ActorId, new_link: Option<NewLink>) -> Page {
    let (f, counts, found) = read(request, id).await?;
    let f = Frame {
        shown_once: new_link.is_some(),
        ..f
    };
    let own = request.reader() == Some(id);
    let current = request.me.as_ref().and_then(|me| me.session);
    show(&AccountDetails {
        tabs: counts.tabs(&f, AdminTab::Accounts),
        account: row(&found.account),
        last_admin: found.account.account.role == SiteRole::Admin && !found.account.allowed.demote,
        own,
        sessions: found
            .sessions
            .iter()
            .map(|row| SessionRow {
                device: device(&row.agent),
                last_seen: row.seen_at.utc(),
                since: row.created_at.utc(),
                current: current == Some(row.id),
                end_url: row.id.to_string(),
            })
            .collect(),
        sign_out_url: format!("/admin/accounts/{id}/sign-out"),
        identities: found
            .identities
            .iter()
            .map(|row| row.name.clone())
            .collect(),
        disconnect_url: format!("/admin/accounts/{id}/disconnect"),
        link_until: found.link_until.map(model::Time::utc),
        history: found.history.iter().map(action).collect(),
        new_link,
        f,
    })
}

fn action((row, by): &(AdminAction, Option<Actor>)) -> ActionRow {
    ActionRow {
        label: row.kind.label(),
        by: by.as_ref().map(actor::name),
        reason: row.reason.clone(),
        at: row.created_at.utc(),
    }
}

/// `POST /admin/accounts/{id}/sign-in-link`: the response shows the link, only this once.
pub async fn make_link(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let token = secret::token();
    let digest = secret::digest(&token);
    let verb = move |tx: &mut Tx<'_>| domain::account::make_sign_in_link(tx, by, id, &digest);
    let until = app.ops().write(verb).await?;
    let new_link = NewLink {
        url: app.urls()?.sign_in_link(&token),
        until: until.utc(),
    };
    show_details(&signed_in.posted.request, id, Some(new_link)).await
}

/// Shows the page that asks before something is done with an account.
async fn ask(request: &PageRequest, id: ActorId, question: AccountQuestion) -> Page {
    let (f, counts, found) = read(request, id).await?;
    let form = question_form(&f, question, &format!("/admin/accounts/{id}"));
    show(&view(f, &counts, &found, question, form))
}

fn view(
    f: Frame,
    counts: &Counts,
    found: &AccountPage,
    question: AccountQuestion,
    form: crate::form::Form,
) -> AskAccount {
    AskAccount {
        tabs: counts.tabs(&f, AdminTab::Accounts),
        account: row(&found.account),
        question,
        f: f.sending(&form),
        form,
    }
}

/// Does what was asked about, and says so on the account's page.
async fn answer(
    app: &App,
    id: ActorId,
    signed_in: &SignedInForm,
    question: AccountQuestion,
) -> Page {
    let posted = &signed_in.posted;
    let by = Principal::Person(signed_in.me.id());
    let reason = posted.fields.trimmed("reason");
    let verb = move |tx: &mut Tx<'_>| match question {
        AccountQuestion::Refuse => domain::account::refuse(tx, by, id, &reason),
        AccountQuestion::Suspend => domain::account::suspend(tx, by, id, &reason),
        AccountQuestion::Promote => domain::account::set_role(tx, by, id, SiteRole::Admin),
        AccountQuestion::Demote => domain::account::set_role(tx, by, id, SiteRole::Member),
        AccountQuestion::Disconnect => domain::account::disconnect_all(tx, by, id),
    };
    match posted.attempt(app.ops().write(verb)).await {
        // Whoever gave up their own role may not see the account's page any more.
        Ok(()) if question == AccountQuestion::Demote && signed_in.me.id() == id => {
            confirm(signed_in, id, "/", question.done()).await
        }
        Ok(()) => {
            let url = format!("/admin/accounts/{id}");
            confirm(signed_in, id, &url, question.done()).await
        }
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let (f, counts, found) = read(&posted.request, id).await?;
            let form = question_form(&f, question, &format!("/admin/accounts/{id}"));
            let form = errors.show_on(&f, form);
            errors.respond(&view(f, &counts, &found, question, form))
        }
    }
}

/// `GET /admin/accounts/{id}/refuse`
pub async fn refuse_form(PathParam(id): PathParam<ActorId>, request: PageRequest) -> Page {
    ask(&request, id, AccountQuestion::Refuse).await
}

/// `POST /admin/accounts/{id}/refuse`: its handle stays taken.
pub async fn refuse(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    answer(&app, id, &signed_in, AccountQuestion::Refuse).await
}

/// `GET /admin/accounts/{id}/suspend`
pub async fn suspend_form(PathParam(id): PathParam<ActorId>, request: PageRequest) -> Page {
    ask(&request, id, AccountQuestion::Suspend).await
}

/// `POST /admin/accounts/{id}/suspend`
pub async fn suspend(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    answer(&app, id, &signed_in, AccountQuestion::Suspend).await
}

/// `GET /admin/accounts/{id}/promote`
pub async fn promote_form(PathParam(id): PathParam<ActorId>, request: PageRequest) -> Page {
    ask(&request, id, AccountQuestion::Promote).await
}

/// `POST /admin/accounts/{id}/promote`
pub async fn promote(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    answer(&app, id, &signed_in, AccountQuestion::Promote).await
}

/// `GET /admin/accounts/{id}/demote`
pub async fn demote_form(PathParam(id): PathParam<ActorId>, request: PageRequest) -> Page {
    ask(&request, id, AccountQuestion::Demote).await
}

/// `POST /admin/accounts/{id}/demote`
pub async fn demote(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    answer(&app, id, &signed_in, AccountQuestion::Demote).await
}

/// `GET /admin/accounts/{id}/disconnect`
pub async fn disconnect_form(PathParam(id): PathParam<ActorId>, request: PageRequest) -> Page {
    ask(&request, id, AccountQuestion::Disconnect).await
}

/// `POST /admin/accounts/{id}/disconnect`: disconnects it from every provider.
pub async fn disconnect(
    State(app): State<App>,
    PathParam(id): PathParam<ActorId>,
    signed_in: SignedInForm,
) -> Page {
    answer(&app, id, &signed_in, AccountQuestion::Disconnect).await
}
