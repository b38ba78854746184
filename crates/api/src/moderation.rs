//! Moderation: reporting posts, deciding on them and about people, appeals, bans and the log.

use crate::ApiResult;
use crate::community::community_id;
use crate::dto::{ActorDto, PostDto};
use crate::extract::{Body, Path, Query, Writer, address, id};
use crate::page::Paging;
use axum::Json;
use axum::extract::State;
use domain::moderation::{self, Ban};
use domain::{Error, Tx};
use http::StatusCode;
use httpkit::rate_limits::RateLimit;
use httpkit::{ApiError, App, Bearer, paging};
use model::id::minted_at;
use model::moderation::{BanLength, ModerationWords, PersonAct, PostAct, ReportReason};
use model::{ActorId, ModerationId, PostId, Time, Urls, Why};
use query::moderation::{AppealView, EntryView, PostLine, ReportedPost};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A report of a post.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReportBody {
    /// rule, spam, harassment, confidential or other.
    pub reason: String,
    /// What moderators should know; required with `other`.
    #[serde(default)]
    pub text: String,
}

/// Reports a post to whoever keeps order. Its author is not told who did.
#[utoipa::path(post, path = "/posts/{id}/report", tag = "moderation", security(("oauth" = ["write:statuses"])), params(("id" = String, Path)), request_body = ReportBody, responses((status = 204), (status = 403), (status = 404), (status = 410), (status = 422)))]
pub async fn report(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<ReportBody>,
) -> Result<StatusCode, ApiError> {
    let (me, post) = (writer.id(), id::<PostId>(&text, "post")?);
    let reason: ReportReason = body
        .reason
        .parse()
        .map_err(|_bad| Error::invalid("reason", Why::NotAChoice))?;
    app.limits().count_actor(RateLimit::Write, me)?;
    let verb = move |tx: &mut Tx<'_>| moderation::report(tx, me, post, reason, &body.text);
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a moderator does with a post.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PostActBody {
    /// dismiss, remove, restore, refuse-appeal, lock, unlock, pin, unpin, release or refuse.
    pub act: String,
    /// For whoever reads the place, and whom it is about.
    #[serde(default)]
    pub reason: String,
    /// For the moderators.
    #[serde(default)]
    pub note: String,
}

/// Does something with a post, as a moderator of its community or an administrator.
#[utoipa::path(post, path = "/posts/{id}/moderation", tag = "moderation", security(("oauth" = ["hedgerow:communities"])), params(("id" = String, Path)), request_body = PostActBody, responses((status = 200, body = PostDto), (status = 403), (status = 404), (status = 410), (status = 422)))]
pub async fn act(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<PostActBody>,
) -> ApiResult<PostDto> {
    let (me, post) = (writer.id(), id::<PostId>(&text, "post")?);
    let what: PostAct = body
        .act
        .parse()
        .map_err(|_bad| Error::invalid("act", Why::NotAChoice))?;
    let words = ModerationWords {
        reason: body.reason,
        note: body.note,
    };
    let verb = move |tx: &mut Tx<'_>| moderation::act(tx, me, post, what, &words);
    app.ops().write(verb).await?;
    Ok(Json(PostDto::load(&app, Some(me), post).await?))
}

/// Why a removed post should come back.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AppealBody {
    pub text: String,
}

/// Asks once for a post of one's own back that somebody else removed.
#[utoipa::path(post, path = "/posts/{id}/appeal", tag = "moderation", security(("oauth" = ["write:statuses"])), params(("id" = String, Path)), request_body = AppealBody, responses((status = 204), (status = 403), (status = 404), (status = 410), (status = 422)))]
pub async fn appeal(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<AppealBody>,
) -> Result<StatusCode, ApiError> {
    let (me, post) = (writer.id(), id::<PostId>(&text, "post")?);
    let verb = move |tx: &mut Tx<'_>| moderation::appeal(tx, me, post, &body.text);
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An open report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportDto {
    pub id: String,
    /// rule, spam, harassment, confidential or other.
    pub reason: &'static str,
    pub text: String,
    pub by: ActorDto,
    /// RFC 3339, in UTC.
    pub at: String,
}

/// A post that moderators are to decide on.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuedPostDto {
    pub post: String,
    /// The first post of its thread.
    pub thread: String,
    pub author: ActorDto,
    /// Oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ReportDto>,
    /// What its author says, who asks for it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
}

