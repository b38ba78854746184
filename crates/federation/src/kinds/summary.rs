//! Renders the `summary` of a thread. Mastodon shows the `name`, the `summary` and the link of a Page, and never
//! its `content`: so the summary has all languages, and a link to the conversation.

use super::PostDocumentData;
use super::words::invitation;
use crate::text::escape;
use domain::prose::plain;
use model::Lang;
use model::lang::UNKNOWN;

/// The longest excerpt of one text, in characters.
const EXCERPT: usize = 400;

/// Renders the summary, in HTML.
pub(super) fn summary(data: &PostDocumentData) -> String {
    let post = &data.post;
    let mut html = String::new();
    for (n, (tag, text)) in post.html.iter().enumerate() {
        // The author's title is the thread's `name`; Mastodon shows no other.
        let title = (n > 0).then(|| post.title.iter().find(|(other, _)| *other == tag));
        let title = title.flatten().map(|(_, title)| title);
        html.push_str(&paragraph(tag, title, &plain(text, EXCERPT)));
    }
    html.push_str(&conversation_links(data));
    html
}

fn paragraph(tag: &str, title: Option<&str>, text: &str) -> String {
    let title = title.map_or_else(String::new, |title| {
        format!("<strong>{}</strong><br>", escape(title))
    });
    if title.is_empty() && text.is_empty() {
        return String::new();
    }
    let lang = if tag == UNKNOWN {
        String::new()
    } else {
        format!(" lang=\"{}\"", escape(tag))
    };
    format!("<p{lang}>{title}{}</p>", escape(text))
}

/// Renders the link to the conversation, once for each language.
fn conversation_links(data: &PostDocumentData) -> String {
    let post = &data.post;
    let mut tags = post.html.iter().map(|(tag, _)| tag);
    let mut langs = vec![tags.next().and_then(Lang::from_tag).unwrap_or(Lang::En)];
    for lang in tags.filter_map(Lang::from_tag) {
        if !langs.contains(&lang) {
            langs.push(lang);
        }
    }
    let sentences: Vec<String> = langs
        .into_iter()
        .map(|lang| {
            let name = data.community.as_ref().map(|group| {
                let own = data.community_name.in_lang(lang);
                own.unwrap_or(&group.name)
            });
            format!(
                "<a href=\"{}\" lang=\"{lang}\">{}</a>",
                escape(&post.url),
                escape(&invitation(lang, name))
            )
        })
        .collect();
    format!("<p>{}</p>", sentences.join(" · "))
}
