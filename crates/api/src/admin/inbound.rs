//! What other servers sent that was left alone or refused.

use crate::ApiResult;
use crate::extract::Query;
use crate::page::{Page, page};
use axum::Json;
use axum::extract::State;
use domain::Error;
use httpkit::{App, Bearer, paging};
use model::peer::InboundState;
use model::{InboundId, Why};
use query::row::Inbound;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A received activity.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboundDto {
    pub id: String,
    /// The actor that signed it.
    pub signer: String,
    /// The server it came from.
    pub host: String,
    /// The activity's type.
    pub activity: String,
    /// The activity's id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<String>,
    /// ignored or rejected.
    pub state: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it came, RFC 3339.
    pub received: String,
}

/// Which received activities.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichInbound {
    /// rejected (where absent) or ignored.
    pub state: Option<String>,
    /// The `next` of the page before.
    pub before: Option<String>,
    /// How many items, 1–100; 30 where absent.
    pub limit: Option<i64>,
}

/// Received activities that were not taken in, newest first.
#[utoipa::path(get, path = "/admin/inbound", tag = "admin", security(("oauth" = ["admin:read"])), params(WhichInbound), responses((status = 200, body = Page<InboundDto>), (status = 403)))]
pub async fn inbound(
    State(app): State<App>,
    bearer: Bearer,
    Query(which): Query<WhichInbound>,
) -> ApiResult<Page<InboundDto>> {
    bearer.admin()?;
    let state = match which.state.as_deref() {
        None | Some("rejected") => InboundState::Rejected,
        Some("ignored") => InboundState::Ignored,
        Some(_) => return Err(Error::invalid("state", Why::NotAChoice).into()),
    };
    let before: InboundId = paging::read_id(which.before.as_deref())?;
    let limit = which.limit.unwrap_or(30).clamp(1, 100);
    let rows = app
        .store()
        .read(move |db| query::queue::inbound(db, state, before, limit + 1))
        .await?;
    let show = |row: Inbound| InboundDto {
        id: row.id.to_string(),
        activity_id: row.activity_id().map(str::to_owned),
        signer: row.signer,
        host: row.host,
        activity: row.kind,
        state: row.state.to_string(),
        reason: row.reason,
        received: row.received_at.to_rfc3339(),
    };
    Ok(Json(page(rows, limit, |row| row.id.to_string(), show)))
}
