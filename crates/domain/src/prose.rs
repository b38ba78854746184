//! Prose: Markdown as people type it, HTML as peers send it, and the clean HTML we keep. All of it
//! is work for the CPU: do it before the verb.

mod complexity;
#[cfg(any(test, feature = "testing"))]
pub mod invariants;

#[cfg(test)]
mod properties;

use comrak::nodes::{AstNode, Node, NodeLink, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};
use model::ActorId;
use model::limits::BODY_MAX;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A text, as typed and as shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prose {
    /// As typed, in Markdown; empty where a peer did not say.
    pub md: String,
    /// Clean HTML.
    pub html: String,
}

/// Somebody named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As written, such as `@ann` or `@ann@alpha.test`.
    pub written: String,
    /// Where they are found.
    pub url: String,
    /// Who it is.
    pub actor: ActorId,
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options.render.hardbreaks = true;
    // People write placeholders such as <initials>: what looks like HTML is text.
    options.render.escape = true;
    options
}

/// Markdown to clean HTML. Pictures become links; those named become links to themselves. What
/// would cost too much to read stays plain text.
#[must_use]
pub fn render(md: &str, named: &[Named]) -> Prose {
    if complexity::is_markdown_too_complex(md) {
        return Prose {
            md: md.trim().to_owned(),
            html: complexity::plain_paragraph(md),
        };
    }
    let arena = Arena::new();
    let options = options();
    let root = parse_document(&arena, md, &options);
    rejoin_names(root);
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    for node in nodes {
        picture_to_link(node);
        link_names(&arena, node, named);
    }
    let mut html = String::new();
    // Writing to a String cannot fail.
    let _ = format_html(root, &options, &mut html);
    Prose {
        md: md.trim().to_owned(),
        html: clean(&html),
    }
}

/// Autolinking takes the `ann@alpha.test` of `@ann@alpha.test` for a mail address: puts the text
/// back together.
fn rejoin_names<'a>(root: Node<'a>) {
    let links: Vec<Node<'a>> = root
        .descendants()
        .filter(|node| matches!(&node.data().value, NodeValue::Link(link) if link.url.starts_with("mailto:")))
        .collect();
    for link in links {
        let Some(before) = link.previous_sibling() else {
            continue;
        };
        let (Some(mut text), Some(address)) =
            (text_of(before), link.first_child().and_then(text_of))
        else {
            continue;
        };
        if !text.ends_with(['@', '!']) {
            continue;
        }
        text.push_str(&address);
        if let Some(after) = link.next_sibling()
            && let Some(rest) = text_of(after)
        {
            text.push_str(&rest);
            after.detach();
        }
        link.detach();
        before.data_mut().value = NodeValue::Text(text.into());
    }
}

fn text_of(node: Node<'_>) -> Option<String> {
    match &node.data().value {
        NodeValue::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Remote pictures are links until there is a library of our own.
fn picture_to_link(node: Node<'_>) {
    let mut ast = node.data_mut();
    if let NodeValue::Image(link) = &ast.value {
        let link = link.clone();
        ast.value = NodeValue::Link(link);
    }
}

/// Splits a text node around the names it holds.
fn link_names<'a>(arena: &'a Arena<'a>, node: Node<'a>, named: &[Named]) {
    let in_link = node
        .ancestors()
        .any(|up| matches!(up.data().value, NodeValue::Link(_)));
    let text = match &node.data().value {
        NodeValue::Text(text) if !in_link => text.to_string(),
        _ => return,
    };
    let mut rest = text.as_str();
    let mut pieces: Vec<NodeValue> = Vec::new();
    let mut links: Vec<(usize, &Named)> = Vec::new();
    while let Some((at, written)) = next_name(rest) {
        let (before, after) = rest.split_at(at);
        pieces.push(NodeValue::Text(before.to_owned().into()));
        match named.iter().find(|name| name.written == written) {
            Some(name) => {
                links.push((pieces.len(), name));
                pieces.push(NodeValue::Link(Box::new(NodeLink {
                    url: name.url.clone(),
                    title: String::new(),
                })));
            }
            None => pieces.push(NodeValue::Text(written.to_owned().into())),
        }
        rest = after.get(written.len()..).unwrap_or_default();
    }
    if links.is_empty() {
        return;
    }
    pieces.push(NodeValue::Text(rest.to_owned().into()));
    for (i, piece) in pieces.into_iter().enumerate() {
        let child: &'a AstNode<'a> = arena.alloc(piece.into());
        if let Some((_, name)) = links.iter().find(|(at, _)| *at == i) {
            child.append(arena.alloc(NodeValue::Text(name.written.clone().into()).into()));
        }
        node.insert_before(child);
    }
    node.detach();
}

/// The first `@name`, `@name@host` or `!name@host` in a text, with where it begins.
fn next_name(text: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find(['@', '!']) {
        let at = from + found;
        let bounded = text
            .get(..at)?
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric() && c != '/' && c != '@' && c != '.');
        let len = name_len(text.get(at..)?);
        let name = text.get(at..at + len)?;
        // Without a host an exclamation is one, and no community.
        if bounded && len > 2 && (name.starts_with('@') || name.contains('@')) {
            return Some((at, name));
        }
        from = at + 1;
    }
    None
}

