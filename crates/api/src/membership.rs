//! Joining a community of this server, the requests that its facilitators decide on, its members and their roles.

use crate::ApiResult;
use crate::community::community_id;
use crate::dto::ActorDto;
use crate::extract::{Body, Path, Query, Writer, address, id};
use crate::page::{Page, Paging, page};
use crate::site::Text;
use axum::Json;
use axum::extract::State;
use domain::membership::Applicant;
use domain::{Error, Tx, membership};
use http::StatusCode;
use httpkit::{ApiError, App, Bearer, paging};
use model::{ActorId, JoinRequestId, MemberRole, Urls, Why};
use query::membership::{JoinFilter, JoinPage, RequestView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A question of a community to those who ask to join.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinQuestionDto {
    pub text: Text,
    /// Whether it must be answered.
    pub required: bool,
}

/// An answer, with the question as it was when it was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinAnswerDto {
    pub question: Text,
    pub answer: String,
}

/// A text that was added to a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinMessageDto {
    /// question, answer, note (which only facilitators see) or decision.
    pub kind: &'static str,
    pub text: String,
    /// The facilitator; absent for whoever asks to join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<ActorDto>,
    /// RFC 3339, in UTC.
    pub at: String,
}

/// A request to join.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinRequestDto {
    pub id: String,
    /// waiting, asked, accepted, declined or withdrawn.
    pub state: &'static str,
    /// Who asks; absent while they have no account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorDto>,
    /// Name and address of somebody without an account.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// RFC 3339, in UTC.
    pub asked: String,
    pub answers: Vec<JoinAnswerDto>,
    /// Oldest first.
    pub messages: Vec<JoinMessageDto>,
}

impl JoinRequestDto {
    fn of(view: RequestView, urls: &Urls) -> Self {
        let message = |line: query::membership::MessageView| JoinMessageDto {
            kind: line.message.kind.as_str(),
            text: line.message.text,
            author: line.author.map(|author| ActorDto::of(author, urls)),
            at: line.at.to_rfc3339(),
        };
        let answers = view.answers.into_iter().map(|answer| JoinAnswerDto {
            question: Text(answer.question),
            answer: answer.answer,
        });
        Self {
            id: view.request.id.to_string(),
            state: view.request.state.as_str(),
            actor: view.who.map(|who| ActorDto::of(who, urls)),
            name: view.request.name,
            address: view.request.address,
            asked: view.asked_at.to_rfc3339(),
            answers: answers.collect(),
            messages: view.messages.into_iter().map(message).collect(),
        }
    }
}

/// How one joins a community, and how far the signed-in person has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinDto {
    /// open, application, eligibility or invitation.
    pub policy: &'static str,
    pub questions: Vec<JoinQuestionDto>,
    /// The role of the signed-in person: member, moderator or facilitator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// Their newest request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<JoinRequestDto>,
}

/// What somebody who asks to join answers.
#[derive(Debug, Deserialize, ToSchema)]
pub struct JoinBody {
    /// In the order of the questions; an empty text for what is not answered.
    #[serde(default)]
    pub answers: Vec<String>,
}

async fn load(app: &App, me: Option<ActorId>, text: &str) -> Result<JoinPage, ApiError> {
    let (handle, host) = address(text, app.urls()?.host());
    let registration = app.site()?.registration;
    let page = app
        .read(me, move |db, reader| {
            query::membership::join_page(db, reader, &handle, &host, registration)
        })
        .await?;
    Ok(page)
}

async fn shown(app: &App, me: Option<ActorId>, text: &str) -> ApiResult<JoinDto> {
    let (page, urls) = (load(app, me, text).await?, app.urls()?);
    let questions = page.questions.into_iter().map(|question| JoinQuestionDto {
        text: Text(question.text),
        required: question.required,
    });
    Ok(Json(JoinDto {
        policy: page.view.place.community.join_policy.as_str(),
        questions: questions.collect(),
        role: page.view.role.map(MemberRole::as_str),
        request: page.own.map(|own| JoinRequestDto::of(own, &urls)),
    }))
}

