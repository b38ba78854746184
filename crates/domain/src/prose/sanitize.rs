//! HTML as peers send it, and as Markdown becomes: everything is taken out that could harm, disturb, or reach
//! beyond our own origin.

use super::complexity;
use super::heading::order_headings;
use super::piece::{Piece, attributes, decoded, pieces, write};
use model::name::is_visible;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::LazyLock;

/// What links in a text are: not recommended by us, and opened without a way back.
const LINK_REL: &str = "nofollow noopener noreferrer ugc";

/// The prefix of the ids that a text keeps, those its own links lead to.
pub(super) const ANCHOR: &str = "fn";

/// Elements that are kept.
const KEPT: &[&str] = &[
    "a",
    "abbr",
    "b",
    "bdi",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "div",
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
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements that become a `div`: what stands in them is apart from what stands beside them.
pub(super) const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "button",
    "center",
    "dialog",
    "dir",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hgroup",
    "legend",
    "listing",
    "main",
    "menu",
    "nav",
    "optgroup",
    "option",
    "search",
    "select",
];

/// What both readings of a text have in common: `tags` are the elements that stay.
fn policy(tags: HashSet<&'static str>) -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(tags)
        .generic_attributes(HashSet::from(["lang", "dir", "id"]))
        .add_tag_attributes("h6", ["aria-level"])
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(ammonia::UrlRelative::Custom(Box::new(fragment)))
        .strip_comments(true);
    // Addresses that ammonia does not check, and no browser shows.
    for element in ["blockquote", "q", "ins", "del"] {
        builder.rm_tag_attributes(element, ["cite"]);
    }
    builder
}

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = policy(KEPT.iter().chain(BLOCKS).copied().collect());
    builder
        .add_tag_attributes("img", ["src", "alt"])
        .rm_tag_attributes("img", ["align", "height", "width"])
        .add_tag_attributes("input", ["type", "checked"])
        .link_rel(Some(LINK_REL));
    builder
});

/// Reads what was written once more and keeps nothing but [`KEPT`]: whatever the steps in between make of a text,
/// what leaves is the work of the parser.
static LAST: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let shown = KEPT.iter().copied();
    let shown = shown.filter(|name| !matches!(*name, "img" | "input"));
    let mut builder = policy(shown.collect());
    builder.add_tag_attributes("a", ["rel"]).link_rel(None);
    builder
});

/// Of the relative URLs only those within the text are kept.
fn fragment(url: &str) -> Option<Cow<'_, str>> {
    (url.len() > 1 && url.starts_with('#')).then_some(Cow::Borrowed(url))
}

/// HTML with everything taken out that could harm, disturb, or reach beyond our own origin:
/// scripts, styles, pictures, frames, forms. What would cost too much to read loses its markup.
#[must_use]
pub fn clean(html: &str) -> String {
    if complexity::is_html_too_complex(html) {
        return complexity::plain_paragraph(html);
    }
    // Only now are all tags written alike.
    let cleaned = CLEANER.clean(html).to_string();
    let mut pieces = pieces(&cleaned);
    rename_blocks(&mut pieces);
    order_headings(&mut pieces);
    connect_anchors(&mut pieces);
    let mut pieces = name_links(replace_fields(pieces));
    remove_reversing(&mut pieces);
    LAST.clean(&write(&pieces, cleaned.len())).to_string()
}

