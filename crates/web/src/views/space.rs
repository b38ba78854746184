//! The spaces of a community: the label beside a thread, the choice in the form of a new one, and the pages on which
//! facilitators keep them.

use askama::Template;
use model::access::{SpaceAccess, SpacePosting};
use model::limits::SPACE_NAME_MAX;
use model::{Lang, SpaceId};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::{Person, PlaceLink};

/// A space as named beside what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceLabel {
    pub name: String,
    /// Language of the name; empty where it is unknown.
    pub lang: String,
    pub access: SpaceAccess,
    /// The threads in it.
    pub url: String,
}

impl SpaceLabel {
    /// The icon that says who reads it.
    #[must_use]
    pub const fn icon(&self) -> &'static str {
        match self.access {
            SpaceAccess::Open => "globe",
            SpaceAccess::Members => "people",
            SpaceAccess::Private => "key",
        }
    }

    /// The key of the sentence that says who reads what is written there.
    #[must_use]
    pub const fn who_reads(&self) -> &'static str {
        match self.access {
            SpaceAccess::Open => "space-read-open",
            SpaceAccess::Members => "space-read-members",
            SpaceAccess::Private => "space-read-private",
        }
    }
}

/// A space in the list of facilitators.
#[derive(Debug, Clone)]
pub struct SpaceRow {
    pub label: SpaceLabel,
    pub posting: SpacePosting,
    pub closed: bool,
    pub edit_url: String,
}

/// `/c/{handle}/spaces`
#[derive(Debug, Template)]
#[template(path = "space/list.html")]
pub struct Spaces {
    pub f: Frame,
    pub place: PlaceLink,
    pub spaces: Vec<SpaceRow>,
    /// Makes one.
    pub form: Form,
}

/// `/c/{handle}/spaces/{id}`
#[derive(Debug, Template)]
#[template(path = "space/edit.html")]
pub struct EditSpace {
    pub f: Frame,
    pub place: PlaceLink,
    pub label: SpaceLabel,
    pub closed: bool,
    pub form: Form,
    /// Who is in it, each with the id that a form sends; empty where it is not private.
    pub members: Vec<(Person, String)>,
    pub back_url: String,
}

/// A space in which the reader may begin a thread.
#[derive(Debug, Clone)]
pub struct SpaceChoice {
    /// `None` for the common one.
    pub id: Option<SpaceId>,
    pub name: String,
    pub lang: String,
    pub access: SpaceAccess,
}

fn names(f: &Frame) -> [Field; 2] {
    f.langs().map(|lang: Lang| {
        Field::new(
            &format!("space_{lang}"),
            Kind::Text,
            f.text(&format!("space-name-{lang}")),
        )
        .lang(lang)
        .autocomplete("off")
        .max(SPACE_NAME_MAX)
        .missing(f.text("enter-space-name"))
    })
}

fn posting_field(f: &Frame, posting: SpacePosting) -> Field {
    let choices = SpacePosting::ALL
        .iter()
        .map(|one| Choice::new(one.as_str(), f.text(one.label())));
    Field::new(
        "posting",
        Kind::Radios(choices.collect()),
        f.text("space-posting"),
    )
    .value(posting.as_str())
}

/// The fields of a new space: `space_en space_fr access posting`.
#[must_use]
pub fn new_space_form(f: &Frame, action: &str) -> Form {
    let choices = SpaceAccess::ALL.iter().map(|one| {
        Choice::new(one.as_str(), f.text(one.label()))
            .hint(f.text(&format!("{}-hint", one.label())))
    });
    let access = Field::new(
        "access",
        Kind::Radios(choices.collect()),
        f.text("space-access"),
    )
    .hint(f.text("space-access-settled"))
    .value(SpaceAccess::Members.as_str());
    Form::new(action)
        .with_all(names(f))
        .with(access)
        .with(posting_field(f, SpacePosting::All))
}

/// The fields that change a space: `space_en space_fr posting`, and `member`, a username, for a private one.
#[must_use]
pub fn space_form(f: &Frame, action: &str, (access, posting): (SpaceAccess, SpacePosting)) -> Form {
    let member = || {
        Field::new("member", Kind::Text, f.text("space-member"))
            .hint(f.text("space-member-hint"))
            .autocomplete("off")
            .max(100)
            .missing(f.text("enter-space-member"))
    };
    Form::new(action)
        .with_all(names(f))
        .with(posting_field(f, posting))
        .with_all((access == SpaceAccess::Private).then(member))
}

/// The choice of the space of a new thread: `space`, empty for the common one. Each says who reads it.
#[must_use]
pub fn space_field(f: &Frame, choices: &[SpaceChoice], chosen: Option<SpaceId>) -> Field {
    let value = |id: Option<SpaceId>| id.map(|id| id.to_string()).unwrap_or_default();
    let options = choices.iter().map(|choice| {
        let who = f.text(choice.access.label());
        let label = match choice.id {
            Some(_) => format!("{} ({who})", choice.name),
            None => who.to_owned(),
        };
        Choice::new(value(choice.id), label)
    });
    Field::new(
        "space",
        Kind::Select(options.collect()),
        f.text("space-where"),
    )
    .hint(f.text("space-where-hint"))
    .value(value(chosen))
}

#[cfg(test)]
mod tests;
