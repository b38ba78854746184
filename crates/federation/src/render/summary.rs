//! The abstract of a thread. Mastodon shows of a Page its `name`, this, and the link, and never its
//! `content`: so both languages are in it, and a sentence that leads to the conversation.

use super::Written;
use super::words::{escape, invitation};
use domain::prose::plain;
use model::Lang;

/// Longest excerpt of one text, in characters.
const EXCERPT: usize = 400;

/// The abstract, HTML.
pub(super) fn summary(written: &Written) -> String {
    let post = &written.post;
    let mut html = paragraph(&post.lang, None, &plain(&post.body_html, EXCERPT));
    if let Some(second) = &post.alt_lang {
        let title = Some(post.alt_title.as_str()).filter(|title| !title.is_empty());
        html.push_str(&paragraph(second, title, &plain(&post.alt_html, EXCERPT)));
    }
    html.push_str(&way_in(written));
    html
}

fn paragraph(tag: &str, title: Option<&str>, text: &str) -> String {
    let title = title.map_or_else(String::new, |title| {
        format!("<strong>{}</strong><br>", escape(title))
    });
    if title.is_empty() && text.is_empty() {
        return String::new();
    }
    let lang = if tag.is_empty() {
        String::new()
    } else {
        format!(" lang=\"{}\"", escape(tag))
    };
    format!("<p{lang}>{title}{}</p>", escape(text))
}

/// The sentence that leads to the conversation, once a language.
fn way_in(written: &Written) -> String {
    let post = &written.post;
    let first = Lang::from_tag(&post.lang).unwrap_or(Lang::En);
    let second = post.alt_lang.as_deref().and_then(Lang::from_tag);
    let langs = std::iter::once(first).chain(second.filter(|lang| *lang != first));
    let sentences: Vec<String> = langs
        .map(|lang| {
            let name = written.community.as_ref().map(|group| {
                let own = written.community_name.get(lang);
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
