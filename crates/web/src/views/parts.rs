//! The pieces pages share: a person's line, a community's mark, tabs, pages of a list, the follow
//! button, and what an empty place says.

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};
use chrono::{DateTime, Utc};
use model::PostKind;

use crate::frame::Frame;
use crate::leaf;
use crate::views::space::SpaceLabel;
use crate::views::tag::TagLink;
use model::Lang;

/// A person as shown beside their posts.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    /// `@ann`, or `@ann@alpha.test` for someone from elsewhere.
    pub handle: String,
    /// Their page here.
    pub url: String,
    /// Host of a remote person.
    pub host: Option<String>,
    /// Their picture, served by this instance.
    pub avatar: Option<String>,
    /// Role and organization in one line: `Nurse, Harbour clinic`.
    pub role: Option<String>,
}

impl Person {
    /// Their picture or initials; decorative, the name stands beside it.
    #[must_use]
    pub fn avatar(&self) -> Avatar {
        avatar(&self.name, &self.handle, &self.avatar)
    }
}

/// See [`Person::avatar`].
#[must_use]
pub fn avatar(name: &str, handle: &str, picture: &Option<String>) -> Avatar {
    match picture {
        Some(url) => Avatar::Picture(url.clone()),
        None => Avatar::Initials(leaf::tone(handle), initials(name)),
    }
}

/// Initials, where there is no picture.
#[must_use]
pub fn plain_avatar(name: &str, handle: &str) -> Avatar {
    avatar(name, handle, &None)
}

/// The first letters of the first and last word: `Jo Tran` → `JT`.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split([' ', '-']).filter_map(|word| {
        word.chars()
            .find(|c| c.is_alphanumeric())
            .map(|c| c.to_uppercase().to_string())
    });
    let first = words.next().unwrap_or_else(|| "·".to_owned());
    let last = words.next_back().unwrap_or_default();
    first + &last
}

/// The mark of a community: its picture, or its initials on its colour. Decorative, the name stands
/// beside it.
#[derive(Debug, Clone)]
pub enum Tile {
    Picture(String),
    Initials(String),
}

/// See [`Tile`].
#[must_use]
pub fn tile(name: &str, picture: Option<String>) -> Tile {
    picture.map_or_else(|| Tile::Initials(initials(name)), Tile::Picture)
}

impl fmt::Display for Tile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tile::Picture(url) => {
                out.write_str(
                    r#"<img class="place-tile" alt="" loading="lazy" width="44" height="44" src=""#,
                )?;
                Html.write_escaped_str(&mut *out, url)?;
                out.write_str(r#"">"#)
            }
            Tile::Initials(letters) => {
                out.write_str(r#"<span class="place-tile" aria-hidden="true">"#)?;
                Html.write_escaped_str(&mut *out, letters)?;
                out.write_str("</span>")
            }
        }
    }
}

impl HtmlSafe for Tile {}

/// A round picture, or initials on one of six tones.
#[derive(Debug, Clone)]
pub enum Avatar {
    Picture(String),
    Initials(u8, String),
}

impl fmt::Display for Avatar {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Avatar::Picture(url) => {
                out.write_str(
                    r#"<img class="avatar" alt="" loading="lazy" width="40" height="40" src=""#,
                )?;
                Html.write_escaped_str(&mut *out, url)?;
                out.write_str(r#"">"#)
            }
            Avatar::Initials(tone, letters) => {
                write!(
                    out,
                    r#"<span class="avatar tone-{tone}" aria-hidden="true">"#
                )?;
                Html.write_escaped_str(&mut *out, letters)?;
                out.write_str("</span>")
            }
        }
    }
}

impl HtmlSafe for Avatar {}

/// A community as shown beside its threads.
#[derive(Debug, Clone)]
pub struct PlaceLink {
    pub name: String,
    pub url: String,
    /// Host of a remote community.
    pub host: Option<String>,
    /// Its number in the palette.
    pub colour: u8,
}

/// A thread in a list.
#[derive(Debug, Clone)]
pub struct ThreadRow {
    pub title: String,
    /// Language of the title, empty when unknown.
    pub lang: String,
    pub url: String,
    pub kind: PostKind,
    /// It is a question with an accepted answer.
    pub answered: bool,
    pub author: Person,
    /// Named where threads of several communities stand together.
    pub place: Option<PlaceLink>,
    /// When it was begun.
    pub at: DateTime<Utc>,
    /// Who replied last, and when.
    pub last: Option<(String, DateTime<Utc>)>,
    pub replies: i64,
    /// Whether the reader has unread posts in it.
    pub unread: bool,
    /// The language it is in, where the reader's is missing.
    pub only_in: Option<Lang>,
    pub tags: Vec<TagLink>,
    /// Its space, where that is another than the common one.
    pub space: Option<SpaceLabel>,
}

