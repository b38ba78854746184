//! Threads: reading one with its replies, starting, replying, editing, deleting, and what a post
//! said before.

mod picture;
mod poll;

use askama::Template;
use chrono::{DateTime, Utc};
use model::PostKind;
use model::limits::{BODY_MAX, TITLE_MAX};
use model::notice::ThreadNotify;

pub use picture::{PICTURE_SLOTS, Picture, PictureSlot, has_pictures, with_pictures};
pub use poll::{
    ChoiceResult, END_NOW, Poll, PollResult, SAME_END, VoteChoice, VoteForm, with_poll,
};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::{Flash, Frame, Period};
use crate::views::parts::{Pager, Person, PlaceLink};
use crate::views::space::SpaceLabel;
use crate::views::tag::TagLink;
use model::Lang;
use words::own_name;

/// The "found this helpful" button of a post.
#[derive(Debug, Clone)]
pub struct Like {
    pub count: i64,
    pub mine: bool,
    /// Where it is posted, or taken back when `mine`; `None` where the reader cannot.
    pub url: Option<String>,
}

/// One post as shown in a thread.
#[derive(Debug, Clone)]
pub struct Post {
    /// Ours; the anchor is `p{id}`.
    pub id: i64,
    /// 0, 1 or 2: deeper replies stand flat at 2 and name what they answer.
    pub depth: u8,
    pub author: Person,
    pub published: DateTime<Utc>,
    /// When it was last edited, and the page of what it said before.
    pub edited: Option<(DateTime<Utc>, String)>,
    /// Sanitized markup.
    pub body_html: String,
    /// The warning about its content, plain: text and pictures are folded behind it.
    pub warning: Option<String>,
    /// Shown below the text.
    pub pictures: Vec<Picture>,
    /// The whole text, where only its beginning is shown.
    pub read_on: Option<String>,
    /// Language of the body, empty when unknown.
    pub lang: String,
    pub like: Like,
    /// Its own address, which opens the thread at it.
    pub permalink: String,
    /// The link to reply, relative to the thread's address; `None` where the reader cannot.
    pub reply_url: Option<String>,
    pub edit_url: Option<String>,
    pub delete_url: Option<String>,
    /// Where it is reported; `None` where the reader cannot.
    pub report_url: Option<String>,
    /// Where a moderator decides on it.
    pub moderate_url: Option<String>,
    /// Why a moderator removed it.
    pub removed_for: Option<String>,
    /// Where the reader, who wrote it, asks for it back.
    pub appeal_url: Option<String>,
    /// It waits for a moderator; the key of what its reader is told.
    pub held: Option<&'static str>,
    /// The post it replies to, where the nesting does not show it: (name, link).
    pub in_reply_to: Option<(String, String)>,
    /// It is an accepted answer to its question.
    pub accepted: bool,
    /// Where it is accepted as an answer, or no longer where it is one; `None` where the reader cannot.
    pub accept_url: Option<String>,
    /// Not seen by the reader before.
    pub unread: bool,
    /// Its page on its own server, for a remote post.
    pub origin_url: Option<String>,
    /// Time of deletion; only a placeholder is shown.
    pub deleted: Option<DateTime<Utc>>,
    /// The moderators of its community, which is elsewhere, removed it: its author still sees it.
    pub removed: bool,
    /// It has not reached the server of its community: (key of the message, server).
    pub undelivered: Option<(&'static str, String)>,
    /// What its reader has just done with it.
    pub flash: Option<Flash>,
}

impl Post {
    /// The host of its page on its own server.
    fn origin_host(&self) -> &str {
        let url = self.origin_url.as_deref().unwrap_or_default();
        let (_, rest) = url.split_once("://").unwrap_or_default();
        rest.split('/').next().unwrap_or_default()
    }

