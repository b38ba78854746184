//! Markdown as people type it: whom it names, and the HTML it becomes.

use super::mention::{ends_within_name, next_name};
use super::sanitize::clean;
use super::{Named, Prose, complexity};
use comrak::nodes::{AstNode, Node, NodeLink, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    // `H~2~O` and `~5 mg~` are not struck out: that takes two.
    options.extension.subscript = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options.extension.tasklist = true;
    options.extension.description_lists = true;
    options.render.hardbreaks = true;
    // People write placeholders such as <initials>: what looks like HTML is text.
    options.render.escape = true;
    // `\@ann` names nobody.
    options.parse.escaped_char_spans = true;
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
    let shown = notes_as_text(md);
    let root = parse_document(&arena, &shown, &options);
    rejoin_texts(root);
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    for node in nodes {
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

/// The longest name of a note, in bytes (CommonMark's limit of labels).
const NOTE_NAME_MAX: usize = 999;

/// How often the marks of notes stand in a text, by their names: all of them, and those that begin a note.
fn count_notes(md: &str) -> HashMap<&str, (usize, usize)> {
    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut parts = md.split(']').peekable();
    while let Some(part) = parts.next() {
        let Some(next) = parts.peek() else { break };
        for (at, mark) in part.match_indices("[^") {
            let name = part.get(at + mark.len()..).unwrap_or_default();
            if name.len() <= NOTE_NAME_MAX {
                let count = counts.entry(name).or_default();
                count.0 += 1;
                count.1 += usize::from(next.starts_with(':'));
            }
        }
    }
    counts
}

/// Makes text of the notes that nothing refers to, which would not be shown.
fn notes_as_text(md: &str) -> Cow<'_, str> {
    if !md.contains("[^") {
        return Cow::Borrowed(md);
    }
    let counts = count_notes(md);
    let escaped = |line: &str| {
        let start = line.trim_start_matches(' ');
        let name = start.strip_prefix("[^")?.split_once("]:")?.0;
        let is_note = line.len() - start.len() < 4 && !name.contains([' ', ']']);
        let is_alone = counts.get(name).is_some_and(|(all, notes)| all == notes);
        (is_note && is_alone).then(|| format!("\\{start}"))
    };
    let lines = md
        .split_inclusive('\n')
        .map(|line| escaped(line).map_or(Cow::Borrowed(line), Cow::Owned));
    Cow::Owned(lines.collect::<String>())
}

/// The names written in a text, each once: `@name` of here, `@name@host` of elsewhere, and
/// communities as `!name@host`. Those in links, code and texts of pictures are none, nor is an escaped one.
#[must_use]
pub fn names(md: &str) -> Vec<String> {
    if complexity::is_markdown_too_complex(md) {
        return Vec::new();
    }
    let arena = Arena::new();
    let root = parse_document(&arena, md, &options());
    rejoin_texts(root);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for node in root.descendants() {
        let Some(text) = naming_text(node) else {
            continue;
        };
        let mut rest = text.as_str();
        while let Some((at, written)) = next_name(rest) {
            if seen.insert(written.to_owned()) {
                found.push(written.to_owned());
            }
            rest = rest.get(at + written.len()..).unwrap_or_default();
        }
    }
    found
}

/// The hashtags written in a text, folded as [`model::tag::key`] does. Those in links, code and texts of pictures are
/// none, nor is an escaped one.
#[must_use]
pub fn hashtags(md: &str) -> Vec<String> {
    if !md.contains('#') || complexity::is_markdown_too_complex(md) {
        return Vec::new();
    }
    let arena = Arena::new();
    let root = parse_document(&arena, md, &options());
    rejoin_texts(root);
    let texts = root.descendants().filter_map(naming_text);
    let joined = texts.collect::<Vec<_>>().join("\n");
    model::tag::hashtags(&joined)
}

/// Returns a text that may name somebody.
fn naming_text(node: Node<'_>) -> Option<String> {
    let quoted = |up: Node<'_>| {
        matches!(
            up.data().value,
            NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::Escaped
        )
    };
    let text = text_of(node)?;
    (!node.ancestors().any(quoted)).then_some(text)
}

fn text_of(node: Node<'_>) -> Option<String> {
    match &node.data().value {
        NodeValue::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Puts together what the parser took apart: escaped signs other than those that begin a name, and addresses
/// of which a part was taken for a mail address.
fn rejoin_texts<'a>(root: Node<'a>) {
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in &nodes {
        let escaped = match node.data().value {
            NodeValue::Escaped => node.first_child().and_then(text_of),
            _ => None,
        };
        if let Some(sign) = escaped.filter(|sign| !matches!(sign.as_str(), "@" | "!")) {
            replace_by_text(node, &sign);
        }
    }
    for node in nodes {
        if let Some(address) = autolinked_mail(node)
            && node.previous_sibling().is_some_and(continues)
        {
            replace_by_text(node, &address);
        }
    }
}

/// Returns the address of a link that the parser made of it.
fn autolinked_mail(node: Node<'_>) -> Option<String> {
    let address = match &node.data().value {
        NodeValue::Link(link) => link.url.strip_prefix("mailto:")?.to_owned(),
        _ => return None,
    };
    let text = node.first_child().and_then(text_of)?;
    (text == address).then_some(address)
}

/// Whether what follows a node continues a name.
fn continues(node: Node<'_>) -> bool {
    match &node.data().value {
        NodeValue::Text(text) => ends_within_name(text),
        NodeValue::Escaped => true,
        _ => false,
    }
}

/// Replaces a node by a text, which is joined with the texts beside it.
fn replace_by_text(node: Node<'_>, text: &str) {
    let before = node
        .previous_sibling()
        .filter(|node| text_of(node).is_some());
    let after = node.next_sibling().filter(|node| text_of(node).is_some());
    let of = |node: Option<Node<'_>>| node.and_then(text_of).unwrap_or_default();
    let joined = of(before) + text + &of(after);
    for node in [before, after].into_iter().flatten() {
        node.detach();
    }
    while let Some(child) = node.first_child() {
        child.detach();
    }
    node.data_mut().value = NodeValue::Text(joined.into());
}

/// Splits a text node around the names it holds.
fn link_names<'a>(arena: &'a Arena<'a>, node: Node<'a>, named: &[Named]) {
    let Some(text) = naming_text(node) else {
        return;
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
