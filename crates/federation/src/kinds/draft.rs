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
use store::row;
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
    /// What it replies to.
    pub parent: Option<row::Post>,
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
    let warning = warning(post.post_type, object, context.parent.as_ref());
    let body = body(post.post_type, object, &lang, lead, context.thread);
    let title = if context.thread {
        title(object, &warning, &body)
    } else {
        String::new()
    };
    let body = folded(body, &warning);
    let mut wordings = translations(object, &lang, &warning, context.thread);
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

/// The warning about the content; empty where there is none. That of a reply which repeats what it answers is
/// none: GoToSocial and snac take the summary of our threads for a warning, and copy it.
fn warning(post_type: &dyn PostType, object: &Object, parent: Option<&row::Post>) -> String {
    let warning = post_type.warning(object).unwrap_or_default();
    let warning = one_line(&prose::plain(warning, 4 * TITLE_MAX), 4 * TITLE_MAX);
    let repeats = |parent: &row::Post| {
        let begins = |html: &str| {
            let text = prose::plain(html, FIRST_LINE_MAX);
            let text = text.trim_end_matches('…');
            !text.is_empty() && !html.starts_with(FOLD) && warning.starts_with(text)
        };
        let mut titles = parent.title.iter();
        titles.any(|(_, title)| title == warning)
            || parent.html.iter().any(|(_, html)| begins(html))
    };
    if parent.is_some_and(repeats) {
        return String::new();
    }
    one_line(&warning, TITLE_MAX)
}

/// How a text begins that is folded behind a warning.
const FOLD: &str = "<details><summary>";

/// Folds a text behind the warning about it: lists, notices and searches show the warning only.
fn folded(body: Prose, warning: &str) -> Prose {
    if warning.is_empty() || prose::is_blank(&body.html) {
        return body;
    }
    let html = format!("{FOLD}{}</summary>{}</details>", escape(warning), body.html);
    Prose { html, ..body }
}

/// The title given, else the warning about the content, else the first line of the text.
fn title(object: &Object, warning: &str, body: &Prose) -> String {
    let given = one_line(object.title().unwrap_or_default(), TITLE_MAX);
    if !given.is_empty() {
        return given;
    }
    if !warning.is_empty() {
        return warning.to_owned();
    }
    let text = as_html(
        object.text().unwrap_or_default(),
        object.media_type.as_deref(),
    );
    let summary = object.summary.as_deref().unwrap_or_default();
    let mut lines = [text.as_str(), summary, body.html.as_str()]
        .into_iter()
        .flat_map(prose::lines);
    let found = lines.find_map(|line| Some(words(&line)).filter(|line| !line.is_empty()));
    found.unwrap_or_else(|| "…".to_owned())
}

/// A line without the names it begins with: a Note calls its community first.
fn words(line: &str) -> String {
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
fn translations(object: &Object, lang: &str, warning: &str, thread: bool) -> Vec<Wording> {
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
        let own_warning = object.summary_map.get(key).filter(|_| !warning.is_empty());
        let own_warning = one_line(
            &prose::plain(own_warning.unwrap_or_default(), TITLE_MAX),
            TITLE_MAX,
        );
        let warning = if own_warning.is_empty() {
            warning
        } else {
            &own_warning
        };
        let body = prose::foreign(&as_html(html, object.media_type.as_deref()), None);
        wordings.push(Wording {
            lang: tag,
            title: one_line(title.unwrap_or_default(), TITLE_MAX),
            body: folded(body, warning),
        });
    }
    wordings
}

#[cfg(test)]
mod tests;
