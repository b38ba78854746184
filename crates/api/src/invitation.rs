//! Invitations to communities of this server: those that were sent, links that admit, and what waits for the signed-in
//! person.

use crate::ApiResult;
use crate::community::community_id;
use crate::dto::ActorDto;
use crate::extract::{Body, Path, Query, Writer, address, id};
use crate::page::{Page, Paging, page};
use axum::Json;
use axum::extract::State;
use domain::membership::invitation::{self, InvitationKey, TypedAddresses};
use domain::{Error, Tx, secret};
use http::StatusCode;
use httpkit::{ApiError, App, Bearer, paging};
use model::invitation::LinkLife;
use model::notice_mail::Rhythm;
use model::{ActorId, InvitationId, InvitationLinkId, JoinRequestId, Lang, Why};
use query::invitation::{InvitedBy, SentInvitation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An invitation by mail, as whoever invites sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationDto {
    pub id: String,
    pub address: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// queued, sent, refused, accepted, declined, revoked or expired.
    pub state: &'static str,
    /// Who invites.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorDto>,
    /// Who has accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorDto>,
    /// RFC 3339, in UTC.
    pub changed: String,
    pub expires: String,
}

/// The invitations by mail of a community, newest first: all for its facilitators, their own for members who may invite.
#[utoipa::path(get, path = "/communities/{address}/invitations", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), Paging), responses((status = 200, body = Page<InvitationDto>), (status = 403), (status = 404)))]
pub async fn sent(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(params): Query<Paging>,
) -> ApiResult<Page<InvitationDto>> {
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    let (handle, host) = address(&text, urls.host());
    let before: InvitationId = paging::read_id(params.before.as_deref())?;
    let limit = params.limit();
    let found = app
        .read(Some(me), move |db, reader| {
            query::invitation::sent(db, reader, (&handle, &host), before, limit + 1)
        })
        .await?;
    let show = |sent: SentInvitation| InvitationDto {
        id: sent.invitation.id.to_string(),
        address: sent.invitation.address,
        name: sent.invitation.name,
        state: match sent.expired {
            true => "expired",
            false => sent.invitation.state.as_str(),
        },
        by: sent.by.map(|by| ActorDto::of(by, &urls)),
        actor: sent.who.map(|who| ActorDto::of(who, &urls)),
        changed: sent.invitation.changed_at.to_rfc3339(),
        expires: sent.invitation.expires_at.to_rfc3339(),
    };
    let cursor = |sent: &SentInvitation| sent.invitation.id.to_string();
    Ok(Json(page(found.sent, limit, cursor, show)))
}

/// Whom to invite by mail.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InviteBody {
    /// At most 50.
    pub addresses: Vec<String>,
    /// A personal word, which stands in the mail.
    #[serde(default)]
    pub words: String,
    /// The language of the mail: en or fr.
    pub lang: String,
}

/// How many were invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedDto {
    /// Those who are invited already are not counted.
    pub invited: usize,
}

/// Invites people by mail. The answer is the same whether or not an address has an account here.
#[utoipa::path(post, path = "/communities/{address}/invitations", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), request_body = InviteBody, responses((status = 200, body = InvitedDto), (status = 403), (status = 404), (status = 422), (status = 429)))]
pub async fn invite(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<InviteBody>,
) -> ApiResult<InvitedDto> {
    let me = writer.id();
    let community = community_id(&app, Some(me), &text).await?;
    let lang = body.lang.parse::<Lang>();
    let typed = TypedAddresses {
        addresses: body.addresses.join("\n"),
        words: body.words,
        lang: lang.map_err(|_bad| Error::invalid("lang", Why::NotAChoice))?,
    };
    let all = invitation::read_addresses(&typed)?;
    let verb = move |tx: &mut Tx<'_>| invitation::invite_by_mail(tx, me, community, &all);
    let invited = app.ops().write(verb).await?;
    Ok(Json(InvitedDto { invited }))
}

