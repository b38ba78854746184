//! What only one kind of post has, and the words for kinds.

use crate::poll::PollDto;
use model::notice::NoticeKind;
use model::{EventDetails, PostDetails, PostKind, Urls};
use query::poll::PollView;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};

/// What only one kind of post has, under the name of the kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DetailsDto {
    Event(EventDto),
    Poll(PollDto),
}

impl DetailsDto {
    /// Converts the details of a post; of a poll, what the reader sees of it.
    pub fn of(details: Option<PostDetails>, poll: Option<PollView>, urls: &Urls) -> Option<Self> {
        match details? {
            PostDetails::Event(event) => Some(Self::Event(event.into())),
            PostDetails::Poll(_) => Some(Self::Poll(PollDto::of(poll?, urls))),
        }
    }
}

/// When and where an event is.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventDto {
    /// RFC 3339, in UTC.
    pub starts: String,
    /// RFC 3339, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// IANA name of the event's time zone, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Seconds east of UTC, as the start was written.
    pub utc_offset: i32,
    /// Name and address in one line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
}

impl From<EventDetails> for EventDto {
    fn from(event: EventDetails) -> Self {
        Self {
            starts: event.starts_at.to_rfc3339(),
            ends: event.ends_at.map(|at| at.to_rfc3339()),
            zone: event.zone,
            utc_offset: event.utc_offset,
            place: event.place,
        }
    }
}

/// The schema of the kind of a post.
pub fn post_kind() -> Object {
    one_of(PostKind::ALL.iter().map(|kind| kind.as_str()))
}

/// The schema of the kind of a thread that is started.
pub fn composed_kind() -> Object {
    one_of(PostKind::COMPOSED.iter().map(|kind| kind.as_str()))
}

/// The schema of the kind of a notice.
pub fn notice_kind() -> Object {
    one_of(NoticeKind::ALL.iter().map(|kind| kind.as_str()))
}

fn one_of(words: impl Iterator<Item = &'static str>) -> Object {
    let word = ObjectBuilder::new().schema_type(Type::String);
    word.enum_values(Some(words)).build()
}
