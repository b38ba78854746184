//! Invitations, settings.

use crate::ApiResult;
use crate::extract::{Body, Path, Writer};
use crate::site::{Instance, Text};
use axum::Json;
use axum::extract::State;
use domain::account::Principal;
use domain::{Error, secret};
use http::StatusCode;
use httpkit::{ApiError, App, Bearer};
use model::{Lang, Site, Why};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteDto {
    pub code: String,
    /// The address to send somebody.
    pub url: String,
    /// How many it still lets in.
    pub uses_left: i32,
    /// Until when, RFC 3339.
    pub expires: String,
}

/// A new invitation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewInvite {
    /// How many it lets in, 1–500.
    pub uses: i32,
    /// For how many days, 1–365.
    pub days: i64,
}

/// Invitations that still let somebody in.
#[utoipa::path(get, path = "/admin/invites", tag = "admin", security(("oauth" = ["admin:read"])), responses((status = 200, body = Vec<InviteDto>), (status = 403)))]
pub async fn invites(State(app): State<App>, bearer: Bearer) -> ApiResult<Vec<InviteDto>> {
    bearer.admin()?;
    let (urls, now) = (app.urls()?, app.ops().now());
    let (rows, _) = app
        .store()
        .read(move |db| query::account::invites(db, now))
        .await?;
    let shown = rows.into_iter().map(|row| InviteDto {
        url: urls.at(&format!("/sign-up?invitation={}", row.code)),
        code: row.code,
        uses_left: row.uses_left,
        expires: row.expires_at.to_rfc3339(),
    });
    Ok(Json(shown.collect()))
}

/// Makes an invitation.
#[utoipa::path(post, path = "/admin/invites", tag = "admin", security(("oauth" = ["admin:write"])), request_body = NewInvite, responses((status = 201, body = InviteDto), (status = 403), (status = 422)))]
pub async fn invite(
    State(app): State<App>,
    writer: Writer,
    Body(body): Body<NewInvite>,
) -> Result<(StatusCode, Json<InviteDto>), ApiError> {
    let me = writer.admin()?.id();
    let code = secret::token();
    let kept = code.clone();
    app.ops()
        .write(move |tx| domain::account::invite(tx, me, &kept, body.uses, body.days))
        .await?;
    let made = InviteDto {
        url: app.urls()?.at(&format!("/sign-up?invitation={code}")),
        code,
        uses_left: body.uses,
        expires: app
            .ops()
            .now()
            .plus_seconds(body.days * 86_400)
            .to_rfc3339(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Withdraws an invitation.
#[utoipa::path(delete, path = "/admin/invites/{code}", tag = "admin", security(("oauth" = ["admin:write"])), params(("code" = String, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn withdraw_invite(
    State(app): State<App>,
    writer: Writer,
    Path(code): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (by, now) = (Principal::Person(writer.admin()?.id()), app.ops().now());
    let (rows, _) = app
        .store()
        .read(move |db| query::account::invites(db, now))
        .await?;
    let found = rows.into_iter().find(|row| row.code == code);
    let id = found.ok_or(Error::not_found("invitation"))?.id;
    app.ops()
        .write(move |tx| domain::account::withdraw_invite(tx, by, id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The settings of the instance.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SettingsDto {
    /// The organization's name.
    pub name: Text,
    /// Who we are, in Markdown.
    #[serde(default)]
    pub description: Text,
    /// Languages of the interface: `en`, `fr`.
    pub languages: Vec<String>,
    /// open, approval, invitation or closed.
    pub registration: String,
}

/// The instance's settings.
#[utoipa::path(get, path = "/admin/settings", tag = "admin", security(("oauth" = ["admin:read"])), responses((status = 200, body = Instance), (status = 403)))]
pub async fn settings(State(app): State<App>, bearer: Bearer) -> ApiResult<Instance> {
    bearer.admin()?;
    Ok(Json(Instance::from(&*app.site()?)))
}

/// Changes the instance's settings.
#[utoipa::path(put, path = "/admin/settings", tag = "admin", security(("oauth" = ["admin:write"])), request_body = SettingsDto, responses((status = 200, body = Instance), (status = 403), (status = 422)))]
pub async fn set_settings(
    State(app): State<App>,
    writer: Writer,
    Body(body): Body<SettingsDto>,
) -> ApiResult<Instance> {
    let by = Principal::Person(writer.admin()?.id());
    let languages: Result<Vec<Lang>, _> = body.languages.iter().map(|tag| tag.parse()).collect();
    let site = Site {
        url: app.site()?.url.clone(),
        name: body.name.0,
        description: body.description.0,
        languages: languages.map_err(|_unknown| Error::invalid("languages", Why::NotAChoice))?,
        registration: body
            .registration
            .parse()
            .map_err(|_unknown| Error::invalid("registration", Why::NotAChoice))?,
        zone: app.site()?.zone.clone(),
        admins_need_second_factor: app.site()?.admins_need_second_factor,
    };
    app.ops()
        .write(move |tx| domain::site::change(tx, by, &site))
        .await?;
    app.ops().refresh_site().await?;
    Ok(Json(Instance::from(&*app.site()?)))
}