/// How one joins a community of this server, and the request of the signed-in person.
#[utoipa::path(get, path = "/communities/{address}/join", tag = "members", security((), ("oauth" = ["read:accounts"])), params(("address" = String, Path)), responses((status = 200, body = JoinDto), (status = 404)))]
pub async fn show(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<JoinDto> {
    shown(&app, bearer.0.map(|me| me.id()), &text).await
}

/// Joins, or asks to; a member is a member still, and who has asked already keeps that request.
#[utoipa::path(put, path = "/communities/{address}/join", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), request_body = JoinBody, responses((status = 200, body = JoinDto), (status = 403), (status = 404), (status = 422)))]
pub async fn ask(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<JoinBody>,
) -> ApiResult<JoinDto> {
    let me = writer.id();
    let community = community_id(&app, Some(me), &text).await?;
    let verb = move |tx: &mut Tx<'_>| membership::ask(tx, me, community, &body.answers);
    app.ops().write(verb).await?;
    shown(&app, Some(me), &text).await
}

/// A text for a request.
#[derive(Debug, Deserialize, ToSchema)]
pub struct JoinText {
    pub text: String,
}

/// Answers what a facilitator has asked about one's request.
#[utoipa::path(post, path = "/communities/{address}/join/answer", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), request_body = JoinText, responses((status = 200, body = JoinDto), (status = 403), (status = 404), (status = 422)))]
pub async fn answer(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<JoinText>,
) -> ApiResult<JoinDto> {
    let me = writer.id();
    let own = own_request(&app, me, &text).await?;
    let verb =
        move |tx: &mut Tx<'_>| membership::reply(tx, &Applicant::Person(me, own), &body.text);
    app.ops().write(verb).await?;
    shown(&app, Some(me), &text).await
}

async fn own_request(app: &App, me: ActorId, text: &str) -> Result<JoinRequestId, ApiError> {
    let own = load(app, Some(me), text).await?.own;
    Ok(own.ok_or(Error::not_found("request"))?.request.id)
}

/// Leaves the community, or withdraws the request to join it. What one wrote stays.
#[utoipa::path(delete, path = "/communities/{address}/join", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn leave(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let me = writer.id();
    let page = load(&app, Some(me), &text).await?;
    let community = page.view.place.id();
    let open = page.own.filter(|own| own.request.state.is_open());
    let open = open.map(|own| Applicant::Person(me, own.request.id));
    let verb = move |tx: &mut Tx<'_>| match &open {
        Some(applicant) => membership::withdraw(tx, applicant),
        None => membership::leave(tx, me, community),
    };
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestsOf {
    /// Those that are decided or withdrawn, in place of those that wait.
    #[serde(default)]
    pub decided: bool,
    /// The `next` of the page before.
    pub before: Option<String>,
    /// How many items, 1–100; 30 where absent.
    pub limit: Option<i64>,
}

/// A request to join in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuedRequestDto {
    pub id: String,
    /// waiting, asked, accepted, declined or withdrawn.
    pub state: &'static str,
    /// Who asks; absent while they have no account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorDto>,
    /// The name of somebody without an account.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// The requests to join a community, newest first, for its facilitators.
#[utoipa::path(get, path = "/communities/{address}/requests", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), RequestsOf), responses((status = 200, body = Page<QueuedRequestDto>), (status = 403), (status = 404)))]
pub async fn requests(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(params): Query<RequestsOf>,
) -> ApiResult<Page<QueuedRequestDto>> {
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    let (handle, host) = address(&text, urls.host());
    let filter = match params.decided {
        true => JoinFilter::Done,
        false => JoinFilter::Open,
    };
    let before: JoinRequestId = paging::read_id(params.before.as_deref())?;
    let paging = Paging {
        before: params.before,
        limit: params.limit,
    };
    let limit = paging.limit();
    let (_, rows) = app
        .read(Some(me), move |db, reader| {
            let at = (handle.as_str(), host.as_str());
            query::membership::queue(db, reader, at, filter, before, limit + 1)
        })
        .await?;
    Ok(Json(page(
        rows,
        limit,
        |(row, _)| row.id.to_string(),
        |(row, who)| QueuedRequestDto {
            id: row.id.to_string(),
            state: row.state.as_str(),
            actor: who.map(|who| ActorDto::of(who, &urls)),
            name: row.name,
        },
    )))
}

/// One request, for the facilitators of the community.
#[utoipa::path(get, path = "/communities/{address}/requests/{id}", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), ("id" = String, Path)), responses((status = 200, body = JoinRequestDto), (status = 403), (status = 404)))]
pub async fn request(
    State(app): State<App>,
    bearer: Bearer,
    Path((text, request)): Path<(String, String)>,
) -> ApiResult<JoinRequestDto> {
    let me = bearer.signed_in()?.id();
    one(&app, me, &text, id(&request, "request")?).await
}

