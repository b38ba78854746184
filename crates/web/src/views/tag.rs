//! Tags of a community: the list that its facilitators keep, and the tags of one thread.

use askama::Template;
use model::Lang;
use model::limits::TAG_NAME_MAX;

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::PlaceLink;

/// A tag as a link to the threads that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagLink {
    pub name: String,
    /// Language of the name; empty where it is unknown.
    pub lang: String,
    pub url: String,
}

/// A tag in the list of its facilitators.
#[derive(Debug, Clone)]
pub struct TagRow {
    pub link: TagLink,
    /// Its name in the other language of the interface.
    pub other: Option<(Lang, String)>,
    /// As a hashtag, without its sign.
    pub slug: String,
    pub threads: i64,
    pub edit_url: String,
    pub remove_url: String,
}

/// `/c/{handle}/tags`
#[derive(Debug, Template)]
#[template(path = "community/tags.html")]
pub struct Tags {
    pub f: Frame,
    pub place: PlaceLink,
    /// By name.
    pub tags: Vec<TagRow>,
    /// Adds one.
    pub form: Form,
}

/// `/c/{handle}/tags/{id}/edit`
#[derive(Debug, Template)]
#[template(path = "community/tag_edit.html")]
pub struct EditTag {
    pub f: Frame,
    pub place: PlaceLink,
    /// The name that it has.
    pub name: String,
    pub form: Form,
    pub back_url: String,
}

/// `/c/{handle}/tags/{id}/remove`: says what will happen before it does.
#[derive(Debug, Template)]
#[template(path = "community/tag_remove.html")]
pub struct RemoveTag {
    pub f: Frame,
    pub place: PlaceLink,
    pub name: String,
    /// How many threads lose it.
    pub threads: i64,
    pub action: String,
    pub back_url: String,
}

/// `/p/{id}/tags`, and the same form on the page of a thread.
#[derive(Debug, Template)]
#[template(path = "discussion/tags.html")]
pub struct ThreadTags {
    pub f: Frame,
    pub place: PlaceLink,
    pub form: Form,
    pub back_url: String,
}

/// The fields of a tag: `tag_en tag_fr`, and `revision` where it is renamed.
#[must_use]
pub fn tag_form(f: &Frame, action: &str) -> Form {
    let line = |lang: Lang| {
        Field::new(
            &format!("tag_{lang}"),
            Kind::Text,
            f.text(&format!("tag-name-{lang}")),
        )
        .lang(lang)
        .autocomplete("off")
        .max(TAG_NAME_MAX)
        .missing(f.text("enter-tag-name"))
    };
    Form::new(action).with_all(f.langs().map(line))
}

/// The choice of a thread's tags: (id, name, language of the name, whether it has it).
#[must_use]
pub fn tags_field(f: &Frame, tags: &[(String, TagLink, bool)]) -> Field {
    let choices = tags.iter().map(|(id, link, chosen)| Choice {
        chosen: *chosen,
        lang: Lang::from_tag(&link.lang).filter(|lang| *lang != f.lang),
        ..Choice::new(id, &link.name)
    });
    Field::new("tags", Kind::Checks(choices.collect()), f.text("tags"))
        .hint(f.text("tags-choose-hint"))
        .optional(f)
}

#[cfg(test)]
mod tests;
