//! From a peer's object to a draft of ours: title, text, languages, kind. Pure, and heavy enough
//! to be done before any transaction.

use super::post_type::PostType;
use super::verified_object::VerifiedObject;
use crate::text::{escape, one_line, primary, tag};
use domain::post::{Draft, Wording};
use domain::prose::{self, Prose};
use model::lang::UNKNOWN;
use model::lang_text::LANGUAGES_MAX;
use model::limits::TITLE_MAX;
use model::{ActorId, Audience, PostKind};
use vocab::{Attachment, Object};

/// Longest title made of a text's first line.
const FIRST_LINE_MAX: usize = 100;
/// Attachments listed.
const ATTACHMENTS_MAX: usize = 20;

/// Where a post will stand, as far as its draft depends on it.
pub(crate) struct DraftContext {
    /// It is a thread's first post.
    pub thread: bool,
    /// The language to take where it names none.
    pub lang: String,
    /// Those of ours that it mentions.
    pub mentions: Vec<ActorId>,
}

/// What is kept of a peer's post.
pub(crate) fn draft(post: &VerifiedObject, audience: Audience, context: DraftContext) -> Draft {
    let object = &post.object;
    let lang = language(post).unwrap_or_else(|| match is_unknown(object) {
        true => UNKNOWN.to_owned(),
        false => context.lang,
    });
    let details = post.post_type.details(object).filter(|_| context.thread);
    let lead = match details {
        Some(_) => String::new(),
        None => lead(post.post_type, object),
    };
    let body = body(post.post_type, object, &lang, lead, context.thread);
    let title = if context.thread {
        title(object, &body)
    } else {
        String::new()
    };
    let mut wordings = translations(object, &lang, context.thread);
    wordings.insert(0, Wording { lang, title, body });
    Draft {
        kind: post.post_type.kind(named_kind(object)),
        audience,
        wordings,
        mentions: context.mentions,
        details,
        pictures: None,
        once: String::new(),
        began_from: None,
    }
}

/// What it calls itself in our own key. Only the type of the object makes it a kind with details.
fn named_kind(object: &Object) -> Option<PostKind> {
    let kind: PostKind = object.hedgerow_kind.as_deref()?.parse().ok()?;
    (!kind.has_details()).then_some(kind)
}

/// The language written in: `language`, the maps' first entry, or `inLanguage`.
fn language(post: &VerifiedObject) -> Option<String> {
    let written = post.object.written_in().and_then(tag);
    written.or_else(|| post.in_language.as_deref().and_then(tag))
}

/// Whether its author says that its language is unknown, as Lemmy does by default.
fn is_unknown(object: &Object) -> bool {
    let language = object.language.as_ref();
    language.is_some_and(|language| language.identifier == UNKNOWN)
}