/// What is done with an invitation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InvitationAct {
    /// `resend`, not within a day of the last mail, or `revoke`.
    pub act: String,
}

/// Sends an invitation again, or revokes it.
#[utoipa::path(post, path = "/communities/{address}/invitations/{id}", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), ("id" = String, Path)), request_body = InvitationAct, responses((status = 204), (status = 403), (status = 404), (status = 422), (status = 429)))]
pub async fn change(
    State(app): State<App>,
    writer: Writer,
    Path((text, one)): Path<(String, String)>,
    Body(body): Body<InvitationAct>,
) -> Result<StatusCode, ApiError> {
    let (me, one) = (writer.id(), id::<InvitationId>(&one, "invitation")?);
    let community = community_id(&app, Some(me), &text).await?;
    let verb = move |tx: &mut Tx<'_>| match body.act.as_str() {
        "resend" => invitation::resend_invitation(tx, me, community, one),
        "revoke" => invitation::revoke_invitation(tx, me, community, one),
        _ => Err(Error::invalid("act", Why::NotAChoice)),
    };
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link that admits whoever opens it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationLinkDto {
    pub id: String,
    pub uses_left: i32,
    pub uses: i32,
    /// RFC 3339, in UTC.
    pub expires: String,
    /// Whether it admits somebody still.
    pub usable: bool,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorDto>,
    /// Who came by it.
    pub came: Vec<ActorDto>,
}

/// The links of a community, newest first, for its facilitators. Their addresses are shown only when they are made.
#[utoipa::path(get, path = "/communities/{address}/invitation-links", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), responses((status = 200, body = Vec<InvitationLinkDto>), (status = 403), (status = 404)))]
pub async fn links(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> ApiResult<Vec<InvitationLinkDto>> {
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    let (handle, host) = address(&text, urls.host());
    let (_, rows) = app
        .read(Some(me), move |db, reader| {
            query::invitation::links(db, reader, &handle, &host)
        })
        .await?;
    let show = |view: query::invitation::LinkView| InvitationLinkDto {
        id: view.link.id.to_string(),
        uses_left: view.link.uses_left,
        uses: view.link.uses_max,
        expires: view.link.expires_at.to_rfc3339(),
        usable: view.usable,
        by: view.by.map(|by| ActorDto::of(by, &urls)),
        came: view
            .came
            .into_iter()
            .map(|who| ActorDto::of(who, &urls))
            .collect(),
    };
    Ok(Json(rows.into_iter().map(show).collect()))
}

/// What a new link is for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinkBody {
    /// How long it works: day, week, month (30 days) or quarter (90 days).
    pub life: String,
    /// For how many people: 1 to 1,000.
    pub uses: i32,
}

/// A link that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewLinkDto {
    pub id: String,
    /// It is not shown again.
    pub url: String,
}

/// Makes a link that admits whoever opens it. Only facilitators may.
#[utoipa::path(post, path = "/communities/{address}/invitation-links", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path)), request_body = LinkBody, responses((status = 200, body = NewLinkDto), (status = 403), (status = 404), (status = 422), (status = 429)))]
pub async fn make_link(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<LinkBody>,
) -> ApiResult<NewLinkDto> {
    let me = writer.id();
    let community = community_id(&app, Some(me), &text).await?;
    let life = body.life.parse::<LinkLife>();
    let life = life.map_err(|_bad| Error::invalid("life", Why::NotAChoice))?;
    let token = secret::token();
    let digest = secret::digest(&token);
    let verb =
        move |tx: &mut Tx<'_>| invitation::make_link(tx, me, community, &digest, life, body.uses);
    let id = app.ops().write(verb).await?;
    Ok(Json(NewLinkDto {
        id: id.to_string(),
        url: app.urls()?.at(&format!("/join/link?key={token}")),
    }))
}