/// How long the name is that begins with the text's first sign.
fn name_len(text: &str) -> usize {
    let word = |s: &str, more: &[char]| {
        s.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || more.contains(c))
            .map(char::len_utf8)
            .sum::<usize>()
    };
    let name = word(text.get(1..).unwrap_or_default(), &['_', '-', '.']);
    let tail = text.get(1 + name..).unwrap_or_default();
    let len = match tail.strip_prefix('@') {
        Some(host) if name > 0 => 2 + name + word(host, &['-', '.', ':']),
        _ => 1 + name,
    };
    text.get(..len).map_or(0, |found| {
        found.trim_end_matches(['.', ':', '-', '@']).len()
    })
}

/// The names written in a text, each once: `@name` of here, `@name@host` of elsewhere, and
/// communities as `!name@host`.
#[must_use]
pub fn names(md: &str) -> Vec<String> {
    let arena = Arena::new();
    let root = parse_document(&arena, md, &options());
    rejoin_names(root);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for node in root.descendants() {
        if let NodeValue::Text(text) = &node.data().value {
            let mut rest: &str = text;
            while let Some((at, written)) = next_name(rest) {
                if seen.insert(written.to_owned()) {
                    found.push(written.to_owned());
                }
                rest = rest.get(at + written.len()..).unwrap_or_default();
            }
        }
    }
    found
}

/// What links in a text are: not recommended by us, and opened without a way back.
const LINK_REL: &str = "nofollow noopener noreferrer ugc";

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(HashSet::from([
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "caption",
            "cite",
            "code",
            "dd",
            "del",
            "dl",
            "dt",
            "em",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "img",
            "kbd",
            "li",
            "mark",
            "ol",
            "p",
            "pre",
            "q",
            "s",
            "section",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "u",
            "ul",
        ]))
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .add_tag_attributes("img", ["src", "alt"])
        .rm_tag_attributes("img", ["align", "height", "width"])
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some(LINK_REL))
        .strip_comments(true);
    builder
});

/// HTML with everything taken out that could harm, disturb, or reach beyond our own origin:
/// scripts, styles, ids, pictures, frames, forms. What would cost too much to read loses its markup.
#[must_use]
pub fn clean(html: &str) -> String {
    if complexity::is_html_too_complex(html) {
        return complexity::plain_paragraph(html);
    }
    // A heading inside a post must not outrank the page's own. Only now are all tags written alike.
    let cleaned = CLEANER.clean(html).to_string();
    let cleaned = pictures_to_links(&cleaned);
    cleaned
        .replace("<h1", "<h3")
        .replace("</h1", "</h3")
        .replace("<h2", "<h4")
        .replace("</h2", "</h4")
}

