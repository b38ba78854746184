//! From a peer's object to a draft of ours: title, text, languages, kind. Pure, and heavy enough
//! to be done before any transaction.

use super::attached::attached;
use super::languages::{entry, original, others};
use super::tag::wanted;
use super::verified_object::VerifiedObject;
use super::warning::{Warning, warning};
use crate::text::{escape, one_line};
use domain::post::{Draft, Wording};
use domain::prose::{self, Prose};
use model::limits::TITLE_MAX;
use model::name::has_visible_text;
use model::tag::WantedTags;
use model::{ActorId, Audience, PostDetails, PostKind};
use store::row;
use vocab::Object;

/// Longest title made of a text's first line.
const FIRST_LINE_MAX: usize = 100;

/// Where a post will stand, as far as its draft depends on it.
pub(crate) struct DraftContext {
    /// It is a thread's first post.
    pub thread: bool,
    /// Those of ours that it mentions.
    pub mentions: Vec<ActorId>,
    /// What it replies to.
    pub parent: Option<row::Post>,
}

/// What is kept of a peer's post.
pub(crate) fn draft(post: &VerifiedObject, audience: Audience, context: DraftContext) -> Draft {
    let (object, thread) = (&post.object, context.thread);
    let details = post.post_type.details(object).filter(|_| thread);
    let texts = Texts {
        post,
        thread,
        has_details: details.is_some(),
        parent: context.parent.as_ref(),
    };
    let (lang, text) = original(post);
    let warning = warning(post, texts.parent, &lang);
    let body = texts.original(&lang, text);
    let title = if thread {
        title(object, &lang, &warning, &body)
    } else {
        String::new()
    };
    let mut wordings = texts.translations(&lang);
    let original = Wording {
        lang,
        title,
        body,
        warning: warning.text,
    };
    wordings.insert(0, original);
    let tally = details.as_ref().and_then(|_| post.post_type.tally(object));
    let kind = details.as_ref().map(PostDetails::kind);
    Draft {
        kind: kind.unwrap_or_else(|| post.post_type.kind(named_kind(object))),
        audience,
        wordings,
        mentions: context.mentions,
        details,
        tally,
        pictures: None,
        tags: if thread {
            wanted(object)
        } else {
            WantedTags::default()
        },
        // Its community is open where it may come from another server.
        space: None,
        once: String::new(),
        began_from: None,
    }
}

/// Whether a post shows nothing, in any language. The title of one without a title is made of its text.
pub(crate) fn is_blank(post: &VerifiedObject, draft: &Draft) -> bool {
    let is_titled = draft
        .wordings
        .iter()
        .any(|wording| !wording.title.is_empty())
        && post.object.title().is_some_and(has_visible_text);
    let shows_text = |wording: &Wording| !prose::is_blank(&wording.body.html);
    !is_titled && draft.details.is_none() && !draft.wordings.iter().any(shows_text)
}

/// What it calls itself in our own key. Only the type of the object makes it a kind with details.
fn named_kind(object: &Object) -> Option<PostKind> {
    let kind: PostKind = object.hedgerow_kind.as_deref()?.parse().ok()?;
    (!kind.has_details()).then_some(kind)
}

/// The title given, else the warning about the content, else the first line of the text.
fn title(object: &Object, lang: &str, warning: &Warning, body: &Prose) -> String {
    let name = object
        .name
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    let titles = [name, entry(&object.name_map, lang), object.title()];
    let mut titles = titles.into_iter().flatten();
    let shown = |title| Some(one_line(title, TITLE_MAX)).filter(|title| !title.is_empty());
    if let Some(title) = titles.find_map(shown) {
        return title;
    }
    if !warning.text.is_empty() && !warning.unworded {
        return warning.text.clone();
    }
    let text = as_html(
        object.text().unwrap_or_default(),
        object.media_type.as_deref(),
    );
    let summary = object.summary.as_deref().unwrap_or_default();
    let mut lines = [text.as_str(), summary, &warning.text, body.html.as_str()]
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

/// What the texts of a post are made of.
struct Texts<'p> {
    post: &'p VerifiedObject,
    thread: bool,
    has_details: bool,
    /// What the post replies to.
    parent: Option<&'p row::Post>,
}

impl Texts<'_> {
    /// The author's text, with its Markdown.
    fn original(&self, lang: &str, text: &str) -> Prose {
        let object = &self.post.object;
        let has_abstract = self.post.post_type.has_abstract();
        let summary = || {
            object
                .summary
                .as_deref()
                .or(entry(&object.summary_map, lang))
        };
        let text = match summary() {
            Some(summary) if text.is_empty() && has_abstract => summary,
            Some(_) | None => text,
        };
        let source = object.source.as_ref();
        prose::foreign(
            &self.html(lang, text),
            source.and_then(|source| source.as_markdown()),
        )
    }

    /// What comes before a text, the text itself, and what is attached.
    fn html(&self, lang: &str, text: &str) -> String {
        let object = &self.post.object;
        let text = match object.title().filter(|_| self.thread) {
            Some(title) => without_title(text, title),
            None => text,
        };
        let text = as_html(text, object.media_type.as_deref());
        let attached = attached(self.post, lang, &text);
        [self.lead(lang), text, attached].concat()
    }

    /// The line that a text begins with, set apart.
    fn lead(&self, lang: &str) -> String {
        let lead = || self.post.post_type.lead(&self.post.object, lang);
        let line = if self.has_details { None } else { lead() };
        line.filter(|line| !line.is_empty())
            .map(|line| format!("<p><strong>{}</strong></p>", escape(&line)))
            .unwrap_or_default()
    }

    /// The post in each other language that has a text, or the title of a thread.
    fn translations(&self, lang: &str) -> Vec<Wording> {
        let object = &self.post.object;
        let translation = |(lang, key): (String, String)| {
            let title = entry(&object.name_map, &lang).filter(|_| self.thread);
            let text = object.content_map.iter().find(|(known, _)| *known == key);
            let html = text.map(|(_, text)| self.html(&lang, text));
            Wording {
                title: one_line(title.unwrap_or_default(), TITLE_MAX),
                body: prose::foreign(&html.unwrap_or_default(), None),
                warning: warning(self.post, self.parent, &lang).text,
                lang,
            }
        };
        others(object, lang, self.thread)
            .into_iter()
            .map(translation)
            .collect()
    }
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

#[cfg(test)]
mod tests;
