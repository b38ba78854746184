//! With whom we exchange: the policy, rules about domains, and lists of them.

use crate::ApiResult;
use crate::extract::{Body, Path, Query, Writer, renamed};
use crate::page::Page;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::account::Principal;
use domain::peer::NewRule;
use domain::{Error, Outcome};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use httpkit::{ApiError, App, Bearer, peer};
use model::Why;
use model::peer::list::Sort;
use model::peer::policy::{Mode, Settings, Severity};
use query::row::PeerRule;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// With whom the instance exchanges.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyDto {
    /// open, allow-list or closed.
    pub mode: String,
    /// The limited domains and their reasons are shown to everybody.
    #[serde(default)]
    pub publish: bool,
}

impl PolicyDto {
    fn of(settings: &Settings) -> Self {
        Self {
            mode: settings.mode.to_string(),
            publish: settings.publish,
        }
    }
}

/// The policy of the instance.
#[utoipa::path(get, path = "/admin/policy", tag = "admin", security(("oauth" = ["admin:read:domain_blocks"])), responses((status = 200, body = PolicyDto), (status = 403)))]
pub async fn policy(State(app): State<App>, bearer: Bearer) -> ApiResult<PolicyDto> {
    bearer.admin()?;
    app.ops().refresh_site().await?;
    Ok(Json(PolicyDto::of(&app.ops().policy().settings)))
}

/// Sets the policy of the instance.
#[utoipa::path(put, path = "/admin/policy", tag = "admin", security(("oauth" = ["admin:write:domain_blocks"])), request_body = PolicyDto, responses((status = 200, body = PolicyDto), (status = 403), (status = 422)))]
pub async fn set_policy(
    State(app): State<App>,
    writer: Writer,
    Body(body): Body<PolicyDto>,
) -> ApiResult<PolicyDto> {
    let by = Principal::Person(writer.admin()?.id());
    let settings = Settings {
        mode: word::<Mode>("mode", &body.mode)?,
        publish: body.publish,
    };
    let verb = move |tx: &mut domain::Tx<'_>| domain::peer::set_policy(tx, by, &settings);
    app.ops().write(verb).await?;
    app.ops().refresh_site().await?;
    Ok(Json(PolicyDto::of(&settings)))
}

/// A rule for a domain and all names below it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRuleDto {
    /// block, silence, noop or allow.
    pub severity: String,
    /// Its pictures are not fetched.
    #[serde(default)]
    pub reject_media: bool,
    /// Reports from there are not listened to.
    #[serde(default)]
    pub reject_reports: bool,
    /// Why, for everybody where the list is published.
    #[serde(default)]
    pub reason: String,
    /// The published list hides the middle of the domain.
    #[serde(default)]
    pub obscure: bool,
    /// Why, for the admins.
    #[serde(default)]
    pub note: String,
}

/// A rule about a domain.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDto {
    /// The domain, in ASCII; every name below it is meant too.
    pub domain: String,
    /// block, silence, noop or allow.
    pub severity: String,
    /// Its pictures are not fetched.
    pub reject_media: bool,
    /// Reports from there are not listened to.
    pub reject_reports: bool,
    /// Why, for everybody where the list is published.
    pub reason: String,
    /// The published list hides the middle of the domain.
    pub obscure: bool,
    /// Why, for the admins.
    pub note: String,
    /// Since when, RFC 3339.
    pub created: String,
    /// Which admin, by id; absent where it was written from the shell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
}

impl RuleDto {
    fn of(row: PeerRule) -> Self {
        Self {
            domain: row.domain,
            severity: row.severity.to_string(),
            reject_media: row.reject_media,
            reject_reports: row.reject_reports,
            reason: row.reason,
            obscure: row.obscure,
            note: row.note,
            created: row.created_at.to_rfc3339(),
            created_by: row.created_by.map(|id| id.to_string()),
        }
    }
}

/// Which rules.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Rules {
    /// Only of this severity.
    pub severity: Option<String>,
    /// The `next` of the page before: the last domain there.
    pub after: Option<String>,
    /// How many items, 1–100; 30 where absent.
    pub limit: Option<i64>,
}

/// Rules about domains, in the order of their names. `next` is sent back as `after`.
#[utoipa::path(get, path = "/admin/rules", tag = "admin", security(("oauth" = ["admin:read:domain_blocks"])), params(Rules), responses((status = 200, body = Page<RuleDto>), (status = 403)))]
pub async fn rules(
    State(app): State<App>,
    bearer: Bearer,
    Query(params): Query<Rules>,
) -> ApiResult<Page<RuleDto>> {
    bearer.admin()?;
    let severity = match params.severity.as_deref() {
        Some(text) => Some(word::<Severity>("severity", text)?),
        None => None,
    };
    let (after, limit) = (
        params.after.unwrap_or_default(),
        params.limit.unwrap_or(30).clamp(1, 100),
    );
    let rows = app
        .store()
        .read(move |db| query::peer::rules(db, severity, &after, limit + 1))
        .await?;
    let cursor = |row: &PeerRule| row.domain.clone();
    Ok(Json(crate::page::page(rows, limit, cursor, RuleDto::of)))
}

