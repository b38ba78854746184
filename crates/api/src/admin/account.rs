//! Accounts, and communities without a facilitator.

use crate::ApiResult;
use crate::dto::ActorDto;
use crate::extract::{Body, File, Path, Query, Writer, id, problem};
use crate::page::{Page, page};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::account::Principal;
use domain::{Error, Outcome, secret};
use http::StatusCode;
use httpkit::session::SESSION_SECONDS;
use httpkit::{ApiError, App, Bearer, paging};
use model::{AccountState, ActorId, SessionId, SiteRole, Urls, Why};
use query::account::{AccountList, AccountPage, AccountView};
use query::row::{Actor, AdminAction, Session};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountDto {
    /// The person.
    #[serde(flatten)]
    pub actor: ActorDto,
    /// pending, active, suspended or refused.
    pub state: String,
    /// member or admin.
    pub site_role: String,
    /// The reason given when signing up.
    pub request: String,
    /// Since when, RFC 3339.
    pub created: String,
    /// When they were last here, RFC 3339, to ten minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_visit: Option<String>,
}

impl AccountDto {
    fn of(view: AccountView, urls: &Urls) -> Self {
        let account = view.account;
        Self {
            state: account.state.to_string(),
            site_role: account.role.to_string(),
            request: account.request,
            created: account.created_at.to_rfc3339(),
            last_visit: account.seen_at.map(model::Time::to_rfc3339),
            actor: ActorDto::of(view.actor, urls),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountsQuery {
    /// pending, active, suspended or refused; all where absent.
    pub state: Option<String>,
    /// Words of the name or the handle, in part.
    pub q: Option<String>,
    /// The `next` of the page before.
    pub before: Option<String>,
    /// How many items, 1–100; 30 where absent.
    pub limit: Option<i64>,
}

/// Accounts, newest first.
#[utoipa::path(get, path = "/admin/accounts", tag = "admin", security(("oauth" = ["admin:read:accounts"])), params(AccountsQuery), responses((status = 200, body = Page<AccountDto>), (status = 403)))]
pub async fn accounts(
    State(app): State<App>,
    bearer: Bearer,
    Query(query): Query<AccountsQuery>,
) -> ApiResult<Page<AccountDto>> {
    let me = bearer.admin()?.id();
    let urls = app.urls()?;
    let state = query
        .state
        .as_deref()
        .map(str::parse::<AccountState>)
        .transpose()
        .map_err(|_unknown| Error::invalid("state", Why::NotAChoice))?;
    let which = AccountList {
        state,
        text: query.q.unwrap_or_default(),
    };
    let before: ActorId = paging::read_id(query.before.as_deref())?;
    let limit = query.limit.unwrap_or(30).clamp(1, 100);
    let rows = app
        .read(Some(me), move |db, reader| {
            query::account::list(db, reader, &which, before, limit + 1)
        })
        .await?;
    Ok(Json(page(
        rows,
        limit,
        |view| view.actor.id.to_string(),
        |view| AccountDto::of(view, &urls),
    )))
}

/// A browser in which somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountSessionDto {
    pub id: String,
    /// What the browser calls itself.
    pub agent: String,
    /// Since when, RFC 3339.
    pub created: String,
    /// Last used, RFC 3339.
    pub seen: String,
}

impl From<Session> for AccountSessionDto {
    fn from(row: Session) -> Self {
        Self {
            id: row.id.to_string(),
            agent: row.agent,
            created: row.created_at.to_rfc3339(),
            seen: row.seen_at.to_rfc3339(),
        }
    }
}

/// What an admin did with the account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminActionDto {
    /// approved, refused, suspended, restored, promoted, demoted, signed-out, link-made, password-set or
    /// token-made.
    pub kind: String,
    /// Why; empty where none is asked for.
    pub reason: String,
    /// The handle of the admin; absent from the shell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When, RFC 3339.
    pub created: String,
}

impl From<(AdminAction, Option<Actor>)> for AdminActionDto {
    fn from((row, by): (AdminAction, Option<Actor>)) -> Self {
        Self {
            kind: row.kind.to_string(),
            reason: row.reason,
            by: by.map(|by| by.handle),
            created: row.created_at.to_rfc3339(),
        }
    }
}

/// An account with its sessions and history.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountDetailsDto {
    #[serde(flatten)]
    pub account: AccountDto,
    pub sessions: Vec<AccountSessionDto>,
    /// Until when the sign-in link can be used that was made last, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_until: Option<String>,
    /// Newest first, 100 at most.
    pub history: Vec<AdminActionDto>,
}