async fn one(app: &App, me: ActorId, text: &str, id: JoinRequestId) -> ApiResult<JoinRequestDto> {
    let urls = app.urls()?;
    let (handle, host) = address(text, urls.host());
    let (_, view) = app
        .read(Some(me), move |db, reader| {
            query::membership::request(db, reader, (&handle, &host), id)
        })
        .await?;
    Ok(Json(JoinRequestDto::of(view, &urls)))
}

/// What a facilitator does with a request.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DecisionBody {
    /// `accept`, `decline`, `ask` something, add a `note` for facilitators, or `take-back` an invitation.
    pub act: String,
    /// A word with the decision, which may be empty; the question; the note.
    #[serde(default)]
    pub text: String,
}

/// Accepts or declines a request, asks whoever sent it something, or adds a note.
#[utoipa::path(post, path = "/communities/{address}/requests/{id}", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), ("id" = String, Path)), request_body = DecisionBody, responses((status = 200, body = JoinRequestDto), (status = 403), (status = 404), (status = 422)))]
pub async fn decide(
    State(app): State<App>,
    writer: Writer,
    Path((text, request)): Path<(String, String)>,
    Body(body): Body<DecisionBody>,
) -> ApiResult<JoinRequestDto> {
    let me = writer.id();
    let request: JoinRequestId = id(&request, "request")?;
    // It must be one of this community.
    let _known = one(&app, me, &text, request).await?;
    let verb = move |tx: &mut Tx<'_>| {
        let text = body.text.as_str();
        match body.act.as_str() {
            "accept" => membership::accept(tx, me, request, text),
            "decline" => membership::decline(tx, me, request, text),
            "take-back" => membership::take_back(tx, me, request),
            "ask" => membership::ask_back(tx, me, request, text),
            "note" => membership::add_note(tx, me, request, text),
            _ => Err(Error::invalid("act", Why::NotAChoice)),
        }
    };
    app.ops().write(verb).await?;
    one(&app, me, &text, request).await
}

/// A member of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberDto {
    #[serde(flatten)]
    pub actor: ActorDto,
    /// member, moderator or facilitator.
    pub role: &'static str,
    /// Since when, RFC 3339, in UTC.
    pub since: String,
}

/// The members of a community, longest-serving first, at most 500; only members are told.
#[utoipa::path(get, path = "/communities/{address}/members", tag = "members", security(("oauth" = ["read:accounts"])), params(("address" = String, Path)), responses((status = 200, body = Vec<MemberDto>), (status = 403), (status = 404)))]
pub async fn members(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<Vec<MemberDto>> {
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    let community = community_id(&app, Some(me), &text).await?;
    let rows = app
        .read(Some(me), move |db, reader| {
            query::membership::members(db, reader, community, None, 500)
        })
        .await?;
    let member = |(row, who): (query::row::Membership, query::row::Actor)| MemberDto {
        actor: ActorDto::of(who, &urls),
        role: row.role.as_str(),
        since: row.since.to_rfc3339(),
    };
    Ok(Json(rows.into_iter().map(member).collect()))
}

/// Another role for a member.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RoleBody {
    /// member, moderator or facilitator.
    pub role: String,
}

/// Gives a member another role. Only facilitators may; the last of them keeps theirs.
#[utoipa::path(put, path = "/communities/{address}/members/{id}", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), ("id" = String, Path)), request_body = RoleBody, responses((status = 204), (status = 403), (status = 404), (status = 422)))]
pub async fn set_role(
    State(app): State<App>,
    writer: Writer,
    Path((text, who)): Path<(String, String)>,
    Body(body): Body<RoleBody>,
) -> Result<StatusCode, ApiError> {
    let (me, who) = (writer.id(), id::<ActorId>(&who, "member")?);
    let role: MemberRole = body
        .role
        .parse()
        .map_err(|_bad| Error::invalid("role", Why::NotAChoice))?;
    let community = community_id(&app, Some(me), &text).await?;
    let verb = move |tx: &mut Tx<'_>| membership::set_role(tx, me, community, who, role);
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the membership of somebody. Only facilitators may.
#[utoipa::path(delete, path = "/communities/{address}/members/{id}", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), ("id" = String, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn remove(
    State(app): State<App>,
    writer: Writer,
    Path((text, who)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let (me, who) = (writer.id(), id::<ActorId>(&who, "member")?);
    let community = community_id(&app, Some(me), &text).await?;
    let verb = move |tx: &mut Tx<'_>| membership::remove(tx, me, community, who);
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}
