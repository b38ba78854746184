//! What several handlers answer with: people, communities, threads and posts; and the input of a post.

use crate::details::{DetailsDto, composed_kind, post_kind};
use crate::poll::NewPoll;
use crate::site::Text;
use domain::Error;
use httpkit::compose::{TypedPost, TypedWording};
use httpkit::{ApiError, App};
use model::community::Purposes;
use model::lang::UNKNOWN;
use model::limits::{SHOWN_BYTES_MAX, TAGS_PER_COMMUNITY};
use model::{ActorId, LangText, PostDetails, PostId, PostKind, TagId, Urls, Why};
use query::discussion::ThreadCard;
use query::post::PostItem;
use query::row::{self, CommunityWithActor, Space};
use serde::{Deserialize, Serialize};
use std::iter;
use utoipa::ToSchema;

/// A person, or any other actor, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActorDto {
    /// Id here.
    pub id: String,
    /// person, group, service, application or organization.
    pub kind: String,
    /// The name before the `@`.
    pub handle: String,
    /// Host of its server; ours included.
    pub host: String,
    /// Name for people.
    pub name: String,
    /// The `id` of the ActivityPub object.
    pub ap_id: String,
    /// Where people read it.
    pub url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pronouns: String,
    /// Role at work.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub role: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub organization: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

impl ActorDto {
    /// Converts its row.
    pub fn of(row: row::Actor, urls: &Urls) -> Self {
        Self {
            id: row.id.to_string(),
            kind: row.kind.to_string(),
            host: if row.host.is_empty() {
                urls.host().to_owned()
            } else {
                row.host
            },
            handle: row.handle,
            name: row.name,
            ap_id: row.ap_id,
            url: row.url,
            pronouns: row.pronouns,
            role: row.job_title,
            organization: row.organization,
            picture: row.picture_id.map(|id| urls.media(id)),
        }
    }
}

/// The state of a follow as a word: none, pending, accepted.
pub fn follow_word(follow: Option<&row::Follow>) -> String {
    match follow {
        None => "none",
        Some(follow) if follow.accepted => "accepted",
        Some(_) => "pending",
    }
    .to_owned()
}

/// A community in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommunityDto {
    /// Its actor.
    #[serde(flatten)]
    pub actor: ActorDto,
    /// Its name.
    pub names: Text,
    /// What it is for.
    pub purpose: Text,
    /// Whether it is hosted here.
    pub local: bool,
    /// How many follow it, as far as we know.
    pub followers: i32,
    /// planned, incubating, active, dormant or archived.
    pub stage: &'static str,
    /// The day on which a planned one opens, `YYYY-MM-DD`; empty where it is not known.
    pub opens_on: String,
    /// What its people come together for: `learn`, `align`, `act`.
    pub purposes: Vec<&'static str>,
}

impl CommunityDto {
    /// Converts its rows.
    pub fn of(place: CommunityWithActor, urls: &Urls) -> Self {
        let (row, actor) = (place.community, place.actor);
        Self {
            stage: row.stage.as_str(),
            purposes: Purposes::stored(&row.purposes)
                .all()
                .iter()
                .map(|one| one.as_str())
                .collect(),
            opens_on: row.opens_on,
            names: Text(row.name),
            purpose: Text(row.purpose),
            local: actor.peer_id.is_none(),
            followers: actor.follower_count,
            actor: ActorDto::of(actor, urls),
        }
    }
}

/// A tag of a community.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TagDto {
    /// Id here; what a new post names.
    pub id: String,
    /// The `id` of the ActivityPub object.
    pub ap_id: String,
    /// What a list is filtered by.
    pub slug: String,
    /// Its name.
    pub name: Text,
}

impl From<row::Tag> for TagDto {
    fn from(row: row::Tag) -> Self {
        Self {
            id: row.id.to_string(),
            ap_id: row.ap_id,
            slug: row.slug,
            name: Text(row.name),
        }
    }
}