impl ThreadRow {
    /// Whether its replies are counted: a poll is answered by votes.
    pub(super) fn counts_replies(&self) -> bool {
        self.replies > 0 || self.kind != PostKind::Poll
    }

    /// The key of what its author did.
    #[must_use]
    pub fn begun(&self) -> &'static str {
        match self.kind {
            PostKind::Question => "row-asked",
            _ => "row-posted",
        }
    }
}

/// A tab or filter.
#[derive(Debug, Clone)]
pub struct Tab {
    pub label: String,
    pub url: String,
    pub here: bool,
    pub count: Option<i64>,
}

impl Tab {
    pub fn new(label: impl Into<String>, url: impl Into<String>, here: bool) -> Self {
        Self {
            label: label.into(),
            url: url.into(),
            here,
            count: None,
        }
    }

    #[must_use]
    pub fn count(mut self, n: i64) -> Self {
        self.count = Some(n);
        self
    }
}

/// The links between the pages of a list.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    pub prev: Option<String>,
    pub next: Option<String>,
    /// From 1; `pages` is 0 where the number is not known (lists read by cursor).
    pub page: i64,
    pub pages: i64,
    /// The first page, the last one and those around this one, each with its address; `None` stands for
    /// those between.
    pub numbers: Vec<Option<(i64, String)>>,
    /// It stands above the list, and there is another one below.
    pub above: bool,
}

impl Pager {
    /// The links of a list whose pages are counted.
    #[must_use]
    pub fn numbered(page: i64, pages: i64, at: impl Fn(i64) -> String) -> Self {
        let mut numbers: Vec<Option<(i64, String)>> = Vec::new();
        let near = (page - 1..=page + 1).filter(|near| (2..pages).contains(near));
        let mut before = 0;
        for number in std::iter::once(1).chain(near).chain([pages]) {
            if number == before || pages < 2 {
                continue;
            }
            if number > before + 1 {
                numbers.push(None);
            }
            numbers.push(Some((number, at(number))));
            before = number;
        }
        Self {
            prev: (page > 1).then(|| at(page - 1)),
            next: (page < pages).then(|| at(page + 1)),
            page,
            pages,
            numbers,
            above: false,
        }
    }

    /// The same links, above the list.
    #[must_use]
    pub fn above(&self) -> Self {
        Self {
            above: true,
            ..self.clone()
        }
    }

    /// ", page 2" after the title of every page but the first.
    #[must_use]
    pub fn title_suffix(&self, f: &Frame) -> String {
        if self.page > 1 {
            format!(", {}", f.message("title-page").arg("page", self.page))
        } else {
            String::new()
        }
    }

    /// "?page=2" on every page but the first.
    #[must_use]
    pub fn query(&self) -> String {
        match self.page > 1 {
            true => format!("?page={}", self.page),
            false => String::new(),
        }
    }

    /// Whether there is another page.
    #[must_use]
    pub fn many(&self) -> bool {
        self.prev.is_some() || self.next.is_some()
    }
}

/// The text of an empty list: what it is for, one example, one action.
#[derive(Debug, Clone)]
pub struct Empty {
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    pub example: Option<String>,
    /// (label, address)
    pub action: Option<(String, String)>,
}

/// The state of the follow button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowState {
    /// Not signed in: the button leads to the sign-in page.
    SignedOut,
    Not,
    /// Asked; the other server has not answered yet.
    Pending,
    Following,
    /// It is the reader's own page: no button.
    Mine,
    /// The actor has moved: no button, except to stop following.
    Moved,
}

/// The follow button.
#[derive(Debug, Clone)]
pub struct Follow {
    pub state: FollowState,
    /// Where following is posted (or, signed out, the sign-in page).
    pub url: String,
    /// The action that undoes it.
    pub undo_url: String,
    /// Where a guest follows with an account on another server.
    pub elsewhere_url: Option<String>,
    /// Who will see it, where the reader may follow.
    pub seen_by: Option<String>,
}

#[cfg(test)]
pub mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_last_word() {
        assert_eq!(initials("Jo Tran"), "JT");
        assert_eq!(initials("Mireille de la Roy"), "MR");
        assert_eq!(initials("élise"), "É");
        assert_eq!(initials("🌱"), "·");
    }

    #[test]
    fn a_picture_address_cannot_leave_its_attribute() {
        let shown = avatar("Ann", "@ann", &Some("/m/1\"><script>".into())).to_string();
        assert!(!shown.contains("<script>"), "{shown}");
    }
}