fn rename_blocks(pieces: &mut [Piece<'_>]) {
    for piece in pieces {
        match piece {
            Piece::Open(name, _) | Piece::Close(name) if BLOCKS.contains(&&**name) => {
                *name = Cow::Borrowed("div");
            }
            Piece::Open(..) | Piece::Close(_) | Piece::Text(_) => {}
        }
    }
}

/// Removes what reverses the letters of a text, which serves to deceive only.
fn remove_reversing(pieces: &mut [Piece<'_>]) {
    for piece in pieces {
        if let Piece::Text(text) = piece
            && text.contains(['\u{202d}', '\u{202e}'])
        {
            *text = Cow::Owned(text.replace(['\u{202d}', '\u{202e}'], ""));
        }
    }
}

/// Keeps the ids that the text's own links lead to, under names of ours, and the links to them: footnotes.
fn connect_anchors(pieces: &mut [Piece<'_>]) {
    let wanted: HashSet<String> = pieces
        .iter()
        .filter(|piece| piece.opens("a"))
        .filter_map(|link| link.attribute("href")?.strip_prefix('#').map(str::to_owned))
        .collect();
    let mut names: HashMap<String, usize> = HashMap::new();
    for piece in &*pieces {
        if let Some(id) = piece.attribute("id").filter(|id| wanted.contains(*id)) {
            let next = names.len() + 1;
            names.entry(id.to_owned()).or_insert(next);
        }
    }
    let mut taken = HashSet::new();
    for piece in pieces {
        let Piece::Open(name, attributes) = piece else {
            continue;
        };
        if !attributes.contains(" id=\"") && !attributes.contains("=\"#") {
            continue;
        }
        let is_link = name == "a";
        let mut kept = String::new();
        let within = is_link
            && self::attributes(attributes)
                .any(|(name, value)| name == "href" && value.starts_with('#'));
        for (name, value) in self::attributes(attributes) {
            let _ = match (name, value.strip_prefix('#')) {
                ("id", _) => match names.get(value) {
                    Some(number) if taken.insert(*number) => {
                        write!(kept, " id=\"{ANCHOR}{number}\"")
                    }
                    Some(_) | None => continue,
                },
                ("href", Some(id)) if is_link => match names.get(id) {
                    Some(number) => write!(kept, " href=\"#{ANCHOR}{number}\""),
                    None => continue,
                },
                ("rel", _) if within => continue,
                (_, Some(_)) => continue,
                (name, None) => write!(kept, " {name}=\"{value}\""),
            };
        }
        *attributes = Cow::Owned(kept);
    }
}

/// Replaces pictures by links with what they show, since a page makes no request to other servers, and the
/// boxes of a list of tasks by signs that show their state.
fn replace_fields<'h>(pieces: Vec<Piece<'h>>) -> Vec<Piece<'h>> {
    let mut out: Vec<Piece<'h>> = Vec::with_capacity(pieces.len());
    let mut links = 0_usize;
    for piece in pieces {
        match &piece {
            Piece::Open(name, _) if name == "a" => links += 1,
            Piece::Close(name) if name == "a" => links = links.saturating_sub(1),
            Piece::Open(name, _) if name == "img" => {
                out.extend(shown_picture(&piece, links > 0));
                continue;
            }
            Piece::Open(name, _) if name == "input" => {
                let kind = piece.attribute("type").unwrap_or_default();
                if kind.eq_ignore_ascii_case("checkbox") {
                    let done = piece.attribute("checked").is_some();
                    let sign = if done { "\u{2611} " } else { "\u{2610} " };
                    out.push(Piece::Text(Cow::Borrowed(sign)));
                }
                continue;
            }
            Piece::Open(..) | Piece::Close(_) | Piece::Text(_) => {}
        }
        out.push(piece);
    }
    out
}

fn shown_picture(picture: &Piece<'_>, in_link: bool) -> Vec<Piece<'static>> {
    let owned =
        |text: &str| Piece::Text(Cow::Owned(text.replace('<', "&lt;").replace('>', "&gt;")));
    let alt = picture
        .attribute("alt")
        .filter(|alt| decoded(alt).chars().any(is_visible));
    let src = picture.attribute("src").filter(|src| !src.starts_with('#'));
    match (alt, src) {
        (Some(alt), _) if in_link => vec![owned(alt)],
        (_, Some(src)) if !in_link => {
            let attributes = format!(" href=\"{src}\" rel=\"{LINK_REL}\"");
            vec![
                Piece::Open(Cow::Borrowed("a"), Cow::Owned(attributes)),
                owned(alt.unwrap_or(src)),
                Piece::Close(Cow::Borrowed("a")),
            ]
        }
        _ => Vec::new(),
    }
}

/// Gives links without a visible text their address as their name. What leads nowhere is no link.
fn name_links<'h>(pieces: Vec<Piece<'h>>) -> Vec<Piece<'h>> {
    let mut out: Vec<Piece<'h>> = Vec::with_capacity(pieces.len());
    // The places of the links that are open.
    let mut open: Vec<usize> = Vec::new();
    for piece in pieces {
        if piece.opens("a") {
            open.push(out.len());
        }
        if !piece.closes("a") {
            out.push(piece);
            continue;
        }
        let Some(at) = open.pop() else { continue };
        let inside = out.get(at + 1..).unwrap_or_default();
        let seen = inside.iter().any(|piece| match piece {
            Piece::Text(text) => decoded(text).chars().any(is_visible),
            Piece::Open(..) | Piece::Close(_) => false,
        });
        let begin = out.get(at).cloned();
        let href = begin.as_ref().and_then(|link| link.attribute("href"));
        match href {
            Some(href) if !seen && href.starts_with('#') => out.truncate(at),
            Some(href) => {
                if !seen {
                    let name = href
                        .trim_start_matches("mailto:")
                        .trim_start_matches("tel:");
                    let name = name.replace('<', "&lt;").replace('>', "&gt;");
                    out.push(Piece::Text(Cow::Owned(name)));
                }
                out.push(piece);
            }
            None => unlink(
                &mut out,
                at,
                begin.as_ref().and_then(|link| link.attribute("id")),
            ),
        }
    }
    out
}