/// A thread in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadDto {
    /// Id here.
    pub id: String,
    /// The `id` of the ActivityPub object.
    pub ap_id: String,
    /// Its page on its own server.
    pub url: String,
    #[schema(schema_with = post_kind)]
    pub kind: String,
    /// Language tag.
    pub lang: String,
    pub title: String,
    /// Title in the second language.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub second_title: String,
    /// The community it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<InCommunity>,
    /// Its space, where that is another than the common one of the community.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceDto>,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagDto>,
    /// Who wrote it.
    pub author: ActorDto,
    /// When it was written, RFC 3339.
    pub published: String,
    /// Time of the last post, RFC 3339.
    pub active: String,
    /// How many replies.
    pub replies: i32,
    /// Number of likes.
    pub likes: i32,
    /// How many accepted answers, of a question.
    pub answers: i32,
    /// The newest post in it, the thread itself where nobody has replied: up to which it is read.
    pub last_post: String,
    /// Whether the signed-in person has unread posts in it.
    pub unread: bool,
}

/// A space of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpaceDto {
    pub id: String,
    /// Its name in each language; empty for the common one, which is open to everybody.
    pub name: Text,
    /// Who reads it: `open`, `members` of the community, or `private`: some of them.
    pub access: &'static str,
    /// Who begins threads in it: `all` who read it, or `moderators`.
    pub posting: &'static str,
    /// Nobody writes in it any more.
    pub closed: bool,
}

impl From<Space> for SpaceDto {
    fn from(space: Space) -> Self {
        Self {
            id: space.id.to_string(),
            access: space.access.as_str(),
            posting: space.posting.as_str(),
            closed: space.closed_at.is_some(),
            name: Text(space.name),
        }
    }
}

impl ThreadDto {
    /// Converts its rows.
    pub fn of(card: ThreadCard, urls: &Urls) -> Self {
        let mut titles = card.head.title.iter();
        let (lang, title) = titles.next().unwrap_or((UNKNOWN, ""));
        let second_title = titles.next().map_or("", |(_, title)| title);
        Self {
            id: card.head.id.to_string(),
            ap_id: card.head.ap_id,
            url: card.head.url,
            kind: card.head.kind.to_string(),
            lang: lang.to_owned(),
            title: title.to_owned(),
            second_title: second_title.to_owned(),
            community: card.community.map(|place| InCommunity::of(&place)),
            space: card.space.map(SpaceDto::from),
            tags: card.tags.into_iter().map(TagDto::from).collect(),
            author: ActorDto::of((*card.author).clone(), urls),
            published: card.head.published_at.to_rfc3339(),
            active: card.head.active_at.to_rfc3339(),
            replies: card.head.reply_count,
            likes: card.head.like_count,
            answers: card.head.answer_count,
            last_post: card.head.last_post_id.to_string(),
            unread: card.unread,
        }
    }
}

/// The community a thread is in, as far as a list names it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InCommunity {
    /// `handle` of ours or `handle@host`, as paths take it.
    pub address: String,
    /// Its name.
    pub name: Text,
}

impl InCommunity {
    fn of(place: &CommunityWithActor) -> Self {
        let actor = &place.actor;
        Self {
            name: Text(place.community.name.clone()),
            address: if actor.host.is_empty() {
                actor.handle.clone()
            } else {
                format!("{}@{}", actor.handle, actor.host)
            },
        }
    }
}

/// A text in a further language.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Wording {
    /// Language tag.
    pub lang: String,
    /// Title of a thread.
    #[serde(default)]
    pub title: String,
    /// Markdown.
    pub body: String,
    /// HTML, in answers only: what another server wrote has no Markdown.
    #[serde(skip_deserializing, skip_serializing_if = "String::is_empty")]
    pub body_html: String,
    /// The warning about the content, plain. Where absent, the one of the first language holds, and an edit leaves the
    /// one that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// A picture of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct PictureDto {
    /// Names it in an edit.
    pub number: i32,
    /// Where its file is: for everybody, or for those who may see the post, with their session.
    pub url: String,
    /// Alternative text, in the first language of the post.
    pub alt: String,
    pub media_type: String,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
}