/// The title given, else the first line of the text.
fn title(object: &Object, body: &Prose) -> String {
    if let Some(title) = object.title() {
        return one_line(title, TITLE_MAX);
    }
    let text = object.text().unwrap_or_default();
    let end = ["</p>", "<br", "\n"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min();
    let first = end.and_then(|end| text.get(..end)).unwrap_or(text);
    let summary = object.summary.as_deref().unwrap_or_default();
    let lines = [first, text, summary, body.html.as_str()];
    let found = lines
        .iter()
        .map(|html| words(html))
        .find(|line| !line.is_empty());
    found.unwrap_or_else(|| "…".to_owned())
}

/// A line without the names it begins with: a Note calls its community first.
fn words(html: &str) -> String {
    let line = prose::plain(html, 4 * FIRST_LINE_MAX);
    let words = line
        .split(' ')
        .skip_while(|word| word.starts_with(['@', '!']));
    one_line(&words.collect::<Vec<_>>().join(" "), FIRST_LINE_MAX)
}

/// The text: what comes before it, the text itself, and what is attached.
fn body(
    post_type: &dyn PostType,
    object: &Object,
    lang: &str,
    lead: String,
    is_thread: bool,
) -> Prose {
    let of_language = object.content_map.get(lang);
    let text = object.content.as_deref().or(of_language).or(object.text());
    let abstracted = || {
        object
            .summary
            .as_deref()
            .filter(|_| post_type.has_abstract())
    };
    let text = text.or_else(abstracted).unwrap_or_default();
    let text = match object.title().filter(|_| is_thread) {
        Some(title) => without_title(text, title),
        None => text,
    };
    let mut html = lead;
    html.push_str(&as_html(text, object.media_type.as_deref()));
    html.push_str(&attached(&object.attachment));
    let source = object
        .source
        .as_ref()
        .and_then(|source| source.as_markdown());
    prose::foreign(&html, source)
}

/// A text without its first paragraph where that is the title (PieFed 1.6, of polls) and more follows.
fn without_title<'t>(text: &'t str, title: &str) -> &'t str {
    let first = text
        .trim_start()
        .strip_prefix("<p>")
        .and_then(|rest| rest.split_once("</p>"));
    match first {
        Some((line, rest))
            if !rest.trim().is_empty()
                && one_line(&prose::plain(line, 4 * TITLE_MAX), TITLE_MAX)
                    == one_line(title, TITLE_MAX) =>
        {
            rest
        }
        Some(_) | None => text,
    }
}

/// The line its text begins with, set apart.
fn lead(post_type: &dyn PostType, object: &Object) -> String {
    let line = post_type.lead(object).filter(|line| !line.is_empty());
    line.map(|line| format!("<p><strong>{}</strong></p>", escape(&line)))
        .unwrap_or_default()
}

/// HTML, unless the media type says that it is Markdown or plain text.
fn as_html(text: &str, media_type: Option<&str>) -> String {
    let essence = media_type
        .and_then(|t| t.split(';').next())
        .unwrap_or("text/html")
        .trim();
    match essence {
        "text/markdown" => prose::render(text, &[]).html,
        "text/plain" => format!("<p>{}</p>", escape(text).replace('\n', "<br>")),
        _ => text.to_owned(),
    }
}

/// What is attached, as a list of links.
fn attached(attachments: &[Attachment]) -> String {
    let links: Vec<String> = attachments
        .iter()
        .filter_map(link)
        .take(ATTACHMENTS_MAX)
        .collect();
    if links.is_empty() {
        return String::new();
    }
    format!("<ul>{}</ul>", links.concat())
}

fn link(attachment: &Attachment) -> Option<String> {
    let at = attachment.address()?;
    if attachment.kind == "PropertyValue"
        || !(at.starts_with("https://") || at.starts_with("http://"))
    {
        return None;
    }
    let named = attachment
        .name
        .as_deref()
        .map(|name| one_line(name, TITLE_MAX));
    let label = named
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| one_line(at, FIRST_LINE_MAX));
    Some(format!(
        "<li><a href=\"{}\">{}</a></li>",
        escape(at),
        escape(&label)
    ))
}

/// The text in each other language, in the object's order: a translation of the body, and of a
/// thread's title where there is one.
fn translations(object: &Object, lang: &str, thread: bool) -> Vec<Wording> {
    let mut wordings: Vec<Wording> = Vec::new();
    for (key, html) in object.content_map.iter() {
        let Some(tag) = tag(key) else { continue };
        if primary(&tag) == primary(lang) || wordings.iter().any(|known| known.lang == tag) {
            continue;
        }
        if wordings.len() + 1 >= LANGUAGES_MAX {
            break;
        }
        let title = object.name_map.get(key).filter(|_| thread);
        wordings.push(Wording {
            lang: tag,
            title: one_line(title.unwrap_or_default(), TITLE_MAX),
            body: prose::foreign(&as_html(html, object.media_type.as_deref()), None),
        });
    }
    wordings
}

#[cfg(test)]
mod tests;
