//! The form of a thread or reply: read when it is posted, and filled with what a post has.

use domain::secret;
use httpkit::compose::{TypedPost, TypedWording};
use model::lang::UNKNOWN;
use model::{Lang, Time};
use query::post::PostInThread;
use query::row::{Post, Tag};

use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::handlers::form_post::Fields;
use crate::handlers::show::discussion::pictures;
use crate::handlers::show::tag;
use crate::views::discussion::{PICTURE_SLOTS, edit_reply_form, thread_form, with_pictures};

/// A post that its author may change, and the tags of its community where it is a thread.
pub(super) struct EditablePost {
    pub found: PostInThread,
    pub tags: Vec<Tag>,
}

/// Reads the text of a thread or reply from a form. A language that is not chosen is guessed from the
/// text; beside a text in the other language, what tells nothing is taken to be in the reader's.
pub(super) fn typed(fields: &Fields, reader: Lang) -> TypedPost {
    let lang = match fields.trimmed("lang") {
        none if none.is_empty() => {
            let text = format!("{} {}", fields.get("title"), fields.get("body"));
            let has_other = ["title2", "body2"].map(|name| !fields.trimmed(name).is_empty());
            match words::guess(&text) {
                UNKNOWN if has_other.contains(&true) => reader.to_string(),
                guessed => guessed.to_owned(),
            }
        }
        chosen => chosen,
    };
    let second = Lang::from_tag(&lang).map_or(reader, Lang::other);
    let wording = |lang: String, [title, body, warning]: [&str; 3]| TypedWording {
        lang,
        title: fields.trimmed(title),
        body: fields.get(body).replace("\r\n", "\n"),
        warning: Some(fields.trimmed(warning)),
    };
    let first = wording(lang, ["title", "body", "warning"]);
    let second = wording(second.to_string(), ["title2", "body2", "warning2"]);
    TypedPost {
        kind: fields.choice("kind"),
        once: fields.trimmed("once"),
        wordings: vec![first, second],
        tags: Some(fields.all("tags")),
        ..TypedPost::default()
    }
}

/// Reads the new text of a post from a form. Languages that the form did not show stay as they
/// are, and a language keeps the tag it has (`fr-CA`).
pub(super) fn retyped(fields: &Fields, post: &Post, reader: Lang) -> TypedPost {
    let mut typed = typed(fields, reader);
    typed.began_from = fields.choice("revision").and_then(Time::from_unix_micros);
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
            warning: None,
        }));
    typed.keep_warnings(post);
    typed
}

/// The tag under which a post has a text in one of the interface's languages.
fn tag_of(post: &Post, lang: Lang) -> Option<&str> {
    let (tag, _) = post.source.shown(lang)?;
    (Lang::from_tag(tag) == Some(lang)).then_some(tag)
}

/// The form with the author's text, and below it the text in the interface's other language.
pub(super) fn filled(f: &Frame, editable: &EditablePost) -> Form {
    let mut form = empty(f, editable);
    let post = &editable.found.view.post;
    let (tag, body) = post.source.first().unwrap_or_default();
    let ours = Lang::from_tag(tag);
    match ours {
        Some(lang) => form.set("lang", lang.as_str()),
        None => form.set("lang", tag),
    }
    form.set("title", post.title.get(tag).unwrap_or_default());
    form.set("body", body);
    form.set("warning", post.warning.get(tag).unwrap_or_default());
    if let Some(second) = ours.and_then(|lang| tag_of(post, lang.other())) {
        form.set("title2", post.title.get(second).unwrap_or_default());
        form.set("body2", post.source.get(second).unwrap_or_default());
        let second = post.warning.get(second).unwrap_or_default();
        // The same holds for both.
        if second != form.value("warning") {
            form.set("warning2", second);
        }
    }
    form
}

/// Adds the fields for pictures, and the token by which the same form, sent several times, makes one post.
pub(super) fn of_new_post(f: &Frame, form: Form) -> Form {
    with_pictures(f, form, &[]).with(Field::new("once", Kind::Hidden, "").value(secret::token()))
}

/// Shows the pictures that a post has now in a form that was filled in before they changed.
pub(super) fn refill_pictures(form: &mut Form, found: &PostInThread) {
    for (slot, picture) in PICTURE_SLOTS.iter().zip(pictures(&found.view)) {
        form.set(slot.number, &picture.number.to_string());
        form.set(slot.alt, &picture.alt);
        form.set(slot.remove, "");
    }
}

/// The value of the field `revision`: which text of a post an edit begins from.
pub(super) fn revision(post: &Post) -> String {
    post.written_at().utc().timestamp_micros().to_string()
}

/// The form of an edited thread (its kind is fixed) or reply.
pub(super) fn empty(f: &Frame, EditablePost { found, tags }: &EditablePost) -> Form {
    let post = &found.view.post;
    let action = format!("/p/{}/edit", post.id);
    let mut form = if found.is_thread() {
        thread_form(f, &action, post.kind, &[])
    } else {
        edit_reply_form(f, &action)
    };
    form.fields.retain(|field| field.name != "kind");
    form = super::poll::filled(f, form, found);
    form = with_pictures(f, form, &pictures(&found.view));
    if !tags.is_empty() {
        form = form.with(tag::field(f, tags, &found.view.tags));
    }
    form = form.with(Field::new("revision", Kind::Hidden, "").value(revision(post)));
    let (tag, _) = post.source.first().unwrap_or_default();
    if Lang::from_tag(tag).is_none() {
        // The author wrote in a language that the form does not offer: it is changed alone.
        let label = match (tag, words::name_of_tag(tag)) {
            (UNKNOWN, _) => f.text("compose-lang-unknown").to_owned(),
            (_, Some(name)) => name.to_owned(),
            (tag, None) => f.message("compose-lang-other").arg("tag", tag).to_string(),
        };
        form.offer("lang", tag, &label);
        form.fields
            .retain(|field| !matches!(field.name.as_str(), "title2" | "body2" | "warning2"));
    }
    form
}