/// Ends a link. Only facilitators may.
#[utoipa::path(delete, path = "/communities/{address}/invitation-links/{id}", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("address" = String, Path), ("id" = String, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn revoke_link(
    State(app): State<App>,
    writer: Writer,
    Path((text, one)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let (me, one) = (writer.id(), id::<InvitationLinkId>(&one, "link")?);
    let community = community_id(&app, Some(me), &text).await?;
    let verb = move |tx: &mut Tx<'_>| invitation::revoke_link(tx, me, community, one);
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An invitation that waits for the signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyInvitationDto {
    /// Names it when it is answered.
    pub key: String,
    pub community: ActorDto,
    /// Who invites.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorDto>,
    /// Their word.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub words: String,
}

fn key(by: InvitedBy) -> String {
    match by {
        InvitedBy::Username(id) => format!("username-{id}"),
        InvitedBy::Mail(id) => format!("mail-{id}"),
    }
}

fn read_key(text: &str) -> Result<InvitedBy, Error> {
    let unknown = || Error::not_found("invitation");
    let (way, number) = text.split_once('-').ok_or_else(unknown)?;
    match way {
        "username" => number.parse::<JoinRequestId>().map(InvitedBy::Username),
        _ => number.parse::<InvitationId>().map(InvitedBy::Mail),
    }
    .map_err(|_bad| unknown())
}

/// The invitations that wait for the signed-in person.
#[utoipa::path(get, path = "/invitations", tag = "members", security(("oauth" = ["read:accounts"])), responses((status = 200, body = Vec<MyInvitationDto>), (status = 401)))]
pub async fn mine(State(app): State<App>, bearer: Bearer) -> ApiResult<Vec<MyInvitationDto>> {
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    let rows = app.read(Some(me), query::invitation::mine).await?;
    let show = |waiting: query::invitation::WaitingInvitation| MyInvitationDto {
        key: key(waiting.key),
        community: ActorDto::of(waiting.place.actor, &urls),
        by: waiting.by.map(|by| ActorDto::of(by, &urls)),
        words: waiting.words,
    };
    Ok(Json(rows.into_iter().map(show).collect()))
}

/// The answer to an invitation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InvitationAnswer {
    pub accept: bool,
    /// How much to hear of the community by mail: at-once, daily, weekly or never; the usual where absent.
    pub rhythm: Option<String>,
}

/// Accepts or declines an invitation.
#[utoipa::path(post, path = "/invitations/{key}", tag = "members", security(("oauth" = ["hedgerow:communities"])), params(("key" = String, Path)), request_body = InvitationAnswer, responses((status = 204), (status = 403), (status = 404), (status = 422)))]
pub async fn answer(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<InvitationAnswer>,
) -> Result<StatusCode, ApiError> {
    let (me, key) = (writer.id(), read_key(&text)?);
    let rhythm = body.rhythm.as_deref().map(str::parse::<Rhythm>).transpose();
    let rhythm = rhythm.map_err(|_bad| Error::invalid("rhythm", Why::NotAChoice))?;
    let verb = move |tx: &mut Tx<'_>| match body.accept {
        true => accept(tx, me, key, rhythm),
        false => match key {
            InvitedBy::Username(id) => invitation::decline_username(tx, me, id),
            InvitedBy::Mail(id) => invitation::decline_invitation(tx, &InvitationKey::Own(me, id)),
        },
    };
    app.ops().write(verb).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn accept(
    tx: &mut Tx<'_>,
    me: ActorId,
    key: InvitedBy,
    rhythm: Option<Rhythm>,
) -> domain::Outcome<()> {
    let community = match key {
        InvitedBy::Username(id) => invitation::accept_username(tx, me, id)?,
        InvitedBy::Mail(id) => invitation::accept_invitation(tx, &InvitationKey::Own(me, id), me)?,
    };
    match rhythm {
        Some(rhythm) => domain::notice::mail::choose_for_community(tx, me, community, rhythm),
        None => Ok(()),
    }
}