/// Takes the tag of a link out; its id stays where another link leads to it.
fn unlink(out: &mut Vec<Piece<'_>>, at: usize, id: Option<&str>) {
    match id {
        Some(id) => {
            if let Some(tag) = out.get_mut(at) {
                let attributes = Cow::Owned(format!(" id=\"{id}\""));
                *tag = Piece::Open(Cow::Borrowed("span"), attributes);
            }
            out.push(Piece::Close(Cow::Borrowed("span")));
        }
        None => {
            out.remove(at);
        }
    }
}

/// Names of the links of footnotes, in the reader's language.
#[derive(Debug, Clone, Copy)]
pub struct NoteNames<'n> {
    /// Of a link to a note, before its number.
    pub note: &'n str,
    /// Of a link back to the text.
    pub back: &'n str,
}

/// Makes the ids of a clean text unique on a page by a prefix, and names the links between the text and its
/// notes.
#[must_use]
pub fn with_anchors<'h>(html: &'h str, prefix: &str, names: NoteNames<'_>) -> Cow<'h, str> {
    if !html.contains("href=\"#") {
        return Cow::Borrowed(html);
    }
    let mut pieces = pieces(html);
    let all = pieces.clone();
    for (at, piece) in pieces.iter_mut().enumerate() {
        let next = all.get(at + 1);
        let Piece::Open(_, attributes) = piece else {
            continue;
        };
        let marked = attributes.replace(
            &format!(" id=\"{ANCHOR}"),
            &format!(" id=\"{prefix}{ANCHOR}"),
        );
        let marked = marked.replace(
            &format!(" href=\"#{ANCHOR}"),
            &format!(" href=\"#{prefix}{ANCHOR}"),
        );
        let label = match next {
            Some(Piece::Text(text)) if marked.contains(" href=\"#") => {
                // The second way back to one note has its number behind the arrow.
                let number = match (all.get(at + 2), all.get(at + 3)) {
                    (Some(Piece::Open(name, _)), Some(Piece::Text(number))) if name == "sup" => {
                        number.as_ref()
                    }
                    _ => "",
                };
                label(text, number, names)
            }
            Some(_) | None => String::new(),
        };
        *attributes = Cow::Owned(marked + &label);
    }
    Cow::Owned(write(&pieces, html.len()))
}

/// Names a link within the text where its own text is a number or an arrow.
fn label(text: &str, back_number: &str, names: NoteNames<'_>) -> String {
    let number = text.trim_matches(['[', ']', ' ']);
    if text.starts_with(['\u{21a9}', '\u{2191}']) {
        let named = format!("{} {back_number}", names.back);
        format!(" aria-label=\"{}\"", named.trim_end())
    } else if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
        format!(" aria-label=\"{} {number}\"", names.note)
    } else {
        String::new()
    }
}
