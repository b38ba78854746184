//! Every limit on what people and peers write, in one place: forms, API, verbs and the receipt of
//! remote objects use these. Lengths are in characters.

/// Title of a post.
pub const TITLE_MAX: usize = 200;
/// Body of a post, as typed.
pub const BODY_MAX: usize = 50_000;
/// Pictures of a post.
pub const PICTURES_MAX: usize = 4;
/// Alternative text of a picture.
pub const ALT_MAX: usize = 1_500;
/// Communities that share one thread.
pub const SHARES_PER_POST: i64 = 20;
/// Threads that one community shares; an older share gives way to a newer one.
pub const SHARES_PER_COMMUNITY: i64 = 1_000;
/// Former texts kept of a post; beyond it the first one and the newest are kept.
pub const REVISIONS_MAX: i64 = 200;
/// Seconds between two former texts kept of a post that a peer edits.
pub const PEER_REVISION_SECONDS: i64 = 60;
/// Former texts on a page of a post's history.
pub const VERSIONS_PER_PAGE: i64 = 20;
/// Bytes of HTML of a reply shown on a page of its thread, or of a version in a history; the rest is
/// one link away.
pub const SHOWN_BYTES_MAX: usize = 20_000;
/// What is searched for; the rest is ignored.
pub const SEARCH_MAX: usize = 200;
/// Bytes of HTML of a peer's post in a community of ours, in one language: what anybody may type here, and its
/// markup.
pub const PEER_TEXT_MAX: usize = 4 * BODY_MAX;
/// Posts of one person of another server in a community of ours within an hour, unless its facilitators
/// choose another number; 0 is no limit.
pub const PEER_POSTS_PER_HOUR: i64 = 60;
/// How many times as much all people of one server together may post there as one of them.
pub const SERVER_POSTS_FACTOR: i64 = 10;
/// Edits of one author within an hour: at once, or one every two minutes. Of somebody of another server,
/// those in communities of ours count.
pub const EDITS_PER_HOUR: i64 = 30;
/// Threads on a page of a list.
pub const THREADS_PER_PAGE: i64 = 30;
/// Replies on a page of a thread.
pub const REPLIES_PER_PAGE: i64 = 50;
/// Accepted answers of a question.
pub const ANSWERS_MAX: i64 = 5;

/// Fewest choices of a poll.
pub const POLL_CHOICES_MIN: usize = 2;
/// Choices of a poll.
pub const POLL_CHOICES_MAX: usize = 20;
/// Text of a choice.
pub const POLL_CHOICE_MAX: usize = 200;
/// Choices that one ballot of a ranked poll orders.
pub const POLL_PLACES_MAX: i32 = 10;
/// Days that a poll of ours is open at most.
pub const POLL_DAYS_MAX: i64 = 366;
/// Votes that a peer is believed to have counted.
pub const POLL_VOTES_MAX: i64 = 10_000_000;
/// Seconds in which the new counts of a poll are sent to other servers once.
pub const POLL_UPDATE_SECONDS: i64 = 60;
/// Choices that people of one server make in a poll within an hour; the rest waits.
pub const POLL_PEER_VOTES_PER_HOUR: i64 = 600;
/// Names shown with a choice.
pub const POLL_NAMES_MAX: i64 = 50;

/// Tags of a community.
pub const TAGS_PER_COMMUNITY: usize = 50;
/// Tags of a thread.
pub const TAGS_PER_THREAD: usize = 5;
/// Name of a tag.
pub const TAG_NAME_MAX: usize = 40;

/// Name of a community.
pub const COMMUNITY_NAME_MAX: usize = 100;
/// One-sentence purpose of a community.
pub const PURPOSE_MAX: usize = 300;
/// Each of a community's three texts: domain, community, practice.
pub const CHARTER_TEXT_MAX: usize = 10_000;

/// Questions that a community asks those who want to join.
pub const JOIN_QUESTIONS_MAX: usize = 8;
/// One of these questions.
pub const JOIN_QUESTION_MAX: usize = 200;
/// The answer to one, and each text that is added to a request.
pub const JOIN_ANSWER_MAX: usize = 2_000;
/// Texts added to a request, of all kinds.
pub const JOIN_MESSAGES_MAX: i64 = 50;
/// Requests of people without an account that wait in one community; more are refused for the time.
pub const JOIN_GUESTS_MAX: i64 = 500;
/// Spaces of a community, closed ones included.
pub const SPACES_PER_COMMUNITY: usize = 30;
/// Name of a space.
pub const SPACE_NAME_MAX: usize = 80;
/// People in a private space.
pub const SPACE_MEMBERS_MAX: i64 = 500;
/// A reason, note, warning or appeal in moderation.
pub const MODERATION_TEXT_MAX: usize = 2_000;
/// Threads that a community shows first.
pub const PINS_MAX: i64 = 3;
/// Posts of somebody that are removed with their ban, the newest.
pub const REMOVED_WITH_BAN: i64 = 200;
/// Requests or members on a page of a list.
pub const MEMBERS_PER_PAGE: i64 = 50;

/// Longest text of a page of the instance, in characters.
pub const INFO_PAGE_MAX: usize = 20_000;
