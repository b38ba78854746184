//! Threads: reading, starting, replying, editing, deleting, finding helpful, and what a post said
//! before. A thread and each of its replies is at `/p/{id}`.

mod compose;
mod delete;
mod history;
mod like;
mod thread;

pub use compose::{edit, edit_form, new_form, preview, start};
pub use delete::{delete, delete_form};
pub use history::history;
pub use like::{like, unlike};
pub use thread::{reply, reply_page, thread};

use httpkit::compose::{TypedPost, TypedWording};
use model::Lang;
use query::post::PostInThread;
use query::row::Post;

use super::form_post::Fields;
use super::show::community;
use crate::views::parts;

/// Reads the text of a thread or reply from a form.
fn typed(fields: &Fields) -> TypedPost {
    let wording = |lang: String, title: &str, body: &str| TypedWording {
        lang,
        title: fields.trimmed(title),
        body: fields.get(body).replace("\r\n", "\n"),
    };
    let first = wording(fields.trimmed("lang"), "title", "body");
    let second = fields
        .choice::<Lang>("lang")
        .map(|lang| wording(lang.other().to_string(), "title2", "body2"));
    TypedPost {
        kind: fields.choice("kind"),
        wordings: std::iter::once(first).chain(second).collect(),
    }
}

/// Reads the new text of a post from a form. Languages that the form did not show stay as they
/// are, and a language keeps the tag it has (`fr-CA`).
fn retyped(fields: &Fields, post: &Post) -> TypedPost {
    let mut typed = typed(fields);
    for wording in &mut typed.wordings {
        let lang = Lang::from_tag(&wording.lang);
        let known = lang.and_then(|lang| tag_of(post, lang));
        if let Some(tag) = known {
            tag.clone_into(&mut wording.lang);
        }
    }
    let first = post.source.tags().next();
    let offers_two = first.and_then(Lang::from_tag).is_some();
    let shown = |tag: &str| {
        first == Some(tag)
            || offers_two
                && Lang::ALL
                    .iter()
                    .any(|lang| tag_of(post, *lang) == Some(tag))
    };
    let others = post.source.iter().filter(|(tag, _)| !shown(tag));
    typed
        .wordings
        .extend(others.map(|(tag, body)| TypedWording {
            lang: tag.to_owned(),
            title: post.title.get(tag).unwrap_or_default().to_owned(),
            body: body.to_owned(),
        }));
    typed
}

/// The tag under which a post has a text in one of the interface's languages.
fn tag_of(post: &Post, lang: Lang) -> Option<&str> {
    let (tag, _) = post.source.shown(lang)?;
    (Lang::from_tag(tag) == Some(lang)).then_some(tag)
}

/// The community of a post, or the author of its thread.
fn place(found: &PostInThread, lang: Lang) -> parts::PlaceLink {
    match &found.community {
        Some(place) => community::place(place, lang),
        None => community::no_place(&found.view.author),
    }
}
