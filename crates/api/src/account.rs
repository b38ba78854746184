//! The signed-in person: profile, home, tokens; registration.

mod picture;
mod session;
mod sign_up;

pub use picture::*;
pub use session::*;
pub use sign_up::*;

use crate::ApiResult;
use crate::dto::{ActorDto, CommunityDto, ThreadDto, first_text};
use crate::extract::{Body, Path, Writer, id, renamed};
use axum::Json;
use axum::extract::State;
use domain::account::Profile;
use domain::oauth::OwnToken;
use domain::{Error, secret};
use http::StatusCode;
use httpkit::{ApiError, App, Bearer, Me, compose};
use model::Why;
use model::oauth::Scopes;
use query::discussion::ThreadCard;
use query::home::{TodayGroup, TodayLimits};
use query::row::NewestLimits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeDto {
    /// As others see them.
    #[serde(flatten)]
    pub actor: ActorDto,
    /// member or admin.
    pub site_role: String,
    /// Language of the interface.
    pub lang: String,
    /// Biography, in Markdown.
    pub biography: String,
    /// What they write may be found by searching.
    pub indexable: bool,
    /// Who finds them in lists and sees their profile: co-members, instance or everyone.
    pub seen_by: String,
    /// Others see whom they follow.
    pub show_follows: bool,
    /// Notices not seen yet, up to 99.
    pub notices: i64,
}

async fn show(app: &App, me: Me) -> Result<MeDto, ApiError> {
    let urls = app.urls()?;
    let id = me.id();
    let (row, notices) = app
        .read(Some(id), move |db, reader| {
            let unseen = query::account::unseen_notices(db, id, reader.now)?;
            Ok((query::account::actor(db, id)?, unseen))
        })
        .await?;
    Ok(MeDto {
        site_role: me.account.role.to_string(),
        lang: me.account.lang.to_string(),
        biography: row.summary_md.clone(),
        indexable: row.indexable,
        seen_by: row.seen_by.to_string(),
        show_follows: row.show_follows,
        notices,
        actor: ActorDto::of(row, &urls),
    })
}

/// Shows the person whose token it is.
#[utoipa::path(get, path = "/me", tag = "me", security(("oauth" = ["profile"]), ("oauth" = ["read:accounts"])), responses((status = 200, body = MeDto), (status = 401)))]
pub async fn me(State(app): State<App>, bearer: Bearer) -> ApiResult<MeDto> {
    let me = bearer.signed_in()?;
    Ok(Json(show(&app, me).await?))
}

/// The profile of a person.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ProfileDto {
    pub name: String,
    #[serde(default)]
    pub pronouns: String,
    /// Role at work.
    #[serde(default)]
    pub role: String,
    #[serde(default)]
    pub organization: String,
    /// Language tags.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Biography, in Markdown.
    #[serde(default)]
    pub biography: String,
    /// What they write may be found by searching; absent, it stays as it is.
    #[serde(default)]
    pub indexable: Option<bool>,
    /// Who finds them in lists and sees their profile: co-members, instance or everyone; absent, it stays as it is.
    #[serde(default)]
    pub seen_by: Option<String>,
    /// Where they work; absent, it stays as it is.
    #[serde(default)]
    pub region: Option<String>,
    /// What others may ask them about; absent, it stays as it is.
    #[serde(default)]
    pub ask: Option<Vec<String>>,
    /// The systems and tools they use; absent, it stays as it is.
    #[serde(default)]
    pub systems: Option<Vec<String>>,
    /// Others see whom they follow; absent, it stays as it is.
    #[serde(default)]
    pub show_follows: Option<bool>,
}

/// Writes the profile.
#[utoipa::path(put, path = "/me", tag = "me", security(("oauth" = ["write:accounts"])), request_body = ProfileDto, responses((status = 200, body = MeDto), (status = 422)))]
pub async fn set_profile(
    State(app): State<App>,
    writer: Writer,
    Body(body): Body<ProfileDto>,
) -> ApiResult<MeDto> {
    let me = writer.me;
    let id = me.id();
    let profile = Profile {
        name: body.name,
        pronouns: body.pronouns,
        job_title: body.role,
        organization: body.organization,
        languages: body.languages,
        biography: compose::render(body.biography, Vec::new()).await?,
        indexable: body.indexable,
        seen_by: match body.seen_by.as_deref().map(str::parse) {
            None => None,
            Some(Ok(choice)) => Some(choice),
            Some(Err(_)) => return Err(Error::invalid("seen_by", Why::NotAChoice).into()),
        },
        region: body.region,
        ask: body.ask,
        systems: body.systems,
        show_follows: body.show_follows,
    };
    app.ops()
        .write(move |tx| domain::account::set_profile(tx, id, &profile))
        .await?;
    Ok(Json(show(&app, me).await?))
}

/// The unread threads of a followed community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    pub community: CommunityDto,
    /// Its threads, most recently active first.
    pub threads: Vec<ThreadDto>,
}

/// What a followed person wrote in no community.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalThread {
    #[serde(flatten)]
    pub thread: ThreadDto,
    /// The beginning of its text, without markup.
    pub excerpt: String,
}

/// What there is for the signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Home {
    /// Questions in followed communities without an accepted answer, most recently active first.
    pub waiting: Vec<ThreadDto>,
    /// The most recently active threads of followed communities.
    pub groups: Vec<Group>,
    /// What followed people wrote in no community and is unread, most recently active first.
    pub people: Vec<PersonalThread>,
}