impl AccountDetailsDto {
    fn of(page: AccountPage, urls: &Urls) -> Self {
        Self {
            account: AccountDto::of(page.account, urls),
            sessions: page.sessions.into_iter().map(Into::into).collect(),
            link_until: page.link_until.map(model::Time::to_rfc3339),
            history: page.history.into_iter().map(Into::into).collect(),
        }
    }
}

/// An account with its sessions and history.
#[utoipa::path(get, path = "/admin/accounts/{handle}", tag = "admin", security(("oauth" = ["admin:read:accounts"])), params(("handle" = String, Path)), responses((status = 200, body = AccountDetailsDto), (status = 403), (status = 404)))]
pub async fn account(
    State(app): State<App>,
    bearer: Bearer,
    Path(handle): Path<String>,
) -> ApiResult<AccountDetailsDto> {
    let me = bearer.admin()?.id();
    let id = find(&app, handle).await?;
    let page = app
        .read(Some(me), move |db, reader| {
            let since = reader.now.plus_seconds(-SESSION_SECONDS);
            query::account::page(db, reader, id, since)
        })
        .await?;
    Ok(Json(AccountDetailsDto::of(page, &app.urls()?)))
}

async fn find(app: &App, handle: String) -> Outcome<ActorId> {
    let member = app
        .store()
        .read(move |db| query::account::by_handle(db, &handle.to_lowercase()))
        .await?;
    Ok(member.ok_or(Error::not_found("account"))?.0.actor_id)
}

/// Why an account is closed.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Verdict {
    /// Kept in the account's history, for the admins; needed to suspend and to refuse.
    #[serde(default)]
    pub reason: String,
}

/// Approves, refuses, suspends, restores, promotes or demotes an account.
#[utoipa::path(put, path = "/admin/accounts/{handle}/{verdict}", tag = "admin", security(("oauth" = ["admin:write:accounts"])), params(("handle" = String, Path), ("verdict" = String, Path, description = "approve, refuse, suspend, restore, promote or demote")), request_body(content = Option<Verdict>), responses((status = 204), (status = 403), (status = 404), (status = 422)))]
pub async fn judge(
    State(app): State<App>,
    writer: Writer,
    Path((handle, verdict)): Path<(String, String)>,
    File(body): File,
) -> Result<StatusCode, Response> {
    let by = Principal::Person(writer.admin().map_err(refused)?.id());
    let Verdict { reason } = match body.is_empty() {
        true => Verdict::default(),
        false => serde_json::from_slice(&body)
            .map_err(|e| problem(StatusCode::BAD_REQUEST, "body", &e.to_string()))?,
    };
    let reason = reason.replace('\0', "");
    let id = find(&app, handle).await.map_err(refused)?;
    let judged = app.ops().write(move |tx| match verdict.as_str() {
        "approve" => domain::account::approve(tx, by, id),
        "refuse" => domain::account::refuse(tx, by, id, &reason),
        "suspend" => domain::account::suspend(tx, by, id, &reason),
        "restore" => domain::account::restore(tx, by, id),
        "promote" => domain::account::set_role(tx, by, id, SiteRole::Admin),
        "demote" => domain::account::set_role(tx, by, id, SiteRole::Member),
        _ => Err(Error::not_found("verdict")),
    });
    judged.await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(error: impl Into<ApiError>) -> Response {
    error.into().into_response()
}

/// A link that signs somebody in once.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInLinkDto {
    /// The address to send them; it is told only now.
    pub url: String,
    /// Until when it can be used, RFC 3339.
    pub expires: String,
}