impl QueuedPostDto {
    fn of(line: PostLine, urls: &Urls) -> Self {
        Self {
            post: line.post.id.to_string(),
            thread: line.root.id.to_string(),
            author: ActorDto::of(line.author, urls),
            reports: Vec::new(),
            appeal: None,
        }
    }

    fn reported(row: ReportedPost, urls: &Urls) -> Self {
        let reports = row.reports.into_iter().map(|(report, by)| ReportDto {
            id: report.id.to_string(),
            reason: report.reason.as_str(),
            text: report.text,
            by: ActorDto::of(by, urls),
            at: minted_at(report.id.0).to_rfc3339(),
        });
        Self {
            reports: reports.collect(),
            ..Self::of(row.line, urls)
        }
    }

    fn appealed(row: AppealView, urls: &Urls) -> Self {
        Self {
            appeal: Some(row.removal.appeal),
            ..Self::of(row.line, urls)
        }
    }
}

/// What waits for moderators.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModerationQueueDto {
    pub reports: Vec<QueuedPostDto>,
    /// Posts that wait to be published, oldest first.
    pub held: Vec<QueuedPostDto>,
    /// Removed posts whose authors ask for them back; for facilitators.
    pub appeals: Vec<QueuedPostDto>,
}

/// What waits for the moderators of a community.
#[utoipa::path(get, path = "/communities/{address}/moderation", tag = "moderation", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), responses((status = 200, body = ModerationQueueDto), (status = 403), (status = 404)))]
pub async fn queue(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<ModerationQueueDto> {
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    let (handle, host) = address(&text, urls.host());
    let page = app
        .read(Some(me), move |db, reader| {
            query::moderation::queue(db, reader, &handle, &host)
        })
        .await?;
    let reported = |row| QueuedPostDto::reported(row, &urls);
    let held = page.held.into_iter();
    let appealed = |row| QueuedPostDto::appealed(row, &urls);
    Ok(Json(ModerationQueueDto {
        reports: page.reports.into_iter().map(reported).collect(),
        held: held.map(|line| QueuedPostDto::of(line, &urls)).collect(),
        appeals: page.appeals.into_iter().map(appealed).collect(),
    }))
}

/// What waits for administrators.
#[utoipa::path(get, path = "/admin/reports", tag = "moderation", security(("oauth" = ["admin:read"])), responses((status = 200, body = ModerationQueueDto), (status = 403)))]
pub async fn instance_queue(
    State(app): State<App>,
    bearer: Bearer,
) -> ApiResult<ModerationQueueDto> {
    let (me, urls) = (bearer.admin()?.id(), app.urls()?);
    let queue = app
        .read(Some(me), query::moderation::instance_queue)
        .await?;
    let reported = |row| QueuedPostDto::reported(row, &urls);
    let appealed = |row| QueuedPostDto::appealed(row, &urls);
    Ok(Json(ModerationQueueDto {
        reports: queue.reports.into_iter().map(reported).collect(),
        held: Vec::new(),
        appeals: queue.appeals.into_iter().map(appealed).collect(),
    }))
}

/// An entry of the moderation log.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModerationEntryDto {
    pub id: String,
    /// removed, restored, locked, unlocked, pinned, unpinned, banned or ban-lifted; for moderators also warned, note,
    /// dismissed, released, refused and appeal-refused.
    pub kind: &'static str,
    /// RFC 3339, in UTC.
    pub at: String,
    /// The first post of the thread it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// When a ban ends, RFC 3339, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    pub reason: String,
    /// Who did it; for members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorDto>,
    /// Whom it is about; for moderators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<ActorDto>,
    /// For moderators.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl ModerationEntryDto {
    fn of(view: EntryView, urls: &Urls) -> Self {
        Self {
            id: view.entry.id.to_string(),
            kind: view.entry.kind.as_str(),
            at: view.at.to_rfc3339(),
            thread: view.thread.map(|root| root.id.to_string()),
            until: view.entry.until.map(|until| until.to_rfc3339()),
            reason: view.entry.reason,
            by: view.by.map(|by| ActorDto::of(by, urls)),
            about: view.who.map(|who| ActorDto::of(who, urls)),
            note: view.entry.note,
        }
    }
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModerationLogDto {
    /// Newest first.
    pub items: Vec<ModerationEntryDto>,
    /// The `before` of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The moderation log of a community, newest first.
#[utoipa::path(get, path = "/communities/{address}/moderation/log", tag = "moderation", security((), ("oauth" = ["read:accounts"])), params(("address" = String, Path), Paging), responses((status = 200, body = ModerationLogDto), (status = 404)))]
pub async fn log(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(paging): Query<Paging>,
) -> ApiResult<ModerationLogDto> {
    let urls = app.urls()?;
    let (handle, host) = address(&text, urls.host());
    let before: ModerationId = paging::read_id(paging.before.as_deref())?;
    let limit = paging.limit();
    let page = app
        .read(bearer.0.map(|me| me.id()), move |db, reader| {
            let at = (handle.as_str(), host.as_str());
            query::moderation::log(db, reader, at, before, limit)
        })
        .await?;
    let entry = |view| ModerationEntryDto::of(view, &urls);
    Ok(Json(ModerationLogDto {
        items: page.entries.into_iter().map(entry).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// Somebody who is banned from a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct BanDto {
    #[serde(flatten)]
    pub actor: ActorDto,
    /// RFC 3339, in UTC; absent for one without an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Those who are banned from a community, at most 500; for its moderators.
#[utoipa::path(get, path = "/communities/{address}/moderation/bans", tag = "moderation", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), responses((status = 200, body = Vec<BanDto>), (status = 403), (status = 404)))]
pub async fn bans(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<Vec<BanDto>> {
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    let (handle, host) = address(&text, urls.host());
    let (_, rows) = app
        .read(Some(me), move |db, reader| {
            query::moderation::bans(db, reader, (&handle, &host), ActorId(0), 500)
        })
        .await?;
    let ban = |(ban, who): (query::row::CommunityBan, query::row::Actor)| BanDto {
        actor: ActorDto::of(who, &urls),
        until: ban.until.map(|until| until.to_rfc3339()),
    };
    Ok(Json(rows.into_iter().map(ban).collect()))
}

/// What a moderator does about a person.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PersonActBody {
    /// ban, lift-ban, warn or note.
    pub act: String,
    /// Told to whom it is about.
    #[serde(default)]
    pub reason: String,
    /// For the moderators.
    #[serde(default)]
    pub note: String,
    /// How long a ban lasts: day, week, month or good.
    #[serde(default)]
    pub until: String,
    /// With a ban: also remove what they wrote in the community, the newest 200 posts.
    #[serde(default)]
    pub removes_posts: bool,
    /// The post for which they are banned: its reports are closed.
    pub post: Option<String>,
}

/// Reads what is to be done, and what a ban would be.
fn read_act(now: Time, body: PersonActBody) -> Result<(PersonAct, Ban), ApiError> {
    let act: PersonAct = body
        .act
        .parse()
        .map_err(|_bad| Error::invalid("act", Why::NotAChoice))?;
    let post = match &body.post {
        Some(text) => Some(id::<PostId>(text, "post")?),
        None => None,
    };
    let length: Option<BanLength> = body.until.parse().ok();
    if act == PersonAct::Ban && length.is_none() {
        return Err(Error::invalid("until", Why::NotAChoice).into());
    }
    let ban = Ban {
        until: length.and_then(|length| length.until(now)),
        words: ModerationWords {
            reason: body.reason,
            note: body.note,
        },
        removes_posts: body.removes_posts,
        post,
    };
    Ok((act, ban))
}

/// Bans or warns somebody, lifts a ban, or notes something about them, as a moderator of a community.
#[utoipa::path(post, path = "/communities/{address}/moderation/people/{id}", tag = "moderation", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), ("id" = String, Path)), request_body = PersonActBody, responses((status = 204), (status = 403), (status = 404), (status = 422)))]
pub async fn act_on_person(
    State(app): State<App>,
    writer: Writer,
    Path((text, who)): Path<(String, String)>,
    Body(body): Body<PersonActBody>,
) -> Result<StatusCode, ApiError> {
    let (me, who) = (writer.id(), id::<ActorId>(&who, "person")?);
    let community = community_id(&app, Some(me), &text).await?;
    let (act, ban) = read_act(app.ops().now(), body)?;
    let verb = move |tx: &mut Tx<'_>| match act {
        PersonAct::Ban => moderation::ban(tx, me, community, who, &ban),
        PersonAct::LiftBan => moderation::lift_ban(tx, me, community, who, &ban.words),
        PersonAct::Warn => moderation::warn(tx, me, community, who, &ban.words),
        PersonAct::Note => moderation::note(tx, me, community, who, &ban.words.note),
    };
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}