    /// The classes of its article.
    fn class(&self) -> String {
        let nested = match self.depth {
            0 => "",
            1 => " nested-1",
            _ => " nested-2",
        };
        let accepted = if self.accepted { " accepted" } else { "" };
        let unread = if self.unread { " unread" } else { "" };
        format!("post{nested}{accepted}{unread}")
    }
}

/// `/t/{id}`: a thread and one page of its replies.
#[derive(Debug, Template)]
#[template(path = "discussion/thread.html")]
pub struct Thread {
    pub f: Frame,
    /// Its community; its author, where it is in none.
    pub place: PlaceLink,
    pub in_community: bool,
    /// Its space, where that is another than the common one.
    pub space: Option<SpaceLabel>,
    pub title: String,
    /// Language shown, empty when unknown.
    pub lang: String,
    pub kind: PostKind,
    /// What only its kind has.
    pub details: Vec<Detail>,
    pub poll: Option<Poll>,
    pub tags: Vec<TagLink>,
    /// The choice of other tags, where the reader may change them.
    pub tags_form: Option<Form>,
    pub root: Post,
    /// The accepted answers of a question, shown first.
    pub answers: Vec<Post>,
    pub replies: Vec<Post>,
    /// Only moderators reply.
    pub locked: bool,
    pub reply_count: i64,
    /// How many organizations its authors are from; 0 where that is not known.
    pub organizations: i64,
    /// What the reader asked to be told of it, where that is not the usual.
    pub notify: Option<ThreadNotify>,
    /// Its own address.
    pub url: String,
    /// How many posts are new to the reader, and the address of the first.
    pub new: Option<(i64, String)>,
    pub pager: Pager,
    /// The language it is in, where the reader's is missing.
    pub only_in: Option<Lang>,
    /// The same text in the other language: (language, address).
    pub other_language: Option<(Lang, String)>,
    /// The reply box; `None` where the reader cannot write.
    pub reply: Option<Reply>,
    /// Where a signed-out reader signs in to reply.
    pub sign_in_url: Option<String>,
}

impl Thread {
    /// Whether a vote in its poll was refused, as the title says.
    fn is_vote_refused(&self) -> bool {
        let vote = self.poll.as_ref().and_then(|poll| poll.vote.as_ref());
        vote.is_some_and(|vote| vote.error.is_some())
    }
}

/// A line of what only one kind of post has.
#[derive(Debug, Clone)]
pub struct Detail {
    pub label: &'static str,
    /// The same in several ways, such as a time in two time zones.
    pub values: Vec<DetailValue>,
}

#[derive(Debug, Clone)]
pub enum DetailValue {
    Text(String),
    /// When something is, in the reader's time zone.
    Period(Period),
}

/// The reply box.
#[derive(Debug, Clone)]
pub struct Reply {
    pub form: Form,
    /// What is being answered, when it is not the thread itself: (name, excerpt).
    pub to: Option<(String, String)>,
    /// The post that is being answered, for "cancel".
    pub back_url: String,
    /// Address of the thread without a reply target.
    pub cancel_url: String,
}

/// The fields of a reply: `body`, `lang`, `warning` and the hidden `to` (a post's id, or empty).
#[must_use]
pub fn reply_form(f: &Frame, action: &str, to: &str) -> Form {
    Form::new(action)
        .with(Field::new("to", Kind::Hidden, "").value(to))
        .with(
            Field::new(
                "body",
                Kind::Area {
                    rows: 5,
                    markdown: true,
                },
                f.text("reply-body"),
            )
            .hint(f.text("reply-hint"))
            .previewed(f)
            .max(BODY_MAX)
            .required(f.text("enter-body")),
        )
        .with(detected_lang_field(f, "reply-lang"))
        .with(warning_field(f, "warning", "compose-warning"))
}

/// What readers see before the text and the pictures, which they open themselves.
fn warning_field(f: &Frame, name: &str, key: &str) -> Field {
    Field::new(name, Kind::Text, f.text(key))
        .hint(f.text("compose-warning-hint"))
        .max(TITLE_MAX)
        .optional(f)
}

/// Whether the field for a warning is shown unfolded.
#[must_use]
pub fn has_warning(form: &Form) -> bool {
    let field = form.get("warning");
    !field.value.is_empty() || field.error.is_some()
}

/// A choice of language for what one writes; without one it is guessed from the text.
fn detected_lang_field(f: &Frame, key: &str) -> Field {
    let mut field = lang_field(f, "lang", key);
    if let Kind::Select(choices) = &mut field.kind {
        choices.insert(0, Choice::new("", f.text("compose-lang-detect")));
    }
    field.value("")
}

/// A choice of language for what one has written, the page's chosen.
fn lang_field(f: &Frame, name: &str, key: &str) -> Field {
    let choices = f
        .langs()
        .map(|lang| Choice::new(lang.as_str(), own_name(lang)).lang(lang))
        .to_vec();
    Field::new(name, Kind::Select(choices), f.text(key)).value(f.lang.as_str())
}

/// `/c/{handle}/new`, `/p/{id}/edit`
#[derive(Debug, Template)]
#[template(path = "discussion/compose.html")]
pub struct Compose {
    pub f: Frame,
    pub place: PlaceLink,
    pub form: Form,
    /// What the form is for.
    pub purpose: ComposePurpose,
    /// Where "cancel" leads.
    pub back_url: String,
    /// What the post says now, where it was changed since the edit began.
    pub conflict: Option<Form>,
    /// Where a poll is started instead.
    pub poll_url: Option<String>,
    /// It is a poll in which somebody has voted.
    pub is_settled: bool,
}

/// The purpose of the compose form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComposePurpose {
    Ask,
    Share,
    Poll,
    EditThread,
    EditReply,
}