/// Writes the rule about a domain, over the one there is.
#[utoipa::path(put, path = "/admin/rules/{domain}", tag = "admin", security(("oauth" = ["admin:write:domain_blocks"])), params(("domain" = String, Path)), request_body = NewRuleDto, responses((status = 200, body = RuleDto), (status = 403), (status = 422)))]
pub async fn set_rule(
    State(app): State<App>,
    writer: Writer,
    Path(domain): Path<String>,
    Body(body): Body<NewRuleDto>,
) -> ApiResult<RuleDto> {
    let by = Principal::Person(writer.admin()?.id());
    let new = NewRule {
        domain,
        severity: word::<Severity>("severity", &body.severity)?,
        reject_media: body.reject_media,
        reject_reports: body.reject_reports,
        reason: body.reason,
        obscure: body.obscure,
        note: body.note,
    };
    let verb = move |tx: &mut domain::Tx<'_>| -> Outcome<PeerRule> {
        let domain = domain::peer::rule(tx, by, &new)?;
        query::peer::rule(tx.db, &domain)
    };
    let written = app.ops().write(verb).await;
    let row = written.map_err(|error| renamed(error, "public_reason", "reason"))?;
    app.ops().refresh_site().await?;
    Ok(Json(RuleDto::of(row)))
}

/// Takes the rule about a domain away.
#[utoipa::path(delete, path = "/admin/rules/{domain}", tag = "admin", security(("oauth" = ["admin:write:domain_blocks"])), params(("domain" = String, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn lift_rule(
    State(app): State<App>,
    writer: Writer,
    Path(domain): Path<String>,
) -> Result<StatusCode, ApiError> {
    let by = Principal::Person(writer.admin()?.id());
    let verb = move |tx: &mut domain::Tx<'_>| domain::peer::lift(tx, by, &domain);
    app.ops().write(verb).await?;
    app.ops().refresh_site().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A line of a list that was not used.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnusedLine {
    /// Its number, from 1.
    pub line: usize,
    /// The beginning of it.
    pub text: String,
    /// domain, severity, flag, quote, reason, repeated or ours.
    pub why: String,
}

/// The result of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedDto {
    /// How many rules were taken in.
    pub taken: usize,
    /// The lines that were not.
    pub unused: Vec<UnusedLine>,
}

/// Imports a list in Mastodon's format: CSV of at most 1 MiB and 50,000 lines, either
/// `#domain,#severity,…` or `#domain` alone for domains that are allowed.
#[utoipa::path(post, path = "/admin/rules/import", tag = "admin", security(("oauth" = ["admin:write:domain_blocks"])), request_body(content = String, content_type = "text/csv"), responses((status = 200, body = ImportedDto), (status = 403), (status = 422)))]
pub async fn import_rules(
    State(app): State<App>,
    writer: Writer,
    body: Bytes,
) -> ApiResult<ImportedDto> {
    let by = Principal::Person(writer.admin()?.id());
    let imported = peer::import(app.ops(), by, body.to_vec()).await?;
    let unused = imported.faults.into_iter().map(|fault| UnusedLine {
        line: fault.line,
        text: fault.text,
        why: fault.why.to_string(),
    });
    Ok(Json(ImportedDto {
        taken: imported.written,
        unused: unused.collect(),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichList {
    /// limited (where absent) or allowed.
    pub list: Option<String>,
}

/// Every rule as a list that Mastodon reads.
#[utoipa::path(get, path = "/admin/rules/export", tag = "admin", security(("oauth" = ["admin:read:domain_blocks"])), params(WhichList), responses((status = 200, content_type = "text/csv", body = String), (status = 403)))]
pub async fn export_rules(
    State(app): State<App>,
    bearer: Bearer,
    Query(which): Query<WhichList>,
) -> Result<Response, ApiError> {
    bearer.admin()?;
    let sort: Sort = word("list", which.list.as_deref().unwrap_or("limited"))?;
    let csv = peer::export(app.ops(), sort).await?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response())
}

/// One of a few words.
fn word<T: FromStr>(field: &'static str, text: &str) -> Result<T, ApiError> {
    text.parse()
        .map_err(|_unknown| Error::invalid(field, Why::NotAChoice).into())
}