/// Replaces the pictures of clean HTML by links with what they show: a page makes no request to other
/// servers.
fn pictures_to_links(html: &str) -> String {
    const PICTURE: &str = "<img";
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(PICTURE) {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let end = tag_end(tag);
        let (tag, after) = tag.split_at(end);
        let attribute = |name: &str| {
            let (_, value) = tag.split_once(&format!(" {name}=\""))?;
            value.split_once('"').map(|(value, _)| value)
        };
        if let Some(src) = attribute("src") {
            let shown = attribute("alt").filter(|alt| !alt.trim().is_empty());
            let shown = shown.unwrap_or(src).replace('<', "&lt;");
            let shown = shown.replace('>', "&gt;");
            out.push_str(&match out.rfind("<a ") > out.rfind("</a>") {
                true => shown,
                false => format!("<a href=\"{src}\" rel=\"{LINK_REL}\">{shown}</a>"),
            });
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where a tag that the cleaner has written ends: at the first `>` outside of an attribute's value.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, sign) in tag.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

/// A peer's text: its HTML cleaned, its Markdown kept where it sent that too, and not more of it
/// than anybody may write here.
#[must_use]
pub fn foreign(html: &str, md: Option<&str>) -> Prose {
    let md = md.filter(|md| md.chars().count() <= BODY_MAX);
    Prose {
        md: md.unwrap_or_default().trim().to_owned(),
        html: clean(html),
    }
}

/// The beginning of clean HTML that is longer than `max` bytes, with its elements closed; `None` where
/// it is not longer.
#[must_use]
pub fn beginning(html: &str, max: usize) -> Option<String> {
    if html.len() <= max {
        return None;
    }
    let end = (0..=max).rev().find(|end| html.is_char_boundary(*end))?;
    let cut = html.get(..end)?;
    // Not within a tag.
    let cut = match (cut.rfind('<'), cut.rfind('>')) {
        (Some(open), close) if close.is_none_or(|close| close < open) => cut.get(..open)?,
        (Some(_) | None, _) => cut,
    };
    Some(clean(cut))
}

/// Text without any markup, cut to `max` characters with an ellipsis, blanks folded.
#[must_use]
pub fn plain(html: &str, max: usize) -> String {
    let bare = complexity::is_html_too_complex(html).then(|| complexity::plain_paragraph(html));
    let spaced = bare
        .as_deref()
        .unwrap_or(html)
        .replace("</p>", "</p> ")
        .replace("<br", " <br")
        .replace("</li>", "</li> ");
    let text = ammonia::Builder::empty().clean(&spaced).to_string();
    let text = text
        .replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    // A space that must not break a line still must not.
    let folds = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    let words = text.split(folds).filter(|word| !word.is_empty());
    let folded = words.collect::<Vec<_>>().join(" ");
    if folded.chars().count() <= max {
        return folded;
    }
    let mut cut: String = folded.chars().take(max.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_long_text_is_whole_markup() {
        assert_eq!(beginning("<p>Short</p>", 12), None);
        let long = "<p>One <em>two <a href=\"https://a.test/\">three</a> four</em></p>";
        for max in 0..long.len() {
            let cut = beginning(long, max).unwrap();
            assert_eq!(clean(&cut), cut, "{max}");
        }
        assert_eq!(beginning(long, 16).unwrap(), "<p>One <em>two </em></p>");
        assert!(beginning("<p>éééé</p>", 4).is_some(), "within a character");
    }

    fn ann() -> Vec<Named> {
        vec![Named {
            written: "@ann@alpha.test".into(),
            url: "https://alpha.test/u/ann".into(),
            actor: ActorId(1),
        }]
    }

    #[test]
    fn markdown_becomes_clean_html() {
        let html = render("# Hi\n\n*you* <script>alert(1)</script>\n\n- a\n- b", &[]).html;
        assert!(
            html.contains("<h3>Hi</h3>") && html.contains("<em>you</em>"),
            "{html}"
        );
        assert!(
            html.contains("&lt;script&gt;alert(1)") && html.contains("<li>b</li>"),
            "{html}"
        );
    }

    #[test]
    fn what_looks_like_html_is_text() {
        let html = |md: &str| render(md, &[]).html;
        assert_eq!(
            html("Ask <initials> first"),
            "<p>Ask &lt;initials&gt; first</p>\n"
        );
        let block = html("<div>\nA line\n</div>");
        assert!(
            block.contains("A line") && block.contains("&lt;div&gt;"),
            "{block}"
        );
        assert!(html("`<b>` and 1 < 2").contains("<code>&lt;b&gt;</code> and 1 &lt; 2"));
    }

    #[test]
    fn those_named_become_links_and_others_stay_text() {
        let html = render("Thanks @ann@alpha.test, and @nobody@x.test.", &ann()).html;
        assert!(html.contains("href=\"https://alpha.test/u/ann\""), "{html}");
        assert!(html.contains("and @nobody@x.test."), "{html}");
        assert_eq!(
            names(
                "Ask @ann, @bea@beta.test! Mail me@alpha.test; `@code` !club@b.test:81 [@in](https://x.test)"
            ),
            ["@ann", "@bea@beta.test", "!club@b.test:81", "@in"]
        );
    }

    #[test]
    fn pictures_are_links_and_foreign_pictures_are_dropped() {
        let html = render("![a chart](https://x.test/c.png)", &[]).html;
        assert!(
            html.contains("<a href=\"https://x.test/c.png\"") && !html.contains("<img"),
            "{html}"
        );
        assert_eq!(
            clean("<p>x<img alt='a <b>chart</b> > \"1\"' src=https://x.test/t.gif width=1></p>"),
            "<p>x<a href=\"https://x.test/t.gif\" rel=\"nofollow noopener noreferrer ugc\">\
             a &lt;b&gt;chart&lt;/b&gt; &gt; &quot;1&quot;</a></p>"
        );
        assert_eq!(clean("<img src=javascript:alert(1) alt=x>"), "");
        // Within a link there is no other: the words stand for the picture.
        let linked = clean("<a href=https://x.test/><img src=https://x.test/c.png alt=Chart></a>");
        assert!(
            linked.contains("Chart") && !linked.contains("<img"),
            "{linked}"
        );
        assert!(!clean("<a href=\"javascript:alert(1)\">x</a>").contains("javascript"));
    }

    #[test]
    fn plain_text_is_folded_and_cut() {
        assert_eq!(
            plain("<p>One &amp; two</p><p>three</p>", 100),
            "One & two three"
        );
        assert_eq!(plain("<p>abcdef ghi</p>", 5), "abcd…");
    }
}