impl ComposePurpose {
    fn title(self) -> &'static str {
        match self {
            ComposePurpose::Ask => "compose-ask",
            ComposePurpose::Share => "compose-share",
            ComposePurpose::Poll => "compose-poll",
            ComposePurpose::EditThread => "compose-edit-thread",
            ComposePurpose::EditReply => "compose-edit-reply",
        }
    }

    fn lede(self) -> &'static str {
        match self {
            ComposePurpose::Ask => "compose-ask-intro",
            ComposePurpose::Share => "compose-share-intro",
            ComposePurpose::Poll => "compose-poll-intro",
            ComposePurpose::EditThread | ComposePurpose::EditReply => "compose-edit-intro",
        }
    }

    /// Whether the reader has said already what kind of thread it is.
    fn has_kind(self) -> bool {
        self == ComposePurpose::Ask
    }

    fn edits(self) -> bool {
        matches!(self, ComposePurpose::EditThread | ComposePurpose::EditReply)
    }
}

/// The fields of a thread: `kind title body lang warning`, and `title2 body2 warning2` for the other language.
#[must_use]
pub fn thread_form(f: &Frame, action: &str, kind: PostKind, kinds: &[PostKind]) -> Form {
    let choices = kinds
        .iter()
        .map(|kind| {
            let hint = f.text(&format!("{}-hint", kind.label()));
            Choice::new(kind.as_str(), f.text(kind.label())).hint(hint)
        })
        .collect();
    Form::new(action)
        .with(
            Field::new("kind", Kind::Radios(choices), f.text("compose-kind"))
                .value(kind.as_str())
                .required(f.text("why-kind")),
        )
        .with(
            Field::new("title", Kind::Text, f.text("compose-title"))
                .hint(f.text("compose-title-hint"))
                .max(TITLE_MAX)
                .required(f.text("enter-title")),
        )
        .with(
            body_field(f, "body", "compose-body")
                .hint(f.text("compose-body-hint"))
                .required(f.text("enter-body")),
        )
        .with(detected_lang_field(f, "compose-lang"))
        .with(Field::new("title2", Kind::Text, f.text("compose-title2")).max(TITLE_MAX))
        .with(body_field(f, "body2", "compose-body2"))
        .with(warning_field(f, "warning", "compose-warning"))
        .with(warning_field(f, "warning2", "compose-warning2"))
}

/// The fields of an edited reply: `body lang warning`.
#[must_use]
pub fn edit_reply_form(f: &Frame, action: &str) -> Form {
    Form::new(action)
        .with(body_field(f, "body", "reply-body").required(f.text("enter-body")))
        .with(lang_field(f, "lang", "reply-lang"))
        .with(warning_field(f, "warning", "compose-warning"))
}

fn body_field(f: &Frame, name: &str, key: &str) -> Field {
    Field::new(
        name,
        Kind::Area {
            rows: 9,
            markdown: true,
        },
        f.text(key),
    )
    .previewed(f)
    .max(BODY_MAX)
}

/// `/p/{id}/delete`: says what will happen before it does.
#[derive(Debug, Template)]
#[template(path = "discussion/delete.html")]
pub struct Delete {
    pub f: Frame,
    pub place: PlaceLink,
    pub post: Post,
    /// The title, when the post opens a thread.
    pub title: Option<String>,
    pub replies: i64,
    pub action: String,
    pub back_url: String,
}

/// A version of a post.
#[derive(Debug, Clone)]
pub struct Version {
    pub at: DateTime<Utc>,
    pub title: Option<String>,
    /// Sanitized markup.
    pub body_html: String,
    /// The whole text, where only its beginning is shown.
    pub read_on: Option<String>,
    /// The warning about its content, plain.
    pub warning: Option<String>,
    pub lang: String,
    pub current: bool,
}

/// `/p/{id}/history`
#[derive(Debug, Template)]
#[template(path = "discussion/history.html")]
pub struct History {
    pub f: Frame,
    pub place: PlaceLink,
    pub author: Person,
    /// Newest first.
    pub versions: Vec<Version>,
    pub pager: Pager,
    /// The post in its thread.
    pub back_url: String,
}

/// The response to `POST /preview`: only the body, put into the page by the script.
#[derive(Debug, Template)]
#[template(path = "discussion/preview.html")]
pub struct Preview {
    pub f: Frame,
    pub body_html: String,
    /// The warning about its content, plain.
    pub warning: Option<String>,
    /// Language of the text; empty where it is unknown.
    pub lang: String,
    /// Names in it that nobody was found for.
    pub unknown: Vec<String>,
    /// The language that it will have, in its own words, where its author has chosen none.
    pub detected: Option<&'static str>,
}

/// The response to `GET /complete`: options of a list, put into the page by the script.
#[derive(Debug, Template)]
#[template(path = "discussion/completions.html")]
pub struct Completions {
    pub people: Vec<Completion>,
}

/// A name that the editor suggests.
#[derive(Debug, Clone)]
pub struct Completion {
    pub name: String,
    /// What is typed: `@ann`, `!weavers@faculty.example`.
    pub written: String,
}

#[cfg(test)]
mod tests;
