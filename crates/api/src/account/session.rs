//! Browser sessions, password and language of the signed-in person.

use super::{MeDto, show};
use crate::ApiResult;
use crate::extract::{Body, Path, Writer, id};
use axum::Json;
use axum::extract::State;
use domain::Error;
use http::StatusCode;
use httpkit::rate_limits::RateLimit;
use httpkit::session::SESSION_SECONDS;
use httpkit::{ApiError, App, Bearer, single_sign_on};
use model::{Lang, Why};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A browser that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionDto {
    pub id: String,
    /// The browser, as it names itself.
    pub agent: String,
    /// Since when, RFC 3339.
    pub created: String,
    /// When it was last used, RFC 3339.
    pub seen: String,
}

/// Lists the sessions of the signed-in person that have not expired.
#[utoipa::path(get, path = "/me/sessions", tag = "me", security(("oauth" = ["hedgerow:account"])), responses((status = 200, body = Vec<SessionDto>), (status = 401)))]
pub async fn sessions(State(app): State<App>, bearer: Bearer) -> ApiResult<Vec<SessionDto>> {
    let me = bearer.signed_in()?.id();
    let since = app.ops().now().plus_seconds(-SESSION_SECONDS);
    let rows = app
        .store()
        .read(move |db| query::account::sessions(db, me, since))
        .await?;
    let shown = rows.into_iter().map(|row| SessionDto {
        id: row.id.to_string(),
        agent: row.agent,
        created: row.created_at.to_rfc3339(),
        seen: row.seen_at.to_rfc3339(),
    });
    Ok(Json(shown.collect()))
}

/// Signs out everywhere; tokens stay.
#[utoipa::path(delete, path = "/me/sessions", tag = "me", security(("oauth" = ["hedgerow:account"])), responses((status = 204), (status = 401)))]
pub async fn end_sessions(State(app): State<App>, writer: Writer) -> Result<StatusCode, ApiError> {
    let me = writer.id();
    app.ops()
        .write(move |tx| domain::account::close_sessions(tx, me, None))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out one browser.
#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "me", security(("oauth" = ["hedgerow:account"])), params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn end_session(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (me, session) = (writer.id(), id(&text, "session")?);
    app.ops()
        .write(move |tx| domain::account::close_session(tx, me, session))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    /// The current password.
    pub old: String,
    /// The new password.
    pub new: String,
}

/// Changes the password and signs out every browser; tokens stay. Limited as signing in is.
#[utoipa::path(put, path = "/me/password", tag = "me", security(("oauth" = ["hedgerow:account"])), request_body = NewPassword, responses((status = 204), (status = 401), (status = 422), (status = 429)))]
pub async fn set_password(
    State(app): State<App>,
    writer: Writer,
    Body(body): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    let me = writer.id();
    app.limits().count_actor(RateLimit::SignIn, me)?;
    if !app.check_password_of(me, &body.old).await? {
        return Err(Error::invalid("old", Why::Mismatch).into());
    }
    if !single_sign_on::may_have_password(&app, me).await? {
        return Err(Error::invalid("new", Why::NotAChoice).into());
    }
    let hash = app.hash_password("new", &body.new).await?;
    app.ops()
        .write(move |tx| domain::account::change_password(tx, me, &hash, None))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A language of the interface.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LangDto {
    /// `en` or `fr`.
    pub lang: String,
}

/// Chooses the language of the interface.
#[utoipa::path(put, path = "/me/lang", tag = "me", security(("oauth" = ["write:accounts"])), request_body = LangDto, responses((status = 200, body = MeDto), (status = 422)))]
pub async fn set_lang(
    State(app): State<App>,
    writer: Writer,
    Body(body): Body<LangDto>,
) -> ApiResult<MeDto> {
    let (mut me, lang) = (writer.me, read_lang(&body.lang)?);
    let id = me.id();
    app.ops()
        .write(move |tx| domain::account::set_lang(tx, id, lang))
        .await?;
    me.account.lang = lang;
    Ok(Json(show(&app, me).await?))
}

/// The language a tag names.
pub fn read_lang(tag: &str) -> Result<Lang, ApiError> {
    tag.parse()
        .map_err(|_unknown| Error::invalid("lang", Why::NotAChoice).into())
}