/// Makes a link that signs somebody in once, in place of the one they had.
#[utoipa::path(post, path = "/admin/accounts/{handle}/sign-in-link", tag = "admin", security(("oauth" = ["admin:write:accounts"])), params(("handle" = String, Path)), responses((status = 201, body = SignInLinkDto), (status = 403), (status = 404)))]
pub async fn sign_in_link(
    State(app): State<App>,
    writer: Writer,
    Path(handle): Path<String>,
) -> Result<(StatusCode, Json<SignInLinkDto>), ApiError> {
    let by = Principal::Person(writer.admin()?.id());
    let id = find(&app, handle).await?;
    let token = secret::token();
    let digest = secret::digest(&token);
    let until = app
        .ops()
        .write(move |tx| domain::account::make_sign_in_link(tx, by, id, &digest))
        .await?;
    let made = SignInLinkDto {
        url: app.urls()?.sign_in_link(&token),
        expires: until.to_rfc3339(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Ends all sessions of an account.
#[utoipa::path(delete, path = "/admin/accounts/{handle}/sessions", tag = "admin", security(("oauth" = ["admin:write:accounts"])), params(("handle" = String, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn end_account_sessions(
    State(app): State<App>,
    writer: Writer,
    Path(handle): Path<String>,
) -> Result<StatusCode, ApiError> {
    sign_out(&app, writer, handle, None).await
}

/// Ends one session of an account.
#[utoipa::path(delete, path = "/admin/accounts/{handle}/sessions/{session}", tag = "admin", security(("oauth" = ["admin:write:accounts"])), params(("handle" = String, Path), ("session" = String, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn end_account_session(
    State(app): State<App>,
    writer: Writer,
    Path((handle, session)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let session: SessionId = id(&session, "session")?;
    sign_out(&app, writer, handle, Some(session)).await
}

async fn sign_out(
    app: &App,
    writer: Writer,
    handle: String,
    session: Option<SessionId>,
) -> Result<StatusCode, ApiError> {
    let by = Principal::Person(writer.admin()?.id());
    let id = find(app, handle).await?;
    app.ops()
        .write(move |tx| domain::account::sign_out(tx, by, id, session))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Communities whose facilitators are suspended or gone.
#[utoipa::path(get, path = "/admin/communities", tag = "admin", security(("oauth" = ["admin:read"])), responses((status = 200, body = Vec<ActorDto>), (status = 403)))]
pub async fn communities_without_facilitator(
    State(app): State<App>,
    bearer: Bearer,
) -> ApiResult<Vec<ActorDto>> {
    bearer.admin()?;
    let urls = app.urls()?;
    let rows = app
        .store()
        .read(query::community::without_facilitator)
        .await?;
    let shown = rows.into_iter().map(|row| ActorDto::of(row.actor, &urls));
    Ok(Json(shown.collect()))
}

/// Who facilitates a community from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewFacilitator {
    /// Their handle here.
    pub handle: String,
}

/// Gives a community without a facilitator to a person.
#[utoipa::path(put, path = "/admin/communities/{handle}/facilitator", tag = "admin", security(("oauth" = ["admin:write"])), params(("handle" = String, Path)), request_body = NewFacilitator, responses((status = 204), (status = 403), (status = 404)))]
pub async fn give_community(
    State(app): State<App>,
    writer: Writer,
    Path(handle): Path<String>,
    Body(body): Body<NewFacilitator>,
) -> Result<StatusCode, ApiError> {
    let by = Principal::Person(writer.admin()?.id());
    let person = find(&app, body.handle.trim_start_matches('@').to_owned()).await?;
    let community = app
        .store()
        .read(move |db| {
            let rows = query::community::without_facilitator(db)?;
            let found = rows.into_iter().find(|row| row.actor.handle == handle);
            found.ok_or(Error::not_found("community"))
        })
        .await?
        .actor
        .id;
    app.ops()
        .write(move |tx| domain::community::give(tx, by, community, person))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
