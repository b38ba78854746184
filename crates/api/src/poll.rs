//! Polls: what one asks, its counts, and voting.

use crate::ApiResult;
use crate::dto::{ActorDto, PostDto};
use crate::extract::{Body, Path, Writer, id};
use crate::site::Text;
use axum::Json;
use axum::extract::State;
use domain::Error;
use httpkit::{ApiError, App};
use model::limits::POLL_CHOICES_MAX;
use model::name::one_line;
use model::{LangText, PollDetails, PollResults, PollWay, PostId, Time, Urls, Why};
use query::poll::PollView;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::ToSchema;

/// A poll, as far as the reader sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PollDto {
    /// `one` choice, `several`, or `ranked`: some in the order of their importance.
    pub way: String,
    /// How many choices one ballot may name.
    pub places: i32,
    /// In the order of the form. A vote names them by their index.
    pub choices: Vec<ChoiceDto>,
    /// Who sees the counts before the end: `always` everybody, `voted` those who have voted, `end` nobody.
    pub results: String,
    /// Whether the names of those who vote here are shown with the counts.
    pub shows_names: bool,
    /// RFC 3339, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// Whether it is over.
    pub over: bool,
    /// Whether its text was changed after somebody had voted; of a poll of another server, perhaps after that. `false` in
    /// lists.
    pub reworded: bool,
    /// How many have voted; absent where the reader does not see the counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voters: Option<i64>,
    /// The indexes of the choices in the order of the result; absent as `voters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<usize>>,
    /// The ballot of the signed-in person, of a ranked poll the most important first.
    pub mine: Vec<i32>,
}

/// A choice of a poll.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChoiceDto {
    pub name: Text,
    /// How many have chosen it, of a ranked poll how many name it first; absent where the reader does not see the counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub votes: Option<i64>,
    /// Of a ranked poll: so many points as the poll has places for a first place, one less for each after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// Those who chose it here, at most 50, where the poll shows names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voters: Vec<ActorDto>,
}

impl PollDto {
    /// Converts what a reader sees of it.
    pub fn of(poll: PollView, urls: &Urls) -> Self {
        let results = poll.results.as_ref();
        let counted = |number: usize| {
            results.and_then(|all| all.choices.iter().find(|choice| choice.number == number))
        };
        let is_ranked = poll.details.way == PollWay::Ranked;
        let choices = poll.details.choices.iter().cloned().enumerate();
        let choices = choices.map(|(number, name)| {
            let count = counted(number);
            let voters = count
                .map(|count| count.voters.as_slice())
                .unwrap_or_default();
            ChoiceDto {
                name: Text(name),
                votes: count.map(|count| count.votes),
                points: count.filter(|_| is_ranked).map(|count| count.points),
                voters: voters
                    .iter()
                    .map(|actor| ActorDto::of((**actor).clone(), urls))
                    .collect(),
            }
        });
        Self {
            choices: choices.collect(),
            way: poll.details.way.to_string(),
            places: poll.details.places,
            results: poll.details.results.to_string(),
            shows_names: poll.details.shows_names,
            ends: poll.details.ends_at.map(|at| at.to_rfc3339()),
            over: poll.is_over,
            reworded: poll.is_reworded,
            voters: results.map(|all| all.voters),
            order: results.map(|all| all.choices.iter().map(|choice| choice.number).collect()),
            mine: poll.mine,
        }
    }
}

/// What a new poll asks. An edit may change it until somebody has voted, and then only its end.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPoll {
    /// `one`, `several` or `ranked`.
    pub way: String,
    /// Of a ranked poll: how many choices a ballot orders, at most 10.
    #[serde(default)]
    pub places: i32,
    /// 2 to 20 choices of at most 200 characters.
    pub choices: Vec<Text>,
    /// `always`, `voted` or `end`; `voted` where absent.
    pub results: Option<String>,
    /// Whether the names of those who vote here are shown with the counts.
    #[serde(default)]
    pub shows_names: bool,
    /// RFC 3339, within a year; absent for a poll without an end.
    pub ends: Option<String>,
}

impl NewPoll {
    /// Converts it to details; `lang` is the author's language, in which votes from other servers name the choices.
    ///
    /// # Errors
    /// `Invalid` with the field at fault.
    pub fn details(self, lang: &str) -> Result<PollDetails, ApiError> {
        if self.choices.len() > POLL_CHOICES_MAX {
            return Err(Error::invalid("choices", Why::TooLong).into());
        }
        let way = read::<PollWay>("way", Some(&self.way))?;
        let ends = self.ends.as_deref().map(|end| {
            Time::parse_rfc3339(end).ok_or_else(|| Error::invalid("ends", Why::Malformed))
        });
        let first = |name: LangText| {
            let own = name.get(lang).map(|text| (lang, text));
            let pairs = own.into_iter().chain(name.iter());
            let lines = pairs.map(|(tag, text)| (tag, one_line(text)));
            let lines: Vec<(&str, String)> = lines.collect();
            LangText::new(lines.iter().map(|(tag, text)| (*tag, text.as_str())))
        };
        let choices: Vec<LangText> = self.choices.into_iter().map(|name| first(name.0)).collect();
        let places = match way {
            PollWay::Ranked => self.places,
            PollWay::One | PollWay::Several => PollDetails::places_of(way, choices.len(), 1),
        };
        Ok(PollDetails {
            way,
            places,
            choices,
            results: read::<PollResults>("results", self.results.as_deref())?,
            shows_names: self.shows_names,
            ends_at: ends.transpose()?,
        })
    }
}

/// The value that a word names; the usual one where there is none.
fn read<T: FromStr + Default>(field: &'static str, word: Option<&str>) -> Result<T, ApiError> {
    let read = word.map_or_else(|| Ok(T::default()), str::parse);
    read.map_err(|_unknown| Error::invalid(field, Why::NotAChoice).into())
}

/// A ballot.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BallotDto {
    /// The indexes of the choices; of a ranked poll the most important first.
    pub choices: Vec<i32>,
}

/// Votes in a poll, in place of what the signed-in person has voted before. A vote in a poll of another server cannot be
/// changed.
#[utoipa::path(put, path = "/posts/{id}/vote", tag = "posts", security(("oauth" = ["write:statuses"])), params(("id" = String, Path)), request_body = BallotDto, responses((status = 200, body = PostDto), (status = 403), (status = 404), (status = 410), (status = 422)))]
pub async fn vote(
    State(app): State<App>,
    writer: Writer,
    Path(text): Path<String>,
    Body(body): Body<BallotDto>,
) -> ApiResult<PostDto> {
    let (me, post): (_, PostId) = (writer.id(), id(&text, "post")?);
    app.ops()
        .write(move |tx| domain::poll::vote(tx, me, post, &body.choices))
        .await?;
    Ok(Json(PostDto::load(&app, Some(me), post).await?))
}
