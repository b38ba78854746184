//! Peers, deliveries, jobs.

use crate::ApiResult;
use crate::extract::{Path, Query, Writer, id};
use crate::page::{Page, Paging, page};
use axum::Json;
use axum::extract::State;
use domain::Error;
use domain::account::Principal;
use http::StatusCode;
use httpkit::{ApiError, App, Bearer, paging};
use model::peer::DeliveryState;
use model::{DeliveryId, JobId, PeerId, Why};
use query::peer::PeerView;
use query::row::Delivery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A remote server.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeerDto {
    pub id: String,
    pub host: String,
    /// What it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    /// DeliveriesQuery version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// active, or parked after a week of silence.
    pub state: String,
    /// By the rules: open, silenced or blocked.
    pub standing: String,
    /// First met, RFC 3339.
    pub first_seen: String,
    /// Last contact, RFC 3339.
    pub last_seen: String,
    /// Failures in a row.
    pub failures: i32,
    /// The last one's reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it is tried again, RFC 3339.
    pub retry_at: String,
    /// Deliveries that wait for it.
    pub waiting: i64,
    /// Deliveries it refused.
    pub failed: i64,
    /// The last activity that could not be delivered; it stays when later ones are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<LastFailureDto>,
}

/// A delivery that failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastFailureDto {
    /// The activity's type.
    pub activity: String,
    /// When it was tried, RFC 3339.
    pub at: String,
    /// Why.
    pub error: String,
}

impl PeerDto {
    fn of(view: PeerView) -> Self {
        let row = view.peer;
        Self {
            id: row.id.to_string(),
            host: row.host,
            software: row.software,
            version: row.version,
            state: row.state.to_string(),
            standing: row.standing.to_string(),
            first_seen: row.first_seen.to_rfc3339(),
            last_seen: row.last_seen.to_rfc3339(),
            failures: row.failures,
            last_error: row.last_error,
            retry_at: row.retry_at.to_rfc3339(),
            waiting: view.waiting,
            failed: view.failed,
            last_failure: view.last_failure.map(|last| LastFailureDto {
                activity: last.kind,
                at: last.at.to_rfc3339(),
                error: last.why,
            }),
        }
    }
}

/// Lists known servers, newest first.
#[utoipa::path(get, path = "/admin/peers", tag = "admin", security(("oauth" = ["admin:read"])), params(Paging), responses((status = 200, body = Page<PeerDto>), (status = 403)))]
pub async fn peers(
    State(app): State<App>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
) -> ApiResult<Page<PeerDto>> {
    bearer.admin()?;
    let (limit, before) = (
        paging.limit(),
        paging::read_id::<PeerId>(paging.before.as_deref())?,
    );
    let views = app
        .store()
        .read(move |db| query::peer::list(db, before, limit + 1))
        .await?;
    Ok(Json(page(
        views,
        limit,
        |view| view.peer.id.to_string(),
        PeerDto::of,
    )))
}

/// Tries a server again at once.
#[utoipa::path(put, path = "/admin/peers/{id}/retry", tag = "admin", security(("oauth" = ["admin:write"])), params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn retry_peer(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let by = Principal::Person(writer.admin()?.id());
    let peer: PeerId = id(&text, "peer")?;
    app.ops()
        .write(move |tx| domain::peer::retry(tx, by, peer))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A delivery that waits or was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryDto {
    pub id: String,
    /// The server it goes to.
    pub host: String,
    pub inbox: String,
    /// The activity's type.
    pub activity: String,
    /// waiting or failed.
    pub state: String,
    /// How often it was refused.
    pub attempts: i32,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Since when, RFC 3339.
    pub created: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// failed (where absent) or waiting.
    pub state: Option<String>,
    /// The `next` of the page before.
    pub before: Option<String>,
    /// How many items, 1–100; 30 where absent.
    pub limit: Option<i64>,
}