impl PictureDto {
    fn of(row: row::PostPicture, urls: &Urls) -> Self {
        Self {
            number: row.number,
            url: urls.at(&row.path()),
            alt: row.alt,
            media_type: row.file.media_type,
            width: row.file.width,
            height: row.file.height,
        }
    }
}

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostDto {
    /// Id here.
    pub id: String,
    /// The `id` of the ActivityPub object.
    pub ap_id: String,
    /// Its page on its own server.
    pub url: String,
    /// The thread it is in.
    pub thread: String,
    /// What it replies to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    #[schema(schema_with = post_kind)]
    pub kind: String,
    /// Language tag.
    pub lang: String,
    /// Title of a thread.
    pub title: String,
    /// Markdown as typed, where it is known.
    pub body: String,
    /// The warning about the content, plain: the texts and pictures are to be shown on request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Whether there is a warning about the content.
    pub sensitive: bool,
    /// Clean HTML, without the warning.
    pub body_html: String,
    /// Whether the texts end early, as lists show at most 20 KB of each; the post itself has them whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// The second language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Wording>,
    /// The languages after the second.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Wording>,
    /// What only its kind has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<DetailsDto>,
    /// Its pictures, in the order shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<PictureDto>,
    /// The tags of a thread.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagDto>,
    /// Who wrote it.
    pub author: ActorDto,
    /// When, RFC 3339.
    pub published: String,
    /// When it was last changed, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
    /// Time of deletion, RFC 3339; the rest is empty then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<String>,
    /// Since when it is an accepted answer to its question, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
    /// Replies in the thread; 0 for a reply.
    pub replies: i32,
    /// Number of likes.
    pub likes: i32,
    /// Whether the signed-in person likes it.
    pub liked: bool,
}

impl PostDto {
    /// Converts its rows.
    pub fn of(item: PostItem, urls: &Urls) -> Self {
        let post = item.post;
        let text = |text: &LangText, lang: &str| text.get(lang).unwrap_or_default().to_owned();
        let described = if post.html.is_empty() {
            &post.title
        } else {
            &post.html
        };
        let mut wordings = described.tags().map(|lang| Wording {
            lang: lang.to_owned(),
            title: text(&post.title, lang),
            body: text(&post.source, lang),
            body_html: text(&post.html, lang),
            warning: post.warning.get(lang).map(str::to_owned),
        });
        let first = wordings.next().unwrap_or_default();
        let second = wordings.next();
        let more = wordings.collect();
        Self {
            id: post.id.to_string(),
            ap_id: post.ap_id,
            url: post.url,
            thread: post.root_id.to_string(),
            parent: post.parent_id.map(|id| id.to_string()),
            kind: post.kind.to_string(),
            lang: first.lang,
            title: first.title,
            body: first.body,
            warning: first.warning,
            sensitive: !post.warning.is_empty(),
            body_html: first_text(&post.html),
            truncated: false,
            second,
            more,
            details: DetailsDto::of(item.details, item.poll, urls),
            pictures: item
                .pictures
                .into_iter()
                .map(|p| PictureDto::of(p, urls))
                .collect(),
            tags: item.tags.into_iter().map(TagDto::from).collect(),
            author: ActorDto::of((*item.author).clone(), urls),
            published: post.published_at.to_rfc3339(),
            edited: post.edited_at.map(|at| at.to_rfc3339()),
            deleted: post
                .deleted_at
                .filter(|_| post.state == model::PostState::Tombstone)
                .map(|at| at.to_rfc3339()),
            accepted: post.accepted_at.map(|at| at.to_rfc3339()),
            replies: post.reply_count,
            likes: post.like_count,
            liked: item.liked,
        }
    }

    /// Converts its rows for a list, which shows only the beginning of long texts.
    pub fn listed(item: PostItem, urls: &Urls) -> Self {
        let mut post = Self::of(item, urls);
        let others = post.second.iter_mut().chain(&mut post.more);
        let cut = others.map(|one| cut_text(&mut one.body) | cut_html(&mut one.body_html));
        let is_text_cut = cut.fold(cut_text(&mut post.body), |any, cut| any | cut);
        post.truncated = cut_html(&mut post.body_html) | is_text_cut;
        post
    }

    /// Reads a post for a reader.
    pub async fn load(app: &App, me: Option<ActorId>, post: PostId) -> Result<Self, ApiError> {
        let urls = app.urls()?;
        let view = app
            .read(me, move |db, reader| query::post::view(db, reader, post))
            .await?;
        Ok(Self::of(view.into(), &urls))
    }
}