/// Shows what is new in followed communities and of followed people, and which questions wait for an
/// answer.
#[utoipa::path(get, path = "/me/home", tag = "me", security(("oauth" = ["read:statuses"])), responses((status = 200, body = Home)))]
pub async fn home(State(app): State<App>, bearer: Bearer) -> ApiResult<Home> {
    const LIMITS: TodayLimits = TodayLimits {
        newest: NewestLimits { each: 10, all: 100 },
        waiting: 10,
        personal: (30, 10),
    };
    const EXCERPT_CHARS: usize = 200;
    let (me, urls) = (bearer.signed_in()?.id(), app.urls()?);
    let found = app
        .read(Some(me), move |db, reader| {
            query::home::today(db, reader, me, LIMITS)
        })
        .await?;
    let threads = |cards: Vec<ThreadCard>| -> Vec<ThreadDto> {
        let cards = cards.into_iter();
        cards.map(|card| ThreadDto::of(card, &urls)).collect()
    };
    let group = |group: TodayGroup| Group {
        community: CommunityDto::of((*group.place).clone(), &urls),
        threads: threads(group.threads),
    };
    let personal = |personal: query::home::PersonalThread| PersonalThread {
        thread: ThreadDto::of(personal.card, &urls),
        excerpt: domain::prose::excerpt(
            personal.post.warning.first().map(|(_, warning)| warning),
            &first_text(&personal.post.html),
            EXCERPT_CHARS,
        ),
    };
    Ok(Json(Home {
        people: found.personal.into_iter().map(personal).collect(),
        waiting: threads(found.waiting),
        groups: found.groups.into_iter().map(group).collect(),
    }))
}

/// A token, without the token.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenDto {
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it lets a program do, separated by spaces.
    pub scopes: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it was last used, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    /// Until when it holds, RFC 3339; absent: until it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The token, shown only when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// What a new token is for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewToken {
    /// A name to know it by.
    pub name: String,
    /// What it lets a program do, separated by spaces; absent: all that the token of this request does,
    /// and never more than that.
    pub scopes: Option<String>,
    /// After how many days it expires, 1–3650; absent: never.
    pub days: Option<i64>,
}

/// Lists the tokens of the signed-in person.
#[utoipa::path(get, path = "/me/tokens", tag = "me", security(("oauth" = ["hedgerow:account"])), responses((status = 200, body = Vec<TokenDto>)))]
pub async fn tokens(State(app): State<App>, bearer: Bearer) -> ApiResult<Vec<TokenDto>> {
    let me = bearer.signed_in()?.id();
    let now = app.ops().now();
    let access = app
        .store()
        .read(move |db| query::oauth::access(db, me, now))
        .await?;
    let shown = access.own.into_iter().map(|own| TokenDto {
        id: own.token.id.to_string(),
        name: own.name,
        scopes: own.token.scopes,
        created: own.token.created_at.to_rfc3339(),
        used: own.token.used_at.map(|at| at.to_rfc3339()),
        expires: own.token.expires_at.map(|at| at.to_rfc3339()),
        token: None,
    });
    Ok(Json(shown.collect()))
}

/// Makes a token; it is shown this once.
#[utoipa::path(post, path = "/me/tokens", tag = "me", security(("oauth" = ["hedgerow:account"])), request_body = NewToken, responses((status = 201, body = TokenDto), (status = 422)))]
pub async fn make_token(
    State(app): State<App>,
    writer: Writer,
    Body(body): Body<NewToken>,
) -> Result<(StatusCode, Json<TokenDto>), ApiError> {
    let (me, now) = (writer.id(), app.ops().now());
    let scopes = match body.scopes.as_deref().map(Scopes::parse) {
        None => writer.me.scopes.clone(),
        Some(Ok(scopes)) if writer.me.scopes.cover(&scopes) => scopes,
        Some(_) => return Err(Error::invalid("scopes", Why::NotAChoice).into()),
    };
    if body.days.is_some_and(|days| !(1..=3_650).contains(&days)) {
        return Err(Error::invalid("days", Why::NotAChoice).into());
    }
    let token = secret::token();
    let new = OwnToken {
        token_hash: secret::digest(&token),
        name: body.name.clone(),
        scopes: scopes.clone(),
        expires_at: body.days.map(|days| now.plus_seconds(days * 86_400)),
    };
    let expires = new.expires_at.map(|at| at.to_rfc3339());
    let id = app
        .ops()
        .write(move |tx| domain::oauth::make_own_token(tx, me, &new))
        .await
        .map_err(|error| renamed(error, "token_name", "name"))?;
    let made = TokenDto {
        id: id.to_string(),
        name: body.name,
        scopes: scopes.to_string(),
        created: now.to_rfc3339(),
        used: None,
        expires,
        token: Some(token),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revokes a token.
#[utoipa::path(delete, path = "/me/tokens/{id}", tag = "me", security(("oauth" = ["hedgerow:account"])), params(("id" = String, Path)), responses((status = 204), (status = 404)))]
pub async fn drop_token(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (me, token) = (writer.id(), id(&text, "token")?);
    app.ops()
        .write(move |tx| domain::oauth::end_token(tx, me, token))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