/// The delivery queue.
#[utoipa::path(get, path = "/admin/deliveries", tag = "admin", security(("oauth" = ["admin:read"])), params(DeliveriesQuery), responses((status = 200, body = Page<DeliveryDto>), (status = 403)))]
pub async fn deliveries(
    State(app): State<App>,
    bearer: Bearer,
    Query(which): Query<DeliveriesQuery>,
) -> ApiResult<Page<DeliveryDto>> {
    bearer.admin()?;
    let state: DeliveryState = which
        .state
        .as_deref()
        .unwrap_or("failed")
        .parse()
        .map_err(|_unknown| Error::invalid("state", Why::NotAChoice))?;
    let before: DeliveryId = paging::read_id(which.before.as_deref())?;
    let limit = which.limit.unwrap_or(30).clamp(1, 100);
    let rows = app
        .store()
        .read(move |db| query::queue::deliveries(db, state, before, limit + 1))
        .await?;
    let show = |(row, host, activity): (Delivery, String, String)| DeliveryDto {
        id: row.id.to_string(),
        host,
        inbox: row.inbox,
        activity,
        state: row.state.to_string(),
        attempts: row.attempts,
        last_error: row.last_error,
        created: row.created_at.to_rfc3339(),
    };
    Ok(Json(page(rows, limit, |row| row.0.id.to_string(), show)))
}

/// Retries a refused delivery.
#[utoipa::path(put, path = "/admin/deliveries/{id}/retry", tag = "admin", security(("oauth" = ["admin:write"])), params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn retry_delivery(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let by = Principal::Person(writer.admin()?.id());
    let delivery: DeliveryId = id(&text, "delivery")?;
    app.ops()
        .write(move |tx| domain::peer::retry_delivery(tx, by, delivery))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A job that waits or was set aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobDto {
    pub id: String,
    /// What it does.
    pub kind: String,
    /// It was set aside.
    pub dead: bool,
    /// How often it failed.
    pub attempts: i32,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it runs next, RFC 3339.
    pub run_at: String,
}

/// Unfinished jobs: those set aside first.
#[utoipa::path(get, path = "/admin/jobs", tag = "admin", security(("oauth" = ["admin:read"])), responses((status = 200, body = Vec<JobDto>), (status = 403)))]
pub async fn jobs(State(app): State<App>, bearer: Bearer) -> ApiResult<Vec<JobDto>> {
    bearer.admin()?;
    let rows = app.store().read(|db| query::queue::jobs(db, 100)).await?;
    let shown = rows
        .into_iter()
        .map(|query::queue::QueuedJob { row, .. }| JobDto {
            id: row.id.to_string(),
            kind: row.kind,
            dead: row.dead,
            attempts: row.attempts,
            last_error: row.last_error,
            run_at: row.run_at.to_rfc3339(),
        });
    Ok(Json(shown.collect()))
}

/// Retries a job that was set aside.
#[utoipa::path(put, path = "/admin/jobs/{id}/retry", tag = "admin", security(("oauth" = ["admin:write"])), params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn retry_job(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let by = Principal::Person(writer.admin()?.id());
    let job: JobId = id(&text, "job")?;
    app.ops()
        .write(move |tx| domain::peer::retry_job(tx, by, job))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The rows that will be retried.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retried {
    /// How many deliveries and jobs.
    pub retried: usize,
}

/// Tries again all that was set aside, at most 500 deliveries and 500 jobs.
#[utoipa::path(post, path = "/admin/queue/retry", tag = "admin", security(("oauth" = ["admin:write"])), responses((status = 200, body = Retried), (status = 403)))]
pub async fn retry_all(State(app): State<App>, writer: Writer) -> ApiResult<Retried> {
    let by = Principal::Person(writer.admin()?.id());
    let retried = app
        .ops()
        .write(move |tx| domain::peer::retry_all(tx, by))
        .await?;
    Ok(Json(Retried { retried }))
}