/// Cuts a plain text to what lists show. Returns whether it was longer.
fn cut_text(text: &mut String) -> bool {
    let end = text.floor_char_boundary(SHOWN_BYTES_MAX);
    let is_longer = end < text.len();
    text.truncate(end);
    is_longer
}

/// Cuts clean HTML to what lists show. Returns whether it was longer.
pub fn cut_html(html: &mut String) -> bool {
    let beginning = domain::prose::beginning(html, SHOWN_BYTES_MAX);
    let is_longer = beginning.is_some();
    if let Some(beginning) = beginning {
        *html = beginning;
    }
    is_longer
}

/// The author's text.
pub fn first_text(text: &LangText) -> String {
    text.first().map_or("", |(_, text)| text).to_owned()
}

/// A picture of a post that is written.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PictureText {
    /// Alternative text, required.
    pub alt: String,
    /// The `number` of a picture that the post has and keeps; absent for a file of the form.
    pub number: Option<i32>,
}

/// The text of a new or edited post.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPost {
    /// Of a thread; a discussion where absent.
    #[schema(schema_with = composed_kind, required = false)]
    pub kind: Option<String>,
    /// Language tag.
    pub lang: String,
    /// Title of a thread.
    #[serde(default)]
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The warning about the content, plain, of up to 200 characters: readers see it first, and open the text and the
    /// pictures themselves. An edit without it leaves the one that is there; an empty one takes it away.
    pub warning: Option<String>,
    /// The same in a second language.
    pub second: Option<Wording>,
    /// The same in further languages.
    #[serde(default)]
    pub more: Vec<Wording>,
    /// What a poll asks, for a thread of kind `poll`. An edit without it leaves what is there.
    pub poll: Option<NewPoll>,
    /// Its pictures. Absent in an edit, it keeps those that it has; those that are not named are taken away.
    pub pictures: Option<Vec<PictureText>>,
    /// Ids of tags of the community, for a thread; up to five. An edit without it leaves those that are there.
    pub tags: Option<Vec<String>>,
    /// Id of the space of the community in which a thread begins; the one that is open to everybody where absent. A thread
    /// stays in its space.
    pub space: Option<String>,
}

impl NewPost {
    /// Converts it to the input of a draft, without its pictures. `key` is the idempotency key of the request.
    pub fn typed(self, key: &str) -> Result<TypedPost, ApiError> {
        let poll = self.poll.map(|poll| poll.details(&self.lang)).transpose()?;
        let first = Wording {
            lang: self.lang,
            title: self.title,
            body: self.body,
            warning: self.warning,
            body_html: String::new(),
        };
        let wordings = iter::once(first).chain(self.second).chain(self.more);
        let tags = self.tags.as_deref().map(read_tags).transpose()?;
        let space = self.space.as_deref().map(str::parse).transpose();
        Ok(TypedPost {
            tags,
            space: space.map_err(|_bad| Error::not_found("space"))?,
            kind: read_kind(self.kind.as_deref())?.or(poll.as_ref().map(|_| PostKind::Poll)),
            details: poll.map(PostDetails::Poll),
            wordings: wordings.map(TypedWording::from).collect(),
            once: key.to_owned(),
            ..TypedPost::default()
        })
    }
}

/// The ids of tags.
fn read_tags(ids: &[String]) -> Result<Vec<TagId>, ApiError> {
    if ids.len() > TAGS_PER_COMMUNITY {
        return Err(Error::invalid("tags", Why::TooLong).into());
    }
    let ids = ids.iter().map(|id| id.parse());
    ids.collect::<Result<_, _>>()
        .map_err(|_bad| Error::invalid("tags", Why::NotAChoice).into())
}

impl From<Wording> for TypedWording {
    fn from(wording: Wording) -> Self {
        Self {
            lang: wording.lang,
            title: wording.title,
            body: wording.body,
            warning: wording.warning,
        }
    }
}

/// The kind a word names.
pub fn read_kind(word: Option<&str>) -> Result<Option<PostKind>, ApiError> {
    word.map(str::parse)
        .transpose()
        .map_err(|_unknown| Error::invalid("kind", Why::NotAChoice).into())
}
